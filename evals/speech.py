"""Owns what else can be wrong in a heard call: who has which role, words nobody said, and when words were said.

The errors of words are counted in `evals.words`, those of speakers in `evals.diarization`.
"""

from collections.abc import Iterable, Sequence

from pydantic import Field

from evals.words import Utterance
from pipeline.domain.base import Value
from pipeline.domain.recording import Role
from pipeline.domain.span import Span, shared, total, union
from pipeline.domain.speech import Conversation, SpeakerSegment, Word
from pipeline.errors import InputError

SIDES: tuple[Role, Role] = ("rep", "customer")
SILENCE_EDGE_S = 0.5
"""Times of the first and last word beside a pause are often so much wrong: only deeper inside is a word invented."""


class RoleErrors(Value):
    """Seconds or words of rep and customer: given the right role, a wrong one, or none. They add; their unit is one."""

    right: float = Field(default=0, ge=0)
    wrong: float = Field(default=0, ge=0)
    unknown: float = Field(default=0, ge=0)

    def __add__(self, other: "RoleErrors") -> "RoleErrors":
        return RoleErrors(
            right=self.right + other.right, wrong=self.wrong + other.wrong, unknown=self.unknown + other.unknown
        )

    @property
    def all(self) -> float:
        """Everything that was judged."""
        return self.right + self.wrong + self.unknown

    @property
    def accuracy(self) -> float | None:
        """The share with the right role, 0 to 1, no role being none; absent where nothing was judged."""
        return self.right / self.all if self.all else None


class InventedWords(Value):
    """Words heard where nobody speaks. `doubtful` ones are marked as such by us and enter no count, `invented` do.

    `n_words` are all words that are not marked, wherever they lie. Counts add.
    """

    invented: int = Field(default=0, ge=0)
    doubtful: int = Field(default=0, ge=0)
    n_words: int = Field(default=0, ge=0)
    silence_s: float = Field(default=0, ge=0)

    def __add__(self, other: "InventedWords") -> "InventedWords":
        return InventedWords(
            invented=self.invented + other.invented,
            doubtful=self.doubtful + other.doubtful,
            n_words=self.n_words + other.n_words,
            silence_s=self.silence_s + other.silence_s,
        )

    @property
    def share(self) -> float | None:
        """Invented words over all words, 0 to 1; absent without words."""
        return self.invented / self.n_words if self.n_words else None


def role_seconds(reference: Iterable[SpeakerSegment], hypothesis: Iterable[SpeakerSegment]) -> RoleErrors:
    """The seconds of each side in which somebody was heard, by the role that was heard; labels are roles on both sides.

    What nobody was heard in is missed speech and DER's matter. Where both sides are heard at once, each is right.
    """
    said, heard = _by_label(reference), _by_label(hypothesis)
    everyone = union(span for spans in heard.values() for span in spans)
    placed = union(span for role in SIDES for span in heard.get(role, []))
    found = RoleErrors()
    for role in SIDES:
        own = said.get(role, [])
        right, known, all_of = (total(shared(own, spans)) for spans in (heard.get(role, []), placed, everyone))
        found += RoleErrors(right=right, wrong=round(known - right, 3), unknown=round(all_of - known, 3))
    return found


def role_words(reference: Conversation, hypothesis: Conversation) -> RoleErrors:
    """The words of each side's turns, by the role that the same turn has in the hypothesis.

    Raises: InputError where the hypothesis has other turns.
    """
    if [turn.id for turn in reference.turns] != [turn.id for turn in hypothesis.turns]:
        raise InputError(f"other turns than {reference.call} has", hint="compare roles on the same transcript")
    found = RoleErrors()
    for said, heard in zip(reference.turns, hypothesis.turns, strict=True):
        if said.role in SIDES:
            unknown = heard.role not in SIDES
            field = "unknown" if unknown else "right" if heard.role == said.role else "wrong"
            found += RoleErrors.model_validate({field: len(said.words)})
    return found


def invented_words(words: Iterable[Word], silences: Sequence[Span], *, edge: float = SILENCE_EDGE_S) -> InventedWords:
    """The words whose middle lies in a silence, more than `edge` seconds from either end; words without times do not.

    The edges of the whole recording are given as part of the silence: a silence to the end is to be that much longer.
    """
    deep = [Span(start=s.start + edge, end=s.end - edge) for s in silences if s.duration > 2 * edge]
    found = {True: 0, False: 0}
    n_words = 0
    for word in words:
        n_words += word.unreliable is None
        if word.span is not None and any(s.start <= word.span.middle < s.end for s in deep):
            found[word.unreliable is None] += 1
    return InventedWords(
        invented=found[True], doubtful=found[False], n_words=n_words, silence_s=total(silences) if silences else 0.0
    )


def start_errors(reference: Sequence[Utterance], hypothesis: Sequence[Word]) -> tuple[tuple[float, float], ...]:
    """For the first word of each utterance that was heard: when it starts, and by how many seconds it was heard later.

    Words are aligned in order of time, as they are written but for case and punctuation, with the fewest errors; an
    utterance whose first word was not heard, or has no time, is left out. A start heard too early is below 0.
    """
    from jiwer import process_words

    ordered = sorted(reference, key=lambda utterance: (utterance[1], utterance[2]))
    said: list[tuple[str, float | None]] = []
    for _, start, _, text in ordered:
        words = [key for word in text.split() if (key := _key(word))]
        said += [(word, start if number == 0 else None) for number, word in enumerate(words)]
    heard = [(key, word.span) for word in hypothesis if (key := _key(word.text))]
    if not said or not heard:
        return ()
    aligned = process_words(" ".join(key for key, _ in said), " ".join(key for key, _ in heard)).alignments[0]
    found = []
    for chunk in aligned:
        if chunk.type == "equal":
            for ours, theirs in zip(
                range(chunk.ref_start_idx, chunk.ref_end_idx),
                range(chunk.hyp_start_idx, chunk.hyp_end_idx),
                strict=True,
            ):
                began, span = said[ours][1], heard[theirs][1]
                if began is not None and span is not None:
                    found.append((began, round(span.start - began, 3)))
    return tuple(found)


def _key(word: str) -> str:
    return "".join(letter for letter in word.lower() if letter.isalnum())


def _by_label(segments: Iterable[SpeakerSegment]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for segment in segments:
        found.setdefault(segment.speaker, []).append(segment.span)
    return found
