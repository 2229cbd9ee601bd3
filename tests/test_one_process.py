"""Compiled parts fit into one process, in whatever order they come: a suite's own order may hide that they do not."""

import itertools
import subprocess
import sys

import pytest

COMPILED = ("uharfbuzz", "xllamacpp", "meeteval.wer")


@pytest.mark.parametrize("order", list(itertools.permutations(COMPILED)))
def test_compiled_parts_live_in_one_process(order: tuple[str, ...]) -> None:
    code = "; ".join(f"import {name}" for name in order)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-400:]
