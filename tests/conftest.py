"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.llama_server import llama_small

__all__ = ["llama_small"]

settings.register_profile("filmroom", deadline=None)  # machines are noisy, and time is no fact about the code
settings.load_profile("filmroom")

CHECKOUT = Path(__file__).resolve().parent.parent


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
