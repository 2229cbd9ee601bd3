"""Owns the measurement on real recordings: what the command makes of each of them, how fast, and how right.

`python -m benchmarks.recordings [--reader NAME] [--out FILE]` prints a table, and writes it as Markdown: between the
markers of a file that has them, else as the whole file. The recordings are others' and not part of the project: they
are read from FILMROOM_SHARED (default: `shared` beside the checkout). The seconds are those of one run on whatever else
the machine does at the time.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.known_recordings import (
    CHECKOUT,
    DEMO,
    MONO,
    TWO_FILES,
    demo_reference,
    lay_out,
    lay_out_demo,
)
from evals.collections.recordings import references
from evals.diarization import DiarizationErrors, diarization_errors
from evals.labelled import Reference
from evals.words import WordErrors, speaker_word_errors, word_errors
from pipeline.domain.base import Value
from pipeline.domain.recording import Role
from pipeline.domain.result import CallResult
from pipeline.domain.speech import Word
from pipeline.domain.work import CallOutcome
from pipeline.errors import QUARANTINE_EXIT_CODE
from pipeline.store.workspace import Workspace

_BEGIN, _END = "<!-- recordings: begin -->", "<!-- recordings: end -->"
_HEAD = (
    "recording", "length s", "wall s", "wall / length", "speakers", "rep talks", "questions rep / customer",
    "quotes shown / refused", "WER", "cpWER", "DER",
)  # fmt: skip


class Row(Value):
    """What became of one recording. `refused` is the reason where it was set aside; then nothing else is known."""

    name: str
    seconds: float
    refused: str | None = None
    length: float | None = None
    speakers: int | None = None
    rep_talk_ratio: float | None = None
    rep_questions: int = 0
    customer_questions: int = 0
    shown: int = 0
    rejected: int = 0
    wer: WordErrors | None = None
    cpwer: WordErrors | None = None
    der: DiarizationErrors | None = None


def run_command(folder: Path, workspace: Path, *, reader: str) -> tuple[CallOutcome, ...]:
    """What `filmroom run FOLDER` says of each call. Raises: CalledProcessError when it fails as a whole."""
    command = [sys.executable, "-m", "cli", "run", str(folder), "--workspace", str(workspace)]
    flags = ["--reader", reader, "--consent", "yes", "--json"]
    ran = subprocess.run([*command, *flags], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=False)
    if ran.returncode not in (0, QUARANTINE_EXIT_CODE):
        ran.check_returncode()
    return tuple(CallOutcome.model_validate_json(line) for line in ran.stdout.splitlines())


def results_of(outcomes: Sequence[CallOutcome], folder: Path, workspace: Path) -> dict[str, CallResult]:
    """The results of the calls that were done, by their name: the path below the folder."""
    space = Workspace(workspace)
    return {
        o.path.relative_to(folder).as_posix(): space.result(space.record(o.call))
        for o in outcomes
        if o.call and o.status != "quarantined"
    }


def words_of(result: CallResult, *, speaker: str | None = None, role: Role | None = None) -> tuple[Word, ...]:
    """All words in order of time, doubtful ones included; of one speaker or one role where that is given."""
    words = [
        word
        for turn in result.conversation.turns
        if speaker in (None, turn.speaker) and role in (None, turn.role)
        for word in turn.words
    ]
    return tuple(sorted(words, key=lambda word: word.span.start if word.span else 0.0))


def text_of(words: Sequence[Word]) -> str:
    """The words, joined by single spaces."""
    return " ".join(word.text for word in words)


def measured(name: str, seconds: float, result: CallResult, reference: Reference) -> Row:
    """The row of a recording that was done, with the errors that its reference allows to count."""
    talk = result.conversation
    heard = {s.label: text_of(words_of(result, speaker=s.label)) for s in talk.speakers}
    asked = [question.role for question in result.metrics.questions]
    der = None
    if reference.segments is not None:
        der = diarization_errors(reference.segments, talk.speech, duration=talk.duration)
    return Row(
        name=name,
        seconds=seconds,
        length=talk.duration,
        speakers=len({segment.speaker for segment in talk.speech}),
        rep_talk_ratio=result.metrics.get("rep_talk_ratio").value,
        rep_questions=asked.count("rep"),
        customer_questions=asked.count("customer"),
        shown=len(result.observations),
        rejected=len(result.rejected),
        wer=None if reference.words is None else word_errors(reference.words, text_of(words_of(result))),
        cpwer=None if reference.by_speaker is None else speaker_word_errors(reference.by_speaker, heard),
        der=der,
    )


def rows_of(
    outcomes: Sequence[CallOutcome], folder: Path, workspace: Path, *, known: Mapping[str, Reference]
) -> tuple[Row, ...]:
    """A row for each outcome. The mono sum of the phone call is compared with the channels of its two files."""
    results = results_of(outcomes, folder, workspace)
    known = dict(known)
    if TWO_FILES in results:
        known[MONO] = Reference(segments=results[TWO_FILES].conversation.speech)
    rows = []
    for outcome in outcomes:
        name = outcome.path.relative_to(folder).as_posix()
        if name in results:
            rows.append(measured(name, outcome.seconds, results[name], known.get(name, Reference())))
        else:
            rows.append(Row(name=name, seconds=outcome.seconds, refused=outcome.reason))
    return tuple(rows)


def cells(row: Row) -> tuple[str, ...]:
    """A row as text, one cell for each column; a dash where nothing can be said."""
    if row.refused is not None or row.length is None:
        return (row.name, "-", f"{row.seconds:.1f}", *("-" * (len(_HEAD) - 4)), f"refused: {row.refused}")
    return (
        row.name,
        f"{row.length:.1f}",
        f"{row.seconds:.1f}",
        f"{row.seconds / row.length:.2f}",
        str(row.speakers),
        "-" if row.rep_talk_ratio is None else f"{row.rep_talk_ratio:.3f}",
        f"{row.rep_questions} / {row.customer_questions}",
        f"{row.shown} / {row.rejected}",
        *(_percent(errors) for errors in (row.wer, row.cpwer, row.der)),
    )


def _percent(errors: WordErrors | DiarizationErrors | None) -> str:
    rate = None if errors is None else errors.rate
    return "-" if rate is None else f"{rate:.1%}"


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [_HEAD, ("---",) * len(_HEAD), *(cells(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def in_all(rows: Sequence[Row], processor: float) -> str:
    """One sentence: seconds of sound, of the clock, of processor time; only the last is the same on a busy machine."""
    length, seconds = sum(row.length or 0.0 for row in rows), sum(row.seconds for row in rows)
    if not length:
        return "Nothing could be reviewed."
    return (
        f"In all {length:.0f} s of sound in {seconds:.0f} s ({seconds / length:.2f}), "
        f"with {processor:.0f} s of processor time ({processor / length:.2f})."
    )


def processor_seconds() -> float:
    """Processor time, own and the system's, of all commands run so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write_table(table: str, path: Path) -> None:
    """Puts the table between the markers of the file; a file without both becomes the table."""
    text = path.read_text("utf-8") if path.is_file() else ""
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    path.write_text(f"{before}{begin}\n{table}\n{end}{after}" if end else f"{table}\n", encoding="utf-8")


