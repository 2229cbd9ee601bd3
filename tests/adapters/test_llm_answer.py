"""The answer of a model that reads: its schema, what is wrong with one, and the claims it makes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.adapters.llm_answer import (
    LETTERS,
    LIKELY,
    MOST_CLAIMS,
    MOST_FOUND,
    PLAIN,
    Found,
    FoundPlace,
    best_claims,
    claims_of,
    problem_of,
    schema_of,
)
from pipeline.domain.assessment import Claim
from pipeline.domain.rubric import Capability

ORDER = {f"t{i:04}": i for i in range(1, 100)}


def _found(*places: tuple[str, str, str, bool]) -> Found:
    return Found(found=tuple(FoundPlace(behaviour=b, quote=q, turn=t, plain=p) for b, q, t, p in places))


def _claim(
    turn: int, quote: str = "Shall we meet?", behaviour: str = "date_proposed", strength: float = PLAIN
) -> Claim:
    return Claim(behaviour=behaviour, turn_id=f"t{turn:04}", quote=quote, strength=strength)


def test_the_schema_names_each_turn_once_and_all_letters_and_lets_nothing_else_in() -> None:
    schema = json.loads(schema_of(["t0001", "t0003", "t0003"]).text)
    assert (schema["required"], schema["additionalProperties"]) == (["found"], False)
    place = schema["properties"]["found"]["items"]
    assert place["properties"]["turn"]["enum"] == ["t0001", "t0003"]
    assert "".join(place["properties"]["behaviour"]["enum"]) == LETTERS
    assert (place["required"], place["additionalProperties"]) == (list(place["properties"]), False)


def test_the_quote_is_written_before_the_turn() -> None:
    place = json.loads(schema_of(["t0001"]).text)["properties"]["found"]["items"]
    assert list(place["properties"]) == ["behaviour", "quote", "turn", "plain"]


def test_the_schema_keeps_to_what_strict_modes_take() -> None:
    def keywords(value: object, *, names: bool = False) -> set[str]:
        if isinstance(value, list):
            return set().union(*map(keywords, value))
        if not isinstance(value, dict):
            return set()
        inner = [keywords(v, names=k == "properties" and not names) for k, v in value.items()]
        return set().union(set() if names else set(value), *inner)

    found = keywords(json.loads(schema_of(["t0001"]).text))
    assert found == {"type", "properties", "required", "additionalProperties", "items", "enum", "maxItems"}


def test_there_is_a_letter_for_every_behaviour_a_capability_may_have() -> None:
    (most,) = [m.max_length for m in Capability.model_fields["behaviours"].metadata if hasattr(m, "max_length")]
    assert len(LETTERS) == most


@pytest.mark.parametrize(
    ("letter", "turn", "told"),
    [
        ("C", "t0001", "behaviour C was not asked for; the letters are A, B"),
        ("A", "t0009", "turn t0009: copy the id of a turn of the transcript"),
    ],
)
def test_a_letter_or_a_turn_that_is_not_there_is_told(letter: str, turn: str, told: str) -> None:
    answer = _found(("B", "Shall we meet?", "t0001", True), (letter, "Shall we meet?", turn, True))
    assert problem_of(answer, letters="AB", turn_ids=frozenset({"t0001"})) == told


def test_an_empty_answer_is_a_good_one() -> None:
    assert problem_of(_found(), letters="AB", turn_ids=frozenset()) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"found": [{"behaviour": "Z", "quote": "a", "turn": "t0001", "plain": true}]}',
        '{"found": [{"behaviour": "A", "quote": "a", "turn": "t0001", "plain": true, "score": 5}]}',
        '{"found": [], "overall": 5}',
        '{"found": [{"behaviour": "A", "quote": "a", "turn": "t0001"}]}',
        json.dumps({"found": [{"behaviour": "A", "quote": "a", "turn": "t1", "plain": True}] * (MOST_FOUND + 1)}),
    ],
)
def test_an_answer_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Found.model_validate_json(text)


def test_letters_become_behaviours_and_plain_places_are_stronger() -> None:
    answer = _found(("B", " Shall we meet? ", "t0004", True), ("A", "What does it cost?", "t0002", False))
    assert claims_of(answer, ("cost_asked", "date_proposed")) == (
        _claim(4),
        _claim(2, "What does it cost?", "cost_asked", LIKELY),
    )
    assert PLAIN > LIKELY


def test_the_strongest_claims_of_each_behaviour_are_kept_in_order_of_turns() -> None:
    weak, strong = [_claim(1, strength=LIKELY)], [_claim(i) for i in (9, 4, 6, 7)]
    other = _claim(8, behaviour="cost_asked", strength=LIKELY)
    assert best_claims([*weak, *strong, other], ORDER) == (_claim(4), _claim(6), _claim(7), other)
    assert MOST_CLAIMS == 3


def test_a_claim_found_in_two_windows_is_one_and_the_stronger() -> None:
    twice = [_claim(4, strength=LIKELY), _claim(4, "shall we  meet"), _claim(4, behaviour="cost_asked")]
    assert best_claims(twice, ORDER) == (_claim(4, behaviour="cost_asked"), _claim(4, "shall we  meet"))


claims = st.lists(
    st.builds(
        _claim,
        st.integers(1, 9),
        st.sampled_from(["Shall we meet?", "On Monday then", ""]),
        st.sampled_from(["cost_asked", "date_proposed"]),
        st.sampled_from([PLAIN, LIKELY]),
    ),
    max_size=30,
)


@given(claims)
def test_keeping_the_best_of_the_best_changes_nothing(found: list[Claim]) -> None:
    kept = best_claims(found, ORDER)
    assert set(kept) <= set(found)
    assert all(sum(c.behaviour == name for c in kept) <= MOST_CLAIMS for name in ("cost_asked", "date_proposed"))
    assert best_claims(kept, ORDER) == kept
