"""What the documents say holds: commands exist and parse, links lead somewhere, every setting is described."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from typer.main import get_command

import cli
from pipeline import __version__
from pipeline.config import (
    Coaching,
    Config,
    LanguageModel,
    OidcProvider,
    ReviewRoom,
    TrustedProxy,
    Withholding,
    load_config,
)
from pipeline.config.night import Decoding, Operations, RayCluster, Redact, Retention, Shift, Store, WebhookTarget
from pipeline.domain.base import Value
from pipeline.domain.people import UserRole
from pipeline.errors import QUARANTINE_EXIT_CODE
from pipeline.store.records import Records
from pipeline.store.workspace import Workspace
from tests.conftest import CHECKOUT
from tests.test_errors import TREE

README = CHECKOUT / "README.md"
CONFIGURATION = CHECKOUT / "docs" / "configuration.md"
SET_UP = CHECKOUT / "docs" / "review-room.md"
DOCUMENTS = [README, CHECKOUT / "CHANGELOG.md", CHECKOUT / "demo" / "README.md", *sorted(CHECKOUT.glob("docs/**/*.md"))]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"(?:^|\s|`)(?:\.venv/bin/)?filmroom ([^`\n]+)")


def name_of(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def command_names(group: Any = None, prefix: str = "") -> Iterator[str]:
    """Every command and subcommand, as it is typed after filmroom."""
    top: Any = group or get_command(cli.app)
    for name, command in top.commands.items():
        yield prefix + name
        if hasattr(command, "commands"):
            yield from command_names(command, f"{prefix}{name} ")


def parse(arguments: list[str]) -> None:
    """Passes when the command knows these arguments; nothing is run. Raises: what the parser says is wrong."""
    command: Any = get_command(cli.app)
    while hasattr(command, "commands"):
        name, *arguments = arguments
        assert name in command.commands, f"there is no command {name!r}"
        command = command.commands[name]
    command.make_context(command.name, arguments)


def typed(path: Path) -> list[str]:
    """What stands after `filmroom` on each line of the fenced blocks that a person would type."""
    blocks = [body for language, body in _FENCE.findall(text(path)) if language in ("", "sh", "bash", "console")]
    return [found for body in blocks for line in body.splitlines() for found in _COMMAND.findall(line)]


TYPED = [(path, line) for path in DOCUMENTS for line in typed(path)]


@pytest.mark.parametrize(("path", "line"), TYPED, ids=[f"{name_of(path)}: {line}" for path, line in TYPED])
def test_every_command_line_of_the_documents_parses(path: Path, line: str) -> None:
    parse(shlex.split(line, comments=True))


def test_the_readme_shows_the_way_from_recordings_to_a_page() -> None:
    shown = {line.split()[0] for line in typed(README)}
    assert shown >= {"run", "list", "show", "export", "roles"}


@pytest.mark.parametrize("line", ["walk", "run", "run x --nosuch", "show x --format md", "models", "models eat"])
def test_a_command_line_that_is_none_would_be_found(line: str) -> None:
    with pytest.raises(Exception, match=r"."):
        parse(shlex.split(line))


@pytest.mark.parametrize("name", sorted(command_names()))
def test_every_command_is_named_in_the_documents(name: str) -> None:
    assert any(f"filmroom {name}" in text(path) for path in (README, *CHECKOUT.glob("docs/*.md")))


@pytest.mark.parametrize("name", sorted(command_names()))
def test_every_command_says_what_it_does(name: str) -> None:
    command: Any = get_command(cli.app)
    for part in name.split():
        command = command.commands[part]
    assert (command.help or "").strip()
    for parameter in command.params:
        assert getattr(parameter, "help", None) or parameter.name == "help", f"{name} {parameter.name} has no help"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_relative_link_leads_to_something(path: Path) -> None:
    for target in _LINK.findall(text(path)):
        if not re.match(r"[a-z]+:", target) and not target.startswith("#"):
            assert (path.parent / target.partition("#")[0]).exists(), f"{name_of(path)}: {target}"


def anchors(path: Path) -> set[str]:
    """What a link to a heading of this document may name."""
    headings = re.findall(r"^#+ (.+)$", text(path), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_to_a_heading_leads_to_one(path: Path) -> None:
    for target in _LINK.findall(text(path)):
        file, _, anchor = target.partition("#")
        if anchor and not re.match(r"[a-z]+:", target):
            assert anchor in anchors(path.parent / file if file else path), f"{name_of(path)}: {target}"


def test_links_are_found_at_all() -> None:
    assert {"docs/architecture.md", "docs/configuration.md"} <= set(_LINK.findall(text(README)))


def test_every_guide_can_be_reached_from_the_readme() -> None:
    for path in CHECKOUT.glob("docs/*.md"):
        assert f"docs/{path.name}" in text(README)


def test_the_readme_has_at_most_150_lines() -> None:
    assert len(text(README).splitlines()) <= 150


def test_the_changelog_begins_with_this_version() -> None:
    first = re.search(r"^## (\S+)", text(CHECKOUT / "CHANGELOG.md"), re.MULTILINE)
    assert first is not None
    assert first.group(1) == __version__
    stated = tomllib.loads(text(CHECKOUT / "pyproject.toml"))["project"]["version"]
    assert stated == __version__


def rows(heading: str, document: Path = CONFIGURATION) -> dict[str, list[str]]:
    """The cells of a document's table by its first cell; the table is the first below the heading."""
    part = text(document).split(f"{heading}\n", 1)[1].split("\n#", 1)[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")
    ]
    return {row[0].strip("`"): row[1:] for row in cells[2:]}


