"""Which recordings are heard, and with what beside them; nothing is heard here."""

import wave
from pathlib import Path

import numpy as np
import pytest

from evals.labelled import LabelledCall, Reference
from evals.reels import read_mono
from evals.silence import quiet_stretches
from evals.suites.speech_calls import candidate_of, demo_call, empty_calls, group_of, write_wave
from evals.suites.speech_truth import SIDES_APART, SIDES_MIXED, completed
from pipeline.domain.recording import CallMetadata, Consent
from pipeline.domain.span import Span
from pipeline.domain.speech import SpeakerSegment
from pipeline.ports import Samples

SEGMENTS = (SpeakerSegment(span=Span(start=0, end=1), speaker="A"),)


@pytest.mark.parametrize(
    ("reference", "group"),
    [
        (Reference(words="read from a script"), "synthetic"),
        (Reference(segments=SEGMENTS), "meetings"),
        (Reference(words="a b", machine_made=True), "vendor_words"),
        (Reference(words="a b", by_speaker={"A": "a b"}, segments=SEGMENTS), "recordings"),
        (Reference(), "recordings"),
    ],
)
def test_group_goes_by_what_is_known_and_not_by_name(reference: Reference, group: str) -> None:
    assert group_of(LabelledCall(id="a", collection="recordings", reference=reference)) == group


def test_a_users_own_calls_are_a_group(tmp_path: Path) -> None:
    assert group_of(LabelledCall(id="a", collection="own", reference=Reference(words="a"))) == "own"


def test_candidate_has_the_roles_of_its_files_and_what_is_stated() -> None:
    call = LabelledCall(
        id="a",
        collection="own",
        files=(Path("x/mine.wav"), Path("x/theirs.wav")),
        metadata=CallMetadata(sides={"customer": "theirs.wav", "rep": "mine.wav"}, speakers=2, consent=Consent.NO),
    )
    found = candidate_of(call)
    assert [(file.path.name, file.role) for file in found.files] == [("mine.wav", "rep"), ("theirs.wav", "customer")]
    assert (found.metadata.consent, found.metadata.speakers) == (Consent.NO, 2)


def test_one_file_has_no_role() -> None:
    found = candidate_of(LabelledCall(id="a", collection="own", files=(Path("x/call.wav"),)))
    assert [file.role for file in found.files] == [None]


def test_our_demo_call_is_known_to_the_word() -> None:
    call = demo_call()
    assert call is not None
    reference = call.reference
    assert reference.timed_words is not None
    assert reference.by_speaker is not None
    assert reference.words is not None
    assert (call.roles, call.metadata.channels) == (
        {"rep": "rep", "customer": "customer"},
        {"0": "rep", "1": "customer"},
    )
    said = " ".join(reference.by_speaker.values()).split()
    assert (
        sorted(said) == sorted(reference.words.split()) == sorted(" ".join(u[3] for u in reference.timed_words).split())
    )


def test_without_the_demo_there_is_none(tmp_path: Path) -> None:
    assert demo_call(tmp_path) is None


def test_sounds_without_speech_are_what_they_are_called(tmp_path: Path) -> None:
    sounds = {call.id.rpartition("-")[2]: read_mono(call.files[0]) for call in empty_calls(tmp_path)}
    assert set(sounds) == {"silence", "noise", "ringing", "hum"}
    assert {len(samples) for samples in sounds.values()} == {20 * 16_000}
    assert not sounds["silence"].any()
    assert quiet_stretches(sounds["silence"]) == (Span(start=0, end=20),)
    # Two seconds of ringing in every six: silences of four, twice whole, the last two seconds ring.
    assert quiet_stretches(sounds["ringing"], at_least=3.9)[0].start == pytest.approx(2, abs=0.05)


def test_they_are_the_same_every_time(tmp_path: Path) -> None:
    first, second = (empty_calls(tmp_path / name) for name in ("a", "b"))
    assert [c.files[0].read_bytes() for c in first] == [c.files[0].read_bytes() for c in second]


def test_a_wave_is_written_as_16_bit_at_16_khz(tmp_path: Path) -> None:
    write_wave(tmp_path / "a.wav", np.array([0.0, 1.0, -1.0, 2.0], dtype=np.float32))
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        assert np.frombuffer(file.readframes(4), dtype="<i2").tolist() == [0, 32767, -32767, 32767]


