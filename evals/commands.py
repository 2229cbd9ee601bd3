"""The command's group `eval`: measure, compare, stop what got worse, and look at it."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from evals.commands_labels import make_labels
from evals.commands_repeat import repeat, require_folder
from pipeline.commands.nights import ModelOption, ReaderOption, UrlOption, require_model_for
from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from pipeline.config import load_config
from pipeline.errors import UsageError
from pipeline.export.untrusted import visible

if TYPE_CHECKING:
    from evals.comparing import Comparison
    from evals.history import History
    from evals.running import EvaluationRun
    from evals.suites import Advance, Setting, SuiteName

app = typer.Typer(
    help="How right Filmroom is on labelled calls, and whether a change made it worse.", no_args_is_help=True
)

READER = "similarity"
"""Who reads unless told otherwise: the others take an hour and more on all collections."""


class SuiteChoice(StrEnum):
    """Suites by name; all is every one."""

    SPEECH = "speech"
    QUESTIONS = "questions"
    BEHAVIOURS = "behaviours"
    DRAFTS = "drafts"
    ALL = "all"


@dataclass(frozen=True)
class Asked:
    """Who is to read, and by which prompts and rubrics; None for what is usual."""

    reader: str | None = None
    model: str | None = None
    url: str | None = None
    prompts: Sequence[Path] = ()
    rubrics: Sequence[Path] = ()


RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's id or its beginning, last, or a file that --out wrote.")
]
ReportOption = Annotated[Path | None, typer.Option("--report", help="Write the page with plots to this .html file.")]


@app.command()
def run(
    suite: Annotated[
        list[SuiteChoice] | None, typer.Option(help="What to measure; again for more; all, without.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    cases: Annotated[
        list[Path] | None, typer.Option("--cases", help="A folder of your own labelled calls; again for more.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="The labelled collections of others; FILMROOM_SHARED/data, without.")
    ] = None,
    reader: ReaderOption = None,
    model: ModelOption = None,
    url: UrlOption = None,
    prompts: Annotated[
        list[Path] | None, typer.Option("--prompt", help="A changed prompt, in place of the one of its id.")
    ] = None,
    rubrics: Annotated[
        list[Path] | None, typer.Option("--rubric", help="A changed rubric, in place of the one of its id.")
    ] = None,
    note: Annotated[str, typer.Option(help="What this run is about, for the history.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Keep the whole run in this .json file too.")] = None,
    report: ReportOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how right the words, speakers, questions, behaviours and drafts are; keep the run in the workspace."""
    from evals.fingerprint import code_sha256
    from evals.history import History
    from evals.running import run_suites
    from evals.watching import watched
    from pipeline.store.workspace import Workspace

    require_folder(out)
    require_folder(report, flag="--report")
    names = _suites(suite or [SuiteChoice.ALL])
    console = Console(stderr=True)
    with watched(console, quiet=as_json) as advance:
        asked = Asked(reader and reader.value, model, url, prompts or (), rubrics or ())
        setting = _setting(workspace, asked, data=data, cases=cases or [], advance=advance)
        found = run_suites(setting, names, code=code_sha256(), note=note)
    history = History(Workspace(workspace))
    history.keep(found)
    if out is not None:
        out.write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")
    _show(found, history, report=report, as_json=as_json)
    if not any(result.measures for result in found.findings.suites):
        raise UsageError(
            "nothing was measured", hint="give --cases FOLDER, or --data FOLDER, with labelled calls in it"
        )


@app.command(name="show")
def show_run(
    name: RunArgument = "last",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    report: ReportOption = None,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="The whole table in Markdown.")] = False,
    as_json: JsonOption = False,
) -> None:
    """A run of the history: its table, its figures as JSON, or its page with plots."""
    from evals.report.terminal import markdown

    history = _history(workspace)
    found = history.run(name)
    if as_markdown:
        if as_json or report is not None:
            raise UsageError("--markdown stands alone", hint="leave --json and --report out, or --markdown")
        typer.echo(markdown(found), nl=False)
        return
    _show(found, history, report=report, as_json=as_json)


@app.command(name="list")
def list_runs(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """The runs of this workspace, oldest first."""
    from evals.report.terminal import runs_table

    records = _history(workspace).records()
    if as_json:
        typer.echo(json.dumps([record.model_dump(mode="json") for record in records]))
        return
    Console().print(runs_table(records))


@app.command()
def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="The run before: an id, last, or a file of --out.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The run after.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    report: ReportOption = None,
    as_json: JsonOption = False,
) -> None:
    """What got better and what got worse from run A to run B, on the calls that both measured."""
    from evals.comparing import compare as compared

    history = _history(workspace)
    before, after = history.run(first), history.run(second)
    _tell_changes(before, after, compared(before.findings, after.findings), report=report, as_json=as_json)