TABLES: dict[str, tuple[str, type[Value]]] = {
    "# Settings": ("", Config),
    "## The language model": ("llm", LanguageModel),
    "## Behaviours kept out of drafts": ("withhold", Withholding),
    "## The coaching cycle": ("coaching", Coaching),
    "## The night shift": ("shift", Shift),
    "### A cluster": ("ray", RayCluster),
    "### Where results are kept": ("store", Store),
    "### What a run tells machines": ("operations", Operations),
    "### Limits of decoding": ("decoding", Decoding),
    "## What is taken out of words": ("redact", Redact),
    "## How long calls are kept": ("retention", Retention),
    "## The review room": ("review", ReviewRoom),
}
"""Each heading of the settings' page with a table below it: the table of filmroom.toml, and what that is."""
SETTINGS = [
    (heading, name)
    for heading, (_, kind) in TABLES.items()
    for name in kind.model_fields
    if name not in {*(table for table, _ in TABLES.values()), "oidc", "proxy", "webhooks"}
]


class TestSettings:
    def test_every_setting_is_described_and_nothing_else_is(self) -> None:
        assert {(heading, name) for heading in TABLES for name in rows(heading)} == set(SETTINGS)
        assert all(all(rows(heading)[name]) for heading, name in SETTINGS)

    @pytest.mark.parametrize(("heading", "name"), SETTINGS)
    def test_the_default_is_the_one_in_force(self, heading: str, name: str, tmp_path: Path) -> None:
        default = rows(heading)[name][0]
        table, kind = TABLES[heading]
        if default.startswith("none"):
            assert not getattr(kind(), name)
            return
        head = f"[{table}]\n" if table else ""
        (tmp_path / "filmroom.toml").write_text(f"{head}{name} = {default.strip('`')}\n")
        assert load_config(tmp_path) == Config()

    @pytest.mark.parametrize(("heading", "name"), SETTINGS)
    def test_every_word_that_is_allowed_is_named(self, heading: str, name: str) -> None:
        _, kind = TABLES[heading]
        for word in getattr(kind.model_fields[name].annotation, "__args__", ()):
            if isinstance(word, str):
                assert f'`"{word}"`' in rows(heading)[name][2]

    def test_every_key_of_a_webhook_is_described(self) -> None:
        assert set(rows("## Who is told")) == set(WebhookTarget.model_fields)

    def test_the_readme_s_example_is_valid(self, tmp_path: Path) -> None:
        (example,) = (body for language, body in _FENCE.findall(text(README)) if language == "toml")
        (tmp_path / "filmroom.toml").write_text(example)
        assert load_config(tmp_path) == Config()

    def test_every_variable_of_the_environment_is_described(self) -> None:
        sources = "".join(text(path) for path in [CHECKOUT / "cli.py", *(CHECKOUT / "pipeline").rglob("*.py")])
        assert set(re.findall(r"\bFILMROOM_[A-Z_]+\b", sources)) <= set(rows("## Environment"))

    def test_every_exit_code_is_described(self) -> None:
        codes = {kind.exit_code for kind in TREE} | {0, QUARANTINE_EXIT_CODE, 130, 143}
        assert set(rows("## Exit codes")) == {str(code) for code in codes}

    @pytest.mark.parametrize(
        ("heading", "kind"),
        [("### A provider of sign-ins", OidcProvider), ("### A proxy that knows people", TrustedProxy)],
    )
    def test_the_ways_to_sign_in_have_all_their_settings_described(self, heading: str, kind: type[Value]) -> None:
        fields = {field.alias or name: field for name, field in kind.model_fields.items()}
        assert set(rows(heading)) == set(fields)
        for name, field in fields.items():
            default = rows(heading)[name][0]
            assert field.is_required() == (default == "needed")
            if default.startswith("`"):
                (value,) = tomllib.loads(f"value = {default.strip('`')}").values()
                assert value == (list(field.default) if isinstance(field.default, tuple) else field.default)


class TestTheReviewRoom:
    def test_every_role_is_described_and_no_other_is(self) -> None:
        assert set(rows("## Users and roles", SET_UP)) == set(get_args(UserRole))

    @pytest.mark.parametrize("document", [SET_UP, CHECKOUT / "docs" / "architecture.md"], ids=name_of)
    def test_every_folder_of_records_is_described(self, document: Path, tmp_path: Path) -> None:
        kept = {name for name, value in vars(Workspace(tmp_path)).items() if isinstance(value, Records)}
        folders = {"labelling" if name == "label_tasks" else name for name in kept}
        assert folders >= {"calls", "reviews", "users"}
        assert all(f"{folder}/" in text(document) for folder in folders | {"objects", "audit", "listening", "sessions"})
