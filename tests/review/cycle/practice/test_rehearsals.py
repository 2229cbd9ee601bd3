"""Rehearsals: streamed, told by their bytes, run beside the room, kept apart; only their place takes large bodies."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from pipeline.config import Config, LanguageModel
from pipeline.cycle.reading import past_calls
from pipeline.review.cycle.practice import uploads
from pipeline.review.cycle.practice.rehearsals import handed_in, rehearsal_command
from pipeline.review.room import Room
from tests.review.cycle.practice.rooms import (
    PATIENCE_S,
    approved_call,
    hand_in,
    practising,
    recording,
    with_command,
)
from tests.review.rooms import call_of, client, token_of

MEGABYTE = 1_000_000


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = practising(tmp_path, ("Anna",))
    yield room
    room.rehearsals.close()
    room.close()


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A room for tests that leave nothing behind in it."""
    room = practising(tmp_path_factory.mktemp("untouched"), ("Anna",))
    yield room
    room.rehearsals.close()
    room.close()


def says(code: str) -> Callable[[Path], Sequence[str]]:
    return lambda path: (sys.executable, "-c", code, str(path))


def one(room: Room) -> dict[str, str]:
    (found,) = client(room, "anna").get("/api/people/anna/practice").json()["rehearsals"]
    return dict(found)


def kept(room: Room) -> list[str]:
    folder = room.workspace.root / "uploads"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


class TestHandedIn:
    def test_it_becomes_a_rehearsal_linked_to_its_card_that_counts_as_no_live_call(
        self, room: Room, tmp_path: Path
    ) -> None:
        call = approved_call(room)
        status, _ = hand_in(room, recording(tmp_path), card=f"{call} concern_explored", with_whom="Bert")
        assert status == 303
        assert room.rehearsals.wait(PATIENCE_S)
        found = one(room)
        assert not found["reason"]
        assert (found["state"], found["of_call"], found["customer"]) == ("done", call, "Rehearsal: Customer 0")
        assert found["verdict"]
        page = client(room, "anna").get(f"/calls/{found['call']}").text
        assert "Rehearsal" in page
        assert found["call"] in client(room, "mark").get("/people/anna/practice").text
        (card,) = client(room, "anna").get("/api/people/anna/practice").json()["cards"]
        assert card["n_attempts"] == 1
        calls = past_calls(room.index.rows, ["anna"])
        assert sorted((past.mode, past.live) for past in calls) == [("recorded", True), ("simulated", False)]

    def test_its_file_is_kept_under_its_hash_beside_what_was_said_of_it(self, room: Room, tmp_path: Path) -> None:
        hand_in(room, recording(tmp_path))
        found = one(room)
        assert kept(room) == [f"{found['sha256']}.json", f"{found['sha256']}.recording"]

    def test_what_it_is_its_bytes_say_and_not_its_name(self, room: Room, tmp_path: Path) -> None:
        assert hand_in(room, recording(tmp_path), name="notes.txt")[0] == 303
        status, page = hand_in(room, b"#EXTM3U\nhttp://127.0.0.1/secret\n", name="song.mp3")
        assert status == 400
        assert "The file song.mp3 does not begin like any known sound" in page
        assert len(kept(room)) == 2

    def test_a_program_hands_one_in_by_its_token(self, room: Room, tmp_path: Path) -> None:
        answer = client(room).post(
            "/api/people/anna/practice/rehearsals",
            headers={"Authorization": f"Bearer {token_of(room, 'mark')}"},
            data={"consent": "yes"},
            files={"recording": ("r.wav", recording(tmp_path))},
        )
        assert answer.status_code == 201
        assert answer.json()["sha256"] == one(room)["sha256"]


