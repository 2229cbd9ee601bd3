"""Owns which behaviours of a discovery call stand beside which of a closing call: a file, and equal ids."""

from functools import cache
from pathlib import Path

from pydantic import ValidationError

from pipeline.domain.base import Value
from pipeline.domain.rubric import Identifier
from pipeline.errors import RubricError
from pipeline.yaml_files import Kind, read_yaml

SHIPPED_LINKS = Path(__file__).resolve().parent.parent.parent / "rubrics" / "deals" / "closing.yaml"
"""The links between the shipped closing and discovery rubrics."""


class DealLinks(Value):
    """Behaviours of the rubric `closing`, each with those of the rubric `earlier` to look at beside it."""

    closing: Identifier
    earlier: Identifier
    beside: dict[Identifier, tuple[Identifier, ...]]

    def of(self, behaviour: str, *, closing: str, earlier: str) -> tuple[str, ...]:
        """The behaviours of the rubric `earlier` beside this one of the rubric `closing`: that of the same id first.

        Of rubrics that the file is not about, only that of the same id.
        """
        named = self.beside.get(behaviour, ()) if (closing, earlier) == (self.closing, self.earlier) else ()
        return tuple(dict.fromkeys((behaviour, *named)))


_KIND = Kind(
    name="file of links",
    fields=tuple(DealLinks.model_fields),
    begins="closing, earlier",
    guide="compare with rubrics/deals/closing.yaml",
    otherwise="name each field once",
    most_bytes=100_000,
)


def load_links(path: Path) -> DealLinks:
    """The links that a file states. Raises: RubricError."""
    document = read_yaml(path, _KIND)
    try:
        return DealLinks.model_validate(
            {key: dict(value) if isinstance(value, dict) else value for key, value in document.items()}
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RubricError(f"{place}: {first['msg']}", hint=_KIND.guide, path=path) from error


@cache
def shipped_links() -> DealLinks:
    """The links that come with Filmroom, read once. Raises: RubricError."""
    return load_links(SHIPPED_LINKS)
