"""Whatever opens a connection is told by `filmroom egress`: a module that begins to is not described here and fails."""

import ast
from pathlib import Path
from typing import get_args

import pytest

from pipeline.config import Config, LanguageModel, OidcProvider, ReviewRoom
from pipeline.config.night import RayCluster, Store, WebhookTarget
from pipeline.export.ways_out import Hook, Known, What, ways_out

ROOT = Path(__file__).parents[2]

LIBRARIES = frozenset({
    "aiohttp", "anthropic", "asyncio", "authlib", "boto3", "botocore", "duckdb", "faster_whisper", "fsspec", "ftplib",
    "grpc", "http.client", "http.server", "httpx", "httpx2", "huggingface_hub", "imaplib", "langchain",
    "langchain_openai", "langsmith", "multiprocessing.connection", "multiprocessing.managers", "obstore", "openai",
    "paramiko", "poplib", "presidio_analyzer", "pyannote.audio", "ray", "requests", "s3fs", "sentence_transformers",
    "smtplib", "socket", "socketserver", "spacy", "ssl", "subprocess", "telnetlib", "tldextract", "transformers",
    "urllib.request", "urllib3", "uvicorn", "websocket", "websockets", "xllamacpp", "xmlrpc",
})  # fmt: skip
"""What can open a connection, listen, start a program that can, or fetch files when it does not find them."""

OWN_DOORS = frozenset({
    "pipeline.adapters.webhook", "pipeline.adapters.weights_sources", "pipeline.buckets", "pipeline.shift.ray_cluster",
})  # fmt: skip
"""Ours by which others send where they want: whoever imports one is described as well. (The language model's adapters
are not among them: all of them send to the one address of [llm].)"""

HERE = "stays on this machine: "

DESCRIBED: dict[str, frozenset[What] | str] = {
    "pipeline.adapters.batch_endpoint": frozenset({"words"}),
    "pipeline.adapters.batch_lines": HERE + "makes requests for batches, and sends none",
    "pipeline.adapters.bucket_recordings": frozenset({"recordings"}),
    "pipeline.adapters.chat_openai": frozenset({"words"}),
    "pipeline.adapters.chat_recording": frozenset({"words"}),
    "pipeline.adapters.chat_vendors": frozenset({"words"}),
    "pipeline.adapters.decoding": HERE + "socket pairs to the process that decodes",
    "pipeline.adapters.decoding_child": HERE + "socket pairs to the process that decodes",
    "pipeline.adapters.decoding_host": HERE + "socket pairs to the process that decodes, which it starts",
    "pipeline.adapters.embedding": HERE + "reads its model from the folder of models",
    "pipeline.adapters.llama": HERE + "asks the server that it starts itself, at 127.0.0.1 with a key of its own",
    "pipeline.adapters.presidio": HERE + "reads its model from the folder of models, and the list in the package",
    "pipeline.adapters.pyannote": frozenset({"weights"}),
    "pipeline.adapters.pyannote_offline": HERE + "reads its models from the folder of models",
    "pipeline.adapters.vad": HERE + "reads its model from the package",
    "pipeline.adapters.webhook": frozenset({"events", "reminders"}),
    "pipeline.adapters.weights": frozenset({"weights"}),
    "pipeline.adapters.weights_sources": frozenset({"weights"}),
    "pipeline.adapters.whisper": HERE + "reads its model from the folder of models",
    "pipeline.commands.night_shift": frozenset({"events"}),
    "pipeline.commands.remind": frozenset({"reminders"}),
    "pipeline.commands.review": frozenset({"pages"}),
    "pipeline.commands.webhooks": frozenset({"events"}),
    "pipeline.engines.bucket_calls": frozenset({"recordings"}),
    "pipeline.erasing.others": HERE + "reads tables of the workspace; nothing that would have an extension fetched",
    "pipeline.export.tables.writing": HERE + "writes files; nothing that would have an extension fetched",
    "pipeline.export.ways_out": HERE + "asks only where buckets and clusters are",
    "pipeline.buckets": frozenset({"results", "recordings", "checks"}),
    "pipeline.review.beside": HERE + "starts filmroom itself, for one call",
    "pipeline.review.room": frozenset({"events"}),
    "pipeline.review.sign_in.id_token": HERE + "checks a token that came",
    "pipeline.review.sign_in.provider": frozenset({"sign-in"}),
    "pipeline.review.vendoring": HERE + "no command has it; who renews the scripts of pages runs npm by it",
    "pipeline.shift.local": HERE + "pipes to the workers of the night",
    "pipeline.shift.on_ray": frozenset({"words"}),
    "pipeline.shift.ray_cluster": frozenset({"words"}),
    "pipeline.shift.ray_crew": frozenset({"words"}),
    "pipeline.shift.ray_endpoint": frozenset({"words"}),
    "pipeline.shift.ray_plan": HERE + "counts the machines of a cluster",
    "pipeline.shift.ray_station": frozenset({"words"}),
    "pipeline.shift.worker_start": HERE + "pipes to the workers of the night",
    "pipeline.shift.workers": HERE + "pipes to the workers of the night",
    "pipeline.store.bucket_blobs": frozenset({"results"}),
    "pipeline.store.index": HERE + "a file of the workspace; nothing that would have an extension fetched",
    "pipeline.store.night_journal": HERE + "asks for this machine's name",
    "pipeline.store.place": frozenset({"results"}),
    "pipeline.upkeep.outside": frozenset({"checks"}),
}
"""Every module that can send, with the ways by which `filmroom egress` tells of it, or why nothing leaves by it."""


