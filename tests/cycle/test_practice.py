"""Practice: a card has the customer's own words or says that there are none, and attempts are counted, once each."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.practice import (
    MOST_WORDS,
    Attempt,
    at_card,
    at_focus,
    attempts,
    card_of,
    hand_in,
    try_card,
    without_moment,
)
from pipeline.domain.cycle.events import Event, Happened, History
from pipeline.domain.cycle.focus import FocusOpened
from pipeline.domain.cycle.practice import PracticeTried, RehearsalUploaded
from pipeline.domain.result import CallResult
from pipeline.domain.rubric import Polarity
from pipeline.errors import UsageError
from pipeline.store.workspace import Workspace
from tests.review.rooms import SALE, add_calls

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
CALL = "c0123456789ab"
SHA = "a" * 64
FOCUS = FocusOpened(rubric="discovery", capability="concerns", behaviour="concern_explored", shown=3, of=5)


def history(*events: Event, author: str = "anna") -> History:
    return tuple(
        Happened(number=n, author=author, at=NOW + timedelta(minutes=n), what=what)
        for n, what in enumerate(events, start=1)
    )


def tried(call: str = CALL, behaviour: str = "b", focus: str | None = None, note: str = "") -> PracticeTried:
    return PracticeTried(call=call, behaviour=behaviour, focus=focus, note=note)


def uploaded(sha256: str = SHA, *, call: str | None = CALL, behaviour: str = "b") -> RehearsalUploaded:
    return RehearsalUploaded(sha256=sha256, name="r.m4a", size=9, consent=True, call=call, behaviour=behaviour)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> CallResult:
    folder: Path = tmp_path_factory.mktemp("practice")
    workspace = Workspace(folder / "w")
    (call,) = add_calls(workspace, folder / "calls", ["Anna"])
    return workspace.result(workspace.record(call))


class TestACard:
    def test_carries_the_customer_s_own_line_and_its_time(self, result: CallResult) -> None:
        card = card_of(result, "concern_explored", record=1)
        assert card is not None
        assert card.line is not None
        # The eighth turn of SALE, from second 39 to 45: the worry that nobody asks about.
        assert card.line.text == SALE[7][3]
        assert card.line.role == "customer"
        assert card.line.span is not None
        assert (card.line.span.start, card.line.span.end) == (39.0, 45.0)

    def test_every_line_of_every_card_is_a_slice_of_the_transcript(self, result: CallResult) -> None:
        lines = 0
        for behaviour in result.rubric.behaviours:
            card = card_of(result, behaviour.id, record=1)
            assert card is not None
            for line in (card.line, card.said):
                if line is not None:
                    lines += 1
                    assert line.text == line.quote.text(result.conversation)
                    assert line.span == line.quote.span(result.conversation)
        assert lines > 0

    def test_of_a_behaviour_without_a_moment_has_no_line_and_the_rubric_s_practice(self, result: CallResult) -> None:
        behaviour = next(
            b
            for b in result.rubric.behaviours
            if b.polarity is Polarity.EFFECTIVE and not result.assessment.verdict(b.id).missed
        )
        card = card_of(result, behaviour.id, record=1)
        assert card is not None
        assert (card.line, card.said) == (None, None)
        assert (card.task, card.written) == (behaviour.coaching.practice, False)
        assert card.steps == behaviour.coaching.steps

    def test_of_what_works_against_the_goal_has_the_customer_s_turn_before_the_rep_s_words(
        self, result: CallResult
    ) -> None:
        against = next(
            o
            for o in result.observations
            if o.kind is Polarity.INEFFECTIVE and o.quote.turn_id not in ("t0001", result.conversation.turns[0].id)
        )
        card = card_of(result, against.behaviour, record=1)
        assert card is not None
        assert card.said is not None
        assert card.line is not None
        assert card.said.role == "rep"
        turns = [turn.id for turn in result.conversation.turns]
        between = result.conversation.turns[
            turns.index(card.line.quote.turn_id) + 1 : turns.index(card.said.quote.turn_id)
        ]
        assert card.line.role == "customer"
        assert all(turn.role != "customer" or turn.backchannel for turn in between)

    def test_never_rests_on_an_observation_that_the_rep_was_right_about(self, result: CallResult) -> None:
        against = next(o for o in result.observations if o.kind is Polarity.INEFFECTIVE)
        ids = result.assessment.verdict(against.behaviour).observation_ids
        card = card_of(result, against.behaviour, record=1, struck=ids)
        assert card is not None
        assert (card.line, card.said) == (None, None)

    def test_takes_a_coach_s_wording_of_the_task_and_says_so(self, result: CallResult) -> None:
        card = card_of(result, "concern_explored", record=1, task="  Ask me twice.  ")
        assert card is not None
        assert (card.task, card.written) == ("Ask me twice.", True)

    def test_of_a_behaviour_that_the_rubric_does_not_have_is_none(self, result: CallResult) -> None:
        assert card_of(result, "charm", record=1) is None

    def test_without_its_moment_has_no_word_of_the_call(self, result: CallResult) -> None:
        card = card_of(result, "concern_explored", record=1)
        assert card is not None
        bare = without_moment(card)
        assert (bare.line, bare.said, bare.task) == (None, None, card.task)

    def test_has_the_end_of_a_long_turn_of_the_customer(self, tmp_path: Path) -> None:
        words = [f"word{n}" for n in range(100)]
        script = (
            ("S2", 0.0, 20.0, " ".join(words)),
            ("S1", 20.0, 30.0, "Our planner does that by itself and it has a map and forty other screens to show."),
            ("S2", 30.0, 33.0, "I see."),
            ("S1", 33.0, 37.0, "What does that cost you in a month?"),
        )
        workspace = Workspace(tmp_path / "w")
        (call,) = add_calls(workspace, tmp_path / "calls", ["Anna"], script=script)
        result = workspace.result(workspace.record(call))
        cards = [
            card_of(result, b.id, record=1) for b in result.rubric.behaviours if b.polarity is Polarity.INEFFECTIVE
        ]
        lines = [card.line for card in cards if card is not None and card.line is not None]
        long = [line for line in lines if "word99" in line.text]
        assert long, "the scripted reader points at the rep's first turn"
        assert all(len(line.text.split()) == MOST_WORDS for line in long)
        assert all(line.text == " ".join(words[-MOST_WORDS:]) for line in long)


class TestAttempts:
    def test_are_counted_by_card_and_by_focus(self) -> None:
        # Two at one card, one of them for the focus f1; one at another card of the same focus; one at neither.
        events = history(
            FOCUS, tried(focus="f1"), tried(), tried(behaviour="c", focus="f1"), tried(call="c1111", behaviour="d")
        )
        assert [a.number for a in at_card(events, CALL, "b")] == [2, 3]
        assert [a.number for a in at_focus(events, "f1")] == [2, 4]
        assert len(attempts(events)) == 4

    def test_a_recording_for_a_card_is_one_attempt_also_when_it_is_named_again(self) -> None:
        named = PracticeTried(call=CALL, behaviour="b", rehearsal=SHA, note="better")
        (one,) = attempts(history(uploaded(), named))
        assert (one.rehearsal, one.note) == (SHA, "better")

    def test_a_recording_for_no_card_is_no_attempt_at_any(self) -> None:
        assert attempts(history(uploaded(call=None, behaviour=""))) == ()

    def test_the_same_form_sent_twice_counts_once(self) -> None:
        first = tried(note="went on too long")
        assert try_card(history(), first, author="anna", nth=1) == first
        assert try_card(history(first), first, author="anna", nth=1) is None

    def test_the_same_words_a_second_time_count_where_the_form_is_a_new_one(self) -> None:
        first = tried(note="again")
        assert try_card(history(first), first, author="anna", nth=2) == first

    def test_two_people_s_attempts_at_one_moment_both_count(self) -> None:
        first = tried(note="again")
        assert try_card(history(first), first, author="mark", nth=1) == first

    def test_a_focus_that_never_was_is_refused(self) -> None:
        with pytest.raises(UsageError, match="no focus f7"):
            try_card(history(FOCUS), tried(focus="f7"), author="anna")

    def test_the_same_file_is_not_handed_in_twice(self) -> None:
        assert hand_in(history(), uploaded()) == uploaded()
        with pytest.raises(UsageError, match="handed in before"):
            hand_in(history(uploaded()), uploaded(behaviour="c"))


@given(st.lists(st.tuples(st.sampled_from("bcd"), st.sampled_from([None, "f1"]), st.booleans()), max_size=12))
def test_the_counts_of_all_cards_add_up_to_all_attempts(made: list[tuple[str, str | None, bool]]) -> None:
    events: list[Event] = [FOCUS]
    for n, (behaviour, focus, recorded) in enumerate(made):
        sha = f"{n:064x}"
        one = RehearsalUploaded(sha256=sha, name="r", size=1, consent=True, call=CALL, behaviour=behaviour, focus=focus)
        events.append(one if recorded else tried(behaviour=behaviour, focus=focus))
    found: tuple[Attempt, ...] = attempts(history(*events))
    assert len(found) == len(made) == sum(len(at_card(history(*events), CALL, b)) for b in "bcd")
    assert len(at_focus(history(*events), "f1")) == sum(focus == "f1" for _, focus, _ in made)
