"""From a candidate to a recording: consent before anything, identity by content, sides by what is stated and heard."""

import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.domain.recording import CallMetadata, Consent, Recording, SourceFile
from pipeline.errors import ConsentError, MetadataError, RecordingError
from pipeline.ports import Samples
from pipeline.stages.ingest import Candidate, CandidateFile, Limits, consent_allows, discover
from pipeline.stages.ingest import identify as identified
from pipeline.stages.ingest import ingest as ingested
from pipeline.stages.ingest.metadata import Stated
from tests.stages.ingest.doubles import RATE, FakeAudio, noise, speaking

REP = speaking((0, 4), (6, 10), seconds=12, seed=1)
CUSTOMER = speaking((4, 6), (10, 12), seconds=12, seed=2)
SEPARATE: Samples = np.stack([REP, CUSTOMER])
ROOM: Samples = np.stack([REP + CUSTOMER, 0.8 * np.roll(REP + CUSTOMER, 3)]).astype(np.float32)
AGREED = CallMetadata(consent=Consent.YES)


def ingest(
    call: Candidate, *, audio: FakeAudio, require_consent: bool = True, limits: Limits | None = None
) -> Recording:
    """Both steps, as a run takes them."""
    return ingested(call, identified(call, require_consent=require_consent), audio=audio, limits=limits or Limits())


def candidate(folder: Path, metadata: CallMetadata = AGREED, content: bytes = b"sound") -> Candidate:
    path = folder / "call.wav"
    path.write_bytes(content)
    return Candidate(
        path, (CandidateFile(path),), Stated(metadata, folder / "call.json", {"consent": 2, "channels": 3})
    )


def two_files(folder: Path) -> Candidate:
    (folder / "a.wav").write_bytes(b"rep's")
    (folder / "b.wav").write_bytes(b"customer's")
    files = (CandidateFile(folder / "a.wav", "rep"), CandidateFile(folder / "b.wav", "customer"))
    return Candidate(folder / "call.json", files, Stated(AGREED, folder / "call.json", {}))


@pytest.mark.parametrize("consent", [Consent.UNKNOWN, Consent.NO])
def test_without_consent_nothing_is_opened(tmp_path: Path, consent: Consent) -> None:
    audio = FakeAudio()
    with pytest.raises(ConsentError) as caught:
        ingest(candidate(tmp_path, CallMetadata(consent=consent)), audio=audio, require_consent=True)
    assert audio.opened == []
    assert (caught.value.path, caught.value.line) == (tmp_path / "call.json", 2)


def test_consent_is_required_unless_told_otherwise(tmp_path: Path) -> None:
    with pytest.raises(ConsentError, match="nobody stated") as caught:
        ingest(candidate(tmp_path, CallMetadata()), audio=FakeAudio())
    assert "--consent yes" in caught.value.hint
    assert "sidecar" in caught.value.hint


@pytest.mark.parametrize("consent", [Consent.YES, Consent.ANNOUNCED])
def test_stated_consent_opens_the_gate(consent: Consent) -> None:
    consent_allows(CallMetadata(consent=consent), required=True)


def test_consent_for_the_whole_run_opens_the_gate() -> None:
    consent_allows(CallMetadata(), required=False)


def test_a_stated_no_outweighs_consent_for_the_whole_run(tmp_path: Path) -> None:
    audio = FakeAudio()
    with pytest.raises(ConsentError, match="did not consent"):
        ingest(candidate(tmp_path, CallMetadata(consent=Consent.NO)), audio=audio, require_consent=False)
    assert audio.opened == []


def test_unreadable_metadata_never_opens_the_gate(tmp_path: Path) -> None:
    (tmp_path / "call.wav").write_bytes(b"sound")
    (tmp_path / "call.json").write_text('{"consent": "yes", "stage": "dmo"}')
    audio = FakeAudio()
    with pytest.raises(MetadataError):
        ingest(discover([tmp_path])[0], audio=audio, require_consent=False)
    assert audio.opened == []


