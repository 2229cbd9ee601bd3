"""What was answered is never asked again; replays and collections ask nothing."""

from collections.abc import Callable, Sequence

import pytest

from pipeline.adapters.kept_chat import CollectingChat, KeptChat, ReplayChat, SampledChat
from pipeline.domain.chat import ChatRequest, Exchange
from pipeline.errors import EndpointError, NotAnsweredError
from pipeline.ports import Progress, silent
from tests.adapters.chatting import GOOD, Shelf, chat_at, question
from tests.fault_server import FaultServer, answer, error

ONE, TWO, THREE = (question(about, f"{about}?") for about in ("one", "two", "three"))
MODEL = "scripted-1"


class Endpoint:
    """Answers each request with its number, and fails after so many."""

    identity = MODEL

    def __init__(self, *, fails_after: int = 99) -> None:
        self.asked: list[ChatRequest] = []
        self._fails_after = fails_after

    def ask(
        self, requests: Sequence[ChatRequest], *, progress: Progress = silent, keep: Callable[[Exchange], None]
    ) -> tuple[Exchange, ...]:
        found = []
        for request in requests:
            if len(self.asked) == self._fails_after:
                raise EndpointError("dead", hint="wait")
            self.asked.append(request)
            found.append(
                Exchange(request=request, model=MODEL, text=str(len(self.asked)), finish="stop", body="", seconds=1)
            )
            keep(found[-1])
        return tuple(found)


def test_only_what_is_missing_is_asked_and_the_order_stays() -> None:
    shelf, endpoint = Shelf(), Endpoint()
    chat = KeptChat(endpoint, shelf)
    chat.ask([TWO])
    found = chat.ask([ONE, TWO, THREE])
    assert [exchange.request for exchange in found] == [ONE, TWO, THREE]
    assert endpoint.asked == [TWO, ONE, THREE]


def test_an_equal_request_is_asked_once() -> None:
    endpoint = Endpoint()
    found = KeptChat(endpoint, Shelf()).ask([ONE, TWO, ONE])
    assert endpoint.asked == [ONE, TWO]
    assert [exchange.text for exchange in found] == ["1", "2", "1"]


def test_what_was_answered_before_a_failure_is_not_asked_again() -> None:
    shelf = Shelf()
    with pytest.raises(EndpointError):
        KeptChat(Endpoint(fails_after=2), shelf).ask([ONE, TWO, THREE])
    endpoint = Endpoint()
    KeptChat(endpoint, shelf).ask([ONE, TWO, THREE])
    assert endpoint.asked == [THREE]


def test_over_http_a_second_run_sends_nothing_and_a_cut_one_only_the_rest() -> None:
    shelf = Shelf()
    with FaultServer(answer(GOOD), answer(GOOD), error(401, "no")) as server, pytest.raises(EndpointError):
        KeptChat(chat_at(server.url, parallel=1), shelf).ask([ONE, TWO, THREE])
    with FaultServer(answer(GOOD)) as server:
        for _ in range(2):
            KeptChat(chat_at(server.url), shelf).ask([ONE, TWO, THREE])
        assert [seen.body["messages"][1]["content"] for seen in server.seen] == ["three?"]


def test_a_replay_gives_what_was_kept_and_names_what_was_not() -> None:
    shelf = Shelf()
    kept = KeptChat(Endpoint(), shelf).ask([ONE])
    replay = ReplayChat(MODEL, shelf)
    assert replay.ask([ONE]) == kept
    with pytest.raises(NotAnsweredError, match=r"never answered by scripted-1: two of call call-1, three of call"):
        replay.ask([ONE, TWO, THREE])


def test_a_replay_with_another_model_finds_nothing() -> None:
    shelf = Shelf()
    KeptChat(Endpoint(), shelf).ask([ONE])
    with pytest.raises(NotAnsweredError):
        ReplayChat("scripted-2", shelf).ask([ONE])


def test_a_collection_gathers_what_is_missing_once() -> None:
    shelf = Shelf()
    KeptChat(Endpoint(), shelf).ask([TWO])
    chat = CollectingChat(MODEL, shelf)
    with pytest.raises(NotAnsweredError, match="2 of 4 requests wait"):
        chat.ask([ONE, TWO, THREE, ONE])
    with pytest.raises(NotAnsweredError):
        chat.ask([ONE])
    assert chat.missing == [ONE, THREE]
    assert [exchange.text for exchange in chat.ask([TWO])] == ["1"]


def test_progress_ends_at_one_whether_or_not_anything_was_asked() -> None:
    shelf = Shelf()
    for _ in range(2):
        told: list[float] = []
        KeptChat(Endpoint(), shelf).ask([ONE], progress=told.append)
        assert told[-1] == 1.0


class TestSamples:
    def test_a_further_sample_is_asked_anew_and_then_kept_too(self) -> None:
        shelf, endpoint = Shelf(), Endpoint()
        chat = KeptChat(endpoint, shelf)
        texts = [SampledChat(chat, n).ask([ONE])[0].text for n in (0, 1, 2, 1, 0)]
        assert texts == ["1", "2", "3", "2", "1"]
        assert [request.sample for request in endpoint.asked] == [0, 1, 2]

    def test_the_first_sample_is_what_a_night_has_asked(self) -> None:
        shelf, endpoint = Shelf(), Endpoint()
        KeptChat(endpoint, shelf).ask([ONE])
        SampledChat(KeptChat(endpoint, shelf), 0).ask([ONE])
        assert len(endpoint.asked) == 1

    def test_a_sampled_chat_is_the_same_model(self) -> None:
        assert SampledChat(KeptChat(Endpoint(), Shelf()), 3).identity == MODEL

    def test_over_http_both_samples_send_equal_bytes(self) -> None:
        with FaultServer(answer(GOOD)) as server:
            chat = KeptChat(chat_at(server.url), Shelf())
            for number in (0, 1):
                SampledChat(chat, number).ask([ONE])
            first, second = (seen.body for seen in server.seen)
        assert first == second
