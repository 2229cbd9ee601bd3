"""The chat adapter in a process of its own: what it loads, what else it sends, how it is stopped."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable

import pytest

from tests.adapters.chatting import GOOD
from tests.conftest import CHECKOUT
from tests.fault_server import FaultServer, Reply, answer

RIGHT = answer(GOOD)


def test_making_a_chat_loads_neither_langchain_nor_openai() -> None:
    code = """
        import sys
        from pipeline.adapters.chat import LangchainChat
        from pipeline.config import LanguageModel
        LangchainChat(LanguageModel(model="m", url="http://127.0.0.1:9/v1"))
        print(sorted({"langchain", "langchain_core", "openai", "httpx"} & set(sys.modules)))
    """
    printed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]", printed.stderr


ASK = """
    import sys
    from pipeline.adapters.chat import LangchainChat
    from pipeline.config import LanguageModel
    from tests.adapters.chatting import question
    chat = LangchainChat(LanguageModel(model="m", url=sys.argv[1], parallel=4))
    chat.ask([question(text=f"{n}?") for n in range(6)])
"""


def test_nothing_is_sent_to_langsmith_whatever_the_environment_says() -> None:
    with FaultServer(RIGHT) as server, FaultServer(Reply(body="{}")) as smith:
        tracing = dict.fromkeys(("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING_V2"), "true")
        keys = {"LANGSMITH_API_KEY": "k", "LANGSMITH_ENDPOINT": smith.url, "LANGCHAIN_ENDPOINT": smith.url}
        subprocess.run(
            [sys.executable, "-c", textwrap.dedent(ASK), server.url],
            cwd=CHECKOUT,
            env={**os.environ, **tracing, **keys},
            check=True,
            timeout=60,
        )
        assert server.n_requests == 6
        assert smith.n_requests == 0


def test_a_person_can_stop_it_while_the_server_hangs() -> None:
    with FaultServer(RIGHT, Reply(hangs=True)) as server:
        asking = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(ASK), server.url], cwd=CHECKOUT, stderr=subprocess.PIPE, text=True
        )
        _until(lambda: server.n_requests == 5)  # one answered, four hang
        asking.send_signal(signal.SIGINT)
        _, told = asking.communicate(timeout=60)
    assert "KeyboardInterrupt" in told


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen in 60 s")
