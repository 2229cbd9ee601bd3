"""A workspace of two heard calls, and a reader that goes by words, for tests of trials."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from pipeline.config import Config
from pipeline.domain.assessment import Claim, Reading
from pipeline.domain.normal import normal_words
from pipeline.domain.places import Opening
from pipeline.domain.rubric import LoadedRubric, Rubric
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Transcript, Word
from pipeline.domain.work import CallRecord
from pipeline.ports import Progress, Samples, silent
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from pipeline.workbench.trying import Change, Side
from tests.scripted import ScriptedEngine, ScriptedReader, ScriptedTranscriber
from tests.test_run import record

TODAY = date(2026, 3, 5)
NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)


class WordReader(ScriptedReader):
    """Claims each place that has all words of an example, and nothing else."""

    def __init__(self, identity: str = "word reader") -> None:
        super().__init__(identity)

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """See `Reader`."""
        self.n_calls += 1
        if self.failing:
            raise self.failing
        return Reading(
            claims=tuple(
                Claim(behaviour=o.behaviour, turn_id=p.turn_id, quote=p.text(conversation), first_word=p.first_word)
                for o in openings
                for p in o.places
                if self._is_like(p.text(conversation), rubric, o.behaviour)
            )
        )

    def _is_like(self, text: str, rubric: Rubric, name: str) -> bool:
        behaviour = rubric.behaviour(name)
        assert behaviour is not None
        said = set(normal_words(text))
        return any(set(normal_words(example)) <= said for example in behaviour.examples)


class TalkativeTranscriber(ScriptedTranscriber):
    """Hears the script with two sentences more of the rep, so that there is enough for a draft."""

    def transcribe(self, samples: Samples, *, language: str | None, progress: Progress = silent) -> Transcript:
        """See `Transcriber`."""
        heard = super().transcribe(samples, language=language, progress=progress)
        more = "I have read about your three sites. I will take notes while we talk."
        span = Span(start=4.99, end=5.0)
        added = tuple(Word(text=word, span=span, confidence=0.9) for word in more.split())
        at = sum(word.span is not None and word.span.start < 4.99 for word in heard.words)
        return heard.model_copy(update={"words": (*heard.words[:at], *added, *heard.words[at:])})


def space_of_calls(folder: Path, rubric: LoadedRubric, reader: ScriptedReader, *names: str) -> Workspace:
    """A workspace of calls in which the script of `tests.scripted` was heard, read against this rubric."""
    calls = folder / "calls"
    calls.mkdir(exist_ok=True)
    for seed, name in enumerate(names, start=1):
        record(calls / f"{name}.wav", seed=seed)
    engine = ScriptedEngine()
    engine.reader = reader
    engine.transcriber = TalkativeTranscriber()
    workspace = Workspace(folder / "w")
    night = Night(workspace, Config(), engine, rubric, now=lambda: NOW)
    assert [outcome.status for outcome in review_calls(night, discover([calls]))] == ["done"] * len(names)
    return workspace


def records(workspace: Workspace) -> tuple[CallRecord, ...]:
    """The latest record of each call."""
    return tuple(workspace.record(call) for call in workspace.calls.ids())


def between(old: LoadedRubric, new: LoadedRubric, reader: ScriptedReader) -> Change:
    """A change of the rubric, read by the same reader."""
    return Change(Side("old", old, reader), Side("new", new, reader))


def stored(workspace: Workspace) -> dict[str, bytes]:
    """Every file of a workspace, by its path in it."""
    root = workspace.root
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
