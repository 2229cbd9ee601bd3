"""A double of the spotter: our own rules without Presidio, which needs a model."""

from collections.abc import Mapping, Sequence

from pipeline.domain.personal import Kind
from pipeline.stages.redact import Redactor
from pipeline.text.personal import personal_words


class RulesOnly:
    """Marks what the rules find; fulfils `Spotter`."""

    identity = "rules only"

    def marks(self, words: Sequence[str]) -> Mapping[int, Kind]:
        """By rule."""
        return personal_words(words)

    def rules(self, words: Sequence[str]) -> Mapping[int, Kind]:
        """By rule."""
        return personal_words(words)


def rules_redactor() -> Redactor:
    """A redactor that needs no model."""
    return Redactor(RulesOnly())
