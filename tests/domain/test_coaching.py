"""A draft's text is its sentences, and nothing else."""

import pytest
from pydantic import ValidationError

from pipeline.domain.coaching import Citation, Draft, DraftSentence, Paragraph, written


def sentence(paragraph: Paragraph, text: str) -> DraftSentence:
    return DraftSentence(paragraph=paragraph, text=text, citations=(Citation(kind="turns", ref="rep"),))


SENTENCES = (sentence("facts", "One."), sentence("facts", "Two."), sentence("improvement", "Three."))


def make(text: str) -> Draft:
    return Draft(
        strength=None, improvement=None, questions=(), activity=(), absent=("why",), sentences=SENTENCES, text=text
    )


def test_sentences_are_parted_by_spaces_and_paragraphs_by_blank_lines() -> None:
    assert written(SENTENCES) == "One. Two.\n\nThree."
    assert written(()) == ""


def test_text_that_says_more_than_its_sentences_is_refused() -> None:
    with pytest.raises(ValidationError, match="word for word"):
        make("One. Two.\n\nThree. Four.")


def test_paragraph_is_its_sentences_in_order() -> None:
    draft = make("One. Two.\n\nThree.")
    assert [s.text for s in draft.paragraph("facts")] == ["One.", "Two."]
    assert draft.paragraph("activity") == ()


def test_sentence_without_evidence_cannot_be_made() -> None:
    with pytest.raises(ValidationError):
        DraftSentence(paragraph="facts", text="One.", citations=())
