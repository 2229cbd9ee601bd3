"""Owns the measurement of what reading a long call costs in tokens: a request for each behaviour, or the llm reader.

`python -m benchmarks.reader_tokens [--out docs/measured.md]` asks a real server (llama.cpp's own, with the 0.5B, in a
process of its own) about a call of some 5,000 words, and takes every figure from what that server counted. The naive
way sends each behaviour first and the transcript after it; of those requests a few are sent, and of the others the
server only counts the tokens, since each costs a minute of computing and nothing of it is cached.
"""

import argparse
import json
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from rich.console import Console
from ruamel.yaml import YAML

from pipeline.adapters.chat import LangchainChat
from pipeline.adapters.llm_answer import schema_of
from pipeline.adapters.llm_questions import Inquiry, described, inquiries
from pipeline.adapters.llm_reader import LlmReader
from pipeline.adapters.llm_transcript import lines_of
from pipeline.adapters.llm_windows import Window
from pipeline.config import LanguageModel
from pipeline.domain.chat import ChatRequest, Exchange, Message, TokenUse
from pipeline.domain.metrics import Question
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation, Turn, Word
from pipeline.ports import Progress, silent
from pipeline.prompts import shipped_prompt
from pipeline.rubrics import find_rubric
from pipeline.stages.observe import openings
from pipeline.text.questions import find_questions
from tests.llama_server import SMALL, Served, serve

CHECKOUT = Path(__file__).resolve().parent.parent
N_WORDS = 5_000
SENT_NAIVELY = 3
_BEGIN, _END = "<!-- reader tokens: begin -->", "<!-- reader tokens: end -->"
_TIMEOUT_S = 1800


class Listening:
    """A chat that keeps what it was asked and what came back."""

    def __init__(self, chat: LangchainChat) -> None:
        self.identity = chat.identity
        self.exchanges: list[Exchange] = []
        self._chat = chat

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        """As `ChatModel.ask`."""
        return self._chat.ask(requests, progress=progress, keep=self.exchanges.append)


@dataclass(frozen=True)
class Cost:
    """Requests of one way to read a call, and the tokens the server counted; no seconds where answers were cut off."""

    name: str
    n_requests: int
    use: TokenUse
    seconds: float | None

    @property
    def row(self) -> str:
        """The row of the table."""
        fresh = self.use.input_tokens - self.use.cached_tokens
        share = self.use.cached_tokens / self.use.input_tokens
        output, seconds = ("-", "-") if self.seconds is None else (f"{self.use.output_tokens:,}", f"{self.seconds:.0f}")
        return (
            f"| {self.name} | {self.n_requests} | {self.use.input_tokens:,} | {self.use.cached_tokens:,} | {share:.0%} "
            f"| {fresh:,} | {output} | {seconds} |"
        )


def long_call(n_words: int = N_WORDS) -> Conversation:
    """A conversation of at least so many words: the labelled calls and the demo call one after another, again and
    again, and each time round with other numbers, so that no stretch of it is there twice."""
    turns: list[Turn] = []
    said = 0
    for at, (role, text) in enumerate(cycle(_texts())):
        words = [f"{word.rstrip('.,?')}-{at}" if word[:1].isdigit() else word for word in text.split()]
        turns.append(_turn(len(turns) + 1, role, words))
        said += len(words)
        if said >= n_words:
            break
    return Conversation(call="long-call", turns=tuple(turns), speakers=(), duration=0, timed=False)


def _texts() -> list[tuple[str, str]]:
    """Role and words of every turn of our own written calls."""
    yaml = YAML(typ="safe")
    calls = yaml.load((CHECKOUT / "tests/fixtures/discovery_calls.yaml").read_text(encoding="utf-8"))["calls"]
    demo = yaml.load((CHECKOUT / "demo/discovery-call.script.yaml").read_text(encoding="utf-8"))["turns"]
    found = [(role, turn[role]) for call in calls for turn in call["turns"] for role in turn if role != "shows"]
    return found + [(turn["role"], turn["text"]) for turn in demo]


def _turn(number: int, role: str, words: Sequence[str]) -> Turn:
    spoken = tuple(Word(text=word, span=None) for word in words)
    return Turn.model_validate({"id": f"t{number:04}", "speaker": role, "role": role, "words": spoken})


def inquiries_of(call: Conversation, rubric: Rubric) -> tuple[Inquiry, ...]:
    """What there is to ask about the whole call."""
    questions = tuple(
        Question(
            turn_id=turn.id,
            role=turn.role,
            text=" ".join(word.text for word in turn.words[found.first_word : found.last_word + 1]),
            **found.model_dump(),
        )
        for turn in call.turns
        for found in find_questions(turn.text)
    )
    return inquiries([Window(lines_of(call, rubric))], rubric, openings(call, rubric, questions))


