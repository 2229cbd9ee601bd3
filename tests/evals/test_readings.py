"""Kept readings: nothing equal is read twice, anything that could change the reading is read anew."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from evals.judging import judge
from evals.readings import STAGE, KeptReader
from pipeline.domain.assessment import Claim, Reading
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.errors import StageError
from pipeline.ports import Progress, silent
from pipeline.store.objects import ObjectStore
from tests.evals.talks import talk
from tests.evals.test_readers import RUBRIC

CALL = talk("call-1", "What does it cost you every month?", "A lot.", "See you on Friday then.", "Yes.")


class CountingReader:
    """Claims the first place of the first opening, and counts how often it was asked; it may fail."""

    def __init__(self, identity: str = "counting@1", *, fails: bool = False) -> None:
        self.identity = identity
        self.asked = 0
        self._fails = fails

    def read(
        self,
        conversation: Conversation,
        rubric: Rubric,
        openings: Sequence[Opening],
        *,
        progress: Progress = silent,
    ) -> Reading:
        self.asked += 1
        if self._fails:
            raise StageError("observe", "it cannot read", hint="try again")
        place = next(place for opening in openings for place in opening.places)
        text = place.text(conversation)
        return Reading(claims=(Claim(behaviour=openings[0].behaviour, turn_id=place.turn_id, quote=text),))


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path)


def test_the_same_call_is_read_once(store: ObjectStore) -> None:
    reader = CountingReader()
    first = judge(CALL, RUBRIC, KeptReader(reader, store))
    again = judge(CALL, RUBRIC, KeptReader(reader, store))
    assert reader.asked == 1
    assert first.reading == again.reading
    assert first.assessment == again.assessment


def test_a_kept_reader_goes_by_the_others_name(store: ObjectStore) -> None:
    assert KeptReader(CountingReader("other@3 x"), store).identity == "other@3 x"


def test_another_reader_reads_anew(store: ObjectStore) -> None:
    first, second = CountingReader("counting@1"), CountingReader("counting@2")
    judge(CALL, RUBRIC, KeptReader(first, store))
    judge(CALL, RUBRIC, KeptReader(second, store))
    assert (first.asked, second.asked) == (1, 1)


def test_another_word_in_the_call_is_read_anew(store: ObjectStore) -> None:
    reader = CountingReader()
    changed = talk("call-1", "What does it cost you every week?", "A lot.", "See you on Friday then.", "Yes.")
    judge(CALL, RUBRIC, KeptReader(reader, store))
    judge(changed, RUBRIC, KeptReader(reader, store))
    assert reader.asked == 2


def test_what_readers_do_not_see_of_a_rubric_is_not_read_anew(store: ObjectStore) -> None:
    reader = CountingReader()
    retitled = RUBRIC.model_copy(update={"title": "Another title"})
    reworded = RUBRIC.model_copy(
        update={"capabilities": tuple(c.model_copy(update={"goal": "Another goal."}) for c in RUBRIC.capabilities)}
    )
    for rubric in (RUBRIC, retitled, reworded):
        judge(CALL, rubric, KeptReader(reader, store))
    assert reader.asked == 2  # the goal is told to readers, the title is not


def test_other_places_to_look_in_are_read_anew(store: ObjectStore) -> None:
    kept, openings = KeptReader(CountingReader(), store), (Opening(behaviour="cost_asked"),)
    more = (*openings, Opening(behaviour="reason_asked"))
    assert kept.work(CALL, RUBRIC, openings).key != kept.work(CALL, RUBRIC, more).key


def test_a_reading_that_failed_is_tried_again(store: ObjectStore) -> None:
    for _ in range(2):
        with pytest.raises(StageError):
            judge(CALL, RUBRIC, KeptReader(CountingReader(fails=True), store))
    working = CountingReader()
    judge(CALL, RUBRIC, KeptReader(working, store))
    assert working.asked == 1
    assert len(list(store.keys(STAGE))) == 1
