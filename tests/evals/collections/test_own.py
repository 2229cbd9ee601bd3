"""A user's own cases: what a folder becomes, and that one bad case stops no other."""

from pathlib import Path

import pytest

from evals.collections.own import load_case_file, load_own
from pipeline.errors import InputError
from tests.evals.collections.made import written

TRANSCRIPT = "Ann: What does it cost you?\nBen: Forty a day.\n"
CASE = """\
id: acme-call
transcript: acme.txt
roles: {Ann: rep, Ben: customer}
rubric: discovery
talk_s: {rep: 12.5, customer: 30}
quality: high
"""


def case(folder: Path, text: str = CASE, name: str = "acme") -> Path:
    written(folder / f"{name}.txt", TRANSCRIPT)
    return written(folder / f"{name}.case.yaml", text)


def test_a_transcript_with_stated_roles_is_a_conversation(tmp_path: Path) -> None:
    call = load_case_file(case(tmp_path))
    assert call.conversation is not None
    assert [(turn.role, turn.text) for turn in call.conversation.turns] == [
        ("rep", "What does it cost you?"), ("customer", "Forty a day."),
    ]  # fmt: skip
    assert [s.source for s in call.conversation.speakers] == ["person", "person"]
    assert (call.id, call.collection, call.conversation.call) == ("acme-call", "own", "acme-call")
    assert (call.talk_s, call.quality, call.rubric) == ({"rep": 12.5, "customer": 30}, "high", "discovery")


def test_tables_beside_the_case_are_its_labels(tmp_path: Path) -> None:
    case(tmp_path)
    written(tmp_path / "acme.turns.ann.csv", "rater,turn_id,text,asks\nAnn,t0001,What does it cost you?,yes\n")
    written(tmp_path / "acme.levels.ben.csv", "rater,capability,level\nBen,opening,2\n")
    written(tmp_path / "other.levels.csv", "rater,capability,level\nEve,opening,9\n")
    (call,), skipped = load_own(tmp_path)
    assert skipped == ()
    assert call.raters == ("Ann", "Ben")
    assert (call.turns[0].asks, call.levels[0].level) == (True, 2)


def test_labels_that_are_named_are_the_only_ones(tmp_path: Path) -> None:
    path = case(tmp_path, CASE + "labels: all.csv\nraters: [Eve]\n")
    written(tmp_path / "acme.turns.csv", "rater,turn_id,asks\nAnn,t0001,yes\n")
    written(tmp_path / "all.csv", "case,rater,turn_id,asks\nacme-call,Ben,t0001,no\nanother,Ben,t0044,no\n")
    call = load_case_file(path)
    assert [(label.rater, label.asks) for label in call.turns] == [("Ben", False)]
    assert call.raters == ("Eve", "Ben")


def test_a_recording_with_its_references(tmp_path: Path) -> None:
    text = """\
id: acme-call
recording: [customer.wav, rep.wav]
metadata: {sides: {rep: rep.wav, customer: customer.wav}, language: en}
reference: {stm: r/acme.stm, rttm: r/acme.rttm, duration: 4}
voices: 2
"""
    for name in ("customer.wav", "rep.wav"):
        written(tmp_path / name, "")
    written(tmp_path / "r" / "acme.stm", "a 1 Ann 0 1 Hi.\na 1 Ben 1 2 Hello.\n")
    written(tmp_path / "r" / "acme.rttm", "SPEAKER a 1 0 1 <NA> <NA> Ann <NA> <NA>\n")
    call = load_case_file(written(tmp_path / "acme.case.yaml", text))
    assert [path.name for path in call.files] == ["rep.wav", "customer.wav"]
    assert call.reference.words == "Hi. Hello."
    assert call.reference.by_speaker == {"Ann": "Hi.", "Ben": "Hello."}
    assert call.reference.segments is not None
    assert (call.reference.duration, call.voices, call.language) == (4, 2, "en")
    assert call.conversation is None


def test_a_sidecar_says_what_it_says_to_the_pipeline(tmp_path: Path) -> None:
    path = case(tmp_path, "id: acme-call\ntranscript: acme.txt\nsidecar: acme.json\n")
    written(tmp_path / "acme.json", '{"rep": "Ann", "consent": "yes", "stage": "discovery"}')
    call = load_case_file(path)
    assert (call.metadata.rep, call.metadata.stage) == ("Ann", "discovery")
    assert call.conversation is not None
    assert call.conversation.turns[0].role == "rep"


