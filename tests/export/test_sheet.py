"""What every page of a call shows."""

from collections.abc import Callable

from pipeline.domain.assessment import Assessment
from pipeline.domain.recording import CallMetadata, Mode
from pipeline.domain.result import CallResult
from pipeline.domain.span import Span
from pipeline.domain.speech import Speaker
from pipeline.export.scorecard import BehaviourRow
from pipeline.export.sheet import Sheet, sheet
from tests.export.hostile import hostile_call


def row(page: Sheet, text: str) -> BehaviourRow:
    return next(r for card in page.cards for r in card.behaviours if r.text == text)


def test_a_sentence_that_quotes_stands_by_itself_with_its_moment(call: CallResult) -> None:
    strength = sheet(call).draft.strength
    assert strength is not None
    praise, quoting = strength.passages
    assert praise.moment is None
    assert quoting.text == "At 00:32 you asked: “What did those eighty loaves cost you, with the work in them?”"
    assert quoting.moment is not None
    assert (quoting.moment.id, quoting.moment.clock, quoting.moment.speaker) == ("o003", "00:32", "Rep")


def test_the_improvement_keeps_the_order_of_its_sentences(call: CallResult) -> None:
    improvement = sheet(call).draft.improvement
    assert improvement is not None
    assert [p.moment.kind if p.moment else p.text for p in improvement.passages] == [
        "missed",
        "A description of the product followed, and no question.",
        "ineffective",
        "What was behind the customer's words about the price?",
    ]


def test_sentences_without_a_quote_are_one_passage_with_the_moments_they_speak_of(call: CallResult) -> None:
    (facts,) = sheet(call).draft.facts
    assert facts.text.startswith("You spoke for 63% of the talking time. The longest stretch")
    assert facts.spans == (Span(start=45.3, end=70.8),)


def test_what_an_edited_text_does_not_quote_is_shown_after_it(
    call: CallResult, call_with: Callable[..., CallResult]
) -> None:
    assert call.draft.strength is not None
    edited = call.draft.strength.model_copy(update={"text": "You asked for the cost.\n\nThat helped."})
    strength = sheet(
        call_with(draft=call.draft.model_copy(update={"sentences": (), "strength": edited}))
    ).draft.strength
    assert strength is not None
    assert [(p.text, p.moment.id if p.moment else "") for p in strength.passages] == [
        ("You asked for the cost. That helped.", ""),
        ("", "o003"),
    ]


def test_why_something_was_chosen_is_told_by_factor(call: CallResult) -> None:
    improvement = sheet(call).draft.improvement
    assert improvement is not None
    assert improvement.reasons == ("importance: weight 5 of 5 in the rubric", "gap: Exploring objections: level 1 of 3")


def test_a_moment_has_one_id_wherever_it_is_shown(call: CallResult) -> None:
    page = sheet(call)
    assert page.draft.improvement is not None
    (in_card,) = row(page, "Asks about a worry before answering it").missed
    assert page.draft.improvement.passages[0].moment == in_card
    ids = [m.id for m in page.marks]
    assert len(set(ids)) == len(ids) == 6


def test_an_ineffective_behaviour_that_is_shown_counts_as_a_gap(call: CallResult) -> None:
    pitched = row(sheet(call), "Answers a worry with a pitch")
    assert (pitched.tone, pitched.verdict) == ("gap", "Shown, works against the goal")


def test_each_state_has_its_own_words(call: CallResult) -> None:
    page = sheet(call)
    assert row(page, "Asks whether the time is right").verdict == "Shown"
    assert row(page, "Asks who else should be there").verdict == "Not shown"
    assert row(page, "Asks who decides").verdict == "No opportunity"
    assert row(page, "Asks for the budget").verdict == "Not read"
    assert row(page, "Asks for the budget").reason == "the reader had no example of it"


def test_what_was_looked_for_and_not_found_speaks_against_nobody(call: CallResult) -> None:
    page = sheet(call)
    assert row(page, "Asks who else should be there").tone == "absent"
    # Here the customer's words called for it.
    assert row(page, "Asks about a worry before answering it").tone == "gap"


