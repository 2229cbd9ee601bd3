"""Roles from text alone: what is taken away, and what counts as right."""

import pytest

from evals.labelled import LabelledCall
from evals.suites.speech_roles import role_measures, role_outcome, stripped
from pipeline.domain.recording import Role
from pipeline.domain.speech import Conversation, Speaker, Turn, Word

REP = "Thanks for calling Bright Pumps, this is Ann speaking, how can I help you?"
CUSTOMER = "I'm calling about my order, I bought a pump last week."


def conversation(*lines: tuple[Role, str], call: str = "call-1") -> Conversation:
    return Conversation(
        call=call,
        turns=tuple(
            Turn(id=f"t{n:04d}", speaker=role, role=role, words=tuple(Word(text=w, span=None) for w in text.split()))
            for n, (role, text) in enumerate(lines, start=1)
        ),
        speakers=tuple(
            Speaker(label=role, role=role, confidence=1.0, source="transcript")
            for role in dict.fromkeys(role for role, _ in lines)
        ),
        duration=0,
        timed=False,
    )


PLAIN = conversation(("rep", REP), ("customer", CUSTOMER))


class TestStripped:
    def test_nothing_tells_the_roles_any_more(self) -> None:
        blank, truth = stripped(PLAIN)
        assert "rep" not in blank.model_dump_json().replace(REP, "")
        assert {s.role for s in blank.speakers} == {t.role for t in blank.turns} == {"unknown"}
        assert sorted(truth.values()) == ["customer", "rep"]
        assert [truth[turn.speaker] for turn in blank.turns] == ["rep", "customer"]

    def test_words_stay_and_the_order_of_labels_is_the_calls_own(self) -> None:
        blank, _ = stripped(PLAIN)
        assert [turn.text for turn in blank.turns] == [REP, CUSTOMER]
        assert stripped(PLAIN) == stripped(PLAIN)
        orders = {stripped(PLAIN.model_copy(update={"call": f"call-{n}"}))[1]["S1"] for n in range(20)}
        assert orders == {"rep", "customer"}


class TestOutcome:
    def test_roles_that_words_tell_are_right(self) -> None:
        found = role_outcome(PLAIN)
        assert found is not None
        assert (found.outcome, found.first_is_rep) == ("right", True)
        assert "how can i help" in found.reason

    def test_words_in_the_other_mouth_make_it_wrong(self) -> None:
        found = role_outcome(conversation(("customer", REP), ("rep", CUSTOMER)))
        assert found is not None
        assert (found.outcome, found.first_is_rep) == ("wrong", False)

    def test_words_that_tell_nothing_leave_it_unknown(self) -> None:
        found = role_outcome(conversation(("rep", "It rained all day."), ("customer", "Here it did not.")))
        assert found is not None
        assert found.outcome == "unknown"

    @pytest.mark.parametrize("lines", [(("rep", REP),), (("rep", REP), ("other", CUSTOMER)), (("unknown", REP),)])
    def test_a_call_without_both_sides_is_none(self, lines: tuple[tuple[Role, str], ...]) -> None:
        assert role_outcome(conversation(*lines)) is None

    def test_the_side_is_the_one_who_says_most(self) -> None:
        # A colleague of the customer says one word, and is told to be a bystander: the sides are right even so.
        talk = conversation(("rep", REP), ("customer", CUSTOMER), ("other", "Hello."))
        third = talk.speakers[2].model_copy(update={"role": "customer"})
        turns = (*talk.turns[:2], talk.turns[2].model_copy(update={"role": "customer"}))
        found = role_outcome(talk.model_copy(update={"speakers": (*talk.speakers[:2], third), "turns": turns}))
        assert found is not None
        assert found.outcome == "right"


class TestMeasures:
    def test_shares_of_calls_and_the_plain_guess_beside_them(self) -> None:
        talks = [
            PLAIN,
            conversation(("customer", CUSTOMER), ("rep", REP), call="call-2"),
            conversation(("customer", REP), ("rep", CUSTOMER), call="call-3"),
            conversation(("rep", "It rained."), ("customer", "It did not."), call="call-4"),
        ]
        calls = [LabelledCall(id=talk.call, collection="own", conversation=talk) for talk in talks]
        (right, wrong), failures = role_measures("own", calls)
        # Two right, one swapped, one left open; the rep speaks first in the first and the last.
        assert (right.name, right.value, right.baseline, right.n) == ("speech.own.role_accuracy", 0.5, 0.5, 4)
        assert (wrong.name, wrong.value, wrong.better) == ("speech.own.roles_swapped", 0.25, "less")
        assert [failure.unit for failure in failures] == ["call-3"]

    def test_calls_without_a_transcript_or_roles_give_nothing(self) -> None:
        calls = [LabelledCall(id="a", collection="own"), LabelledCall(id="b", collection="own", conversation=None)]
        assert role_measures("own", calls) == ((), ())
