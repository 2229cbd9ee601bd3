"""Judging: what a reader made up is no proof that a behaviour was missing."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from pipeline.domain.assessment import Claim, Reading, Unread
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.places import Opening
from pipeline.domain.rubric import LoadedRubric, Rubric
from pipeline.domain.speech import Conversation
from pipeline.judgement import Heard, Judged, Judgement, Judges
from pipeline.keeping import Keeper
from pipeline.ports import Progress, silent
from pipeline.rubrics import content_hash
from pipeline.stages.measure import measure
from pipeline.store.objects import ObjectStore
from tests.coaching_values import claim, make_behaviour, make_capability, make_conversation, make_rubric

RUBRIC = make_rubric(make_capability("asking", make_behaviour("open_question"), make_behaviour("names_price")))
CALL = make_conversation(
    "rep: Thanks for the time today. What would you change first?",
    "customer: We would change how the week is planned, to be honest.",
    "rep: We can do forty dollars a seat for everyone.",
)


class ScriptedClaims:
    """A reader that says the same whatever it is given."""

    identity = "scripted claims"

    def __init__(self, *claims: Claim, unread: Sequence[Unread] = ()) -> None:
        self._reading = Reading(claims=claims, unread=tuple(unread))

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        return self._reading


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path)


def judged(objects: ObjectStore, reader: ScriptedClaims) -> Judged:
    metrics: CallMetrics = measure(CALL)
    heard = Heard(CALL, metrics, {"attribute": "a" * 64, "measure": "b" * 64})
    loaded = LoadedRubric(rubric=RUBRIC, sha256=content_hash(RUBRIC))
    return Judgement(heard, loaded, Judges(reader), keeper=Keeper(objects)).judge(today=date(2026, 3, 5))


def states(found: Judged) -> dict[str, str]:
    return {verdict.behaviour: verdict.state for verdict in found.assessment.verdicts}


def test_a_behaviour_that_nobody_claims_is_not_shown(objects: ObjectStore) -> None:
    assert states(judged(objects, ScriptedClaims())) == {"open_question": "not_shown", "names_price": "not_shown"}


def test_a_behaviour_for_which_only_invented_words_were_given_is_unread(objects: ObjectStore) -> None:
    found = judged(objects, ScriptedClaims(claim("names_price", "t0003", "It is ninety dollars a month.")))
    assert states(found) == {"open_question": "not_shown", "names_price": "unread"}
    assert "not spoken" in found.assessment.verdict("names_price").reason


def test_one_claim_that_stands_outweighs_invented_ones(objects: ObjectStore) -> None:
    reader = ScriptedClaims(
        claim("names_price", "t0003", "It is ninety dollars a month."),
        claim("names_price", "t0003", "forty dollars a seat"),
    )
    assert states(judged(objects, reader))["names_price"] == "shown"


def test_words_of_somebody_else_are_a_mistake_and_not_an_invention(objects: ObjectStore) -> None:
    reader = ScriptedClaims(claim("open_question", "t0002", "We would change how the week is planned"))
    assert states(judged(objects, reader))["open_question"] == "not_shown"


def test_what_the_reader_left_unread_keeps_the_reader_s_own_reason(objects: ObjectStore) -> None:
    reader = ScriptedClaims(
        claim("names_price", "t0003", "It is ninety dollars."),
        unread=[Unread(behaviour="names_price", reason="model_failed: truncated")],
    )
    assert judged(objects, reader).assessment.verdict("names_price").reason == "model_failed: truncated"
