"""Everything that would leave this machine under some settings, word for word for the calls named; and what stays."""

import os
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from pipeline.adapters.chat_address import is_local, url_of, without_secrets
from pipeline.config import Config
from pipeline.domain.base import Value
from pipeline.domain.chat import ChatRequest
from pipeline.engines.redaction import MODEL
from pipeline.export.ways_out import OF_CALLS, Known, Way, ways_out


class Sent(Value):
    """One request to the language model that the next run would send, word for word."""

    call: str
    about: str
    messages: tuple[str, ...]
    n_characters: int


class Egress(Value):
    """The ways out, and what the next run over some calls would send by the first of them.

    `n_unheard` calls have not been heard yet: what would be sent of them is not known before. `proxies` are those of
    the environment, through which most of it would go. `off` is what could send something and is switched off, and how.
    """

    ways: tuple[Way, ...]
    sent: tuple[Sent, ...] = ()
    n_calls: int = 0
    n_unheard: int = 0
    proxies: tuple[str, ...] = ()
    off: tuple[str, ...] = ()

    @property
    def n_characters(self) -> int:
        """Of all requests."""
        return sum(request.n_characters for request in self.sent)

    @property
    def nothing(self) -> bool:
        """Whether no word, no result and no event of any call leaves."""
        return not any(way.what in OF_CALLS for way in self.ways)


OFF = (
    "Ray's usage statistics: RAY_USAGE_STATS_ENABLED=0 is set before Ray is started",
    "pyannote's telemetry: set_telemetry_metrics(False) is called before its first model is made",
    "ONNX Runtime's telemetry: ORT_DISABLE_TELEMETRY=1 is set before any library is loaded",
    "LangSmith's tracing: requests are made in a context with tracing off, whatever the environment says",
    "the list of public suffixes (tldextract, of Presidio): the copy in the package is used, no address is asked",
    f"spaCy's model: {MODEL} is read from the folder of models; only filmroom models pull fetches it",
)
_PROXIES = ("https_proxy", "http_proxy", "all_proxy")


def egress(
    config: Config,
    requests: Sequence[ChatRequest] = (),
    *,
    known: Known | None = None,
    n_calls: int = 0,
    n_unheard: int = 0,
    environment: Mapping[str, str] = os.environ,
) -> Egress:
    """What would leave; `requests` are those that a run with a model elsewhere would send, `known` is what a workspace
    says of ways out."""
    leaves = config.asks_language_model and not is_local(url_of(config.llm))
    sent = tuple(
        Sent(
            call=request.call,
            about=request.about,
            messages=tuple(f"{message.role}: {message.text}" for message in request.messages),
            n_characters=request.n_characters,
        )
        for request in (requests if leaves else ())
    )
    ways = ways_out(config, known, environment)
    return Egress(ways=ways, sent=sent, n_calls=n_calls, n_unheard=n_unheard, proxies=_proxies(environment), off=OFF)


def _proxies(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The proxies of the environment, without the names and passwords in them."""
    found = [value for name, value in environment.items() if name.lower() in _PROXIES and value.strip()]
    addresses = (value if "//" in value else f"http://{value}" for value in found)
    return tuple(dict.fromkeys(without_secrets(each) for each in addresses if urlsplit(each).hostname))
