"""From a finished transcript to turns with speakers and roles."""

from pipeline.domain.recording import CallMetadata
from pipeline.domain.script import Script, Utterance
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation
from pipeline.stages.attribute import attribute_script
from pipeline.stages.ingest.transcripts.timing import spread, untimed
from pipeline.stages.measure import measure


def timed(*parts: tuple[str, float, float, str]) -> Script:
    spans = [Span(start=start, end=end) for _, start, end, _ in parts]
    utterances = tuple(
        Utterance(speaker=who, words=spread(text, span), span=span, estimated=True)
        for (who, _, _, text), span in zip(parts, spans, strict=True)
    )
    return Script(utterances=utterances, duration=max(span.end for span in spans))


def spoken(*parts: tuple[str, str]) -> Script:
    return Script(utterances=tuple(Utterance(speaker=who, words=untimed(text)) for who, text in parts), duration=0)


def attributed(script: Script, **metadata: str) -> Conversation:
    return attribute_script(script, call="c0123", metadata=CallMetadata.model_validate(metadata))


def shown(conversation: Conversation) -> list[tuple[str, str, bool]]:
    return [(turn.speaker, turn.text, turn.backchannel) for turn in conversation.turns]


def test_neighbours_of_one_speaker_are_one_turn_and_a_backchannel_stands_apart() -> None:
    script = timed(
        ("Ann", 0, 4, "We looked at"),
        ("Ben", 4, 4.5, "Mm-hm."),
        ("Ann", 4.5, 8, "three tools."),
        ("Ben", 8, 9, "Which?"),
    )
    assert shown(attributed(script)) == [
        ("Ann", "We looked at three tools.", False),
        ("Ben", "Mm-hm.", True),
        ("Ben", "Which?", False),
    ]


def test_timed_turns_are_in_order_of_time_whatever_the_order_of_the_file() -> None:
    script = timed(("Ann", 5, 6, "Second."), ("Ben", 0, 2, "First."))
    conversation = attributed(script)
    assert [turn.text for turn in conversation.turns] == ["First.", "Second."]
    assert (conversation.timed, conversation.estimated, conversation.duration) == (True, True, 6.0)


def test_without_times_turns_are_in_order_of_the_text() -> None:
    conversation = attributed(
        spoken(
            ("Rep", "So tell me"), ("Customer", "Mm-hm."), ("Rep", "how you"), ("Rep", "plan."), ("Customer", "Right.")
        )
    )
    assert shown(conversation) == [
        ("Rep", "So tell me", False),
        ("Customer", "Mm-hm.", True),
        ("Rep", "how you plan.", False),
        ("Customer", "Right.", False),
    ]
    assert (conversation.timed, conversation.speech, conversation.duration) == (False, (), 0.0)


def test_an_answer_is_no_backchannel() -> None:
    conversation = attributed(spoken(("Rep", "Is it slow?"), ("Customer", "Yeah."), ("Rep", "I see.")))
    assert [turn.backchannel for turn in conversation.turns] == [False, False, False]


def test_what_nobody_known_says_is_not_joined() -> None:
    assert len(attributed(spoken(("unknown", "Hello."), ("unknown", "Hi."))).turns) == 2
    assert len(attributed(timed(("unknown", 0, 1, "Hello."), ("unknown", 1, 2, "Hi."))).turns) == 2


def test_roles_come_from_labels_and_from_the_metadata() -> None:
    conversation = attributed(spoken(("Ann", "Hi."), ("Customer", "Hi."), ("Cy", "Hi.")), rep="Ann Smith")
    assert [(s.label, s.role, s.source) for s in conversation.speakers] == [
        ("Ann", "rep", "metadata"),
        ("Customer", "customer", "transcript"),
        ("Cy", "unknown", "unknown"),
    ]
    assert [turn.role for turn in conversation.turns] == ["rep", "customer", "unknown"]


def test_measures_that_need_times_say_so_and_are_never_0() -> None:
    metrics = measure(attributed(spoken(("Rep", "How do you plan the week?"), ("Customer", "By hand."))))
    missing = {m.name: m.unavailable for m in metrics.measures if m.value is None}
    for name in (
        "rep_talk_ratio",
        "rep_talk_s",
        "customer_talk_s",
        "overlap_s",
        "silence_s",
        "longest_rep_monologue_s",
        "longest_customer_story_s",
        "turns_per_hour",
        "rep_questions_per_hour",
        "patience_s",
        "interruptions_by_rep",
        "rep_words_per_minute",
        "first_rep_question_s",
        "price_talk_s",
    ):
        assert missing[name] == "the transcript has no times"
    assert (metrics.get("rep_questions").value, metrics.get("rep_open_questions").value) == (1.0, 1.0)


def test_measures_of_a_half_timed_transcript_say_what_is_missing() -> None:
    begun = Utterance(speaker="Rep", words=spread("Hello there.", Span(start=1, end=2)), estimated=True)
    conversation = attributed(Script(utterances=(begun,), duration=0))
    assert measure(conversation).get("rep_talk_s").unavailable == (
        "the transcript does not say of every turn when it begins and ends"
    )


def test_talk_times_of_a_timed_transcript_are_those_of_its_cues() -> None:
    """Rep 0 to 6 s, customer 5 to 11 s: 6 s each, of which 1 s at once."""
    metrics = measure(attributed(timed(("Rep", 0, 6, "a b c"), ("Customer", 5, 11, "d e f"))))
    found = {name: metrics.get(name).value for name in ("rep_talk_ratio", "rep_talk_s", "overlap_s", "silence_s")}
    assert found == {"rep_talk_ratio": 0.5, "rep_talk_s": 6.0, "overlap_s": 1.0, "silence_s": 0.0}


def test_speech_without_words_counts_as_talk_and_is_no_turn() -> None:
    heard = Utterance(speaker="Rep", span=Span(start=0, end=2))
    words = Utterance(speaker="Customer", words=spread("Sorry?", Span(start=2, end=3)), span=Span(start=2, end=3))
    conversation = attributed(Script(utterances=(heard, words), duration=3))
    assert [turn.speaker for turn in conversation.turns] == ["Customer"]
    assert measure(conversation).get("rep_talk_s").value == 2.0