@app.command()
def gate(
    baseline: Annotated[str, typer.Option("--baseline", help="The run to be no worse than: an id or a file of --out.")],
    name: RunArgument = "last",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    report: ReportOption = None,
    as_json: JsonOption = False,
) -> None:
    """Exit with 1 where a run is significantly worse than the baseline in any measure, and name each."""
    from evals.comparing import compare as compared

    history = _history(workspace)
    before, after = history.run(baseline), history.run(name)
    found = compared(before.findings, after.findings)
    _tell_changes(before, after, found, report=report, as_json=as_json)
    if not as_json:
        for loss in found.losses:
            line = f"worse: {loss.name}, {_told(loss.before)} before, {_told(loss.after)} now. {loss.reason}"
            typer.echo(line.strip(), err=True)
    if found.losses:
        raise typer.Exit(1)


def _suites(chosen: Sequence[SuiteChoice]) -> "tuple[SuiteName, ...]":
    from evals.suites import SUITES

    wanted = {choice.value for choice in chosen}
    return SUITES if "all" in wanted else tuple(name for name in SUITES if name in wanted)


def _setting(
    workspace: Path, asked: Asked, *, data: Path | None, cases: Sequence[Path], advance: "Advance"
) -> "Setting":
    from evals.fingerprint import code_sha256
    from evals.judging import remembering_reader
    from evals.suites import Setting
    from pipeline.adapters import weights
    from pipeline.rubrics import load_rubric
    from pipeline.workbench.prompting import ChangedPrompt

    for folder in (*cases, *([data] if data else [])):
        if not folder.is_dir():
            raise UsageError(f"no folder at {folder}", hint="give a folder that is there")
    from pipeline.store.workspace import Workspace

    llm = {"model": asked.model, "url": asked.url}
    changed = [ChangedPrompt(path) for path in asked.prompts]
    config = load_config(Path.cwd(), reader=asked.reader or READER, llm=llm)
    require_model_for(config, {"--model": asked.model, "--url": asked.url})
    for prompt in changed:
        if prompt.reader != config.reader:
            hint = f"give --reader {prompt.reader} too"
            raise UsageError(f"the reader {config.reader} does not ask by the prompt {prompt.new.id}", hint=hint)
    prompts = {prompt.new.id: prompt.new for prompt in changed}
    rubrics = [load_rubric(path) for path in asked.rubrics]
    return Setting(
        data=data or _shared(),
        models=config.models or weights.default_cache(),
        scratch=workspace / "evaluation-work" / code_sha256()[:16],
        reader=cache(lambda: remembering_reader(config, workspace / "evaluation-work", prompts)),
        reader_name=config.reader,
        cases=tuple(cases),
        rubrics={loaded.rubric.id: loaded for loaded in rubrics},
        labelled=Workspace(workspace) if workspace.is_dir() else None,
        threads=config.reader_threads,
        advance=advance,
    )


def _shared() -> Path | None:
    """The collections of others, where they are: below FILMROOM_SHARED, else below `shared` beside the checkout."""
    given = os.environ.get("FILMROOM_SHARED")
    folder = Path(given) if given else Path(__file__).resolve().parents[2] / "shared"
    if given and not (folder / "data").is_dir():
        raise UsageError(f"FILMROOM_SHARED has no folder data: {folder}", hint="unset it, or give --data FOLDER")
    return folder / "data" if (folder / "data").is_dir() else None


def _history(workspace: Path) -> "History":
    from evals.history import History
    from pipeline.store.workspace import Workspace

    return History(Workspace(workspace))


def _show(found: "EvaluationRun", history: "History", *, report: Path | None, as_json: bool) -> None:
    """The run as JSON, or as a table with its page, compared with the run before it."""
    from evals.comparing import compare as compared
    from evals.report import render
    from evals.report.terminal import summary, table

    before = history.before(found)
    changes = compared(before.findings, found.findings).changes if before else ()
    if report is not None:
        require_folder(report, flag="--report")
        page = render(found, before=before, changes=changes, history=history.records())
        report.write_text(page, encoding="utf-8")
    if as_json:
        figures = {name: figure.model_dump(mode="json") for name, figure in found.findings.figures.items()}
        typer.echo(json.dumps(figures))
        return
    console = Console()
    console.print(table(found, changes=changes))
    for suite in found.findings.suites:
        for skipped in suite.skipped:
            line = f"not measured ({suite.suite}): {visible(skipped.what)}: {visible(skipped.reason)}"
            console.print(line, style="dim", highlight=False, markup=False)
    for told in summary(found):
        console.print(told, highlight=False)
    took = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in found.seconds.items())
    console.print(f"Run {found.id}, reader {found.findings.reader}; {took}.", highlight=False, markup=False)
    if report is not None:
        console.print(f"Open {report} in a browser.", highlight=False, markup=False)


def _tell_changes(
    before: "EvaluationRun", after: "EvaluationRun", found: "Comparison", *, report: Path | None, as_json: bool
) -> None:
    from evals.report.comparison import changes_page, changes_table

    if report is not None:
        require_folder(report, flag="--report")
        report.write_text(changes_page(before, after, found), encoding="utf-8")
    if as_json:
        typer.echo(found.model_dump_json())
        return
    console = Console()
    console.print(changes_table(before, after, found))
    if not found.losses:
        console.print("No measure is significantly worse.", style="green")


def _told(value: float | None) -> str:
    return "no value" if value is None else f"{value:.3f}"


app.command(name="new-labels")(make_labels)
app.command()(repeat)
