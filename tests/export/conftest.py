"""A hand-made call of twelve turns with every kind of verdict, and the pages made of it."""

from collections.abc import Callable

import pytest

from pipeline.domain.result import CallResult
from tests.export.call import make_call


@pytest.fixture
def call() -> CallResult:
    """The plausible call."""
    return make_call()


@pytest.fixture
def call_with() -> Callable[..., CallResult]:
    """Makes the same call with other fields of `CallResult`."""

    def changed(**fields: object) -> CallResult:
        return make_call().model_copy(update=fields)

    return changed
