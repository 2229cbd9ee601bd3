"""Trials: calls are judged before and after a change, what turns out otherwise is told in words, and nothing counts."""

from pathlib import Path

import pytest

from pipeline.domain.assessment import Score
from pipeline.domain.rubric import LoadedRubric
from pipeline.domain.work import StageName
from pipeline.errors import BudgetError, StageError
from pipeline.store.workspace import Workspace
from pipeline.workbench.trial import BehaviourTally, CallTrial, Effort, LevelTally, summarise
from pipeline.workbench.trying import Change, Side, ask_for_requests, effort, try_out
from tests.workbench.calls import TODAY, WordReader, between, records, space_of_calls, stored
from tests.workbench.rubrics import loaded

# The script: t0003 of the rep at 8 s is "How do you plan the week today?", t0005 at 25 s "What does that cost you in a
# month?". So the sound rubric finds both behaviours, cost_asked and plan_asked, and its capability has level 3.
NO_COST = (
    ("          - What does that cost you in a month?\n", "          - What is it per year, all in all?\n"),
    ("version: 1", "version: 2"),
)
"""A change after which the words of the call are no example of cost_asked any more."""


@pytest.fixture
def reader() -> WordReader:
    return WordReader()


@pytest.fixture
def old(tmp_path: Path) -> LoadedRubric:
    return loaded(tmp_path)


@pytest.fixture
def space(tmp_path: Path, old: LoadedRubric, reader: WordReader) -> Workspace:
    return space_of_calls(tmp_path, old, reader, "a", "b")


def tried(space: Workspace, change: Change) -> tuple[CallTrial, ...]:
    return tuple(try_out(space, records(space), change, today=TODAY))


def test_a_behaviour_that_is_lost_is_told_with_the_words_speaker_and_time_of_before(
    space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
) -> None:
    for call in tried(space, between(old, loaded(tmp_path, *NO_COST), reader)):
        (flip,) = call.flips
        assert (flip.kind, flip.id, flip.before, flip.after) == ("lost", "cost_asked", "shown", "not_shown")
        (quote,) = flip.before_quotes
        assert (quote.text, quote.role) == ("What does that cost you in a month?", "rep")
        assert quote.span is not None
        assert quote.span.start == 25.0
        assert flip.after_quotes == ()


def test_the_other_way_round_it_is_gained(
    space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
) -> None:
    (flip,) = tried(space, between(loaded(tmp_path, *NO_COST), old, reader))[0].flips
    assert (flip.kind, flip.id) == ("gained", "cost_asked")
    assert [quote.text for quote in flip.after_quotes] == ["What does that cost you in a month?"]


def test_a_level_that_falls_is_told_with_both_levels(
    space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
) -> None:
    (move,) = tried(space, between(old, loaded(tmp_path, *NO_COST), reader))[0].moves
    assert (move.capability, move.name, move.step) == ("impact", "What it costs", -1)
    assert move.before is not None
    assert move.after is not None
    assert (move.before.level, move.after.level) == (3, 2)


def test_the_draft_s_strength_and_improvement_are_told(
    space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
) -> None:
    call = tried(space, between(old, loaded(tmp_path, *NO_COST), reader))[0]
    assert call.before is not None
    assert call.after is not None
    assert call.before.improvement is None  # everything was shown
    assert (call.after.strength, call.after.improvement) == ("plan_asked", "cost_asked")


def test_nothing_that_was_there_changes_and_no_record_or_draft_is_added(
    space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
) -> None:
    before = stored(space)
    assert tried(space, between(old, loaded(tmp_path, *NO_COST), reader))[0].flips
    after = stored(space)
    assert {name: after[name] for name in before} == before
    added = {name.split("/")[0] + "/" + name.split("/")[1] for name in after.keys() - before.keys()}
    assert added == {"objects/observe", "objects/verify", "objects/score"}


def test_what_was_read_is_not_read_again(
    space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
) -> None:
    change = between(old, loaded(tmp_path, *NO_COST), reader)
    n_before = reader.n_calls
    first = tried(space, change)
    assert reader.n_calls == n_before + 2  # the old rubric was read when the calls were reviewed
    assert tried(space, change) == first
    assert reader.n_calls == n_before + 2


def test_the_same_rubric_changes_nothing(space: Workspace, old: LoadedRubric, reader: WordReader) -> None:
    for call in tried(space, between(old, old, reader)):
        assert (call.flips, call.moves) == ((), ())
        assert call.before == call.after


def test_a_renamed_behaviour_is_compared_with_itself(
    space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
) -> None:
    new = loaded(tmp_path, ("id: cost_asked", "id: price_asked"), ("What does that cost", "What would it cost"))
    (flip,) = tried(space, between(old, new, reader))[0].flips
    assert (flip.kind, flip.id, flip.was) == ("lost", "price_asked", "cost_asked")
    same = loaded(tmp_path, ("id: cost_asked", "id: price_asked"))
    assert tried(space, between(old, same, reader))[0].flips == ()


def test_a_behaviour_that_only_one_rubric_has_is_told_with_what_became_of_it(
    space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
) -> None:
    extra = (
        "    levels:\n",
        "      - id: consent_asked\n        text: Asks whether the time suits\n"
        "        examples: [Is now a good time?, Does it suit you?, Is it fine now?, Do you have time?]\n"
        "        praise: You asked whether the time suited.\n        coaching: *coaching\n    levels:\n",
    )
    new = loaded(tmp_path, extra)
    (flip,) = tried(space, between(old, new, reader))[0].flips
    assert (flip.kind, flip.before, flip.after) == ("gained", None, "shown")
    (flip,) = tried(space, between(new, old, reader))[0].flips
    assert (flip.kind, flip.before, flip.after, flip.id) == ("lost", "shown", None, "consent_asked")


