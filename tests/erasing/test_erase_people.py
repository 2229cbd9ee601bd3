"""Erasing all calls of a rep or with a customer, and those that were kept for long enough."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.domain.cycle.erased import Erased
from pipeline.domain.cycle.events import CycleRecord
from pipeline.domain.cycle.goals import GoalSet
from pipeline.domain.cycle.own import TrustRead
from pipeline.domain.people import User
from pipeline.domain.work import QuarantineRecord
from pipeline.erasing.carrying_out import carry_out
from pipeline.erasing.finding import plan_of
from pipeline.erasing.plan import Asked, How, Receipt
from pipeline.erasing.scope import known_calls, scope_of
from pipeline.errors import NotFoundError, UsageError
from pipeline.review.room import Room, open_room
from pipeline.store.workspace import Workspace
from tests.erasing.planted import CUSTOMER, NAME, STEM, holding, plant
from tests.review.rooms import NOW, add_calls, client, make_room

AT = datetime(2026, 3, 9, 2, tzinfo=UTC)
USER = "zofi"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    found = make_room(tmp_path, ("Bert", "Carl"))
    zofia = User(
        id=USER, name="Zofia", known_as=(NAME,), roles=frozenset({"rep"}), reports_to="mark", email="z@quorix.example",
        by="adam", at=NOW,
    )  # fmt: skip
    found.workspace.users.append(USER, zofia)
    found.workspace.users.append(USER, zofia.model_copy(update={"email": "zofia@quorix.example"}))
    found.people.look()
    yield found
    found.close()


def erase(space: Workspace, how: How, name: str = "", *, days: int | None = None, recordings: bool = True) -> Receipt:
    asked = Asked(how=how, name=name, recordings=recordings)
    plan = plan_of(space, scope_of(space, asked, now=AT, days=days), at=AT, by="adam")
    return carry_out(space, plan, now=lambda: AT)


def happened(space: Workspace, person: str, author: str, what: GoalSet | TrustRead) -> None:
    space.cycle.append(person, CycleRecord(person=person, author=author, at=NOW, what=what))


class TestOfARep:
    def test_calls_account_and_coaching_go_and_no_byte_of_the_name_is_left(self, room: Room) -> None:
        plant(room)
        happened(room.workspace, USER, USER, GoalSet(text="Say quorixgoal more often"))
        happened(room.workspace, "mark", "mark", TrustRead(rep=USER, level="silver", note="quorixtrust"))
        room.close()
        receipt = erase(room.workspace, "rep", "  zofia   QUORIXREP ")
        assert holding(room.workspace.root) == holding(room.workspace.root.parent) == []
        assert (receipt.calls, receipt.users) == (1, 1)
        assert not room.workspace.cycle.has(USER)
        assert [type(r.what) for r in room.workspace.cycle.all("mark")] == [Erased, Erased]

    def test_the_user_stays_as_an_id_between_those_above_and_below(self, room: Room) -> None:
        room.close()
        erase(room.workspace, "rep", "Zofia")
        (left,) = room.workspace.users.all(USER)
        assert (left.id, left.reports_to, left.removed) == (USER, "mark", True)
        assert (left.name, left.known_as, left.email, left.password) == ("(erased)", (), None, None)
        again = open_room(room.workspace, room.config, now=room.now)
        assert client(again, "adam").get("/admin/users").status_code == 200
        again.close()

    def test_what_other_people_said_of_the_name_is_counted_and_left(self, room: Room) -> None:
        """Carl's and Bert's calls begin with "this is Ann from Heron Lane": in two calls the name stands."""
        room.close()
        space = room.workspace
        space.users.append(
            "anna-lane", User(id="anna-lane", name="Heron Lane", roles=frozenset({"rep"}), by="a", at=NOW)
        )
        receipt = erase(space, "rep", "Heron Lane")
        assert receipt.left["other calls in whose words the name stands"] == 2
        assert receipt.calls == 0

    def test_somebody_nobody_knows_is_told(self, room: Room) -> None:
        with pytest.raises(NotFoundError, match="no call of this rep"):
            erase(room.workspace, "rep", "Nobody At All")


class TestOfACustomer:
    def test_all_calls_with_the_customer_go_and_no_other(self, room: Room) -> None:
        plant(room)
        room.close()
        left = {c.call for c in known_calls(room.workspace) if c.metadata.customer != CUSTOMER}
        erase(room.workspace, "customer", "QUORIXCUST   ltd")
        assert {c.call for c in known_calls(room.workspace)} == left
        assert len(left) == 2
        names = [name for name in holding(room.workspace.root) if not name.startswith("users/")]
        assert names == []  # the rep's own account names the canary too, and is nobody's who was asked for

    def test_the_receipt_names_nobody_and_can_be_told_by_the_request(self, room: Room) -> None:
        plant(room)
        room.close()
        receipt = erase(room.workspace, "customer", CUSTOMER)
        said = (room.workspace.root / "erasures" / f"{receipt.id}.json").read_text()
        assert STEM not in said.lower()
        assert json.loads(said)["scope"] == receipt.scope
        # sha256 of "filmroom erase\ncustomer\nquorixcust ltd"
        assert receipt.scope == "494570a5ae8ca0c1f0db595427c05b974f73363a13609685827f8aecb59b6020"


class TestExpired:
    """The calls of the room began on 1 and 2 March 2026; it is 9 March, 2 o'clock."""

    @pytest.mark.parametrize(("days", "left"), [(6, 0), (7, 1), (8, 2)])
    def test_calls_go_that_began_before_so_many_days(self, room: Room, days: int, left: int) -> None:
        room.close()
        erase(room.workspace, "expired", days=days)
        assert len(list(room.workspace.calls.ids())) == left

    def test_where_nobody_said_when_it_began_it_is_when_it_was_first_reviewed(self, room: Room) -> None:
        """Reviewed on 5 March, at `NOW`."""
        add_calls(room.workspace, room.workspace.root.parent / "undated", ["Carl"], stated={"started_at": ""})
        room.close()
        erase(room.workspace, "expired", days=4)
        assert [call.at for call in known_calls(room.workspace)] == [NOW]

    def test_what_was_set_aside_before_goes_too(self, room: Room) -> None:
        for day, name in ((1, "old"), (8, "new")):
            at = datetime(2026, 3, day, tzinfo=UTC)
            room.workspace.set_aside(
                QuarantineRecord(path=Path(f"/calls/{name}.wav"), stage="ingest", reason="no", hint="no", at=at)
            )
        room.close()
        erase(room.workspace, "expired", days=7)
        assert [record.path.name for record in room.workspace.quarantined()] == ["new.wav"]

    def test_without_a_number_of_days_nothing_expires(self, room: Room) -> None:
        with pytest.raises(UsageError, match="kept for good"):
            erase(room.workspace, "expired")
