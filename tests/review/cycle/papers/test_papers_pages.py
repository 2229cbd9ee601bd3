"""The papers as files: golden Markdown, and what is in none of them."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from pipeline.cycle.paper_values import CoachingReport
from pipeline.domain.cycle.goals import GoalSet
from pipeline.domain.cycle.rep_first import AppealDecided, ObservationAnswered
from pipeline.domain.review import Comment, Review
from pipeline.review.audit import Wanted
from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from tests.review.cycle.filled_cycle import fill
from tests.review.cycle.second.coached_team import approve, coached_team, happens
from tests.review.inbox.reviewed import calls_of
from tests.review.rooms import NOW, client, make_room

GOLDEN = Path(__file__).parent / "golden"
PLACES = {
    "report": "/people/anna/papers/report.{}",
    "plan": "/people/anna/papers/plan.{}",
    "planner": "/team/planner?form={}",
}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = coached_team(tmp_path_factory.mktemp("papers"))
    yield room
    room.close()


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """One feedback opened again, one of a rehearsal approved, one quote struck, markup written into a goal."""
    room = coached_team(tmp_path_factory.mktemp("changed"))
    first, second = calls_of(room, "Anna")[:2]
    draft = state_of(room.workspace, second).draft_key
    reopened = Review(call=second, action="reopened", state="edited", author="mark", at=NOW, record=1, draft=draft)
    room.workspace.reviews.append(second, reopened)
    ((practice,),) = room.index.rows("SELECT call FROM calls WHERE mode = 'simulated'")
    approve(room, str(practice), "mark", NOW - timedelta(days=1))
    strike_strength(room, first)
    happens(room, "anna", "anna", GoalSet(text="<script>alert(1)</script> \u202e# big"))
    yield room
    room.close()


def strike_strength(room: Room, call: str) -> None:
    """Anna says that what was praised did not happen, and Mark finds her right."""
    strength = state_of(room.workspace, call).draft.strength
    assert strength is not None
    answer = ObservationAnswered(
        call=call,
        record=1,
        observation=strength.observation_id,
        behaviour=strength.behaviour,
        stance="did_not_happen",
        text="no",
    )
    happens(room, "anna", "anna", answer)
    found = AppealDecided(call=call, record=1, observation=strength.observation_id, upheld=True, text="heard it")
    happens(room, "anna", "mark", found)


def text(room: Room, paper: str, form: str, user: str = "mark") -> str:
    answer = client(room, user).get(PLACES[paper].format(form))
    assert answer.status_code == 200
    if form == "pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    return answer.text


@pytest.mark.parametrize("paper", list(PLACES))
def test_the_paper_is_word_for_word_the_golden_one(room: Room, paper: str) -> None:
    assert text(room, paper, "md") == (GOLDEN / f"{paper}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["html", "md", "pdf"])
@pytest.mark.parametrize("paper", list(PLACES))
def test_nothing_that_is_kept_apart_is_in_any_paper(room: Room, paper: str, form: str) -> None:
    found = text(room, paper, form)
    assert "Anna" in found
    for word in ("SECRET", "bronze", "motivation", "Rehearsal"):
        assert word not in found


@pytest.mark.parametrize("form", ["md", "pdf"])
def test_every_format_has_the_same_words(room: Room, form: str) -> None:
    found = text(room, "plan", form)
    for words in ("Write three questions about concerns", "I want to keep my nerve", "Sell to larger shops"):
        assert words in found.replace("\n", " ")


def test_rep_and_manager_are_given_the_same_words(room: Room) -> None:
    for paper in ("report", "plan"):
        assert text(room, paper, "md", "anna") == text(room, paper, "md", "mark") == text(room, paper, "md", "vera")


def test_a_draft_that_nobody_approved_is_in_no_report(room: Room) -> None:
    waiting = calls_of(room, "Anna")[2]
    report = client(room, "mark").get("/api/people/anna/papers/report").json()
    assert waiting not in {each["call"] for each in report["feedback"]}
    assert {each["call"] for each in report["feedback"]} == set(calls_of(room, "Anna")[:2])


def report(room: Room) -> CoachingReport:
    return CoachingReport.model_validate(client(room, "mark").get("/api/people/anna/papers/report").json())


def test_no_showing_of_a_sealed_call_counts_in_a_report(tmp_path: Path) -> None:
    """After 6 February: harbour, fern and the call of 1 March without, quill and brisk with; alder has it, and waits
    for anna's own view."""
    room = make_room(tmp_path)
    filled = fill(room)
    try:
        (focus,) = report(room).focuses
        assert (focus.n_shown, focus.n_counted) == (2, 5)
        remark = Comment(call=filled.calls["alder"], text="mine", moment=47.0, author="anna", at=NOW)
        room.workspace.comments.append(filled.calls["alder"], remark)
        room.index.refresh()
        (focus,) = report(room).focuses
        assert (focus.n_shown, focus.n_counted) == (3, 5)  # alder has come in, and harbour has left the last five
    finally:
        room.close()


def test_feedback_that_was_opened_again_and_that_of_a_rehearsal_are_in_no_report(changed: Room) -> None:
    assert [each.call for each in report(changed).feedback] == [calls_of(changed, "Anna")[0]]


def test_a_quote_that_no_longer_stands_is_left_out(room: Room, changed: Room) -> None:
    before, after = (
        next(each for each in report(r).feedback if each.call == calls_of(r, "Anna")[0]) for r in (room, changed)
    )
    assert len(before.strength_quotes) == 1
    assert after.strength_quotes == ()


def test_what_people_wrote_becomes_no_markup(changed: Room) -> None:
    assert r"\<script\>" in text(changed, "plan", "md")
    assert "<script>alert" not in text(changed, "plan", "html")
    assert "\u202e" not in text(changed, "plan", "html")


def test_the_days_choose_what_was_seen(room: Room) -> None:
    asked = "/api/people/anna/papers/report?since=2026-03-03&until=2026-03-05"
    feedback = client(room, "mark").get(asked).json()["feedback"]
    assert [each["approved_on"] for each in feedback] == ["2026-03-04"]


def test_papers_are_for_the_person_and_those_above(room: Room) -> None:
    for path in ("/people/anna/papers", "/people/anna/papers/plan.md", "/api/people/anna/papers/plan"):
        assert client(room, "anna").get(path).status_code == 200
        assert client(room, "vera").get(path).status_code == 200
        assert client(room, "nina").get(path).status_code == 404
        assert client(room, "bert").get(path).status_code == 404
    assert client(room, "anna").get("/team/planner").status_code == 404
    assert client(room, "nina").get("/team/planner?form=md").text.count("Anna") == 0


def test_there_is_no_other_paper_and_no_other_format(room: Room) -> None:
    for name in ("plan.exe", "trust.md", "plan"):
        assert client(room, "mark").get(f"/people/anna/papers/{name}").status_code == 404


def test_a_paper_that_leaves_stands_in_the_audit_trail(room: Room) -> None:
    client(room, "mark").get("/people/anna/papers/plan.pdf")
    (event,) = room.audit.find(Wanted(user="mark", action="exported"), n=1).events
    assert event.detail == "plan of anna, pdf"