def modules() -> dict[str, Path]:
    """All of ours that a command can load, by name."""
    files = [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "evals").rglob("*.py"), ROOT / "cli.py"]
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def imported(source: str) -> set[str]:
    """The names that a module imports, anywhere in it: `from a import b` is both a and a.b."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return found


def can_send(source: str) -> bool:
    doors = LIBRARIES | OWN_DOORS
    return any(name == door or name.startswith(f"{door}.") for name in imported(source) for door in doors)


def test_every_module_that_can_send_is_described_and_no_other() -> None:
    found = {name for name, file in modules().items() if can_send(file.read_text(encoding="utf-8"))}
    undescribed = sorted(found - DESCRIBED.keys())
    assert undescribed == [], (
        "say in DESCRIBED by which way of pipeline/export/ways_out.py it sends, or that it does not"
    )
    assert sorted(DESCRIBED.keys() - found) == []


@pytest.mark.parametrize(
    "source",
    [
        "import httpx",
        "import urllib.request",
        "from urllib import request",
        "def send():\n    from smtplib import SMTP",
        "from pipeline.adapters.webhook import post",
        "from pipeline.adapters import webhook",
        "import ray.util",
    ],
)
def test_a_new_sender_would_be_found(source: str) -> None:
    assert can_send(source)


@pytest.mark.parametrize(
    "source", ["from urllib.parse import quote", "import raylib", "from http.cookies import Morsel"]
)
def test_what_only_sounds_like_one_is_none(source: str) -> None:
    assert not can_send(source)


EVERYTHING = Config(
    reader="llm",
    llm=LanguageModel(model="m", url="https://model.example/v1"),
    engine="ray",
    ray=RayCluster(address="cluster.example:6379"),
    store=Store(objects="s3://results", endpoint="https://s3.example"),
    webhooks=(WebhookTarget(url="https://events.example", secret_variable="S"),),
    review=ReviewRoom(hosts=("room.example",), oidc=OidcProvider(issuer="https://door.example", client_id="c")),
    diarization="hub",
)
KNOWN = Known(hooks=(Hook(user="anna", url="https://reminders.example"),), buckets=("recordings",))


def test_every_way_that_is_described_is_told_under_settings_that_use_it() -> None:
    told = ways_out(EVERYTHING, KNOWN)
    described = {what for ways in DESCRIBED.values() if isinstance(ways, frozenset) for what in ways}
    assert described == {way.what for way in told} == set(get_args(What))


def test_every_address_of_the_settings_is_told() -> None:
    told = "\n".join(way.to for way in ways_out(EVERYTHING, KNOWN))
    said = ["model", "cluster", "s3", "events", "room", "door", "reminders"]
    assert [name for name in said if f"{name}.example" not in told] == []
