"""How much of the held-out sentences of `tests/redaction_heldout` the redaction masks, and how much of plain talk.

python -m benchmarks.redaction_heldout [--rules] [--each]
"""

import argparse
from collections import Counter

from benchmarks.redaction import wilson
from pipeline.config import Config
from pipeline.domain.personal import is_mask
from pipeline.engines.redaction import redactor
from pipeline.stages.redact import Redactor
from tests.redacting import rules_redactor
from tests.redaction_heldout.counting import LAST_FOUR, PLAIN, SECRETS, items, outcomes, wronged

_HEAD = ("kind", "items", "wholly", "partly", "missed", "recall", "95% interval")


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", action="store_true", help="the rules without the model")
    parser.add_argument("--each", action="store_true", help="what is not masked wholly, and what is wrongly")
    given = parser.parse_args()
    masks = rules_redactor() if given.rules else redactor(Config())
    _print_secrets(masks)
    _print_plain(masks)
    if given.each:
        _print_each(masks)


def _print_secrets(masks: Redactor) -> None:
    print(f"| {' | '.join(_HEAD)} |\n|{' --- |' * len(_HEAD)}")
    total: Counter[str] = Counter()
    for kind, sentences in SECRETS.items():
        found = outcomes(sentences, masks)
        total += found
        print(_row(kind, found))
    print(_row("all", total))
    print(_row("a card's last four alone (not in the sum)", outcomes(LAST_FOUR, masks)))


def _print_plain(masks: Redactor) -> None:
    wrong, plain = wronged(masks), items(PLAIN)
    low, high = wilson(len(wrong), len(plain))
    share = len(wrong) / len(plain)
    print(f"\nplain sentences with a mask: {len(wrong)} of {len(plain)}, {share:.3f} ({low:.3f} to {high:.3f})")
    words = sum(len(item.secret) for item in plain)
    print(f"words of them masked: {sum(is_mask(w) for line in wrong for w in line.split())} of {words}")


def _print_each(masks: Redactor) -> None:
    for kind, sentences in {**SECRETS, "last four": LAST_FOUR}.items():
        for item, line in zip(items(sentences), sentences.strip().splitlines(), strict=True):
            if (told := item.outcome(masks)) != "wholly":
                print(f"{kind} {told}: {line}\n    {' '.join(item.masked(masks))}")
    print("\n".join(f"wrong: {line}" for line in wronged(masks)))


def _row(kind: str, found: Counter[str]) -> str:
    low, high = wilson(found["wholly"], found.total())
    return (
        f"| {kind} | {found.total()} | {found['wholly']} | {found['partly']} | {found['missed']} "
        f"| {found['wholly'] / found.total():.2f} | {low:.2f} to {high:.2f} |"
    )


if __name__ == "__main__":
    main()
