"""Owns the count of held-out items that a redactor masks wholly, partly or not at all.

    python -m tests.redaction_heldout.counting [--rules] [--each]
"""

import argparse
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from benchmarks.redaction import wilson
from pipeline.config import Config
from pipeline.domain.personal import is_mask
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker, Turn, Word
from pipeline.engines.redaction import redactor
from pipeline.stages.redact import Redactor
from tests.redacting import rules_redactor
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
    turns, secret, hidden = [], [], False
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


def _row(kind: str, found: Counter[str]) -> str:
    low, high = wilson(found["wholly"], found.total())
    return (
        f"| {kind} | {found.total()} | {found['wholly']} | {found['partly']} | {found['missed']} "
        f"| {found['wholly'] / found.total():.2f} | {low:.2f} to {high:.2f} |"
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", action="store_true", help="the rules without the model")
    parser.add_argument("--each", action="store_true", help="what is not masked wholly, and what is wrongly")
    given = parser.parse_args()
    masks = rules_redactor() if given.rules else redactor(Config())
    print("| kind | items | wholly | partly | missed | recall | 95% interval |\n| --- | --- | --- | --- | --- | --- | --- |")
    total: Counter[str] = Counter()
    for kind, sentences in SECRETS.items():
        found = outcomes(sentences, masks)
        total += found
        print(_row(kind, found))
    print(_row("all", total))
    print(_row("a card's last four alone (not in the sum)", outcomes(LAST_FOUR, masks)))
    wrong, plain = wronged(masks), items(PLAIN)
    low, high = wilson(len(wrong), len(plain))
    share = len(wrong) / len(plain)
    print(f"\nplain sentences with a mask: {len(wrong)} of {len(plain)}, {share:.3f} ({low:.3f} to {high:.3f})")
    words = sum(len(item.secret) for item in plain)
    print(f"words of them masked: {sum(is_mask(w) for line in wrong for w in line.split())} of {words}")
    if given.each:
        for kind, sentences in {**SECRETS, "last four": LAST_FOUR}.items():
            for item, line in zip(items(sentences), sentences.strip().splitlines(), strict=True):
                if (told := item.outcome(masks)) != "wholly":
                    print(f"{kind} {told}: {line}\n    {' '.join(item.masked(masks))}")
        print("\n".join(f"wrong: {line}" for line in wrong))


if __name__ == "__main__":
    main()
