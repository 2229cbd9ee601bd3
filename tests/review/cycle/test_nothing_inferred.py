"""Nothing is inferred about a person's feelings, motives or fitness for the job: on no page, in no answer, by no rule.

The pages are those of a team with weeks of coaching. A person may mark ability or motivation, and their own reading of
trust; where nobody did, nothing stands.
"""

import re
from collections.abc import Iterator
from typing import get_args

import pytest

from pipeline.domain.cycle.events import Event
from pipeline.review.app import make_app
from pipeline.review.guards import routes_of
from pipeline.review.room import Room
from tests.review.cycle.filled_cycle import fill
from tests.review.rooms import call_of, client, make_room

OF_A_PERSON = re.compile(
    r"\b(lazy|laziness|unmotivated|demotivated|attitude|talent\w*|personality|emotion\w*|nervous\w*|frustrat\w*|angry|"
    r"anger|stress(ed)?|burn-?out|under-?perform\w*|(low|poor|weak|top|best|worst) performer\w*|aptitude|temperament|"
    r"mood|sentiment|engagement score|morale|insecure|arrogant|rank(ed|ing)? (of|among) (reps|managers)|leaderboard|"
    r"fit for the job|not suited|unsuited|potential|flight risk)\b",
    re.IGNORECASE,
)
"""What would be said of somebody's feelings, motives, character or fitness, or put people in an order."""
_TAG = re.compile(r"<[^>]*>")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = make_room(tmp_path_factory.mktemp("inferred"))
    fill(room)
    yield room
    room.close()


def places(room: Room) -> Iterator[str]:
    """Every page and answer that needs no more than a person and a call."""
    known = {"call": call_of(room, "Anna"), "person": "anna"}
    for route in routes_of(make_app(room)):
        is_text = not route.path.endswith(("/sound", "/peaks", "/openapi.json"))
        if is_text and "GET" in (route.methods or ()) and set(route.param_convertors) <= set(known):
            yield route.path_format.format(**{name: known[name] for name in route.param_convertors})


@pytest.mark.parametrize("user", ["anna", "mark", "vera"])
def test_no_page_and_no_answer_says_such_a_thing(room: Room, user: str) -> None:
    browser, seen = client(room, user), 0
    for path in places(room):
        answer = browser.get(path)
        if answer.status_code == 200:
            seen += 1
            found = OF_A_PERSON.search(_TAG.sub(" ", answer.text))
            assert not found, f"{path}: {found and answer.text[max(0, found.start() - 80) : found.end() + 80]}"
    assert seen > 40  # pages and their answers: about sixty for a rep, more for those above


def test_the_words_looked_for_would_be_found() -> None:
    for words in ("She seems unmotivated", "a low performer", "Sentiment: 0.3", "flight risk", "nervous today"):
        assert OF_A_PERSON.search(words)


@pytest.mark.parametrize("field", ["cause", "level"])
def test_what_is_read_into_a_person_is_said_by_a_person_or_not_at_all(field: str) -> None:
    """Events carry a cause or a level of trust only as somebody marked it: none has one by default."""
    for kind in get_args(get_args(Event)[0]):
        known = kind.model_fields.get(field)
        if known is not None and field == "cause":
            assert known.default is None, kind
        if known is not None and field == "level":
            assert known.is_required(), kind
