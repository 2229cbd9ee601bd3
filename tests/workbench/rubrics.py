"""Rubric files for tests of the workbench: a sound one, and the same with a change."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.domain.normal import content_words, normal_words
from pipeline.domain.rubric import LoadedRubric
from pipeline.rubrics import load_rubric
from pipeline.text.resemblance import Vectors

SOUND = """\
id: small
version: 1
title: A small rubric
stage: discovery
capabilities:
  - id: impact
    name: What it costs
    goal: Both sides know the figure.
    behaviours:
      - id: cost_asked
        text: Asks what the problem costs
        form: question
        examples:
          - What does that cost you in a month?
          - How many hours go into it?
          - Can you put a number on that?
          - What would that be in euros?
        counterexamples:
          - What is your budget?
        praise: You asked what the problem costs.
        coaching: &coaching
          gap: No question of this kind was found.
          questions: [What happened then?]
          steps: [Write one question., Ask it.]
          practice: Ask a colleague.
      - id: plan_asked
        text: Asks how the week is planned
        form: question
        examples:
          - How do you plan the week today?
          - Who makes the schedule?
          - Which tool draws up your shifts?
          - When is the roster written?
        counterexamples:
          - How are you today?
        praise: You asked how the week is planned.
        coaching: *coaching
    levels:
      - {level: 1, anchor: None was found.}
      - {level: 2, anchor: One was found., needs: {at_least: 1}}
      - {level: 3, anchor: Both were found., needs: {at_least: 2}}
"""


def written(folder: Path, *changes: tuple[str, str], name: str = "small.yaml") -> Path:
    """The sound rubric as a file, with each first text replaced by the second one; each has to stand in it."""
    text = SOUND
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, *changes: tuple[str, str]) -> LoadedRubric:
    """The same, loaded."""
    return load_rubric(written(folder, *changes))


class WordEmbedder:
    """A double: sentences are as near as the words that carry meaning which they share."""

    identity = "words"

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """A row of length 1 for each sentence: a dimension for each word."""
        found = np.zeros((len(sentences), 400), np.float32)
        for row, sentence in enumerate(sentences):
            for word in content_words(normal_words(sentence)):
                found[row, self._places.setdefault(word, len(self._places))] = 1.0
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return (found / np.where(lengths == 0, 1, lengths)).astype(np.float32)
