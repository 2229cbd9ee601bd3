"""Changes to users: the rules that none may break, the record of each, and that it counts at once."""

import hashlib
from pathlib import Path

import pytest

from pipeline.config import ReviewRoom
from pipeline.domain.people import User
from pipeline.errors import NotFoundError, StaleError, UsageError
from pipeline.review.audit import Audit, Wanted
from pipeline.review.enrolment import MAX_TOKENS, Enrolment, particulars
from pipeline.review.entrance import Entrance
from pipeline.review.people import People
from pipeline.store.workspace import Workspace
from tests.review.rooms import Clock, add_people


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    add_people(workspace)
    return workspace


@pytest.fixture
def people(space: Workspace) -> People:
    return People(space)


@pytest.fixture
def keeping(space: Workspace, people: People) -> Enrolment:
    return Enrolment(people, Audit(space, now=Clock()), now=Clock(), by="adam", address="10.0.0.7")


def said(user: User, **changes: object) -> dict[str, object]:
    fields = {name: getattr(user, name) for name in ("name", "roles", "known_as", "reports_to", "email")}
    return {**fields, **changes}


def change(keeping: Enrolment, user_id: str, **changes: object) -> User:
    number, user = keeping.numbered(user_id)
    return keeping.change(user_id, particulars(**said(user, **changes)), after=number)


def trail(space: Workspace) -> list[tuple[str, str, str]]:
    events = Audit(space, now=Clock()).find(Wanted()).events
    return [(e.user, e.action, e.detail) for e in events]


class TestAdding:
    def test_a_user_is_there_at_once_for_another_process_too(self, keeping: Enrolment, space: Workspace) -> None:
        other = People(space)
        assert other.get("maya") is None
        keeping.add("maya", particulars(name="Maya Olsen", roles={"rep"}, reports_to="mark"), password="hash")
        assert other.get("maya") == People(space).get("maya")
        assert "maya" in {u.id for u in other.below("vera")}

    def test_it_stands_in_the_trail_with_who_and_where(self, keeping: Enrolment, space: Workspace) -> None:
        keeping.add("maya", particulars(name="Maya Olsen", roles={"rep"}, reports_to="mark"))
        told = "maya: name Maya Olsen; roles rep; known as nothing else; reports to mark; e-mail none"
        assert trail(space) == [("adam", "user_added", told)]

    @pytest.mark.parametrize(
        ("user_id", "fields", "told"),
        [
            ("anna", {}, "there is a user anna already"),
            ("Maya", {}, "id: "),
            ("may", {}, "id: "),
            ("local-user", {}, "stands for whoever"),
            ("maya", {"name": " ANNA "}, "calls by 'anna' are anna's"),
            ("maya", {"known_as": ("aNNa",)}, "calls by 'anna' are anna's"),
            ("maya", {"known_as": (" ",)}, "a name is empty"),
            ("maya", {"reports_to": "nobody"}, "there is no user 'nobody'"),
            ("maya", {"reports_to": "anna"}, "anna is no manager"),
            ("maya", {"reports_to": "maya"}, "there is no user 'maya'"),
            ("maya", {"email": "maya"}, "no e-mail address"),
        ],
    )
    def test_what_breaks_a_rule_is_refused_and_changes_nothing(
        self, keeping: Enrolment, space: Workspace, user_id: str, fields: dict[str, object], told: str
    ) -> None:
        with pytest.raises(UsageError, match=told):
            keeping.add(user_id, particulars(**{"name": "Maya", "roles": {"rep"}, **fields}))
        assert trail(space) == []
        assert space.users.last_number("anna") == 1

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"roles": set()}, "roles"),
            ({"roles": {"boss"}}, "roles"),
            ({"name": ""}, "name"),
            ({"reports_to": "M!"}, "reports_to"),
        ],
    )
    def test_particulars_that_cannot_be_are_named(self, fields: dict[str, object], told: str) -> None:
        with pytest.raises(UsageError, match=f"^{told}: "):
            particulars(**{"name": "Maya", "roles": {"rep"}, **fields})

    def test_an_e_mail_address_is_one_person_s_without_regard_to_case(self, keeping: Enrolment, people: People) -> None:
        keeping.add("maya", particulars(name="Maya", roles={"rep"}, email="Maya@Example.com"))
        assert people.by_login(" MAYA@example.COM ") == people.get("maya") == people.by_login("Maya")
        with pytest.raises(UsageError, match="is maya's e-mail address"):
            change(keeping, "bert", email="maya@EXAMPLE.com")


