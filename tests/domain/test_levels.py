"""The rubric's own rule decides a level, and what could not happen or was not read never lowers it."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.assessment import VerdictState
from pipeline.domain.levels import level_of
from pipeline.domain.rubric import Capability, Level, Needs, Polarity
from tests.coaching_values import make_behaviour, make_capability

ASKING = make_capability(
    "asking",
    make_behaviour("one"),
    make_behaviour("two"),
    make_behaviour("three"),
    make_behaviour("against", polarity=Polarity.INEFFECTIVE),
    needs=(Needs(), Needs(at_least=1), Needs(at_least=2), Needs(at_least=2, all=("one",), none=("against",))),
)
SHORT: dict[str, VerdictState] = {"s": "shown", "n": "not_shown", "o": "no_opportunity", "u": "unread"}


def states(letters: str, capability: Capability = ASKING) -> dict[str, VerdictState]:
    return {b.id: SHORT[letter] for b, letter in zip(capability.behaviours, letters, strict=True)}


def level(letters: str, capability: Capability = ASKING) -> int | str:
    outcome = level_of(capability, states(letters, capability))
    return outcome.level if isinstance(outcome, Level) else outcome


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("nnnn", 1),
        ("snnn", 2),
        ("nssn", 3),  # two shown, but not "one", which level 4 asks for
        ("ssnn", 4),
        ("ssns", 3),  # the ineffective behaviour bars level 4
        ("ooos", "nothing in this call called for it"),
        ("oooo", "nothing in this call called for it"),
        ("ooon", "nothing in this call called for it"),
        ("osnn", 2),  # two had an opportunity, one of them shown: level 3 needs both
        ("ossn", 4),  # "one" had no opportunity, so level 4 does not ask for it
        ("oson", 4),  # the only one that had an opportunity was shown
        ("onon", 1),
        ("snno", 2),
    ],
)
def test_level_follows_the_rule(letters: str, expected: int | str) -> None:
    assert level(letters) == expected


def test_more_of_what_helps_and_less_of_what_does_not_never_lowers_a_level() -> None:
    for letters in ("".join(some) for some in product("sno", repeat=4)):
        for i in range(4):
            more = {"s": "n", "n": "n", "o": "o"} if i == 3 else {"s": "s", "n": "s", "o": "o"}
            better = letters[:i] + more[letters[i]] + letters[i + 1 :]
            before, after = level(letters), level(better)
            assert isinstance(before, str) or (isinstance(after, int) and after >= before), letters


@pytest.mark.parametrize("letters", ["unnn", "usnn", "ssnu", "uuuu", "nuun"])
def test_level_that_hangs_on_unread_behaviours_is_withheld(letters: str) -> None:
    n_unread = letters.count("u")
    assert level(letters) == f"{n_unread} of 4 behaviours could not be judged, and the level depends on them"


@pytest.mark.parametrize(("letters", "expected"), [("ssun", 4), ("nssu", 3), ("nnnu", 1)])
def test_unread_behaviour_that_changes_nothing_leaves_the_level(letters: str, expected: int) -> None:
    assert level(letters) == expected


def test_capability_of_ineffective_behaviours_alone_is_scored_by_what_was_not_shown() -> None:
    capability = make_capability(
        "calm",
        make_behaviour("first", polarity=Polarity.INEFFECTIVE),
        make_behaviour("second", polarity=Polarity.INEFFECTIVE),
        needs=(Needs(), Needs(none=("first",)), Needs(none=("first", "second"))),
    )
    assert level("ss", capability) == 1
    assert level("ns", capability) == 2
    assert level("nn", capability) == 3


@st.composite
def capabilities(draw: st.DrawFn) -> Capability:
    """Two to six behaviours and two to five levels; `all` names effective behaviours, `none` ineffective ones."""
    polarities = draw(st.lists(st.sampled_from(list(Polarity)), min_size=2, max_size=6))
    behaviours = [make_behaviour(f"b{i}", polarity=p) for i, p in enumerate(polarities)]
    good = [b.id for b in behaviours if b.polarity is Polarity.EFFECTIVE]
    bad = [b.id for b in behaviours if b.polarity is Polarity.INEFFECTIVE]
    needs = [
        Needs(
            at_least=draw(st.integers(0, len(good))),
            all=tuple(draw(st.lists(st.sampled_from(good), max_size=2))) if good else (),
            none=tuple(draw(st.lists(st.sampled_from(bad), max_size=2))) if bad else (),
        )
        for _ in range(draw(st.integers(1, 4)))
    ]
    return make_capability("any_capability", *behaviours, needs=(Needs(), *needs))


CASES = capabilities().flatmap(
    lambda c: st.tuples(
        st.just(c), st.lists(st.sampled_from("snou"), min_size=len(c.behaviours), max_size=len(c.behaviours))
    )
)


def change_one(letters: list[str], at: int, letter: str) -> str:
    return "".join([*letters[:at], letter, *letters[at + 1 :]])


@given(CASES, st.data())
def test_showing_one_more_effective_behaviour_never_lowers_a_level(
    case: tuple[Capability, list[str]], data: st.DataObject
) -> None:
    capability, letters = case
    good = [i for i, b in enumerate(capability.behaviours) if b.polarity is Polarity.EFFECTIVE]
    if not good:
        return
    at = data.draw(st.sampled_from(good))
    for settled in "sn":  # one more shown may bring the level to where an unread behaviour matters: it is then withheld
        known = [letter.replace("u", settled) for letter in letters]
        before, after = level("".join(known), capability), level(change_one(known, at, "s"), capability)
        assert isinstance(after, int)
        assert isinstance(before, str) or after >= before


@given(CASES, st.data())
def test_lack_of_opportunity_never_costs_a_level(case: tuple[Capability, list[str]], data: st.DataObject) -> None:
    capability, letters = case
    at = data.draw(st.integers(0, len(letters) - 1))
    before = level(change_one(letters, at, "n"), capability)
    after = level(change_one(letters, at, "o"), capability)
    if isinstance(before, int) and isinstance(after, int):
        assert after >= before


@given(CASES, st.data())
def test_ineffective_behaviour_shown_never_raises_a_level(
    case: tuple[Capability, list[str]], data: st.DataObject
) -> None:
    capability, letters = case
    bad = [i for i, b in enumerate(capability.behaviours) if b.polarity is Polarity.INEFFECTIVE]
    if not bad:
        return
    at = data.draw(st.sampled_from(bad))
    without = level(change_one(letters, at, "n"), capability)
    with_it = level(change_one(letters, at, "s"), capability)
    if isinstance(without, int) and isinstance(with_it, int):
        assert with_it <= without


@given(CASES)
def test_level_given_in_spite_of_unread_behaviours_holds_however_they_turn_out(
    case: tuple[Capability, list[str]],
) -> None:
    capability, letters = case
    given_level = level("".join(letters), capability)
    if isinstance(given_level, int):
        for letter in "sn":
            settled = level("".join(letters).replace("u", letter), capability)
            assert settled == given_level
