"""Owns where requests come from and lead to: the hosts that are answered, other sites' forms, paths to go on to."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.config import ReviewRoom

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_PATH = 2000


class KnownHosts:
    """Answers requests for the hosts of the list, and 400 to all others.

    A page of another site can point its own name at this machine (DNS rebinding) and would then be of our origin: only
    the Host header tells the two apart.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] in ("http", "websocket") and self._host(Headers(scope=scope)) not in self._hosts:
            refusal = PlainTextResponse(
                "This room is not known by that name.\n"
                "What to do: open it by the address that was printed, or add the name to hosts in [review].\n",
                status_code=400,
            )
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _host(self, headers: Headers) -> str:
        named = headers.getlist("host")
        return host_of(named[0]) if len(named) == 1 else ""


def known_hosts(settings: ReviewRoom) -> frozenset[str]:
    """The names by which the room is reached: this machine's, the address it listens at, and `hosts` of [review]."""
    listening = set() if is_unspecified(settings.host) else {settings.host}
    return frozenset(host.lower() for host in {*_THIS_MACHINE, *listening, *settings.hosts})


def is_unspecified(host: str) -> bool:
    """Whether this stands for every address of the machine, such as 0.0.0.0."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host == ""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach this address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_of(authority: str) -> str:
    """The host of "host:port", in lower case and without brackets; empty for what is none."""
    if any(c in authority for c in "/\\?#@ \t"):
        return ""
    try:
        parts = urlsplit(f"//{authority}")
        return (parts.hostname or "") if parts.port != 0 else ""
    except ValueError:
        return ""


def is_of_another_site(request: Request) -> bool:
    """Whether a browser says that another site made this request.

    Sec-Fetch-Site counts where it is sent: by https, and at this machine. "null" says nothing: since our pages send no
    referrer, browsers put it into the forms of our own pages as well.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "null")
    return origin != "null" and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()


def local_path(wanted: str) -> str:
    """The path within the room that is wanted, with its query; "/" for whatever could lead elsewhere.

    Browsers read a backslash as a slash, and leave out tabs and line ends.
    """
    if not wanted.startswith("/") or wanted.startswith("//") or len(wanted) > _LONGEST_PATH:
        return "/"
    if any(c == "\\" or ord(c) < 0x21 or ord(c) == 0x7F for c in wanted):
        return "/"
    return "/" if wanted.startswith(("/sign-", "/open")) else wanted
