"""Garbage is looked for seldom in a process that serves; what was there before is never looked at again."""

import subprocess
import sys


def test_what_is_there_already_is_not_looked_at_and_the_thresholds_are_set() -> None:
    code = (
        "import gc; from pipeline.review.garbage import THRESHOLDS, look_seldom; kept = [[] for _ in range(1000)]\n"
        "look_seldom(); print(gc.get_freeze_count() >= 1000, gc.get_threshold() == THRESHOLDS)"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.split() == ["True", "True"]
