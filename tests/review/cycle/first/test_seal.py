"""A picked call is sealed: nothing of its judgement is anywhere for its coaches until its rep has gone first."""

import pytest
from fastapi.routing import APIRoute

from pipeline.config import Config
from pipeline.domain.labels import BlindLabel, LabelTask
from pipeline.domain.review import Review
from pipeline.review.app import make_app
from pipeline.review.audit import Wanted
from pipeline.review.guards import access_of, routes_of
from pipeline.review.labelling.tasks import ground_of
from pipeline.review.room import Room, open_room
from pipeline.review.seals import seal_of
from pipeline.reviewing.standing import state_of
from tests.review.cycle.first.prepared import made, room
from tests.review.rooms import NOW, call_of, client

__all__ = ["made", "room"]
ROOT = "/people/anna/self-review"
QUESTIONS = ("how_it_went", "did_well", "would_change")
WAITS = "Anna picked this call and has not commented on it yet"
TWO = ("vera", "mark")


@pytest.fixture
def sealed(room: Room) -> str:
    call = call_of(room, "Anna")
    pick(room, call)
    return call


def pick(room: Room, call: str, why: str = "struggled") -> None:
    answer = client(room, "anna").post(f"{ROOT}/picks", data={"call": call, "why": why})
    assert answer.status_code == 303, answer.text


def comment(room: Room, call: str, user: str = "anna") -> str:
    answer = client(room, user).post(f"/api/calls/{call}/comments", json={"text": "I rushed here", "moment": 45.0})
    assert answer.status_code == 201
    return str(answer.json()["id"])


def approve(room: Room, call: str) -> None:
    standing = state_of(room.workspace, call)
    room.workspace.reviews.append(
        call,
        Review(
            call=call,
            action="approved",
            state="approved",
            author="mark",
            at=NOW,
            record=standing.record,
            draft=standing.draft_key,
        ),
    )
    room.index.pick_up("reviews", call)


def label_by_mark(room: Room, call: str) -> None:
    """Mark was asked to label the call, and did, blind."""
    task = LabelTask(call=call, raters=("mark",), record=1, by="vera", at=NOW)
    room.workspace.label_tasks.append(call, task)
    room.people.look()
    ground = ground_of(room, task)
    label = BlindLabel(
        call=call,
        rater="mark",
        at=NOW,
        transcript=ground.transcript,
        rubric=ground.rubric.rubric.id,
        rubric_sha256=ground.rubric.sha256,
        seen_model=False,
    )
    room.workspace.labels.append(call, label)


def judging(room: Room) -> list[APIRoute]:
    return [route for route in routes_of(make_app(room)) if access_of(route) == "judge"]


def test_every_place_of_a_review_is_guarded_by_the_seal(room: Room) -> None:
    """Reading, editing, choosing, taking, approving, sending back and reopening, as page and API."""
    found = {(method, route.path) for route in judging(room) for method in route.methods or ()}
    page, api = "/calls/{call}/draft", "/api/calls/{call}/review"
    assert found >= {("GET", f"{page}/edit"), ("GET", api), ("PUT", f"{api}/feedback")}
    assert found >= {
        ("POST", f"{page}/{act}") for act in ("save", "improvement", "take-new", "approve", "send-back", "reopen")
    }
    assert found >= {("POST", f"{api}/{act}") for act in ("improvement", "take-new", "approve", "send-back", "reopen")}


@pytest.mark.parametrize("user", TWO)
def test_every_coach_place_of_a_sealed_call_is_403(room: Room, sealed: str, user: str) -> None:
    for route in judging(room):
        for method in sorted(route.methods or ()):
            answer = client(room, user).request(method, route.path_format.format(call=sealed))
            assert answer.status_code == 403, f"{method} {route.path}"
            assert WAITS in answer.text


@pytest.mark.parametrize("user", TWO)
@pytest.mark.parametrize(
    "path",
    [
        "/calls/{}/draft",
        "/api/calls/{}/feedback",
        "/api/calls/{}/pack",
        *(f"/calls/{{}}/pack.{form}" for form in ("html", "md", "pdf")),
    ],
)
def test_draft_feedback_and_packs_of_a_sealed_call_are_403(room: Room, sealed: str, user: str, path: str) -> None:
    answer = client(room, user).get(path.format(sealed))
    assert answer.status_code == 403
    assert WAITS in answer.text


def test_the_page_of_a_sealed_draft_leads_to_the_call(room: Room, sealed: str) -> None:
    page = client(room, "mark").get(f"/calls/{sealed}/draft")
    assert page.status_code == 403
    assert f'<a class="button" href="/calls/{sealed}">Open the call</a>' in page.text


def test_the_page_says_the_rep_goes_first_and_not_that_a_form_was_forged(room: Room, sealed: str) -> None:
    text = client(room, "mark").get(f"/calls/{sealed}/draft").text
    assert '<h1 dir="auto">The rep goes first</h1>' in text
    assert "did not come from your page" not in text


