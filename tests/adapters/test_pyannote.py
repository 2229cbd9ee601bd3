"""The adapter turns pyannote's output into domain values; with real weights it tells speakers apart."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from pipeline.adapters.pyannote import DiarizationSettings, PyannoteDiarizer
from pipeline.adapters.torchaudio_compat import import_torchaudio
from pipeline.domain.speech import SpeakerSegment
from pipeline.errors import WeightsError

Track = tuple[float, float, str]
SECOND = np.zeros(16_000, dtype=np.float32)


class Annotation:
    """The part of pyannote.core's Annotation that the adapter reads."""

    def __init__(self, *tracks: Track) -> None:
        self._tracks = tracks

    def itertracks(self, *, yield_label: bool) -> list[tuple[SimpleNamespace, str, str]]:
        assert yield_label
        return [(SimpleNamespace(start=start, end=end), "_", label) for start, end, label in self._tracks]


class Pipeline:
    """A pyannote pipeline that always finds the same, and remembers what it was asked."""

    def __init__(self, segments: list[Track], exclusive: list[Track] | None = None) -> None:
        self._output = SimpleNamespace(
            speaker_diarization=Annotation(*segments),
            exclusive_speaker_diarization=Annotation(*(segments if exclusive is None else exclusive)),
        )
        self.asked: dict[str, Any] = {}
        self.threads = 0

    def __call__(self, file: dict[str, Any], *, max_speakers: int | None, hook: Callable[..., None]) -> SimpleNamespace:
        self.asked = {**file, "max_speakers": max_speakers}
        self.threads = torch.get_num_threads()
        hook("segmentation", None, file=file, total=2, completed=0)
        hook("segmentation", None, file=file, total=2, completed=4)  # pyannote counts past the end of the last batch
        hook("speaker_counting", None, file=file)
        hook("embeddings", None, file=file, total=4, completed=1)
        hook("embeddings", None, file=file, total=4, completed=4)
        return self._output


def diarizer(pipeline: Pipeline, *, threads: int = 1) -> PyannoteDiarizer:
    return PyannoteDiarizer(lambda: pipeline, identity="test", threads=threads)


def spoken(segments: tuple[SpeakerSegment, ...]) -> list[Track]:
    return [(segment.span.start, segment.span.end, segment.speaker) for segment in segments]


def test_speakers_are_numbered_by_first_appearance() -> None:
    found = diarizer(Pipeline([(0.5, 0.8, "SPEAKER_00"), (0.1, 0.4, "SPEAKER_01")])).diarize(SECOND, 16_000)
    assert spoken(found.segments) == [(0.1, 0.4, "S1"), (0.5, 0.8, "S2")]


def test_exclusive_segments_carry_the_same_names_as_the_overlapping_ones() -> None:
    pipeline = Pipeline([(0.0, 0.6, "B"), (0.4, 1.0, "A")], exclusive=[(0.5, 1.0, "A"), (0.0, 0.5, "B")])
    found = diarizer(pipeline).diarize(SECOND, 16_000)
    assert spoken(found.segments) == [(0.0, 0.6, "S1"), (0.4, 1.0, "S2")]
    assert spoken(found.exclusive) == [(0.0, 0.5, "S1"), (0.5, 1.0, "S2")]


def test_segments_in_the_padding_after_the_end_are_cut_off() -> None:
    # The last window is filled up with silence, and pyannote may find speech in it.
    found = diarizer(Pipeline([(0.9, 1.7, "A"), (1.2, 1.5, "B")])).diarize(SECOND, 16_000)
    assert spoken(found.segments) == [(0.9, 1.0, "S1")]


def test_a_segment_of_less_than_a_millisecond_is_none() -> None:
    assert diarizer(Pipeline([(0.5, 0.5004, "A")])).diarize(SECOND, 16_000).segments == ()


def test_a_recording_too_short_for_a_word_has_no_speaker_and_needs_no_model() -> None:
    def build() -> Pipeline:
        raise AssertionError("the model was made")

    found = PyannoteDiarizer(build, identity="test").diarize(np.zeros(1_599, dtype=np.float32), 16_000)
    assert (found.segments, found.exclusive) == ((), ())


def test_sound_is_passed_in_memory_at_16_khz() -> None:
    pipeline = Pipeline([])
    diarizer(pipeline).diarize(np.zeros(4_000, dtype=np.float32), 8_000)
    assert pipeline.asked["waveform"].shape == (1, 8_000)  # half a second: 4,000 samples become 8,000
    assert pipeline.asked["sample_rate"] == 16_000


def test_the_upper_bound_of_speakers_is_passed_on() -> None:
    pipeline = Pipeline([])
    diarizer(pipeline).diarize(SECOND, 16_000, max_speakers=2)
    assert pipeline.asked["max_speakers"] == 2


def test_torch_has_the_chosen_threads_during_the_work_and_its_own_after() -> None:
    before = torch.get_num_threads()
    pipeline = Pipeline([])
    diarizer(pipeline, threads=before + 1).diarize(SECOND, 16_000)
    assert (pipeline.threads, torch.get_num_threads()) == (before + 1, before)


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    diarizer(Pipeline([])).diarize(SECOND, 16_000, progress=told.append)
    # 0.2 of the work is segmentation; a quarter of the embeddings is 0.2 + 0.79 / 4.
    assert told == pytest.approx([0.0, 0.2, 0.3975, 0.99, 1.0])


def test_the_model_is_made_once_and_only_when_needed() -> None:
    made: list[Pipeline] = []

    def build() -> Pipeline:
        made.append(Pipeline([]))
        return made[-1]

    diarizer = PyannoteDiarizer(build, identity="test")
    assert made == []
    diarizer.diarize(SECOND, 16_000)
    diarizer.diarize(SECOND, 16_000)
    assert len(made) == 1


