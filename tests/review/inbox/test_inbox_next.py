"""Clearing an inbox: which draft comes after this one."""

from pathlib import Path

import pytest

from pipeline.review.inbox.filters import InboxFilters, Sort
from pipeline.review.inbox.next import next_waiting
from pipeline.review.inbox.view import inbox_view
from pipeline.review.room import Room
from tests.review.inbox.reviewed import calls_of, entry_of, review
from tests.review.rooms import call_of, make_room


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return make_room(tmp_path_factory.mktemp("room"), ("Anna", "Bert", "Anna", "Bert", "Carl"))


@pytest.mark.parametrize("sort", ["age", "newest", "date"])
def test_walking_on_visits_every_draft_in_the_order_of_the_list_and_begins_again(room: Room, sort: Sort) -> None:
    entry, filters = entry_of(room, "mark"), InboxFilters(sort=sort)
    listed = [row.call for row in inbox_view(entry, filters).rows]
    assert len(listed) == 4
    assert [next_waiting(entry, filters, call) for call in listed] == [*listed[1:], listed[0]]


def test_the_filters_hold_on_the_way(room: Room) -> None:
    entry, (first, second) = entry_of(room, "mark"), calls_of(room, "Anna")
    filters = InboxFilters(rep="anna")
    assert {next_waiting(entry, filters, first), next_waiting(entry, filters, second)} == {first, second}
    # From a call that the filters leave out, the walk still goes on among those they leave.
    assert next_waiting(entry, filters, call_of(room, "Bert")) in (first, second)


def test_nothing_of_other_teams_comes_next(room: Room) -> None:
    assert next_waiting(entry_of(room, "nina"), InboxFilters(), call_of(room, "Carl")) is None
    assert next_waiting(entry_of(room, "mark"), InboxFilters(rep="carl"), call_of(room, "Anna")) is None


def test_an_approved_call_keeps_its_place_in_the_walk(tmp_path: Path) -> None:
    room = make_room(tmp_path, ("Anna", "Bert", "Anna"))
    entry = entry_of(room, "mark")
    listed = [row.call for row in inbox_view(entry, InboxFilters(sort="date")).rows]
    review(room, listed[1], "approved")
    assert next_waiting(entry, InboxFilters(sort="date"), listed[1]) == listed[2]
    review(room, listed[0], "approved")
    review(room, listed[2], "approved")
    assert next_waiting(entry, InboxFilters(), listed[2]) is None


def test_after_a_call_that_is_not_there_comes_the_first(room: Room) -> None:
    entry = entry_of(room, "mark")
    assert next_waiting(entry, InboxFilters(), "c-unknown") == inbox_view(entry, InboxFilters()).rows[0].call
