"""Owns how a paper is set: as Markdown, as a PDF, as a page to print."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from pipeline.export.markdown import escaped
from pipeline.review.cycle.papers.sheet import Line, PaperSheet, Section
from pipeline.review.packs.pdf import SOFT, document, lacks, write_text

if TYPE_CHECKING:
    from fpdf import FPDF


def to_markdown(paper: PaperSheet) -> str:
    """The paper as Markdown, ending in a newline; nothing that people wrote in it becomes markup."""
    return "\n".join(_lines(paper)).strip("\n") + "\n"


def to_pdf(paper: PaperSheet) -> bytes:
    """The paper as a PDF of A4 pages. Letters that its fonts lack are drawn as boxes, and a line says so."""
    pdf = document()
    pdf.set_title(paper.title)
    pdf.set_creator("Filmroom")
    pdf.add_page()
    write_text(pdf, paper.title, size=19, style="B")
    write_text(pdf, paper.about, size=10, colour=SOFT)
    for section in paper.sections:
        _section(pdf, section)
    pdf.ln(4)
    write_text(pdf, paper.foot, size=9, colour=SOFT)
    if lacks(pdf, paper.model_dump_json()):
        write_text(pdf, "Some letters cannot be drawn here; the page to print has them all.", size=9, colour=SOFT)
    return bytes(pdf.output())


def _lines(paper: PaperSheet) -> Iterator[str]:
    yield f"# {escaped(paper.title)}\n"
    yield f"{escaped(paper.about)}.\n"
    for section in paper.sections:
        yield f"## {escaped(section.title)}\n"
        if not section.lines:
            yield f"{escaped(section.empty)}\n"
        for line, following in zip_longest(section.lines, section.lines[1:]):
            yield _marked(line)
            if line.kind != "item" or following is None or following.kind != "item":
                yield ""
    yield f"{escaped(paper.foot)}"


def _marked(line: Line) -> str:
    text, aside = escaped(line.text), escaped(line.aside)
    match line.kind:
        case "head":
            return f"### {text}" + (f"\n\n{aside}" if aside else "")
        case "quote":
            return f"> “{text}” {aside}"
        case "item":
            return f"- {text}" + (f" ({aside})" if aside else "")
        case "note":
            return f"**{text}**"
        case "text":
            return text


def _section(pdf: "FPDF", section: Section) -> None:
    pdf.ln(5)
    if pdf.will_page_break(26):
        pdf.add_page()
    write_text(pdf, section.title, size=13, style="B")
    pdf.ln(1)
    if not section.lines:
        write_text(pdf, section.empty, colour=SOFT)
    for line in section.lines:
        _draw(pdf, line)


def _draw(pdf: "FPDF", line: Line) -> None:
    match line.kind:
        case "head":
            pdf.ln(2)
            write_text(pdf, line.text, size=11, style="B")
            if line.aside:
                write_text(pdf, line.aside, size=9, colour=SOFT)
        case "quote":
            write_text(pdf, f"“{line.text}” {line.aside}", style="I", indent=5)
        case "item":
            write_text(pdf, f"•  {line.text}" + (f" ({line.aside})" if line.aside else ""), indent=3)
        case "note":
            write_text(pdf, line.text, size=9, colour=SOFT, style="B")
        case "text":
            write_text(pdf, line.text)
    pdf.ln(0.8)
