"""The admin's pages and API: keeping users, reading the trail, and that nobody else finds them."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from pipeline.domain.people import User
from pipeline.review.enrolment import Enrolment, particulars
from pipeline.review.room import Room
from tests.review.rooms import call_of, client, make_room

GOOD = "a green whale sings"
PLACES = ("/admin/users", "/admin/users/new", "/admin/users/anna", "/admin/audit", "/admin/audit/check", "/admin/state")
HOSTILE = "<script>alert(1)</script>\u202egnp.exe ![x](http://evil)"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return make_room(tmp_path, ())


@pytest.fixture
def adam(room: Room) -> TestClient:
    return client(room, "adam")


def user(room: Room, user_id: str) -> User:
    found = room.workspace.users.last(user_id)
    assert found is not None
    return found


def form(room: Room, user_id: str, **changes: object) -> dict[str, object]:
    now = user(room, user_id)
    fields: dict[str, object] = {"name": now.name, "roles": sorted(now.roles), "reports_to": now.reports_to or ""}
    return {**fields, "after": room.workspace.users.last_number(user_id), **changes}


class TestUsers:
    def test_nobody_but_an_admin_finds_them(self, room: Room) -> None:
        for who in ("vera", "mark", "anna", "otto"):
            browser = client(room, who)
            assert {browser.get(place).status_code for place in PLACES} == {404}
            assert {browser.get(f"/api/{at}").status_code for at in ("users", "users/anna", "audit", "state")} == {404}

    def test_an_admin_opens_all_of_them(self, adam: TestClient) -> None:
        assert [adam.get(place).status_code for place in PLACES] == [200] * len(PLACES)

    def test_adding_a_user_without_script(self, room: Room, adam: TestClient) -> None:
        fields = {"id": "maya", "name": "Maya Olsen", "roles": ["rep"], "reports_to": "mark", "known_as": "M. O.\nMaja"}
        sent = adam.post("/admin/users", data={**fields, "password": GOOD, "again": GOOD})
        assert (sent.status_code, sent.headers["location"]) == (303, "/admin/users?added=maya")
        assert user(room, "maya").known_as == ("M. O.", "Maja")
        assert "Maya Olsen</bdi> was added" in adam.get("/admin/users?added=maya").text

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"name": "Anna"}, "Calls by &#39;anna&#39; are anna&#39;s."),
            ({"roles": []}, "give one or more of rep".capitalize()),
            ({"password": GOOD}, "The two passwords differ."),
            ({"password": "short", "again": "short"}, "fewer than 12"),
            ({"id": "M!"}, "lower-case letters"),
        ],
    )
    def test_what_breaks_a_rule_comes_back_with_what_was_typed(
        self, room: Room, adam: TestClient, fields: dict[str, object], told: str
    ) -> None:
        sent = adam.post(
            "/admin/users", data={"id": "maya", "name": "Maya", "roles": ["rep"], "email": "m@x.y", **fields}
        )
        assert sent.status_code == 400
        assert told in sent.text
        assert 'value="m@x.y"' in sent.text
        assert GOOD not in sent.text
        assert room.workspace.users.last("maya") is None

    def test_changing_a_user(self, room: Room, adam: TestClient) -> None:
        sent = adam.post("/admin/users/anna", data=form(room, "anna", reports_to="nina"))
        assert (sent.status_code, user(room, "anna").reports_to) == (303, "nina")

    def test_the_later_of_two_saves_is_a_409_with_both_and_loses_nothing(self, room: Room, adam: TestClient) -> None:
        mine = form(room, "anna", name="Anna From Mine")
        adam.post("/admin/users/anna", data=form(room, "anna", reports_to="nina"))
        sent = adam.post("/admin/users/anna", data=mine)
        assert sent.status_code == 409
        assert "Anna From Mine" in sent.text
        assert "reports to nina" in sent.text
        assert 'name="after" value="2"' in sent.text
        assert user(room, "anna").name == "Anna"

    def test_a_new_password_ends_the_user_s_sessions(self, room: Room, adam: TestClient) -> None:
        anna = client(room, "anna")
        assert anna.get("/account").status_code == 200
        adam.post("/admin/users/anna/password", data={"password": GOOD, "again": GOOD, "after": 1})
        assert anna.get("/account").status_code == 303

    def test_a_removed_user_is_out_at_the_next_request_and_may_come_back(self, room: Room, adam: TestClient) -> None:
        mark = client(room, "mark")
        assert mark.get("/account").status_code == 200
        sent = adam.post("/admin/users/mark/remove", data={"after": 1})
        assert mark.get("/account").status_code == 303
        told = adam.get(sent.headers["location"]).text
        assert "2 people still report to" in told
        assert "manager was removed" in told
        assert adam.post("/admin/users/mark/restore", data={"after": 2}).status_code == 303
        assert client(room, "mark").get("/account").status_code == 200

    def test_the_last_admin_cannot_be_removed(self, room: Room, adam: TestClient) -> None:
        sent = adam.post("/admin/users/adam/remove", data={"after": 1})
        assert (sent.status_code, "is the last admin" in sent.text) == (400, True)

    def test_a_name_in_calls_becomes_a_user_s(self, tmp_path: Path) -> None:
        room = make_room(tmp_path, ("Anna", "Stranger"))
        adam, call = client(room, "adam"), call_of(room, "Stranger")
        assert adam.get("/api/state").json() == {"calls": 2, "n_aside": 0, "n_unread": 0, "unread": []}
        assert "Who is Stranger?" in adam.get("/admin/users").text
        assert adam.post("/admin/names", data={"name": "Stranger", "user": "bert"}).status_code == 303
        viewer = room.entrance.viewer_of(client(room, "mark").cookies["filmroom"])
        assert viewer is not None
        people = room.index.people_of(call)
        assert people is not None
        assert room.people.scope(viewer).sight(*people) == "coach"
        assert "Who is Stranger?" not in adam.get("/admin/users").text

    def test_hostile_names_are_inert(self, room: Room, adam: TestClient) -> None:
        keeping = Enrolment(room.people, room.audit, now=room.now, by="adam")
        keeping.add("evil-user", particulars(name=HOSTILE[:100], roles={"manager"}, known_as=(HOSTILE[:90],)))
        for place in (*PLACES, "/admin/users/evil-user", "/admin/users?added=evil-user"):
            text = adam.get(place).text
            assert "<script>alert" not in text
        assert "\u202e" not in adam.get("/admin/users").text

    def test_no_page_and_no_answer_has_a_secret(self, room: Room, adam: TestClient) -> None:
        keeping = Enrolment(room.people, room.audit, now=room.now, by="adam")
        keeping.set_password("anna", "$argon2id$v=19$secret")
        keeping.add_token("anna", "CRM")
        digest = user(room, "anna").tokens[0].sha256
        for place in (*PLACES, "/api/users", "/api/users/anna", "/api/audit"):
            text = adam.get(place).text
            assert "argon2" not in text
            assert digest not in text


class TestTrail:
    def test_the_page_says_what_happened_and_links_to_more_of_it(self, room: Room, adam: TestClient) -> None:
        call = "c" * 64
        room.audit.tell("mark", "approved", call=call, detail="by <b>mail</b>", address="10.1.1.1")
        text = adam.get("/admin/audit").text
        assert "approved feedback" in text
        assert f'href="/admin/audit?call={call}"' in text
        assert "by &lt;b&gt;mail" in text
        assert "approved feedback</a>" not in adam.get("/admin/audit?user=vera").text

    def test_pages_go_on_where_the_one_before_ended(self, room: Room, adam: TestClient) -> None:
        for n in range(70):
            room.audit.tell("mark", "viewed", detail=f"line {n}")
        first = adam.get("/api/audit").json()
        second = adam.get("/api/audit", params={"older": first["older"]}).json()
        found = [e["detail"] for e in (*first["events"], *second["events"]) if e["detail"]]
        assert found == [f"line {n}" for n in reversed(range(70))]
        assert second["older"] is None

    @pytest.mark.parametrize("query", ["action=nothing", "day=tomorrow", "older=x"])
    def test_a_question_that_means_nothing_is_refused(self, adam: TestClient, query: str) -> None:
        assert adam.get(f"/admin/audit?{query}").status_code == 400
        assert adam.get(f"/api/audit?{query}").status_code == 400

    def test_a_broken_chain_is_told_in_words(self, room: Room, adam: TestClient) -> None:
        for n in range(3):
            room.audit.tell("mark", "edited", detail=f"line {n}")
        assert adam.get("/api/audit/check").json()["whole"] is True
        (file,) = (room.workspace.root / "audit").glob("*.jsonl")
        file.write_text(file.read_text().replace("line 1", "line 7"))
        assert "line 3, does not follow" in adam.get("/admin/audit/check").text


class TestApi:
    def test_a_user_from_adding_to_removing(self, room: Room, adam: TestClient) -> None:
        new = {"id": "maya", "name": "Maya", "roles": ["rep", "manager"], "reports_to": "mark"}
        made = adam.post("/api/users", json=new)
        assert (made.status_code, made.json()["number"]) == (201, 1)
        said = {"name": "Maya O.", "roles": ["rep"], "reports_to": "nina", "known_as": ["Maja"], "email": None}
        assert adam.put("/api/users/maya", json={**said, "after": 1}).json()["name"] == "Maya O."
        assert adam.put("/api/users/maya", json={**said, "after": 1, "name": "M"}).status_code == 409
        assert adam.delete("/api/users/maya?after=2").json() == {"removed": "maya", "still_report": []}
        assert adam.get("/api/users/maya").json()["removed"] is True

    def test_a_manager_s_removal_says_who_still_reports(self, adam: TestClient) -> None:
        assert adam.delete("/api/users/mark?after=1").json()["still_report"] == ["anna", "bert"]

    @pytest.mark.parametrize("path", ["/api/users/nobody", "/api/users/..%2Fcalls", "/admin/users/nobody"])
    def test_an_unknown_user_is_a_404(self, adam: TestClient, path: str) -> None:
        assert adam.get(path).status_code == 404
