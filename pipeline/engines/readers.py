"""The reader that a configuration names, loaded when it is first needed."""

from pathlib import Path

from pipeline.adapters import weights
from pipeline.config import Config
from pipeline.engines.lazy import LazyReader
from pipeline.errors import UsageError


def make_reader(config: Config, models: Path) -> LazyReader:
    """The reader of the configuration. Raises: UsageError for one that this version does not have."""
    if config.reader == "similarity":
        return _similarity(models)
    raise UsageError(
        f"the reader {config.reader} is not part of this version", hint="use --reader similarity"
    )


def _similarity(models: Path) -> LazyReader:
    from pipeline.adapters.embedding import MiniLmEmbedder
    from pipeline.adapters.similarity import SimilarityReader

    return LazyReader(
        f"similarity {weights.label('minilm')}",
        lambda: SimilarityReader(MiniLmEmbedder(weights.require("minilm", models))),
    )
