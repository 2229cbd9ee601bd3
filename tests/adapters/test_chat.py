"""The chat adapter over HTTP against the double: what is sent, what is kept, when it stops."""

import json
import threading
import time as real_time

import pytest

from pipeline.adapters.chat import LangchainChat, chat_identity
from pipeline.adapters.chat_faults import Fault
from pipeline.adapters.chat_wire import Answered
from pipeline.adapters.metering import Meter
from pipeline.config import LanguageModel
from pipeline.domain.chat import AnswerForm, ChatRequest, Exchange, Price, TokenUse
from pipeline.errors import BudgetError, EndpointError, UsageError
from tests.adapters.chatting import GOOD, KEY, Colour, FakeTime, chat_at, question, settings
from tests.fault_server import MODEL, FaultServer, Reply, answer, error

RIGHT = answer(GOOD)


def test_a_request_goes_to_chat_completions_with_the_schema_and_the_limit() -> None:
    with FaultServer(RIGHT) as server:
        chat_at(server.url).ask([question(max_tokens=77)])
        (seen,) = server.seen
    assert seen.path == "/v1/chat/completions"
    assert seen.body["messages"] == [
        {"role": "system", "content": "You name colours."},
        {"role": "user", "content": "Which colour?"},
    ]
    assert seen.body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "colour", "schema": Colour.model_json_schema(), "strict": True},
    }
    assert (seen.body["model"], seen.body["max_tokens"], seen.body["temperature"]) == (MODEL, 77, 0.0)
    assert not seen.body.get("stream")
    assert "tools" not in seen.body
    assert seen.headers["authorization"] == f"Bearer {KEY}"


def test_an_exchange_holds_the_answer_its_body_and_its_tokens() -> None:
    usage = {"prompt_tokens": 90, "completion_tokens": 9, "prompt_tokens_details": {"cached_tokens": 64}}
    reply = answer(GOOD, usage=usage)
    with FaultServer(reply) as server:
        (found,) = chat_at(server.url, prices={MODEL: Price(input=2, cached_input=1, output=10)}).ask([question()])
    assert (found.text, found.finish, found.body, found.served_by) == (GOOD, "stop", reply.body, MODEL)
    assert found.use == TokenUse(input_tokens=90, cached_tokens=64, output_tokens=9)
    # 26 at $2 + 64 at $1 + 9 at $10, per million: 52 + 64 + 90 = 206.
    assert found.cost_usd == pytest.approx(206e-6)
    assert (found.attempts, found.form, found.request) == (1, "schema", question())


def test_tokens_are_estimated_where_a_server_counts_none() -> None:
    with FaultServer(answer(GOOD, usage={})) as server:
        (found,) = chat_at(server.url).ask([question()])
    # 17 characters: 17 / 3 rounded up, and 50 around it.
    assert found.use.output_tokens == 6 + 50
    assert found.use.input_tokens > 50


def test_cached_tokens_of_llama_cpp_and_deepseek_are_found() -> None:
    body = json.loads(answer(GOOD).body)
    llama = Reply(body=json.dumps({**body, "timings": {"cache_n": 30}}))
    deepseek = answer(GOOD, usage={"prompt_tokens": 100, "completion_tokens": 1, "prompt_cache_hit_tokens": 40})
    with FaultServer(llama, deepseek) as server:
        first, second = chat_at(server.url).ask([question("a"), question("b", "And now?")])
    assert (first.use.cached_tokens, second.use.cached_tokens) == (30, 40)


def test_results_come_in_the_order_of_the_requests() -> None:
    asked = [question(f"q{n}", f"Question {n}?") for n in range(9)]
    with FaultServer(RIGHT) as server:
        found = chat_at(server.url, parallel=4).ask(asked)
        first = server.seen[0].body["messages"][1]["content"]
    assert [exchange.request for exchange in found] == asked
    assert first == "Question 0?"


def test_the_first_request_is_answered_before_the_others_are_sent() -> None:
    seen: list[tuple[int, int]] = []
    with FaultServer(RIGHT) as server:
        chat = chat_at(server.url, parallel=8)
        chat.ask(
            [question(text=f"Question {n}?") for n in range(5)],
            keep=lambda exchange: seen.append((len(seen), server.n_requests)),
        )
    assert seen[0] == (0, 1)


def test_progress_reaches_one_and_never_falls() -> None:
    told: list[float] = []
    with FaultServer(RIGHT) as server:
        chat_at(server.url).ask([question(text=f"{n}?") for n in range(4)], progress=told.append)
    assert told == sorted(told) == [0.25, 0.5, 0.75, 1.0]


def test_what_came_back_is_kept_although_another_request_fails() -> None:
    kept: list[Exchange] = []
    with FaultServer(RIGHT, error(400, "no")) as server:
        chat = chat_at(server.url, parallel=1)
        with pytest.raises(EndpointError):
            chat.ask([question(text=f"{n}?") for n in range(5)], keep=kept.append)
        assert server.n_requests == 2
    assert [exchange.request.messages[-1].text for exchange in kept] == ["0?"]


