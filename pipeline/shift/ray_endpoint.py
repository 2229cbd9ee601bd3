"""Owns how workers on any machine ask a language model: through one actor, whose limit holds for all of them.

The actor lets at most `parallel` requests through at once, to the run itself, which answers with the one model that it
was given: so one budget, one pace and one set of kept answers hold for the night, keys stay on the run's machine, and
no actor that dies can take a count of money with it.
"""

import asyncio
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from pipeline.adapters.chat_threads import first_then_others
from pipeline.domain.chat import ChatRequest, Exchange
from pipeline.errors import FilmroomError, StageError
from pipeline.log import get_logger
from pipeline.ports import ChatModel, Progress, silent
from pipeline.shift.ray_records import required

_log = get_logger(__name__)
_LOOK_S = 1.0
"""How long the run waits for a request before it looks whether the night has ended."""

Reply = Exchange | FilmroomError


class Endpoint:
    """The actor that stands for a language model's endpoint. One that dies is made anew, and is asked again."""

    def __init__(self, parallel: int) -> None:
        self._self = uuid.uuid4().hex
        self._may = asyncio.Semaphore(parallel)
        self._waiting: asyncio.Queue[tuple[str, ChatRequest]] = asyncio.Queue()
        self._asked: dict[str, asyncio.Future[Reply]] = {}

    async def ask(self, request: ChatRequest) -> Reply:
        """What came back, or the error that was raised; waits until its turn has come."""
        async with self._may:
            number = f"{self._self}-{uuid.uuid4().hex}"
            self._asked[number] = asyncio.get_running_loop().create_future()
            await self._waiting.put((number, request))
            try:
                return await self._asked[number]
            finally:
                del self._asked[number]

    async def take(self) -> tuple[str, ChatRequest] | None:
        """The next request and its number; None when there was none for a while."""
        try:
            return await asyncio.wait_for(self._waiting.get(), _LOOK_S)
        except TimeoutError:
            return None

    async def answer(self, number: str, reply: Reply) -> None:
        """What the request of this number brought; one that an endpoint before this one was asked is passed over."""
        waiting = self._asked.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)


class RemoteChat:
    """The language model as a worker anywhere asks it; fulfils `ChatModel`."""

    def __init__(self, ray: Any, endpoint: Any, *, identity: str, parallel: int) -> None:
        self.identity = identity
        self._ray, self._endpoint, self._parallel = ray, endpoint, parallel

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        """As `ChatModel.ask`."""

        def one(request: ChatRequest, _: Callable[[], bool]) -> Exchange:
            found: Exchange = required(self._ray.get(self._endpoint.ask.remote(request)))
            return found

        return first_then_others(one, requests, parallel=self._parallel, progress=progress)


class Answering:
    """Threads of the run that answer what the endpoint's actor lets through, each request once at a time."""

    def __init__(self, ray: Any, endpoint: Any, chat: ChatModel, *, parallel: int) -> None:
        self._ray, self._endpoint, self._chat = ray, endpoint, chat
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._under_way: dict[str, Future[Reply]] = {}
        new = threading.Thread
        self._threads = [new(target=self._go_on, daemon=True, name="filmroom endpoint") for _ in range(parallel)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Answer nothing more; what was sent is kept when it comes back."""
        self._ended.set()

    def wait(self) -> None:
        """Return once nobody here talks to Ray any more, so that the cluster may be left; call it after `end`.

        A thread that waits for the model's answer is not waited for long: the answer is kept, and Ray hears no more.
        """
        until = time.monotonic() + 2 * _LOOK_S
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _go_on(self) -> None:
        while not self._ended.is_set():
            try:
                taken = self._ray.get(self._endpoint.take.remote())
                if taken is not None:
                    number, request = taken
                    reply = self._reply(request)
                    if not self._ended.is_set():
                        self._endpoint.answer.remote(number, reply)
            except Exception as error:  # noqa: BLE001 - Ray's: the actor is made anew, or the night has ended
                if not self._ended.wait(_LOOK_S):
                    _log.warning("the actor of the endpoint did not answer: %s", type(error).__name__)

    def _reply(self, request: ChatRequest) -> Reply:
        """The answer; a request that is under way already, for a worker that died, is waited for and not sent again."""
        key = request.key(self._chat.identity)
        with self._lock:
            waiting = self._under_way.get(key)
            if waiting is None:
                mine = self._under_way[key] = Future[Reply]()
        if waiting is not None:
            return waiting.result()
        try:
            mine.set_result(self._asked(request))
        finally:
            with self._lock:
                del self._under_way[key]
        return mine.result()

    def _asked(self, request: ChatRequest) -> Reply:
        try:
            (exchange,) = self._chat.ask((request,))
        except FilmroomError as error:
            return error
        except Exception as error:  # noqa: BLE001 - it belongs to one call, and is set aside with it
            _log.exception("asking failed")
            hint = "this should not happen: please report it with the log; run again to retry"
            return StageError("observe", f"{type(error).__name__}: {error}", hint=hint)
        return exchange
