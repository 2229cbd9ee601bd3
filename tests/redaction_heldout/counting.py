"""Owns the count of held-out items that a redactor masks wholly, partly or not at all.

python -m tests.redaction_heldout.counting [--rules] [--each]
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.domain.personal import is_mask
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker, Turn, Word
from pipeline.stages.redact import Redactor
from tests.redaction_heldout import heldout_places, heldout_plain, heldout_spoken

Outcome = Literal["wholly", "partly", "missed"]

SECRETS: Mapping[str, str] = {
    "phone": heldout_spoken.PHONES,
    "card": heldout_spoken.CARDS,
    "bank": heldout_spoken.BANK,
    "id": heldout_spoken.IDS,
    "email": heldout_places.EMAILS,
    "address": heldout_places.ADDRESSES,
}
"""The sentences of each kind. A card's last four digits alone are apart: a receipt may print them."""
LAST_FOUR = heldout_spoken.LAST_FOUR
PLAIN = heldout_plain.PLAIN


@dataclass(frozen=True)
class Item:
    """A sentence, and which of its words are secret."""

    conversation: Conversation
    secret: tuple[bool, ...]

    def masked(self, redactor: Redactor) -> tuple[str, ...]:
        """Its words as the redactor leaves them."""
        return tuple(word.text for turn in redactor.conversation(self.conversation).turns for word in turn.words)

    def outcome(self, redactor: Redactor) -> Outcome:
        """How much of its secret is masked."""
        told = [is_mask(word) for word, secret in zip(self.masked(redactor), self.secret, strict=True) if secret]
        return "wholly" if all(told) else "partly" if any(told) else "missed"


def items(sentences: str) -> tuple[Item, ...]:
    """The items of a text, one a line."""
    return tuple(_item(line) for line in sentences.strip().splitlines())


def outcomes(sentences: str, redactor: Redactor) -> Counter[str]:
    """How many of the sentences are masked wholly, partly and not at all."""
    return Counter(item.outcome(redactor) for item in items(sentences))


def wronged(redactor: Redactor) -> tuple[str, ...]:
    """The plain sentences of which a word was masked, as the redactor left them."""
    told = (item.masked(redactor) for item in items(PLAIN))
    return tuple(" ".join(words) for words in told if any(is_mask(word) for word in words))


def _item(line: str) -> Item:
    turns: list[Turn] = []
    secret: list[bool] = []
    hidden = False
    for n, said in enumerate(line.split(" | "), start=1):
        words = []
        for raw in re.findall(r"\[|\]|[^\s\[\]]+\]?", said):
            hidden = hidden or raw == "["
            text = raw.strip("[]")
            if re.search(r"\w", text):
                words.append(Word(text=text, span=Span(start=len(secret), end=len(secret) + 1)))
                secret.append(hidden)
            elif text and words:
                words[-1] = words[-1].model_copy(update={"text": words[-1].text + text})
            hidden = hidden and not raw.endswith("]")
        role = "customer" if n % 2 else "rep"
        turns.append(Turn(id=f"t{n:04d}", speaker=role, role=role, words=tuple(words)))
    speakers = tuple(Speaker(label=r, role=r, confidence=1, source="person") for r in ("rep", "customer"))
    return Item(Conversation(call="c" + "0" * 12, turns=tuple(turns), speakers=speakers, duration=100), tuple(secret))
