"""Whatever a real model says, the draft that is shown is clean, and its quotes and figures are the template's."""

import re
from datetime import date

import pytest

from pipeline.adapters.chat import LangchainChat
from pipeline.adapters.kept_chat import KeptChat
from pipeline.adapters.llm_drafter import LlmDrafter
from pipeline.config import LanguageModel
from pipeline.domain.assessment import Claim
from pipeline.domain.coaching import Draft
from pipeline.domain.draft_lint import lint_draft
from pipeline.domain.evidence import Evidence
from pipeline.domain.rephrasing import problems_of
from pipeline.prompts import shipped_prompt
from pipeline.rubrics import SHIPPED, load_rubric
from pipeline.stages.draft import draft
from pipeline.stages.measure import measure
from pipeline.stages.score import assess
from pipeline.stages.verify import verify
from tests.adapters.chatting import Shelf
from tests.adapters.reading import LabelledCall, labelled_calls
from tests.llama_server import Served, llama_small

__all__ = ["llama_small"]


def draft_of(call: LabelledCall) -> tuple[Draft, Evidence]:
    """The template's draft of a labelled call, from its labels."""
    rubric, spoken = load_rubric(SHIPPED / "discovery.yaml").rubric, call.conversation
    words = {turn.id: turn.text for turn in spoken.turns}
    claims = [
        Claim(behaviour=b, turn_id=t, quote=words[t], strength=0.9)
        for t, shown in call.shows.items()
        for b in sorted(shown)
    ]
    verification, metrics = verify(claims=tuple(claims), conversation=spoken, rubric=rubric), measure(spoken)
    found = verification.observations
    assessment = assess(conversation=spoken, rubric=rubric, metrics=metrics, observations=found, unread=())
    evidence = Evidence(conversation=spoken, rubric=rubric, metrics=metrics, observations=found, assessment=assessment)
    made = draft(
        conversation=spoken,
        rubric=rubric,
        metrics=metrics,
        observations=found,
        assessment=assessment,
        today=date(2026, 11, 16),
    )
    return made, evidence


@pytest.mark.slow
def test_shown_drafts_are_clean_whatever_a_small_model_says(llama_small: Served) -> None:
    settings = LanguageModel(model=llama_small.model, url=llama_small.url)
    chat = KeptChat(LangchainChat(settings), Shelf())
    drafter = LlmDrafter(chat, shipped_prompt("rephrase"))
    for call in labelled_calls("held_out")[:2]:
        template, evidence = draft_of(call)
        shown = drafter.phrase(template, evidence)
        assert lint_draft(shown, evidence) == ()
        assert problems_of(template, shown, evidence) == ()
        assert re.findall("“[^”]*”", shown.text) == re.findall("“[^”]*”", template.text)
        assert re.findall(r"\d+", shown.text) == re.findall(r"\d+", template.text)
        assert shown.phrasing.usage.exchanges
        assert (shown.phrasing.by == "model") == (shown.text != template.text or shown.questions != template.questions)
        assert shown.phrasing.by == "model" or shown.phrasing.reason
        assert drafter.phrase(template, evidence) == shown