def test_files_without_consent_are_refused_even_where_their_hashes_are_known(tmp_path: Path) -> None:
    call = candidate(tmp_path, CallMetadata(consent=Consent.NO))
    files = (SourceFile(path=call.path, sha256="0" * 64, size=5),)
    audio = FakeAudio()
    with pytest.raises(ConsentError):
        ingested(call, files, audio=audio)
    assert audio.opened == []


def test_the_id_is_the_start_of_the_contents_hash(tmp_path: Path) -> None:
    recording = ingest(candidate(tmp_path, content=b"abc"), audio=FakeAudio())
    # sha256("abc") is the first test vector of FIPS 180-4: ba7816bf 8f01cfea ...
    assert recording.call == "cba7816bf8f01"
    assert recording.files[0].sha256 == hashlib.sha256(b"abc").hexdigest()
    assert recording.files[0].size == 3


def test_the_same_content_under_two_names_is_one_call(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).write_bytes(b"same")
    first, second = (ingest(call, audio=FakeAudio(), require_consent=False).call for call in discover([tmp_path]))
    assert first == second


def test_which_file_is_whose_is_part_of_the_identity(tmp_path: Path) -> None:
    call = two_files(tmp_path)
    swapped = Candidate(
        call.path,
        (CandidateFile(tmp_path / "b.wav", "rep"), CandidateFile(tmp_path / "a.wav", "customer")),
        call.stated,
    )
    audio = FakeAudio()
    assert ingest(call, audio=audio).call != ingest(swapped, audio=audio).call


def test_metadata_is_not_part_of_the_identity(tmp_path: Path) -> None:
    first = ingest(candidate(tmp_path), audio=FakeAudio())
    second = ingest(candidate(tmp_path, AGREED.model_copy(update={"rep": "Ann"})), audio=FakeAudio())
    assert first.call == second.call
    assert second.metadata.rep == "Ann"


def test_the_duration_is_that_of_the_decoded_sound(tmp_path: Path) -> None:
    audio = FakeAudio({"call.wav": noise(1, 2.5)}, declared=2.4)
    recording = ingest(candidate(tmp_path), audio=audio)
    assert (recording.duration, recording.sample_rate, recording.n_channels) == (2.5, RATE, 1)
    assert (recording.sides, recording.identical_channels) == ((), False)


def sides(tmp_path: Path, sound: Samples, channels: dict[str, str] | None = None) -> tuple[tuple[str, ...], bool]:
    metadata = CallMetadata.model_validate({"consent": "yes", "channels": channels})
    recording = ingest(candidate(tmp_path, metadata), audio=FakeAudio({"call.wav": sound}))
    assert recording.n_channels == len(sound)
    return recording.sides, recording.identical_channels


def test_channels_have_the_roles_that_the_metadata_gives_them(tmp_path: Path) -> None:
    assert sides(tmp_path, SEPARATE, {"0": "customer", "1": "rep"}) == (("customer", "rep"), False)


def test_separate_channels_without_a_mapping_are_sides_of_unknown_role(tmp_path: Path) -> None:
    assert sides(tmp_path, SEPARATE) == (("unknown", "unknown"), False)


def test_a_channel_that_the_mapping_leaves_out_is_of_unknown_role(tmp_path: Path) -> None:
    assert sides(tmp_path, SEPARATE, {"1": "rep"}) == (("unknown", "rep"), False)


def test_a_mix_in_both_channels_has_no_sides(tmp_path: Path) -> None:
    assert sides(tmp_path, ROOM) == ((), False)


def test_a_mapping_outweighs_a_mix(tmp_path: Path) -> None:
    assert sides(tmp_path, ROOM, {"0": "rep", "1": "customer"}) == (("rep", "customer"), False)


def test_identical_channels_outweigh_a_mapping(tmp_path: Path) -> None:
    assert sides(tmp_path, np.stack([REP, REP]), {"0": "rep", "1": "customer"}) == ((), True)


def test_a_mapping_of_a_channel_that_is_not_there_is_an_error_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(MetadataError, match="no channel 1: the recording has 1") as caught:
        sides(tmp_path, REP[None], {"0": "rep", "1": "customer"})
    assert (caught.value.path, caught.value.line) == (tmp_path / "call.json", 3)


