"""Labels as people write them: what a cell means, what an empty one does not, and where a wrong one stands."""

import json
from pathlib import Path

import pytest

from evals.collections.conversations import SpokenLine, untimed
from evals.collections.label_tables import Labelled, Labels, read_labels
from evals.labelled import LevelLabel, TurnLabel, VerdictLabel
from pipeline.errors import InputError
from pipeline.rubrics import find_rubric

TALK = untimed("call-1", [SpokenLine("A", "rep", "What does “it” cost - you?"), SpokenLine("B", "customer", "Forty.")])
RUBRIC = find_rubric("discovery").rubric
OF = Labelled("call-1", TALK, RUBRIC)
FIRST, SECOND = RUBRIC.behaviours[0].id, RUBRIC.behaviours[1].id
CAPABILITY = RUBRIC.capabilities[0]


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return path


def turn(tmp_path: Path, columns: str, cells: str) -> TurnLabel:
    (label,) = read_labels(table(tmp_path, f"rater,turn_id,{columns}\nAnn,t0001,{cells}\n"), OF).turns
    return label


class TestTurns:
    def test_a_row_without_a_label_is_not_labelled(self, tmp_path: Path) -> None:
        path = table(tmp_path, "rater,turn_id,asks,behaviours,note\nAnn,t0001,,,later\nAnn,t0002,no,,\n")
        labels = read_labels(path, OF).turns
        assert labels == (TurnLabel(turn_id="t0002", rater="Ann", asks=False, looked_for=False),)

    def test_the_word_none_says_that_somebody_looked(self, tmp_path: Path) -> None:
        label = turn(tmp_path, "behaviours", "none")
        assert (label.behaviours, label.looked_for, label.unclear, label.asks) == (frozenset(), True, False, None)

    @pytest.mark.parametrize("cell", [f"{FIRST}; {SECOND}", f'"{FIRST}, {SECOND}"', f"{FIRST} {SECOND}"])
    def test_names_are_parted_as_people_part_them(self, tmp_path: Path, cell: str) -> None:
        assert turn(tmp_path, "behaviours", cell).behaviours == {FIRST, SECOND}

    @pytest.mark.parametrize(
        ("columns", "cells", "asks", "openness", "declarative"),
        [
            ("asks,openness", "yes,open", True, "open", False),
            ("asks,openness", ",closed", True, "closed", False),
            ("asks,declarative", ",yes", True, None, True),
            ("asks,openness", "No,", False, None, False),
            ("asks,declarative", "unclear,yes", True, None, True),
        ],
    )
    def test_questions(
        self, tmp_path: Path, columns: str, cells: str, asks: bool, openness: str | None, declarative: bool
    ) -> None:
        label = turn(tmp_path, columns, cells)
        assert (label.asks, label.openness, label.declarative, label.unclear) == (asks, openness, declarative, False)

    @pytest.mark.parametrize(("columns", "cells"), [("asks", "unclear"), ("behaviours", "unclear")])
    def test_unclear_is_a_label_that_counts_neither_way(self, tmp_path: Path, columns: str, cells: str) -> None:
        label = turn(tmp_path, columns, cells)
        assert (label.unclear, label.asks, label.looked_for) == (True, None, False)

    def test_marks_that_a_spreadsheet_changed_are_no_other_text(self, tmp_path: Path) -> None:
        assert turn(tmp_path, "text,asks", '\'What does ""it"" cost – you?,yes').asks is True

    @pytest.mark.parametrize(
        ("columns", "cells", "column", "told"),
        [
            ("asks", "yse", 3, "asks: 'yse' is no label"),
            ("openness", "wide", 3, "openness: 'wide' is no label"),
            ("asks,openness", "no,open", 3, "a kind of question is given"),
            ("behaviours", f"{FIRST}; {SECOND}x", 3, f"no '{SECOND}x'"),
            ("text,asks", "What does it weigh?,yes", 3, "text: is not the text of t0001"),
        ],
    )
    def test_a_wrong_cell_is_told(self, tmp_path: Path, columns: str, cells: str, column: int, told: str) -> None:
        with pytest.raises(InputError, match=told) as caught:
            turn(tmp_path, columns, cells)
        assert (caught.value.line, caught.value.column) == (2, column)

    def test_a_near_name_is_proposed(self, tmp_path: Path) -> None:
        with pytest.raises(InputError) as caught:
            turn(tmp_path, "behaviours", f"{FIRST}s")
        assert caught.value.hint == f"did you mean {FIRST}?"

    @pytest.mark.parametrize(
        ("row", "told"),
        [
            ("Ann,t0009,yes", "there is no turn 't0009'"),
            (",t0001,yes", "nobody is named"),
            ("Ann,t0001,yes\nAnn,t0001,no", "t0001 has a second label by Ann"),
            ("Ann,,yes", "turn_id: is empty"),
        ],
    )
    def test_a_wrong_row_is_told(self, tmp_path: Path, row: str, told: str) -> None:
        with pytest.raises(InputError, match=told) as caught:
            read_labels(table(tmp_path, f"rater,turn_id,asks\n{row}\n"), OF)
        assert caught.value.line == row.count("\n") + 2

    def test_turns_of_a_recording_alone_have_no_labels(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="the case has no turns"):
            read_labels(table(tmp_path, "rater,turn_id,asks\nAnn,t0001,yes\n"), Labelled("call-1"))


