"""Owns one bucket of S3-compatible storage: what is asked of it, how long it is insisted on, how it is told to fail.

The vendor's library (obstore) is imported when the bucket is first asked. Its threads do not survive a fork: a process
that may use a bucket has to be started afresh (spawn), and makes its own connection.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from pipeline.config.night import Store
from pipeline.errors import UnavailableError, UsageError
from pipeline.log import get_logger

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ClientConfig, S3Store

_log = get_logger(__name__)
_T = TypeVar("_T")

LIBRARY_PATIENCE_S = 60.0
"""How long the library itself tries again: a request that was signed must not grow older than minutes."""
_LONGEST_PAUSE_S = 30.0
_REGION = "us-east-1"
_KEY_ID, _SECRET, _TOKEN = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"


class Listed(NamedTuple):
    """One object as the service lists it; `etag` differs whenever its bytes do."""

    key: str
    size: int
    etag: str
    at: datetime


class Bucket:
    """One bucket. Nothing is asked before the first method is called; any thread may call."""

    def __init__(
        self,
        name: str,
        settings: Store,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self._settings = settings
        self._clock, self._sleep = clock, sleep
        self.library_patience_s = LIBRARY_PATIENCE_S
        self._store: S3Store | None = None

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_store": None}

    def create(self, key: str, data: bytes) -> bool:
        """Whether this call made the object; False when somebody else's was there first, which then stays.

        When the answer to a request was lost, what is there afterwards may be this call's own: that counts as False.
        Raises: UnavailableError.
        """
        from obstore import put
        from obstore.exceptions import AlreadyExistsError

        def attempt(store: "S3Store") -> bool | None:
            try:
                put(store, key, data, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False if _head(store, key) is not None else None
            return True

        while (made := self._insist(attempt, f"write {key}")) is None:
            self._sleep(1.0)  # refused over a write or delete of somebody else's that left nothing behind
        return made

    def read(self, key: str) -> bytes:
        """The bytes of an object. Raises: FileNotFoundError; UnavailableError."""
        from obstore import get

        return self._insist(lambda store: bytes(get(store, key).bytes()), f"read {key}", absent=True)

    def head(self, key: str) -> Listed | None:
        """What is there under this key, or None. Raises: UnavailableError."""
        return self._insist(lambda store: _head(store, key), f"look for {key}")

    def keeps_versions(self, key: str) -> bool:
        """Whether the service names a version of this object: what is deleted then stays, as an earlier one.

        False where it names none, as for an object that is not there. Deleting earlier versions is more than the
        library can do. Raises: UnavailableError.
        """
        from obstore import head

        try:
            found = self._insist(lambda store: head(store, key), f"look for {key}", absent=True)
        except FileNotFoundError:
            return False
        return found["version"] is not None

    def all(self, prefix: str) -> Iterator[Listed]:
        """Every object below a prefix, which is a folder's; sorted by key as the service sorts.

        Raises: UnavailableError.
        """
        from obstore import list as pages

        pages_of = self._insist(lambda store: iter(pages(store, prefix or None)), f"list {prefix}")
        while (page := self._insist(lambda _: next(pages_of, None), f"list {prefix}")) is not None:
            yield from map(_listed, page)

    def folder(self, prefix: str) -> tuple[tuple[str, ...], tuple[Listed, ...]]:
        """The subfolders and the objects right below a prefix, each sorted. Raises: UnavailableError."""
        from obstore import list_with_delimiter

        found = self._insist(lambda store: list_with_delimiter(store, prefix or None), f"list {prefix}")
        return tuple(sorted(found["common_prefixes"])), tuple(sorted(map(_listed, found["objects"])))

    def delete(self, key: str) -> None:
        """Take an object away; nothing happens when there is none. Raises: UnavailableError."""
        from obstore import delete

        try:
            self._insist(lambda store: delete(store, key), f"delete {key}", absent=True)
        except FileNotFoundError:
            return

    def download(self, key: str, to: Path) -> Listed:
        """What was fetched, once its bytes are whole on the disk.

        Raises: FileNotFoundError; OSError when the file cannot be written; UnavailableError.
        """
        from obstore import get

        def attempt(store: "S3Store") -> Listed:
            answer = get(store, key)
            with to.open("wb") as file:
                for piece in answer.stream(min_chunk_size=1 << 20):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            return _listed(answer.meta)

        return self._insist(attempt, f"fetch {key}", absent=True)

    def require_create(self, prefix: str) -> None:
        """Passes when the service keeps what is there from being written again. Raises: UnavailableError."""
        key = f"{prefix}/probe-{uuid4().hex}".lstrip("/")
        first, second = self.create(key, b"first"), self.create(key, b"second")
        kept = self.read(key)
        self.delete(key)
        if not first or second or kept != b"first":
            raise UnavailableError(
                f"the service of s3://{self.name} ignores If-None-Match: a result could be written over",
                hint="keep results in a folder, or on storage with conditional writes",
            )

    def _insist(self, ask: Callable[["S3Store"], _T], what: str, *, absent: bool = False) -> _T:
        """The answer, asked for until the patience of the settings ends; with `absent`, a missing key is an answer."""
        from obstore.exceptions import BaseError, GenericError

        give_up, pause = self._clock() + self._settings.patience_s, 1.0
        while True:
            try:
                return ask(self._connected())
            except FileNotFoundError as error:
                if absent and "NoSuchBucket" not in str(error):
                    raise
                raise self._unavailable(what, error) from None
            except GenericError as error:
                if _is_refusal(error) or self._clock() >= give_up:
                    raise self._unavailable(what, error) from None
                _log.warning("s3://%s does not answer: %s; trying again", self.name, _in_short(error))
            except BaseError as error:
                raise self._unavailable(what, error) from None
            self._sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)

    def _unavailable(self, what: str, error: Exception) -> UnavailableError:
        """Without the answer's body, in which services repeat who asked."""
        hint = f"check that the bucket is there and reachable, [store] and {_KEY_ID}; then run again: nothing is lost"
        return UnavailableError(f"s3://{self.name}: cannot {what}: {_in_short(error)}", hint=hint)

    def _connected(self) -> "S3Store":
        if self._store is None:
            self._store = _connection(self.name, self._settings, self.library_patience_s)
        return self._store


