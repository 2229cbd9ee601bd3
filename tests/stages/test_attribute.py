"""Words to speakers to turns, on hand-made words and segments."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Diarization, SpeakerSegment, Transcript, Word
from pipeline.stages.attribute import attribute


def word(text: str, start: float, end: float, channel: int | None = None) -> Word:
    return Word(text=text, span=Span(start=start, end=end), confidence=0.9, channel=channel)


def spaced(text: str, start: float, *, step: float = 0.4, channel: int | None = None) -> list[Word]:
    return [word(t, start + i * step, start + i * step + 0.3, channel) for i, t in enumerate(text.split())]


def segments(*found: tuple[str, float, float]) -> tuple[SpeakerSegment, ...]:
    return tuple(SpeakerSegment(speaker=s, span=Span(start=a, end=b)) for s, a, b in found)


def heard(words: list[Word], *found: tuple[str, float, float], duration: float = 60.0) -> Conversation:
    transcript = Transcript(words=tuple(words), language="en", duration=duration)
    return attribute(transcript, Diarization(segments=segments(*found), exclusive=segments(*found)), call="c0000")


def by_channel(words: list[Word], *found: tuple[str, float, float]) -> Conversation:
    words = sorted(words, key=lambda w: w.span.start if w.span else 0.0)
    transcript = Transcript(words=tuple(words), language="en", duration=60.0)
    diarization = Diarization(segments=segments(*found), exclusive=())
    return attribute(transcript, diarization, call="c0000", channels=("rep", "customer"))


def lines(call: Conversation) -> list[tuple[str, str]]:
    return [(t.speaker, t.text) for t in call.turns]


def test_a_word_belongs_to_who_shares_most_of_its_time() -> None:
    call = heard([word("Hello", 0.0, 1.0), word("there.", 1.0, 2.0)], ("S1", 0.0, 1.2), ("S2", 1.2, 3.0))
    assert lines(call) == [("S1", "Hello"), ("S2", "there.")]


def test_a_word_just_outside_speech_goes_to_the_nearest_speaker() -> None:
    call = heard([word("Hello.", 0.0, 1.0), word("Hi.", 1.45, 1.6)], ("S1", 0.0, 1.0), ("S2", 1.7, 3.0))
    assert lines(call) == [("S1", "Hello."), ("S2", "Hi.")]


def test_a_word_far_from_all_speech_is_unknown_and_may_be_invented() -> None:
    call = heard([word("Hello.", 0.0, 1.0), word("Thanks", 20.0, 20.4)], ("S1", 0.0, 1.0))
    assert [t.speaker for t in call.turns] == ["S1", "unknown"]
    assert call.turns[1].role == "unknown"
    assert call.turns[1].words[0].unreliable == "silence"
    assert call.turns[0].words[0].unreliable is None


def test_the_first_word_of_a_sentence_follows_its_sentence() -> None:
    # the recogniser puts "So" 0.3 s early, into the other speaker's time
    words = [*spaced("We do that by hand.", 0.0), *spaced("So how long does it take?", 1.9)]
    call = heard(words, ("S1", 0.0, 2.25), ("S2", 2.25, 6.0))
    assert lines(call) == [("S1", "We do that by hand."), ("S2", "So how long does it take?")]


def test_a_short_answer_between_two_sentences_stays_with_who_gave_it() -> None:
    words = [*spaced("Is it late?", 0.0), *spaced("No.", 2.0), *spaced("Good to hear.", 3.0)]
    call = heard(words, ("S1", 0.0, 1.5), ("S2", 1.8, 2.6), ("S1", 2.8, 5.0))
    assert lines(call) == [("S1", "Is it late?"), ("S2", "No."), ("S1", "Good to hear.")]


def test_a_backchannel_does_not_end_a_turn() -> None:
    words = [*spaced("We plan it all by hand,", 0.0), *spaced("Mm-hm.", 2.5), *spaced("every Sunday night.", 3.0)]
    call = heard(words, ("S1", 0.0, 2.4), ("S2", 2.45, 2.9), ("S1", 2.95, 5.0))
    assert lines(call) == [("S1", "We plan it all by hand, every Sunday night."), ("S2", "Mm-hm.")]
    assert [t.backchannel for t in call.turns] == [False, True]


def test_a_yes_that_answers_a_question_takes_the_floor() -> None:
    words = [*spaced("Do you plan by hand?", 0.0), *spaced("Yeah.", 2.3), *spaced("Okay then.", 3.0)]
    call = heard(words, ("S1", 0.0, 2.1), ("S2", 2.2, 2.7), ("S1", 2.9, 5.0))
    assert [t.backchannel for t in call.turns] == [False, False, False]


def test_channels_are_speakers_and_bring_their_roles() -> None:
    words = [*spaced("Hello this is Ann.", 0.0, channel=0), *spaced("Hi Ann.", 3.0, channel=1)]
    call = by_channel(words, ("ch0", 0.0, 2.0), ("ch1", 3.0, 4.0))
    assert [(t.speaker, t.role) for t in call.turns] == [("ch0", "rep"), ("ch1", "customer")]
    assert all(s.source == "channel" and s.confidence == 1.0 for s in call.speakers)


def test_overlapping_channels_keep_their_own_words() -> None:
    words = [*spaced("one two three four five six", 0.0, channel=0), *spaced("but wait a moment", 1.0, channel=1)]
    call = by_channel(words, ("ch0", 0.0, 3.0), ("ch1", 1.0, 3.0))
    assert lines(call) == [("ch0", "one two three four five six"), ("ch1", "but wait a moment")]


def test_words_on_a_channel_without_speech_there_may_be_invented() -> None:
    words = [*spaced("Hello this is Ann.", 0.0, channel=0), *spaced("Thank you.", 10.0, channel=1)]
    call = by_channel(words, ("ch0", 0.0, 2.0))
    assert [w.unreliable for w in call.turns[0].words] == [None] * 4
    assert [w.unreliable for w in call.turns[1].words] == ["silence", "silence"]


def test_a_recording_without_words_has_no_turns() -> None:
    call = heard([])
    assert call.turns == ()
    assert call.duration == 60.0


@given(
    st.lists(
        st.tuples(st.sampled_from(["yes.", "so", "we", "plan?", "okay"]), st.integers(0, 500), st.integers(0, 9)),
        max_size=40,
    ),
    st.lists(st.tuples(st.sampled_from(["S1", "S2"]), st.integers(0, 50), st.integers(1, 9)), max_size=8),
)
def test_no_word_is_lost_or_added(drawn: list[tuple[str, int, int]], spoken: list[tuple[str, int, int]]) -> None:
    words = [word(t, s / 10, (s + d) / 10) for t, s, d in sorted(drawn, key=lambda x: x[1])]
    call = heard(words, *[(s, float(a), float(a + d)) for s, a, d in sorted(spoken, key=lambda x: x[1])])
    assert sorted(w.text for t in call.turns for w in t.words) == sorted(w.text for w in words)
    assert [t.id for t in call.turns] == [f"t{i:04d}" for i in range(1, len(call.turns) + 1)]
    starts = [t.span.start for t in call.turns if t.span]
    assert starts == sorted(starts)
