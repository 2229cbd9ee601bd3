"""One frozen configuration of a run: defaults, then filmroom.toml, then flags; wrong keys and values are named."""

import ipaddress
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from pipeline.config.night import Decoding, Operations, RayCluster, Redact, Retention, Shift, Store, WebhookTarget
from pipeline.domain.base import Value
from pipeline.domain.chat import Price
from pipeline.domain.stability import Again
from pipeline.errors import UsageError

FILE_NAME = "filmroom.toml"
BY_STAGE = "by-stage"
"""As `rubric`: each call is read against the rubric of its stated stage, discovery where none is stated."""


def usable_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LanguageModel(Value):
    """The table [llm] of filmroom.toml: which language model is asked, how, how fast, and what it costs.

    `url` is that of an OpenAI-compatible endpoint (up to and with /v1); without one it is the provider's own. The key
    is read from the environment variable `key_variable` and never written anywhere. `answers` is the form in which
    answers are asked for: auto is by JSON schema, and by JSON mode on an endpoint that refuses the schema. Without
    `timeout_s` an endpoint on this machine has ten minutes, any other two. `prices` are by model, in US dollars for a
    million tokens.
    """

    model: str | None = None
    url: str | None = None
    provider: str = "openai"
    key_variable: str = "OPENAI_API_KEY"
    answers: Literal["auto", "schema", "json"] = "auto"
    temperature: float = Field(default=0.0, ge=0, le=2)
    max_answer_tokens: int = Field(default=1500, ge=64)
    context_tokens: int = Field(default=32_000, ge=2_000)
    timeout_s: float | None = Field(default=None, gt=0)
    attempts: int = Field(default=5, ge=1, le=20)
    parallel: int = Field(default=4, ge=1, le=64)
    requests_per_minute: float | None = Field(default=None, gt=0)
    tokens_per_minute: float | None = Field(default=None, gt=0)
    prices: dict[str, Price] = Field(default_factory=dict)


class Withholding(Value):
    """The table [withhold] of filmroom.toml: behaviours on which no draft may rest.

    `report` is what `filmroom eval repeat` wrote; by it those are withheld whose flip rate is above `flip_rate`, where
    it was counted from at least so many `pairs`. `by` says which flips count: those between readings of the same words,
    or under small changes of the transcript. `behaviours` are withheld whatever a report says.
    """

    report: Path | None = None
    by: Again = "readings"
    flip_rate: float = Field(default=0.2, ge=0, le=1)
    pairs: int = Field(default=6, ge=1)
    behaviours: tuple[str, ...] = ()


class OidcProvider(Value):
    """The table [review.oidc]: the OpenID Connect provider by which users may sign in.

    The secret is read from the environment variable `client_secret_variable` and written nowhere; without that key the
    room is a public client, by PKCE alone. `claim` of its ID token is compared with the e-mail address, or the id, of a
    user. `name` is what the button says.
    """

    issuer: str = Field(pattern=r"^(https://[^\s?#]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/[^\s?#]*)?)$")
    client_id: str = Field(min_length=1)
    client_secret_variable: str | None = Field(default=None, min_length=1)
    claim: str = Field(default="email", min_length=1)
    name: str = Field(default="your organisation", min_length=1, max_length=60)
    scopes: tuple[str, ...] = ("openid", "email", "profile")


