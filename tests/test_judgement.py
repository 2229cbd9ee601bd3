"""Judging: what a reader made up is no proof that a behaviour was missing."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from pipeline.domain.assessment import Claim, Reading, Unread
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.places import Opening
from pipeline.domain.rubric import LoadedRubric, Rubric
from pipeline.domain.speech import Conversation
from pipeline.domain.stability import Withheld, listed
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


def judged(objects: ObjectStore, reader: ScriptedClaims, *, withheld: tuple[Withheld, ...] = ()) -> Judged:
    metrics: CallMetrics = measure(CALL)
    heard = Heard(CALL, metrics, {"attribute": "a" * 64, "measure": "b" * 64})
    loaded = LoadedRubric(rubric=RUBRIC, sha256=content_hash(RUBRIC))
    judgement = Judgement(heard, loaded, Judges(reader), keeper=Keeper(objects), withheld=withheld)
    return judgement.judge(today=date(2026, 3, 5))


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


class TestWithheld:
    def test_what_is_withheld_changes_the_draft_alone(self, objects: ObjectStore) -> None:
        usual = judged(objects, ScriptedClaims()).keys
        other = judged(objects, ScriptedClaims(), withheld=listed(["names_price"])).keys
        assert {stage for stage in usual if usual[stage] != other[stage]} == {"draft"}

    def test_nothing_withheld_leaves_the_key_as_it_was_before_there_was_such_a_thing(
        self, objects: ObjectStore
    ) -> None:
        found = judged(objects, ScriptedClaims())
        kept = json.loads(objects.path("draft", found.keys["draft"]).read_bytes())
        assert kept["work"]["parameters"] == [["started_at", ""]]

    def test_a_behaviour_of_another_rubric_changes_nothing(self, objects: ObjectStore) -> None:
        other = judged(objects, ScriptedClaims(), withheld=listed(["elsewhere"]))
        assert other.keys == judged(objects, ScriptedClaims()).keys

    def test_new_counts_with_the_same_outcome_make_no_new_draft_and_another_cause_does(
        self, objects: ObjectStore
    ) -> None:
        made = (
            Withheld(behaviour="names_price", cause="readings", why="7 of 30"),
            Withheld(behaviour="names_price", cause="readings", why="8 of 33"),
            Withheld(behaviour="names_price", cause="transcripts", why="7 of 30"),
        )
        one, again, other = (judged(objects, ScriptedClaims(), withheld=(each,)).keys["draft"] for each in made)
        assert one == again
        assert one != other

    def test_the_order_in_which_they_are_withheld_does_not_matter(self, objects: ObjectStore) -> None:
        names = ["open_question", "names_price"]
        one, other = (judged(objects, ScriptedClaims(), withheld=listed(order)) for order in (names, names[::-1]))
        assert one.keys == other.keys

    def test_the_verdict_stays_in_the_assessment(self, objects: ObjectStore) -> None:
        reader = ScriptedClaims(claim("open_question", "t0001", "What would you change first?"))
        assert states(judged(objects, reader, withheld=listed(["open_question"])))["open_question"] == "shown"
