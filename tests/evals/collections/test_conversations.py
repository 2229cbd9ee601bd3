"""Lines to conversations, and names to ids."""

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from evals.collections.conversations import SpokenLine, call_id, untimed
from evals.collections.transcripts import imported
from pipeline.domain.recording import CallId, CallMetadata, Role
from pipeline.errors import InputError

ROLES: tuple[Role, ...] = get_args(Role)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2018_live", "phone-2018-live"),
        ("trñ00", "phone-trn00"),
        ("通话 7", "phone-7"),
        ("x" * 99, "phone-" + "x" * 58),
    ],
)
def test_names_become_ids(name: str, expected: str) -> None:
    assert call_id("phone", name) == expected


@given(st.text(max_size=90))
def test_every_name_becomes_an_id(name: str) -> None:
    assert TypeAdapter(CallId).validate_python(call_id("counselling", name))


WORDS = st.text("ab?é ", min_size=1).filter(lambda text: bool(text.split()))


@given(st.lists(st.builds(SpokenLine, st.sampled_from("AB"), st.sampled_from(ROLES), WORDS), max_size=6))
def test_every_line_is_a_turn_of_its_own(lines: list[SpokenLine]) -> None:
    talk = untimed("call-1", lines)
    assert [turn.text for turn in talk.turns] == [" ".join(line.text.split()) for line in lines]
    assert [turn.id for turn in talk.turns] == [f"t{n:04d}" for n in range(1, len(lines) + 1)]
    assert {s.label for s in talk.speakers} == {line.speaker for line in lines}
    assert not talk.timed


def test_a_transcript_is_read_as_the_pipeline_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Ann: Hello there.\nBen: Hi.\n")
    talk = imported("call-1", [(path, None)], metadata=CallMetadata(rep="Ann Smith"))
    assert [(turn.role, turn.text) for turn in talk.turns] == [("rep", "Hello there."), ("unknown", "Hi.")]


@pytest.mark.parametrize(("name", "told"), [("a.pdf", "no transcript's ending"), ("a.txt", "cannot be read")])
def test_what_is_no_transcript_is_told(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        imported("call-1", [(tmp_path / name, None)])
