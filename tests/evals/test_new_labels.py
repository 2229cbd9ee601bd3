"""Templates for labels: what is written, that it can be read back as it is and filled in, and never overwritten."""

import csv
from pathlib import Path

import pytest

from evals.collections.own import load_own
from evals.new_labels import ToLabel, call_to_label, new_labels, transcript_to_label
from pipeline.domain.recording import CallMetadata
from pipeline.errors import InputError
from pipeline.rubrics import content_hash, find_rubric
from pipeline.store.workspace import Workspace
from tests.command import fill
from tests.conversations import conversation

RUBRIC = find_rubric("discovery")
TALK = conversation(
    [("rep", 0, 2, "What does it cost you?"), ("customer", 65, 67, "=Forty a day, =1+1."), ("rep", 68, 69, "-I see.")]
)
CALL = ToLabel(conversation=TALK, rubric=RUBRIC)
READ = [b for b in RUBRIC.rubric.behaviours if b.measure is None]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        separator = ";" if ";" in file.readline() else ","
        file.seek(0)
        return list(csv.DictReader(file, delimiter=separator))


def fill_in(path: Path, number: int, **cells: str) -> None:
    """Writes labels into one row of a table, as a person does in a spreadsheet."""
    found = rows(path)
    found[number] |= cells
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(found)


def test_the_files_of_a_call(tmp_path: Path) -> None:
    written = new_labels(CALL, folder=tmp_path / "cases", rater="Ann Lee")
    assert [path.name for path in written] == [
        "c0000.conversation.json", "c0000.case.yaml",
        "c0000.turns.ann-lee.csv", "c0000.verdicts.ann-lee.csv", "c0000.levels.ann-lee.csv",
    ]  # fmt: skip
    assert all(path.is_file() for path in written)


def test_every_turn_has_a_row_with_its_text_and_time(tmp_path: Path) -> None:
    new_labels(CALL, folder=tmp_path, rater="Ann")
    turns = rows(tmp_path / "c0000.turns.ann.csv")
    assert [(row["turn_id"], row["at"], row["role"]) for row in turns] == [
        ("t0001", "0:00:00", "rep"), ("t0002", "0:01:05", "customer"), ("t0003", "0:01:08", "rep"),
    ]  # fmt: skip
    assert turns[0]["text"] == "What does it cost you?"
    assert all(row[column] == "" for row in turns for column in ("asks", "openness", "declarative", "behaviours"))


def test_what_was_said_is_never_a_formula(tmp_path: Path) -> None:
    new_labels(CALL, folder=tmp_path, rater="Ann")
    assert [row["text"][:2] for row in rows(tmp_path / "c0000.turns.ann.csv")] == ["Wh", "'=", "'-"]


def test_every_behaviour_that_is_read_and_every_capability_has_a_row(tmp_path: Path) -> None:
    new_labels(CALL, folder=tmp_path, rater="Ann")
    assert [row["behaviour"] for row in rows(tmp_path / "c0000.verdicts.ann.csv")] == [b.id for b in READ]
    levels = rows(tmp_path / "c0000.levels.ann.csv")
    assert [row["capability"] for row in levels] == [c.id for c in RUBRIC.rubric.capabilities]
    assert RUBRIC.rubric.capabilities[0].levels[0].anchor in levels[0]["words"]


def test_an_empty_template_is_a_case_without_labels(tmp_path: Path) -> None:
    new_labels(CALL, folder=tmp_path, rater="Ann")
    (call,), skipped = load_own(tmp_path)
    assert skipped == ()
    assert call.conversation is not None
    assert call.conversation.turns == TALK.turns
    assert (call.raters, call.turns, call.verdicts, call.levels) == ((), (), (), ())


def test_labels_that_were_filled_in_are_read_back(tmp_path: Path) -> None:
    new_labels(CALL, folder=tmp_path, rater="Ann")
    fill_in(tmp_path / "c0000.turns.ann.csv", 0, asks="yes", openness="open", behaviours=READ[0].id)
    fill_in(tmp_path / "c0000.turns.ann.csv", 1, behaviours="none")
    fill_in(tmp_path / "c0000.verdicts.ann.csv", 0, state="shown")
    fill_in(tmp_path / "c0000.levels.ann.csv", 0, level="2")
    (call,), skipped = load_own(tmp_path)
    assert skipped == ()
    first, second = call.turns
    assert (first.turn_id, first.rater, first.openness) == ("t0001", "Ann", "open")
    assert first.behaviours == {READ[0].id}
    assert (second.turn_id, second.behaviours, second.looked_for) == ("t0002", frozenset(), True)
    assert (call.verdicts[0].state, call.levels[0].level, call.raters) == ("shown", 2, ("Ann",))


