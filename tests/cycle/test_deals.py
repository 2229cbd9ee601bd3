"""The gaps of a closing call beside the same deal's discovery calls: which calls, which behaviours, no cause."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.deal_links import DealLinks, load_links, shipped_links
from pipeline.cycle.deals import (
    DealCall,
    DealGaps,
    deal_gaps,
    discoveries_before,
    gaps_of,
    in_order,
    is_closing,
)
from pipeline.domain.assessment import VerdictState
from pipeline.domain.cycle.past_calls import Level, PastCall
from pipeline.errors import RubricError
from pipeline.rubrics import find_rubric

AT = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)
DISCOVERY, CLOSING = find_rubric("discovery").rubric, find_rubric("closing").rubric
RUBRICS = {(r.id, r.version): r for r in (DISCOVERY, CLOSING)}


def call(
    name: str,
    stage: str = "discovery",
    *,
    at: datetime = AT,
    deal: str | None = "Heron 2026",
    mode: str = "live",
    rep: str = "Anna",
    verdicts: dict[str, VerdictState] | None = None,
    levels: dict[str, Level] | None = None,
    improvement: str | None = None,
) -> DealCall:
    rubric = CLOSING if stage == "closing" else DISCOVERY
    past = PastCall(
        call=name,
        at=at,
        mode=mode,
        stage=stage,
        customer="Heron",
        deal=deal,
        rubric=rubric.id,
        rubric_version=rubric.version,
        duration=60.0,
        levels=levels or {},
        verdicts=verdicts or {},
        improvement=improvement,
    )
    return DealCall(past=past, rep=rep)


def closing(**fields: object) -> DealCall:
    return call("close-1", "closing", **fields)  # type: ignore[arg-type]


def gaps(closing: DealCall, *others: DealCall) -> DealGaps:
    found = deal_gaps(closing.past, (closing, *others), RUBRICS, shipped_links())
    assert found is not None
    return found


def before(closing: DealCall, *others: DealCall) -> list[str]:
    return [c.past.call for c in discoveries_before(closing.past, others)]


def test_the_cost_of_waiting_is_missing_in_closing_and_was_not_asked_in_discovery_either() -> None:
    found = gaps(
        closing(verdicts={"delay_cost_asked": "not_shown"}),
        call("disc-1", at=AT - timedelta(days=9), verdicts={"waiting_asked": "not_shown"}),
    )
    (gap,) = found.gaps
    assert (gap.gap.behaviour, gap.gap.capability, gap.standing) == ("delay_cost_asked", "urgency", "also")
    assert [(e.call, e.behaviour, e.state, e.gap) for e in gap.earlier] == [
        ("disc-1", "waiting_asked", "not_shown", True)
    ]


def test_what_was_asked_in_discovery_is_told_as_found() -> None:
    found = gaps(
        closing(verdicts={"delay_cost_asked": "not_shown"}),
        call("disc-1", at=AT - timedelta(days=9), verdicts={"waiting_asked": "shown"}),
    )
    assert found.gaps[0].standing == "not_there"


def test_of_two_discovery_calls_one_may_have_what_the_other_has_not() -> None:
    found = gaps(
        closing(verdicts={"delay_cost_asked": "not_shown"}),
        call("disc-2", at=AT - timedelta(days=2), verdicts={"waiting_asked": "shown"}),
        call("disc-1", at=AT - timedelta(days=9), verdicts={"waiting_asked": "not_shown"}),
    )
    assert found.earlier == ("disc-1", "disc-2")
    assert (found.gaps[0].standing, [e.call for e in found.gaps[0].earlier]) == ("partly", ["disc-1", "disc-2"])


def test_a_behaviour_without_occasion_in_discovery_says_nothing_either_way() -> None:
    found = gaps(
        closing(verdicts={"concern_explored": "not_shown"}),
        call("disc-1", at=AT - timedelta(days=9), verdicts={"concern_explored": "no_opportunity"}),
    )
    assert found.gaps[0].standing == "nothing"


def test_an_ineffective_behaviour_is_a_gap_where_it_was_found() -> None:
    found = gaps(
        closing(verdicts={"vague_close": "shown", "step_proposed": "shown"}),
        call("disc-1", at=AT - timedelta(days=9), verdicts={"vague_close": "shown"}),
    )
    assert [(g.gap.behaviour, g.standing) for g in found.gaps] == [("vague_close", "also")]


def test_a_gap_of_a_capability_at_its_highest_level_is_none_unless_it_is_proposed() -> None:
    best = {"urgency": Level(level=4, of=4)}
    verdicts: dict[str, VerdictState] = {"delay_cost_asked": "not_shown", "counted_back": "not_shown"}
    assert gaps_of(closing(verdicts=verdicts, levels=best).past, CLOSING) == ()
    (gap,) = gaps_of(closing(verdicts=verdicts, levels=best, improvement="counted_back").past, CLOSING)
    assert (gap.behaviour, gap.improvement) == ("counted_back", True)


def test_unread_behaviours_are_no_gaps() -> None:
    assert (
        gaps_of(closing(verdicts={"delay_cost_asked": "unread", "signer_asked": "no_opportunity"}).past, CLOSING) == ()
    )


def test_the_proposed_change_comes_first_then_what_was_missing_in_discovery_too() -> None:
    found = gaps(
        closing(
            verdicts={"signer_asked": "not_shown", "delay_cost_asked": "not_shown", "date_proposed": "not_shown"},
            improvement="date_proposed",
        ),
        call("disc-1", at=AT - timedelta(days=9), verdicts={"people_asked": "shown", "waiting_asked": "not_shown"}),
    )
    assert [g.gap.behaviour for g in found.gaps] == ["date_proposed", "delay_cost_asked", "signer_asked"]


def test_gaps_of_discovery_that_nothing_in_closing_stands_beside_are_told_apart() -> None:
    found = gaps(
        closing(verdicts={"delay_cost_asked": "not_shown"}),
        call("disc-1", at=AT - timedelta(days=9), verdicts={"waiting_asked": "not_shown", "tried_asked": "not_shown"}),
    )
    assert [(r.call, [g.behaviour for g in r.gaps]) for r in found.rest] == [("disc-1", ["tried_asked"])]


def test_ties_of_a_deal_by_its_name_without_case_and_white_space_whoever_took_the_call() -> None:
    early = AT - timedelta(days=9)
    assert before(
        closing(deal="Heron 2026"),
        call("disc-1", at=early, deal=" heron  2026 ", rep="Bert"),
        call("disc-2", at=early, deal="Heron 2027"),
        call("disc-3", at=early, deal=None),
        call("disc-4", at=early, deal="HERON 2026"),
    ) == ["disc-1", "disc-4"]


def test_calls_without_a_deal_are_of_no_deal_together() -> None:
    assert before(closing(deal="  "), call("disc-1", at=AT - timedelta(days=1), deal="")) == []
    assert not is_closing(closing(deal="  ").past)


def test_of_one_moment_the_smaller_id_is_the_earlier_call() -> None:
    # close-1 is at AT: "a..." and "close-0" come before it, "close-2" and "disc" after.
    same = [call(name, at=AT) for name in ("disc-1", "close-2", "close-0", "a-call")]
    assert before(closing(), *same) == ["a-call", "close-0"]
    assert before(closing(), call("zzzz", at=AT - timedelta(microseconds=1))) == ["zzzz"]


def test_practice_other_stages_and_later_calls_do_not_count() -> None:
    early = AT - timedelta(days=9)
    assert before(
        closing(),
        call("disc-1", at=early, mode="simulated"),
        call("disc-2", "demo", at=early),
        call("disc-3", at=AT + timedelta(days=1)),
        call("disc-4", at=early, mode="recorded"),
    ) == ["disc-4"]


def test_only_a_closing_call_with_a_customer_has_such_gaps() -> None:
    others = (call("disc-1", at=AT - timedelta(days=9)),)
    for other in (call("demo-1", "demo"), closing(mode="simulated"), closing(deal=None)):
        assert deal_gaps(other.past, (other, *others), RUBRICS, shipped_links()) is None


def test_a_call_of_a_rubric_that_is_not_at_hand_has_no_gaps_to_tell() -> None:
    found = deal_gaps(
        closing(verdicts={"delay_cost_asked": "not_shown"}).past,
        (call("d", at=AT - timedelta(1)),),
        {},
        shipped_links(),
    )
    assert found is not None
    assert (found.gaps, found.earlier) == ((), ("d",))


def test_every_shipped_link_names_behaviours_that_the_shipped_rubrics_have() -> None:
    links = shipped_links()
    ours, theirs = ({b.id for b in r.behaviours} for r in (CLOSING, DISCOVERY))
    assert (links.closing, links.earlier) == (CLOSING.id, DISCOVERY.id)
    assert set(links.beside) <= ours
    assert {name for names in links.beside.values() for name in names} <= theirs


def test_a_teams_own_rubric_is_linked_by_equal_ids_alone() -> None:
    links = DealLinks(closing="closing", earlier="discovery", beside={"delay_cost_asked": ("waiting_asked",)})
    assert links.of("delay_cost_asked", closing="closing", earlier="discovery") == ("delay_cost_asked", "waiting_asked")
    assert links.of("delay_cost_asked", closing="our_closing", earlier="discovery") == ("delay_cost_asked",)


@pytest.mark.parametrize(
    "text", ["closing: closing\nearlier: discovery\n", "closing: Closing\nearlier: d\nbeside: {}\n", "[]"]
)
def test_a_file_of_links_that_is_off_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "links.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RubricError):
        load_links(path)


names = st.text("abcz0", min_size=1, max_size=3)
deal_calls = st.lists(
    st.builds(
        lambda name, minutes, stage, deal: call(name, stage, at=AT + timedelta(minutes=minutes), deal=deal),
        names,
        st.integers(-2, 2),
        st.sampled_from(["discovery", "closing", "demo"]),
        st.sampled_from(["Heron", "heron ", "Kite", None]),
    ),
    max_size=10,
    unique_by=lambda c: c.past.call,
)


@given(deal_calls, st.randoms(use_true_random=False))
def test_the_order_in_which_calls_are_given_changes_nothing(found: list[DealCall], dice: random.Random) -> None:
    mixed = list(found)
    dice.shuffle(mixed)
    assert in_order(mixed) == in_order(found)
    for each in found:
        assert discoveries_before(each.past, mixed) == discoveries_before(each.past, found)


@given(deal_calls)
def test_no_two_calls_are_each_before_the_other_and_none_is_before_itself(found: list[DealCall]) -> None:
    earlier = {c.past.call: {e.past.call for e in discoveries_before(c.past, found)} for c in found}
    for one in found:
        assert one.past.call not in earlier[one.past.call]
        assert all(one.past.call not in earlier[other] for other in earlier[one.past.call])
