"""A room for each test, copied from one that was made once: reading scripted calls takes longer than copying them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.review.room import Room, open_room
from pipeline.store.workspace import Workspace
from tests.review.rooms import Clock, add_calls, make_room


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of Anna, with a call, a rehearsal of the same week and a call of fifteen days ago, and of Bert."""
    path = tmp_path_factory.mktemp("made")
    room = make_room(path, ("Anna", "Bert"))
    stated = {"customer": "Oak and Sons", "deal": "Spring", "mode": "simulated"}
    add_calls(room.workspace, path / "more", ["Anna"], stated=stated)
    add_calls(room.workspace, path / "old", ["Anna"], stated={"started_at": "2026-02-18T10:00:00+00:00"})
    room.index.refresh()
    room.close()
    return room.workspace.root


@pytest.fixture
def room(made: Path, tmp_path: Path) -> Iterator[Room]:
    """The room over a copy of that workspace."""
    shutil.copytree(made, tmp_path / "w")
    room = open_room(Workspace(tmp_path / "w"), Config(), now=Clock())
    yield room
    room.close()
