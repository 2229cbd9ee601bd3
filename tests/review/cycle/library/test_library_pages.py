"""The library: consent first, one tree, only that stretch of sound, and gone from everywhere when withdrawn."""

import io
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from pipeline.cycle.desk import CycleDesk
from pipeline.domain.cycle.library import ClipWithdrawn
from pipeline.domain.people import User, Viewer
from pipeline.domain.work import QuarantineRecord
from pipeline.export.untrusted import visible
from pipeline.review.cycle.library.peers import hears, top_of
from pipeline.review.room import Room
from pipeline.store.index import Index
from tests.review.rooms import NOW, approve, call_of, client, make_room

PEERS = ("anna", "bert", "carl", "mark", "nina", "vera")
TITLE = "How she opens"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = make_room(tmp_path, ("Anna",))
    approve(room, call_of(room, "Anna"))
    yield room
    room.close()


def effective(room: Room, nth: int = 0) -> str:
    """The id of an effective observation of Anna's call."""
    call = call_of(room, "Anna")
    rows = room.index.rows("SELECT id FROM observations WHERE call = ? AND kind = 'effective' ORDER BY id", [call])
    return str(rows[nth][0])


def proposed(room: Room, nth: int = 0) -> str:
    """The id of a clip that Mark has just proposed."""
    call = call_of(room, "Anna")
    new = {"observation": effective(room, nth), "title": TITLE}
    answer = client(room, "mark").post(f"/api/calls/{call}/clips", json=new)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["clip"])


def shown(room: Room, nth: int = 0) -> str:
    """The id of a clip that Anna lets the team hear."""
    clip = proposed(room, nth)
    assert client(room, "anna").post(f"/people/anna/clips/{clip}/consent").status_code == 303
    return clip


def quote_of(room: Room) -> str:
    call = call_of(room, "Anna")
    ((quote,),) = room.index.rows("SELECT quote FROM observations WHERE call = ? AND id = ?", [call, effective(room)])
    return visible(str(quote))


def places(clip: str) -> tuple[str, ...]:
    """Every place that gives a clip out."""
    return (
        "/library", f"/library/anna/{clip}", f"/library/anna/{clip}/sound",
        "/api/library", f"/api/library/anna/{clip}", f"/api/library/anna/{clip}/sound",
    )  # fmt: skip


def heard_seconds(data: bytes) -> float:
    with av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.audio[0]
        return float(sum(int(frame.samples) for frame in container.decode(stream)) / stream.rate)