class TestRefused:
    @pytest.mark.parametrize("consent", ["", "no"])
    def test_without_everybody_s_consent_nothing_is_kept(self, untouched: Room, tmp_path: Path, consent: str) -> None:
        status, page = hand_in(untouched, recording(tmp_path), consent=consent)
        assert status == 400
        assert "agreed" in page
        assert kept(untouched) == []

    def test_an_empty_file_and_none_at_all(self, untouched: Room) -> None:
        assert "is empty" in hand_in(untouched, b"")[1]
        answer = client(untouched, "anna").post("/people/anna/practice/rehearsals", data={"consent": "yes"})
        assert answer.status_code == 400
        assert "no recording was chosen" in answer.text.lower()

    def test_the_recording_of_a_call_cannot_be_made_a_rehearsal(self, untouched: Room) -> None:
        """Else the call would become practice, and no longer count."""
        record = untouched.workspace.record(call_of(untouched, "Anna"))
        status, page = hand_in(untouched, record.files[0].read_bytes())
        assert status == 400
        assert "known already" in page
        assert kept(untouched) == []
        assert [past.mode for past in past_calls(untouched.index.rows, ["anna"])] == ["recorded"]

    def test_the_same_file_twice(self, room: Room, tmp_path: Path) -> None:
        assert hand_in(room, recording(tmp_path))[0] == 303
        assert hand_in(room, recording(tmp_path), user="mark")[0] == 400
        assert len(kept(room)) == 2

    def test_by_whoever_does_not_see_the_person(self, untouched: Room, tmp_path: Path) -> None:
        for user in ("bert", "nina", "otto", "adam"):
            assert hand_in(untouched, recording(tmp_path), user=user)[0] == 404
        assert kept(untouched) == []

    def test_of_nobody_not_a_byte_is_read(self, untouched: Room) -> None:
        asked = []

        def body() -> Iterator[bytes]:
            for _ in range(50):
                asked.append(1)
                yield b"x" * 100_000

        form = {"content-type": "multipart/form-data; boundary=b"}
        answer = client(untouched).post("/people/anna/practice/rehearsals", content=body(), headers=form)
        assert answer.status_code == 401

    def test_more_than_the_limit_leaves_nothing(
        self, untouched: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploads, "MOST_UPLOAD", 100_000)
        status, page = hand_in(untouched, recording(tmp_path))
        assert status == 400
        assert "has more than" in page
        assert kept(untouched) == []


class TestLimits:
    def test_four_megabytes_are_taken_here(self, room: Room, tmp_path: Path) -> None:
        data = recording(tmp_path)
        long = (
            data[:40] + (len(data) - 44 + 4 * MEGABYTE).to_bytes(4, "little") + data[44:] + b"\x01\x00" * 2 * MEGABYTE
        )
        assert hand_in(room, long)[0] == 303

    @pytest.mark.parametrize(
        "path",
        [
            "/people/anna/practice/attempts",
            "/people/anna/practice/rehearsals/x/again",
            "/people/anna/clips/k1/withdraw",
            "/calls/{call}/comments",
            "/calls/{call}/clips",
            "/sign-in",
        ],
    )
    def test_four_megabytes_are_too_much_everywhere_else(self, untouched: Room, path: str) -> None:
        there = path.format(call=call_of(untouched, "Anna"))
        for content in (
            {"data": {"text": "x" * 4 * MEGABYTE}},
            {"data": {"a": "b"}, "files": {"recording": ("a.wav", b"x" * 4 * MEGABYTE)}},
        ):
            answer = client(untouched, "mark").post(there, **content)
            assert answer.status_code == 413, f"{there}: {answer.status_code}"

    def test_other_api_places_too(self, untouched: Room) -> None:
        answer = client(untouched, "mark").post("/api/people/anna/practice/attempts", json={"note": "x" * 4 * MEGABYTE})
        assert answer.status_code == 413

    def test_beyond_two_hundred_megabytes_is_refused_by_what_the_request_says_of_itself(self, untouched: Room) -> None:
        headers = {"content-length": str(201 * MEGABYTE), "content-type": "multipart/form-data; boundary=b"}
        answer = client(untouched, "anna").post("/people/anna/practice/rehearsals", content=b"--b", headers=headers)
        assert answer.status_code == 413


