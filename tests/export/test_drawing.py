"""Plots as parts of a page: bare, in the page's colours, and safe whatever is written in them."""

import re
import xml.etree.ElementTree as Xml
from typing import TYPE_CHECKING

import pytest

from pipeline.export.drawing import COLOURS, GAP, REP, drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HOSTILE = "<script>alert(1)</script> $x_{$ & \"'"


def plot(text: str = "words", *, label: str = "a plot", titles: dict[str, list[str]] | None = None) -> str:
    def draw(axes: "Axes") -> None:
        axes.scatter([1, 2], [1, 2], c=REP, gid="dots", clip_on=False)
        axes.plot([1, 2], [2, 1], color=GAP)
        axes.set_xlabel(text)

    return str(drawn(draw, size=(200, 100), margins=(20, 20, 5, 5), label=label, titles=titles))


def test_equal_drawings_are_equal_bytes() -> None:
    assert plot() == plot()


def test_nothing_in_it_leads_out_of_the_page() -> None:
    svg = plot()
    assert "http" not in svg
    assert not re.search(r"<(metadata|style|image|script|a)\b", svg)
    assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)"', svg))


def test_it_has_no_style_that_a_policy_would_forbid_and_no_colour_but_the_page_s() -> None:
    svg = plot()
    assert "style=" not in svg
    assert not re.findall(r"#[0-9a-f]{6}\b", svg)
    assert set(re.findall(r"var\(--(\w+)\)", svg)) <= set(COLOURS.values())
    assert "var(--rep)" in svg


def test_no_two_plots_share_an_id_and_every_link_leads_somewhere() -> None:
    one, other = Xml.fromstring(plot()), Xml.fromstring(plot("others"))
    ids = [[e.attrib["id"] for e in root.iter() if "id" in e.attrib] for root in (one, other)]
    assert ids[0]
    assert not set(ids[0]) & set(ids[1])
    links = {e.attrib["href"].removeprefix("#") for e in one.iter() if "href" in e.attrib}
    links |= {clip for e in one.iter() if (clip := e.get("clip-path", "")[5:-1])}
    assert links == set(ids[0])


def test_markup_and_formulas_in_texts_stay_texts() -> None:
    svg = plot(HOSTILE, label=HOSTILE, titles={"dots": [HOSTILE, "second"]})
    assert "<script" not in svg
    root = Xml.fromstring(svg)
    assert root.attrib["aria-label"] == HOSTILE
    assert HOSTILE in [element.text for element in root.iter("text")]
    assert [element.text for element in root.iter("title")] == [HOSTILE, "second"]


def test_letters_that_no_font_of_matplotlib_has_are_written_without_a_word(recwarn: pytest.WarningsRecorder) -> None:
    assert "通話" in plot("通話")
    assert not recwarn.list


def test_each_dot_has_its_title_in_order() -> None:
    root = Xml.fromstring(plot(titles={"dots": ["first", "second"]}))
    dots = [use for use in root.iter("use") if use.find("title") is not None]
    # The left dot is drawn first.
    assert [use.findtext("title") for use in sorted(dots, key=lambda use: float(use.attrib["x"]))] == [
        "first",
        "second",
    ]


def test_it_is_as_large_on_a_page_as_its_points_say() -> None:
    # 200 by 100 points of 1/72 inch are 266.7 by 133.3 pixels of 1/96 inch.
    root = Xml.fromstring(plot())
    assert (root.attrib["width"], root.attrib["height"]) == ("266.667", "133.333")


def test_drawing_leaves_matplotlib_as_it_was() -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    plot()
    assert dict(matplotlib.rcParams) == before