def test_a_behaviour_that_only_one_rubric_has_and_no_call_shows_changes_nothing(
    space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
) -> None:
    extra = (
        "    levels:\n",
        "      - id: signer_asked\n        text: Asks who signs\n"
        "        examples: [Who signs the contract?, Who has to sign it?]\n"
        "        praise: You asked who signs.\n        coaching: *coaching\n    levels:\n",
    )
    new = loaded(tmp_path, extra)
    for change in (between(old, new, reader), between(new, old, reader)):
        (first, _) = tried(space, change)
        assert first.flips == ()


def damage(space: Workspace, stage: StageName) -> None:
    """Make what the first call has of a stage unreadable."""
    key = records(space)[0].results[stage]
    (file,) = (space.root / "objects" / stage).rglob(f"{key}.json")
    file.write_text("{", encoding="utf-8")


def test_a_damaged_call_says_why_and_the_others_go_on(
    space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
) -> None:
    damage(space, "attribute")
    change = between(old, loaded(tmp_path, *NO_COST), reader)
    found = effort(space, records(space), change)
    assert (found.n_calls, found.n_failed, found.n_readings, found.n_kept) == (2, 1, 2, 1)
    ask_for_requests(space, records(space), change)
    damaged, sound = tried(space, change)
    assert "cannot read" in damaged.failed
    assert [flip.kind for flip in sound.flips] == ["lost"]


def test_a_damaged_reading_keeps_nobody_from_being_told_what_a_trial_takes(
    space: Workspace, old: LoadedRubric, reader: WordReader
) -> None:
    damage(space, "observe")
    assert effort(space, records(space), between(old, old, reader)).n_failed == 0


def test_the_same_verdict_by_other_words_is_told_too(
    space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
) -> None:
    new = loaded(tmp_path, ("What does that cost you in a month?", "Is now a good time to talk?"))
    (flip,) = tried(space, between(old, new, reader))[0].flips
    assert (flip.kind, flip.before, flip.after) == ("requoted", "shown", "shown")
    assert flip.before_quotes != flip.after_quotes


def test_another_reader_is_compared_too(space: Workspace, old: LoadedRubric, reader: WordReader) -> None:
    class Silent(WordReader):
        def _is_like(self, text: str, rubric: object, name: str) -> bool:
            return False

    change = Change(Side("one", old, reader), Side("other", old, Silent("silent")))
    assert {flip.id for flip in tried(space, change)[0].flips} == {"cost_asked", "plan_asked"}


def test_a_call_that_cannot_be_read_says_why_and_the_others_go_on(
    space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
) -> None:
    reader.failing = StageError("observe", "out of memory", hint="close something")
    calls = tried(space, between(old, loaded(tmp_path, *NO_COST), reader))
    assert [call.failed for call in calls] == ["observe: out of memory"] * 2
    assert summarise(calls).n_failed == 2


def test_a_budget_that_is_spent_ends_the_trial(
    space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
) -> None:
    reader.failing = BudgetError("the budget is spent", hint="raise it")
    with pytest.raises(BudgetError):
        tried(space, between(old, loaded(tmp_path, *NO_COST), reader))


class TestEffort:
    def test_readings_that_are_kept_cost_nothing(self, space: Workspace, old: LoadedRubric, reader: WordReader) -> None:
        found = effort(space, records(space), between(old, old, reader))
        assert (found.n_calls, found.n_readings, found.n_kept, found.n_behaviours) == (2, 4, 4, 0)
        assert found.seconds == 0

    def test_a_changed_example_is_two_behaviours_to_read_in_each_call(
        self, space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
    ) -> None:
        before = stored(space)
        found = effort(space, records(space), between(old, loaded(tmp_path, *NO_COST), reader))
        # 2 calls x 1 new reading, each of the rubric's 2 behaviours
        assert (found.n_kept, found.n_behaviours) == (2, 4)
        assert stored(space) == before

    def test_only_wording_costs_nothing(
        self, space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
    ) -> None:
        new = loaded(tmp_path, ("praise: You asked what the problem costs.", "praise: You asked for a figure."))
        assert effort(space, records(space), between(old, new, reader)).n_kept == 4

    def test_a_reader_that_never_read_these_calls_lets_nothing_expect(
        self, space: Workspace, old: LoadedRubric
    ) -> None:
        found = effort(space, records(space), between(old, old, WordReader("another")))
        assert found == Effort(n_calls=2, n_readings=4, n_kept=0, n_behaviours=8, seconds=None)


class TestSum:
    def test_adds_up_what_was_lost_and_fell_and_other_drafts(
        self, space: Workspace, tmp_path: Path, old: LoadedRubric, reader: WordReader
    ) -> None:
        summary = summarise(tried(space, between(old, loaded(tmp_path, *NO_COST), reader)))
        assert (summary.n_calls, summary.n_failed, summary.n_unchanged) == (2, 0, 0)
        assert summary.behaviours == (BehaviourTally(id="cost_asked", gained=0, lost=2),)
        assert summary.levels == (LevelTally(id="impact", up=0, down=2, other=0),)
        assert summary.n_other_improvement == 2

    def test_no_calls_add_up_to_nothing(self) -> None:
        assert summarise(()).n_calls == 0

    def test_a_level_that_vanishes_is_neither_up_nor_down(self) -> None:
        from pipeline.workbench.trial import LevelMove

        unscored = Score(capability="impact", of=3, unscored="nothing called for it")
        scored = Score(capability="impact", of=3, level=2)
        move = LevelMove(capability="impact", name="What it costs", before=scored, after=unscored)
        summary = summarise((CallTrial(call="c0001", name="a.wav", moves=(move,)),))
        assert summary.levels == (LevelTally(id="impact", up=0, down=0, other=1),)