def test_after_a_lasting_error_nothing_is_sent() -> None:
    with FaultServer(error(401, "Incorrect API key provided")) as server:
        chat = chat_at(server.url)
        for _ in range(3):
            with pytest.raises(EndpointError) as caught:
                chat.ask([question()])
            assert caught.value.lasting
            assert "OPENAI_API_KEY" in caught.value.hint
        assert server.n_requests == 1
    assert caught.value.message.endswith("(not asked again)")


def test_after_three_requests_in_a_row_without_an_answer_nothing_is_sent_for_five_minutes() -> None:
    time = FakeTime()
    with FaultServer(*[error(500, "oops")] * 8, RIGHT) as server:
        chat = chat_at(server.url, time=time, attempts=2)
        for expected in (2, 4, 6, 6, 6):
            with pytest.raises(EndpointError):
                chat.ask([question()])
            assert server.n_requests == expected
        time.sleep(300)
        with pytest.raises(EndpointError):  # one request tries whether it is back, once
            chat.ask([question()])
        assert server.n_requests == 7
        time.sleep(300)
        with pytest.raises(EndpointError):
            chat.ask([question()])
        time.sleep(300)
        (found,) = chat.ask([question()])
        assert server.n_requests == 9
        chat.ask([question("b", "Alive?")])
    assert found.text == GOOD


def test_an_answer_in_between_starts_the_count_anew() -> None:
    with FaultServer(error(500, ""), error(500, ""), RIGHT, error(500, "")) as server:
        chat = chat_at(server.url, attempts=1)
        for n in range(5):
            if n == 2:
                chat.ask([question()])
                continue
            with pytest.raises(EndpointError, match="500"):
                chat.ask([question()])
        assert server.n_requests == 5


def test_a_request_that_is_too_long_says_nothing_about_the_endpoint() -> None:
    long = error(400, "maximum context length is 4096 tokens")
    with FaultServer(*[long] * 4, RIGHT) as server:
        chat = chat_at(server.url)
        for _ in range(4):
            with pytest.raises(EndpointError, match="this length"):
                chat.ask([question()])
        assert chat.ask([question()])[0].text == GOOD


def test_pauses_double_and_stop_at_a_minute() -> None:
    time = FakeTime()
    with FaultServer(error(500, "oops")) as server, pytest.raises(EndpointError):
        chat_at(server.url, time=time, attempts=8).ask([question()])
    assert time.slept == [2, 4, 8, 16, 32, 60, 60]


