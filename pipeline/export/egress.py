"""Everything that would leave this machine under some settings: what, where to, when; and what stays."""

from collections.abc import Iterator, Sequence
from typing import Literal

from pipeline.adapters.chat_address import is_local, shown_address, url_of
from pipeline.config import Config
from pipeline.domain.base import Value
from pipeline.domain.chat import ChatRequest
from pipeline.engines.redaction import MODEL

What = Literal["words", "results", "events", "sign-in", "weights"]
"""words: of calls. results: all that is kept of calls. events: ids, states and numbers. sign-in: who signs in.
weights: nothing of yours goes out, files come in."""


class Way(Value):
    """One way out of this machine; `when` says on what occasion. `masked` are the kinds that are masked before."""

    what: What
    to: str
    fields: str
    when: str
    masked: tuple[str, ...] = ()


class Sent(Value):
    """One request to the language model that the next run would send, word for word."""

    call: str
    about: str
    messages: tuple[str, ...]
    n_characters: int


class Egress(Value):
    """The ways out, and what the next run over some calls would send by the first of them.

    `n_unheard` calls have not been heard yet: what would be sent of them is not known before. `off` is what could send
    something and is switched off, and how.
    """

    ways: tuple[Way, ...]
    sent: tuple[Sent, ...] = ()
    n_calls: int = 0
    n_unheard: int = 0
    off: tuple[str, ...] = ()

    @property
    def n_characters(self) -> int:
        """Of all requests."""
        return sum(request.n_characters for request in self.sent)

    @property
    def nothing(self) -> bool:
        """Whether no word, no result and no event of any call leaves."""
        return not any(way.what in ("words", "results", "events") for way in self.ways)


OFF = (
    "Ray's usage statistics: RAY_USAGE_STATS_ENABLED=0 is set before Ray is started",
    "pyannote's telemetry: set_telemetry_metrics(False) is called before its first model is made",
    "ONNX Runtime's telemetry: ORT_DISABLE_TELEMETRY=1 is set before any library is loaded",
    "LangSmith's tracing: requests are made in a context with tracing off, whatever the environment says",
    "the list of public suffixes (tldextract, of Presidio): the copy in the package is used, no address is asked",
    f"spaCy's model: {MODEL} is read from the folder of models; only filmroom models pull fetches it",
)


def ways_out(config: Config) -> tuple[Way, ...]:
    """The ways out under these settings, those that carry words first."""
    return (*_words(config), *_results(config), *_events(config), *_others(config))


def egress(config: Config, requests: Sequence[ChatRequest] = (), *, n_calls: int = 0, n_unheard: int = 0) -> Egress:
    """What would leave; `requests` are those that a run with a model elsewhere would send."""
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
    return Egress(ways=ways_out(config), sent=sent, n_calls=n_calls, n_unheard=n_unheard, off=OFF)


def _words(config: Config) -> Iterator[Way]:
    masked = config.redact.kinds if config.redact.leaving or config.redact.stored else ()
    if config.asks_language_model and not is_local(url_of(config.llm)):
        who = " and ".join(n for n, each in (("reader", config.reader), ("drafter", config.drafter)) if each == "llm")
        fields = f"the turns of a call, and the rubric's text, for the {who}"
        yield Way(what="words", to=shown_address(config.llm), fields=fields, when="filmroom run", masked=masked)
    if config.engine == "ray" and config.ray.address not in (None, "local"):
        fields = "recordings, words and results, to the cluster's workers"
        kept = config.redact.kinds if config.redact.stored else ()
        yield Way(
            what="words", to=str(config.ray.address), fields=fields, when="filmroom run --engine ray", masked=kept
        )


def _results(config: Config) -> Iterator[Way]:
    if config.store.objects is not None and "://" in config.store.objects:
        at = f" at {config.store.endpoint}" if config.store.endpoint else ""
        masked = config.redact.kinds if config.redact.stored else ()
        fields = "the results of all stages, words among them"
        yield Way(what="results", to=f"{config.store.objects}{at}", fields=fields, when="filmroom run", masked=masked)


def _events(config: Config) -> Iterator[Way]:
    for target in config.webhooks:
        fields = "ids, states and numbers; no words, names or paths"
        yield Way(what="events", to=target.url, fields=f"{fields}: {', '.join(target.events)}", when="as it happens")


def _others(config: Config) -> Iterator[Way]:
    if (oidc := config.review.oidc) is not None:
        fields = "the browser's sign-in, and the exchange of its code"
        yield Way(what="sign-in", to=oidc.issuer, fields=fields, when="somebody signs in to the review room")
    if config.diarization == "hub":
        fields = "the name of a pipeline is asked for, its files come back"
        yield Way(what="weights", to="the model hub", fields=fields, when="the first run with diarization = hub")
    fields = "names of files and packages are asked for, their bytes come back"
    yield Way(what="weights", to="the model hub, the Python registry", fields=fields, when="filmroom models pull only")
