"""Owns what a changed prompt is compared with: the shipped one of its id, and the reader that asks by it."""

from collections.abc import Iterator
from difflib import ndiff
from pathlib import Path
from typing import Literal

from pipeline.errors import InputError, UsageError
from pipeline.prompts import Prompt, load_prompt, shipped_prompt

ASKED_BY: dict[str, Literal["turnwise", "llm"]] = {
    "turnwise": "turnwise",
    "turnwise_turn": "turnwise",
    "read": "llm",
    "read_capability": "llm",
}
"""The reader that each prompt of a reading belongs to, by the prompt's id."""


class ChangedPrompt:
    """A prompt file and the shipped prompt of the same id.

    Raises: InputError for a file that is no prompt, or has other variables; UsageError for an id that no reader knows.
    """

    def __init__(self, path: Path) -> None:
        self.new: Prompt = load_prompt(path)
        if self.new.id not in ASKED_BY:
            known = ", ".join(ASKED_BY)
            raise UsageError(
                f"{path}: no reader asks by a prompt {self.new.id!r}", hint=f"keep the id, one of: {known}"
            )
        self.shipped: Prompt = shipped_prompt(self.new.id.replace("_", "-"))
        if set(self.new.variables) != set(self.shipped.variables):
            wanted = ", ".join(self.shipped.variables) or "none"
            raise InputError(
                f"its variables are {', '.join(self.new.variables) or 'none'}, and the reader gives it others",
                hint=f"use each of these once or more, and no other: {wanted}",
                path=path,
            )

    @property
    def reader(self) -> Literal["turnwise", "llm"]:
        """The reader that asks by it."""
        return ASKED_BY[self.new.id]

    @property
    def is_same(self) -> bool:
        """Whether both have the same text, so that there is nothing to compare."""
        return self.new.sha256 == self.shipped.sha256

    def changed_lines(self) -> Iterator[tuple[Literal["+", "-"], str]]:
        """The lines of the text that are gone (-) and new (+), in order."""
        for line in ndiff(self.shipped.text.splitlines(), self.new.text.splitlines()):
            if line.startswith("- "):
                yield "-", line[2:]
            elif line.startswith("+ "):
                yield "+", line[2:]
