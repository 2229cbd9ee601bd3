"""The parts of the lists: words of rubrics, choices, pages, drawings, home."""

import xml.etree.ElementTree as Xml
from pathlib import Path

import pytest

from pipeline.review.inbox.chart import by_age, by_rep, drawings
from pipeline.review.inbox.facets import facets, words
from pipeline.review.inbox.filters import CallFilters, InboxFilters
from pipeline.review.inbox.pages import last_page, pages_of
from pipeline.review.inbox.rows import minutes, named, talk_of
from pipeline.review.inbox.texts import RubricTexts
from pipeline.review.room import Room
from pipeline.store.workspace import Workspace
from tests.review.inbox.reviewed import entry_of
from tests.review.rooms import call_of, client, make_room


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return make_room(tmp_path_factory.mktemp("room"), ("Anna", "Bert"))


def test_a_behaviour_is_told_in_the_words_of_its_rubric(room: Room) -> None:
    rubric = room.result(room.record(call_of(room, "Anna"))[1]).rubric
    behaviour = rubric.capabilities[0].behaviours[0]
    assert room.rubric_texts.behaviour(rubric.id, rubric.version, behaviour.id) == behaviour.text


def test_a_behaviour_that_no_rubric_explains_is_its_id_in_words(room: Room) -> None:
    assert room.rubric_texts.behaviour("none_such", 1, "asks_about_money") == "Asks about money"


def test_a_rubric_that_cannot_be_read_leaves_the_id_in_words(tmp_path: Path) -> None:
    room = make_room(tmp_path, ("Anna",))
    record = room.record(call_of(room, "Anna"))[1]
    rubric = room.result(record).rubric
    behaviour = rubric.capabilities[0].behaviours[0].id
    room.workspace.objects.path("rubric", record.rubric).write_text("not JSON")
    texts = RubricTexts(Workspace(tmp_path / "w"), room.index)
    assert texts.behaviour(rubric.id, rubric.version, behaviour) == behaviour.replace("_", " ").capitalize()


def test_choices_come_in_the_order_of_their_meaning() -> None:
    found = {"age": [("older", "", 3), ("today", "", 1), ("week", "", 2)]}
    (facet,) = facets("/inbox", InboxFilters(age="week"), ["age"], found)
    assert [(c.value, c.n, c.chosen) for c in facet.choices] == [
        ("today", 1, False),
        ("week", 2, True),
        ("older", 3, False),
    ]
    assert (facet.chosen, facet.all_address) == ("Three to seven days", "/inbox")


def test_reps_come_by_name_and_the_unnamed_are_said_to_be() -> None:
    found = {"rep": [("-", "", 1), ("zoe", "Zoe\u202e", 2), ("anna", "Anna", 3)]}
    (facet,) = facets("/calls", CallFilters(), ["rep"], found)
    assert [c.label for c in facet.choices] == ["No rep named", "Anna", "Zoe"]
    assert facet.choices[1].address == "/calls?rep=anna"


def test_words_of_an_unknown_value_are_itself() -> None:
    assert words("stage", "coaching") == "One-to-one"
    assert words("stage", "new\u202estage") == "newstage"


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (50, 1), (51, 2), (100, 2), (101, 3)])
def test_fifty_rows_make_a_page(total: int, pages: int) -> None:
    assert last_page(total, 50) == pages


def test_pages_lead_to_those_beside() -> None:
    pages = pages_of("/inbox", InboxFilters(rep="anna", page=2), 130, 50)
    assert (pages.before, pages.after) == ("/inbox?rep=anna", "/inbox?rep=anna&page=3")
    assert pages.told == "51 to 100 of 130"
    assert pages_of("/inbox", InboxFilters(page=3), 130, 50).after == ""


def test_figures_as_people_read_them() -> None:
    assert [minutes(s) for s in (None, 0, 20.0, 89.0, 91.0, 3600.0)] == [None, None, 1, 1, 2, 60]
    assert named("\u202e") is None
    talk = talk_of(0.425)
    assert talk is not None
    # Half of a per cent rounds to the even one.
    assert (talk.percent, talk.meaning) == (42, "Of all the talk, 42% is the rep's")
    assert talk_of(None) is None


def test_the_drawing_says_in_words_what_it_shows() -> None:
    drawn = Xml.fromstring(str(by_age((2, 0, 1))))
    assert drawn.get("aria-label") == "Drafts by age: 2 of less than a day, 1 of 2 days and more"
    drawn = Xml.fromstring(str(by_rep(((5, "Anna"), (1, "Bert")), 4)))
    assert drawn.get("aria-label") == "Drafts by rep: Anna 5, Bert 1, and 2 more reps"


def test_a_drawing_has_nothing_that_the_policy_forbids() -> None:
    drawn = str(by_rep(((5, "<script>alert(1)</script>"), (1, "$x_{$")), 2))
    assert "<script" not in drawn
    assert "style=" not in drawn
    assert 'href="http' not in drawn


def test_equal_numbers_are_drawn_once(room: Room) -> None:
    first, second = (drawings(entry_of(room, "mark"), InboxFilters()) for _ in range(2))
    assert first.by_age is second.by_age
    assert drawings(entry_of(room, "nina"), InboxFilters()).by_age is None


@pytest.mark.parametrize(
    ("user", "place"), [("vera", "/inbox"), ("mark", "/inbox"), ("anna", "/people/anna"), ("adam", "/admin/users")]
)
def test_home_is_where_the_work_is(room: Room, user: str, place: str) -> None:
    answer = client(room, user).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, place)


def test_home_tells_an_author_what_they_can_do(room: Room) -> None:
    answer = client(room, "otto").get("/")
    assert answer.status_code == 200
    assert "filmroom rubric" in answer.text


def test_home_sends_strangers_to_sign_in(room: Room) -> None:
    assert client(room).get("/").headers["location"].startswith("/sign-in")
