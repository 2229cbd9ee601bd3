"""What is known of a recording before a word of it is heard."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from pipeline.domain.base import Value

Role = Literal["rep", "customer", "other", "unknown"]
"""Who somebody is in the call: the rep whose call it is, the customer's side, anyone else, or not known.

In a one-to-one (stage coaching) the manager, who is coached here, has the role rep, and the rep the role customer.
"""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
CallId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{3,63}$")]


class Consent(StrEnum):
    """What is known of the customer's consent to being recorded."""

    YES = "yes"
    ANNOUNCED = "announced"
    NO = "no"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """Where in the sale the call stands; coaching is no step of a sale but a one-to-one of a rep with their manager."""

    PROSPECTING = "prospecting"
    DISCOVERY = "discovery"
    DEMO = "demo"
    CLOSING = "closing"
    COACHING = "coaching"


class Mode(StrEnum):
    """live: recorded as it took place; recorded: handed in later; simulated: a rehearsal with a colleague."""

    LIVE = "live"
    RECORDED = "recorded"
    SIMULATED = "simulated"


class CallMetadata(Value):
    """What the people who recorded a call say of it; every field may be absent."""

    rep: str | None = None
    manager: str | None = None
    team: str | None = None
    customer: str | None = None
    deal: str | None = None
    stage: Stage | None = None
    started_at: AwareDatetime | None = None
    direction: Literal["inbound", "outbound"] | None = None
    consent: Consent = Consent.UNKNOWN
    mode: Mode = Mode.RECORDED
    speakers: int | None = Field(default=None, ge=1, le=20)
    channels: dict[Annotated[str, StringConstraints(pattern=r"^\d+$")], Role] | None = None
    sides: dict[Role, str] | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the descriptive fields that nobody filled in, so that they can be listed; rep and stage first."""
        names = ("rep", "stage", "manager", "team", "customer", "deal", "started_at", "direction")
        return tuple(name for name in names if getattr(self, name) is None)


class SourceFile(Value):
    """One file of a recording: where it was found (as given) and the hash of its bytes."""

    path: Path
    sha256: Sha256
    size: int = Field(ge=0)
    role: Role | None = None


class Probe(Value):
    """What the container says of a file's one audio track, nothing being decoded.

    `declared_duration`: seconds, or None where the container states none that can be relied on. `guessed_duration`:
    what the decoder makes of it, from the bit rate where need be; good enough for an estimate, and for nothing else.
    """

    container: str
    codec: str
    sample_rate: int = Field(gt=0)
    n_channels: int = Field(ge=1)
    declared_duration: float | None = Field(default=None, ge=0)
    guessed_duration: float | None = Field(default=None, ge=0)


class Recording(Value):
    """A recording that may be decoded: consent is known, its files are hashed and its sound was probed.

    `sides` gives the role of each channel where one channel is one side ("unknown" where nobody said whose); it is
    empty for a mix of both sides, for identical channels, and for transcripts. With several files, channel n is the
    n-th file.
    `duration`: seconds of decoded sound; of several files, the longest.
    """

    call: CallId
    files: tuple[SourceFile, ...] = Field(min_length=1)
    kind: Literal["audio", "transcript"] = "audio"
    container: str
    codec: str
    sample_rate: int = Field(ge=0)
    n_channels: int = Field(ge=0)
    duration: float = Field(ge=0)
    sides: tuple[Role, ...] = ()
    identical_channels: bool = False
    metadata: CallMetadata = CallMetadata()

    def at(self, paths: tuple[Path, ...]) -> "Recording":
        """The same recording, its files found at these paths now."""
        files = tuple(f.model_copy(update={"path": path}) for f, path in zip(self.files, paths, strict=True))
        return self.model_copy(update={"files": files})
