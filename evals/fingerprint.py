"""Owns telling code apart: the sha256 of everything that a figure depends on and that a person may change."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pipeline
from pipeline.prompts import SHIPPED as PROMPTS
from pipeline.rubrics import SHIPPED as RUBRICS

_KINDS = frozenset({".py", ".toml", ".yaml", ".md", ".j2"})


@cache
def code_sha256() -> str:
    """The sha256 of the pipeline's code, prompts and rubrics as they are on the disk, by name and content."""
    return sha256_of_folders((Path(pipeline.__file__).parent, PROMPTS, RUBRICS))


def sha256_of_folders(folders: Iterable[Path]) -> str:
    """The sha256 over names and contents of the files of these folders that hold code or settings."""
    whole = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in _KINDS and p.is_file()):
            whole.update(f"{folder.name}/{path.relative_to(folder).as_posix()}\0".encode())
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def sha256_of_files(paths: Iterable[Path]) -> str:
    """The sha256 over the contents of these files, in this order; their names do not matter."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
