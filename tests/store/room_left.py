"""A disk that takes so much and no more of each file, as far as one process can be told so."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def room_left(n_bytes: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes: a write that begins before takes what fits, others fail."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
