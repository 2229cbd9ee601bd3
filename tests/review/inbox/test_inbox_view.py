"""What waits for a coach: whose drafts, in which order, and what a row tells."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from pipeline.domain.people import User
from pipeline.domain.review import Review
from pipeline.review.inbox.filters import InboxFilters
from pipeline.review.inbox.view import MOST_DAYS, inbox_view
from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from tests.review.inbox.reviewed import calls_of, entry_of, review
from tests.review.rooms import NOW, Clock, call_of, client, make_room


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """Two calls of Anna, one each of Bert and Carl, all drafted at NOW; held on the 1st, 2nd, 3rd and 4th of March."""
    return make_room(tmp_path_factory.mktemp("room"), ("Anna", "Bert", "Carl", "Anna"))


def reps(room: Room, user: str, filters: InboxFilters | None = None) -> list[str | None]:
    return [row.rep for row in inbox_view(entry_of(room, user), filters or InboxFilters()).rows]


def test_a_coach_sees_the_drafts_of_those_below(room: Room) -> None:
    assert sorted(map(str, reps(room, "mark"))) == ["Anna", "Anna", "Bert"]
    assert reps(room, "nina") == ["Carl"]
    assert len(reps(room, "vera")) == 4


@pytest.mark.parametrize("user", ["anna", "otto", "adam"])
@pytest.mark.parametrize("path", ["/inbox", "/api/inbox", "/inbox/chart"])
def test_there_is_no_inbox_for_who_coaches_nobody(room: Room, user: str, path: str) -> None:
    assert client(room, user).get(path).status_code == 404


def test_a_coach_s_own_draft_is_not_theirs_to_review(tmp_path: Path) -> None:
    room = make_room(tmp_path, ("Mark", "Anna"))
    mark = User(id="mark", name="Mark", roles=frozenset({"rep", "manager"}), reports_to="vera", by="tests", at=NOW)
    room.workspace.users.append("mark", mark)
    assert reps(room, "mark") == ["Anna"]
    assert sorted(map(str, reps(room, "vera"))) == ["Anna", "Mark"]


def test_filters_combine_and_each_count_leaves_out_its_own(room: Room) -> None:
    view = inbox_view(entry_of(room, "vera"), InboxFilters(rep="anna", age="today"))
    assert (view.total, view.waiting) == (2, 4)
    counts = {facet.name: {c.value: c.n for c in facet.choices} for facet in view.facets}
    # By rep: what the other filters leave, whichever rep is chosen. By age: only Anna's.
    assert counts["rep"] == {"anna": 2, "bert": 1, "carl": 1}
    assert counts["age"] == {"today": 2}
    assert [(chip.title, chip.label) for chip in view.chips] == [("Rep", "Anna"), ("Age", "Less than a day")]
    assert view.chips[0].without == "/inbox?age=today"


def test_a_filter_that_leaves_nothing_can_still_be_taken_away(room: Room) -> None:
    view = inbox_view(entry_of(room, "mark"), InboxFilters(rep="carl"))
    assert (view.total, view.rows) == (0, ())
    assert view.chips[0].without == "/inbox"
    # Carl is not Mark's: his name is not told, only what the address said.
    assert view.chips[0].label == "carl"


def test_calls_come_by_their_date_or_by_the_draft_s_age(room: Room) -> None:
    by_date = [
        row.started_at.day
        for row in inbox_view(entry_of(room, "vera"), InboxFilters(sort="date")).rows
        if row.started_at
    ]
    assert by_date == [4, 3, 2, 1]
    entry = entry_of(room, "vera")
    oldest = [row.call for row in inbox_view(entry, InboxFilters(sort="age")).rows]
    newest = [row.call for row in inbox_view(entry, InboxFilters(sort="newest")).rows]
    assert newest == oldest[::-1]


def test_a_page_past_the_last_is_the_last(room: Room) -> None:
    view = inbox_view(entry_of(room, "vera"), InboxFilters(page=9))
    assert (view.pages.page, view.pages.of, view.pages.told) == (1, 1, "1 to 4 of 4")
    assert len(view.rows) == 4


def test_a_row_tells_what_the_draft_is_about(room: Room) -> None:
    row = next(r for r in inbox_view(entry_of(room, "nina"), InboxFilters(sort="date")).rows)
    result = room.result(room.record(row.call)[1])
    behaviours = {b.id: b.text for c in result.rubric.capabilities for b in c.behaviours}
    assert result.draft.improvement
    assert row.improvement == behaviours[result.draft.improvement.behaviour]
    # 40 s of sound are told as one minute; customer and stage as the metadata says.
    assert (row.customer, row.stage, row.minutes, row.age_days) == ("Customer 2", "Discovery", 1, 0)
    ratio = next(m.value for m in result.metrics.measures if m.name == "rep_talk_ratio")
    assert (row.talk.share if row.talk else None) == ratio
    assert row.address == f"/calls/{row.call}?sort=date"


def test_age_counts_from_the_draft(tmp_path: Path) -> None:
    clock = Clock()
    room = make_room(tmp_path, ("Anna",), clock)
    for days, age in ((0.9, "today"), (1.5, "days"), (6.9, "week"), (7.1, "older"), (40.0, "older")):
        clock.at = NOW + timedelta(days=days)
        entry = entry_of(room, "mark")
        view = inbox_view(entry, InboxFilters.checked({"age": age}))
        assert [row.age_days for row in view.rows] == [int(days)]
        assert view.oldest_days == int(days)
        assert view.by_day[min(int(days), MOST_DAYS)] == sum(view.by_day) == 1


def test_what_is_approved_leaves_and_what_is_edited_stays(tmp_path: Path) -> None:
    room = make_room(tmp_path, ("Anna", "Bert", "Anna"))
    first, second = calls_of(room, "Anna")
    review(room, first, "approved")
    review(room, second, "edited")
    view = inbox_view(entry_of(room, "mark"), InboxFilters())
    assert {row.call: row.state for row in view.rows} == {second: "edited", call_of(room, "Bert"): "waiting"}
    assert [(a.call, a.by) for a in view.approved_lately] == [(first, "Mark")]
    assert inbox_view(entry_of(room, "nina"), InboxFilters()).approved_lately == ()
    review(room, first, "reopened")
    assert inbox_view(entry_of(room, "mark"), InboxFilters(state="edited")).total == 2


def test_what_is_due_is_told_from_a_week_before_to_a_month_after(tmp_path: Path) -> None:
    """Approved to be looked at again on 20 March: nothing on the 12th; due from the 13th; overdue from the 21st."""
    clock = Clock()
    room = make_room(tmp_path, ("Anna",), clock)
    call = call_of(room, "Anna")
    standing = state_of(room.workspace, call)
    feedback = standing.feedback.model_copy(update={"follow_up": date(2026, 3, 20)})
    approved = Review(
        call=call, action="approved", state="approved", author="mark", at=NOW, record=1, draft=standing.draft_key,
        feedback=feedback,
    )  # fmt: skip
    room.workspace.reviews.append(call, approved)
    room.index.refresh()
    told = {}
    for day in (date(2026, 3, 12), date(2026, 3, 13), date(2026, 3, 20), date(2026, 3, 21), date(2026, 4, 21)):
        clock.at = datetime.combine(day, time(7), UTC)
        told[day] = [(due.call, due.overdue) for due in inbox_view(entry_of(room, "mark"), InboxFilters()).due]
    assert list(told.values()) == [[], [(call, False)], [(call, False)], [(call, True)], []]


def test_the_improvement_that_a_person_chose_is_shown(tmp_path: Path) -> None:
    room = make_room(tmp_path, ("Anna",))
    call = call_of(room, "Anna")
    result = room.result(room.record(call)[1])
    other = result.draft.ranking[-1].behaviour
    review(room, call, "chose_improvement", improvement=other)
    text = next(b.text for c in result.rubric.capabilities for b in c.behaviours if b.id == other)
    assert [row.improvement for row in inbox_view(entry_of(room, "mark"), InboxFilters()).rows] == [text]


def test_the_api_says_what_the_page_says(room: Room) -> None:
    told = client(room, "mark").get("/api/inbox", params={"rep": "bert"}).json()
    assert told == inbox_view(entry_of(room, "mark"), InboxFilters(rep="bert")).model_dump(mode="json")
    assert told["total"] == 1
