"""What another recogniser made of calls: counted by hand, and never guarded."""

import pytest

from evals.labelled import LabelledCall, Reference
from evals.suites.speech_asr_errors import asr_error_measures
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker, SpeakerSegment, Turn, Word


def talk(*lines: tuple[str, str]) -> Conversation:
    return Conversation(
        call="call-1",
        turns=tuple(
            Turn(
                id=f"t{n:04d}", speaker=who, role="unknown", words=tuple(Word(text=w, span=None) for w in text.split())
            )
            for n, (who, text) in enumerate(lines, start=1)
        ),
        speakers=tuple(
            Speaker(label=who, role="unknown", confidence=0, source="unknown")
            for who in dict.fromkeys(w for w, _ in lines)
        ),
        duration=0,
        timed=False,
    )


SAID = talk(("1", "are you there"), ("2", "yes I am here now"))
CALL = LabelledCall(
    id="one",
    collection="asr_errors",
    conversation=SAID,
    # "am" is missing, and "there" was given to the other speaker.
    heard=talk(("1", "are you"), ("2", "there yes I here now")),
    voices=2,
    reference=Reference(
        words="are you there yes I am here now",
        by_speaker={"1": "are you there", "2": "yes I am here now"},
        segments=(
            SpeakerSegment(span=Span(start=0, end=3), speaker="A"),
            SpeakerSegment(span=Span(start=3, end=10), speaker="B"),
        ),
    ),
)


def test_errors_and_what_they_do_to_the_talk_ratio() -> None:
    found = {measure.name.rpartition(".")[2]: measure for measure in asr_error_measures([CALL])}
    # 8 words: "am" is missing; by speaker "there" counts twice more.
    assert found["wer"].units[0].parts == (1, 8)
    assert found["cpwer"].units[0].parts == (3, 8)
    assert found["speaker_count"].value == 1
    # People: the other speaks 7 of 10 s and 5 of 8 words, 7.5 points off; the machine gives them 5 of 7 words, 1.4 off.
    assert found["talk_ratio_by_words_of_people"].value == pytest.approx(100 * (0.7 - 5 / 8))
    assert found["talk_ratio_by_words_of_machine"].value == pytest.approx(100 * (5 / 7 - 0.7))
    assert found["talk_ratio_by_words_of_people"].baseline == pytest.approx(20)


def test_nothing_of_it_is_guarded_and_all_of_it_says_whose_it_is() -> None:
    measures = asr_error_measures([CALL])
    assert {measure.better for measure in measures} == {"neither"}
    assert all(measure.name.startswith("speech.others_recogniser.") for measure in measures)


def test_times_that_nobody_heard_are_not_made_up() -> None:
    names = {measure.name.rpartition(".")[2] for measure in asr_error_measures([CALL])}
    assert not names & {"der", "tcpwer", "jer"}


def test_calls_with_people_only_give_nothing() -> None:
    assert asr_error_measures([CALL.model_copy(update={"heard": None})]) == ()