def test_a_second_rater_gets_tables_of_the_same_case(tmp_path: Path) -> None:
    new_labels(CALL, folder=tmp_path, rater="Ann")
    written = new_labels(CALL, folder=tmp_path, rater="Ben")
    assert [path.name for path in written] == [
        "c0000.turns.ben.csv", "c0000.verdicts.ben.csv", "c0000.levels.ben.csv"
    ]  # fmt: skip
    for name, state in (("ann", "shown"), ("ben", "not_shown")):
        fill_in(tmp_path / f"c0000.verdicts.{name}.csv", 0, state=state)
    (call,), _ = load_own(tmp_path)
    assert [(v.rater, v.state) for v in call.verdicts] == [("Ann", "shown"), ("Ben", "not_shown")]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    new_labels(CALL, folder=tmp_path, rater="Ann")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(InputError, match="nothing is overwritten"):
        new_labels(CALL, folder=tmp_path, rater="ann")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_in_the_way_keeps_all_from_being_written(tmp_path: Path) -> None:
    (tmp_path / "c0000.levels.ann.csv").write_text("mine")
    with pytest.raises(InputError, match=r"c0000\.levels\.ann\.csv"):
        new_labels(CALL, folder=tmp_path, rater="Ann")
    assert [path.name for path in tmp_path.iterdir()] == ["c0000.levels.ann.csv"]


def test_labels_of_other_turns_of_the_same_call_do_not_mix(tmp_path: Path) -> None:
    new_labels(CALL, folder=tmp_path, rater="Ann")
    other = CALL.model_copy(update={"conversation": TALK.model_copy(update={"turns": TALK.turns[:2]})})
    with pytest.raises(InputError, match="holds other turns of this call"):
        new_labels(other, folder=tmp_path, rater="Ben")


def test_a_nameless_rater_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nobody is named"):
        new_labels(CALL, folder=tmp_path, rater=" ")


def test_a_recording_and_what_is_stated_of_it_are_in_the_case(tmp_path: Path) -> None:
    sound = tmp_path / "calls" / "a.wav"
    sound.parent.mkdir()
    sound.write_bytes(b"")
    stated = CallMetadata(rep="Ann", channels={"0": "rep", "1": "customer"}, language="en")
    new_labels(CALL.model_copy(update={"files": (sound,), "metadata": stated}), folder=tmp_path / "cases", rater="Ann")
    (call,), skipped = load_own(tmp_path / "cases")
    assert skipped == ()
    assert [path.resolve() for path in call.files] == [sound.resolve()]
    assert call.metadata == stated


def test_a_rubric_of_one_s_own_travels_with_the_case(tmp_path: Path) -> None:
    rubric = RUBRIC.rubric.model_copy(update={"version": 77})
    own = RUBRIC.model_copy(update={"rubric": rubric, "sha256": content_hash(rubric)})
    new_labels(CALL.model_copy(update={"rubric": own}), folder=tmp_path, rater="Ann")
    (call,), skipped = load_own(tmp_path)
    assert skipped == ()
    assert find_rubric(call.rubric or "").sha256 == own.sha256


def test_roles_that_were_only_guessed_are_not_stated(tmp_path: Path) -> None:
    guessed = tuple(s.model_copy(update={"source": "inferred"}) for s in TALK.speakers)
    talk = TALK.model_copy(update={"speakers": guessed})
    new_labels(CALL.model_copy(update={"conversation": talk}), folder=tmp_path, rater="Ann")
    (call,), _ = load_own(tmp_path)
    assert call.roles == {}


class TestSources:
    def test_a_transcript_needs_no_workspace(self, tmp_path: Path) -> None:
        path = tmp_path / "Acme call.txt"
        path.write_text("Rep: What does it cost?\nCustomer: Forty.\n")
        found = transcript_to_label(path, RUBRIC)
        assert (found.conversation.call, found.files) == ("own-acme-call", ())
        new_labels(found, folder=tmp_path / "cases", rater="Ann")
        (call,), skipped = load_own(tmp_path / "cases")
        assert (call.roles, skipped) == ({"Rep": "rep", "Customer": "customer"}, ())

    def test_a_call_of_the_workspace_comes_with_its_recording_and_rubric(
        self, tmp_path: Path, audio_fixtures: Path
    ) -> None:
        (tmp_path / "calls").mkdir()
        (tmp_path / "calls" / "a.mp3").write_bytes((audio_fixtures / "speech.mp3").read_bytes())
        (tmp_path / "calls" / "a.json").write_text('{"consent": "yes", "rep": "Ann"}')
        (call,) = fill(tmp_path / "w", tmp_path / "calls")
        found = call_to_label(Workspace(tmp_path / "w"), call[:8])
        assert (found.conversation.call, found.rubric.rubric.id, found.metadata.rep) == (call, "discovery", "Ann")
        assert [path.name for path in found.files] == ["a.mp3"]
        new_labels(found, folder=tmp_path / "cases", rater="Ann")
        (case,), skipped = load_own(tmp_path / "cases")
        assert skipped == ()
        assert case.files[0].is_file()
        assert case.conversation == found.conversation
