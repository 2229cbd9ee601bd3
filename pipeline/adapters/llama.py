"""A small language model in this process, by xllamacpp: the probabilities of the next token, and nothing generated.

llama.cpp keeps what it has computed for the last prompt, so prompts that share a beginning cost only their ends. That
beginning is kept on disk between runs as well, where a folder for it is given.
"""

import hashlib
import json
import math
import os
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from pipeline.errors import StageError, WeightsError
from pipeline.log import get_logger

_log = get_logger(__name__)
_CONTEXT_TOKENS = 2048
_TOP_TOKENS = 60
_TIMEOUT_S = 60
_SLOT = 0


class NextTokens(Protocol):
    """A language model, as far as it is needed to choose between single tokens."""

    @property
    def identity(self) -> str:
        """Model, digest and everything else that changes its probabilities: part of the work key."""
        ...

    def prepare(self, prefix: str) -> None:
        """Makes prompts that start with this prefix cheap from now on."""
        ...

    def next_tokens(self, prompt: str) -> Mapping[str, float]:
        """The likeliest next tokens with their probabilities; those of all others are next to nothing."""
        ...


class LlamaModel:
    """A GGUF model read by llama.cpp; loaded when it is first asked.

    `states` is the folder for prefixes that were computed; it holds rubric and prompt text in the model's form, and no
    word of any call. `name` is the model with the digest of its file; `threads` is asked for on purpose: on a busy
    machine two are slower than one.
    """

    def __init__(self, path: Path, *, name: str = "gguf", threads: int = 1, states: Path | None = None) -> None:
        if not path.is_file():
            raise WeightsError(f"no language model at {path}", hint="run `filmroom models pull qwen2.5-coder-1.5b`")
        self.identity = name
        self._path = path
        self._threads = threads
        self._states = states
        self._key = secrets.token_hex(16)

    def prepare(self, prefix: str) -> None:
        """Computes the prefix, or takes it from disk when the same model has computed it before.

        A state that cannot be used is computed anew and replaced.
        """
        if self._states is None:
            self._complete(prefix)
            return
        key = hashlib.sha256("\n".join((self.identity, prefix)).encode()).hexdigest()
        state = self._states / f"{key[:32]}.state"
        if state.is_file() and self._restored(state):
            return
        self._complete(prefix)
        self._save(state)

    def next_tokens(self, prompt: str) -> Mapping[str, float]:
        """The likeliest 60 next tokens with their probabilities. Raises: StageError when the model gives no answer."""
        answer = self._complete(prompt)
        try:
            (first,) = answer["choices"][0]["logprobs"]["content"]
            return {top["token"]: math.exp(top["logprob"]) for top in first["top_logprobs"]}
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise _failed(f"an answer without probabilities: {str(answer)[:200]}") from error

    def _complete(self, prompt: str) -> Any:
        request = {
            "prompt": prompt,
            "max_tokens": 1,
            "temperature": 0,
            "logprobs": _TOP_TOKENS,
            "cache_prompt": True,
            "id_slot": _SLOT,
        }
        try:
            return self._server.handle_completions(request)
        except Exception as error:  # the vendor raises bare RuntimeError and ValueError
            raise _failed(f"the language model failed: {error}") from error

    def _restored(self, state: Path) -> bool:
        try:
            self._slot("restore", state.name)
        except (OSError, ValueError) as error:
            _log.warning("a saved prefix cannot be used and is computed anew: %s", error)
            return False
        return True

    def _save(self, state: Path) -> None:
        """Under another name first, so that a run that is cut off leaves no half a state behind."""
        part = state.with_suffix(f".{os.getpid()}")
        try:
            self._slot("save", part.name)
            part.replace(state)
        except (OSError, ValueError) as error:
            raise _failed(f"the prefix cannot be saved to {state.parent.name}: {error}") from error

    def _slot(self, action: str, name: str) -> None:
        """The one thing that this build offers over its local port only; the port asks for a key made for this run."""
        request = urllib.request.Request(  # noqa: S310 - the address is the server's own
            f"{self._server.listening_address}/slots/{_SLOT}?action={action}",
            json.dumps({"filename": name}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"},
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever the environment says
        with direct.open(request, timeout=_TIMEOUT_S) as answer:
            json.load(answer)

    @cached_property
    def _server(self) -> Any:
        # Waiting threads that spin take the cores from those that compute; read once, when the library is loaded.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(self._path)
        params.n_ctx, params.n_parallel = _CONTEXT_TOKENS, 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self._threads
        params.api_keys = [self._key]
        params.ui = params.warmup = params.endpoint_props = params.endpoint_slots = False
        # Read into memory once: a mapped file stays there beside the copy that is laid out for the processor (0.6 GB).
        params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
        params.cache_ram_mib = params.n_ctx_checkpoints = params.verbosity = 0
        if self._states is not None:
            self._states.mkdir(parents=True, exist_ok=True)
            params.slot_save_path = f"{self._states}/"
        try:
            return xllamacpp.Server(params)
        except Exception as error:  # the vendor raises bare RuntimeError
            raise _failed(f"the language model cannot be loaded: {error}") from error


def _failed(message: str) -> StageError:
    return StageError("observe", message, hint="check free memory (2.5 GB), or use --reader similarity")
