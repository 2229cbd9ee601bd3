"""Sends to any provider that langchain has a package for; langchain itself is loaded when something is sent."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pipeline.adapters.chat_address import timeout_s, url_of
from pipeline.adapters.chat_faults import Fault, causes, read_fault, retry_after, server_words
from pipeline.adapters.chat_pace import Clock
from pipeline.adapters.chat_wire import Answered, clean, messages_in
from pipeline.config import LanguageModel
from pipeline.domain.chat import AnswerForm, ChatRequest, TokenUse
from pipeline.errors import UsageError
from pipeline.prompts import Prompt

_GATEWAY = "LANGSMITH_GATEWAY"
_DEFAULT_KEY_VARIABLE = "OPENAI_API_KEY"
_JSON_OBJECT: Mapping[str, object] = {"response_format": {"type": "json_object"}}
_JSON_MODES: Mapping[str, Mapping[str, object]] = {
    "ollama": {"format": "json"},
    "google_genai": {"response_mime_type": "application/json"},
    **dict.fromkeys(("deepseek", "fireworks", "groq", "mistralai", "together", "xai"), _JSON_OBJECT),
}


@contextlib.contextmanager
def untraced() -> Iterator[None]:
    """While it lasts langchain sends nothing to LangSmith, whatever the environment says."""
    from langsmith.run_helpers import tracing_context

    with tracing_context(enabled=False):
        yield


def build_model(settings: LanguageModel, **options: Any) -> Any:
    """The provider's chat model, which never retries by itself. Raises: UsageError naming a missing package."""
    from langchain.chat_models import init_chat_model

    if settings.model is None:
        raise UsageError("no model under [llm]", hint='write model = "..." under [llm] in filmroom.toml')
    try:
        return init_chat_model(settings.model, model_provider=settings.provider, max_retries=0, **options)
    except ImportError as error:
        package = f"langchain-{settings.provider.replace('_', '-')}"
        hint = f'pip install {package}; or use the provider\'s OpenAI-compatible url with provider = "openai"'
        raise UsageError(f"provider = {settings.provider!r} needs a package: {error}", hint=hint) from error
    except ValueError as error:
        hint = 'set provider, model and url under [llm]; any OpenAI-compatible endpoint is provider = "openai"'
        raise UsageError(f"provider = {settings.provider!r} under [llm]: {error}", hint=hint) from error


class VendorSender:
    """Any other provider; the schema is in words, with the provider's JSON mode where it is known.

    `model` is built from the settings unless it is given. Raises: UsageError.
    """

    def __init__(
        self,
        settings: LanguageModel,
        *,
        schema_prompt: Prompt,
        clock: Clock,
        environment: Mapping[str, str] = os.environ,
        model: Any = None,
    ) -> None:
        self._settings = settings
        self._schema_prompt = schema_prompt
        self._clock = clock
        self._options = _json_mode(settings)
        self.forms: tuple[AnswerForm, ...] = ("json", "words") if self._options else ("words",)
        self._environment = environment
        self._model_of = cache(self._build) if model is None else lambda *_: model
        self._model_of(settings.max_answer_tokens, settings.temperature)

    def send(self, request: ChatRequest, form: AnswerForm) -> Answered:
        """What came back, as langchain read it. Raises: Fault when that is no answer of a model."""
        messages = [
            {"role": message.role, "content": clean(message.text)}
            for message in messages_in(request, form, self._schema_prompt)
        ]
        model = self._model_of(request.max_tokens, request.temperature)
        try:
            with untraced():
                answer = model.invoke(messages, **(self._options if form == "json" else {}))
        except Exception as error:
            raise self._fault(error) from error
        return _read(answer)

    def models(self) -> tuple[str, ...]:
        """None: langchain has no common way to ask."""
        return ()

    def _build(self, max_tokens: int, temperature: float) -> Any:
        settings, options = self._settings, _timing(self._settings)
        url, key = url_of(settings), self._environment.get(settings.key_variable, "").strip()
        if url is not None:
            options["base_url"] = url
        elif self._environment.get(_GATEWAY, "").lower() not in ("", "0", "false", "no"):
            hint = f"unset {_GATEWAY}, or set url under [llm] to where calls may be sent"
            raise UsageError(f"{_GATEWAY} would send calls to another address than the provider's", hint=hint)
        if key and settings.key_variable != _DEFAULT_KEY_VARIABLE:
            options["api_key"] = key
        limit = "num_predict" if settings.provider == "ollama" else "max_tokens"
        return build_model(settings, temperature=temperature, **{limit: max_tokens}, **options)

    def _fault(self, error: Exception) -> Fault:
        """By the status that the vendor's exception carries, else by its kind. Raises: the error if it is neither."""
        response = getattr(error, "response", None)
        status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
        if isinstance(status, int) and status >= 400:
            headers = getattr(response, "headers", None) or {}
            return read_fault(
                status, str(error), retry_after_s=retry_after(headers.get("retry-after"), self._clock.now())
            )
        names = {kind.__name__ for cause in causes(error) for kind in type(cause).__mro__}
        words = server_words(str(error) or type(error).__name__)
        if any("Timeout" in name for name in names):
            return Fault("slow", words)
        if names & {"ConnectError", "ConnectionRefusedError", "gaierror"}:
            return Fault("down", words)
        if names & {"TransportError", "ConnectionError", "APIConnectionError"}:
            return Fault("cut", words)
        raise error


def _json_mode(settings: LanguageModel) -> Mapping[str, object]:
    return {} if settings.answers == "schema" else _JSON_MODES.get(settings.provider, {})


def _timing(settings: LanguageModel) -> dict[str, Any]:
    seconds = timeout_s(settings)
    return {"client_kwargs": {"timeout": seconds}} if settings.provider == "ollama" else {"timeout": seconds}


def _read(answer: Any) -> Answered:
    told = answer.response_metadata
    reasons = (told.get(name) for name in ("finish_reason", "stop_reason", "done_reason"))
    use = answer.usage_metadata
    counted = use and TokenUse(
        input_tokens=use["input_tokens"],
        cached_tokens=(use.get("input_token_details") or {}).get("cache_read") or 0,
        output_tokens=use["output_tokens"],
    )
    return Answered(
        text=clean(str(answer.text)),
        refusal=answer.additional_kwargs.get("refusal") or None,
        finish=str(next((reason for reason in reasons if reason), "none")),
        body=clean(answer.model_dump_json()),
        use=counted or None,
        served_by=str(told.get("model_name") or told.get("model") or ""),
    )
