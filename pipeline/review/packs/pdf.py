"""Owns the pack as PDF: text, the picture of the call, and what cannot be drawn said so."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.export.timeline import Timeline
from pipeline.export.wording import weekday
from pipeline.review.drafts.parts import TITLES
from pipeline.review.packs.pack import TOLD, Clip, Pack

if TYPE_CHECKING:
    from fpdf import FPDF

_INK, SOFT, _RULE = (29, 34, 39), (84, 93, 102), (220, 217, 208)
_REP, _CUSTOMER, _HUSH, _GAP = (35, 89, 143), (160, 86, 11), (240, 238, 231), (176, 42, 33)
_MARGIN_MM, _LANE_MM = 20.0, 5.0
_FAMILY = "DejaVu"


def to_pdf(pack: Pack) -> bytes:
    """The pack as a PDF of A4 pages. Letters that its fonts lack are drawn as boxes, and a line says so."""
    pdf = document()
    pdf.set_title(pack.title)
    pdf.set_creator("Filmroom")
    pdf.add_page()
    _head(pdf, pack)
    if pack.timeline is not None:
        _timeline(pdf, pack.timeline)
    for part in TOLD:
        _part(pdf, TITLES[part], pack.told(part), pack.unquoted(part))
    _part(pdf, TITLES["questions"], tuple(f"{n}. {q}" for n, q in enumerate(pack.questions, start=1)), ())
    steps = tuple(
        f"{n}. {s.text} ({s.who}{f', by {weekday(s.by)}' if s.by else ''})" for n, s in enumerate(pack.steps, start=1)
    )
    _part(pdf, TITLES["activity"], steps, ())
    _part(pdf, TITLES["practice"], pack.practice, ())
    if pack.follow_up:
        _part(pdf, TITLES["follow_up"], (f"On {weekday(pack.follow_up)}.",), ())
    if lacks(pdf, pack.model_dump_json()):
        write_text(
            pdf, "Some letters of this call cannot be drawn here; the HTML pack has them all.", size=9, colour=SOFT
        )
    return bytes(pdf.output())


def document() -> "FPDF":
    """An empty document of A4 pages, numbered at their feet, in the fonts of the packs."""
    import matplotlib
    from fpdf import FPDF

    logging.getLogger("fontTools").setLevel(logging.WARNING)

    class Document(FPDF):
        def footer(self) -> None:
            self.set_y(-14)
            self.set_font(_FAMILY, size=8)
            self.set_text_color(*SOFT)
            self.cell(0, 5, f"Page {self.page_no()} of {{nb}}", align="R")

    pdf = Document(format="A4")
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    pdf.add_font(_FAMILY, "", fonts / "DejaVuSans.ttf")
    pdf.add_font(_FAMILY, "B", fonts / "DejaVuSans-Bold.ttf")
    pdf.add_font(_FAMILY, "I", fonts / "DejaVuSans-Oblique.ttf")
    pdf.set_text_shaping(True)
    pdf.set_margins(_MARGIN_MM, _MARGIN_MM)
    pdf.set_auto_page_break(True, margin=_MARGIN_MM)
    return pdf


def write_text(
    pdf: "FPDF",
    text: str,
    *,
    size: float = 10.5,
    style: str = "",
    colour: tuple[int, int, int] = _INK,
    indent: float = 0,
) -> None:
    """Put a paragraph below what is there; `size` in points, `indent` in mm."""
    pdf.set_font(_FAMILY, style=style, size=size)
    pdf.set_text_color(*colour)
    pdf.set_x(_MARGIN_MM + indent)
    pdf.multi_cell(0, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _head(pdf: "FPDF", pack: Pack) -> None:
    write_text(pdf, pack.title, size=19, style="B")
    pdf.ln(1)
    write_text(pdf, pack.status, size=10, colour=SOFT if pack.approved else _GAP, style="" if pack.approved else "B")
    if pack.simulated:
        write_text(pdf, "Rehearsal: recorded with a colleague, not with a customer.", size=10, colour=_GAP)
    facts = "  ·  ".join(f"{fact.label}: {fact.text}" for fact in pack.facts)
    write_text(pdf, f"{facts}  ·  Call: {pack.call}", size=9, colour=SOFT)
    pdf.ln(4)


def _timeline(pdf: "FPDF", line: Timeline) -> None:
    """The two sides on one axis; the labels stand left of it."""
    left, width = _MARGIN_MM + 32, pdf.w - 2 * _MARGIN_MM - 32
    for lane in line.lanes:
        top = pdf.get_y()
        pdf.set_font(_FAMILY, size=8)
        pdf.set_text_color(*(_REP if lane.role == "rep" else _CUSTOMER if lane.role == "customer" else SOFT))
        pdf.set_xy(_MARGIN_MM, top)
        pdf.cell(31, _LANE_MM, f"{lane.label} {lane.share:.0%}")
        pdf.set_fill_color(*_HUSH)
        pdf.rect(left, top, width, _LANE_MM, style="F")
        pdf.set_fill_color(*(_REP if lane.role == "rep" else _CUSTOMER if lane.role == "customer" else SOFT))
        for span in lane.spans:
            x, length = left + width * span.start / line.duration, width * span.duration / line.duration
            pdf.rect(x, top, max(length, 0.1), _LANE_MM, style="F")
        pdf.set_y(top + _LANE_MM + 1)
    pdf.ln(4)


def _part(pdf: "FPDF", title: str, texts: tuple[str, ...], clips: tuple[Clip, ...]) -> None:
    if not texts and not clips:
        return
    if pdf.will_page_break(26):
        pdf.add_page()
    pdf.set_draw_color(*_RULE)
    pdf.line(_MARGIN_MM, pdf.get_y(), pdf.w - _MARGIN_MM, pdf.get_y())
    pdf.ln(2.5)
    write_text(pdf, title, size=12.5, style="B")
    pdf.ln(1)
    for text in texts:
        write_text(pdf, text)
        pdf.ln(1)
    for clip in clips:
        write_text(pdf, f"“{clip.text}”", style="I", indent=5)
        write_text(pdf, f"{clip.speaker}{f' [{clip.clock}]' if clip.clock else ''}", size=9, colour=SOFT, indent=5)
        if clip.struck:
            write_text(pdf, clip.struck, size=9, style="B", indent=5)
        pdf.ln(1)
    pdf.ln(2)


def lacks(pdf: "FPDF", text: str) -> bool:
    """Whether some letter of the text is in none of the fonts."""
    known = pdf.fonts[_FAMILY.lower()].cmap  # type: ignore[union-attr]
    return any(ord(letter) not in known for letter in text if not letter.isspace())
