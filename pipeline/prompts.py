"""Owns prompt files: loading, checking and filling them. No prompt's text stands in Python."""

import hashlib
import re
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from pipeline.domain.base import Value
from pipeline.domain.rubric import Identifier
from pipeline.errors import InputError, UsageError

SHIPPED = Path(__file__).resolve().parent.parent / "prompts"
"""The folder of the prompts that come with Filmroom."""

_FRONT = re.compile(r"\A---\n(?P<front>.*?\n)---\n(?P<body>.*)\Z", re.DOTALL)
_VARIABLE = re.compile(r"\{\{ *([a-z][a-z0-9_]*) *\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
_SHAPE = (
    "a prompt starts with `---`, then id, version, variables and output, then `---`, then the text with {{variables}}"
)


class Prompt(Value):
    """A text with places for variables, written {{name}}; it names each of them and uses each that it names.

    `output` is the name of the answer's type, where the prompt asks for JSON of one.
    """

    id: Identifier
    version: int = Field(ge=1)
    variables: tuple[Identifier, ...] = ()
    output: Identifier | None = None
    text: str = Field(min_length=1)

    @model_validator(mode="after")
    def _names_what_it_uses(self) -> Self:
        used, named = set(_VARIABLE.findall(self.text)), set(self.variables)
        problems = [f"uses {name} without naming it" for name in sorted(used - named)]
        problems += [f"names {name} without using it" for name in sorted(named - used)]
        if _BRACES.search(_VARIABLE.sub("", self.text)):
            problems.append("has braces that are no variable")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @cached_property
    def sha256(self) -> str:
        """The hash of the text as it is sent, with its variables still in place."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def identity(self) -> str:
        """Id, version and hash: a text that was changed without a new version is another prompt all the same."""
        return f"{self.id}@{self.version}:{self.sha256[:12]}"

    def render(self, **values: str) -> str:
        """The text with its variables filled in, all at once: a value that looks like a variable stays as it is.

        Raises: UsageError that names every variable that is missing or not known.
        """
        missing, unknown = sorted(set(self.variables) - set(values)), sorted(set(values) - set(self.variables))
        if missing or unknown:
            problems = [f"missing: {', '.join(missing)}"] * bool(missing) + [f"unknown: {', '.join(unknown)}"] * bool(
                unknown
            )
            hint = f"it takes {', '.join(self.variables) or 'no variables'}"
            raise UsageError(f"prompt {self.id}: {'; '.join(problems)}", hint=hint)
        return _VARIABLE.sub(lambda match: values[match.group(1)], self.text)


def load_prompt(path: Path) -> Prompt:
    """The prompt of a file: front matter, then the text without the blank lines around it.

    Raises: InputError.
    """
    try:
        match = _FRONT.match(path.read_text(encoding="utf-8").replace("\r\n", "\n"))
        if match is None:
            raise InputError("has no front matter", hint=_SHAPE, path=path, line=1)
        front = YAML(typ="safe").load(match["front"])
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", hint="check the path", path=path) from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"front matter is not YAML: {error}", hint=_SHAPE, path=path) from error
    if not isinstance(front, dict):
        raise InputError("front matter must be a mapping", hint=_SHAPE, path=path, line=2)
    try:
        return Prompt.model_validate({**front, "text": match["body"].strip()})
    except ValidationError as error:
        problems = "; ".join(_told(details["loc"], details["msg"]) for details in error.errors())
        raise InputError(problems, hint=_SHAPE, path=path) from None


def _told(location: tuple[int | str, ...], message: str) -> str:
    return ": ".join([*(str(part) for part in location[:1]), message.removeprefix("Value error, ")])


def shipped_prompt(name: str) -> Prompt:
    """The prompt of this name that comes with Filmroom. Raises: InputError."""
    return load_prompt(SHIPPED / f"{name}.md")
