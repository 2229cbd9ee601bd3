"""Owns how right words are: errors of one text (WER), of each speaker's (cpWER), and with times beside them (tcpWER).

Error rates keep their counts. They add, so that several recordings are scored together; they are never averaged, and
there is none for an empty reference. Unless told otherwise words are compared as the Whisper normaliser for English
writes them: lower case, no punctuation, numbers in digits, American spelling, contractions resolved.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Protocol

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.errors import InputError

if TYPE_CHECKING:
    from meeteval.io.seglst import SegLST

Utterance = tuple[str, float, float, str]
"""Speaker, start, end (seconds) and words: a line of an STM file."""
Normaliser = Callable[[str], str]
MOST_SPEAKERS = 20
"""On a side: matching more takes for ever, and meeteval refuses it."""


class WordErrors(Value):
    """Counts of a word alignment with the fewest errors; `n_reference` counts words after normalising.

    Counts of WER, of cpWER and of tcpWER must not be added to each other.
    """

    substitutions: int = Field(default=0, ge=0)
    deletions: int = Field(default=0, ge=0)
    insertions: int = Field(default=0, ge=0)
    n_reference: int = Field(default=0, ge=0)

    def __add__(self, other: "WordErrors") -> "WordErrors":
        return WordErrors(
            substitutions=self.substitutions + other.substitutions,
            deletions=self.deletions + other.deletions,
            insertions=self.insertions + other.insertions,
            n_reference=self.n_reference + other.n_reference,
        )

    @property
    def errors(self) -> int:
        """Substitutions, deletions and insertions together."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float | None:
        """Errors over reference words: 0 or more, above 1 where much is inserted; absent for an empty reference."""
        return self.errors / self.n_reference if self.n_reference else None


def normalised(text: str) -> str:
    """The text as the Whisper normaliser for English writes it: words separated by single spaces."""
    return _whisper()(text).strip()


def verbatim(text: str) -> str:
    """The text as it stands, words separated by single spaces: how other scorers' own figures were obtained."""
    return " ".join(text.split())


@cache
def _whisper() -> Normaliser:
    from whisper_normalizer.english import EnglishTextNormalizer

    normaliser: Normaliser = EnglishTextNormalizer()
    return normaliser


def word_errors(reference: str, hypothesis: str, *, normaliser: Normaliser = normalised) -> WordErrors:
    """The errors of a hypothesis by the fewest edits of whole words (jiwer), both texts normalised first."""
    from jiwer import process_words

    found = process_words(normaliser(reference), normaliser(hypothesis))
    return WordErrors(
        substitutions=found.substitutions,
        deletions=found.deletions,
        insertions=found.insertions,
        n_reference=found.hits + found.substitutions + found.deletions,
    )


def speaker_word_errors(
    reference: Mapping[str, str], hypothesis: Mapping[str, str], *, normaliser: Normaliser = normalised
) -> WordErrors:
    """The errors behind cpWER: all words of each speaker in order, speakers matched so that errors are fewest.

    A speaker without a match counts with all their words, as deletions or insertions. So a word that is right but
    given to the wrong speaker counts twice (meeteval; Watanabe et al. 2020, CHiME-6).

    Raises: InputError for more than 20 speakers on a side.
    """
    from meeteval.wer.wer.cp import cp_word_error_rate

    _few(reference, hypothesis)

    said, heard = ({label: normaliser(text) for label, text in side.items()} for side in (reference, hypothesis))
    if not any(said.values()):
        return WordErrors(insertions=sum(len(text.split()) for text in heard.values()))
    return _counted(cp_word_error_rate(said, heard, reference_sort=False, hypothesis_sort=False))


def timed_word_errors(
    reference: Iterable[Utterance],
    hypothesis: Iterable[Utterance],
    *,
    collar: float = 5.0,
    normaliser: Normaliser = normalised,
) -> WordErrors:
    """The errors behind tcpWER: as cpWER, but words match only where their times do, to within `collar` seconds.

    Times of words are estimated by their letters within an utterance, the hypothesis's as points (meeteval's way; von
    Neumann et al. 2023, MeetEval). So a text that is right at the wrong time is wrong.

    Raises: InputError for a time below 0 or not a number, an end before its start, a collar below 0, and more than 20
    speakers on a side.
    """
    from meeteval.wer.wer.time_constrained import time_constrained_minimum_permutation_word_error_rate

    if not collar >= 0:
        raise InputError(f"a collar of {collar} s", hint="give seconds, 0 or more")
    said, heard = (_sound(side, normaliser) for side in (reference, hypothesis))
    _few(*({utterance[0] for utterance in side} for side in (said, heard)))
    if not said:
        return WordErrors(insertions=sum(len(words.split()) for _, _, _, words in heard))
    return _counted(
        time_constrained_minimum_permutation_word_error_rate(_segments(said), _segments(heard), collar=collar)
    )


def _few(*sides: Collection[str]) -> None:
    most = max(len(side) for side in sides)
    if most > MOST_SPEAKERS:
        raise InputError(f"{most} speakers in one call", hint=f"score at most {MOST_SPEAKERS} on a side")


class _MeetevalRate(Protocol):
    substitutions: int
    deletions: int
    insertions: int
    length: int


def _counted(found: _MeetevalRate) -> WordErrors:
    return WordErrors(
        substitutions=found.substitutions,
        deletions=found.deletions,
        insertions=found.insertions,
        n_reference=found.length,
    )


def _sound(side: Iterable[Utterance], normaliser: Normaliser) -> list[Utterance]:
    """The utterances that have words after normalising. Raises: InputError for times that cannot be."""
    found = []
    for speaker, start, end, words in side:
        if not (0 <= start <= end and math.isfinite(end)):
            raise InputError(
                f"{speaker} speaks from {start} to {end} s: {words[:40]!r}", hint="seconds of start, then of end"
            )
        if text := normaliser(words):
            found.append((speaker, start, end, text))
    return found


def _segments(side: Iterable[Utterance]) -> "SegLST":
    from meeteval.io.seglst import SegLST

    return SegLST(
        [
            {"session_id": "call", "speaker": speaker, "start_time": start, "end_time": end, "words": words}
            for speaker, start, end, words in side
        ]
    )
