"""Who spoke when, by channel: two voices of our own, laid on two channels with leaks, overlaps and silence."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.channels import ChannelDiarizer, _exclusive
from pipeline.domain.span import Span, total
from pipeline.domain.speech import Diarization, SpeakerSegment
from pipeline.ports import Samples
from tests.adapters.voices import RATE, Voices, at_level, laid, read_voices

TOLERANCE_S = 0.35
"""The detector pads speech by 0.03 s and does not cut pauses under 0.25 s."""


@pytest.fixture(scope="module")
def voices(audio_fixtures: Path) -> Voices:
    return read_voices(audio_fixtures)


def heard(*channels: Samples) -> Diarization:
    return ChannelDiarizer().diarize(np.stack(channels))


def talk(found: Diarization, speaker: str) -> float:
    return total(s.span for s in found.segments if s.speaker == speaker)


def hull(found: Diarization, speaker: str) -> Span:
    spans = [s.span for s in found.segments if s.speaker == speaker]
    return Span(start=min(s.start for s in spans), end=max(s.end for s in spans))


def test_speech_on_a_channel_is_its_speaker_s_at_its_time(voices: Voices) -> None:
    # rep 1.0 to 1.0 + 2.557, customer 5.0 to 5.0 + 1.794: nothing else sounds
    found = heard(laid(9.0, (1.0, voices.rep)), laid(9.0, (5.0, voices.customer)))
    assert found.speakers == ("ch0", "ch1")
    assert hull(found, "ch0").start == pytest.approx(1.0, abs=TOLERANCE_S)
    assert hull(found, "ch0").end == pytest.approx(1.0 + len(voices.rep) / RATE, abs=TOLERANCE_S)
    assert hull(found, "ch1").start == pytest.approx(5.0, abs=TOLERANCE_S)
    assert hull(found, "ch1").end == pytest.approx(5.0 + len(voices.customer) / RATE, abs=TOLERANCE_S)


def test_a_leak_20_db_down_is_dropped(voices: Voices) -> None:
    rep = laid(12.0, (1.0, voices.rep), (7.0, voices.rep))
    customer = laid(12.0, (4.5, voices.customer), (10.0, voices.customer))
    apart, leaking = heard(rep, customer), heard(rep, customer + at_level(rep, -20.0))
    assert [s for s in leaking.segments if s.speaker == "ch0"] == [s for s in apart.segments if s.speaker == "ch0"]
    assert talk(leaking, "ch1") == pytest.approx(talk(apart, "ch1"), abs=0.2)
    for segment in leaking.segments:
        if segment.speaker == "ch1":
            assert segment.span.overlap(Span(start=1.0, end=3.5)) == 0
            assert segment.span.overlap(Span(start=7.0, end=9.5)) == 0


def test_the_leak_would_be_speech_to_the_detector_alone(voices: Voices) -> None:
    # What the rule above removes is really there: by itself, the same leak is speech of a quiet speaker.
    leak = at_level(laid(12.0, (1.0, voices.rep), (7.0, voices.rep)), -20.0)
    assert talk(heard(np.zeros_like(leak), leak), "ch1") > 3.0


def test_two_who_really_talk_at_once_are_both_kept(voices: Voices) -> None:
    found = heard(laid(8.0, (2.0, voices.rep)), laid(8.0, (2.5, voices.customer)))
    # the customer's 1.794 s lie wholly within the rep's 2.557 s, from 2.0 to 4.557
    assert talk(found, "ch1") == pytest.approx(len(voices.customer) / RATE, abs=TOLERANCE_S)
    assert talk(found, "ch0") == pytest.approx(len(voices.rep) / RATE, abs=TOLERANCE_S)
    overlap = sum(
        a.span.overlap(b.span)
        for a in found.segments
        for b in found.segments
        if (a.speaker, b.speaker) == ("ch0", "ch1")
    )
    assert overlap > 1.0


def test_a_side_that_is_only_heard_through_the_other_has_not_spoken(voices: Voices) -> None:
    loud = laid(10.0, (1.0, voices.rep), (5.0, voices.rep))
    found = ChannelDiarizer().diarize(np.stack([loud, at_level(loud, -20)]))
    assert {s.speaker for s in found.segments} == {"ch0"}


def test_a_quiet_speaker_is_no_leak(voices: Voices) -> None:
    # 20 dB down, and yet at their own level: nobody else speaks at that time.
    quiet = at_level(laid(12.0, (5.0, voices.customer)), -20.0)
    found = heard(laid(12.0, (1.0, voices.rep), (8.0, voices.rep)), quiet)
    assert talk(found, "ch1") == pytest.approx(len(voices.customer) / RATE, abs=TOLERANCE_S)


def test_silence_gives_nothing() -> None:
    nothing = np.zeros(RATE * 5, np.float32)
    assert heard(nothing, nothing) == Diarization(segments=(), exclusive=())


def test_a_silent_channel_leaves_the_other_as_it_is(voices: Voices) -> None:
    rep = laid(6.0, (1.0, voices.rep))
    assert heard(rep, np.zeros_like(rep)).segments == heard(rep).segments


def test_order_of_channels_changes_labels_only(voices: Voices) -> None:
    rep, customer = laid(8.0, (1.0, voices.rep)), laid(8.0, (3.0, voices.customer))
    swapped = {"ch0": "ch1", "ch1": "ch0"}
    there = {(s.speaker, s.span) for s in heard(rep, customer).segments}
    back = {(swapped[s.speaker], s.span) for s in heard(customer, rep).segments}
    assert there == back


def test_progress_ends_with_the_whole(voices: Voices) -> None:
    shares: list[float] = []
    sound = np.stack([laid(4.0, (1.0, voices.rep))] * 4)
    ChannelDiarizer().diarize(sound, progress=shares.append)
    assert shares == [0.25, 0.5, 0.75, 1.0]


def test_the_identity_names_what_changes_the_segments() -> None:
    identity = ChannelDiarizer().identity
    assert "silero" in identity
    assert "12.0dB" in identity


SEGMENTS = st.lists(
    st.tuples(st.integers(0, 3), st.floats(0, 100), st.floats(0.001, 20)).map(
        lambda t: SpeakerSegment(speaker=f"ch{t[0]}", span=Span(start=t[1], end=t[1] + t[2]))
    ),
    max_size=12,
)


@given(SEGMENTS)
def test_exclusive_segments_never_overlap_and_cover_what_was_spoken(segments: list[SpeakerSegment]) -> None:
    ordered = sorted(segments, key=lambda s: (s.span.start, s.span.end))
    exclusive = _exclusive(ordered)
    for before, after in pairwise(exclusive):
        assert before.span.end <= after.span.start
    assert total(s.span for s in exclusive) == pytest.approx(total(s.span for s in segments), abs=1e-6)
    for part in exclusive:
        assert any(
            whole.speaker == part.speaker and whole.span.start <= part.span.start and part.span.end <= whole.span.end
            for whole in segments
        )


def test_who_began_first_keeps_the_shared_time() -> None:
    first = SpeakerSegment(speaker="ch1", span=Span(start=0.0, end=3.0))
    second = SpeakerSegment(speaker="ch0", span=Span(start=2.0, end=5.0))
    # 2 to 3 s are shared: they stay with ch1
    assert _exclusive([first, second]) == (first, SpeakerSegment(speaker="ch0", span=Span(start=3.0, end=5.0)))
