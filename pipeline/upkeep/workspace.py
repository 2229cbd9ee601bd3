"""Checks of the workspace: whether this user may work in it, what its disk can do, who can read it, what is left."""

import os
import pwd
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipeline.errors import StoreError
from pipeline.store.durable import create, is_temporary
from pipeline.store.index import Index
from pipeline.store.night_journal import Nights, night_under_way
from pipeline.store.workspace import Workspace
from pipeline.upkeep.findings import Finding, House, ok, problem, warning

_AHEAD_S = 120.0
_OLD_S = 3600.0
_WAIT_S = 0.2
_LOOKED_AT = 2000


def access(house: House) -> Iterator[Finding]:
    """Whether this user may read and write it, and its disk does what nights rely on."""
    root = house.root
    if not root.exists():
        above = next(path for path in root.absolute().parents if path.exists())
        if os.access(above, os.W_OK | os.X_OK):
            yield ok("workspace", f"{root} is not there yet; a run makes it")
        else:
            yield problem("workspace", f"{root} is not there, and {above} cannot be written", "make it for this user")
        return
    if not root.is_dir():
        yield problem("workspace", f"{root} is no folder", "give another --workspace")
        return
    probe = root / f"doctor-{os.getpid()}"
    try:
        try:
            first, second = create(probe, b"first"), create(probe, b"second")
            kept = probe.read_bytes()
        finally:
            with suppress(OSError):
                probe.unlink(missing_ok=True)
    except (OSError, StoreError) as error:
        told = error.message if isinstance(error, StoreError) else str(error)
        hint = (
            "make it writable for this user; its disk has to know hard links, which FAT and some network folders do not"
        )
        yield problem("workspace", told, hint)
        return
    if (first, second, kept) == (True, False, b"first"):
        yield ok("workspace", f"{root}: read, written, and made only once")
    else:
        yield problem("workspace", f"{root}: a second write took the place of the first", "use a local disk, or NFS 4")


def owner(house: House) -> Iterator[Finding]:
    """Whether everything in it belongs to who asks; a run by another user leaves files that this one cannot add to."""
    if not house.root.is_dir():
        return
    other = {_name(uid) for path in _some(house.root) if (uid := path.lstat().st_uid) != os.getuid()}
    if other:
        hint = f"let one user do everything: chown -R {_name(os.getuid())} {house.root}"
        yield warning("owner", f"parts of it belong to {', '.join(sorted(other))}", hint)
    else:
        yield ok("owner", _name(os.getuid()))


def permissions(house: House) -> Iterator[Finding]:
    """Who else on this machine can read what people said."""
    umask = os.umask(0o077)
    os.umask(umask)
    if not house.root.is_dir():
        if umask & 0o007 != 0o007:
            yield warning("permissions", f"new files can be read by everybody here (umask {umask:03o})", "umask 077")
        return
    mode = stat.S_IMODE(house.root.stat().st_mode)
    if mode & 0o007:
        told = f"{house.root} can be read by every user of this machine (mode {mode:03o}): calls are personal data"
        yield warning("permissions", told, f"chmod 700 {house.root}, and UMask=0077 for whoever runs nights")
    else:
        yield ok("permissions", f"mode {mode:03o}, umask {umask:03o}")


def clock(house: House) -> Iterator[Finding]:
    """Whether files in it are from the future: then the clock was set back, or another machine's is ahead."""
    if not house.root.is_dir():
        return
    ahead = max((path.lstat().st_mtime for path in _some(house.root)), default=0.0) - time.time()
    if ahead > _AHEAD_S:
        told = f"a file is from {ahead / 60:.0f} minutes in the future"
        yield warning(
            "clock", told, "keep the clock by NTP; results are safe, but times in records will be out of order"
        )
    else:
        yield ok("clock", f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())} UTC, no file is from the future")


def leftovers(house: House) -> Iterator[Finding]:
    """What killed writes left behind, and how many recordings wait for somebody."""
    if not house.root.is_dir():
        return
    limit = time.time() - _OLD_S
    left = [path for path in _some(house.root) if is_temporary(path.name) and path.lstat().st_mtime < limit]
    if left:
        yield warning("leftovers", f"{len(left)} temporary files of writes that were cut off", "filmroom sweep")
    aside = sum(1 for _ in Workspace(house.root).quarantined())
    if aside:
        yield warning("quarantine", f"{aside} recordings are set aside", "filmroom quarantine list")
    if not (left or aside):
        yield ok("leftovers", "none, and nothing is set aside")


def night(house: House) -> Iterator[Finding]:
    """Whether a run is at work, or the last one was broken off."""
    if not house.root.is_dir():
        return
    under_way, last = night_under_way(house.root), Nights(house.root).last()
    if under_way is not None:
        yield ok("night", under_way)
    elif last is not None and last.ended is None:
        told = f"the last one was broken off at about {last.at:%Y-%m-%d %H:%M} UTC; what was finished is kept"
        yield warning("night", told, "run again: it goes on; the log says what happened")
    else:
        yield ok("night", "none is under way" if last is None else f"the last one ended: {last.ended}")


def index(house: House) -> Iterator[Finding]:
    """Whether the index can be opened; everything else can do without it."""
    path = Workspace(house.root).index_path
    if not path.exists():
        yield ok("index", "none yet; the first list makes it")
        return
    try:
        with Index(path, wait_s=_WAIT_S) as opened:
            n_records = len(opened.known())
    except StoreError as error:
        if "another filmroom process" in error.hint:
            yield ok("index", "another process has it open, the review room perhaps")
        else:
            yield problem("index", error.message, "filmroom index rebuild")
        return
    yield ok("index", f"{n_records} records")


def _some(root: Path) -> Iterator[Path]:
    """The folder, and the first of what is in it: enough to see whose it is, without a walk over a million files."""
    yield root
    seen = 0
    for place, folders, names in os.walk(root):
        folders[:] = folders[:50]
        for name in (*folders, *names[:50]):
            path = Path(place, name)
            if seen >= _LOOKED_AT:
                return
            if path.exists():
                seen += 1
                yield path


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


WORKSPACE_CHECKS = (access, owner, permissions, clock, night, leftovers, index)
