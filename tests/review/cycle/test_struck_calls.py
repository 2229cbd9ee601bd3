"""What a rep objected to, rightly, counts to nothing from then on: all that count showings ask the same question."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cycle.desk import CycleDesk
from pipeline.cycle.known import known_of
from pipeline.cycle.reading import past_calls
from pipeline.domain.cycle.focus import FocusOpened
from pipeline.domain.cycle.rep_first import AppealDecided
from pipeline.review.room import Room
from tests.review.rooms import NOW, call_of, make_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = make_room(tmp_path, ("Anna",))
    yield room
    room.close()


def state(room: Room, behaviour: str) -> str:
    (call,) = past_calls(room.index.rows, ["anna"])
    return call.verdicts[behaviour]


def state_on_the_overview(room: Room, behaviour: str) -> str:
    """The same as overview, team page and reminders know it, of a focus on this behaviour."""
    anna = room.people.get("anna")
    assert anna is not None
    (call,) = known_of(room.index.rows, [anna])["anna"].calls
    return call.verdicts[behaviour]


def decide(room: Room, observation: str, *, upheld: bool, record: int = 1) -> None:
    found = AppealDecided(call=call_of(room, "Anna"), record=record, observation=observation, upheld=upheld)
    CycleDesk(room.workspace, NOW, "mark").add("anna", lambda _: found)
    room.index.pick_up("cycle", "anna")


def observed(room: Room) -> dict[str, list[str]]:
    """The observations of each behaviour of the call."""
    found: dict[str, list[str]] = {}
    for behaviour, observation in room.index.rows("SELECT behaviour, id FROM observations ORDER BY id"):
        found.setdefault(str(behaviour), []).append(str(observation))
    return found


def test_a_behaviour_that_rested_on_what_was_struck_is_unread(room: Room) -> None:
    behaviour, ids = next(iter(observed(room).items()))
    assert state(room, behaviour) == "shown"
    for observation in ids[:-1]:
        decide(room, observation, upheld=True)
        assert state(room, behaviour) == "shown", "another observation still stands"
    decide(room, ids[-1], upheld=True)
    assert state(room, behaviour) == "unread"


def test_overview_and_focus_page_know_the_same(room: Room) -> None:
    behaviour, ids = next(iter(observed(room).items()))
    opened = FocusOpened(rubric="discovery", capability="any", behaviour=behaviour, shown=1, of=1)
    CycleDesk(room.workspace, NOW, "mark").add("anna", lambda _: opened)
    room.index.pick_up("cycle", "anna")
    assert state_on_the_overview(room, behaviour) == "shown"
    for observation in ids:
        decide(room, observation, upheld=True)
    assert state_on_the_overview(room, behaviour) == state(room, behaviour) == "unread"


def test_what_was_not_upheld_and_what_is_of_another_reading_stand(room: Room) -> None:
    behaviour, ids = next(iter(observed(room).items()))
    for observation in ids:
        decide(room, observation, upheld=False)
        decide(room, observation, upheld=True, record=7)
    assert state(room, behaviour) == "shown"


def test_the_latest_decision_counts(room: Room) -> None:
    behaviour, ids = next(iter(observed(room).items()))
    for observation in ids:
        decide(room, observation, upheld=True)
        decide(room, observation, upheld=False)
    assert state(room, behaviour) == "shown"
