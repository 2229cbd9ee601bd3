"""The tables of filmroom.toml that an operator of the nightly batch sets."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.personal import Kind


class Shift(Value):
    """The table [shift]: who works through a night, and what is done about a worker that dies.

    `listening`, `voices` and `reading` are the workers of each station; without a number it follows from the machine.
    A call whose work killed a worker `deaths` times in a row is set aside. When the run is to end, work under way has
    `grace_s` seconds to be finished and kept.
    """

    listening: int | None = Field(default=None, ge=1, le=256)
    voices: int | None = Field(default=None, ge=1, le=256)
    reading: int | None = Field(default=None, ge=1, le=256)
    deaths: int = Field(default=3, ge=1, le=100)
    grace_s: float = Field(default=20.0, ge=0, le=3600)


class RayCluster(Value):
    """The table [ray]: the cluster that `engine = "ray"` works on.

    Without an `address` the one that this machine belongs to, else one of this machine alone. The shares are of GPUs
    for each worker of a station.
    """

    address: str | None = None
    listening_gpus: float = Field(default=0.0, ge=0, le=8)
    voices_gpus: float = Field(default=0.0, ge=0, le=8)
    reading_gpus: float = Field(default=0.0, ge=0, le=8)


class Store(Value):
    """The table [store]: where results are kept, when not in the workspace; and the service that buckets are asked of.

    `objects` is a folder, or s3://bucket/prefix. `endpoint` is that of another S3-compatible service than Amazon's;
    keys are read from the usual environment variables (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN) and
    written nowhere. `allow_http` lets an endpoint that is not on this machine be asked without TLS. A service that does
    not answer is asked again for `patience_s` seconds. `recordings` is the folder in which recordings from buckets are
    kept so that they can be played; without it that is in the workspace.
    """

    objects: str | None = Field(default=None, min_length=1)
    endpoint: str | None = Field(default=None, pattern=r"^https?://[^\s/@?#]+(/[^\s@?#]*)?$")
    region: str | None = None
    allow_http: bool = False
    patience_s: float = Field(default=600.0, ge=0, le=24 * 3600)
    recordings: Path | None = None


class Operations(Value):
    """The table [operations]: what a run tells the machines around it.

    `log` is the form of events on stderr, or in `log_file`; `log_names` allows names of files, and words of errors, in
    JSON. `metrics` is a file for Prometheus' textfile collector. With `--watch` arriving files are looked for every
    `look_s` seconds, and left until they have not changed for `quiet_s`.
    """

    log: Literal["text", "json"] = "text"
    log_file: Path | None = None
    log_names: bool = False
    metrics: Path | None = None
    look_s: float = Field(default=5.0, gt=0, le=3600)
    quiet_s: float = Field(default=10.0, ge=0, le=3600)


class Decoding(Value):
    """The table [decoding]: the limits of the process in which a recording is decoded.

    Memory in MB beyond what the libraries take, processor and wall-clock seconds for each hour of `max_hours`, so that
    longer calls have more.
    """

    memory_mb: int = Field(default=1024, ge=256, le=65536)
    cpu_s_per_hour: float = Field(default=120.0, gt=0)
    wall_s_per_hour: float = Field(default=600.0, gt=0)


class Redact(Value):
    """The table [redact]: what is taken out of words, and where.

    `leaving`: before any text leaves this machine; `stored`: in all that is kept, too. `kinds` are what is looked for.
    """

    leaving: bool = True
    stored: bool = False
    kinds: tuple[Kind, ...] = Field(default=("phone", "email", "card", "account", "id", "address"), min_length=1)


class Retention(Value):
    """The table [retention]: days after which `filmroom erase --expired` takes a call away; without a number, never.

    `recordings`: whether its recordings and what stands beside them go too.
    """

    days: int | None = Field(default=None, ge=1)
    recordings: bool = False


class WebhookTarget(Value):
    """A table [[webhooks]]: who is told of what happened; the secret is in the environment variable named."""

    url: str = Field(pattern=r"^https?://\S+$")
    secret_variable: str = Field(min_length=1)
    events: tuple[str, ...] = ("call.done", "call.quarantined", "run.ended", "feedback.approved")
