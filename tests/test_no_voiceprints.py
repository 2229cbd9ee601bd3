"""No speaker embedding outlives the call it was computed for: none of its numbers stands in any file of a workspace."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.adapters import weights
from pipeline.adapters.pyannote import DEFAULT_SETTINGS, PyannoteDiarizer
from pipeline.config import Config
from pipeline.errors import WeightsError
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.demo_excerpt import mixed
from tests.scripted import ScriptedEngine

DIMENSION = 192
TOGETHER = 4
"""So many numbers of one embedding in a row are looked for: by chance four doubles are never the same."""


@dataclass
class Overheard:
    """Every embedding that the network gave while the workspace was made, and what was logged meanwhile."""

    root: Path
    given: list[NDArray[np.float32]] = field(default_factory=list)
    logged: str = ""

    @property
    def embeddings(self) -> NDArray[np.float32]:
        """(n, 192), as they came, and once more at unit length, as they are compared."""
        raw = np.concatenate([each.reshape(-1, DIMENSION) for each in self.given])
        return np.concatenate([raw, raw / np.linalg.norm(raw, axis=1, keepdims=True)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Overheard:
    """Half a minute of the demo call, both sides in one channel, so that they are told apart by their voices: the real
    diarizer, its network overheard, and a scripted recogniser and reader beside it."""
    folder = tmp_path_factory.mktemp("voices")
    mixed(folder / "calls" / "mixed.wav", seconds=30)
    overheard = Overheard(folder / "workspace")
    engine = ScriptedEngine()
    engine.diarizer = overheard_diarizer(overheard)  # type: ignore[assignment]
    space = Workspace(overheard.root)
    night = Night(space, Config(consent="assumed"), engine, find_rubric("discovery"))
    kept = Kept()
    logging.getLogger().addHandler(kept)
    (outcome,) = review_calls(night, discover([folder / "calls"]))
    logging.getLogger().removeHandler(kept)
    assert outcome.status == "done", outcome.reason
    space.rebuild_index()
    overheard.logged = "\n".join(kept.lines)
    return overheard


class Kept(logging.Handler):
    """Keeps what is logged at any level."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def overheard_diarizer(overheard: Overheard) -> PyannoteDiarizer:
    """The offline diarizer as runs have it, but that somebody listens at the embedding network's output."""
    models = weights.default_cache()
    try:
        segmentation = weights.require("segmentation-3.0", models) / "pytorch_model.bin"
        embedding = weights.require("campplus", models) / "campplus_cn_en_common.pt"
    except WeightsError as error:
        pytest.skip(f"weights are not there: {error}")

    def build() -> Any:
        from pipeline.adapters.pyannote import _prepare_vendor

        _prepare_vendor()
        from pipeline.adapters.campplus import load_campplus
        from pipeline.adapters.pyannote_offline import OfflineDiarization

        network = load_campplus(embedding)
        network.register_forward_hook(lambda _m, _i, out: overheard.given.append(out.detach().numpy().copy()))
        return OfflineDiarization(segmentation, network, DEFAULT_SETTINGS)

    return PyannoteDiarizer(build, identity="overheard")


def forms(embedding: NDArray[np.float32]) -> Iterator[bytes]:
    """The bytes by which the beginning of an embedding can stand in a file, as numbers of three sizes and as text."""
    first = embedding[:TOGETHER]
    for kind in (np.float16, np.float32, np.float64):
        yield first.astype(kind).tobytes()
    for digits in (4, 6):
        yield ",".join(f"{x:.{digits}f}" for x in first).encode()
        yield ", ".join(f"{x:.{digits}f}" for x in first).encode()
    yield ",".join(repr(float(x)) for x in first).encode()
    yield ", ".join(repr(float(x)) for x in first).encode()
    yield json.dumps([float(np.float32(x)) for x in first])[1:-1].encode()


def holding(root: Path, embeddings: NDArray[np.float32]) -> list[str]:
    """The files in which one of them begins, in any form."""
    wanted = {form for each in embeddings for form in forms(each)}
    files = [path for path in root.rglob("*") if path.is_file()]
    return sorted(path.name for path in files if any(map(path.read_bytes().__contains__, wanted)))


def longest_row(value: object) -> int:
    """Of a JSON value, how many numbers follow each other in one list at the most."""
    if isinstance(value, dict):
        return max(map(longest_row, value.values()), default=0)
    if isinstance(value, list):
        numbers = sum(isinstance(each, float) for each in value)
        return max([numbers, *map(longest_row, value)])
    return 0


@pytest.mark.slow
class TestScan:
    def test_embeddings_were_computed_at_all(self, made: Overheard) -> None:
        assert len(made.embeddings) > 20
        assert np.isfinite(made.embeddings).all()

    def test_none_of_them_stands_in_a_file_of_the_workspace(self, made: Overheard) -> None:
        assert holding(made.root, made.embeddings) == []

    def test_none_of_them_was_logged(self, made: Overheard) -> None:
        logged = made.logged.encode()
        assert not any(form in logged for each in made.embeddings for form in forms(each))

    def test_no_result_has_a_list_of_numbers_as_long_as_a_part_of_one(self, made: Overheard) -> None:
        """A mean or any other derivative of them would be as long: 192 numbers. Nothing we keep has a tenth of it."""
        rows = {path.parts[-3]: longest_row(json.loads(path.read_bytes())) for path in made.root.rglob("*.json")}
        assert max(rows.values()) < DIMENSION / 10, rows

    def test_the_search_finds_one_that_was_left(self, made: Overheard, tmp_path: Path) -> None:
        for name, data in (("raw.npy", made.embeddings[3].tobytes()), ("told.json", b"")):
            (tmp_path / name).write_bytes(data or json.dumps([float(x) for x in made.embeddings[3]]).encode())
        assert holding(tmp_path, made.embeddings) == ["raw.npy", "told.json"]
        assert longest_row(json.loads((tmp_path / "told.json").read_text())) == DIMENSION
