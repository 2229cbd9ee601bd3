"""Owns how a plot becomes part of a page: drawn by matplotlib, cleaned to bare inline SVG in the page's own colours.

What a strict page cannot use is taken away: metadata with links, style attributes, foreign fonts, ids that two plots
would share. What is left takes its colours from the page's style, so one drawing serves light, dark and paper.
"""

import hashlib
import warnings
import xml.etree.ElementTree as Xml
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, SOFT, RULE, PAPER = "#1d2227", "#545d66", "#dcd9d0", "#fbfaf6"
REP, CUSTOMER, BOTH, GOOD, GAP = "#23598f", "#a0560b", "#7a2e7e", "#17703f", "#b02a21"
COLOURS: Mapping[str, str] = {
    INK: "ink", SOFT: "soft", RULE: "rule", PAPER: "paper", REP: "rep", CUSTOMER: "customer", BOTH: "both",
    GOOD: "good", GAP: "gap",
}  # fmt: skip
"""What plots draw in, and the name of the page's colour that it becomes."""

Titles = Mapping[str, Sequence[str]]
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evaluation",
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
}
_PT_IN_PX = 4 / 3
_FONTS = frozenset({"font-family", "font"})


def drawn(
    draw: "Callable[[Axes], None]",
    *,
    size: tuple[float, float],
    margins: tuple[float, float, float, float],
    label: str,
    titles: Titles | None = None,
    salt: str = "",
) -> Markup:
    """The SVG element of what `draw` puts on the axes: equal bytes for equal drawings.

    `size` is width and height, and `margins` are left, bottom, right and top, all in points of 1/72 inch. `label` is
    what somebody is told who does not see it. `titles` gives the dots that carry a gid each a title of its own. Where
    a page has equal drawings, each needs its own `salt`, lest they share ids.
    """
    import matplotlib
    from matplotlib.figure import Figure

    (width, height), (left, bottom, right, top) = size, margins
    out = StringIO()
    with matplotlib.rc_context(_SETTINGS), warnings.catch_warnings():
        # Text is written as text: a letter that matplotlib's own font lacks is drawn by the reader's browser.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=(width / 72, height / 72))
        figure.patch.set_visible(False)
        box = (left / width, bottom / height, (width - left - right) / width, (height - bottom - top) / height)
        axes = figure.add_axes(box)
        axes.patch.set_visible(False)
        draw(axes)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    identity = hashlib.sha256(f"{salt}{label}{out.getvalue()}".encode()).hexdigest()
    return _cleaned(out.getvalue(), prefix=f"p{identity[:10]}", label=label, titles=titles or {})


def _cleaned(source: str, *, prefix: str, label: str, titles: Titles) -> Markup:
    root = Xml.fromstring(source)  # noqa: S314 matplotlib wrote it just now
    bare = _bare(root, prefix, titles)
    box = root.attrib["viewBox"]
    width, height = (f"{float(side) * _PT_IN_PX:g}" for side in box.split()[2:])
    bare.attrib = {"viewBox": box, "width": width, "height": height, "role": "img", "aria-label": label}
    _without_strays(bare)
    return Markup(Xml.tostring(bare, encoding="unicode"))  # noqa: S704 serialised from a tree, and so escaped


def _bare(element: Xml.Element, prefix: str, titles: Titles) -> Xml.Element:
    """The element without namespaces, styles and fonts; ids and links to them begin with the prefix."""
    found = Xml.Element(_local(element.tag), dict(_attributes(element, prefix)))
    found.text = element.text if found.tag == "text" else None
    for child in element:
        if _local(child.tag) not in ("metadata", "style"):
            found.append(_bare(child, prefix, titles))
    told = titles.get(element.get("id", ""), ())
    for use, title in zip(found.iter("use"), told, strict=False):
        Xml.SubElement(use, "title").text = title
    return found


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attributes(element: Xml.Element, prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        local = _local(name)
        if local == "style":
            yield from _presented(value)
        elif local == "id":
            yield "id", f"{prefix}-{value}"
        elif local == "href":
            yield "href", f"#{prefix}-{value.removeprefix('#')}"
        elif local == "clip-path":
            yield "clip-path", value.replace("url(#", f"url(#{prefix}-")
        elif local == "d":
            yield "d", " ".join(value.split())
        elif not (local == "transform" and value.startswith("rotate(-0 ")):
            yield local, value


def _presented(style: str) -> Iterator[tuple[str, str]]:
    """A style attribute as attributes of their own, which no content policy forbids."""
    for rule in style.split(";"):
        name, _, value = (part.strip() for part in rule.partition(":"))
        if name and name not in _FONTS:
            yield name, f"var(--{COLOURS[value]})" if value in COLOURS else value


def _without_strays(root: Xml.Element) -> None:
    """Take away ids that nothing points at, and groups and definitions with nothing in them."""
    wanted = {element.get("href", "").removeprefix("#") for element in root.iter()}
    wanted |= {element.get("clip-path", "").removeprefix("url(#").removesuffix(")") for element in root.iter()}
    for parent in (root, *root.iter()):
        if parent.get("id") not in wanted:
            parent.attrib.pop("id", None)
    _pruned(root, wanted)


def _pruned(parent: Xml.Element, wanted: set[str]) -> None:
    for child in list(parent):
        _pruned(child, wanted)
        unused = child.tag == "clipPath" and child.get("id") not in wanted
        if unused or (child.tag in ("g", "defs") and not len(child)):
            parent.remove(child)
