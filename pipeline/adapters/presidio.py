"""Personal data in words, found by Presidio and spaCy beside our own rules; nothing is fetched from any network."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.adapters.torchaudio_compat import import_torchaudio
from pipeline.domain.personal import VERSION, Kind, is_mask
from pipeline.log import get_logger
from pipeline.text.personal import Marks, normal_form, personal_words

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer

_log = get_logger(__name__)

_ENTITIES: dict[str, Kind] = {
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "account",
    "US_BANK_NUMBER": "account",
    "US_SSN": "id",
    "US_ITIN": "id",
    "US_PASSPORT": "id",
    "UK_NINO": "id",
    "PERSON": "name",
}
_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "IE", "AU", "IN", "BR", "CA")
_LEAST_SCORE = 0.45
"""Presidio's own for a number in the form of a phone number is 0.4; with a word near it that says so, more."""
_LEAST_PHONE_DIGITS = 7
_CHUNK, _OVERLAP = 300, 40
_LANGUAGE = "en"


class PresidioSpotter:
    """Finds personal words; the models are loaded at the first, once for all threads. Fulfils `Spotter`."""

    def __init__(self, folder: Path, *, name: str, kinds: Sequence[Kind]) -> None:
        self._folder = folder
        self._name = name
        self._kinds = tuple(sorted(set(kinds)))
        self._lock = threading.Lock()
        self._analyzer: AnalyzerEngine | None = None

    @property
    def identity(self) -> str:
        """Rules, model and kinds: part of the work key of everything that rests on masked words."""
        return f"redact@{VERSION} {self._name} {','.join(self._kinds)}"

    def marks(self, words: Sequence[str]) -> Marks:
        """The kind of each personal word by its index, of the kinds that are looked for; masks are never marked."""
        found = self._by_presidio(words) | personal_words(words)
        return {i: kind for i, kind in found.items() if kind in self._kinds and not is_mask(words[i])}

    def rules(self, words: Sequence[str]) -> Marks:
        """As `marks`, by our own rules alone: for words that `marks` has seen in another order."""
        found = personal_words(words)
        return {i: kind for i, kind in found.items() if kind in self._kinds and not is_mask(words[i])}

    def _by_presidio(self, words: Sequence[str]) -> Marks:
        found: Marks = {}
        wanted = [entity for entity, kind in _ENTITIES.items() if kind in self._kinds]
        if not wanted:
            return found
        with self._lock:
            analyzer = self._analyzer = self._analyzer or _analyzer(self._folder, wanted)
            for start, chunk in _chunks(words):
                form = normal_form(chunk)
                for result in analyzer.analyze(form.text, _LANGUAGE, entities=wanted, score_threshold=_LEAST_SCORE):
                    said = form.text[result.start : result.end]
                    kind = _ENTITIES[result.entity_type]
                    if kind == "name" or _is_plausible(said):
                        found.update({start + word: kind for word in form.words_of(result.start, result.end)})
        return found


def _is_plausible(said: str) -> bool:
    """Not a few numbers that happen to stand together as a phone number's parts do: sums of money, years, counts."""
    return "@" in said or (
        sum(c.isdigit() for c in said) >= _LEAST_PHONE_DIGITS and not any(c in said for c in "$€£%,")
    )


def _chunks(words: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    step = _CHUNK - _OVERLAP
    for start in range(0, max(1, len(words) - _OVERLAP), step):
        if words[start : start + _CHUNK]:
            yield start, words[start : start + _CHUNK]


def _analyzer(folder: Path, wanted: Sequence[str]) -> "AnalyzerEngine":
    """Presidio over the model in this folder, with recognizers named one by one: none of them asks a network."""
    import_torchaudio()
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    entities = NerModelConfiguration(labels_to_ignore=["ORG", "GPE", "DATE", "MONEY", "CARDINAL"])
    engine = SpacyNlpEngine(
        models=[{"lang_code": _LANGUAGE, "model_name": str(folder)}], ner_model_configuration=entities
    )
    without = [] if "PERSON" in wanted else ["ner"]
    engine.nlp = {_LANGUAGE: spacy.load(folder, exclude=["parser", *without])}  # type: ignore[assignment]
    recognizers = [r for r in _recognizers() if set(r.supported_entities) & set(wanted)]
    registry = RecognizerRegistry(recognizers=recognizers, supported_languages=[_LANGUAGE])
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[_LANGUAGE])


def _recognizers() -> "list[EntityRecognizer]":
    from presidio_analyzer.predefined_recognizers import (
        CreditCardRecognizer,
        EmailRecognizer,
        IbanRecognizer,
        PhoneRecognizer,
        SpacyRecognizer,
        UkNinoRecognizer,
        UsBankRecognizer,
        UsItinRecognizer,
        UsPassportRecognizer,
        UsSsnRecognizer,
    )
    from tldextract import TLDExtract

    domains = TLDExtract(cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True)

    class OfflineEmails(EmailRecognizer):
        """Presidio's own would fetch the list of public suffixes at its first address."""

        def validate_result(self, pattern_text: str) -> bool:
            """Whether the address ends in a domain that can be."""
            return bool(domains(pattern_text).fqdn) or pattern_text.lower().endswith((".example", ".test"))

    return [
        OfflineEmails(),
        CreditCardRecognizer(),
        IbanRecognizer(),
        PhoneRecognizer(supported_regions=_REGIONS, leniency=1),
        UkNinoRecognizer(),
        UsBankRecognizer(),
        UsItinRecognizer(),
        UsPassportRecognizer(),
        UsSsnRecognizer(),
        SpacyRecognizer(supported_entities=["PERSON"]),
    ]
