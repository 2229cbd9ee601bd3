"""Owns the places of the papers: a page that lists them, each as a page to print, as Markdown, as PDF, and as JSON."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from pipeline.cycle.paper_values import CoachingPlan, CoachingReport, Planner
from pipeline.cycle.period import Period, chosen_period, last_weeks
from pipeline.export.handing_over import handed_over
from pipeline.review.api import PROBLEMS
from pipeline.review.cycle.frame import person_page
from pipeline.review.cycle.papers.formats import to_markdown, to_pdf
from pipeline.review.cycle.papers.gathering import asked_days, plan_of, planner_of, report_of
from pipeline.review.cycle.papers.sheet import PaperSheet, plan_sheet, planner_sheet, report_sheet
from pipeline.review.guards import COACHES, PERSON, Entry, nothing_here
from pipeline.review.pages import page

router = APIRouter()
api = APIRouter(prefix="/api", tags=["papers"], responses=PROBLEMS)
Since = Annotated[date | None, Query(description="The first day, UTC.")]
Until = Annotated[date | None, Query(description="The last day, UTC.")]

_PAPERS: dict[str, Callable[[Entry, Period], PaperSheet]] = {
    "report": lambda entry, period: report_sheet(report_of(entry, period)),
    "plan": lambda entry, period: plan_sheet(plan_of(entry, period)),
}


@router.get("/people/{person}/papers", include_in_schema=False)
def papers(request: Request, entry: Annotated[Entry, PERSON], since: str = "", until: str = "") -> Response:
    """The papers about a person, and the days they are about."""
    period = asked_days(entry, since, until)
    return person_page(request, entry, "cycle_papers.html.j2", period=period)


@router.get("/people/{person}/papers/{paper}.{form}", include_in_schema=False)
def fetch(
    request: Request,
    entry: Annotated[Entry, PERSON],
    paper: str,
    form: str,
    since: str = "",
    until: str = "",
) -> Response:
    """A paper about a person: html to print, md or pdf."""
    if paper not in _PAPERS or form not in _FORMATS:
        raise nothing_here()
    period = asked_days(entry, since, until)
    made = _PAPERS[paper](entry, period)
    _told(entry, f"{paper} of {entry.whose.id}, {form}")
    back = f"/people/{entry.whose.id}/papers?since={period.first}&until={period.last}"
    return _set(request, entry, made, form, name=f"{paper}-{entry.whose.id}", back=back)


@router.get("/team/planner", include_in_schema=False)
def fetch_planner(
    request: Request, entry: Annotated[Entry, COACHES], form: Literal["html", "md", "pdf"] = "html"
) -> Response:
    """What is next for all reps below, four weeks ahead."""
    made = planner_sheet(planner_of(entry))
    _told(entry, f"planner, {form}")
    return _set(request, entry, made, form, name="planner", back="/team")


@api.get("/people/{person}/papers/report", response_model=CoachingReport)
def read_report(entry: Annotated[Entry, PERSON], since: Since = None, until: Until = None) -> CoachingReport:
    """What was seen of a person: approved feedback with its quotes, focus, praise; by default in four weeks."""
    made = report_of(entry, _asked(entry, since, until))
    _told(entry, f"report of {entry.whose.id}, json")
    return made


@api.get("/people/{person}/papers/plan", response_model=CoachingPlan)
def read_plan(entry: Annotated[Entry, PERSON], since: Since = None, until: Until = None) -> CoachingPlan:
    """What is agreed with a person: focus, steps, one-to-ones, targets, goals."""
    made = plan_of(entry, _asked(entry, since, until))
    _told(entry, f"plan of {entry.whose.id}, json")
    return made


@api.get("/team/planner", response_model=Planner)
def read_planner(entry: Annotated[Entry, COACHES]) -> Planner:
    """What is next for all reps below you, what is late first, four weeks ahead."""
    made = planner_of(entry)
    _told(entry, "planner, json")
    return made


def _asked(entry: Entry, since: date | None, until: date | None) -> Period:
    return chosen_period(since, until, last_weeks(entry.room.now().date()))


def _told(entry: Entry, detail: str) -> None:
    entry.room.audit.tell(entry.viewer.user.id, "exported", detail=detail, address=entry.address)


_FORMATS = ("html", "md", "pdf")
_FILES: dict[str, tuple[str, Callable[[PaperSheet], bytes]]] = {
    "md": ("text/markdown; charset=utf-8", lambda paper: to_markdown(paper).encode()),
    "pdf": ("application/pdf", to_pdf),
}


def _set(request: Request, entry: Entry, made: PaperSheet, form: str, *, name: str, back: str) -> Response:
    made = handed_over(entry.room.config).value(made)
    if form == "html":
        return page(request, entry, "cycle_papers_print.html.j2", paper=made, back=back)
    mime, write = _FILES[form]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(write(made), media_type=mime, headers=headers)
