"""A night and the focus of reps: new drafts keep to it, all others have the keys they had before there were any."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.cycle.desk import CycleDesk
from pipeline.domain.coaching import Draft
from pipeline.domain.cycle.events import Event
from pipeline.domain.cycle.focus import FocusClosed, FocusOpened
from pipeline.domain.people import User
from pipeline.domain.work import CallRecord
from pipeline.judgement import CODE
from pipeline.redraft import redraft
from pipeline.reread import reread
from pipeline.rescore import rescore
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.objects import Work
from pipeline.store.workspace import Workspace
from tests.review.rooms import SALE, sound
from tests.scripted import ScriptedEngine

BEFORE, TAKEN, AFTER = (datetime(2026, 3, d, 10, tzinfo=UTC) for d in (2, 3, 4))
NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
FIRST, FOCUS = "concern_explored", "answer_checked"
"""The improvement of the script without a focus, and the next in its ranking."""


@pytest.fixture
def night(tmp_path: Path) -> Night:
    workspace = Workspace(tmp_path / "w")
    workspace.users.append("anna", User(id="anna", name="Anna", roles=frozenset({"rep"}), by="tests", at=BEFORE))
    return Night(workspace, Config(), ScriptedEngine(SALE), find_rubric("discovery"), now=lambda: NOW)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return tmp_path / "calls"


def call(folder: Path, rep: str | None = "Anna", *, taken: datetime | None = TAKEN) -> Path:
    folder.mkdir(exist_ok=True)
    path = sound(folder / "a.wav", seed=5)
    stated = {
        "consent": "yes",
        "rep": rep,
        "started_at": taken.isoformat() if taken else None,
        "customer": "Heron Lane",
    }
    path.with_suffix(".json").write_text(json.dumps({k: v for k, v in stated.items() if v}))
    return path


def again(night: Night) -> Night:
    """The next night: what each rep works on is read anew."""
    return replace(night)


def review(night: Night, path: Path) -> str:
    (outcome,) = review_calls(night, discover([path]))
    assert outcome.status in ("done", "skipped"), outcome.reason
    return outcome.status


def record_of(night: Night) -> CallRecord:
    (found,) = night.workspace.calls.ids()
    return night.workspace.record(found)


def draft_of(night: Night) -> Draft:
    return night.workspace.objects.get("draft", record_of(night).results["draft"], Draft)[0]


def improvement(night: Night) -> str | None:
    found = draft_of(night).improvement
    return found.behaviour if found else None


def happens(night: Night, at: datetime, event: Event, person: str = "anna") -> None:
    CycleDesk(night.workspace, at, "mark").add(person, lambda _: event)


def focus(behaviour: str = FOCUS, rubric: str = "discovery", *, second: bool = False) -> FocusOpened:
    return FocusOpened(
        rubric=rubric, capability="c", behaviour=behaviour, shown=3, of=5, second=second, reason="two" * second
    )


def key_before_there_were_focuses(night: Night, taken: datetime | None) -> str:
    """The key of the draft's work as it was defined before focuses: the day of the call is its only parameter."""
    results = record_of(night).results
    inputs = tuple(results[stage] for stage in ("attribute", "measure", "verify", "score"))
    parameters = (("started_at", str(taken or "")),)
    return Work(
        stage="draft", code=CODE["draft"], inputs=inputs, parameters=parameters, rubric_sha256=night.rubric.sha256
    ).key


def test_a_new_draft_keeps_to_the_focus_of_its_rep(night: Night, calls: Path) -> None:
    happens(night, BEFORE, focus())
    review(night, call(calls))
    assert improvement(night) == FOCUS
    factors = {f.why for c in draft_of(night).ranking for f in c.factors if f.name == "focus"}
    assert factors == {"it is the current focus", "outside the current focus"}


def test_the_strength_is_the_same_with_a_focus_and_without(night: Night, calls: Path) -> None:
    review(night, call(calls))
    plain = draft_of(night).strength
    happens(night, BEFORE, focus())
    review(again(night), calls / "a.wav")
    assert improvement(night) == FOCUS
    assert draft_of(night).strength == plain


@pytest.mark.parametrize("rep", ["Anna", "Somebody Else", None])
def test_a_call_without_a_focus_has_the_key_it_had_before_there_were_any(
    night: Night, calls: Path, rep: str | None
) -> None:
    happens(night, BEFORE, focus(), person="bert")
    review(night, call(calls, rep))
    assert record_of(night).results["draft"] == key_before_there_were_focuses(night, TAKEN)
    assert improvement(night) == FIRST


