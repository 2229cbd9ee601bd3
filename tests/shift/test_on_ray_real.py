"""Real models on two machines of a cluster, both of them this one: every object is the plain loop's."""

import shutil
from pathlib import Path

import pytest

from pipeline.adapters import weights
from pipeline.config import Config
from pipeline.rubrics import find_rubric
from pipeline.run import review_calls
from pipeline.shift.spec import NightSpec
from pipeline.stages.ingest import discover
from pipeline.trackers import find_trackers
from tests.shift.ray_nights import objects, on_ray, two_machines

pytestmark = pytest.mark.slow
CALLS = ("speech.mp3", "speech.ogg", "speech-mulaw.wav", "true-stereo.mp3")


def test_real_models_on_two_machines_make_the_objects_of_a_plain_loop(audio_fixtures: Path, tmp_path: Path) -> None:
    if not all(weights.is_present(name, weights.default_cache()) for name in ("whisper-base", "minilm")):
        pytest.skip("no weights: filmroom models pull")
    folder = tmp_path / "calls"
    folder.mkdir()
    for name in CALLS:
        shutil.copy(audio_fixtures / name, folder)
    with two_machines() as cluster:
        config = Config.model_validate(
            {
                "consent": "assumed",
                "reader": "similarity",
                "whisper": "whisper-base",
                "shift": {"listening": 1, "voices": 1, "reading": 1},
                "ray": {"address": cluster.address},
            }
        )
        loop, ray = (
            NightSpec(tmp_path / name, config, find_rubric("discovery"), trackers=find_trackers())
            for name in ("loop", "ray")
        )
        found = {o.path.name: o.status for o in on_ray(ray, folder)}
    assert found == {o.path.name: o.status for o in review_calls(loop.open(), discover([folder]))}
    assert "done" in found.values()
    assert objects(tmp_path / "ray") == objects(tmp_path / "loop")
