"""Requests handed over together: none twice, none lost, whatever goes wrong and whenever the process ends."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.adapters.batch import SETTLING_S, BatchClient, Collected, RefusingChat
from pipeline.adapters.batch_lines import Bodies, in_files, read_line, request_line
from pipeline.adapters.kept_chat import CollectingChat
from pipeline.domain.chat import Price
from pipeline.errors import EndpointError, NotAnsweredError, UsageError
from pipeline.store.batches import Batches
from tests.adapters.chatting import ENVIRONMENT, KEY, FakeTime, Shelf, chat_at, question, settings
from tests.batch_server import TOKENS, BatchServer, Body, Plan, completed
from tests.fault_server import MODEL, FaultServer, answer, error

PRICE = Price(input=2.0, cached_input=1.0, output=10.0)
PAID = (100 * 2.0 + 10 * 10.0) / 1_000_000 / 2  # 100 tokens in and 10 out at half the price
REQUESTS = tuple(question(text=f"Colour {n}?") for n in range(7))


def respond(body: Body) -> tuple[int, Body]:
    asked = body["messages"][-1]["content"]
    if "forbidden" in asked:
        return 400, {"error": {"message": "this cannot be asked", "type": "invalid_request_error", "code": None}}
    if "busy" in asked:
        return 500, {"error": {"message": "overloaded", "type": "server_error", "code": None}}
    return completed(json.dumps({"colour": f"red for {asked}\u2028"}, ensure_ascii=False))


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with BatchServer(respond) as running:
        yield running


def client(
    server: BatchServer, root: Path, *, clock: FakeTime | None = None, limits: tuple[int, int] | None = None
) -> BatchClient:
    named = settings(server.url, prices={MODEL: PRICE})
    wait = (clock or FakeTime()).clock
    return BatchClient(named, Batches(root), environment=ENVIRONMENT, clock=wait, limits=limits)


def finished(batches: BatchClient, shelf: Shelf) -> Collected:
    """Polls until every batch has ended, then collects."""
    deadline = time.monotonic() + 30
    while batches.poll().n_waiting:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return batches.collect(shelf)


def test_each_request_becomes_an_exchange_at_half_the_price(server: BatchServer, tmp_path: Path) -> None:
    batches, shelf = client(server, tmp_path), Shelf()
    submitted = batches.submit(REQUESTS)
    assert (submitted.n_batches, submitted.n_requests, submitted.n_waiting) == (1, 7, 0)
    collected = finished(batches, shelf)
    assert (collected.n_answered, collected.failures, collected.reasons) == (7, (), ())
    for request in REQUESTS:
        exchange = shelf.recall(batches.identity, request)
        assert exchange is not None
        assert exchange.request == request
        assert json.loads(exchange.text)["colour"] == f"red for {request.messages[-1].text}\u2028"
        assert exchange.batched
        assert exchange.cost_usd == pytest.approx(PAID)
    assert server.tokens_paid == 7 * TOKENS


def test_body_is_the_one_that_the_live_adapter_sends(server: BatchServer, tmp_path: Path) -> None:
    client(server, tmp_path).submit(REQUESTS[:2])
    for answers in ("auto", "schema", "json"):
        with FaultServer(answer('{"colour": "red"}')) as live:
            chat_at(live.url, answers=answers).ask(REQUESTS[:1])
            bodies = Bodies(settings(live.url, answers=answers), ENVIRONMENT)
            assert bodies.of(REQUESTS[0]) == live.seen[0].body


def test_openais_own_endpoint_is_told_max_completion_tokens() -> None:
    body = Bodies(settings("https://api.openai.com/v1"), ENVIRONMENT).of(REQUESTS[0])
    assert (body["max_completion_tokens"], "max_tokens" in body) == (200, False)


def test_custom_id_is_the_key_of_the_exchange(server: BatchServer, tmp_path: Path) -> None:
    batches = client(server, tmp_path)
    batches.submit(REQUESTS)
    finished(batches, Shelf())
    keys = {request.key(batches.identity) for request in REQUESTS}
    assert set(server.executed) == keys
    assert max(map(len, keys)) == 64  # the most that a custom_id may have
    assert set(server.executed.values()) == {1}


def test_request_that_waits_in_a_batch_is_not_handed_over_again(server: BatchServer, tmp_path: Path) -> None:
    server.plan = Plan(polls_needed=3)
    client(server, tmp_path).submit(REQUESTS)
    again = client(server, tmp_path).submit((*REQUESTS, question(text="Another?")))
    assert (again.n_requests, again.n_waiting) == (1, 7)
    finished(client(server, tmp_path), Shelf())
    assert set(server.executed.values()) == {1}
    assert len(server.executed) == 8


def test_batch_of_an_earlier_run_is_collected_by_a_later_one(server: BatchServer, tmp_path: Path) -> None:
    client(server, tmp_path).submit(REQUESTS)
    shelf = Shelf()
    assert finished(client(server, tmp_path), shelf).n_answered == 7
    assert len(shelf.kept) == 7


def test_requests_are_split_at_the_limits(server: BatchServer, tmp_path: Path) -> None:
    batches, shelf = client(server, tmp_path, limits=(3, 10**9)), Shelf()
    assert batches.submit(REQUESTS).n_batches == 3  # 3 + 3 + 1
    assert finished(batches, shelf).n_answered == 7
    assert [batch.n_requests for batch in server.batches.values()] == [3, 3, 1]


def test_lines_are_split_by_number_and_by_bytes() -> None:
    # 4 + 5 is 9, and 5 more would be 14; 20 alone is over 10 bytes and still goes, alone
    assert list(in_files([4, 5, 5, 20, 1], most=10, most_bytes=10)) == [
        range(0, 2),
        range(2, 3),
        range(3, 4),
        range(4, 5),
    ]
    assert list(in_files([1] * 5, most=2, most_bytes=10)) == [range(0, 2), range(2, 4), range(4, 5)]
    assert list(in_files([])) == []


def test_line_of_a_file_is_ascii_with_one_line_feed() -> None:
    line = request_line("a" * 64, {"messages": [{"content": "zwei\u2028Zeilen\n", "role": "user"}]})
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert json.loads(line)["body"]["messages"][0]["content"] == "zwei\u2028Zeilen\n"


def test_refused_request_is_an_error_of_its_call_and_the_others_are_kept(server: BatchServer, tmp_path: Path) -> None:
    refused = question("price", "forbidden")
    batches, shelf = client(server, tmp_path), Shelf()
    batches.submit((*REQUESTS, refused))
    collected = finished(batches, shelf)
    assert collected.n_answered == 7
    assert collected.refused == {refused.key(batches.identity): "400: this cannot be asked"}
    chat = RefusingChat(CollectingChat(batches.identity, shelf), collected.refused)
    assert len(chat.ask(REQUESTS)) == 7
    with pytest.raises(EndpointError, match="price of call call-1: 400: this cannot be asked") as raised:
        chat.ask((refused,))
    assert not raised.value.lasting


def test_failed_request_may_be_handed_over_again(server: BatchServer, tmp_path: Path) -> None:
    busy = question(text="busy")
    batches, shelf = client(server, tmp_path), Shelf()
    batches.submit((*REQUESTS, busy))
    collected = finished(batches, shelf)
    assert [failure.kind for failure in collected.failures] == ["failed"]
    assert collected.refused == {}
    server.respond = lambda _: completed("{}")
    assert batches.submit((busy,)).n_requests == 1
    assert finished(batches, shelf).n_answered == 1
    assert server.tokens_paid == 8 * TOKENS  # what failed cost nothing


def test_expired_requests_are_counted_and_the_answered_ones_kept(server: BatchServer, tmp_path: Path) -> None:
    server.plan = Plan(expired=3)
    batches, shelf = client(server, tmp_path), Shelf()
    batches.submit(REQUESTS)
    collected = finished(batches, shelf)
    assert (collected.n_answered, [f.kind for f in collected.failures]) == (4, ["expired"] * 3)
    chat = CollectingChat(batches.identity, shelf)
    with pytest.raises(NotAnsweredError):
        chat.ask(REQUESTS)
    assert batches.submit(chat.missing).n_requests == 3
    assert finished(batches, shelf).n_answered == 3
    assert set(server.executed.values()) == {1}


def test_batch_that_is_not_carried_out_says_why(server: BatchServer, tmp_path: Path) -> None:
    server.plan = Plan(invalid="the file has 7 lines of another model")
    batches = client(server, tmp_path)
    batches.submit(REQUESTS)
    collected = finished(batches, Shelf())
    assert collected.n_answered == 0
    assert collected.reasons == ("the file has 7 lines of another model",)
    assert {f.message for f in collected.failures} == {"failed: the file has 7 lines of another model"}
    assert server.tokens_paid == 0


def test_download_that_breaks_off_is_read_again_and_loses_nothing(server: BatchServer, tmp_path: Path) -> None:
    server.plan = Plan(cut_downloads=1)
    batches, shelf = client(server, tmp_path), Shelf()
    batches.submit(REQUESTS)
    with pytest.raises(EndpointError, match="broke off"):
        finished(batches, shelf)
    assert 0 < len(shelf.kept) < 7
    assert finished(batches, shelf).n_answered == 7
    assert len(shelf.kept) == 7
    assert server.tokens_paid == 7 * TOKENS


def test_files_at_the_endpoint_are_removed_once_their_answers_are_kept(server: BatchServer, tmp_path: Path) -> None:
    batches = client(server, tmp_path)
    batches.submit(REQUESTS)
    assert server.files
    finished(batches, Shelf())
    assert server.files == {}
    assert [record.state for _, record in Batches(tmp_path).all()] == ["cleared"]


def test_batch_not_yet_in_the_endpoints_list_is_waited_for(server: BatchServer, tmp_path: Path) -> None:
    batches, clock = client(server, tmp_path), FakeTime()
    batches.submit(REQUESTS)
    ((batch, record),) = Batches(tmp_path).all()
    Batches(tmp_path).append(batch, record.model_copy(update={"state": "creating", "batch_id": None}))
    server.plan = Plan(unlisted=1)
    assert finished(client(server, tmp_path, clock=clock), Shelf()).n_answered == 7
    assert clock.slept[0] == SETTLING_S
    assert len(server.batches) == 1


def test_endpoint_without_a_batch_api_says_so(server: BatchServer, tmp_path: Path) -> None:
    none_there = BatchClient(settings(f"{server.url}/none"), Batches(tmp_path), environment=ENVIRONMENT)
    with pytest.raises(EndpointError, match="no Batch API at") as raised:
        none_there.submit(REQUESTS)
    assert raised.value.lasting
    assert "without --batch" in raised.value.hint


def test_batch_that_is_not_at_the_endpoint_is_never_asked_for_anew(server: BatchServer, tmp_path: Path) -> None:
    client(server, tmp_path).submit(REQUESTS)
    with (
        BatchServer(respond) as elsewhere,
        pytest.raises(EndpointError, match="the batch batch_000 is not at") as raised,
    ):
        client(elsewhere, tmp_path).poll()
    assert "pay anew" in raised.value.hint
    assert elsewhere.executed == {}
    assert finished(client(server, tmp_path), Shelf()).n_answered == 7


def test_results_that_are_gone_are_an_error(server: BatchServer, tmp_path: Path) -> None:
    client(server, tmp_path).submit(REQUESTS)
    while client(server, tmp_path).poll().n_waiting:
        time.sleep(0.01)
    server.files.clear()
    with pytest.raises(EndpointError, match="the results out-"):
        client(server, tmp_path).collect(Shelf())


def test_key_is_in_no_message_and_in_no_record(server: BatchServer, tmp_path: Path) -> None:
    batches = client(server, tmp_path)
    batches.submit(REQUESTS)
    finished(batches, Shelf())
    assert all(KEY not in path.read_text() for path in tmp_path.rglob("*.json*"))


def test_other_providers_have_no_batches(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="anthropic"):
        BatchClient(settings("http://127.0.0.1:9/v1", provider="anthropic"), Batches(tmp_path), environment=ENVIRONMENT)


@pytest.mark.parametrize("line", ["", "{", "[]", '{"response": {}}', '{"custom_id": 7}'])
def test_line_that_is_no_result_is_none(line: str) -> None:
    assert read_line(line) is None


def test_answer_without_choices_is_no_answer() -> None:
    line = read_line('{"custom_id": "k", "response": {"status_code": 200, "body": {"object": "error"}}, "error": null}')
    assert line is not None
    assert line.failure == "failed"


def test_request_with_half_a_surrogate_pair_is_written_down(server: BatchServer, tmp_path: Path) -> None:
    odd = question(text="a \ud83d colour?")
    batches, shelf = client(server, tmp_path), Shelf()
    batches.submit((odd,))
    assert Batches(tmp_path).requests(next(batch for batch, _ in Batches(tmp_path).all())) == (odd,)
    assert finished(batches, shelf).n_answered == 1


def test_a_key_that_the_endpoint_repeats_is_in_no_message(tmp_path: Path) -> None:
    with FaultServer(error(401, f"Incorrect API key provided: {KEY}", code="invalid_api_key")) as refusing:
        batches = BatchClient(
            settings(refusing.url), Batches(tmp_path), environment=ENVIRONMENT, clock=FakeTime().clock
        )
        with pytest.raises(EndpointError, match="does not accept the key") as caught:
            batches.submit([question()])
    assert KEY not in caught.value.message
    assert "***" in caught.value.message
