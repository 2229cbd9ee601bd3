"""Owns judging a call that was heard: reading it against a rubric, verifying, scoring and drafting, each kept.

Nothing here says that the results count: a run records them as the call's own, a trial of a rubric does not.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from pipeline.domain.assessment import Assessment, Reading, Verification
from pipeline.domain.coaching import Draft
from pipeline.domain.evidence import Evidence
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.rubric import LoadedRubric
from pipeline.domain.speech import Conversation
from pipeline.domain.stability import Withheld, of_rubric
from pipeline.domain.work import StageName
from pipeline.engines.redaction import keyed, redactor_of
from pipeline.keeping import Keeper
from pipeline.ports import Drafter, Reader
from pipeline.rubrics import reading_hash
from pipeline.stages.draft import draft
from pipeline.stages.observe import observe, openings
from pipeline.stages.score import assess
from pipeline.stages.verify import invented, verify
from pipeline.store.objects import Work

CODE: Mapping[StageName, int] = {"observe": 1, "verify": 2, "score": 2, "draft": 3}
"""The version of each stage's own code. Raise one when its results change: it and what follows are then done again."""

UNREAD_HINT = "they count as unread, not as absent; filmroom show {call} says which. All other results stand"


@dataclass(frozen=True)
class Heard:
    """What is known of a call before it is judged; `keys` has those of the conversation and of the measures."""

    conversation: Conversation
    metrics: CallMetrics
    keys: Mapping[StageName, str]
    started_at: datetime | None = None


@dataclass(frozen=True)
class Judges:
    """Who points at behaviours and, where the fixed words do not stand, who phrases the draft."""

    reader: Reader
    drafter: Drafter | None = None


@dataclass(frozen=True)
class Judged:
    """What was found in a call with one rubric; `keys` are those of the four results."""

    rubric: LoadedRubric
    reading: Reading
    verification: Verification
    assessment: Assessment
    draft: Draft
    keys: Mapping[StageName, str]

    @property
    def unread(self) -> str | None:
        """What a model was asked about and gave no usable answer to, in one line; None when nothing was left unread."""
        reasons = Counter(unread.reason for unread in self.reading.unread)
        if not reasons:
            return None
        (first, _), *others = reasons.most_common()
        more = f" (and {len(others)} other reason{'s' if others[1:] else ''})" if others else ""
        return f"{reasons.total()} of {len(self.rubric.rubric.behaviours)} behaviours not read: {first}{more}"