class TestVerdictsAndLevels:
    def test_states(self, tmp_path: Path) -> None:
        text = f"rater,behaviour,state\nAnn,{FIRST},shown\nBen,{FIRST},No_Opportunity\nAnn,{SECOND},\n"
        assert read_labels(table(tmp_path, text), OF).verdicts == (
            VerdictLabel(behaviour=FIRST, rater="Ann", state="shown"),
            VerdictLabel(behaviour=FIRST, rater="Ben", state="no_opportunity"),
        )

    def test_levels_and_none_for_what_cannot_be_judged(self, tmp_path: Path) -> None:
        text = f"rater,capability,level\nAnn,{CAPABILITY.id},2.0\nBen,{CAPABILITY.id},none\nEve,{CAPABILITY.id},\n"
        assert read_labels(table(tmp_path, text), OF).levels == (
            LevelLabel(capability=CAPABILITY.id, rater="Ann", level=2),
            LevelLabel(capability=CAPABILITY.id, rater="Ben", level=None),
        )

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (f"rater,behaviour,state\nAnn,{FIRST},unread\n", "'unread' is no label"),
            ("rater,behaviour,state\nAnn,asked,shown\n", "no 'asked'"),
            (f"rater,capability,level\nAnn,{CAPABILITY.id},{len(CAPABILITY.levels) + 1}\n", "is no label"),
            ("rater,capability,level\nAnn,charm,1\n", "no 'charm'"),
            ("rater,capability,level\nAnn,,1\n", "capability: is empty"),
            ("rater,behaviour,state\nAnn,,shown\n", "behaviour: is empty"),
        ],
    )
    def test_what_the_rubric_does_not_have_is_told(self, tmp_path: Path, text: str, told: str) -> None:
        with pytest.raises(InputError, match=told) as caught:
            read_labels(table(tmp_path, text), OF)
        assert caught.value.line == 2

    def test_without_a_rubric_any_name_is_taken(self, tmp_path: Path) -> None:
        path = table(tmp_path, "rater,capability,level\nAnn,charm,5\n")
        assert read_labels(path, Labelled("call-1")).levels[0].level == 5


def test_rows_of_other_cases_are_passed_over(tmp_path: Path) -> None:
    text = f"case,rater,behaviour,state\ncall-2,Ann,nonsense,nonsense\ncall-1,Ann,{FIRST},shown\n,Ann,{SECOND},shown\n"
    assert [v.behaviour for v in read_labels(table(tmp_path, text), OF).verdicts] == [FIRST, SECOND]


def test_a_table_of_nothing_known_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no columns of labels") as caught:
        read_labels(table(tmp_path, "name,colour\nAnn,red\n"), OF)
    assert caught.value.line == 1
    assert read_labels(table(tmp_path, "name,colour\n"), OF) == Labels()


class TestJson:
    def written(self, tmp_path: Path, text: str) -> Path:
        path = tmp_path / "labels.json"
        path.write_text(text, encoding="utf-8")
        return path

    def test_entries_say_the_same_as_rows(self, tmp_path: Path) -> None:
        entries = [
            {"rater": "Ann", "turn_id": "t0001", "asks": True, "openness": "open", "behaviours": [FIRST, SECOND]},
            {"rater": "Ann", "turn_id": "t0002", "behaviours": []},
            {"rater": "Ben", "turn_id": "t0002", "asks": None},
        ]
        labels = read_labels(self.written(tmp_path, json.dumps(entries)), OF).turns
        assert labels == (
            TurnLabel(turn_id="t0001", rater="Ann", asks=True, openness="open", behaviours=frozenset({FIRST, SECOND})),
            TurnLabel(turn_id="t0002", rater="Ann"),
        )

    @pytest.mark.parametrize(
        ("text", "line", "told"),
        [
            (
                '[\n {"rater": "Ann", "turn_id": "t0001", "asks": true},\n'
                ' {"rater": "Ann", "turn_id": "t0007", "asks": true}]',
                3,
                "no turn",
            ),
            ('[\n {"rater": "Ann"\n', 2, "cannot be read"),
            ("[\n\n 3]", 3, "cannot be read"),
            ('[{"rater": {"name": "Ann"}}]', 1, "an object stands inside"),
            ('{"rater": "Ann"}', 1, "is no list"),
        ],
    )
    def test_a_wrong_entry_is_told_with_its_line(self, tmp_path: Path, text: str, line: int, told: str) -> None:
        with pytest.raises(InputError, match=told) as caught:
            read_labels(self.written(tmp_path, text), OF)
        assert caught.value.line == line

    def test_one_file_may_hold_labels_of_every_kind(self, tmp_path: Path) -> None:
        entries = [
            {"rater": "Ann", "turn_id": "t0001", "asks": True},
            {"rater": "Ann", "behaviour": FIRST, "state": "shown"},
            {"rater": "Ann", "capability": CAPABILITY.id, "level": 1},
        ]
        labels = read_labels(self.written(tmp_path, json.dumps(entries)), OF)
        assert (len(labels.turns), len(labels.verdicts), len(labels.levels)) == (1, 1, 1)


def test_labels_of_two_tables_add_and_a_double_one_is_found() -> None:
    one = Labels(verdicts=(VerdictLabel(behaviour="asked", rater="Ann", state="shown"),))
    other = Labels(levels=(LevelLabel(capability="asking", rater="Ben", level=1),))
    both = one + other
    assert (both.raters, both.twice) == (("Ann", "Ben"), None)
    assert (both + one).twice == "asked has two labels by Ann"