def test_a_bad_sidecar_is_told_with_its_line(tmp_path: Path) -> None:
    path = case(tmp_path, "id: acme-call\ntranscript: acme.txt\nsidecar: acme.yaml\n")
    written(tmp_path / "acme.yaml", "rep: Ann\nstage: dinner\n")
    with pytest.raises(InputError, match=r"acme\.yaml:2: stage"):
        load_case_file(path)


def test_a_rubric_file_beside_the_case_is_found_from_anywhere(tmp_path: Path) -> None:
    from pipeline.rubrics import dump_rubric, find_rubric

    rubric = find_rubric("discovery").rubric.model_copy(update={"id": "mine"})
    written(tmp_path / "mine.yaml", dump_rubric(rubric))
    call = load_case_file(case(tmp_path, CASE.replace("discovery", "mine.yaml")))
    assert call.rubric is not None
    assert find_rubric(call.rubric).rubric.id == "mine"


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("transcript: acme.txt", "transcript: none.txt", 2, "there is no file 'none.txt'"),
        ("transcript: acme.txt", "quality: low", 1, "names neither a recording nor a transcript"),
        ("Ben: customer", "Ben: buyer", 3, "rep"),
        ("quality: high", "quality: high\nreference: {stm: a.stm}", 7, "there is no file 'a.stm'"),
        ("rep: 12.5", "rep: long", 5, "number"),
        ("id: acme-call", "id: Acme Call", 1, "pattern"),
        ("quality: high", "colour: red", 6, "colour"),
    ],
)
def test_a_wrong_field_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, told: str) -> None:
    text = CASE.replace("quality: high\n", "") if new == "quality: low" else CASE
    with pytest.raises(InputError, match=told) as caught:
        load_case_file(case(tmp_path, text.replace(old, new)))
    assert caught.value.line == line
    assert caught.value.column is not None


def test_one_bad_case_stops_no_other(tmp_path: Path) -> None:
    case(tmp_path)
    case(tmp_path / "more", CASE.replace("acme-call", "other-call").replace("acme.txt", "b.txt"), name="b")
    case(tmp_path, CASE.replace("acme-call", "third-call").replace("acme.txt", "c.txt"), name="c")
    written(tmp_path / "c.turns.csv", "rater,turn_id,asks\nAnn,t0001,yes\nAnn,t0002,perhaps\n")
    found, skipped = load_own(tmp_path)
    assert [call.id for call in found] == ["acme-call", "other-call"]
    ((what, reason),) = [(s.what, s.reason) for s in skipped]
    assert what == "c.case.yaml"
    assert "c.turns.csv:3:3: asks: 'perhaps' is no label (write yes, no, " in reason


def test_a_second_case_of_the_same_id_is_skipped(tmp_path: Path) -> None:
    case(tmp_path)
    case(tmp_path / "copy")
    found, skipped = load_own(tmp_path)
    assert (len(found), len(skipped)) == (1, 1)
    assert "another case has the id acme-call" in skipped[0].reason


def test_two_tables_with_a_label_for_one_thing_are_refused(tmp_path: Path) -> None:
    path = case(tmp_path)
    for name in ("acme.a.csv", "acme.b.csv"):
        written(tmp_path / name, "rater,turn_id,asks\nAnn,t0001,yes\n")
    with pytest.raises(InputError, match="t0001 has two labels by Ann, in two tables"):
        load_case_file(path)


def test_two_files_of_which_nobody_says_whose_they_are_are_refused(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        written(tmp_path / name, "")
    path = written(tmp_path / "x.case.yaml", "id: acme-call\nrecording: [a.wav, b.wav]\n")
    with pytest.raises(InputError, match=r"a\.wav: nobody says whose side it is"):
        load_case_file(path)


def test_a_damaged_conversation_is_told(tmp_path: Path) -> None:
    written(tmp_path / "x.conversation.json", "{}")
    path = written(tmp_path / "x.case.yaml", "id: acme-call\ntranscript: x.conversation.json\n")
    with pytest.raises(InputError, match="is no conversation"):
        load_case_file(path)


def test_a_folder_without_cases_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_own(tmp_path)
    assert "new-labels" in caught.value.hint
