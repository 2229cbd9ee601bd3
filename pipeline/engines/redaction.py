"""When words are masked: in all that is kept, before they go to a language model elsewhere, and in exports."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.adapters import weights
from pipeline.adapters.chat_address import is_local, url_of
from pipeline.adapters.presidio import PresidioSpotter
from pipeline.config import Config
from pipeline.domain.assessment import Reading
from pipeline.domain.coaching import Draft
from pipeline.domain.evidence import Evidence
from pipeline.domain.personal import VERSION, Kind
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.ports import Drafter, Progress, Reader, silent
from pipeline.stages.redact import Redactor
from pipeline.stages.redact_result import literals_of, redact_value
from pipeline.store.objects import Work

MODEL = "en-core-web-sm"


@dataclass(frozen=True)
class RedactingReader:
    """A reader elsewhere, which is given masked words only; fulfils `Reader`."""

    reader: Reader
    redactor: Redactor

    @property
    def identity(self) -> str:
        """That of the reader, and what masks the words that it reads."""
        return f"{self.reader.identity} {self.redactor.identity}"

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """What the reader says of the masked words: its quotes are to be verified against these."""
        return self.reader.read(self.redactor.conversation(conversation), rubric, openings, progress=progress)


@dataclass(frozen=True)
class RedactingDrafter:
    """A drafter elsewhere, which is given drafts of masked words only; fulfils `Drafter`."""

    drafter: Drafter
    redactor: Redactor

    @property
    def identity(self) -> str:
        """That of the drafter, and what masks the words that it phrases."""
        return f"{self.drafter.identity} {self.redactor.identity}"

    def phrase(self, draft: Draft, evidence: Evidence) -> Draft:
        """The draft in new words; masks are put wherever there are none yet."""
        before = evidence.conversation
        masked = self.redactor.conversation(before)
        if masked is not before:
            draft = redact_value(draft, self.redactor, literals_of(before, masked))
        return self.drafter.phrase(draft, evidence.model_copy(update={"conversation": masked}))


def redactor_of(reader: Reader, drafter: Drafter | None = None) -> Redactor | None:
    """What masks the words that either of them is given; None where both are on this machine."""
    for each in (reader, drafter):
        if isinstance(each, RedactingReader | RedactingDrafter):
            return each.redactor
    return None


def asked_redactor(config: Config) -> Redactor | None:
    """What masks words before a language model elsewhere is asked; None where none is. Raises: WeightsError."""
    return redactor(config) if config.redact.leaving and asks_elsewhere(config) else None


def stored_redactor(config: Config) -> Redactor | None:
    """What masks words before they are kept; None where they are kept as they were said. Raises: WeightsError."""
    return redactor(config) if config.redact.stored else None


def redaction_models(config: Config) -> tuple[str, ...]:
    """The model that a run needs to mask words, where it masks any."""
    return (MODEL,) if config.redact.stored or (config.redact.leaving and asks_elsewhere(config)) else ()


def export_redactor(config: Config) -> Redactor | None:
    """What masks a file that is to be handed over; None where that is switched off. Raises: WeightsError."""
    return redactor(config) if config.redact.leaving else None


def export_models(config: Config) -> tuple[str, ...]:
    """The model that is needed to hand over a file, where its words are masked."""
    return (MODEL,) if config.redact.leaving else ()


def redactor(config: Config) -> Redactor:
    """The redactor of these settings, one for a whole process. Raises: WeightsError naming the command to run."""
    return _loaded(config.models or weights.default_cache(), config.redact.kinds)


def asks_elsewhere(config: Config) -> bool:
    """Whether a language model is asked at an address that is not this machine's."""
    return config.asks_language_model and not is_local(url_of(config.llm))


def keyed(work: Work, redactor: Redactor | None) -> Work:
    """The work as it is on words that this redactor masked: another than on the words as they were said."""
    if redactor is None:
        return work
    named = (*work.parameters, ("redact", redactor.identity))
    return work.model_copy(update={"redaction": VERSION, "parameters": named})


@lru_cache(maxsize=4)
def _loaded(models: Path, kinds: tuple[Kind, ...]) -> Redactor:
    return Redactor(PresidioSpotter(weights.require(MODEL, models), name=weights.label(MODEL), kinds=kinds))