def burst(seconds: float, *spoken: tuple[float, float]) -> Samples:
    """Noise, loud in these stretches and silent else: all that an energy gate looks at."""
    samples = np.random.default_rng(1).standard_normal(round(seconds * 16_000)) * 0.1
    times = np.arange(len(samples)) / 16_000
    loud = np.any([(times >= start) & (times < end) for start, end in spoken], axis=0)
    return np.asarray(samples * loud, dtype=np.float32)


class TestSidesApart:
    @pytest.fixture
    def found(self, tmp_path: Path) -> list[LabelledCall]:
        write_wave(tmp_path / "agent.wav", burst(8, (1, 3), (6, 7)))
        write_wave(tmp_path / "caller.wav", burst(6, (3.5, 5.5)))
        call = LabelledCall(
            id="call",
            collection="recordings",
            files=(tmp_path / "agent.wav", tmp_path / "caller.wav"),
            metadata=CallMetadata(sides={"rep": "agent.wav", "customer": "caller.wav"}),
            roles={"rep": "rep", "customer": "customer"},
        )
        return list(completed(call, tmp_path / "made"))

    def test_who_speaks_when_is_told_by_the_sound(self, found: list[LabelledCall]) -> None:
        apart = found[0]
        assert (apart.collection, apart.reference.duration) == (SIDES_APART, 8)
        segments = [(s.speaker, s.span.start, s.span.end) for s in apart.reference.segments or ()]
        expected = [("rep", 1, 3), ("rep", 6, 7), ("customer", 3.5, 5.5)]
        assert [s[0] for s in segments] == [e[0] for e in expected]
        for told, true in zip(segments, expected, strict=True):
            assert told[1:] == pytest.approx(true[1:], abs=0.05)

    def test_the_sum_is_a_recording_with_the_same_truth(self, found: list[LabelledCall]) -> None:
        apart, mixed = found
        assert (mixed.collection, mixed.reference, mixed.roles) == (SIDES_MIXED, apart.reference, apart.roles)
        assert mixed.metadata.sides is None
        sound = read_mono(mixed.files[0])
        loud = np.abs(sound).reshape(-1, 1600).max(axis=1) > 0.01
        # 0.1 s pieces that sound: 1-3, 3.5-5.5 and 6-7, fifty of eighty.
        assert (len(loud), int(loud.sum())) == (80, 50)


def test_words_of_a_vendor_get_their_times(tmp_path: Path) -> None:
    (tmp_path / "vendor_words_and_speakers.json").write_text(
        '{"results": [{"final": true, "alternatives": [{"transcript": "thank you %HESITATION hi", "confidence": 0.9,'
        '"timestamps": [["thank", 0.1, 0.3], ["you", 0.3, 0.4], ["%HESITATION", 0.5, 0.7], ["hi", 1.0, 1.2]]}]}],'
        '"result_index": 0, "speaker_labels": ['
        '{"from": 0.1, "to": 0.3, "speaker": 0, "confidence": 0.9, "final": false},'
        '{"from": 0.3, "to": 0.4, "speaker": 0, "confidence": 0.9, "final": false},'
        '{"from": 0.5, "to": 0.7, "speaker": 0, "confidence": 0.9, "final": false},'
        '{"from": 1.0, "to": 1.2, "speaker": 1, "confidence": 0.9, "final": true}]}'
    )
    reference = Reference(words="thank you hi", machine_made=True)
    call = LabelledCall(id="a", collection="recordings", files=(tmp_path / "call.wav",), reference=reference)
    (found,) = completed(call, tmp_path)
    assert found.reference.timed_words is not None
    assert [words[1:] for words in found.reference.timed_words] == [
        (0.1, 0.3, "thank"), (0.3, 0.4, "you"), (1.0, 1.2, "hi"),
    ]  # fmt: skip
    assert sorted((found.reference.by_speaker or {}).values()) == ["hi", "thank you"]


def test_calls_of_which_no_more_can_be_known_stay_as_they_are(tmp_path: Path) -> None:
    call = LabelledCall(id="a", collection="recordings", files=(tmp_path / "call.wav",))
    alone = LabelledCall(
        id="b", collection="recordings", files=(tmp_path / "call.wav",), reference=Reference(machine_made=True)
    )
    assert completed(call, tmp_path) == (call,)
    assert completed(alone, tmp_path) == (alone,)