def main() -> None:
    """Run everything once into a fresh workspace and show what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recordings", description=main.__doc__)
    parser.add_argument("--reader", default="similarity", choices=("similarity", "turnwise", "llm"))
    parser.add_argument("--out", type=Path, help="a Markdown file for the table")
    chosen = parser.parse_args()
    audio = Path(os.environ.get("FILMROOM_SHARED", CHECKOUT.parent / "shared")) / "data" / "audio"
    with tempfile.TemporaryDirectory() as temporary:
        folder, workspace = Path(temporary) / "recordings", Path(temporary) / "workspace"
        lay_out_demo(folder)
        known = {DEMO: demo_reference()}
        if audio.is_dir():
            lay_out(audio, folder)
            known |= references(audio)
        else:
            print(f"no recordings at {audio} (set FILMROOM_SHARED): the demo call only", file=sys.stderr)
        before = processor_seconds()
        outcomes = run_command(folder, workspace, reader=chosen.reader)
        spent = processor_seconds() - before
        rows = rows_of(outcomes, folder, workspace, known=known)
    table = Table(*_HEAD)
    for row in rows:
        table.add_row(*cells(row))
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    print(in_all(rows, spent))
    if chosen.out is not None:
        write_table(f"{markdown(rows)}\n\n{in_all(rows, spent)}", chosen.out)


if __name__ == "__main__":
    main()
