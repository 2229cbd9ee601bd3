"""Owns the published ranges that come with Filmroom: a file in which every figure names its source."""

from functools import cache
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from pipeline.domain.base import Value
from pipeline.domain.metrics import MetricName
from pipeline.domain.ranges import PublishedRange, Source
from pipeline.errors import InputError

SHIPPED = Path(__file__).parent / "published_ranges.yaml"


class _Written(Value):
    """The file as it is written: a range names its source by a short name."""

    sources: dict[str, Source]
    ranges: tuple[dict[str, str | float], ...]


@cache
def published_ranges(path: Path = SHIPPED) -> tuple[PublishedRange, ...]:
    """The ranges of a file, in its order. Raises: InputError naming what is off, a range without a source above all."""
    try:
        written = _Written.model_validate(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
        return tuple(
            PublishedRange.model_validate({**r, "source": written.sources.get(str(r.get("source")))})
            for r in written.ranges
        )
    except (OSError, YAMLError, ValidationError) as error:
        raise InputError(
            f"these ranges cannot be used: {error}",
            hint="every range needs measure, low, high, says and the name of a source that is listed in full",
            path=path,
        ) from error


def published_of(name: MetricName) -> tuple[PublishedRange, ...]:
    """What was published of this measure."""
    return tuple(r for r in published_ranges() if r.measure == name)