class TestTrouble:
    def test_a_file_that_cannot_be_decoded_is_told_with_its_hint_and_kept(self, room: Room) -> None:
        broken = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + b"\x00" * 400
        assert hand_in(room, broken)[0] == 303
        assert room.rehearsals.wait(PATIENCE_S)
        found = one(room)
        assert found["state"] == "set_aside"
        assert found["reason"]
        assert found["hint"]
        page = client(room, "anna").get("/people/anna/practice").text
        assert "Cannot be used" in page
        assert str(room.workspace.root) not in page
        assert f"{found['sha256']}.recording" in kept(room)

    def test_a_command_that_ends_without_an_outcome_is_told_and_can_be_tried_again(
        self, room: Room, tmp_path: Path
    ) -> None:
        code = "import sys; sys.exit('Error: no weights here\\nWhat to do: fetch them')"
        failing = with_command(room, says(code))
        hand_in(failing, recording(tmp_path))
        assert failing.rehearsals.wait(PATIENCE_S)
        found = one(failing)
        assert (found["state"], found["reason"], found["hint"]) == ("failed", "no weights here", "fetch them")
        failing.rehearsals.close()
        again = f"/people/anna/practice/rehearsals/{found['sha256']}/again"
        assert client(room, "anna").post(again).status_code == 303
        assert room.rehearsals.wait(PATIENCE_S)
        assert one(room)["state"] == "done"

    def test_another_person_s_rehearsal_cannot_be_tried_again(self, room: Room, tmp_path: Path) -> None:
        hand_in(room, recording(tmp_path))
        again = f"/people/bert/practice/rehearsals/{one(room)['sha256']}/again"
        assert client(room, "bert").post(again).status_code == 400

    def test_what_waited_when_the_room_was_closed_is_taken_up_when_it_opens(self, room: Room, tmp_path: Path) -> None:
        slow = with_command(room, says("import time; time.sleep(60)"))
        hand_in(slow, recording(tmp_path))
        assert one(slow)["state"] in ("reading", "waiting")
        slow.rehearsals.close()
        left = room.workspace.root / "uploads" / ".0123.part"
        left.write_bytes(b"half of a file")
        assert one(room)["state"] == "left"
        room.rehearsals.resume(handed_in(room.index.rows))
        assert room.rehearsals.wait(PATIENCE_S)
        assert one(room)["state"] == "done"
        assert not left.exists()

    def test_one_that_was_set_aside_is_not_tried_at_every_start(self, room: Room) -> None:
        hand_in(room, b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + b"\x00" * 400)
        assert room.rehearsals.wait(PATIENCE_S)
        counted = with_command(room, says("raise SystemExit('asked again')"))
        counted.rehearsals.resume(handed_in(room.index.rows))
        assert counted.rehearsals.wait(PATIENCE_S)
        assert one(counted)["state"] == "set_aside"
        counted.rehearsals.close()

    def test_two_are_run_one_after_the_other(self, room: Room, tmp_path: Path) -> None:
        hand_in(room, recording(tmp_path, 901))
        hand_in(room, recording(tmp_path, 902))
        states = {r["state"] for r in client(room, "anna").get("/api/people/anna/practice").json()["rehearsals"]}
        assert states == {"reading", "waiting"}
        assert room.rehearsals.wait(PATIENCE_S)
        states = {r["state"] for r in client(room, "anna").get("/api/people/anna/practice").json()["rehearsals"]}
        assert states == {"done"}


def test_the_command_runs_the_file_as_the_room_s_configuration_has_it(tmp_path: Path) -> None:
    config = Config(reader="llm", llm=LanguageModel(model="m", url="http://127.0.0.1:9/v1"))
    command = rehearsal_command(config, tmp_path, tmp_path / "uploads" / "a")
    assert command[1:6] == ("-P", "-m", "cli", "run", str(tmp_path / "uploads" / "a"))
    for flag, value in (
        ("--workspace", str(tmp_path)),
        ("--reader", "llm"),
        ("--model", "m"),
        ("--rubric", "discovery"),
    ):
        assert command[command.index(flag) + 1] == value
