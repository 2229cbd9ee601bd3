"""What is counted of a heard call: each kind derived by hand on a call of two short sentences."""

import pytest

from evals.comparing import compare
from evals.labelled import LabelledCall, Reference
from evals.running import Findings
from evals.speech import SIDES
from evals.suites import SuiteResult
from evals.suites.speech_counts import Count, counts_of, joined, measures_of, utterances
from pipeline.domain.recording import Role
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker, SpeakerSegment, Turn, Word

SAID = (("A", 1.0, 3.0, "how can I help"), ("B", 4.0, 6.0, "my order is late"))
WORDS = " ".join(words for *_, words in SAID)
SEGMENTS = tuple(SpeakerSegment(span=Span(start=a, end=b), speaker=who) for who, a, b, _ in SAID)
FULL = Reference(
    words=WORDS, by_speaker={who: words for who, _, _, words in SAID}, timed_words=SAID, segments=SEGMENTS, duration=10
)


def heard(*turns: tuple[Role, float, str], late: float = 0.0) -> Conversation:
    """Turns of a role each, their words half a second apart from a start on, 0.4 s long; speech is the turns."""
    made = []
    for number, (role, start, text) in enumerate(turns, start=1):
        words = tuple(
            Word(text=w, span=Span(start=start + late + 0.5 * n, end=start + late + 0.5 * n + 0.4))
            for n, w in enumerate(text.split())
        )
        made.append(Turn(id=f"t{number:04d}", speaker=f"S-{role}", role=role, words=words))
    return Conversation(
        call="call-1",
        turns=tuple(made),
        speakers=tuple(
            Speaker(label=f"S-{role}", role=role, confidence=1.0, source="inferred")
            for role in dict.fromkeys(role for role, _, _ in turns)
        ),
        speech=tuple(
            SpeakerSegment(span=Span(start=start, end=start + 0.5 * len(text.split())), speaker=f"S-{role}")
            for role, start, text in turns
        ),
        duration=10,
    )


SWAPPED = SIDES[::-1]
RIGHT = heard(("rep", 1.0, "How can I help?"), ("customer", 4.0, "My order is late."))


def counted(call: Reference, talk: Conversation, **known: object) -> dict[str, Count]:
    labelled = LabelledCall.model_validate({"id": "one", "collection": "recordings", "reference": call, **known})
    return {count.kind: count for count in counts_of(labelled, talk)}


class TestWords:
    def test_all_rates_of_a_call_that_is_right(self) -> None:
        found = counted(FULL, RIGHT)
        # 8 words; both starts in the first ten seconds.
        assert {kind: found[kind].parts for kind in ("wer", "cpwer", "tcpwer")} == dict.fromkeys(
            ("wer", "cpwer", "tcpwer"), (0, 8)
        )
        assert found["start_error_s"] == Count(kind="start_error_s", unit="one at 0 s", parts=(0,), n=2)

    def test_speakers_taken_for_one_are_wrong_only_speaker_by_speaker(self) -> None:
        # B's four words are inserted into A's and missing from B's: 8 of 8.
        found = counted(FULL, heard(("rep", 1.0, "how can I help"), ("rep", 4.0, "my order is late")))
        assert found["wer"].parts == (0, 8)
        assert found["cpwer"].parts == found["tcpwer"].parts == (8, 8)

    def test_shifted_times_are_found_where_words_are_right(self) -> None:
        found = counted(FULL, heard(("rep", 1.0, "how can I help"), ("customer", 4.0, "my order is late"), late=0.7))
        assert found["wer"].parts == (0, 8)
        assert found["start_error_s"].parts == pytest.approx((0.7,))

    def test_words_far_too_late_are_wrong_with_times_only(self) -> None:
        found = counted(FULL, heard(("rep", 1.0, "how can I help"), ("customer", 4.0, "my order is late"), late=60))
        assert found["cpwer"].parts == (0, 8)
        assert found["tcpwer"].parts == (16, 8)

    def test_words_in_order_of_time_where_nobody_wrote_them_down_as_one(self) -> None:
        found = counted(Reference(timed_words=SAID[::-1]), RIGHT)
        assert found["wer"].parts == (0, 8)
        assert "cpwer" not in found

    def test_nothing_known_is_nothing_counted(self) -> None:
        assert counts_of(LabelledCall(id="one", collection="recordings"), RIGHT) == ()

    def test_utterances_end_at_pauses_and_at_turns(self) -> None:
        # Half a second between the starts of words of 0.4 s is no pause.
        talk = heard(("rep", 1.0, "how can"), ("rep", 3.0, "I help"), ("customer", 4.0, "late"))
        assert utterances(talk) == (
            ("S-rep", 1.0, 1.9, "how can"), ("S-rep", 3.0, 3.9, "I help"), ("S-customer", 4.0, 4.4, "late"),
        )  # fmt: skip
        one = talk.turns[0].model_copy(update={"words": talk.turns[0].words + talk.turns[1].words})
        assert [u[3] for u in utterances(talk.model_copy(update={"turns": (one,)}))] == ["how can", "I help"]