def naive_requests(call: Conversation, rubric: Rubric) -> tuple[ChatRequest, ...]:
    """A request for each behaviour: what it is, then the transcript."""
    return tuple(
        ChatRequest(
            call=call.call,
            about=behaviour.id,
            messages=(
                Message(role="system", text=shipped_prompt("read").text),
                Message(
                    role="user",
                    text=f"{described(Inquiry(asked.window, asked.capability, ((behaviour, places),)), rubric)}\n\n"
                    f"{asked.window.text}",
                ),
            ),
            answer=schema_of(line.turn_id for line in asked.window.lines if line.role == behaviour.role),
            max_tokens=8,
        )
        for asked in inquiries_of(call, rubric)
        for behaviour, places in asked.asked
    )


def naively(served: Served, call: Conversation, rubric: Rubric) -> Cost:
    """The cost of a request for each behaviour; output and seconds are those of nobody, since answers are cut off."""
    requests = naive_requests(call, rubric)
    sent = _chat(served).ask(requests[:SENT_NAIVELY])
    # What the chat's template adds is the same for every request, so that one tells it of all.
    around = sent[0].use.input_tokens - _counted(served, requests[0])
    counted = [_counted(served, request) + around for request in requests[SENT_NAIVELY:]]
    # From the second on, only the system prompt is found in the cache.
    again = sent[-1].use.cached_tokens
    use = TokenUse(
        input_tokens=sum(exchange.use.input_tokens for exchange in sent) + sum(counted),
        cached_tokens=sum(exchange.use.cached_tokens for exchange in sent) + again * len(counted),
    )
    return Cost("one request for each behaviour, behaviour first", len(requests), use, None)


def ours(served: Served, call: Conversation, rubric: Rubric) -> Cost:
    """The cost of the llm reader, repairs included."""
    chat = Listening(_chat(served))
    reader = LlmReader(
        chat, frame=shipped_prompt("read"), question=shipped_prompt("read-capability"), settings=_settings(served)
    )
    asked = inquiries_of(call, rubric)
    found = {behaviour.id: places for inquiry in asked for behaviour, places in inquiry.asked}
    reading = reader.read(call, rubric, [Opening(behaviour=name, places=places) for name, places in found.items()])
    Console(stderr=True).print(f"{len(reading.claims)} claims, {len(reading.unread)} unread")
    return Cost("llm reader", len(chat.exchanges), reading.usage.tokens, reading.usage.seconds)


def _settings(served: Served) -> LanguageModel:
    return LanguageModel(
        model=served.model,
        url=served.url,
        context_tokens=16_000,
        max_answer_tokens=600,
        timeout_s=_TIMEOUT_S,
        parallel=1,
    )


def _chat(served: Served) -> LangchainChat:
    return LangchainChat(_settings(served))


def _counted(served: Served, request: ChatRequest) -> int:
    """Tokens of the messages' texts, by the server's own tokeniser."""
    return sum(_tokens(served, message.text) for message in request.messages)


def _tokens(served: Served, text: str) -> int:
    body = json.dumps({"content": text}).encode()
    address = served.url.removesuffix("/v1") + "/tokenize"
    question = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(question, timeout=60) as answer:
        return len(json.load(answer)["tokens"])


def markdown(costs: Sequence[Cost], call: Conversation) -> str:
    """The table."""
    n_words = sum(len(turn.words) for turn in call.turns)
    head = "| way | requests | input tokens | from the cache | share | computed anew | output tokens | seconds |"
    rows = "\n".join([head, "| --- " * 8 + "|", *(cost.row for cost in costs)])
    naive, own = (cost.use for cost in costs)
    sent = own.input_tokens / naive.input_tokens
    anew = (own.input_tokens - own.cached_tokens) / (naive.input_tokens - naive.cached_tokens)
    return (
        f"{rows}\n\nA call of {n_words:,} words in {len(call.turns)} turns. The second way sends {sent:.1%} of the "
        f"first way's tokens, and {anew:.1%} of its tokens are computed anew."
    )


def write_table(table: str, path: Path) -> None:
    """Puts the table between the markers of a file that has them, else it becomes the file."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    whole = f"{before}{begin}\n{table}\n{end}{after}" if begin and end else f"{_BEGIN}\n{table}\n{_END}\n"
    path.write_text(whole, encoding="utf-8")


def main() -> None:
    """Measures both ways and prints or writes the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=N_WORDS)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    call, rubric = long_call(given.words), find_rubric("discovery").rubric
    with serve(SMALL) as served:
        costs = [naively(served, call, rubric), ours(served, call, rubric)]
    table = markdown(costs, call)
    print(table)
    if given.out:
        write_table(table, given.out)


if __name__ == "__main__":
    main()
