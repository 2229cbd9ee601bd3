"""Owns the list of ways out of this machine: for each what leaves, where to, and when; by settings and workspace.

What sends anything has its way here; `tests/export/test_senders.py` fails for a module that opens connections and is
not described.
"""

import os
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Literal

from pipeline.adapters.chat_address import is_local, shown_address, url_of, without_secrets
from pipeline.buckets import endpoint_of, on_this_machine
from pipeline.config import Config
from pipeline.config.night import Store
from pipeline.domain.addresses import is_address
from pipeline.domain.base import Value
from pipeline.domain.people import UserId
from pipeline.domain.personal import Kind
from pipeline.shift.ray_cluster import OWN, cluster_of

What = Literal[
    "words", "results", "pages", "reminders", "events", "recordings", "sign-in", "checks", "weights",
]  # fmt: skip
"""words: of calls. results: all that is kept of calls. pages: what browsers elsewhere are shown. reminders: what users
have to do next. events: ids, states and numbers. recordings: nothing of yours goes out, recordings come in. sign-in:
who signs in. checks: whether an address answers. weights: nothing of yours goes out, files come in."""

OF_CALLS: frozenset[What] = frozenset({"words", "results", "pages", "reminders", "events"})
"""By these something about calls leaves."""


class Way(Value):
    """One way out of this machine; `when` says on what occasion. `masked` are the kinds that are masked before; None
    where masks are not for what leaves."""

    what: What
    to: str
    fields: str
    when: str
    masked: tuple[Kind, ...] | None = None


class Hook(Value):
    """The webhook to which a user has reminders sent, as they said in the review room."""

    user: UserId
    url: str


class Known(Value):
    """What a workspace has to say of ways out: where it remembers that its results are, the webhooks of its users, and
    the buckets that recordings were fetched from, or are to be."""

    store: Store | None = None
    hooks: tuple[Hook, ...] = ()
    buckets: tuple[str, ...] = ()


def ways_out(
    config: Config, known: Known | None = None, environment: Mapping[str, str] = os.environ
) -> tuple[Way, ...]:
    """The ways out under these settings and with this workspace, those that carry words first.

    What stays on this machine, as an endpoint of its own does, is none.
    """
    known = known or Known()
    return (
        *_model(config),
        *_cluster(config, environment),
        *_results(config, known),
        *_pages(config),
        *_reminders(known),
        *_events(config),
        *_recordings(config, known),
        *_sign_in(config),
        *_checks(config, known),
        *_weights(config),
    )


def _model(config: Config) -> Iterator[Way]:
    if not _asks_elsewhere(config):
        return
    who = " and ".join(n for n, each in (("reader", config.reader), ("drafter", config.drafter)) if each == "llm")
    yield Way(
        what="words",
        to=shown_address(config.llm),
        fields=f"the turns of a call, and the rubric's text, for the {who}",
        when="filmroom run, and all else that reads or drafts: reread, rescore, trials, eval, the review room",
        masked=config.redact.kinds if config.redact.leaving or config.redact.stored else (),
    )


def _asks_elsewhere(config: Config) -> bool:
    return config.asks_language_model and not is_local(url_of(config.llm))


def _cluster(config: Config, environment: Mapping[str, str]) -> Iterator[Way]:
    at = cluster_of(config.ray, environment)
    if config.engine == "ray" and at != OWN:
        yield Way(
            what="words",
            to=f"the Ray cluster at {at}" if at else "the Ray cluster that this machine belongs to",
            fields="recordings, words and results, to the cluster's workers",
            when="filmroom run --engine ray",
            masked=_stored(config),
        )


def _results(config: Config, known: Known) -> Iterator[Way]:
    if (store := _bucket_of_results(config, known)) is not None:
        yield Way(
            what="results",
            to=f"{store.objects} at {without_secrets(endpoint_of(store))}",
            fields="the results of all stages, words among them",
            when="filmroom run; whatever shows or erases results asks for them by name",
            masked=_stored(config),
        )


def _bucket_of_results(config: Config, known: Known) -> Store | None:
    """Where results are, by the settings, else as the workspace remembers; None for what is no bucket elsewhere."""
    store = config.store if config.store.objects is not None else known.store
    if store is None or store.objects is None or not is_address(store.objects):
        return None
    return None if on_this_machine(store) else store


def _stored(config: Config) -> tuple[Kind, ...]:
    return config.redact.kinds if config.redact.stored else ()


def _pages(config: Config) -> Iterator[Way]:
    room = config.review
    if room.hosts or room.proxy.from_ or not _is_for_this_machine(room.host):
        yield Way(
            what="pages",
            to=f"browsers that ask for {', '.join(room.hosts) or room.host}",
            fields="all that the user who signed in may see: words, sound, scores, drafts, papers",
            when="filmroom review",
        )


def _is_for_this_machine(host: str) -> bool:
    """Whether what listens at this address can be reached from this machine only; not so at 0.0.0.0 and ::."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reminders(known: Known) -> Iterator[Way]:
    for hook in known.hooks:
        if not is_local(hook.url):
            yield Way(
                what="reminders",
                to=without_secrets(hook.url),
                fields="of each thing due its kind, title, day and link, and the name of whom it is about; no words",
                when=f"filmroom remind, as {hook.user} asked at /reminders",
            )


def _events(config: Config) -> Iterator[Way]:
    for target in config.webhooks:
        if not is_local(target.url):
            fields = f"ids, states and numbers; no words, names or paths: {', '.join(target.events)}"
            yield Way(what="events", to=without_secrets(target.url), fields=fields, when="as it happens")


def _recordings(config: Config, known: Known) -> Iterator[Way]:
    at = endpoint_of(config.store)
    for bucket in () if on_this_machine(config.store) else known.buckets:
        yield Way(
            what="recordings",
            to=f"s3://{bucket} at {without_secrets(at)}",
            fields="recordings and what is said beside them are asked for by name, their bytes come back",
            when=f"filmroom run s3://{bucket}, and when one of its calls is heard again",
        )


def _sign_in(config: Config) -> Iterator[Way]:
    if (oidc := config.review.oidc) is not None and not is_local(oidc.issuer):
        fields = "the browser's sign-in, and the exchange of its code"
        yield Way(what="sign-in", to=oidc.issuer, fields=fields, when="somebody signs in to the review room")


def _checks(config: Config, known: Known) -> Iterator[Way]:
    when = "filmroom doctor --online only"
    if _asks_elsewhere(config) and url_of(config.llm) is not None:
        fields = "the key, and the question which models there are"
        yield Way(what="checks", to=shown_address(config.llm), fields=fields, when=when)
    if (store := _bucket_of_results(config, known)) is not None:
        fields = "an object without content of yours, written, read and deleted"
        yield Way(
            what="checks", to=f"{store.objects} at {without_secrets(endpoint_of(store))}", fields=fields, when=when
        )


def _weights(config: Config) -> Iterator[Way]:
    from huggingface_hub import constants

    hub = f"the model hub at {without_secrets(constants.ENDPOINT)}"
    if config.diarization == "hub":
        fields = "the name of a pipeline is asked for, with HF_TOKEN where it is set; its files come back"
        yield Way(what="weights", to=hub, fields=fields, when="the first run with diarization = hub")
    fields = "names of files and packages are asked for, with HF_TOKEN where it is set; their bytes come back"
    to = f"{hub}, and the Python registry that pip is set to"
    yield Way(what="weights", to=to, fields=fields, when="filmroom models pull only")