def test_a_form_that_was_refused_is_not_tried_again() -> None:
    refused = error(400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported")
    with FaultServer(refused, RIGHT) as server:
        chat = chat_at(server.url)
        found = [chat.ask([question(text=text)])[0] for text in ("One?", "Two?")]
        formats = [seen.body.get("response_format", {}).get("type") for seen in server.seen]
        words = server.seen[-1].body["messages"][-1]["content"]
    assert formats == ["json_schema", "json_object", "json_object"]
    assert {exchange.form for exchange in found} == {"json"}
    assert words.startswith("Two?\n\n")
    assert question().answer.text in words


def test_a_form_that_was_chosen_is_kept_to() -> None:
    refused = error(400, "response_format json_schema is not supported")
    with FaultServer(refused, RIGHT) as server, pytest.raises(EndpointError, match="form of answer") as caught:
        chat_at(server.url, answers="schema").ask([question()])
    assert 'answers = "auto"' in caught.value.hint


def test_a_server_that_closes_without_an_answer_is_asked_again() -> None:
    # It says that it closes, since a request that went out before the end was noticed would be one more attempt.
    closes = Reply(body="", cut_after=0, headers={"Connection": "close"})
    with FaultServer(closes, RIGHT) as server:
        (found,) = chat_at(server.url).ask([question()])
        assert server.n_requests == 2
    assert found.attempts == 2
    assert found.text == GOOD


def test_nothing_listens() -> None:
    with FaultServer(RIGHT) as server:
        url = server.url
    time = FakeTime()
    with pytest.raises(EndpointError, match=r"does not answer: no connection: .*\(5 requests\)") as caught:
        chat_at(url, time=time).ask([question()])
    assert "check that the server runs" in caught.value.hint
    assert not caught.value.lasting


def test_the_key_is_in_no_message_and_no_body() -> None:
    bad = error(401, f"Incorrect API key provided: {KEY}")
    with FaultServer(bad) as server, pytest.raises(EndpointError) as caught:
        chat_at(server.url).ask([question()])
    assert KEY not in f"{caught.value.message} {caught.value.hint} {caught.value!r}"


def test_an_address_with_a_password_is_shown_without_it() -> None:
    with FaultServer(error(400, "no")) as server:
        url = server.url.replace("http://", "http://ann:pass1234@")
        with pytest.raises(EndpointError) as caught:
            chat_at(url).ask([question()])
    assert "pass1234" not in caught.value.message


def test_halves_of_surrogate_pairs_reach_neither_the_wire_nor_the_exchange() -> None:
    with FaultServer(Reply(body=answer("{}").body.replace('"{}"', '"\\ud800 x"'))) as server:
        (found,) = chat_at(server.url).ask([question(text="odd \ud800?")])
        sent = server.seen[0].body["messages"][1]["content"]
    assert sent.startswith("odd ")
    assert "\ud800" not in sent + found.text
    assert found.text.endswith(" x")


def test_without_a_key_an_endpoint_on_this_machine_is_asked_all_the_same() -> None:
    with FaultServer(RIGHT) as server:
        LangchainChat(settings(server.url), environment={}).ask([question()])
        assert server.seen[0].headers["authorization"] == "Bearer none"


@pytest.mark.parametrize(
    ("environment", "said"), [({}, "OPENAI_API_KEY is not set"), ({"OPENAI_API_KEY": "ä b"}, "no key has")]
)
def test_without_a_key_no_other_endpoint_can_be_used(environment: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        LangchainChat(LanguageModel(model="m"), environment=environment)
    assert "OPENAI_API_KEY" in caught.value.hint


def test_the_environment_does_not_say_where_calls_go(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(RIGHT) as meant, FaultServer(RIGHT) as other:
        for name in (
            "OPENAI_BASE_URL",
            "OPENAI_API_BASE",
            "LANGSMITH_GATEWAY",
            "HTTP_PROXY",
            "http_proxy",
            "OPENAI_PROXY",
        ):
            monkeypatch.setenv(name, other.url)
        chat_at(meant.url).ask([question()])
        assert (meant.n_requests, other.n_requests) == (1, 0)


def test_a_budget_stops_before_it_is_passed() -> None:
    # Worst case of the question: its characters / 3 + 50 input tokens and 200 output tokens at $1000 a million.
    meter = Meter(Price(input=1000, output=1000), 0.80)
    kept: list[Exchange] = []
    with FaultServer(RIGHT) as server:
        chat = chat_at(server.url, meter=meter, parallel=1)
        with pytest.raises(BudgetError, match=r"the budget of \$0.80 .* \$0\.\d+ spent") as caught:
            chat.ask([question(text=f"{n}?") for n in range(20)], keep=kept.append)
        assert server.n_requests == len(kept) == meter.requests
    # Each answer costs 110 tokens, $0.11; the worst case, near $0.4, no longer fits after four.
    assert 0 < meter.spent <= 0.80
    assert 3 <= len(kept) <= 5
    assert "--budget" in caught.value.hint


def test_the_budget_holds_with_many_threads() -> None:
    meter = Meter(Price(input=1000, output=1000), 2.0)
    with FaultServer(RIGHT) as server, pytest.raises(BudgetError):
        chat_at(server.url, meter=meter, parallel=16).ask([question(text=f"{n}?") for n in range(64)])
    assert meter.spent <= 2.0
    assert meter.spent == pytest.approx(meter.requests * 0.11)


def test_a_limit_of_requests_spaces_them_evenly() -> None:
    time = FakeTime()
    with FaultServer(RIGHT) as server:
        chat_at(server.url, time=time, requests_per_minute=30, parallel=1).ask(
            [question(text=f"{n}?") for n in range(4)]
        )
    assert time.slept == [2, 2, 2]


def test_the_identity_has_what_changes_answers_and_no_address() -> None:
    mine = settings("http://127.0.0.1:9/v1")
    assert chat_identity(mine) == chat_identity(settings("https://elsewhere.example/v1", timeout_s=9, parallel=2))
    for changed in ({"model": "other"}, {"temperature": 0.5}, {"answers": "json"}, {"provider": "groq"}):
        assert chat_identity(mine.model_copy(update=changed)) != chat_identity(mine)
    assert "127.0.0.1" not in chat_identity(mine)


def test_without_a_model_the_lines_to_write_are_told() -> None:
    with pytest.raises(UsageError, match=r"\[llm\] has no model") as caught:
        LangchainChat(LanguageModel())
    assert 'url = "http://127.0.0.1:8080/v1"' in caught.value.hint


@pytest.mark.parametrize("url", ["127.0.0.1:8080/v1", "ftp://x/v1", "http://"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is no address"):
        LangchainChat(LanguageModel(model="m", url=url))


def test_requests_under_way_end_before_an_error_is_raised() -> None:
    kept: list[str] = []
    begun = threading.Barrier(2, timeout=10)

    class Two:
        """The second request fails while the third is under way."""

        forms: tuple[AnswerForm, ...] = ("schema",)

        def send(self, request: ChatRequest, form: AnswerForm) -> Answered:
            text = request.messages[-1].text
            if text != "0?":
                begun.wait()
            if text == "1?":
                raise Fault("refused", "no")
            if text == "2?":
                real_time.sleep(0.2)
            return Answered(text=text, finish="stop", body="{}")

        def models(self) -> tuple[str, ...]:
            return ()

    chat = LangchainChat(settings("http://127.0.0.1:9/v1", parallel=2), sender=Two())
    with pytest.raises(EndpointError, match="refused"):
        chat.ask([question(text=f"{n}?") for n in range(4)], keep=lambda exchange: kept.append(exchange.text))
    assert kept == ["0?", "2?"]