def test_a_forged_form_still_says_so(room: Room) -> None:
    browser = client(room, "mark")
    browser.headers["X-CSRF-Token"] = "stale"
    assert "This did not come from your page" in browser.post("/sign-out").text


def test_a_call_of_somebody_else_stays_unknown_and_does_not_tell_of_its_seal(room: Room, sealed: str) -> None:
    for path in (f"/calls/{sealed}/draft/edit", f"/api/calls/{sealed}/review", f"/calls/{sealed}/draft"):
        assert client(room, "nina").get(path).status_code == 404


@pytest.mark.parametrize("user", TWO)
def test_the_call_page_opens_for_listening_without_judgement(room: Room, sealed: str, user: str) -> None:
    answer = client(room, user).get(f"/calls/{sealed}")
    assert answer.status_code == 200
    assert WAITS in answer.text
    assert "How do you plan the week for your fitters today?" in answer.text
    for gone in ('id="scorecard"', 'id="draft-part"', "One thing to change", "Proposes a concrete next step", "/pack."):
        assert gone not in answer.text
    for path in ("sound", "api/comments"):
        place = f"/api/calls/{sealed}/comments" if path.startswith("api") else f"/calls/{sealed}/{path}"
        assert client(room, user).get(place).status_code in (200, 202, 206)


@pytest.mark.parametrize("user", TWO)
def test_the_api_gives_the_call_without_judgement_and_says_why(room: Room, sealed: str, user: str) -> None:
    found = client(room, user).get(f"/api/calls/{sealed}").json()
    assert WAITS in found["sealed"]
    assert (found["observations"], found["verdicts"], found["scores"], found["draft"]) == ([], [], [], None)
    assert found["turns"]
    assert client(room, user).get(f"/api/calls/{sealed}?record=1").json()["scores"] == []
    assert client(room, user).get(f"/api/calls/{sealed}/player").json()["marks"] == []


def test_the_inbox_tells_that_it_waits_and_nothing_of_the_draft(room: Room, sealed: str) -> None:
    rows = {row["call"]: row for row in client(room, "mark").get("/api/inbox").json()["rows"]}
    row = rows.pop(sealed)
    assert row["sealed"] == "Waits for Anna’s comments"
    assert (row["improvement"], row["strength"], row["state"]) == (None, None, "waiting")
    assert all(other["sealed"] is None and other["improvement"] for other in rows.values())
    assert "Waits for Anna’s comments" in client(room, "mark").get("/inbox").text


def test_the_next_draft_is_never_a_sealed_one(room: Room, sealed: str) -> None:
    other, *rest = (call for call in (*_calls(room, "Anna"), *_calls(room, "Bert")) if call != sealed)
    for call in rest:
        approve(room, call)
    browser = client(room, "mark")
    form = {"after": "0", "record": "1", "override": "heard it when it was held", "then": "next"}
    answer = browser.post(f"/calls/{other}/draft/approve", data=form)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == "/inbox"


def test_a_rater_who_coaches_the_rep_does_not_see_the_verdicts_beside_their_label(room: Room, sealed: str) -> None:
    label_by_mark(room, sealed)
    paths = (f"/label/{sealed}/compare", f"/api/labelling/{sealed}/comparison")
    assert [client(room, "mark").get(path).status_code for path in paths] == [403, 403]
    comment(room, sealed)
    assert [client(room, "mark").get(path).status_code for path in paths] == [200, 200]


def test_a_comment_of_the_rep_opens_it(room: Room, sealed: str) -> None:
    comment(room, sealed)
    browser = client(room, "mark")
    assert browser.get(f"/api/calls/{sealed}/review").status_code == 200
    assert browser.get(f"/api/calls/{sealed}").json()["scores"]
    assert browser.get(f"/calls/{sealed}/pack.md").status_code == 200
    assert 'id="scorecard"' in browser.get(f"/calls/{sealed}").text
    assert next(r for r in browser.get("/api/inbox").json()["rows"] if r["call"] == sealed)["sealed"] is None


def test_a_comment_of_the_manager_does_not_open_it(room: Room, sealed: str) -> None:
    comment(room, sealed, "mark")
    assert client(room, "mark").get(f"/api/calls/{sealed}/review").status_code == 403


def test_a_comment_that_was_withdrawn_opens_nothing(room: Room, sealed: str) -> None:
    made = comment(room, sealed)
    client(room, "anna").delete(f"/api/calls/{sealed}/comments/{made}")
    assert client(room, "mark").get(f"/api/calls/{sealed}/review").status_code == 403


def test_the_three_answers_open_it_and_not_before_the_third(room: Room, sealed: str) -> None:
    browser = client(room, "anna")
    for question in QUESTIONS:
        assert client(room, "mark").get(f"/api/calls/{sealed}/review").status_code == 403
        answer = browser.post(f"{ROOT}/{sealed}/answers", data={"question": question, "text": "as I said"})
        assert answer.status_code == 303
    assert client(room, "mark").get(f"/api/calls/{sealed}/review").status_code == 200


