"""The draft leads with the positive, names one thing to change, and every sentence rests on the call or the rubric."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.assessment import Claim, Unread
from pipeline.domain.coaching import Draft
from pipeline.domain.draft_lint import lint_draft, lint_rubric
from pipeline.domain.evidence import Evidence
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.rubric import LoadedRubric, MeasureRule, Opportunity, Part, Polarity, Rubric
from pipeline.domain.speech import Conversation
from pipeline.domain.stability import listed
from pipeline.errors import StageError
from pipeline.rubrics import shipped_rubrics
from pipeline.stages.draft import draft, working_day
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

FRIDAY = date(2026, 11, 20)
PRICE = Opportunity(phrases=("too expensive",), within_turns=1)
RUBRIC = make_rubric(
    make_capability("asking", make_behaviour("open_question"), make_behaviour("asks_more"), weight=3),
    make_capability(
        "pricing",
        make_behaviour("asks_behind", opportunity=PRICE),
        make_behaviour("gives_discount", polarity=Polarity.INEFFECTIVE),
        weight=5,
    ),
    make_capability(
        "balance",
        make_behaviour("listens", measure=MeasureRule(name="rep_talk_ratio", low=0.3, high=0.5)),
        make_behaviour("names_date", part=Part.CLOSING),
        weight=1,
    ),
)
FILLER = "rep: " + "We look at the plan and the team and the numbers together now. " * 4
CALL = make_conversation(
    "rep: What brings you here today, Ms Silva?",  # 7 words, from 0 s
    "customer: Seats. It is too expensive, you know.",  # 7 words, from 3.5 s; the second sentence starts at 4 s
    "rep: I can give you ten percent off.",  # 7 words, from 7 s
    "customer: Okay, send it over.",  # 4 words, from 10.5 s
    FILLER,  # 4 x 13 words, from 12.5 s to 38.5 s
)
METRICS = make_metrics(
    {"rep_talk_ratio": 0.58, "rep_questions": 7, "rep_open_questions": 3, "longest_rep_monologue_s": 24}
)
ASKED = claim("open_question", "t0001", "What brings you here today")
DISCOUNT = claim("gives_discount", "t0003", "I can give you ten percent off")


def make(
    *claims: Claim,
    call: Conversation = CALL,
    rubric: Rubric = RUBRIC,
    metrics: CallMetrics = METRICS,
    unread: tuple[Unread, ...] = (),
    today: date = FRIDAY,
    focus: str | None = None,
    withheld: tuple[str, ...] = (),
) -> tuple[Draft, Evidence]:
    verification = verify(claims=claims, conversation=call, rubric=rubric)
    assert not verification.rejected
    observations = verification.observations
    assessment = assess(conversation=call, rubric=rubric, metrics=metrics, observations=observations, unread=unread)
    made = draft(
        conversation=call,
        rubric=rubric,
        metrics=metrics,
        observations=observations,
        assessment=assessment,
        today=today,
        focus=focus,
        withheld=listed(withheld),
    )
    evidence = Evidence(
        conversation=call, rubric=rubric, metrics=metrics, observations=observations, assessment=assessment
    )
    return made, evidence


def paragraphs(made: Draft) -> list[str]:
    return made.text.split("\n\n")


def test_first_paragraph_is_the_positive_with_its_quote() -> None:
    made, _ = make(ASKED)
    assert paragraphs(made)[0] == (
        "That is the behaviour the rubric calls open_question. At 00:00 you said: “What brings you here today,”."
    )
    assert made.strength is not None
    assert (made.strength.observation_id, made.strength.text) == ("o001", paragraphs(made)[0])


def test_second_paragraph_is_facts() -> None:
    made, _ = make(ASKED)
    assert paragraphs(made)[1] == (
        "You spoke for 58% of the talking time. You asked 7 questions, 3 of them open. "
        "The longest stretch in which you spoke lasted 24 s."
    )


def test_improvement_is_the_missed_moment_what_the_rubric_says_of_it_and_a_question() -> None:
    made, _ = make(ASKED)
    assert paragraphs(made)[2] == (
        "At 00:04 the customer said: “It is too expensive, you know.” "
        "The behaviour the rubric calls asks_behind is what this is about. What did you hear there?"
    )
    assert made.improvement is not None
    assert made.improvement.behaviour == "asks_behind"
    assert made.improvement.missed is not None
    assert made.improvement.missed.quote.turn_id == "t0002"
    assert made.improvement.observation_ids == ()


def test_ineffective_behaviour_is_quoted() -> None:
    taken = claim("asks_behind", "t0003", "ten percent off")
    made, _ = make(ASKED, taken, DISCOUNT.model_copy(update={"quote": "I can give you"}))
    assert made.improvement is not None
    assert made.improvement.behaviour == "gives_discount"
    assert paragraphs(made)[2].startswith("At 00:07 you said: “I can give you”. The behaviour the rubric calls")


def test_weak_claim_of_an_ineffective_behaviour_is_left_to_the_scorecard() -> None:
    taken = claim("asks_behind", "t0003", "ten percent off")
    weak = claim("gives_discount", "t0003", "I can give you", strength=0.44)
    made, evidence = make(ASKED, taken, weak)
    assert evidence.assessment.verdict("gives_discount").state == "shown"
    assert made.improvement is not None
    assert made.improvement.behaviour == "listens"
    assert "I can give you" not in made.text


def test_behaviour_not_found_tells_where_it_was_looked_for() -> None:
    rubric = make_rubric(make_capability("asking", make_behaviour("open_question"), make_behaviour("asks_more")))
    made, _ = make(ASKED, rubric=rubric)
    assert "It was looked for in 3 turns of yours, from 00:00 to 00:38." in paragraphs(made)[2]


def test_behaviour_of_a_part_tells_which_part() -> None:
    rubric = make_rubric(
        make_capability("ending", make_behaviour("names_date", part=Part.CLOSING), make_behaviour("open_question"))
    )
    made, _ = make(ASKED, rubric=rubric)
    assert "one turn of yours in the closing of the call, from 00:12 to 00:38" in paragraphs(made)[2]


def test_behaviour_decided_by_a_measure_tells_value_and_range() -> None:
    balance = make_capability(
        "balance",
        make_behaviour("listens", measure=MeasureRule(name="rep_talk_ratio", low=0.3, high=0.5)),
        make_behaviour("open_question"),
    )
    made, _ = make(ASKED, rubric=make_rubric(balance))
    assert "Measured: 58%; the rubric looks for 30% to 50%." in paragraphs(made)[2]
    assert made.improvement is not None
    assert made.improvement.measured == 0.58


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (MeasureRule(name="longest_rep_monologue_s", high=20), "Measured: 24 s; the rubric looks for at most 20 s."),
        (MeasureRule(name="rep_questions", low=9), "Measured: 7; the rubric looks for at least 9."),
    ],
)
def test_range_open_on_one_side_is_told_as_such(rule: MeasureRule, text: str) -> None:
    rubric = make_rubric(
        make_capability("one", make_behaviour("measured", measure=rule), make_behaviour("open_question"))
    )
    assert text in make(ASKED, rubric=rubric)[0].text


def test_exactly_three_questions_the_rubrics_first() -> None:
    made, _ = make(ASKED)
    assert made.questions == (
        "What would you ask next?",
        "What would you try in the next call?",
        "What did you notice when you listened to this call?",
    )
    assert made.improvement is not None
    assert made.improvement.text.endswith("What did you hear there?")


def test_missing_questions_are_filled_up_with_open_ones() -> None:
    asking = make_behaviour("asks_more")
    short = asking.model_copy(
        update={"coaching": asking.coaching.model_copy(update={"questions": ("What did you hear there?",)})}
    )
    made, _ = make(ASKED, rubric=make_rubric(make_capability("asking", short, make_behaviour("open_question"))))
    assert "What did you hear there?" not in made.questions
    assert len(set(made.questions)) == 3


def test_every_step_says_who_and_by_when_and_none_falls_on_a_weekend() -> None:
    made, _ = make(ASKED)
    # from Friday 20: 7 x 1/3 is 2 days, a Sunday, so Monday 23; 7 x 2/3 is 4 days, Tuesday 24; 7 days, Friday 27
    assert [(step.who, step.by) for step in made.activity] == [
        ("rep", date(2026, 11, 23)),
        ("both", date(2026, 11, 24)),
        ("rep", date(2026, 11, 27)),
    ]
    assert "Step 1 (you, by Monday, 23 November 2026): Write down two sentences of your own." in paragraphs(made)[3]
    assert "Step 2 (both of us, by Tuesday, 24 November 2026)" in paragraphs(made)[3]


def test_follow_up_is_a_week_later() -> None:
    made, _ = make(ASKED)
    assert made.follow_up == date(2026, 11, 27)
    assert paragraphs(made)[4] == "We look at this again on Friday, 27 November 2026."


@pytest.mark.parametrize(
    ("today", "follow_up"), [(21, date(2026, 11, 30)), (22, date(2026, 11, 30)), (23, date(2026, 11, 30))]
)
def test_follow_up_is_never_on_a_weekend(today: int, follow_up: date) -> None:
    made, _ = make(ASKED, today=date(2026, 11, today))  # Saturday, Sunday, Monday
    assert made.follow_up == follow_up


def test_working_day_moves_weekends_to_monday_only() -> None:
    week = [date(2026, 11, 16) + timedelta(days=i) for i in range(7)]
    assert [working_day(when) for when in week] == [*week[:5], date(2026, 11, 23), date(2026, 11, 23)]


def test_practice_card_carries_the_customers_own_line() -> None:
    made, _ = make(ASKED)
    assert made.practice == (
        "At 00:04 the customer said: “It is too expensive, you know.” Play this moment with a colleague, three times."
    )


def test_practice_card_without_a_missed_moment_is_the_rubrics() -> None:
    rubric = make_rubric(make_capability("asking", make_behaviour("open_question"), make_behaviour("asks_more")))
    assert make(ASKED, rubric=rubric)[0].practice == "Play this moment with a colleague, three times."


def test_ranking_is_kept_and_headed_by_the_improvement() -> None:
    made, _ = make(ASKED)
    assert made.improvement is not None
    assert made.ranking[0].behaviour == made.improvement.behaviour
    assert made.ranking[0].factors == made.improvement.reasons
    assert len(made.ranking) == 4  # asks_more, asks_behind, listens (58% is outside 30% to 50%) and names_date


def test_focus_moves_the_choice() -> None:
    # listens: 1/5 x 1 x 0.4 = 0.08; asks_more: 3/5 x 2/3 x (0.6 x 3 / 10) = 0.072; outside the focus listens has 0.04
    late = claim("asks_behind", "t0003", "ten percent off")
    without, _ = make(ASKED, late)
    focused, _ = make(ASKED, late, focus="asking")
    assert without.improvement is not None
    assert focused.improvement is not None
    assert (without.improvement.behaviour, focused.improvement.behaviour) == ("listens", "asks_more")


def test_call_without_the_reps_turns_gets_no_coaching_and_says_why() -> None:
    call = make_conversation("unknown: " + "word " * 60, "customer: It is too expensive.")
    made, _ = make(call=call)
    assert (made.strength, made.improvement, made.questions, made.activity) == (None, None, (), ())
    assert (made.practice, made.follow_up, made.ranking) == (None, None, ())
    reason = "No turn of this call is known to be by the rep; once the roles are set, there can be a draft."
    assert (made.absent, made.text) == ((reason,), reason)


def test_call_in_which_only_the_rep_speaks_gets_no_coaching() -> None:
    made, _ = make(call=make_conversation(FILLER, "customer: Mm-hm.", FILLER, backchannels=(2,)))
    assert made.absent == ("The turns of this call are all yours, which is no ground for coaching.",)
    assert (made.strength, made.improvement) == (None, None)


def test_short_call_gets_no_coaching_and_says_why() -> None:
    call = make_conversation("rep: What brings you here today?", "customer: It is too expensive.", "rep: Fine then.")
    made, _ = make(claim("open_question", "t0001", "What brings you here"), call=call)
    # 5 and 2 words
    assert made.absent == ("You speak 7 words in this call, which is no ground for coaching.",)
    assert made.improvement is None


def test_call_without_a_positive_quote_names_none_and_invents_none() -> None:
    made, _ = make()
    assert made.strength is None
    assert made.absent == ("No behaviour that the rubric calls effective was found in words that can be quoted.",)
    assert made.improvement is not None


def test_call_in_which_everything_was_shown_has_no_improvement() -> None:
    rubric = make_rubric(make_capability("asking", make_behaviour("open_question"), make_behaviour("asks_more")))
    made, _ = make(ASKED, claim("asks_more", "t0003", "give you ten percent"), rubric=rubric)
    assert made.improvement is None
    assert made.absent == ("Every behaviour that this call had room for was found, so nothing to change is named.",)


def test_unscored_capabilities_are_never_the_improvement() -> None:
    unread = tuple(Unread(behaviour=b.id, reason="no answer") for b in RUBRIC.behaviours)
    made, _ = make(unread=unread, metrics=make_metrics())
    assert made.improvement is None
    assert made.absent[0] == "No behaviour of the rubric was read on this call; the scorecard has the reasons."
    assert made.absent[-1] == "No capability of the rubric was scored on this call, so nothing to change is named."


def test_transcript_without_times_names_no_times() -> None:
    call = make_conversation(*(f"{t.role}: {t.text}" for t in CALL.turns), timed=False)
    made, _ = make(ASKED, call=call, metrics=make_metrics())
    assert made.strength is not None
    assert made.strength.text.endswith("You said: “What brings you here today,”.")
    assert re.search(r"\d\d:\d\d", made.text) is None
    assert "The call has 3 turns of yours and 2 of the customer's." in made.text


def test_rubric_text_that_is_not_neutral_stops_the_draft_by_name() -> None:
    asking = make_behaviour("asks_more")
    rude = asking.model_copy(update={"coaching": asking.coaching.model_copy(update={"gap": "You never listen."})})
    rubric = make_rubric(make_capability("asking", rude, make_behaviour("open_question")))
    with pytest.raises(StageError, match=r"You never listen\..*absolute.*never") as caught:
        make(ASKED, rubric=rubric)
    assert "test_rubric" in caught.value.hint


def test_quote_full_of_judgement_and_numbers_is_still_only_a_quote() -> None:
    call = make_conversation(
        "rep: Our great tool never fails and saves 4,000 dollars, “always”, what now?", "customer: Well.", FILLER
    )
    quote = claim("open_question", "t0001", "Our great tool never fails and saves 4000 dollars always")
    made, evidence = make(quote, call=call)
    assert "“Our great tool never fails and saves 4,000 dollars, “always”,”" in made.text
    assert lint_draft(made, evidence) == ()


@pytest.mark.parametrize("loaded", shipped_rubrics(), ids=lambda loaded: str(loaded.rubric.id))
def test_shipped_rubrics_put_nothing_into_a_draft_that_the_linter_refuses(loaded: LoadedRubric) -> None:
    assert [f"{f.rule}: {f.words} in {f.sentence}" for f in lint_rubric(loaded.rubric)] == []


WORDS = st.sampled_from(["what", "is", "too", "expensive.", "never", "great,", "40%", "“so”", "why?", "$4,000", "team"])
LINES = st.lists(
    st.tuples(st.sampled_from(["rep", "customer", "unknown"]), st.lists(WORDS, min_size=3, max_size=30).map(" ".join)),
    min_size=1,
    max_size=8,
)


@given(
    lines=LINES,
    claimed=st.lists(
        st.tuples(st.integers(0, 7), st.sampled_from(["open_question", "asks_behind", "gives_discount", "names_date"]))
    ),
    ratio=st.one_of(st.none(), st.floats(0, 1)),
    unread=st.sets(st.sampled_from([b.id for b in RUBRIC.behaviours])),
    timed=st.booleans(),
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    focus=st.sampled_from([None, "asking", "asks_behind", "elsewhere"]),
)
@settings(max_examples=200, deadline=None)
def test_every_draft_of_every_call_passes_the_linter_and_quotes_only_what_was_said(
    lines: list[tuple[str, str]],
    claimed: list[tuple[int, str]],
    ratio: float | None,
    unread: set[str],
    timed: bool,
    day: date,
    focus: str | None,
) -> None:
    call = make_conversation(*(f"{who}: {said}" for who, said in lines), timed=timed)
    metrics = make_metrics({"rep_talk_ratio": ratio, "rep_questions": 1, "patience_s": 0.64})
    wanted = [
        Claim(behaviour=name, turn_id=f"t{i + 1:04}", quote=call.turns[i].text) for i, name in claimed if i < len(lines)
    ]
    observations = verify(claims=wanted, conversation=call, rubric=RUBRIC).observations
    failed = tuple(Unread(behaviour=name, reason="no answer") for name in sorted(unread))
    assessment = assess(conversation=call, rubric=RUBRIC, metrics=metrics, observations=observations, unread=failed)
    made = draft(
        conversation=call,
        rubric=RUBRIC,
        metrics=metrics,
        observations=observations,
        assessment=assessment,
        today=day,
        focus=focus,
    )
    evidence = Evidence(
        conversation=call, rubric=RUBRIC, metrics=metrics, observations=observations, assessment=assessment
    )
    assert lint_draft(made, evidence) == ()
    assert bool(made.absent) == (made.strength is None or made.improvement is None)
    for sentence in made.sentences:
        quoted = [f"“{c.quote.text(call)}”" for c in sentence.citations if c.quote is not None]
        assert "“" not in sentence.text or any(words in sentence.text for words in quoted)
    if made.improvement is not None:
        assert made.follow_up is not None
        assert made.follow_up.weekday() < 5
        assert all(step.by is not None and day < step.by <= made.follow_up for step in made.activity)


class TestWithheld:
    def test_without_anything_withheld_the_record_says_so(self) -> None:
        assert make(ASKED)[0].withheld == ()

    def test_the_improvement_is_the_next_best_and_the_record_says_what_was_left_out(self) -> None:
        usual, _ = make(ASKED)
        made, evidence = make(ASKED, withheld=("asks_behind",))
        assert usual.improvement is not None
        assert made.improvement is not None
        assert usual.improvement.behaviour == "asks_behind"
        assert made.improvement.behaviour == usual.ranking[1].behaviour
        assert made.ranking == usual.ranking[1:]
        assert [(each.behaviour, each.cause) for each in made.withheld] == [("asks_behind", "setting")]
        assert evidence.assessment.verdict("asks_behind").state == "not_shown"

    def test_the_strength_is_another_one(self) -> None:
        more = claim("asks_more", "t0005", "We look at the plan and the team", first_word=0)
        chosen = [make(ASKED, more, withheld=names)[0].strength for names in ((), ("open_question",), ("asks_more",))]
        names = [strength.behaviour for strength in chosen if strength is not None]
        assert names[1:] == ["asks_more", "open_question"]
        assert names[0] in names[1:]

    def test_a_draft_without_a_strength_says_that_it_was_withheld_and_not_that_there_was_none(self) -> None:
        made, evidence = make(ASKED, withheld=("open_question",))
        assert made.strength is None
        assert "What was found of effective behaviours is withheld from drafts" in made.text
        assert not lint_draft(made, evidence)

    def test_a_draft_without_an_improvement_says_that_it_was_withheld(self) -> None:
        made, evidence = make(ASKED, withheld=tuple(behaviour.id for behaviour in RUBRIC.behaviours))
        assert (made.strength, made.improvement, made.activity) == (None, None, ())
        assert "What is left to change on this call is withheld from drafts" in made.text
        assert "Every behaviour" not in made.text
        assert not lint_draft(made, evidence)

    def test_behaviours_that_this_rubric_does_not_have_are_not_in_the_record(self) -> None:
        assert make(ASKED, withheld=("elsewhere",))[0] == make(ASKED)[0]
