"""Verdicts say what the call shows, and why nothing can be said where that is so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.domain.assessment import Assessment, Claim, Unread, Verdict
from pipeline.domain.metrics import CallMetrics, MetricName
from pipeline.domain.rubric import MeasureRule, Opportunity, Part, Polarity, Rubric
from pipeline.domain.speech import Conversation
from pipeline.stages.score import assess
from pipeline.stages.verify import verify
from tests.coaching_values import (
    claim,
    make_behaviour,
    make_capability,
    make_conversation,
    make_metrics,
    make_rubric,
)

PRICE = Opportunity(phrases=("too expensive",), within_turns=1)
RUBRIC = make_rubric(
    make_capability(
        "asking",
        make_behaviour("open_question"),
        make_behaviour("asks_behind_objection", opportunity=PRICE),
        make_behaviour("interrogates", polarity=Polarity.INEFFECTIVE),
    ),
    make_capability(
        "balance",
        make_behaviour("listens_more", measure=MeasureRule(name="rep_talk_ratio", low=0.3, high=0.5)),
        make_behaviour("names_next_step", part=Part.CLOSING),
    ),
)
CALL = make_conversation(
    "rep: What brings you here today?",
    "customer: We pay for seats. It is too expensive.",
    "rep: I will send you a quote.",
    "customer: Fine by me.",
    "rep: Thank you for your time.",
)


def judge(
    *claims: Claim,
    call: Conversation = CALL,
    rubric: Rubric = RUBRIC,
    metrics: CallMetrics | None = None,
    unread: tuple[Unread, ...] = (),
) -> Assessment:
    found = verify(claims=claims, conversation=call, rubric=rubric)
    assert not found.rejected
    return assess(
        conversation=call,
        rubric=rubric,
        metrics=metrics or make_metrics({"rep_talk_ratio": 0.4}),
        observations=found.observations,
        unread=unread,
    )


ASKED = claim("open_question", "t0001", "What brings you here")
EXPLORED = claim("asks_behind_objection", "t0003", "send you a quote")


def test_every_behaviour_has_one_verdict_and_every_capability_one_score() -> None:
    assessment = judge()
    assert [v.behaviour for v in assessment.verdicts] == [b.id for b in RUBRIC.behaviours]
    assert [s.capability for s in assessment.scores] == ["asking", "balance"]


def test_behaviour_with_an_observation_is_shown() -> None:
    verdict = judge(ASKED).verdict("open_question")
    assert (verdict.state, verdict.observation_ids) == ("shown", ("o001",))


def test_behaviour_not_shown_names_the_turns_it_was_looked_for_in() -> None:
    verdict = judge().verdict("open_question")
    assert (verdict.state, verdict.looked_in) == ("not_shown", ("t0001", "t0003", "t0005"))


def test_opportunity_not_followed_by_the_behaviour_is_a_missed_moment() -> None:
    verdict = judge().verdict("asks_behind_objection")
    assert verdict.state == "not_shown"
    assert [m.text for m in verdict.missed] == ["It is too expensive."]
    assert verdict.missed[0].role == "customer"


def test_opportunity_that_was_taken_is_not_missed() -> None:
    verdict = judge(EXPLORED).verdict("asks_behind_objection")
    assert (verdict.state, verdict.missed) == ("shown", ())


def test_behaviour_shown_elsewhere_keeps_its_missed_moment() -> None:
    late = claim("asks_behind_objection", "t0005", "thank you for your time")
    verdict = judge(late).verdict("asks_behind_objection")
    assert (verdict.state, len(verdict.missed)) == ("shown", 1)


def test_without_its_phrase_a_behaviour_has_no_opportunity() -> None:
    call = make_conversation("rep: What brings you here?", "customer: Seats.", "rep: Fine then, good bye.")
    verdict = judge(call=call).verdict("asks_behind_objection")
    assert (verdict.state, verdict.reason) == ("no_opportunity", "nothing in this call called for it")


def test_evidence_counts_even_without_the_phrase() -> None:
    call = make_conversation("rep: What is behind that concern?", "customer: Cost.", "rep: Thanks a lot.")
    shown = judge(claim("asks_behind_objection", "t0001", "what is behind that"), call=call)
    assert shown.verdict("asks_behind_objection").state == "shown"


def test_rep_silent_in_the_closing_had_no_opportunity_there() -> None:
    # 200 words of the customer at the end are 100 s; the closing is the last 60 s
    call = make_conversation("rep: What brings you here today?", "customer: " + "word " * 200)
    verdict = judge(call=call).verdict("names_next_step")
    assert (verdict.state, verdict.reason) == ("no_opportunity", "the rep does not speak in the closing of the call")


def test_behaviour_the_reader_failed_on_is_unread_with_its_reason() -> None:
    verdict = judge(unread=(Unread(behaviour="open_question", reason="the model gave no answer"),)).verdict(
        "open_question"
    )
    assert (verdict.state, verdict.reason, verdict.looked_in) == ("unread", "the model gave no answer", ())


def test_verified_words_stand_even_where_a_reader_failed() -> None:
    failed = (Unread(behaviour="open_question", reason="stopped half-way"),)
    assert judge(ASKED, unread=failed).verdict("open_question").state == "shown"


def test_call_without_known_roles_is_unread_and_unscored() -> None:
    call = make_conversation("unknown: What brings you here today?", "unknown: Too expensive.")
    assessment = judge(call=call)
    read = [v for v in assessment.verdicts if v.behaviour != "listens_more"]
    assert {v.state for v in read} == {"unread"}
    assert read[0].reason == "no turn of this call is known to be by the rep"
    assert [s.level for s in assessment.scores] == [None, None]


def test_opportunity_from_somebody_unknown_is_unread() -> None:
    call = make_conversation("rep: What brings you here today?", "unknown: It is too expensive.", "rep: I see that.")
    verdict = judge(call=call).verdict("asks_behind_objection")
    assert (verdict.state, verdict.reason) == (
        "unread",
        "what calls for it comes from the customer, and it is not known who that is",
    )


def test_rep_alone_on_a_voicemail_had_no_opportunity() -> None:
    call = make_conversation("rep: Please call me back about the quote.")
    assert judge(call=call).verdict("asks_behind_objection").state == "no_opportunity"


@pytest.mark.parametrize(("value", "state"), [(0.29, "not_shown"), (0.3, "shown"), (0.5, "shown"), (0.51, "not_shown")])
def test_measure_decides_between_its_bounds_both_included(value: float, state: str) -> None:
    verdict = judge(metrics=make_metrics({"rep_talk_ratio": value})).verdict("listens_more")
    assert (verdict.state, verdict.measured) == (state, value)


def test_unavailable_measure_leaves_its_behaviour_unread() -> None:
    verdict = judge(metrics=make_metrics({"rep_talk_ratio": None})).verdict("listens_more")
    assert (verdict.state, verdict.measured, verdict.reason) == ("unread", None, "rep_talk_ratio: no sound")


def test_measure_that_was_never_computed_leaves_its_behaviour_unread() -> None:
    metrics = make_metrics({"patience_s": 1.0})
    assert judge(metrics=metrics).verdict("listens_more").reason == "rep_talk_ratio: was not computed"


@pytest.mark.parametrize(("low", "high", "state"), [(None, 0.4, "shown"), (0.41, None, "not_shown")])
def test_measure_may_be_bounded_on_one_side(low: float | None, high: float | None, state: str) -> None:
    rule = MeasureRule(name="rep_talk_ratio", low=low, high=high)
    rubric = make_rubric(make_capability("one", make_behaviour("measured", measure=rule), make_behaviour("read")))
    assert judge(rubric=rubric).verdict("measured").state == state


def test_ineffective_behaviour_misses_nothing() -> None:
    rubric = make_rubric(
        make_capability(
            "asking",
            make_behaviour("gives_discount", polarity=Polarity.INEFFECTIVE, opportunity=PRICE),
            make_behaviour("open_question"),
        )
    )
    verdict = judge(rubric=rubric).verdict("gives_discount")
    assert (verdict.state, verdict.missed) == ("not_shown", ())


def test_level_counts_the_effective_behaviours_shown() -> None:
    # the ladder of `asking`: level 2 needs one of its two effective behaviours, level 3 both
    assert judge().score("asking").level == 1
    assert judge(ASKED).score("asking").level == 2
    both = judge(ASKED, EXPLORED).score("asking")
    assert (both.level, both.of, both.anchor, both.observation_ids) == (3, 3, "Level 3 of it", ("o001", "o002"))


def test_score_cites_ineffective_observations_too() -> None:
    assert judge(claim("interrogates", "t0001", "what brings you here")).score("asking").observation_ids == ("o001",)


def test_score_without_a_level_says_why() -> None:
    failed = (Unread(behaviour="open_question", reason="no answer"),)
    score = judge(unread=failed).score("asking")
    assert (score.level, score.anchor) == (None, None)
    assert score.unscored == "1 of 3 behaviours could not be judged, and the level depends on them"


def test_behaviour_without_opportunity_does_not_count_against_the_rep() -> None:
    call = make_conversation("rep: What brings you here?", "customer: Seats.", "rep: Fine then, good bye.")
    # of two effective behaviours only one had an opportunity and it was shown: the top level
    assert judge(ASKED, call=call).score("asking").level == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "unread"},
        {"state": "shown"},
        {"state": "not_shown", "reason": "because"},
        {"state": "not_shown", "observation_ids": ("o001",)},
        {"state": "unread", "reason": "failed", "measured": 0.4},
    ],
)
def test_verdict_that_contradicts_itself_cannot_be_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Verdict.model_validate({"capability": "asking", "behaviour": "open_question", **wrong})


TURNS = st.lists(
    st.sampled_from(
        [
            "rep: What brings you here today?",
            "rep: Tell me more about the seats.",
            "customer: It is too expensive.",
            "customer: We use two tools.",
            "unknown: Some words were spoken.",
            "other: I only take notes.",
        ]
    ),
    min_size=1,
    max_size=8,
)


@given(TURNS, st.sets(st.integers(0, 7)), st.sampled_from([None, 0.0, 0.4, 1.0]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_whatever_the_call_every_level_is_founded_and_every_absence_has_a_reason(
    lines: list[str], claimed: set[int], ratio: float | None, failed: bool
) -> None:
    call = make_conversation(*lines)
    quotes = [
        claim(name, turn.id, turn.text)
        for i, turn in enumerate(call.turns)
        if i in claimed and turn.role == "rep"
        for name in ("open_question", "interrogates")
    ]
    values: dict[MetricName, float | None] = {"rep_talk_ratio": ratio}
    unread = (Unread(behaviour="names_next_step", reason="no answer"),) if failed else ()
    assessment = judge(*quotes, call=call, metrics=make_metrics(values), unread=unread)
    for score in assessment.scores:
        states = {v.state for v in assessment.verdicts if v.capability == score.capability}
        assert (score.level is None) == bool(score.unscored)
        assert score.level is None or states & {"shown", "not_shown"}
    for verdict in assessment.verdicts:
        assert bool(verdict.reason) == (verdict.state in ("unread", "no_opportunity"))
        assert all(m.text == m.quote.text(call) for m in verdict.missed)
