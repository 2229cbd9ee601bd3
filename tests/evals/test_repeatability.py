"""How far a reader repeats itself: pairs and flips counted by hand, and readings that are really other readings."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.repeatability import CHANGING, READING, Pair, Plan, Seen, repeat, stability
from pipeline.domain.assessment import Claim, Reading, Unread, VerdictState
from pipeline.domain.places import Opening
from pipeline.domain.rubric import MeasureRule, Opportunity, Rubric
from pipeline.domain.speech import Conversation
from pipeline.domain.stability import FlipRate, Repeatability
from pipeline.errors import BudgetError, StageError
from pipeline.ports import Progress, silent
from pipeline.rubrics import reading_hash
from tests.coaching_values import claim, make_behaviour, make_capability, make_conversation, make_rubric

AT = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
PRICE = Opportunity(phrases=("too expensive",), within_turns=1)
RUBRIC = make_rubric(
    make_capability("asking", make_behaviour("open_question"), make_behaviour("asks_more")),
    make_capability(
        "pricing",
        make_behaviour("asks_behind", opportunity=PRICE),
        make_behaviour("listens", measure=MeasureRule(name="rep_talk_ratio", high=0.5)),
    ),
)
CALL = make_conversation(
    "rep: Thanks for the time today. What would you change first?",
    "customer: We would change how the week is planned, to be honest.",
    "rep: Tell me more about that week then.",
)
OPEN = claim("open_question", "t0001", "What would you change first?")
MORE = claim("asks_more", "t0003", "Tell me more about that week")


class Told:
    """A reader that says this, whatever it is given."""

    identity = "told"

    def __init__(self, *claims: Claim, unread: Sequence[str] = (), failing: Exception | None = None) -> None:
        self._reading = Reading(claims=claims, unread=tuple(Unread(behaviour=b, reason="no answer") for b in unread))
        self._failing = failing

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """See `Reader`."""
        if self._failing is not None:
            raise self._failing
        return self._reading


def report(*readers: Told, calls: Sequence[Conversation] = (CALL,)) -> Repeatability:
    plan = Plan(rubric=RUBRIC, reader=lambda number: readers[number], k=len(readers), changes=False)
    return repeat(plan, calls, at=AT)


def counts(row: FlipRate) -> tuple[int, int, int]:
    return row.flips, row.pairs, row.calls


def of(found: Repeatability, behaviour: str) -> tuple[int, int, int]:
    assert found.readings is not None
    return counts(next(row for row in found.readings.behaviours if row.id == behaviour))


def named(calls: int) -> list[Conversation]:
    return [CALL.model_copy(update={"call": f"call-{n}"}) for n in range(1, calls + 1)]


def test_flips_are_counted_over_all_pairs_of_readings() -> None:
    # open_question: shown, shown, not shown: pairs 1-2 agree, 1-3 and 2-3 differ. asks_more: never.
    found = report(Told(OPEN), Told(OPEN), Told())
    assert of(found, "open_question") == (2, 3, 1)
    assert of(found, "asks_more") == (0, 3, 1)
    assert found.readings is not None
    assert counts(found.readings.overall) == (2, 6, 1)


def test_calls_add_up() -> None:
    found = report(Told(OPEN), Told(), calls=named(4))
    assert of(found, "open_question") == (4, 4, 4)
    assert found.n_calls == 4


def test_a_behaviour_without_a_place_to_look_at_and_one_that_a_measure_decides_have_no_pair() -> None:
    found = report(Told(OPEN), Told())
    assert of(found, "asks_behind") == (0, 0, 0)
    assert found.readings is not None
    assert "listens" not in [row.id for row in found.readings.behaviours]


def test_left_unread_twice_is_no_pair_and_left_unread_once_is_a_flip() -> None:
    twice = report(Told(unread=["asks_more"]), Told(unread=["asks_more"]))
    assert of(twice, "asks_more") == (0, 0, 0)
    once = report(Told(unread=["asks_more"]), Told())
    assert of(once, "asks_more") == (1, 1, 1)


def test_levels_flip_with_their_verdicts_and_a_level_that_is_missing_twice_is_no_pair() -> None:
    found = report(Told(OPEN), Told(OPEN, MORE), Told(OPEN)).readings
    assert found is not None
    # asking: level 2, 3, 2; pricing has none, since nothing called for one of its behaviours and no sound was measured
    assert [(row.id, *counts(row)) for row in found.levels] == [("asking", 2, 3, 1), ("pricing", 0, 0, 0)]


def test_the_plainest_quote_decides_whether_the_quote_is_another() -> None:
    weak = OPEN.model_copy(update={"strength": 0.4})
    elsewhere = claim("open_question", "t0003", "Tell me more about that week", strength=0.9)
    found = report(Told(OPEN), Told(weak, elsewhere)).readings
    assert found is not None
    assert counts(found.quotes) == (1, 1, 1)
    alike = report(Told(OPEN), Told(weak)).readings
    assert alike is not None
    assert counts(alike.quotes) == (0, 1, 1)


def test_a_rate_says_nothing_of_its_bounds_with_few_calls_and_bounds_it_with_more() -> None:
    few = report(Told(OPEN), Told(), calls=named(4)).readings
    many = report(Told(OPEN), Told(OPEN, MORE), calls=named(5)).readings
    assert few is not None
    assert many is not None
    assert (few.overall.low, few.overall.high) == (None, None)
    # Of each call one of two pairs flips, so every resample has exactly one half.
    assert (many.overall.rate, many.overall.low, many.overall.high) == (0.5, 0.5, 0.5)


def test_no_flip_in_five_calls_is_no_proof_of_none() -> None:
    found = report(Told(OPEN), Told(OPEN), calls=named(5)).readings
    assert found is not None
    # Clopper and Pearson for 0 of 5: 1 - 0.025 ** (1 / 5) = 1 - 0.47818
    assert found.overall.rate == 0
    assert found.overall.low == 0
    assert found.overall.high == pytest.approx(0.52182, abs=1e-5)


def test_a_call_that_cannot_be_read_counts_in_nothing_and_is_named() -> None:
    failing = StageError("observe", "a context too small", hint="more")
    found = report(Told(failing=failing), Told(OPEN))
    assert [(each.call, each.reason) for each in found.not_read] == [("call-1", "observe: a context too small")]
    assert (found.n_calls, of(found, "open_question")) == (0, (0, 0, 0))


def test_what_ends_a_night_ends_this_too() -> None:
    with pytest.raises(BudgetError):
        report(Told(OPEN), Told(failing=BudgetError("spent", hint="more")))


def test_the_report_names_reader_and_rubric() -> None:
    found = report(Told(OPEN), Told(OPEN), Told(OPEN))
    assert (found.reader, found.rubric, found.rubric_version, found.k, found.at) == ("told", "test_rubric", 1, 3, AT)
    assert found.rubric_reads == reading_hash(RUBRIC)
    assert found.transcripts is None


def test_progress_counts_every_reading() -> None:
    told: list[tuple[str, int, int]] = []
    plan = Plan(rubric=RUBRIC, reader=lambda _: Told(OPEN), k=2, changes=True)
    repeat(plan, named(2), at=AT, advance=lambda what, done, of: told.append((what, done, of)))
    assert [step for step in told if step[0] == READING] == [(READING, n, 4) for n in (1, 2, 3, 4)]
    assert [step for step in told if step[0] == CHANGING] == [(CHANGING, n, 2) for n in (1, 2)]


class ByMarks(Told):
    """Claims every place that ends in a question mark, as a reader does that leans on punctuation."""

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """See `Reader`."""
        places = [place for opening in openings if opening.behaviour == "open_question" for place in opening.places]
        said = [(place, place.text(conversation)) for place in places]
        return Reading(claims=tuple(claim("open_question", p.turn_id, text) for p, text in said if text.endswith("?")))


class TestChangedTranscripts:
    def changed(self, reader: Callable[[int], Told], *, k: int = 1) -> Repeatability:
        return repeat(Plan(rubric=RUBRIC, reader=reader, k=k, changes=True), [CALL], at=AT)

    def test_a_reader_that_is_alike_by_construction_has_flips_under_changes_alone(self) -> None:
        found = self.changed(lambda _: ByMarks())
        assert found.readings is None
        assert found.transcripts is not None
        by_change = {row.id: row.flips for row in found.transcripts.changes}
        assert by_change["unpunctuated"] == 1
        rows = {row.id: row for row in found.transcripts.behaviours}
        assert rows["open_question"].flips >= 1
        assert rows["asks_more"].flips == 0

    def test_each_change_is_paired_with_the_call_as_it_is_and_never_with_another_change(self) -> None:
        found = self.changed(lambda _: ByMarks())
        assert found.transcripts is not None
        rows = {row.id: row for row in found.transcripts.behaviours}
        assert rows["asks_more"].pairs == len(found.transcripts.changes)

    def test_the_two_kinds_are_counted_apart(self) -> None:
        found = self.changed(lambda number: (ByMarks(), Told())[number], k=2)
        assert of(found, "open_question") == (1, 1, 1)
        assert found.transcripts is not None
        alone = self.changed(lambda _: ByMarks()).transcripts
        assert found.transcripts == alone

    def test_a_quote_in_a_part_of_its_turn_is_in_the_same_turn(self) -> None:
        long = make_conversation(
            *["rep: So we do it. What would you change first, if you could?", "customer: Yes."] * 9
        )
        found = repeat(Plan(rubric=RUBRIC, reader=lambda _: ByMarks(), k=1, changes=True), [long], at=AT).transcripts
        assert found is not None
        assert found.quotes.pairs >= 1
        assert found.quotes.flips == 0


STATES: tuple[VerdictState, ...] = ("shown", "not_shown", "no_opportunity", "unread")
NAMES = ["open_question", "asks_more", "asks_behind"]


@st.composite
def seens(draw: st.DrawFn) -> Seen:
    return Seen(
        states={name: draw(st.sampled_from(STATES)) for name in NAMES},
        levels={name: draw(st.sampled_from([None, 1, 2])) for name in ("asking", "pricing")},
        leading={name: draw(st.sampled_from(["t0001", "t0002"])) for name in draw(st.sets(st.sampled_from(NAMES)))},
        asked=frozenset(draw(st.sets(st.sampled_from(NAMES)))),
    )


@st.composite
def pairs(draw: st.DrawFn) -> list[Pair]:
    calls = st.sampled_from(["a", "b", "c"])
    return [Pair(draw(calls), draw(seens()), draw(seens())) for _ in range(draw(st.integers(0, 6)))]


@settings(max_examples=40)
@given(pairs())
def test_behaviours_add_up_to_all_and_the_order_of_two_readings_does_not_matter(found: list[Pair]) -> None:
    counted = stability(found, RUBRIC)
    assert counted.overall.flips == sum(row.flips for row in counted.behaviours)
    assert counted.overall.pairs == sum(row.pairs for row in counted.behaviours)
    assert stability([Pair(pair.call, pair.second, pair.first) for pair in found], RUBRIC) == counted


@settings(max_examples=40)
@given(seens(), st.integers(1, 4))
def test_a_reading_never_differs_from_itself(one: Seen, n: int) -> None:
    counted = stability([Pair("a", one, one)] * n, RUBRIC)
    assert counted.overall.flips == 0
    assert [row.flips for row in counted.levels] == [0, 0]
    assert counted.quotes.flips == 0
