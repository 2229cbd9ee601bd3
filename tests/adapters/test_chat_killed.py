"""A run that is killed loses at most what was under way; the next one asks the rest. Counted on the server."""

import subprocess
import sys
import textwrap
import time
from collections import Counter
from pathlib import Path

from pipeline.adapters.kept_chat import KeptChat
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.objects import ObjectStore
from tests.adapters.chatting import GOOD, chat_at, question
from tests.conftest import CHECKOUT
from tests.fault_server import FaultServer, Reply, answer

N = 12
PARALLEL = 3
ASK = f"""
    import sys
    from pathlib import Path
    from pipeline.adapters.kept_chat import KeptChat
    from pipeline.store.exchanges import KeptExchanges
    from pipeline.store.objects import ObjectStore
    from tests.adapters.chatting import chat_at, question
    exchanges = KeptExchanges(ObjectStore(Path(sys.argv[2])))
    chat = KeptChat(chat_at(sys.argv[1], parallel={PARALLEL}, timeout_s=60), exchanges)
    chat.ask([question(text=f"{{n}}?") for n in range({N})])
"""


def test_a_killed_run_repeats_at_most_what_was_under_way(tmp_path: Path) -> None:
    right, hang = answer(GOOD), Reply(hangs=True)
    with FaultServer(*[right] * 5, hang) as server:
        asking = subprocess.Popen([sys.executable, "-c", textwrap.dedent(ASK), server.url, str(tmp_path)], cwd=CHECKOUT)
        deadline = time.monotonic() + 30
        while server.n_requests < 5 + PARALLEL and time.monotonic() < deadline:
            time.sleep(0.05)
        asking.kill()
        asking.wait(10)
        before = [seen.body["messages"][1]["content"] for seen in server.seen]
    assert len(before) == 5 + PARALLEL
    shelf = KeptExchanges(ObjectStore(tmp_path))
    with FaultServer(right) as server:
        found = KeptChat(chat_at(server.url), shelf).ask([question(text=f"{n}?") for n in range(N)])
        after = [seen.body["messages"][1]["content"] for seen in server.seen]
    assert len(found) == N
    assert len(after) == N - 5  # every answer that arrived was kept
    repeated = Counter(before) & Counter(after)
    assert repeated.total() == PARALLEL