def test_a_call_that_does_not_say_when_has_its_key_too(night: Night, calls: Path) -> None:
    review(night, call(calls, taken=None))
    assert record_of(night).results["draft"] == key_before_there_were_focuses(night, None)


def test_a_focus_opened_after_the_call_leaves_its_draft_alone(night: Night, calls: Path) -> None:
    review(night, call(calls))
    before = record_of(night)
    happens(night, AFTER, focus())
    assert review(again(night), calls / "a.wav") == "skipped"
    assert record_of(night) == before


def test_a_focus_closed_after_the_call_leaves_its_draft_alone(night: Night, calls: Path) -> None:
    happens(night, BEFORE, focus())
    review(night, call(calls))
    before = record_of(night)
    happens(night, AFTER, FocusClosed(focus="f1", how="set_aside", reason="a new role"))
    assert review(again(night), calls / "a.wav") == "skipped"
    assert record_of(night) == before


def test_a_call_that_does_not_say_when_keeps_to_what_was_open_at_its_first_review(night: Night, calls: Path) -> None:
    review(night, call(calls, taken=None))
    happens(night, datetime(2026, 3, 6, tzinfo=UTC), focus())
    later = replace(night, now=lambda: datetime(2026, 3, 7, tzinfo=UTC))
    assert review(later, calls / "a.wav") == "skipped"


def test_a_focus_of_another_rubric_is_named_and_changes_no_order(night: Night, calls: Path) -> None:
    """Also where the other rubric has a behaviour of that id."""
    happens(night, BEFORE, focus(FOCUS, "closing"))
    review(night, call(calls))
    assert improvement(night) == FIRST
    factors = {f.why for c in draft_of(night).ranking for f in c.factors if f.name == "focus"}
    assert factors == {"the current focus is not in this rubric"}


def test_of_two_focuses_the_one_of_the_calls_rubric_counts(night: Night, calls: Path) -> None:
    happens(night, BEFORE, focus("signer_asked", "closing"))
    happens(night, BEFORE, focus(second=True))
    review(night, call(calls))
    assert improvement(night) == FOCUS


def test_a_name_that_two_users_go_by_tells_nobody(night: Night, calls: Path) -> None:
    twin = User(id="anna-two", name="anna", roles=frozenset({"rep"}), by="tests", at=BEFORE)
    night.workspace.users.append("anna-two", twin)
    happens(night, BEFORE, focus())
    review(night, call(calls))
    assert improvement(night) == FIRST


def test_whoever_was_removed_gives_way_to_who_goes_by_the_name_now(night: Night, calls: Path) -> None:
    gone = User(id="anna-old", name="Anna", roles=frozenset({"rep"}), removed=True, by="tests", at=BEFORE)
    night.workspace.users.append("anna-old", gone)
    happens(night, BEFORE, focus("patience"), person="anna-old")
    happens(night, BEFORE, focus())
    review(night, call(calls))
    assert improvement(night) == FOCUS


def test_the_coaching_of_a_rep_is_read_once_a_night(night: Night, calls: Path) -> None:
    happens(night, BEFORE, focus())
    review(night, call(calls))
    happens(night, BEFORE, FocusClosed(focus="f1", how="set_aside", reason="a new role"))
    assert review(night, calls / "a.wav") == "skipped"
    assert review(again(night), calls / "a.wav") == "done"


def test_another_choice_for_the_improvement_keeps_the_ranking_of_the_focus(night: Night, calls: Path) -> None:
    happens(night, BEFORE, focus())
    review(night, call(calls))
    own = draft_of(night)
    made = redraft(night.workspace, record_of(night), improvement=FIRST, today=NOW.date())[1]
    assert made.improvement is not None
    assert made.improvement.behaviour == FIRST
    assert made.ranking == own.ranking


def _rescored(night: Night) -> str:
    (outcome,) = rescore(night, [record_of(night)])
    return outcome.status


def _reread(night: Night) -> str:
    (outcome,) = reread(night, [record_of(night)])
    return outcome.status


@pytest.mark.parametrize("redo", [_rescored, _reread])
def test_scoring_and_reading_again_keep_to_the_same_focus(
    night: Night, calls: Path, redo: Callable[[Night], str]
) -> None:
    happens(night, BEFORE, focus())
    review(night, call(calls))
    assert redo(again(night)) == "skipped"
    assert improvement(night) == FOCUS
