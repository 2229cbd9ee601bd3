"""Sends to an OpenAI-compatible endpoint, by langchain-openai; the response is kept before langchain reads it.

The form of answer goes in as a field of the body (`extra_body`): given as `response_format`, langchain would have the
answer parsed, and a truncated or fenced one would be an exception without text and usage. Imported only when something
is sent.
"""

import json
import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx

from pipeline.adapters.chat_address import CONNECT_TIMEOUT_S, is_local, is_openais, key_of, timeout_s, url_of
from pipeline.adapters.chat_faults import Fault, causes, read_fault, retry_after, server_words
from pipeline.adapters.chat_pace import Clock
from pipeline.adapters.chat_recording import Recorded, RecordingClient
from pipeline.adapters.chat_vendors import build_model, untraced
from pipeline.adapters.chat_wire import Answered, clean, messages_in, read_completion
from pipeline.config import LanguageModel
from pipeline.domain.chat import AnswerForm, ChatRequest, TokenUse
from pipeline.prompts import Prompt

_LIST_TIMEOUT_S = 10.0


class OpenAiSender:
    """The Chat Completions of one endpoint, never its Responses. Raises: UsageError for a key or an address.

    `transport` stands in for the network: whoever wants to see what would be sent gives one that only looks.
    """

    forms: tuple[AnswerForm, ...] = ("schema", "json", "words")

    def __init__(
        self,
        settings: LanguageModel,
        *,
        schema_prompt: Prompt,
        clock: Clock,
        environment: Mapping[str, str],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._url = url_of(settings) or ""
        self._key = key_of(settings, environment)
        self._schema_prompt = schema_prompt
        self._clock = clock
        self._client = RecordingClient(
            answer_s=timeout_s(settings),
            connect_s=CONNECT_TIMEOUT_S,
            trust_env=transport is None and not is_local(self._url),
            transport=transport,
        )
        self._limit = "max_completion_tokens" if is_openais(self._url) else "max_tokens"
        # langchain's advice about its own ways of asking would only mislead: we ask in another form by ourselves
        warnings.filterwarnings(
            "ignore", r"This model does not support OpenAI's structured|Invalid schema for OpenAI's"
        )
        self._model_of = cache(self._build)
        self._model_of(settings.temperature)  # now, so that loading langchain is not taken for the server's time

    def send(self, request: ChatRequest, form: AnswerForm) -> Answered:
        """What came back, whatever it holds. Raises: Fault when that is no answer of a model."""
        messages = [
            {"role": message.role, "content": clean(message.text)}
            for message in messages_in(request, form, self._schema_prompt)
        ]
        body = {self._limit: request.max_tokens, **_response_format(request, form)}
        self._client.forget()
        try:
            with untraced():
                self._model_of(request.temperature).invoke(messages, extra_body=body)
        except Exception as error:
            if self._client.last is None:
                raise _connection_fault(error, timeout_s(self._settings)) from error
        if (kept := self._client.last) is None:
            raise Fault("foreign", "nothing was received")
        return self._read(kept)

    def models(self) -> tuple[str, ...]:
        """The names that GET /models lists; none where it does not answer."""
        try:
            answer = self._client.get(
                f"{self._url.rstrip('/')}/models",
                headers={"Authorization": f"Bearer {self._key}"},
                timeout=_LIST_TIMEOUT_S,
            )
            return tuple(str(entry["id"]) for entry in answer.json()["data"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return ()

    def _build(self, temperature: float) -> Any:
        return build_model(
            self._settings,
            base_url=self._url,
            api_key=self._key,
            http_client=self._client,
            openai_proxy=None,
            use_responses_api=False,
            temperature=temperature,
            timeout=httpx.Timeout(timeout_s(self._settings), connect=CONNECT_TIMEOUT_S),
        )

    def _read(self, kept: Recorded) -> Answered:
        body = kept.body.replace(self._key, "***") if len(self._key) > 7 else kept.body
        if kept.status == 400 and (filtered := filtered_prompt(body)):
            return filtered
        if kept.status != 200:
            wait = retry_after(kept.headers.get("retry-after"), self._clock.now())
            raise read_fault(kept.status, body, retry_after_s=wait)
        if (answered := read_completion(body)) is not None:
            return answered
        raise _error_within(body) or Fault("foreign", server_words(body) or "an empty response", status=kept.status)


def _response_format(request: ChatRequest, form: AnswerForm) -> dict[str, object]:
    if form == "words":
        return {}
    if form == "json":
        return {"response_format": {"type": "json_object"}}
    schema = {"name": request.answer.name, "schema": json.loads(request.answer.text), "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def filtered_prompt(body: str) -> Answered | None:
    """Azure answers a filtered prompt with 400: this is what it says to this request, now and later."""
    try:
        code = json.loads(body)["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return None
    if code != "content_filter":
        return None
    return Answered(text="", finish="content_filter", body=body, use=TokenUse())


def _error_within(body: str) -> Fault | None:
    """The error that some routers put into a response of status 200."""
    try:
        error = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return None
    code = error.get("code") if isinstance(error, dict) else None
    return read_fault(code if isinstance(code, int) and code >= 400 else 500, body)


def _connection_fault(error: BaseException, allowed_s: float) -> Fault:
    """The fault behind an exception that came before a whole response. Raises: the exception itself if it is none."""
    for found in causes(error):
        words = str(found) or type(found).__name__
        if isinstance(found, httpx.ConnectTimeout | httpx.ConnectError | httpx.ProxyError):
            return Fault("down", f"no connection: {words}")
        if isinstance(found, httpx.TimeoutException):
            return Fault("slow", f"no whole answer within {allowed_s:g} s")
        if isinstance(found, httpx.TransportError | httpx.DecodingError):
            return Fault("cut", words)
    raise error
