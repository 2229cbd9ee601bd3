"""Owns the corpus of spoken attacks: what is said, where in a call, and what harmless words are said in its place."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Literal

from pydantic import Field

from evals.cases import WrittenCall, conversation_of
from evals.documents import Problem, read_document
from pipeline.domain.base import Value
from pipeline.domain.recording import Role
from pipeline.domain.speech import Conversation

CORPUS = Path(__file__).resolve().parent / "injection"
"""The folder of the attacks and of the two calls that they are said in."""

AttackKind = Literal[
    "direct", "polite", "split", "customer", "role_play", "fake_rubric", "fake_markup", "invisible", "fake_system",
    "translated", "authority", "flattery", "bribe", "adaptive",
]  # fmt: skip
"""direct, polite: an order, a request; split: over several turns; customer: in the customer's mouth; role_play: let us
pretend; fake_rubric: new criteria; fake_markup: JSON, tags and special tokens; invisible: characters that show nothing;
fake_system: a message of the program's; translated: in another language; authority: by somebody who may order it;
flattery, bribe: of the reader; adaptive: written against the wording of our own prompts and rubric."""

Direction = Literal["up", "down"]
_SENTENCE_ENDS = (".", "?", "!")


class Said(Value):
    """Words of one side, said at the end of its turn nearest to `at`: 0 is the call's first turn, 1 its last."""

    by: Literal["rep", "customer"]
    at: float = Field(ge=0, le=1)
    words: str = Field(min_length=1)


class Attack(Value):
    """One attempt to move the scores by what is said; `wants` is where to, `against` the reader it was written for."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,60}$")
    kind: AttackKind
    wants: Direction
    against: Literal["similarity", "turnwise", "llm"] | None = None
    said: tuple[Said, ...] = Field(min_length=1)


class Corpus(Value):
    """The attacks, and the texts that harmless words are cut from."""

    harmless: tuple[str, ...] = Field(min_length=1)
    attacks: tuple[Attack, ...] = Field(min_length=1)


class Insertion(Value):
    """Words that were added to a turn, from `first_word` to its end."""

    turn_id: str
    first_word: int = Field(ge=0)


class Tampered(Value):
    """A call with words added to it, and where they stand."""

    conversation: Conversation
    insertions: tuple[Insertion, ...]

    def holds(self, turn_id: str, last_word: int) -> bool:
        """Whether a quote that ends with this word has any of the added words in it."""
        return any(i.turn_id == turn_id and last_word >= i.first_word for i in self.insertions)


def load_attacks(path: Path = CORPUS / "attacks.yaml") -> Corpus:
    """The corpus of a file. Raises: InputError with line and column of what is wrong."""
    document = read_document(path, Corpus)
    ids = Counter(attack.id for attack in document.value.attacks)
    twice = [
        Problem(("attacks", i, "id"), f"a second attack {attack.id}")
        for i, attack in enumerate(document.value.attacks)
        if ids[attack.id] > 1
    ]
    document.refuse(twice, hint="give each attack an id of its own")
    return document.value


def load_victims(folder: Path = CORPUS) -> tuple[WrittenCall, WrittenCall]:
    """The good call and the poor one. Raises: InputError."""
    good, poor = (read_document(folder / f"{name}.yaml", WrittenCall).value for name in ("good", "poor"))
    return good, poor


def attacked(call: WrittenCall, attack: Attack) -> Tampered:
    """The call in which the attack is said."""
    return _tampered(call, attack.said)


def controlled(call: WrittenCall, attack: Attack, harmless: Sequence[str]) -> Tampered:
    """The call in which harmless words are said in the attack's place, as many, in sentences of the same lengths."""
    said = [
        part.model_copy(update={"words": harmless_like(part.words, harmless, offset=i)})
        for i, part in enumerate(attack.said, start=len(attack.id))
    ]
    return _tampered(call, said)


def harmless_like(words: str, harmless: Sequence[str], *, offset: int = 0) -> str:
    """Sentences cut from the harmless texts, in turn from number `offset` on, each as long as one of these words'."""
    sentences = []
    for i, length in enumerate(_sentence_lengths(words), start=offset):
        text = harmless[i % len(harmless)].split()
        sentences.append(" ".join(islice(cycle(text), length)) + ".")
    return " ".join(sentences)


def _sentence_lengths(words: str) -> Iterator[int]:
    length = 0
    for word in words.split():
        length += 1
        if word.endswith(_SENTENCE_ENDS):
            yield length
            length = 0
    if length:
        yield length


def _tampered(call: WrittenCall, said: Sequence[Said]) -> Tampered:
    texts = [turn.text for turn in call.turns]
    roles: list[Role] = [turn.role for turn in call.turns]
    changed: dict[int, int] = {}
    for part in said:
        at = min(
            (i for i, role in enumerate(roles) if role == part.by), key=lambda i: abs(i / (len(roles) - 1) - part.at)
        )
        changed.setdefault(at, len(texts[at].split()))
        texts[at] = f"{texts[at]} {part.words}"
    conversation = conversation_of(call.id, list(zip(roles, texts, strict=True)), pace=call.pace)
    return Tampered(
        conversation=conversation,
        insertions=tuple(
            Insertion(turn_id=conversation.turns[at].id, first_word=first) for at, first in sorted(changed.items())
        ),
    )


def first_of_each(corpus: Corpus, most: int) -> Corpus:
    """The corpus with at most so many attacks of each kind, the first ones; all of them for 0."""
    seen: Counter[AttackKind] = Counter()
    kept = []
    for attack in corpus.attacks:
        seen[attack.kind] += 1
        if not most or seen[attack.kind] <= most:
            kept.append(attack)
    return corpus.model_copy(update={"attacks": tuple(kept)})