def test_files_of_one_call_are_its_sides(tmp_path: Path) -> None:
    recording = ingest(two_files(tmp_path), audio=FakeAudio({"a.wav": REP[None], "b.wav": CUSTOMER[None]}))
    assert (recording.sides, recording.n_channels) == (("rep", "customer"), 2)
    assert [file.role for file in recording.files] == ["rep", "customer"]


def test_files_that_hold_the_same_sound_are_no_sides(tmp_path: Path) -> None:
    both = REP + CUSTOMER
    recording = ingest(two_files(tmp_path), audio=FakeAudio({"a.wav": both[None], "b.wav": np.stack([both, both])}))
    assert (recording.sides, recording.identical_channels, recording.n_channels) == ((), True, 2)


def test_files_of_different_rates_are_sides_all_the_same(tmp_path: Path) -> None:
    audio = FakeAudio({"a.wav": noise(1, 2), "b.wav": noise(1, 3)}, rates={"b.wav": 2 * RATE})
    recording = ingest(two_files(tmp_path), audio=audio)
    # a: 2 s at 1000 Hz. b: 3000 samples at 2000 Hz are 1.5 s.
    assert (recording.duration, recording.sample_rate) == (2.0, 2 * RATE)
    assert recording.sides == ("rep", "customer")


@pytest.mark.parametrize(("seconds", "warned"), [(10.5, False), (9.0, True)])
def test_files_that_differ_in_length_by_more_than_two_seconds_are_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, seconds: float, warned: bool
) -> None:
    audio = FakeAudio({"a.wav": REP[None], "b.wav": CUSTOMER[None, : round(seconds * RATE)]})
    with caplog.at_level(logging.WARNING, logger="filmroom"):
        recording = ingest(two_files(tmp_path), audio=audio)
    assert recording.duration == 12.0
    assert ("may not be aligned" in caplog.text) == warned


@pytest.mark.parametrize(
    ("sound", "declared", "said"),
    [
        (noise(1, 0), None, "holds no sound"),
        (noise(9, 1), None, "has 9 channels"),
        (noise(1, 1), 14_401.0, "longer than 4 hours"),
        (noise(1, 20), 30.0, "cut short: 20.0 s of the 30.0 s"),
    ],
)
def test_sound_that_cannot_be_reviewed_is_refused(
    tmp_path: Path, sound: Samples, declared: float | None, said: str
) -> None:
    with pytest.raises(RecordingError, match=said) as caught:
        ingest(candidate(tmp_path), audio=FakeAudio({"call.wav": sound}, declared=declared))
    assert caught.value.path == tmp_path / "call.wav"


def test_decoding_stops_at_the_longest_that_is_taken_on(tmp_path: Path) -> None:
    taken: list[int] = []

    class Endless(FakeAudio):
        def blocks(self, path: Path, *, sha256: str | None = None) -> Iterator[Samples]:
            while True:
                taken.append(RATE)
                yield noise(1, 1.0)

    with pytest.raises(RecordingError, match="longer than"):
        ingest(candidate(tmp_path), audio=Endless(), limits=Limits(max_duration_s=5.0))
    assert len(taken) == 6


def test_a_few_declared_seconds_more_than_decoded_are_no_reason_to_refuse(tmp_path: Path) -> None:
    audio = FakeAudio({"call.wav": noise(1, 10)}, declared=11.9)
    assert ingest(candidate(tmp_path), audio=audio).duration == 10.0


def test_an_empty_file_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    audio = FakeAudio()
    with pytest.raises(RecordingError, match="0 bytes"):
        ingest(candidate(tmp_path, content=b""), audio=audio)
    assert audio.opened == []


def test_a_pipe_or_a_broken_link_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.wav")
    (tmp_path / "b.wav").symlink_to(tmp_path / "gone.wav")
    for call in discover([tmp_path]):
        with pytest.raises(RecordingError, match="is not a readable file"):
            ingest(call, audio=FakeAudio(), require_consent=False)