class TestSpeakers:
    def test_der_and_its_parts_beside_one_speaker_for_all(self) -> None:
        # A 1-3, B 4-6. Heard: rep 1-3, customer 4-5 (2 words): 1 s of 4 missed. One speaker 0-10: 2 s of A (or B)
        # right, 2 s confused, 6 s made up.
        found = counted(FULL, heard(("rep", 1.0, "how can I help"), ("customer", 4.0, "my order")))
        assert (found["der"].parts, found["der"].baseline) == ((1, 4), (8, 4))
        parts = {kind: found[f"der_{kind}"].parts[0] for kind in ("missed", "false_alarm", "confusion")}
        assert parts == {"missed": 1, "false_alarm": 0, "confusion": 0}

    def test_jer_of_each_speaker(self) -> None:
        # A is right; of B's 2 s one is heard: 0 and 1/2, two speakers.
        found = counted(FULL, heard(("rep", 1.0, "how can I help"), ("customer", 4.0, "my order")))
        assert found["jer"].parts == pytest.approx((0.5, 2))

    def test_talk_ratio_in_points_beside_half_each(self) -> None:
        # 2 s each: half is right. Heard 2 and 1 s: 66.7 against 50.
        found = counted(FULL, heard(("rep", 1.0, "how can I help"), ("customer", 4.0, "my order")))
        assert found["talk_ratio_error_points"].parts == pytest.approx((100 / 6, 1))
        assert found["talk_ratio_error_points"].baseline == (0, 1)

    def test_number_of_speakers(self) -> None:
        one = heard(("rep", 1.0, "how can I help"), ("rep", 4.0, "my order is late"))
        assert counted(FULL, RIGHT)["speaker_count"].parts == (1, 1)
        assert counted(FULL, one)["speaker_count"].parts == (0, 1)
        assert counted(Reference(), one, voices=1)["speaker_count"].parts == (1, 1)

    def test_words_with_times_are_joined_into_utterances_of_one_speaker(self) -> None:
        # 0.2 s between the first two, 0.6 s before the third, and the fourth is another's.
        said = (("A", 0.0, 0.3, "twenty"), ("A", 0.5, 0.8, "one"), ("A", 1.4, 1.6, "yes"), ("B", 1.7, 1.9, "no"))
        assert joined(reversed(said)) == (("A", 0.0, 0.8, "twenty one"), *said[2:])

    def test_more_than_two_have_no_talk_ratio(self) -> None:
        third = FULL.model_copy(
            update={"segments": (*SEGMENTS, SpeakerSegment(span=Span(start=7, end=8), speaker="C"))}
        )
        assert "talk_ratio_error_points" not in counted(third, RIGHT)


class TestRoles:
    ROLES = (("A", "rep"), ("B", "customer"))

    def test_right_and_swapped(self) -> None:
        swapped = heard(("customer", 1.0, "how can I help"), ("rep", 4.0, "my order is late"))
        assert counted(FULL, RIGHT, roles=dict(self.ROLES))["role_accuracy"].parts == (4, 4)
        assert counted(FULL, swapped, roles=dict(self.ROLES))["role_accuracy"].parts == (0, 4)

    def test_roles_that_nobody_told_are_not_counted(self) -> None:
        assert "role_accuracy" not in counted(FULL, RIGHT)
        assert "role_accuracy" not in counted(FULL, RIGHT, roles={"A": "rep"})


class TestMeasures:
    def test_counts_of_calls_add(self) -> None:
        counts = [Count(kind="wer", unit="a", parts=(2, 10), n=10), Count(kind="wer", unit="b", parts=(1, 40), n=40)]
        (measure,) = measures_of("recordings", counts)
        # 3 of 50, where the mean of 0.2 and 0.025 would be 0.1125.
        assert measure.value == pytest.approx(0.06)
        assert (measure.name, measure.n, measure.better) == ("speech.recordings.wer", 50, "less")

    def test_baseline_is_there_when_every_call_has_one(self) -> None:
        with_one = Count(kind="der", unit="a", parts=(1, 10), n=10, baseline=(6, 10))
        without = Count(kind="der", unit="b", parts=(1, 10), n=10)
        assert measures_of("x", [with_one])[0].baseline == pytest.approx(0.6)
        assert measures_of("x", [with_one, without])[0].baseline is None

    def test_times_have_the_median_of_their_stretches(self) -> None:
        counts = [
            Count(kind="start_error_s", unit=str(n), parts=(late,), n=3) for n, late in enumerate((0.1, 0.2, 4.0))
        ]
        (measure,) = measures_of("x", counts)
        assert (measure.value, measure.n, measure.unit) == (0.2, 9, "s")


class TestRegressions:
    """What a change for the worse does to the measures, by the gate's own comparison."""

    @staticmethod
    def found(*, late: float = 0.0, swapped: bool = False) -> Findings:
        """Twelve times the same call, heard well, with times that are late or with the roles the wrong way round."""
        rep, customer = SWAPPED if swapped else SIDES
        talk = heard((rep, 1.0, "how can I help"), (customer, 4.0, "my order is late"), late=late)
        roles: dict[str, Role] = {"A": "rep", "B": "customer"}
        calls = [LabelledCall(id=f"call-{n}", collection="recordings", reference=FULL, roles=roles) for n in range(12)]
        measures = measures_of("recordings", [count for call in calls for count in counts_of(call, talk)])
        suite = SuiteResult(suite="speech", measures=measures)
        return Findings(suites=(suite,), reader="similarity", code_sha256="0" * 64)

    def test_a_shift_of_all_times_is_named(self) -> None:
        losses = compare(self.found(), self.found(late=0.3)).losses
        assert [loss.name for loss in losses] == ["speech.recordings.start_error_s"]

    def test_swapped_roles_are_named(self) -> None:
        losses = compare(self.found(), self.found(swapped=True)).losses
        assert [loss.name for loss in losses] == ["speech.recordings.role_accuracy"]

    def test_the_same_again_is_no_loss(self) -> None:
        assert compare(self.found(), self.found()).losses == ()
