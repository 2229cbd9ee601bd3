"""llama.cpp's own OpenAI-compatible server on 127.0.0.1, in a process of its own: a real endpoint for tests.

As a command it says its address and serves until its input ends: `tail -f /dev/null | python -m tests.llama_server
--model qwen2.5-coder-0.5b --port 8111`.
"""

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.adapters import weights
from pipeline.errors import WeightsError

SMALL = "qwen2.5-coder-0.5b"
LARGE = "qwen2.5-coder-1.5b"
CHECKOUT = Path(__file__).resolve().parent.parent
CONTEXT_TOKENS = 16_384
CACHE_MIB = 1024


@dataclass(frozen=True)
class Served:
    """A server that answers: `url` up to and with /v1, and the name under which it knows its model."""

    url: str
    model: str


@contextlib.contextmanager
def serve(model: str = SMALL, *, context_tokens: int = CONTEXT_TOKENS, threads: int = 1) -> Iterator[Served]:
    """A server of this model while the block runs. Raises: WeightsError when the model was not pulled."""
    weights.require(model, weights.default_cache())
    command = [sys.executable, "-m", "tests.llama_server", "--model", model, "--port", "0"]
    command += ["--context", str(context_tokens), "--threads", str(threads)]
    server = subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), f"the server did not start ({server.poll()})"
        yield Served(url, model)
    finally:
        server.terminate()
        server.wait(timeout=30)
        for pipe in (server.stdin, server.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture(scope="session")
def llama_small() -> Iterator[Served]:
    """The 0.5B, served for the whole session. Skips without its weights."""
    try:
        with serve(SMALL) as served:
            yield served
    except WeightsError as error:
        pytest.skip(f"{error.message}: {error.hint}")


def main() -> None:
    """Serves the model that the arguments name, until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=SMALL)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--context", type=int, default=CONTEXT_TOKENS, help="tokens for each request")
    parser.add_argument("--parallel", type=int, default=1, help="requests at once; the others wait")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # threads that spin take the cores from those that compute
    import xllamacpp

    (file,) = weights.find_model(given.model).files
    params = xllamacpp.CommonParams()
    params.model.path = str(weights.require(given.model, weights.default_cache()) / file.name)
    params.model_alias = {given.model}
    params.hostnames, params.port = ["127.0.0.1"], given.port
    params.n_ctx, params.n_parallel = given.context * given.parallel, given.parallel
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = given.threads
    params.ui = params.warmup = False
    params.cache_ram_mib, params.verbosity = CACHE_MIB, 0
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}/v1\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.read()


if __name__ == "__main__":
    main()
