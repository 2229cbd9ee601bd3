"""Owns how often somebody may try to sign in: by account and by address, counted in memory."""

import hashlib
import ipaddress
import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

BY_ACCOUNT = "8/15 minutes"
BY_ADDRESS = "60/15 minutes"
_TOLD = parse("1/minute")


class Pace:
    """The tries of the last while.

    An account is what was typed, whether there is such a user or not, so that being refused tells nothing. A try counts
    before its password is checked: many at the same moment count as many.
    """

    def __init__(self, *, by_account: str = BY_ACCOUNT, by_address: str = BY_ADDRESS) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._by_account = parse(by_account)
        self._by_address = parse(by_address)

    def wait(self, login: str, address: str) -> int:
        """Seconds to wait before this try may be made, 0 for none; then it counts."""
        if seconds := self.wait_at(address):
            return seconds
        account = _key("account", login.strip().casefold())
        if not self._limiter.hit(self._by_account, account):
            return self._left(self._by_account, account)
        return 0

    def wait_at(self, address: str) -> int:
        """As `wait`, where no account is named: links, and what comes back from a provider."""
        origin = _key("address", _network(address))
        return 0 if self._limiter.hit(self._by_address, origin) else self._left(self._by_address, origin)

    def forget(self, login: str) -> None:
        """Count this account's tries anew, since one was right; those of the address still count."""
        self._limiter.clear(self._by_account, _key("account", login.strip().casefold()))

    def is_to_be_told(self, address: str) -> bool:
        """Whether a refusal is to be written down: one a minute of each address, or the disk would fill up."""
        return self._limiter.hit(_TOLD, _key("told", _network(address)))

    def _left(self, item: RateLimitItem, key: str) -> int:
        until = self._limiter.get_window_stats(item, key).reset_time
        return max(1, math.ceil(until - time.time()))


def _key(kind: str, text: str) -> str:
    return f"{kind}-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"


def _network(address: str) -> str:
    """The address, or of IPv6 the /64 around it: one machine has all of those."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)