class TrustedProxy(Value):
    """The table [review.proxy]: whom the room believes who a request comes from.

    `from` are the addresses, or networks, of proxies; what they say of the browser's address is believed. `header` is
    the one in which they name the user; without it they name nobody. From any other address neither counts.
    """

    header: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]{1,80}$")
    from_: tuple[str, ...] = Field(default=(), alias="from")

    @field_validator("from_")
    @classmethod
    def _networks(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        for address in addresses:
            ipaddress.ip_network(address, strict=False)
        return addresses

    @model_validator(mode="after")
    def _of_somebody(self) -> Self:
        if self.header and not self.from_:
            raise ValueError("a header needs `from`, the addresses that may send it")
        return self


class ReviewRoom(Value):
    """The table [review] of filmroom.toml: where the review room listens, and what it asks of people.

    `hosts` are the names by which browsers reach it, beside those of this machine. `https`: it is reached by https
    (through a proxy that ends it), so cookies are sent by https only. A session ends `session_hours` after it began,
    and `idle_hours` after it was last used. `listening` is the part of each cited moment that has to be played before
    an approval goes without a reasoned override.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=0, le=65535)
    hosts: tuple[str, ...] = ()
    https: bool = False
    session_hours: float = Field(default=12.0, gt=0, le=24 * 30)
    idle_hours: float = Field(default=4.0, gt=0, le=24 * 30)
    listening: float = Field(default=0.8, ge=0, le=1)
    oidc: OidcProvider | None = None
    proxy: TrustedProxy = TrustedProxy()


class Coaching(Value):
    """The table [coaching] of filmroom.toml: what the team's coaching cycle asks for.

    A focus is met when its behaviour shows in `shown` of the last `of` live calls. A one-to-one about calls has
    `minutes`. A contact counts as given up when it was tried less often than `attempts` and not for `quiet_days`.
    `templates` is a folder with session templates of the team's own, beside the shipped ones.
    """

    shown: int = Field(default=3, ge=1, le=50)
    of: int = Field(default=5, ge=1, le=50)
    minutes: int = Field(default=20, ge=5, le=240)
    attempts: int = Field(default=6, ge=1, le=50)
    quiet_days: int = Field(default=14, ge=1, le=365)
    templates: Path | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.shown > self.of:
            raise ValueError("`shown` cannot be more than `of`: a behaviour shows in some of the last calls")
        return self


class Config(Value):
    """How calls are reviewed. Every field is a key of filmroom.toml.

    `threads` is what recognition and diarization may use, each: they run side by side, which on two cores is faster
    with one thread each than one after the other with two. `reader_threads` is for the reader, which runs alone.
    """

    consent: Literal["required", "assumed"] = "required"
    rubric: str = "discovery"
    reader: Literal["similarity", "turnwise", "llm"] = "turnwise"
    drafter: Literal["template", "llm"] = "template"
    llm: LanguageModel = LanguageModel()
    withhold: Withholding = Withholding()
    review: ReviewRoom = ReviewRoom()
    coaching: Coaching = Coaching()
    engine: Literal["local", "ray"] = "local"
    whisper: str = "whisper-base"
    language: str | None = None
    diarization: Literal["embedded", "hub", "folder"] = "embedded"
    diarization_pipeline: str | None = None
    diarization_step: float = Field(default=0.25, gt=0, le=1)
    threads: int = Field(default=1, ge=1, le=64)
    reader_threads: int = Field(default=2, ge=1, le=64)
    max_hours: float = Field(default=4.0, gt=0)
    models: Path | None = None
    shift: Shift = Shift()
    ray: RayCluster = RayCluster()
    store: Store = Store()
    operations: Operations = Operations()
    decoding: Decoding = Decoding()
    redact: Redact = Redact()
    retention: Retention = Retention()
    webhooks: tuple[WebhookTarget, ...] = ()

    @property
    def asks_language_model(self) -> bool:
        """Whether reading or drafting asks the language model of [llm]."""
        return "llm" in (self.reader, self.drafter)


def load_config(folder: Path, **flags: object) -> Config:
    """Defaults, overridden by `folder`/filmroom.toml where there is one, overridden by the flags that are not None.

    A flag that is a mapping overrides a table key by key: `llm={"model": ...}` leaves the table's other keys.

    Raises: UsageError naming the file, the key, the value and what would be allowed.
    """
    path = folder / FILE_NAME
    settings: dict[str, object] = {}
    if path.is_file():
        try:
            settings = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise UsageError(f"{path}: {error}", hint="the file must be TOML; see docs/configuration.md") from error
    given = {name: _over(settings.get(name), value) for name, value in flags.items() if value is not None}
    try:
        return Config.model_validate({**settings, **given})
    except ValidationError as error:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"]]
        where = "the command line" if _is_flag(place, flags) else str(path)
        table, known = _table(place)
        keys = ", ".join(field.alias or name for name, field in known.model_fields.items())
        raise UsageError(
            f"{where}: {'.'.join(place)} = {first['input']!r}: {_said(first['msg'], first['type'])}",
            hint=f"keys {table}are: {keys}; see docs/configuration.md",
        ) from error


def _table(place: Sequence[str]) -> tuple[str, type[Value]]:
    """Which table a wrong key or value stands in, in words, and what that table is."""
    tables: dict[tuple[str, ...], type[Value]] = {
        ("llm",): LanguageModel,
        ("withhold",): Withholding,
        ("review",): ReviewRoom,
        ("coaching",): Coaching,
        ("shift",): Shift,
        ("ray",): RayCluster,
        ("store",): Store,
        ("operations",): Operations,
        ("decoding",): Decoding,
        ("redact",): Redact,
        ("retention",): Retention,
        ("webhooks",): WebhookTarget,
        ("review", "oidc"): OidcProvider,
        ("review", "proxy"): TrustedProxy,
    }
    for depth in (2, 1):
        if place[depth:] and (table := tables.get(tuple(place[:depth]))):
            return f"of [{'.'.join(place[:depth])}] ", table
    return "", Config


def _is_flag(place: Sequence[str], flags: object) -> bool:
    """Whether the value at this place came from a flag: one that is not None, in a table of flags as well."""
    for part in place:
        if not isinstance(flags, dict):
            return True
        flags = flags.get(part)
    return flags is not None


def _said(message: str, kind: str) -> str:
    return "there is no such key" if kind == "extra_forbidden" else message


def _over(stated: object, flag: object) -> object:
    """The flag, or the stated table with the flag's keys that are not None in it."""
    if not isinstance(flag, dict):
        return flag
    table = stated if isinstance(stated, dict) else {}
    return {**table, **{key: value for key, value in flag.items() if value is not None}}
