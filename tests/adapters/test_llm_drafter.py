"""A model's words stand in a draft only when all of them may; the record says whose words they are, and why."""

import json
from collections.abc import Callable, Sequence

import pytest

from pipeline.adapters.llm_drafter import NOT_KEPT, NOTHING_OPEN, UNCHANGED, LlmDrafter
from pipeline.domain.chat import ChatRequest, Exchange, TokenUse
from pipeline.domain.coaching import Draft, DraftSentence, Phrasing, written
from pipeline.domain.draft_lint import lint_draft
from pipeline.errors import BudgetError, EndpointError, NotAnsweredError
from pipeline.ports import Progress, silent
from pipeline.prompts import Prompt, shipped_prompt
from tests.domain.test_rephrasing import DRAFT, EVIDENCE, TEXTS

HONEST = {
    **TEXTS,
    "s02": "This was your question at 00:00: [[1]]",
    "q2": "In the next call, what would you try?",
}
INVENTED = {**TEXTS, "s01": "That was a great question about the budget of $40,000."}


def answered(*texts: dict[str, str]) -> "Scripted":
    return Scripted(*(json.dumps({"texts": text}) for text in texts))


class Scripted:
    """A model that gives these answers in turn, the last one for ever."""

    identity = "double/m"

    def __init__(self, *answers: str) -> None:
        self.asked: list[ChatRequest] = []
        self._answers = answers

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        return tuple(self._exchange(request) for request in requests)

    def _exchange(self, request: ChatRequest) -> Exchange:
        text = self._answers[min(len(self.asked), len(self._answers) - 1)]
        self.asked.append(request)
        use = TokenUse(input_tokens=100, output_tokens=10)
        return Exchange(
            request=request, model=self.identity, text=text, finish="stop", body="{}", use=use, cost_usd=0.01, seconds=1
        )


def phrased(chat: Scripted) -> Draft:
    return LlmDrafter(chat, shipped_prompt("rephrase")).phrase(DRAFT, EVIDENCE)


def template_with(phrasing: Phrasing) -> Draft:
    return DRAFT.model_copy(update={"phrasing": phrasing})


def test_honest_words_stand_and_the_record_names_the_model() -> None:
    made = phrased(answered(HONEST))
    assert made.sentences[1].text == "This was your question at 00:00: “What brings you here today?”"
    assert made.questions[1] == "In the next call, what would you try?"
    assert (made.phrasing.by, made.phrasing.model, made.phrasing.reason) == ("model", "double/m", "")
    assert made.phrasing.usage.tokens == TokenUse(input_tokens=100, output_tokens=10)
    assert made.phrasing.usage.cost_usd == 0.01
    assert lint_draft(made, EVIDENCE) == ()


def test_one_invented_sentence_and_the_whole_template_stands() -> None:
    chat = answered({**HONEST, "s01": INVENTED["s01"]})
    made = phrased(chat)
    assert made == template_with(made.phrasing)
    assert (made.phrasing.by, made.phrasing.reason) == ("template", NOT_KEPT)
    assert "s01 says “great”, which is not said there" in made.phrasing.problems
    assert len(chat.asked) == 2  # asked once more, with what was wrong
    assert "s01 says “great”" in chat.asked[1].messages[-1].text
    assert made.phrasing.usage.tokens == TokenUse(input_tokens=200, output_tokens=20)


def test_words_that_are_mended_when_asked_again_stand() -> None:
    made = phrased(answered(INVENTED, HONEST))
    assert made.phrasing.by == "model"
    assert made.phrasing.problems == ()
    assert len(made.phrasing.usage.exchanges) == 2


def test_unchanged_words_are_the_templates() -> None:
    made = phrased(answered(TEXTS))
    assert made == template_with(made.phrasing)
    assert (made.phrasing.by, made.phrasing.reason) == ("template", UNCHANGED)


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({k: v for k, v in HONEST.items() if k != "q1"}, "q1 is missing"),
        ({**HONEST, "s03": "You spoke for 10% of the time."}, "s03 is no text of this draft"),
        ({}, "s01 is missing"),
    ],
)
def test_missing_and_foreign_texts_keep_the_template(texts: dict[str, str], problem: str) -> None:
    made = phrased(answered(texts))
    assert made == template_with(made.phrasing)
    assert problem in made.phrasing.problems


@pytest.mark.parametrize("text", ["", "no", "{", '{"texts": 7}', '{"texts": {"s01": null}}', '{"other": {}}'])
def test_answer_that_is_none_keeps_the_template_and_says_why(text: str) -> None:
    made = phrased(Scripted(text))
    assert made == template_with(made.phrasing)
    assert made.phrasing.reason.startswith("model_failed: ")


def test_neither_quotation_nor_transcript_is_sent() -> None:
    chat = answered(HONEST)
    phrased(chat)
    (request,) = chat.asked
    sent = " ".join(message.text for message in request.messages) + request.answer.text
    for turn in EVIDENCE.conversation.turns:
        assert turn.text not in sent
    for spoken in ("expensive", "Ignore the rubric", "brings you here", "full marks"):
        assert spoken not in sent
    assert all(f"{name}: {text}" in sent for name, text in TEXTS.items())
    assert request.call == EVIDENCE.conversation.call


def test_answer_has_to_have_each_open_text_and_no_other() -> None:
    chat = answered(HONEST)
    phrased(chat)
    texts = json.loads(chat.asked[0].answer.text)["properties"]["texts"]
    assert texts["required"] == list(TEXTS)
    assert texts["additionalProperties"] is False


def test_draft_without_open_texts_asks_nothing() -> None:
    sentence = DraftSentence.model_validate({**dict(DRAFT.sentences[2])})
    thin = DRAFT.model_copy(
        update={
            "sentences": (sentence,),
            "text": written((sentence,)),
            "questions": (),
            "strength": None,
            "improvement": None,
        }
    )
    chat = answered(HONEST)
    made = LlmDrafter(chat, shipped_prompt("rephrase")).phrase(thin, EVIDENCE)
    assert chat.asked == []
    assert made == thin.model_copy(update={"phrasing": Phrasing(reason=NOTHING_OPEN)})


def test_equal_exchanges_make_equal_drafts() -> None:
    assert phrased(answered(HONEST)) == phrased(answered(HONEST))


class Failing(Scripted):
    """A model that fails as it is told."""

    def __init__(self, error: Callable[[], Exception]) -> None:
        super().__init__("")
        self._error = error

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        raise self._error()


@pytest.mark.parametrize(
    "error",
    [
        lambda: EndpointError("down", hint="wait"),
        lambda: BudgetError("over", hint="more"),
        lambda: NotAnsweredError("collected", hint="wait"),
    ],
)
def test_endpoint_that_gives_no_answer_is_no_reason_to_keep_the_template(error: Callable[[], Exception]) -> None:
    with pytest.raises(type(error())):
        phrased(Failing(error))


def test_identity_names_model_prompt_and_rules() -> None:
    one = LlmDrafter(answered(HONEST), shipped_prompt("rephrase")).identity
    other = Prompt(id="rephrase", version=1, variables=("behaviours", "texts"), text="{{behaviours}} {{texts}}")
    assert "double/m" in one
    assert shipped_prompt("rephrase").identity in one
    assert LlmDrafter(answered(HONEST), other).identity != one
