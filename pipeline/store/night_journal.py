"""The journal of nights: a record when one begins and when it ends, and a heartbeat while it goes on.

workspace/nights/<id>/r.000001.json (began), r.000002.json (ended), heartbeat.json (replaced every few seconds). None of
them names a call or a person.
"""

import os
import secrets
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from pipeline.domain.night import NightState
from pipeline.errors import StoreError
from pipeline.store.records import Records

STALE_S = 60.0
"""Seconds without a heartbeat after which a night that has no end counts as broken off."""
HEARTBEAT = "heartbeat.json"


def new_night_id(now: datetime) -> str:
    """An id for a night that begins now: in the order of time, and unlike that of another that begins with it."""
    return f"n{now.astimezone(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


class Nights:
    """All nights of a workspace."""

    def __init__(self, root: Path) -> None:
        self.root = root / "nights"
        self._records = Records(self.root, NightState)

    def begin(self, state: NightState) -> None:
        """Keep that a night begins. Raises: StoreError."""
        self._records.append(state.start.id, state)
        self.beat(state)

    def beat(self, state: NightState) -> None:
        """Put this in the place of the last heartbeat; no reader sees a part of it. Raises: StoreError."""
        path = self.root / state.start.id / HEARTBEAT
        temporary = path.with_name(f".{HEARTBEAT}.tmp")
        try:
            temporary.write_bytes(state.model_dump_json().encode())
            temporary.replace(path)
        except OSError as error:
            hint = "check that the disk has room and that the workspace may be written"
            raise StoreError(f"cannot write {path}: {error.strerror or error}", hint=hint) from error

    def end(self, state: NightState) -> None:
        """Keep how the night ended; its heartbeat says the same from now on. Raises: StoreError."""
        self._records.append(state.start.id, state)
        self.beat(state)

    def ids(self) -> Iterator[str]:
        """The ids of all nights, the first one first."""
        return self._records.ids()

    def state(self, night_id: str) -> NightState | None:
        """How the night stands: its end, else its last heartbeat, else how it began. Raises: StoreError."""
        last = self._records.last(night_id)
        if last is not None and last.ended is not None:
            return last
        return _newer(last, self._heartbeat(night_id))

    def last(self) -> NightState | None:
        """The night that began last and goes on, else the one that began last. Raises: StoreError."""
        last: NightState | None = None
        for night_id in reversed(list(self.ids())):
            state = self.state(night_id)
            if state is not None and is_alive(state):
                return state
            last = last or state
        return last

    def since(self, moment: datetime) -> Iterator[NightState]:
        """The nights that went on at or after this moment, the latest first. Raises: StoreError."""
        for night_id in reversed(list(self.ids())):
            state = self.state(night_id)
            if state is not None and state.at >= moment:
                yield state

    def last_success(self) -> datetime | None:
        """When a night ended last with nothing left to do; None when none did yet. Raises: StoreError."""
        for night_id in reversed(list(self.ids())):
            state = self.state(night_id)
            if state is not None and state.ended == "finished":
                return state.at
        return None

    def _heartbeat(self, night_id: str) -> NightState | None:
        path = self.root / night_id / HEARTBEAT
        try:
            return NightState.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise StoreError(f"cannot read {path}: {error}", hint="delete the file; nothing rests on it") from error


def is_alive(state: NightState, *, now: datetime | None = None) -> bool:
    """Whether the night goes on: it has no end, its heart beat lately, and on this machine its process is there."""
    if state.ended is not None or ((now or datetime.now(UTC)) - state.at).total_seconds() > STALE_S:
        return False
    if state.start.host != socket.gethostname():
        return True
    try:
        os.kill(state.start.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # another user's process
    return True


def night_under_way(root: Path) -> str | None:
    """Who works in this workspace, and since when, in words; None when no run goes on. Raises: StoreError."""
    night = Nights(root).last()
    if night is None or not is_alive(night):
        return None
    start = night.start
    return f"a run since {start.began:%Y-%m-%d %H:%M} UTC, process {start.pid} on {start.host}"


def _newer(first: NightState | None, second: NightState | None) -> NightState | None:
    if first is None or second is None:
        return first or second
    return max(first, second, key=lambda state: state.at)
