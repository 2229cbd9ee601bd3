"""The scripts of others: they are what was pinned, nothing else lies beside them, and no page asks elsewhere."""

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.review.pages import environment
from pipeline.review.vendoring import MANIFEST, PACKAGES, VENDOR, Package, integrity_of, read_manifest, unpack


def test_every_file_is_what_the_manifest_says() -> None:
    manifest = read_manifest()
    told = {f"{p.name}-{p.version}/{file}": sha for p in manifest.packages for file, sha in p.files.items()}
    there = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    assert there == told


def test_the_manifest_is_of_the_pinned_packages_with_their_licences() -> None:
    fields = {"name", "version", "licence", "integrity"}
    kept = [p.model_dump(include=fields) for p in read_manifest().packages]
    assert kept == [p.model_dump(include=fields) for p in PACKAGES]
    assert all("LICENSE" in p.files for p in read_manifest().packages)


def test_pages_use_the_kept_version() -> None:
    assert environment().loader
    source = (Path(VENDOR).parents[1] / "templates" / "base.html.j2").read_text(encoding="utf-8")
    (htmx,) = (p for p in PACKAGES if p.name == "htmx.org")
    assert f'src="/static/vendor/{htmx.folder}/htmx.min.js"' in source


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as made:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            made.addfile(member, io.BytesIO(content))
    return path


def package(path: Path, *files: str) -> Package:
    return Package(name="toy", version="1.0", licence="MIT", integrity=integrity_of(path.read_bytes()), files=files)


def test_only_the_named_files_are_taken(tmp_path: Path) -> None:
    path = archive(tmp_path / "toy.tgz", {"LICENSE": b"mine", "dist/toy.js": b"1", "dist/spy.js": b"2"})
    kept = unpack(package(path, "LICENSE", "dist/toy.js"), path, tmp_path / "out")
    assert {p.name for p in (tmp_path / "out" / "toy-1.0").iterdir()} == {"LICENSE", "toy.js"}
    assert kept.files["toy.js"] == hashlib.sha256(b"1").hexdigest()


def test_an_archive_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "toy.tgz", {"LICENSE": b"mine"})
    pinned = package(path, "LICENSE")
    archive(path, {"LICENSE": b"theirs"})
    with pytest.raises(InputError, match="not what was pinned"):
        unpack(pinned, path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_integrity_is_as_registries_state_it() -> None:
    # SHA-512 of nothing, a published constant, in base64.
    assert integrity_of(b"") == (
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
    )