def test_a_pick_taken_back_opens_it(room: Room, sealed: str) -> None:
    client(room, "anna").post(f"{ROOT}/picks/back", data={"call": sealed})
    assert client(room, "mark").get(f"/api/calls/{sealed}/review").status_code == 200


def test_calls_that_are_not_picked_are_as_ever(room: Room, sealed: str) -> None:
    for call in (*_calls(room, "Bert"), *(c for c in _calls(room, "Anna") if c != sealed)):
        assert client(room, "mark").get(f"/api/calls/{call}/review").status_code == 200
        assert seal_of(room, call, "coach") is None


def test_an_override_opens_it_to_coaches_and_stands_in_the_trail(room: Room, sealed: str) -> None:
    reason = "the customer calls again today"
    answer = client(room, "mark").post(f"{ROOT}/{sealed}/open", data={"reason": reason})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/calls/{sealed}#draft")
    assert client(room, "mark").get(f"/api/calls/{sealed}/review").status_code == 200
    assert client(room, "vera").get(f"/api/calls/{sealed}/review").status_code == 200
    [event] = [e for e in room.audit.find(Wanted(call=sealed)).events if e.action == "overrode_seal"]
    assert (event.user, event.call) == ("mark", sealed)
    assert reason not in event.detail
    shown = client(room, "anna").get(f"/api{ROOT}/{sealed}").json()["override"]
    assert (shown["by"], shown["reason"]) == ("Mark", reason)
    assert reason in client(room, "anna").get(f"{ROOT}/{sealed}").text


def test_an_override_without_three_words_is_refused_and_changes_nothing(room: Room, sealed: str) -> None:
    answer = client(room, "mark").post(f"{ROOT}/{sealed}/open", data={"reason": "must see"})
    assert answer.status_code == 400
    assert "fewer than 3 words" in answer.text
    assert ">\nmust see</textarea>" in answer.text
    assert client(room, "mark").get(f"/api/calls/{sealed}/review").status_code == 403
    assert not [e for e in room.audit.find(Wanted(call=sealed)).events if e.action == "overrode_seal"]


def test_the_rep_cannot_override_nor_can_a_manager_of_others(room: Room, sealed: str) -> None:
    for user in ("anna", "nina", "bert"):
        answer = client(room, user).post(f"{ROOT}/{sealed}/open", data={"reason": "because I want to"})
        assert answer.status_code == 404


def test_approved_feedback_of_a_picked_call_is_closed_to_the_rep_until_they_went_first(room: Room, sealed: str) -> None:
    client(room, "mark").post(f"{ROOT}/{sealed}/open", data={"reason": "we meet this afternoon"})
    approve(room, sealed)
    browser = client(room, "anna")
    for path in (f"/calls/{sealed}/draft", f"/api/calls/{sealed}/feedback", f"/calls/{sealed}/pack.md"):
        answer = browser.get(path)
        assert answer.status_code == 403
        assert "You picked this call and have not commented on it yet" in answer.text
    assert browser.get(f"/api/calls/{sealed}").json()["draft"] is None
    comment(room, sealed)
    assert browser.get(f"/api/calls/{sealed}/feedback").status_code == 200
    assert browser.get(f"/api/calls/{sealed}").json()["draft"] is not None


def test_a_sealed_call_does_not_tell_the_rep_whether_feedback_is_approved(room: Room, sealed: str) -> None:
    before = client(room, "anna").get(f"/api/calls/{sealed}/feedback")
    approve(room, sealed)
    after = client(room, "anna").get(f"/api/calls/{sealed}/feedback")
    assert (before.status_code, before.text) == (after.status_code, after.text)
    assert client(room, "anna").get(f"/api/calls/{sealed}").json()["review"] == "waiting"


def test_picking_a_call_whose_feedback_is_there_seals_nothing(room: Room) -> None:
    call = call_of(room, "Anna")
    approve(room, call)
    pick(room, call)
    assert client(room, "anna").get(f"/api/calls/{call}/feedback").status_code == 200
    assert client(room, "mark").get(f"/api/calls/{call}/review").status_code == 200


def test_a_seal_comes_back_from_the_files(room: Room, sealed: str) -> None:
    workspace = room.workspace
    room.close()
    workspace.index_path.unlink()
    again = open_room(workspace, Config(), now=room.now)
    again.index.refresh()
    try:
        assert client(again, "mark").get(f"/api/calls/{sealed}/review").status_code == 403
    finally:
        again.close()


def _calls(room: Room, rep: str) -> list[str]:
    return [str(call) for (call,) in room.index.rows("SELECT call FROM calls WHERE rep = ? ORDER BY path", [rep])]
