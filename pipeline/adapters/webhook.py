"""Owns how a webhook is reached: one POST of JSON, signed, to an address of the open internet or of this machine.

The address is a user's wish, so the server that sends must not be led elsewhere by it: no redirect is followed, no
credentials and no cookies are sent, nothing of the answer but its status is looked at, and addresses by which machines
find each other's inner services (link-local, multicast, unspecified) are refused after the name was looked up.
"""

import hashlib
import hmac
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from pipeline.errors import InputError

TIMEOUT_S = 10.0
SIGNATURE = "X-Filmroom-Signature"
"""The header with "sha256=" and the HMAC of the body by the secret that the user sees on the page of reminders."""


class WebhookError(InputError):
    """A webhook did not take what was sent; it is sent again the next time."""

    retryable = True


def post(url: str, body: bytes, secret: str) -> None:
    """Returns once the webhook has taken the body, with a status of 2xx. Raises: WebhookError."""
    send(url, body, {SIGNATURE: signature(body, secret)})


def send(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """The same, with the headers given beside those that every message has. Raises: WebhookError."""
    import httpx

    _require_allowed(url)
    headers = {"Content-Type": "application/json", "User-Agent": "filmroom", **headers}
    try:
        with (
            httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _failed(f"it cannot be reached: {str(error) or type(error).__name__}") from error
    if not 200 <= status < 300:
        raise _failed(f"it answered {status}")


def signature(body: bytes, secret: str) -> str:
    """The value of the header `SIGNATURE`: HMAC-SHA256 in hexadecimal, after "sha256="."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def _require_allowed(url: str) -> None:
    """Passes where every address behind the name is one that may be reached. Raises: WebhookError."""
    host = urlsplit(url).hostname or ""
    try:
        found = {str(info[4][0]).partition("%")[0] for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise _failed(f"nobody knows the name {host}") from error
    for address in map(ip_address, found):
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            raise _failed(f"{host} leads to {address}, which is not allowed")


def _failed(why: str) -> WebhookError:
    return WebhookError(why, hint="put the webhook or its address right; it is tried again the next time")