class Judgement:
    """One call before one rubric. A result is looked up before it is made, whoever asked for it first.

    The draft rests on none of the `withheld` behaviours, and keeps to the rep's `focus` where there is one; neither
    changes any other result. Where a language model elsewhere is among the `judges`, all of it is about masked words.
    """

    def __init__(
        self,
        heard: Heard,
        rubric: LoadedRubric,
        judges: Judges,
        *,
        keeper: Keeper,
        withheld: tuple[Withheld, ...] = (),
        focus: str | None = None,
    ) -> None:
        self._heard = heard
        self._rubric = rubric
        self._judges = judges
        self._keeper = keeper
        self._withheld = of_rubric(withheld, {behaviour.id for behaviour in rubric.rubric.behaviours})
        self._focus = focus
        self._redactor = redactor_of(judges.reader, judges.drafter)
        keeper.keys.update(heard.keys)

    def judge(self, *, today: date) -> Judged:
        """Everything, in order; `today` is the day from which the steps of a new draft are dated.

        Raises: StageError and what reader and drafter raise; whatever was made before is kept.
        """
        reading = self.read()
        verification = self._verify(reading)
        assessment = self._score(reading, verification)
        written = self._draft(reading, verification, assessment, today)
        stages: tuple[StageName, ...] = ("observe", "verify", "score", "draft")
        keys = {stage: self._keeper.keys[stage] for stage in stages}
        return Judged(self._rubric, reading, verification, assessment, written, keys)

    @cached_property
    def _conversation(self) -> Conversation:
        """The words that are judged: as they are kept, or masked where somebody elsewhere is to see them."""
        heard = self._heard.conversation
        return heard if self._redactor is None else self._redactor.conversation(heard)

    def read(self) -> Reading:
        """What the reader says, before anything is verified."""
        reader, rubric, heard = self._judges.reader, self._rubric.rubric, self._heard
        return self._keeper.kept(
            self.reading_work,
            Reading,
            lambda progress: observe(
                self._conversation, rubric, questions=heard.metrics.questions, reader=reader, progress=progress
            ),
        )

    @property
    def reading_work(self) -> Work:
        """The work that the reading is; who has its result need not ask the reader."""
        keys = self._heard.keys
        work = Work(
            stage="observe",
            code=CODE["observe"],
            inputs=(keys["attribute"], keys["measure"]),
            model=self._judges.reader.identity,
            rubric_sha256=reading_hash(self._rubric.rubric),
        )
        return keyed(work, self._redactor)

    def _verify(self, reading: Reading) -> Verification:
        rubric = self._rubric.rubric
        return self._keeper.kept(
            self._work("verify", "attribute", "measure", "observe"),
            Verification,
            lambda _: verify(
                claims=reading.claims,
                conversation=self._conversation,
                rubric=rubric,
                openings=openings(self._conversation, rubric, self._heard.metrics.questions),
            ),
        )

    def _score(self, reading: Reading, verification: Verification) -> Assessment:
        return self._keeper.kept(
            self._work("score", "attribute", "measure", "observe", "verify"),
            Assessment,
            lambda _: assess(
                conversation=self._conversation,
                rubric=self._rubric.rubric,
                metrics=self._heard.metrics,
                observations=verification.observations,
                unread=(*reading.unread, *invented(reading, verification)),
            ),
        )

    def _draft(self, reading: Reading, verification: Verification, assessment: Assessment, today: date) -> Draft:
        drafter = self._judges.drafter
        work = self._work("draft", "attribute", "measure", "verify", "score")
        started_at = ("started_at", str(self._heard.started_at or ""))
        work = work.model_copy(
            update={
                "parameters": (*work.parameters, started_at, *self._left_out(), *self._kept_to()),
                "model": drafter.identity if drafter is not None else None,
            }
        )

        def make(_: object) -> Draft:
            evidence = Evidence(
                conversation=self._conversation,
                rubric=self._rubric.rubric,
                metrics=self._heard.metrics,
                observations=verification.observations,
                assessment=assessment,
                doubts=reading.doubts,
            )
            template = draft(
                conversation=evidence.conversation,
                rubric=evidence.rubric,
                metrics=evidence.metrics,
                observations=evidence.observations,
                assessment=assessment,
                today=today,
                focus=self._focus,
                withheld=self._withheld,
                doubts=reading.doubts,
            )
            return template if drafter is None else drafter.phrase(template, evidence)

        return self._keeper.kept(work, Draft, make)

    def _left_out(self) -> tuple[tuple[str, str], ...]:
        """What is withheld, as a parameter of the draft's work; none where nothing is, as before there was any.

        New counts with the same outcome make no new draft: it would only move the dates of one that was agreed on.
        """
        told = sorted(f"{each.behaviour}:{each.cause}" for each in self._withheld)
        return (("withheld", " ".join(told)),) if told else ()

    def _kept_to(self) -> tuple[tuple[str, str], ...]:
        """The focus, as a parameter of the draft's work; none without one, as before there were any."""
        return (("focus", self._focus),) if self._focus is not None else ()

    def _work(self, stage: StageName, *inputs: StageName) -> Work:
        keys = tuple(self._keeper.keys[name] for name in inputs)
        work = Work(stage=stage, code=CODE[stage], inputs=keys, rubric_sha256=self._rubric.sha256)
        return keyed(work, self._redactor)
