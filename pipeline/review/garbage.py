"""Owns how often the room's process looks through its memory for garbage, since everybody waits meanwhile."""

import gc

THRESHOLDS = (50_000, 50, 100)
"""Python's own (700, 10, 10) look through everything every few pages, half a second each. What pages are made from are
values without cycles, which go by themselves, so that looking seldom keeps little."""


def look_seldom() -> None:
    """From now on what is in memory already is never looked at again, and what comes is looked at seldom.

    For a process that only serves, once it is ready to.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
