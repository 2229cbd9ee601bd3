"""The reader that asks a language model about a whole call, one question for each capability.

All questions about a window begin with the same bytes (system prompt, transcript), so servers compute and providers
charge them in full only once. What is looked for comes last. Nothing that the model says counts before it is verified.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from pipeline.adapters.llm_answer import (
    MOST_CLAIMS,
    MOST_FOUND,
    NAME,
    Found,
    best_claims,
    claims_of,
    problem_of,
    schema_of,
)
from pipeline.adapters.llm_questions import (
    MAX_LISTED_TURNS,
    MOST_COUNTEREXAMPLES,
    MOST_EXAMPLES,
    Inquiry,
    described,
    inquiries,
    named,
)
from pipeline.adapters.llm_transcript import MAX_LINE_TOKENS, estimated_tokens, lines_of
from pipeline.adapters.llm_windows import MAX_LINES, OVERLAP_LINES, Window, windows_of
from pipeline.adapters.structured import Answer, ask_for, repair_prompt
from pipeline.config import LanguageModel
from pipeline.domain.assessment import Reading, Unread
from pipeline.domain.chat import AnswerSchema, ChatRequest, Message, Usage
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.errors import StageError, UsageError
from pipeline.ports import ChatModel, Progress, silent
from pipeline.prompts import Prompt

_REPAIR_TOKENS = 300
_MIN_ROOM = 2 * MAX_LINE_TOKENS


class LlmReader:
    """Claims what a language model finds, at most three places for each behaviour.

    `frame` is the system prompt, `question` the message with the transcript and one capability. Windows follow from
    `settings.context_tokens`, answers are at most `settings.max_answer_tokens` long.
    """

    def __init__(self, chat: ChatModel, *, frame: Prompt, question: Prompt, settings: LanguageModel) -> None:
        for prompt in (frame, question):
            if prompt.output != NAME:
                hint = f"write `output: {NAME}` in its front matter if it asks for that"
                raise UsageError(f"prompt {prompt.id}: its output is {prompt.output}, not {NAME}", hint=hint)
        self._chat = chat
        self._frame = frame
        self._question = question
        self._settings = settings

    @property
    def identity(self) -> str:
        """Name and version of the rule, model, prompts and every number that changes claims."""
        settings = self._settings
        numbers = (
            f"context={settings.context_tokens} answer={settings.max_answer_tokens} "
            f"temperature={settings.temperature:g} lines={MAX_LINE_TOKENS}/{MAX_LINES} overlap={OVERLAP_LINES} "
            f"examples={MOST_EXAMPLES}/{MOST_COUNTEREXAMPLES} listed={MAX_LISTED_TURNS} most={MOST_CLAIMS}/{MOST_FOUND}"
        )
        prompts = " ".join(prompt.identity for prompt in (self._frame, self._question, repair_prompt()))
        return f"llm@1 {self._chat.identity} {prompts} {numbers}"

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """Claims for the behaviours of these openings; unread are those for which no usable answer came.

        Where only some windows of a long call have no answer, the claims of the others stay beside it.
        Raises: StageError when the context is too small for any part of a call; as `ChatModel.ask`.
        """
        asked = self._inquiries(conversation, rubric, openings)
        requests = tuple(self._request(inquiry, conversation, rubric) for inquiry in asked)
        allowed = dict(zip(requests, asked, strict=True))

        def check(request: ChatRequest, found: Found) -> str | None:
            inquiry = allowed[request]
            return problem_of(found, letters=inquiry.letters, turn_ids=_turn_ids(inquiry.window, rubric))

        answers = ask_for(self._chat, requests, Found, check=check, progress=progress)
        claims = chain.from_iterable(
            claims_of(answer.value, inquiry.behaviours)
            for answer, inquiry in zip(answers, asked, strict=True)
            if answer.value is not None
        )
        order = {turn.id: at for at, turn in enumerate(conversation.turns)}
        return Reading(
            claims=best_claims(claims, order),
            unread=tuple(_unread(zip(asked, answers, strict=True), whole=_n_windows(asked) == 1)),
            usage=Usage.of(chain.from_iterable(answer.exchanges for answer in answers)),
        )

    def _inquiries(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening]
    ) -> tuple[Inquiry, ...]:
        lines = lines_of(conversation, rubric)
        at_once = inquiries((Window(lines),), rubric, openings)
        longest = max((estimated_tokens(self._render(inquiry, rubric, text="")) for inquiry in at_once), default=0)
        return inquiries(windows_of(lines, room=self._room(longest)), rubric, openings)

    def _room(self, question: int) -> int:
        """Tokens that the context leaves for the transcript, beside the prompts, an answer, its repair and that answer.

        `question` are the tokens of the longest question. Raises: StageError when that is too few.
        """
        beside = estimated_tokens(self._frame.render()) + question + _REPAIR_TOKENS + 2 * self._answer_tokens
        room = self._settings.context_tokens - beside
        if room < _MIN_ROOM:
            enough = 2 * (beside - 2 * self._answer_tokens + _MIN_ROOM)
            raise StageError(
                "observe",
                f"a context of {self._settings.context_tokens} tokens leaves no room for the transcript",
                hint=f"set context_tokens of [llm] to {enough} or more, and the model's server as well",
            )
        return room

    @property
    def _answer_tokens(self) -> int:
        """Tokens of an answer: what is configured, in a small context at most a quarter of it."""
        return min(self._settings.max_answer_tokens, self._settings.context_tokens // 4)

    def _request(self, inquiry: Inquiry, conversation: Conversation, rubric: Rubric) -> ChatRequest:
        return ChatRequest(
            call=conversation.call,
            about=inquiry.capability.id,
            messages=(
                Message(role="system", text=self._frame.render()),
                Message(role="user", text=self._render(inquiry, rubric, text=inquiry.window.text)),
            ),
            answer=_schema(inquiry.window, rubric),
            max_tokens=self._answer_tokens,
            temperature=self._settings.temperature,
        )

    def _render(self, inquiry: Inquiry, rubric: Rubric, *, text: str) -> str:
        return self._question.render(
            transcript=text,
            capability=named(inquiry.capability),
            behaviours=described(inquiry, rubric),
            letters=" or ".join(inquiry.letters),
        )


def _turn_ids(window: Window, rubric: Rubric) -> frozenset[str]:
    """The turns that an answer may name: those of roles whose behaviours are read, whichever capability asks."""
    roles = {behaviour.role for behaviour in rubric.behaviours if behaviour.measure is None}
    return frozenset(line.turn_id for line in window.lines if line.role in roles)


def _schema(window: Window, rubric: Rubric) -> AnswerSchema:
    allowed = _turn_ids(window, rubric)
    return schema_of(line.turn_id for line in window.lines if line.turn_id in allowed)


def _n_windows(asked: Sequence[Inquiry]) -> int:
    return len({inquiry.window.span for inquiry in asked})


def _unread(answered: Iterable[tuple[Inquiry, Answer[Found]]], *, whole: bool) -> Iterator[Unread]:
    """One for each behaviour that lacks an answer somewhere, with the reason; in parts of a call, which part it was."""
    reasons: dict[str, list[str]] = {}
    for inquiry, answer in answered:
        if answer.value is None:
            where = "" if whole else f" (turns {inquiry.window.span})"
            for behaviour in inquiry.behaviours:
                reasons.setdefault(behaviour, []).append(f"{answer.reason}{where}")
    for behaviour, told in reasons.items():
        yield Unread(behaviour=behaviour, reason="; ".join(told))
