"""The published collections, loaded once for all tests."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from evals.collections.catalogue import available
from evals.labelled import LabelledCall
from evals.suites import Skipped

Loaded = tuple[Mapping[str, tuple[LabelledCall, ...]], tuple[Skipped, ...]]
Published = Callable[[str], tuple[LabelledCall, ...]]


@pytest.fixture(scope="session")
def loaded(shared_data: Path) -> Loaded:
    """All collections that are there, and why the others are not."""
    return available(shared_data)


@pytest.fixture(scope="session")
def published(loaded: Loaded) -> Published:
    """The calls of a collection by its name; the test is skipped where it is absent."""

    def of(name: str) -> tuple[LabelledCall, ...]:
        if name not in loaded[0]:
            pytest.skip(next(s.reason for s in loaded[1] if s.what == name))
        return loaded[0][name]

    return of
