"""What happens to each fault of an endpoint: run for real against the double, as the table of docs/llm-faults.md.

`python -m tests.fault_table` prints it; tests/adapters/test_fault_table.py fails when the document says something else.
"""

import sys
from dataclasses import dataclass

from pipeline.adapters.kept_chat import KeptChat
from pipeline.adapters.metering import Meter
from pipeline.adapters.structured import ask_for
from pipeline.domain.chat import Price
from pipeline.errors import EndpointError
from tests.adapters.chatting import GOOD, Colour, FakeTime, Shelf, chat_at, question
from tests.fault_server import FaultServer, Reply, answer, completion, error

RIGHT = answer(GOOD)
_BUSY = "Rate limit reached"
_NO_SCHEMA = error(400, "'response_format.type' json_schema is not supported")
_NO_JSON = error(400, "'response_format.type' json_object is not supported")
_SHORT_S, _LONG_S = 0.5, 20.0


@dataclass(frozen=True)
class Scenario:
    """A fault by name, and what the server does, reply by reply."""

    name: str
    script: tuple[Reply, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one request. `paid` is what the server charges and `counted` what the meter says, in tokens."""

    name: str
    requests: int
    waited_s: float
    paid: int
    counted: int
    maybe_paid: bool
    kept: int
    result: str
    hint: str
    again: int

    @property
    def line(self) -> str:
        """As a row of the table."""
        maybe = " (or more)" if self.maybe_paid else ""
        waited = f"{self.waited_s:g}"
        seen = self.result.replace("|", "\\|")
        return (
            f"| {self.name} | {self.requests} | {waited} | {self.paid} / {self.counted}{maybe} | {self.kept} "
            f"| {self.again} | {seen} |"
        )


SCENARIOS = (
    Scenario("429, Retry-After 20, then fine", (error(429, _BUSY, headers={"Retry-After": "20"}), RIGHT)),
    Scenario(
        "429, Retry-After as a date 30 s ahead, then fine",
        (error(429, _BUSY, headers={"Retry-After": "Mon, 02 Mar 2026 06:00:30 GMT"}), RIGHT),
    ),
    Scenario("429 for ever", (error(429, _BUSY),)),
    Scenario("429 that asks to wait an hour", (error(429, _BUSY, headers={"Retry-After": "3600"}),)),
    Scenario("429, no credit left", (error(429, "You exceeded your current quota", code="insufficient_quota"),)),
    Scenario("500, then fine", (error(500, "oops"), RIGHT)),
    Scenario("500 for ever", (error(500, "oops"),)),
    Scenario("hangs", (Reply(hangs=True),)),
    Scenario("drips a byte now and then", (Reply(body=RIGHT.body, drips=True),)),
    Scenario("connection cut in mid-body, then fine", (Reply(body=RIGHT.body, cut_after=60), RIGHT)),
    Scenario("connection cut in mid-body for ever", (Reply(body=RIGHT.body, cut_after=60),)),
    Scenario("truncated JSON, then fine", (answer('{"colour": "re', finish="length"), RIGHT)),
    Scenario("truncated JSON for ever", (answer('{"colour": "re', finish="length"),)),
    Scenario("fenced JSON", (answer(f"Here it is:\n```json\n{GOOD}\n```\nAnything else?"),)),
    Scenario("`<think>` prefix", (answer(f"<think>Red {{or}} green? Red.</think>\n{GOOD}"),)),
    Scenario("wrong enum, then fine", (answer('{"colour": "blue"}'), RIGHT)),
    Scenario("wrong enum for ever", (answer('{"colour": "blue"}'),)),
    Scenario("prose instead of JSON for ever", (answer("I would say red."),)),
    Scenario("empty choices for ever", (completion([]),)),
    Scenario("refusal", (answer(None, refusal="I cannot help with that."),)),
    Scenario("content filter on the answer", (answer("", finish="content_filter"),)),
    Scenario("content filter on the prompt (Azure, 400)", (error(400, "filtered", code="content_filter"),)),
    Scenario("schema unsupported", (_NO_SCHEMA, RIGHT)),
    Scenario("schema and JSON mode unsupported", (_NO_SCHEMA, _NO_JSON, RIGHT)),
    Scenario("wrong model name", (error(404, "The model `double-1` does not exist", code="model_not_found"),)),
    Scenario("bad key", (error(401, "Incorrect API key provided"),)),
    Scenario("context too long", (error(400, "maximum context length is 4096", code="context_length_exceeded"),)),
    Scenario("HTML from a proxy", (Reply(body="<html><title>Please log in</title></html>"),)),
    Scenario("an error inside a 200, then fine", (Reply(body='{"error": {"code": 502, "message": "bad"}}'), RIGHT)),
    Scenario("any other 400", (error(400, "temperature must be 1 for this model"),)),
)


def outcome(scenario: Scenario) -> Outcome:
    """What happens to one request, asked for twice as by two runs that share their exchanges."""
    time, shelf = FakeTime(), Shelf()
    meter = Meter(Price(input=1.0, output=1.0))
    with FaultServer(*scenario.script, models=("double-1-mini", "double-2", "else")) as server:
        result, hint = _asked(server, time=time, shelf=shelf, meter=meter)
        requests, paid, waited, kept = server.n_requests, server.tokens_paid, sum(time.slept), len(shelf.kept)
        counted, maybe = meter.tokens.input_tokens + meter.tokens.output_tokens, meter.maybe_spent > 0
        again = 0
        if not result.startswith("error"):
            _asked(server, time=FakeTime(), shelf=shelf, meter=Meter())
            again = server.n_requests - requests
        result = result.replace(server.url, "URL")
    return Outcome(
        name=scenario.name,
        requests=requests,
        waited_s=round(waited, 1),
        paid=paid,
        counted=counted,
        maybe_paid=maybe,
        kept=kept,
        result=result,
        hint=hint,
        again=again,
    )


def _asked(server: FaultServer, *, time: FakeTime, shelf: Shelf, meter: Meter) -> tuple[str, str]:
    timeout_s = _SHORT_S if any(reply.hangs or reply.drips for reply in server.script) else _LONG_S
    chat = KeptChat(chat_at(server.url, time=time, meter=meter, timeout_s=timeout_s), shelf)
    try:
        (found,) = ask_for(chat, (question(),), Colour)
    except EndpointError as problem:
        return f"error{' (lasting)' if problem.lasting else ''}: {problem.message}", problem.hint
    if found.value is None:
        return found.reason or "", ""
    forms = {exchange.form for exchange in found.exchanges}
    return f"value{'' if forms == {'schema'} else ', asked by ' + ' and '.join(sorted(forms))}", ""


def table_head() -> tuple[str, str]:
    """The first two lines of the table."""
    return (
        "| Fault | Requests | Waited (s) | Tokens charged / counted | Kept | Requests of a second run | Result |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    )


if __name__ == "__main__":
    sys.stdout.write("\n".join((*table_head(), *(outcome(scenario).line for scenario in SCENARIOS))) + "\n")
