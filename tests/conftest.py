"""Fixtures shared by all tests."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.llama_server import llama_small

__all__ = ["llama_small"]

settings.register_profile("filmroom", deadline=None)  # machines are noisy, and time is no fact about the code
settings.load_profile("filmroom")

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """A command called in a test sets up the log of its process; the next test finds it as if none had been called."""
    logger = logging.getLogger("filmroom")
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    yield
    logger.handlers[:], logger.level, logger.propagate = handlers, level, propagate


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recordings and labelled conversations made by others; tests that need it are skipped without it."""
    root = Path(os.environ.get("FILMROOM_SHARED", CHECKOUT.parent / "shared")) / "data"
    if not root.is_dir():
        pytest.skip(f"no labelled data at {root} (set FILMROOM_SHARED)")
    return root


@pytest.fixture(scope="session")
def audio_fixtures() -> Path:
    """Our own short recordings in odd formats."""
    return CHECKOUT / "tests" / "fixtures" / "audio"
