"""Owns the pack as one HTML file that asks nothing of any network: the feedback, and each moment to play."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

from markupsafe import Markup

from pipeline.adapters.audio import encode_for_browsers
from pipeline.adapters.flac import excerpt
from pipeline.domain.span import Span
from pipeline.export.handing_over import silenced
from pipeline.export.html import policy
from pipeline.review.drafts.parts import TITLES
from pipeline.review.packs.pack import CLIP_AFTER_S, CLIP_BEFORE_S, TOLD, Pack
from pipeline.review.pages import environment

_STYLE = Path(__file__).parent / "pack.css"


def to_html(pack: Pack, sounds: Mapping[str, str], *, silent: str = "") -> str:
    """The pack as one document. `sounds` are clips as data addresses, by `ref`; `silent` says why there are none."""
    style = _STYLE.read_text(encoding="utf-8")
    return (
        environment()
        .get_template("pack.html.j2")
        .render(
            pack=pack,
            titles=TITLES,
            parts=TOLD,
            sounds=sounds,
            silent=silent,
            style=Markup(style),  # noqa: S704 (our own file, and the policy names its hash)
            policy=policy(style),
        )
    )


def clip_sounds(pack: Pack, sound: Path, *, silent: Sequence[Span] = ()) -> dict[str, str]:
    """Each moment of the pack as a data address to play, by `ref`; `sound` is the whole call as a file, one channel.

    Nothing is heard in the `silent` spans. Only the moments are decoded, however long the call is.
    """
    found = {}
    for clip in pack.clips:
        if clip.span is None:
            continue
        start = max(0.0, clip.span.start - CLIP_BEFORE_S)
        samples, rate = excerpt(sound, start, clip.span.end + CLIP_AFTER_S)
        encoded, mime = encode_for_browsers(silenced(samples, silent, rate, at=start), rate)
        found[clip.ref] = f"data:{mime};base64,{base64.b64encode(encoded).decode('ascii')}"
    return found
