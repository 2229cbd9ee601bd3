"""The list of calls: who sees which, what is found, and that a rep learns nothing of a draft."""

from pathlib import Path

import pytest

from pipeline.domain.review import ReviewAction
from pipeline.review.inbox.calls import calls_view
from pipeline.review.inbox.filters import CallFilters
from pipeline.review.room import Room
from tests.review.inbox.reviewed import entry_of, review
from tests.review.rooms import call_of, client, make_room


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """Calls 0 to 3, of Anna, Bert, Carl and Anna; held on the 1st to the 4th of March 2026 at 10:00 UTC."""
    return make_room(tmp_path_factory.mktemp("room"), ("Anna", "Bert", "Carl", "Anna"))


def customers(room: Room, user: str, **filters: str) -> list[str | None]:
    return [row.customer for row in calls_view(entry_of(room, user), CallFilters.checked(filters)).rows]


def test_everybody_sees_their_calls_the_latest_first(room: Room) -> None:
    assert customers(room, "anna") == ["Customer 3", "Customer 0"]
    assert customers(room, "mark") == ["Customer 3", "Customer 1", "Customer 0"]
    assert customers(room, "vera") == ["Customer 3", "Customer 2", "Customer 1", "Customer 0"]
    assert customers(room, "adam") == customers(room, "otto") == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "CUSTOMER 1"}, [1]),
        ({"q": "  anna  "}, [3, 0]),
        ({"q": "%"}, []),
        ({"rep": "bert"}, [1]),
        ({"since": "2026-03-02"}, [3, 2, 1]),
        ({"until": "2026-03-02"}, [1, 0]),
        ({"since": "2026-03-02", "until": "2026-03-02"}, [1]),
        ({"stage": "demo"}, []),
        ({"mode": "recorded", "stage": "discovery", "rep": "anna"}, [3, 0]),
        ({"state": "ready"}, []),
    ],
)
def test_calls_are_found_by_what_is_known_of_them(room: Room, filters: dict[str, str], found: list[int]) -> None:
    assert customers(room, "vera", **filters) == [f"Customer {n}" for n in found]


def told_to(room: Room, user: str) -> tuple[str, str]:
    """All that the page and the API say of the calls of this user, but the token of the session."""
    browser = client(room, user)
    page = browser.get("/calls").text.replace(browser.headers["X-CSRF-Token"], "")
    return page, browser.get("/api/calls").text


def test_a_rep_cannot_tell_an_untouched_draft_from_one_in_work(tmp_path: Path) -> None:
    room = make_room(tmp_path, ("Anna",))
    call = call_of(room, "Anna")
    before = told_to(room, "anna")
    assert "Not approved yet" in before[0]
    actions: tuple[ReviewAction, ...] = ("edited", "chose_improvement", "sent_back", "reopened")
    for action in actions:
        review(room, call, action)
        assert told_to(room, "anna") == before
    review(room, call, "approved")
    assert "Feedback ready" in told_to(room, "anna")[0]
    assert customers(room, "anna", state="ready") == ["Customer 0"]


def test_a_rep_s_list_has_no_word_of_the_draft(room: Room) -> None:
    result = room.result(room.record(call_of(room, "Anna"))[1])
    assert result.draft.improvement
    behaviours = {b.id: b.text for c in result.rubric.capabilities for b in c.behaviours}
    chosen = result.draft.improvement.behaviour
    for told in told_to(room, "anna"):
        assert chosen not in told
        assert behaviours[chosen] not in told


def test_a_coach_sees_where_each_review_stands(tmp_path: Path) -> None:
    room = make_room(tmp_path, ("Anna",))
    review(room, call_of(room, "Anna"), "sent_back")
    row = calls_view(entry_of(room, "mark"), CallFilters()).rows[0]
    assert (row.sight, row.review, row.standing) == ("coach", "sent_back", "Sent back")
    own = calls_view(entry_of(room, "anna"), CallFilters()).rows[0]
    assert (own.sight, own.review, own.standing) == ("own", None, "Not approved yet")


def test_a_form_that_sends_empty_fields_finds_everything(room: Room) -> None:
    assert "Customer 3" in client(room, "vera").get("/calls?q=&since=&until=").text


def test_a_filter_that_is_none_is_told_as_a_page(room: Room) -> None:
    answer = client(room, "vera").get("/calls?since=yesterday")
    assert answer.status_code == 400
    assert "since" in answer.text
    assert client(room, "vera").get("/api/calls?since=yesterday").status_code == 422