class TestConsent:
    def test_nobody_hears_it_before_the_rep_agreed(self, room: Room) -> None:
        clip = proposed(room)
        for user in PEERS:
            assert client(room, user).get("/api/library").json()["n"] == 0
            for place in places(clip)[1:3]:
                assert client(room, user).get(place).status_code == 404
        page = client(room, "anna").get("/people/anna/practice").text
        assert "Yes, they may hear it" in page
        assert quote_of(room) in page.replace("&#39;", "'")

    def test_a_proposal_of_the_form_leads_to_where_the_rep_is_asked(self, room: Room) -> None:
        call = call_of(room, "Anna")
        assert f'action="/calls/{call}/clips"' in client(room, "mark").get(f"/calls/{call}").text
        assert f'action="/calls/{call}/clips"' not in client(room, "anna").get(f"/calls/{call}").text
        answer = client(room, "mark").post(
            f"/calls/{call}/clips", data={"observation": effective(room), "title": TITLE}
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/people/anna/practice#library")

    def test_only_the_rep_can_give_it(self, room: Room) -> None:
        clip = proposed(room)
        for user in ("mark", "vera", "bert"):
            assert client(room, user).post(f"/people/anna/clips/{clip}/consent").status_code == 404
            assert client(room, user).post(f"/api/people/anna/clips/{clip}/decline").status_code == 404
        assert client(room, "bert").get("/api/library").json()["n"] == 0

    def test_a_no_is_the_end_of_it(self, room: Room) -> None:
        clip = proposed(room)
        assert client(room, "anna").post(f"/people/anna/clips/{clip}/decline").status_code == 303
        assert client(room, "anna").post(f"/people/anna/clips/{clip}/consent").status_code == 400
        call = call_of(room, "Anna")
        again = client(room, "mark").post(f"/api/calls/{call}/clips", json={"observation": effective(room)})
        assert again.status_code == 400
        assert "would rather not" in again.json()["error"]

    def test_nothing_is_proposed_from_a_call_that_is_not_approved(self, tmp_path: Path) -> None:
        room = make_room(tmp_path, ("Anna",))
        call = call_of(room, "Anna")
        answer = client(room, "mark").post(f"/api/calls/{call}/clips", json={"observation": effective(room)})
        assert (answer.status_code, "not approved" in answer.json()["error"]) == (400, True)
        assert "Propose for the library" not in client(room, "mark").get(f"/calls/{call}").text
        room.close()

    def test_nothing_that_works_against_the_goal_is_proposed(self, room: Room) -> None:
        call = call_of(room, "Anna")
        ((against,), *_) = room.index.rows(
            "SELECT id FROM observations WHERE call = ? AND kind = 'ineffective' ORDER BY id", [call]
        )
        answer = client(room, "mark").post(f"/api/calls/{call}/clips", json={"observation": str(against)})
        assert answer.status_code == 400


class TestHearing:
    def test_everybody_of_the_tree_and_nobody_else(self, room: Room) -> None:
        clip = shown(room)
        for user in PEERS:
            for place in places(clip):
                assert client(room, user).get(place).status_code == 200, f"{user} {place}"
            assert client(room, user).get("/api/library").json()["n"] == 1
        for user in ("otto", "adam"):
            assert client(room, user).get("/api/library").json()["n"] == 0
            assert TITLE not in client(room, user).get("/library").text
            for place in places(clip)[1:3] + places(clip)[4:]:
                assert client(room, user).get(place).status_code == 404, f"{user} {place}"

    def test_a_peer_gets_that_stretch_and_not_the_call(self, room: Room) -> None:
        shown(room)
        found = client(room, "bert").get("/api/library").json()["clips"][0]
        sent = client(room, "bert").get(found["sound"])
        span = client(room, "anna").get("/api/people/anna/practice").json()["clips"][0]["moment"]["span"]
        words = span["end"] - span["start"]
        assert words <= heard_seconds(sent.content) <= words + 1.0
        assert heard_seconds(sent.content) == pytest.approx(found["seconds"], abs=0.01)
        assert found["call"] == ""
        assert client(room, "bert").get(f"/calls/{call_of(room, 'Anna')}/sound").status_code == 404

    def test_the_words_are_those_of_the_transcript(self, room: Room) -> None:
        shown(room)
        found = client(room, "carl").get("/api/library").json()["clips"][0]
        assert found["quote"] == quote_of(room)
        turns = room.index.rows("SELECT text FROM turns WHERE call = ?", [call_of(room, "Anna")])
        assert any(found["quote"] in visible(str(text)) for (text,) in turns)

    def test_the_sound_comes_by_ranges(self, room: Room) -> None:
        clip = shown(room)
        whole = client(room, "bert").get(f"/library/anna/{clip}/sound").content
        part = client(room, "bert").get(f"/library/anna/{clip}/sound", headers={"Range": "bytes=100-199"})
        assert (part.status_code, part.content) == (206, whole[100:200])
        head = client(room, "bert").head(f"/library/anna/{clip}/sound")
        assert head.headers["content-length"] == str(len(whole))

    def test_filters_find_by_capability_and_rubric(self, room: Room) -> None:
        shown(room)
        view = client(room, "bert").get("/api/library").json()
        capability = view["clips"][0]["capability"]
        one = client(room, "bert").get("/api/library", params={"capability": capability, "rubric": "discovery"}).json()
        none = client(room, "bert").get("/api/library", params={"capability": "charm"}).json()
        assert ([c["clip"] for c in one["clips"]], none["n_found"], none["n"]) == (["k1"], 0, 1)
        assert [(c["id"], c["n"]) for c in view["capabilities"]] == [(capability, 1)]

    def test_what_was_heard_stands_in_the_trail(self, room: Room) -> None:
        clip = shown(room)
        client(room, "bert").get(f"/library/anna/{clip}/sound")
        text = "".join(p.read_text() for p in (room.workspace.root / "audit").glob("*") if p.is_file())
        assert f'"detail":"library anna {clip}"' in text.replace('": "', '":"')


class TestGone:
    """Every way in which a clip ends, and every place that gave it out."""

    def gone(self, room: Room, clip: str) -> None:
        for user in PEERS:
            assert client(room, user).get("/api/library").json()["n"] == 0
            page = client(room, user).get("/library").text
            assert TITLE not in page
            assert f"/library/anna/{clip}" not in page
            for place in (*places(clip)[1:3], *places(clip)[4:]):
                assert client(room, user).get(place).status_code == 404, f"{user} {place}"

    @pytest.mark.parametrize("user", ["anna", "mark", "vera"])
    def test_withdrawn_by_the_rep_or_taken_out_by_who_is_above(self, room: Room, user: str) -> None:
        clip = shown(room)
        assert client(room, "bert").get(f"/library/anna/{clip}/sound").status_code == 200
        assert client(room, user).post(f"/people/anna/clips/{clip}/withdraw").status_code == 303
        self.gone(room, clip)

    def test_nothing_of_its_sound_is_left_in_the_workspace(self, room: Room) -> None:
        clip = shown(room)

        def files() -> set[str]:
            return {str(p) for p in room.workspace.root.rglob("*") if p.is_file() and p.suffix in (".flac", ".npy")}

        client(room, "mark").get(f"/calls/{call_of(room, 'Anna')}/sound")
        before = files()
        client(room, "bert").get(f"/library/anna/{clip}/sound")
        client(room, "anna").post(f"/people/anna/clips/{clip}/withdraw")
        assert files() == before

    def test_a_pack_has_no_word_of_the_library(self, room: Room) -> None:
        clip = shown(room)
        client(room, "anna").post(f"/people/anna/clips/{clip}/withdraw")
        pack = client(room, "mark").get(f"/calls/{call_of(room, 'Anna')}/pack.html")
        assert (pack.status_code, TITLE in pack.text) == (200, False)

    def test_withdrawn_by_another_process_it_is_not_played_though_the_index_does_not_know_yet(self, room: Room) -> None:
        clip = shown(room)
        CycleDesk(room.workspace, NOW, "anna").add("anna", lambda _: ClipWithdrawn(clip=clip))
        for place in (*places(clip)[1:3], *places(clip)[4:]):
            assert client(room, "bert").get(place).status_code == 404

    def test_a_rep_who_was_removed_is_heard_no_more(self, room: Room) -> None:
        clip = shown(room)
        anna = room.workspace.users.last("anna")
        assert anna is not None
        room.workspace.users.append("anna", anna.model_copy(update={"removed": True}))
        room.people.look()
        assert client(room, "bert").get("/api/library").json()["n"] == 0
        assert client(room, "mark").get(f"/library/anna/{clip}/sound").status_code == 404

    def test_a_recording_that_may_no_longer_be_played_has_no_clip(self, room: Room) -> None:
        clip = shown(room)
        record = room.workspace.record(call_of(room, "Anna"))
        room.workspace.set_aside(
            QuarantineRecord(path=record.path, stage="ingest", reason="consent was withdrawn", hint="delete it", at=NOW)
        )
        self.gone(room, clip)

    def test_of_two_only_the_one_that_was_withdrawn(self, room: Room) -> None:
        first, second = shown(room), shown(room, 1)
        client(room, "anna").post(f"/api/people/anna/clips/{first}/withdraw")
        assert [c["clip"] for c in client(room, "bert").get("/api/library").json()["clips"]] == [second]
        assert client(room, "bert").get(f"/library/anna/{first}/sound").status_code == 404
        assert client(room, "bert").get(f"/library/anna/{second}/sound").status_code == 200

    def test_an_index_made_anew_from_the_files_says_the_same(self, room: Room, tmp_path: Path) -> None:
        first, _ = shown(room), shown(room, 1)
        client(room, "anna").post(f"/api/people/anna/clips/{first}/withdraw")
        with Index(tmp_path / "anew.duckdb") as index:
            room.workspace.refresh_index(index)
            query = "SELECT * FROM happened ORDER BY call, number"
            assert index.rows(query) == room.index.rows(query)


def user(name: str, above: str | None, *, removed: bool = False) -> User:
    return User(id=name, name=name, roles=frozenset({"manager"}), reports_to=above, removed=removed, by="t", at=NOW)


class TestOneTree:
    def test_the_top_is_whoever_reports_to_nobody(self) -> None:
        people = {u.id: u for u in (user("anna", "mark"), user("mark", "vera"), user("vera", None))}
        assert {top_of(u, people.get) for u in people.values()} == {"vera"}

    def test_somebody_removed_in_between_parts_nobody(self) -> None:
        people = {u.id: u for u in (user("anna", "mark"), user("mark", "vera", removed=True), user("vera", None))}
        assert top_of(people["anna"], people.get) == "vera"

    def test_a_manager_who_is_not_known_ends_the_way_up(self) -> None:
        assert top_of(user("anna", "gone"), lambda _: None) == "anna"

    def test_a_circle_is_one_tree(self) -> None:
        people = {
            u.id: u for u in (user("anna", "carl"), user("bert", "anna"), user("carl", "bert"), user("dora", "bert"))
        }
        assert {top_of(u, people.get) for u in people.values()} == {"anna"}

    def test_another_tree_hears_nothing(self, room: Room) -> None:
        room.workspace.users.append("zoe1", user("zoe1", None))
        room.people.look()
        anna, zoe = room.people.get("anna"), room.people.get("zoe1")
        assert anna is not None
        assert zoe is not None
        assert not hears(room.people, Viewer(user=zoe, by="session"), anna)
        assert hears(room.people, Viewer(user=zoe, by="session", everything=True), anna)
