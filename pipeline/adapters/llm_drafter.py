"""The drafter by a language model: it words the template's draft anew, and code decides whether its words may stand.

It is sent the open sentences (`pipeline.domain.rephrasing`) and what the two behaviours are called: no transcript and
no quotation, so nothing that was spoken on the call reaches it, an instruction neither.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from pipeline.adapters.structured import Answer, ask_for, repair_prompt
from pipeline.domain.base import Value
from pipeline.domain.chat import AnswerSchema, ChatRequest, Message, Usage
from pipeline.domain.coaching import Draft, Phrasing
from pipeline.domain.evidence import Evidence
from pipeline.domain.rephrasing import OpenText, open_texts, problems_of, rephrased
from pipeline.domain.rewording import fingerprint
from pipeline.ports import ChatModel
from pipeline.prompts import Prompt

NOTHING_OPEN = "none of its texts may be worded anew"
UNCHANGED = "the model changed no word"
NOT_KEPT = "the model's words say something else"

_RULES = 1
"""Counts changes of what is sent and of what may stand, so that drafts are phrased anew after one."""

_MOST_PROBLEMS = 20
_CHARACTERS_PER_TOKEN = 3
_ROOM = 200


class Rephrasing(Value):
    """What the model answers: new words for each text, by its id."""

    texts: dict[str, str]


class LlmDrafter:
    """Asks once for all open texts of a draft, and once more with what is wrong with them."""

    def __init__(self, chat: ChatModel, prompt: Prompt) -> None:
        self._chat = chat
        self._prompt = prompt

    @property
    def identity(self) -> str:
        """Name, version and lexicon of the rules, model and prompts."""
        rules = f"llm-drafter@{_RULES}:{fingerprint()}"
        return f"{rules} {self._chat.identity} {self._prompt.identity} {repair_prompt().identity}"

    def phrase(self, draft: Draft, evidence: Evidence) -> Draft:
        """The draft in the model's words where all of them may stand, else as it was; `phrasing` says which and why.

        Raises: EndpointError, BudgetError, NotAnsweredError: as `ChatModel.ask`.
        """
        texts = open_texts(draft, evidence)
        if not texts:
            return _left(draft, Phrasing(reason=NOTHING_OPEN))
        attempts: list[tuple[str, ...]] = []

        def check(_: ChatRequest, answer: Rephrasing) -> str | None:
            attempts.append(_problems(draft, answer.texts, evidence))
            return "; ".join(attempts[-1]) or None

        request = self._request(draft, texts, evidence)
        (answer,) = ask_for(self._chat, (request,), Rephrasing, check=check)
        return self._decided(draft, answer, attempts[-1] if attempts else (), evidence)

    def _decided(self, draft: Draft, answer: Answer[Rephrasing], problems: Sequence[str], evidence: Evidence) -> Draft:
        by_model = Phrasing(by="model", model=self._chat.identity, usage=Usage.of(answer.exchanges))
        by_template = by_model.model_copy(update={"by": "template"})
        if answer.value is None:
            found = {"reason": NOT_KEPT if problems else answer.reason, "problems": tuple(problems[:_MOST_PROBLEMS])}
            return _left(draft, by_template.model_copy(update=found))
        candidate = rephrased(draft, answer.value.texts, evidence)
        if candidate == draft:
            return _left(draft, by_template.model_copy(update={"reason": UNCHANGED}))
        return _left(candidate, by_model)

    def _request(self, draft: Draft, texts: Sequence[OpenText], evidence: Evidence) -> ChatRequest:
        told = "\n".join(f"{text.id}: {text.text}" for text in texts)
        said = self._prompt.render(behaviours="\n".join(_named(draft, evidence)), texts=told)
        return ChatRequest(
            call=evidence.conversation.call,
            about="draft",
            messages=(Message(role="user", text=said),),
            answer=_schema(texts),
            max_tokens=_ROOM + 2 * len(told) // _CHARACTERS_PER_TOKEN,
        )


def _left(draft: Draft, phrasing: Phrasing) -> Draft:
    return draft.model_copy(update={"phrasing": phrasing})


def _problems(draft: Draft, texts: Mapping[str, str], evidence: Evidence) -> tuple[str, ...]:
    wanted = {text.id for text in open_texts(draft, evidence)}
    strange = [f"{text_id[:8]} is no text of this draft" for text_id in texts if text_id not in wanted]
    missing = [f"{text_id} is missing" for text_id in sorted(wanted - texts.keys())]
    return (*missing, *strange, *problems_of(draft, rephrased(draft, texts, evidence), evidence))


def _named(draft: Draft, evidence: Evidence) -> Iterator[str]:
    if draft.strength is not None:
        yield f"- what worked: {evidence.behaviour(draft.strength.behaviour).text}"
    if draft.improvement is not None:
        yield f"- the one thing to change: {evidence.behaviour(draft.improvement.behaviour).text}"


def _schema(texts: Sequence[OpenText]) -> AnswerSchema:
    """An object whose `texts` has exactly these ids."""
    schema = _object({"texts": _object({text.id: {"type": "string"} for text in texts})})
    return AnswerSchema(name="rephrasing", text=json.dumps(schema, separators=(",", ":")))  # in the texts' order


def _object(properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