class TestChanging:
    def test_only_what_changed_is_told(self, keeping: Enrolment, space: Workspace) -> None:
        assert change(keeping, "anna", reports_to="nina").reports_to == "nina"
        assert trail(space) == [("adam", "user_changed", "anna: reports to nina")]

    def test_nothing_changed_is_no_record(self, keeping: Enrolment, space: Workspace) -> None:
        change(keeping, "anna")
        assert (space.users.last_number("anna"), trail(space)) == (1, [])

    def test_a_later_save_from_an_earlier_look_is_refused(self, keeping: Enrolment) -> None:
        number, anna = keeping.numbered("anna")
        change(keeping, "anna", reports_to="nina")
        with pytest.raises(StaleError):
            keeping.change("anna", particulars(**said(anna, name="Anne")), after=number)

    @pytest.mark.parametrize("above", ["mark", "vera"])
    def test_a_circle_is_refused(self, keeping: Enrolment, above: str) -> None:
        change(keeping, "mark", roles={"manager", "rep"})
        with pytest.raises(UsageError, match=r"vera (cannot report to themselves|has mark below them already)"):
            change(keeping, "vera", reports_to=above)

    def test_who_others_report_to_stays_a_manager(self, keeping: Enrolment) -> None:
        with pytest.raises(UsageError, match="anna, bert report to mark"):
            change(keeping, "mark", roles={"rep"})

    def test_the_last_admin_stays_one(self, keeping: Enrolment) -> None:
        for attempt in (lambda: change(keeping, "adam", roles={"rep"}), lambda: keeping.remove("adam")):
            with pytest.raises(UsageError, match="adam is the last admin"):
                attempt()
        change(keeping, "otto", roles={"author", "admin"})
        assert change(keeping, "adam", roles={"rep"}).roles == {"rep"}

    def test_an_unknown_user_is_not_found(self, keeping: Enrolment) -> None:
        for user_id in ("nobody", "../calls", ""):
            with pytest.raises(NotFoundError):
                keeping.numbered(user_id)


class TestRemoving:
    def test_it_says_who_still_reports_to_them(self, keeping: Enrolment, people: People, space: Workspace) -> None:
        keeping.set_password("mark", "hash")
        token = keeping.add_token("mark", "CRM")
        assert [u.id for u in keeping.remove("mark")] == ["anna", "bert"]
        mark = people.get("mark")
        assert mark is not None
        assert (mark.removed, mark.password, mark.tokens) == (True, None, ())
        assert people.by_login("mark") is None
        assert token not in "".join(path.read_text() for path in (space.root / "users" / "mark").iterdir())

    def test_their_sessions_end_and_nobody_else_s(self, keeping: Enrolment, people: People, space: Workspace) -> None:
        entrance = Entrance(space.root, people, ReviewRoom(), now=Clock())
        anna, bert = entrance.open_session("anna"), entrance.open_session("bert")
        keeping.remove("anna")
        keeping.restore("anna")
        assert entrance.viewer_of(anna) is None
        assert entrance.viewer_of(bert) is not None

    def test_the_name_stays_theirs_and_they_may_come_back(self, keeping: Enrolment, people: People) -> None:
        keeping.remove("anna")
        with pytest.raises(UsageError, match="calls by 'anna' are anna's, who was removed"):
            keeping.add("annie", particulars(name="Anna", roles={"rep"}))
        with pytest.raises(UsageError, match="there is a user anna already: Anna, who was removed"):
            keeping.add("anna", particulars(name="Other", roles={"rep"}))
        with pytest.raises(UsageError, match="removed already"):
            keeping.remove("anna")
        with pytest.raises(UsageError, match="anna was removed"):
            keeping.add_token("anna", "CRM")
        keeping.restore("anna")
        assert people.by_login("anna") is not None

    def test_nobody_is_put_below_a_removed_manager(self, keeping: Enrolment) -> None:
        keeping.remove("mark")
        with pytest.raises(UsageError, match="there is no user 'mark' to report to"):
            change(keeping, "carl", reports_to="mark")
        assert change(keeping, "anna", name="Anne").reports_to == "mark"


class TestTokens:
    def test_a_token_finds_its_user_until_it_is_removed(self, keeping: Enrolment, people: People) -> None:
        token = keeping.add_token("anna", "  CRM ")
        digest = hashlib.sha256(token.encode()).hexdigest()
        found = people.by_token(digest)
        assert found is not None
        assert (found[0], found[1].name, found[1].writes) == (people.get("anna"), "CRM", False)
        with pytest.raises(UsageError, match="there is a token 'CRM' already"):
            keeping.add_token("anna", "CRM")
        keeping.remove_token("anna", "CRM")
        assert people.by_token(digest) is None
        with pytest.raises(NotFoundError):
            keeping.remove_token("anna", "CRM")

    def test_there_is_an_end_to_them(self, keeping: Enrolment) -> None:
        for n in range(MAX_TOKENS):
            keeping.add_token("anna", f"token {n}")
        with pytest.raises(UsageError, match="20 tokens already"):
            keeping.add_token("anna", "one more")
