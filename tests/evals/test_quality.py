"""The balance of evidence: what it is by hand, that more of what helps never lowers it, and how it orders calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.judging import Judged
from evals.quality import balance, mean_level, quality_measures
from pipeline.domain.assessment import Assessment, Reading, Score, Verdict, VerdictState, Verification
from pipeline.domain.rubric import Capability, Level, Polarity, Rubric
from tests.adapters.reading import behaviour
from tests.evals.talks import labelled, observation

LEVELS = (Level(level=1, anchor="None."), Level(level=2, anchor="One."), Level(level=3, anchor="Two."))
HELPS = (behaviour("heard", "a b c", "d e f"), behaviour("asked", "g h i", "j k l"))
HARMS = behaviour("pressed", "m n o", "p q r").model_copy(update={"polarity": Polarity.INEFFECTIVE})
RUBRIC = Rubric(
    id="made_up", version=1, title="Made up", stage="any",
    capabilities=(
        Capability(id="listening", name="Listening", goal="A goal.", behaviours=(*HELPS, HARMS), levels=LEVELS),
        Capability(
            id="closing", name="Closing", goal="A goal.", levels=LEVELS,
            behaviours=(behaviour("dated", "s t u", "v w x"), behaviour("agreed", "a s t", "b u v")),
        ),
    ),
)  # fmt: skip
STATES: dict[str, VerdictState] = dict.fromkeys(("heard", "asked", "pressed", "dated", "agreed"), "not_shown")


def assessed(*, levels: tuple[int | None, ...] = (1, 1), **states: VerdictState) -> Assessment:
    def verdict(name: str, state: VerdictState) -> Verdict:
        reason = "" if state in ("shown", "not_shown") else "a reason"
        return Verdict(
            capability="any", behaviour=name, state=state, reason=reason,
            observation_ids=("o001",) if state == "shown" else (),
        )  # fmt: skip

    return Assessment(
        rubric_id="made_up",
        rubric_version=1,
        verdicts=tuple(verdict(name, state) for name, state in (STATES | states).items()),
        scores=tuple(
            Score(capability=str(i), level=level, of=3, unscored=None if level else "a reason")
            for i, level in enumerate(levels)
        ),
    )


def test_the_balance_by_hand() -> None:
    seen = (observation("heard", 1, strength=0.4), observation("heard", 3, strength=0.8), observation("pressed", 5))
    found = balance(RUBRIC, assessed(heard="shown", pressed="shown", dated="shown"), (*seen, observation("dated", 1)))
    # effective: heard 0.8, asked 0, dated 0.5, agreed 0, in the mean 0.325; ineffective: pressed 0.5
    assert found == pytest.approx(-0.175)


def test_nothing_shown_is_0_and_nothing_decided_is_none() -> None:
    assert balance(RUBRIC, assessed(), ()) == 0.0
    unread = dict.fromkeys(STATES, "unread")
    assert balance(RUBRIC, assessed(**unread), ()) is None  # type: ignore[arg-type]


def test_what_nothing_called_for_is_not_held_against_anybody() -> None:
    seen = (observation("heard", 1, strength=0.6),)
    # of four effective behaviours 0.6 / 4, of the three that something called for 0.6 / 3
    assert balance(RUBRIC, assessed(heard="shown"), seen) == pytest.approx(0.15)
    assert balance(RUBRIC, assessed(heard="shown", asked="no_opportunity"), seen) == pytest.approx(0.2)


def test_what_a_measure_decides_counts_in_full() -> None:
    # shown, and no observation of it: 1 of four effective behaviours
    assert balance(RUBRIC, assessed(heard="shown"), ()) == pytest.approx(0.25)


@given(st.sets(st.sampled_from(sorted(STATES))), st.floats(0.1, 1))
def test_more_of_what_helps_raises_it_and_of_what_harms_lowers_it(shown: set[str], strength: float) -> None:
    def found(names: set[str]) -> float:
        seen = tuple(observation(name, 1, strength=strength) for name in names)
        value = balance(RUBRIC, assessed(**dict.fromkeys(names, "shown")), seen)  # type: ignore[arg-type]
        assert value is not None
        return value

    assert -1 <= found(shown) <= 1
    assert found(shown | {"heard"}) >= found(shown)
    assert found(shown | {"pressed"}) <= found(shown)


def test_levels_are_taken_as_shares_of_their_scales_and_unscored_ones_left_out() -> None:
    assert mean_level(assessed(levels=(3, 1))) == 0.5
    assert mean_level(assessed(levels=(2, None))) == 0.5
    assert mean_level(assessed(levels=(None, None))) is None


def judged(strength: float, level: int) -> Judged:
    seen = (observation("heard", 1, strength=strength),)
    return Judged(
        Reading(claims=()), Verification(observations=seen, rejected=()), assessed(levels=(level,), heard="shown"), 0.0
    )


def test_calls_of_high_quality_above_calls_of_low_quality() -> None:
    rows = [
        (labelled("a", {}, quality="high"), judged(0.9, 2)),
        (labelled("b", {}, quality="high"), judged(0.5, 2)),
        (labelled("c", {}, quality="low"), judged(0.6, 2)),
        (labelled("d", {}, quality="low"), judged(0.2, 1)),
        (labelled("e", {}), judged(1.0, 3)),
    ]
    by_balance, by_level = quality_measures("behaviours.made", RUBRIC, rows)
    # 0.9 is above both, 0.5 above one of two: 3 of 4; levels: 2 = 2 counts half, 2 > 1 one: (0.5 + 1) * 2 of 4
    assert (by_balance.value, by_balance.n) == (0.75, 4)
    assert by_level.value == 0.75
    # talks of equal words: every number without a reader is a tie
    assert by_balance.baseline == 0.5


def test_calls_of_one_quality_are_not_ordered() -> None:
    assert quality_measures("behaviours.made", RUBRIC, [(labelled("a", {}, quality="high"), judged(0.9, 2))]) == ()
