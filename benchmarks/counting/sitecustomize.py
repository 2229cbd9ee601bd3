"""Owns the count of what a run makes: with this folder on PYTHONPATH, every Python process writes down what it makes.

Python imports it by itself when it starts, in workers of whatever engine too. Lines go to the file that the environment
variable FILMROOM_COUNT names, each by one write to its end, so that kill -9 loses none: `begin` when a result is begun
to be made, `kept` once it is kept, both with time, process, stage and work key.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_OF = "pipeline.keeping"


class _Finder(MetaPathFinder):
    """Finds the module that keeps results, and has it count once it is loaded."""

    def find_spec(self, fullname: str, _: Sequence[str] | None, __: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != _OF:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                module.Keeper._make = _counted(module.Keeper._make)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _counted(make: Callable[..., Any]) -> Callable[..., Any]:
    def counted(keeper: object, work: Any, stage: str, how: object) -> Any:
        _write("begin", stage, work.key)
        found = make(keeper, work, stage, how)
        _write("kept", stage, work.key)
        return found

    return counted


def _write(what: str, stage: str, key: str) -> None:
    file = os.open(os.environ["FILMROOM_COUNT"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{what} {time.time():.6f} {os.getpid()} {stage} {key}\n".encode())
    finally:
        os.close(file)


if "FILMROOM_COUNT" in os.environ:
    sys.meta_path.insert(0, _Finder())
