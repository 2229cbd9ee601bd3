"""Sound in which nobody speaks goes through the whole chain and gives no word that counts, no quote and no draft."""

import shutil
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.engines.local import LocalEngine
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["silence-20s.flac", "tone.wav", "hold-music.ogg"])
def test_silence_a_tone_and_hold_music_give_no_observation(name: str, tmp_path: Path, audio_fixtures: Path) -> None:
    shutil.copy(audio_fixtures / name, tmp_path / name)
    config = Config(consent="assumed", reader="similarity")
    night = Night(Workspace(tmp_path / "w"), config, LocalEngine(config), find_rubric("discovery"))
    (outcome,) = review_calls(night, discover([tmp_path / name]))
    assert outcome.status == "done", outcome.reason
    result = night.workspace.result(night.workspace.record(outcome.call or ""))
    counted = [w.text for t in result.conversation.turns for w in t.words if w.unreliable is None]
    assert counted == []
    assert result.observations == ()
    assert result.metrics.questions == ()
    assert (result.draft.strength, result.draft.improvement) == (None, None)
    assert result.draft.absent
    assert all(m.value is None for m in result.metrics.measures if m.name.startswith(("rep_", "customer_")))
