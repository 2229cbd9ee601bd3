"""Events of a run, on stderr: what happened to which call and stage, never what was said in it."""

import logging
import sys

_ROOT = "filmroom"


def get_logger(name: str) -> logging.Logger:
    """The project's logger for a module; quiet until `configure` is called."""
    return logging.getLogger(f"{_ROOT}.{name}")


def configure(*, verbose: bool) -> None:
    """Send events to stderr: warnings by default, each step when verbose."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger(_ROOT)
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    root.propagate = False
