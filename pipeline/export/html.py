"""Owns the standalone page of a call: one file that asks nothing of any network, with the sound inside it."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.domain.phrasing import clock
from pipeline.domain.result import CallResult
from pipeline.domain.span import Span
from pipeline.errors import UsageError
from pipeline.export.sheet import sheet
from pipeline.export.wording import counted, weekday

_TEMPLATES = Path(__file__).parent / "templates"
_MIME = re.compile(r"(audio|video)/[a-z0-9][a-z0-9.+-]*")
QUOTE_PAD_S = 0.3
"""A quote plays on for this long, since a recogniser's last word often ends a little late."""


def to_html(
    result: CallResult,
    *,
    audio: bytes | None = None,
    mime: str = "audio/mpeg",
    no_audio: str = "it was exported without the recording",
) -> str:
    """The page as one HTML document.

    `audio` is the whole call in a format that browsers play; without it quotes show their times, and `no_audio` says
    why. What is heard against where the page seeks to, in Chromium over 30 minutes: MP3 of constant rate at most 80 ms
    early, AAC in MP4 with an edit list within 10 ms; MP3 of average rate is off by up to 0.4 s, so never use that.

    Raises: UsageError for a mime type that is neither audio nor video.
    """
    if not _MIME.fullmatch(mime):
        raise UsageError(f"{mime!r} is no type of sound", hint="use audio/mpeg, audio/mp4, audio/ogg or audio/wav")
    style, script = _asset("call.css"), _asset("call.js")
    source = None if audio is None else f"data:{mime};base64,{base64.b64encode(audio).decode('ascii')}"
    template = _environment().get_template("call.html.j2")
    return template.render(
        sheet=sheet(result),
        source=source,
        no_audio=no_audio,
        policy=policy(style, script),
        style=Markup(style),  # noqa: S704  (our own file, and the policy names its hash)
        script=Markup(script),  # noqa: S704
        pad=QUOTE_PAD_S,
    )


def policy(style: str, script: str | None = None) -> str:
    """The Content-Security-Policy of a page that has this style and this script inside, and its sound as data."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src 'sha256-{_sha256(style)}'",
            *([f"script-src 'sha256-{_sha256(script)}'"] if script is not None else []),
            "media-src data:",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = clock
    environment.filters["weekday"] = weekday
    environment.globals["counted"] = counted
    environment.globals["percent"] = _percent
    environment.globals["times"] = _times
    return environment


def _percent(seconds: float, duration: float) -> str:
    return f"{min(100.0, 100 * seconds / duration):.3f}%"


def _times(span: Span) -> Markup:
    return Markup('data-start="{:.3f}" data-end="{:.3f}"').format(span.start, span.end)
