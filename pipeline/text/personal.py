"""Which of a stretch of words are personal by our own rules, and the same words written for a pattern to find."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.text.births import Marks
from pipeline.text.number_runs import runs
from pipeline.text.personal_numbers import personal_numbers
from pipeline.text.spelled import spelled_marks
from pipeline.text.spoken_addresses import web_marks
from pipeline.text.spoken_streets import street_marks

__all__ = ["Marks", "NormalForm", "normal_form", "personal_words"]


def personal_words(words: Sequence[str]) -> Marks:
    """The kind of every word that is personal by rule, by its index.

    Where two rules mark a word the more specific one names it: an address over a number, an e-mail over all.
    """
    return {**personal_numbers(words), **spelled_marks(words), **street_marks(words), **web_marks(words)}


@dataclass(frozen=True)
class NormalForm:
    """Words in which numbers that were said stand as digits; `owners` has the word of each character of `text`."""

    text: str
    owners: tuple[int, ...]

    def words_of(self, start: int, end: int) -> tuple[int, ...]:
        """The words that these characters, `end` not included, are of."""
        return tuple(dict.fromkeys(self.owners[start:end]))


def normal_form(words: Sequence[str]) -> NormalForm:
    """The words with every number that was said in pieces joined to digits, as patterns expect it."""
    joined: dict[int, str] = {}
    skipped: set[int] = set()
    for run in runs(words):
        if len(run.numbers) > 1 and any(n.single for n in run.numbers) and len(run.digits) > 2:
            joined[run.first] = run.digits
            skipped.update(range(run.first + 1, run.last + 1))
    text: list[str] = []
    owners: list[int] = []
    lasts = {run.first: run.last for run in runs(words)}
    for index, word in enumerate(words):
        if index in skipped:
            continue
        piece = joined.get(index, word)
        text.append(piece)
        span = lasts[index] - index + 1 if index in joined else 1
        owners += [index + min(span - 1, i * span // len(piece)) for i in range(len(piece))]
        text.append(" ")
        owners.append(index + span - 1 if index in joined else index)
    return NormalForm("".join(text)[:-1], tuple(owners[:-1]))