@pytest.fixture
def weight_files(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("segmentation", "embedding"):
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path / "segmentation", tmp_path / "embedding"


def test_the_identity_changes_with_each_setting_and_with_the_weights(weight_files: tuple[Path, Path]) -> None:
    changed: list[dict[str, Any]] = [
        {},
        {"step_ratio": 0.1},
        {"threshold": 0.7},
        {"min_cluster_size": 4},
        {"min_active_ratio": 0.2},
    ]
    made = {PyannoteDiarizer.offline(*weight_files, settings=DiarizationSettings(**c)).identity for c in changed}
    weight_files[1].write_bytes(b"others")
    made.add(PyannoteDiarizer.offline(*weight_files).identity)
    assert len(made) == 6


def test_the_identity_does_not_change_with_the_threads_or_the_folder(
    weight_files: tuple[Path, Path], tmp_path: Path
) -> None:
    moved = tmp_path / "elsewhere"
    moved.write_bytes(weight_files[0].read_bytes())
    one, other = PyannoteDiarizer.offline(*weight_files), PyannoteDiarizer.offline(moved, weight_files[1], threads=2)
    assert one.identity == other.identity


def test_the_identity_of_a_hub_pipeline_names_its_revision_and_never_the_token() -> None:
    identity = PyannoteDiarizer.from_hub("team/pipe", token="hf_secret", revision="abc").identity
    assert "team/pipe@abc" in identity
    assert "secret" not in identity


@pytest.mark.parametrize(("absent", "model"), [(0, "segmentation-3.0"), (1, "campplus")])
def test_absent_weights_are_told_with_the_command_that_brings_them(
    absent: int, model: str, weight_files: tuple[Path, Path]
) -> None:
    weight_files[absent].unlink()
    with pytest.raises(WeightsError) as caught:
        PyannoteDiarizer.offline(*weight_files)
    assert caught.value.hint == f"filmroom models pull {model}"


def test_a_folder_without_a_pipeline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"no config\.yaml"):
        PyannoteDiarizer.from_folder(tmp_path)


def test_a_folder_whose_pipeline_cannot_be_made_is_told_when_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("pipeline: {name: nowhere.Nothing}")
    with pytest.raises(WeightsError, match="no pyannote pipeline from"):
        PyannoteDiarizer.from_folder(tmp_path).diarize(SECOND, 16_000)


def test_pyannotes_telemetry_is_off_before_a_model_is_made(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("pipeline: {name: nowhere.Nothing}")
    with pytest.raises(WeightsError):
        PyannoteDiarizer.from_folder(tmp_path).diarize(SECOND, 16_000)
    from pyannote.audio.telemetry.metrics import is_metrics_enabled

    assert not is_metrics_enabled()


# What the offline pipeline adds to pyannote's. Its module imports pyannote.audio, so it is imported in the tests.


def test_activity_is_read_at_the_centre_of_each_feature_frame() -> None:
    import_torchaudio()
    from pipeline.adapters.pyannote_offline import _at_feature_rate

    # 1 s in 4 segmentation frames of 0.25 s. Feature frame i is centred at 0.0125 + 0.01 i s: the first at or after
    # 0.25 s is number 24 (0.2525 s), the first at or after 0.5 s number 49 (0.5025 s). 98 whole frames in 1 s.
    active = _at_feature_rate(np.array([[False], [True], [False], [False]]), 1.0)[:, 0]
    assert (len(active), np.flatnonzero(active)[[0, -1]].tolist()) == (98, [24, 48])


@pytest.mark.parametrize(
    ("n_alone", "expected"),
    # 50 frames are the half second that is enough; with 49 the overlapped ones are needed too.
    [(50, list(range(50))), (49, list(range(100)))],
)
def test_overlapped_frames_are_left_out_when_enough_others_remain(n_alone: int, expected: list[int]) -> None:
    import_torchaudio()
    from pipeline.adapters.pyannote_offline import _frames_of

    active = np.ones((100, 2), dtype=bool)
    active[:n_alone, 1] = False
    assert _frames_of(active, 0, exclude_overlap=True).tolist() == expected


@pytest.mark.parametrize(
    ("clusters", "spoken_at_once"),
    # Two local speakers talk at once in every frame. Where clustering found one voice, pyannote alone would fill the
    # second place with a speaker that nobody is.
    [([[0, 0]], 1), ([[0, 1]], 2)],
)
def test_no_frame_holds_more_speakers_than_were_found(clusters: list[list[int]], spoken_at_once: int) -> None:
    import_torchaudio()
    from pyannote.core import SlidingWindow, SlidingWindowFeature

    from pipeline.adapters.pyannote_offline import OfflineDiarization

    frames = SlidingWindow(start=0.0, duration=0.1, step=0.1)
    local = SlidingWindowFeature(np.ones((1, 10, 2)), SlidingWindow(start=0.0, duration=1.0, step=1.0))
    count = SlidingWindowFeature(np.full((10, 1), 2, dtype=np.int8), frames)
    without_weights = OfflineDiarization.__new__(OfflineDiarization)
    found = without_weights.reconstruct(local, np.array(clusters, dtype=np.int8), count)
    assert found.data.sum(axis=1).max() == spoken_at_once


def test_a_file_that_is_no_segmentation_model_is_refused(tmp_path: Path) -> None:
    import_torchaudio()
    from pipeline.adapters.pyannote_offline import _segmentation_model

    (tmp_path / "pytorch_model.bin").write_bytes(b"garbage")
    with pytest.raises(WeightsError, match=r"does not hold segmentation-3\.0"):
        _segmentation_model(tmp_path / "pytorch_model.bin")
