"""Owns the scripts of others that pages use: which, in which version, by which licence; fetched once, kept with us.

`python -m pipeline.review.vendoring` fetches them by the npm client, from whatever registry it is set up for, and
refuses bytes that are not the pinned ones. Pages then get them from here alone.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.domain.base import Value
from pipeline.errors import InputError

VENDOR = Path(__file__).parent / "static" / "vendor"
MANIFEST = "vendor.json"


class Package(Value):
    """A package and what we take of it. `integrity` is of its archive, as the registry states it."""

    name: str
    version: str
    licence: str
    integrity: str
    files: tuple[str, ...]

    @property
    def folder(self) -> str:
        """Where its files are kept, below the folder of all."""
        return f"{self.name}-{self.version}"


class Vendored(Value):
    """A package that is kept here: the SHA-256 of each of its files, by name."""

    name: str
    version: str
    licence: str
    integrity: str
    files: dict[str, str]


class Manifest(Value):
    """What is in the folder of the scripts of others."""

    packages: tuple[Vendored, ...]


PACKAGES = (
    Package(
        name="htmx.org",
        version="4.0.1",
        licence="0BSD",
        integrity="sha512-oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg==",
        files=("LICENSE", "dist/htmx.min.js"),
    ),
)
"""Files are named as in the archive; they are kept by the last part of their name."""


def fetch(packages: Sequence[Package], folder: Path) -> Manifest:
    """What is in the folder by now: these packages, and nothing else. Raises: InputError, see `unpack`; and where the
    npm client is missing or fails."""
    with tempfile.TemporaryDirectory() as below:
        fresh = Path(below) / "vendor"
        vendored = tuple(unpack(p, _packed(p, Path(below)), fresh) for p in packages)
        manifest = Manifest(packages=vendored)
        text = json.dumps(manifest.model_dump(), indent=2) + "\n"
        (fresh / MANIFEST).write_text(text, encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        shutil.copytree(fresh, folder)
    return manifest


def unpack(package: Package, archive: Path, folder: Path) -> Vendored:
    """The package's files, now below the folder. Raises: InputError for an archive that is not the pinned one."""
    found = integrity_of(archive.read_bytes())
    if found != package.integrity:
        raise InputError(
            f"{package.name} {package.version} is not what was pinned: {found}",
            hint="somebody changed the package or the registry; do not use it before you know why",
        )
    place, hashes = folder / package.folder, {}
    place.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as opened:
        for name in package.files:
            member = opened.extractfile(f"package/{name}")
            if member is None:
                raise InputError(f"{package.name} has no file {name}", hint="look into the archive for its new name")
            content = member.read()
            kept = name.rpartition("/")[2]
            (place / kept).write_bytes(content)
            hashes[kept] = hashlib.sha256(content).hexdigest()
    kept_fields = package.model_dump(include={"name", "version", "licence", "integrity"})
    return Vendored(**kept_fields, files=hashes)


def integrity_of(content: bytes) -> str:
    """The hash of an archive as registries and lock files state it: "sha512-" and base64."""
    return f"sha512-{base64.b64encode(hashlib.sha512(content).digest()).decode()}"


def read_manifest(folder: Path = VENDOR) -> Manifest:
    """What should be in the folder."""
    return Manifest.model_validate_json((folder / MANIFEST).read_bytes())


def _packed(package: Package, folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise InputError("there is no npm", hint="install Node.js with npm, then try again")
    command = [npm, "pack", f"{package.name}@{package.version}", "--pack-destination", str(folder), "--silent"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        raise InputError(f"npm could not fetch {package.name}: {done.stderr.strip()}", hint="is the registry reached?")
    return folder / done.stdout.strip().splitlines()[-1]


if __name__ == "__main__":
    for kept in fetch(PACKAGES, VENDOR).packages:
        sys.stdout.write(f"{kept.name} {kept.version} ({kept.licence}): {', '.join(kept.files)}\n")