def _connection(name: str, settings: Store, library_patience_s: float) -> "S3Store":
    from obstore.store import S3Store

    keys = {name: os.environ.get(name, "") for name in (_KEY_ID, _SECRET)}
    if missing := [name for name, value in keys.items() if not value]:
        raise UnavailableError(
            f"s3://{name}: {' and '.join(missing)} {'are' if missing[1:] else 'is'} not set",
            hint="set them in the environment that filmroom is started in; they are kept nowhere",
        )
    endpoint = endpoint_of(settings)
    token = {"session_token": token} if (token := os.environ.get(_TOKEN)) else {}
    return S3Store(
        name,
        config={"aws_endpoint_url_s3": endpoint, "virtual_hosted_style_request": False, **token},  # type: ignore[arg-type]
        endpoint=endpoint,
        region=settings.region or _REGION,
        access_key_id=keys[_KEY_ID],
        secret_access_key=keys[_SECRET],
        client_options={
            "allow_http": may_use_http(settings),
            "connect_timeout": "10s",
            "read_timeout": "60s",
            "timeout": "3600s",
            **_past_proxies(endpoint),
        },
        retry_config={
            "max_retries": 100,
            "retry_timeout": timedelta(seconds=min(library_patience_s, settings.patience_s)),
        },
    )


def _past_proxies(endpoint: str) -> "ClientConfig":
    """For a service on this machine: no proxy of the environment is asked, which is so only where one is named here."""
    host = urlsplit(endpoint).hostname or ""
    return {"proxy_url": endpoint, "proxy_excludes": host} if _is_here(host) else {}


def on_this_machine(settings: Store) -> bool:
    """Whether the service is one of this machine, so that nothing leaves it."""
    return _is_here(urlsplit(endpoint_of(settings)).hostname or "")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def endpoint_of(settings: Store) -> str:
    """The address of the service that is asked for buckets."""
    return settings.endpoint or f"https://s3.{settings.region or _REGION}.amazonaws.com"


def may_use_http(settings: Store) -> bool:
    """Whether the endpoint is asked without TLS: one on this machine, or as the settings allow.

    Raises: UsageError for an endpoint that would be and may not.
    """
    address = urlsplit(settings.endpoint or "https://")
    if address.scheme != "http":
        return False
    if settings.allow_http or _is_here(address.hostname or ""):
        return True
    hint = "use https, or set allow_http = true in [store] for a network that you trust"
    raise UsageError(f"{settings.endpoint}: recordings and results would cross the network unencrypted", hint=hint)


def _head(store: "S3Store", key: str) -> Listed | None:
    from obstore import head

    try:
        return _listed(head(store, key))
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise
        return None


def _listed(meta: "ObjectMeta") -> Listed:
    return Listed(meta["path"], meta["size"], meta["e_tag"] or "", meta["last_modified"].astimezone(UTC))


def _is_refusal(error: Exception) -> bool:
    """Whether asking again is no use: the service answered, and said no. Its status is in the message only."""
    told = _in_short(error)
    busy = any(f"status code: {status}" in told for status in (408, 409, 429))
    return ("status code: 4" in told and not busy) or "redirect" in told


def _in_short(error: Exception) -> str:
    lines = str(error).split("<?xml")[0].splitlines() or [type(error).__name__]
    return lines[0].removeprefix("Generic S3 error: ").strip(" :")[:300]
