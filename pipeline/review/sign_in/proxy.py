"""Owns what a trusted proxy says: who the user is, and from which address the browser came."""

import hashlib
import hmac
import ipaddress
from collections.abc import Callable

from fastapi import Request

from pipeline.config import TrustedProxy
from pipeline.log import get_logger

_log = get_logger(__name__)
_WARNED_AT_MOST = 1000


class Proxy:
    """The proxies that are believed, as [review.proxy] says."""

    def __init__(self, settings: TrustedProxy, key: Callable[[], bytes]) -> None:
        self._header = settings.header
        self._networks = tuple(ipaddress.ip_network(address, strict=False) for address in settings.from_)
        self._key = key
        self._warned: set[str] = set()

    def name_of(self, request: Request) -> str | None:
        """The user's name as a trusted proxy gives it; None where none does.

        The header from any other address is ignored, and the log tells of it, once for each address.
        """
        if self._header is None or not (named := request.headers.getlist(self._header)):
            return None
        peer = _peer(request)
        if not self._is_trusted(peer):
            self._warn(peer, "which is not one of `from` in [review.proxy]")
            return None
        if len(named) != 1:
            self._warn(peer, f"{len(named)} times in one request: the proxy passes on what browsers send")
            return None
        return named[0].strip() or None

    def address_of(self, request: Request) -> str:
        """The browser's address: of those in X-Forwarded-For the last that no trusted proxy has."""
        peer = _peer(request)
        if not self._is_trusted(peer):
            return peer
        told = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
        passed = [part.strip() for part in told if _is_address(part.strip())]
        return next((address for address in reversed(passed) if not self._is_trusted(address)), peer)

    def csrf_of(self, user_id: str) -> str:
        """What forms of this user carry: there is no session that they could be of."""
        return hmac.new(self._key(), f"proxy-csrf:{user_id}".encode(), hashlib.sha256).hexdigest()

    def _is_trusted(self, address: str) -> bool:
        return _is_address(address) and any(ipaddress.ip_address(address) in network for network in self._networks)

    def _warn(self, peer: str, why: str) -> None:
        if peer not in self._warned and len(self._warned) < _WARNED_AT_MOST:
            self._warned.add(peer)
            _log.warning("the header %s was ignored: it came from %s, %s", self._header, peer, why)


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