def test_not_shown_says_where_it_was_looked_for(call: CallResult) -> None:
    # The rep's turns without the backchannel t0006.
    looked = row(sheet(call), "Asks who else should be there").looked_in
    assert [p.turn_id for p in looked] == ["t0002", "t0004", "t0007", "t0009", "t0011"]


def test_a_measured_behaviour_shows_value_and_range(call: CallResult) -> None:
    assert row(sheet(call), "Leaves the customer room to speak").measured == "measured 63%, looked for: 35% to 65%"


def test_an_unscored_capability_has_a_reason_and_no_level(call: CallResult) -> None:
    card = sheet(call).cards[-1]
    assert card.level is None
    assert card.unscored == "none of its behaviours could be judged in this call"


def test_a_capability_that_was_not_assessed_says_so(call_with: Callable[..., CallResult]) -> None:
    bare = Assessment(rubric_id="first_call", rubric_version=3, verdicts=(), scores=())
    page = sheet(call_with(assessment=bare))
    assert {card.unscored for card in page.cards} == {"it was not assessed"}
    assert {r.verdict for card in page.cards for r in card.behaviours} == {"Not read"}


def test_a_turn_s_pieces_are_its_text_and_its_quotes_are_marked(call: CallResult) -> None:
    page = sheet(call)
    for shown, turn in zip(page.turns, call.conversation.turns, strict=True):
        assert " ".join(p.text for p in shown.pieces) == turn.text
    marked = {p.moment: p.text for t in page.turns for p in t.pieces if p.moment}
    assert marked["m001"] == "$90 a month is a lot for us."
    assert len(marked) == 6


def test_a_word_the_recogniser_doubted_is_told_apart(call: CallResult) -> None:
    assert [p.text for t in sheet(call).turns for p in t.pieces if p.doubtful] == ["Right."]


def test_two_speakers_of_one_role_are_told_apart(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    colleague = Speaker(label="S3", role="customer", confidence=0.8, source="inferred")
    talk = call.conversation.model_copy(update={"speakers": (*call.conversation.speakers, colleague)})
    turns = sheet(call_with(conversation=talk)).turns
    assert {t.speaker for t in turns} == {"Customer (S1)", "Rep"}


def test_a_rehearsal_is_marked(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    rehearsal = call.recording.model_copy(update={"metadata": CallMetadata(mode=Mode.SIMULATED)})
    page = sheet(call_with(recording=rehearsal))
    assert page.simulated
    assert ("Kind", "Rehearsal, not a customer call") in [(f.label, f.text) for f in page.facts]


def test_facts_nobody_gave_are_left_out(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    bare = call.recording.model_copy(update={"metadata": CallMetadata()})
    page = sheet(call_with(recording=bare))
    assert page.title == "Sales call"
    assert [(f.label, f.text) for f in page.facts] == [
        ("Duration", "01:36"),
        ("Kind", "Recorded call"),
        ("Consent", "unknown"),
    ]


def test_rejected_claims_are_counted_in_plain_words(call: CallResult) -> None:
    page = sheet(call)
    assert page.rejected == (("the words do not stand in that turn", 2), ("somebody else said the words", 1))
    assert page.rejections[0].behaviour == "Says what the call is about and how it will end"


def test_nothing_on_a_hostile_sheet_steers_a_terminal_or_turns_text_round() -> None:
    dumped = sheet(hostile_call()).model_dump_json(ensure_ascii=False)
    # JSON writes a control character as \u001b, so its absence there is its absence in the values.
    assert "\\u00" not in dumped
    assert "\u202e" not in dumped


def test_a_language_that_is_no_tag_is_left_out(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    def language(tag: str) -> str:
        return sheet(call_with(conversation=call.conversation.model_copy(update={"language": tag}))).language

    assert (language("en"), language("pt-BR"), language('en" onload="x')) == ("en", "pt-BR", "")
