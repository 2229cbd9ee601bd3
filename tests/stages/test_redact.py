"""Masks in the place of words: what stays, what goes, and where the sound is silent."""

# ruff: noqa: SIM905 - words are read more easily in a row than as a list

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.personal import is_mask, mask_of
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker, Transcript, Turn, Word
from pipeline.stages.measure import measure
from pipeline.stages.redact import masked_spans
from tests.redacting import rules_redactor

NUMBER = "four one five five five five oh one three four".split()


def _words(texts: list[str], start: float = 0.0, channel: int | None = None) -> tuple[Word, ...]:
    return tuple(
        Word(text=text, span=Span(start=start + i, end=start + i + 0.5), channel=channel)
        for i, text in enumerate(texts)
    )


def _conversation(*turns: tuple[str, str]) -> Conversation:
    made, at = [], 0.0
    for n, (role, text) in enumerate(turns, start=1):
        words = _words(text.split(), at)
        at += len(words)
        made.append(Turn(id=f"t{n:04d}", speaker=role, role=role, words=words))
    speakers = tuple(Speaker(label=r, role=r, confidence=1, source="person") for r in ("rep", "customer"))
    return Conversation(call="c" + "0" * 12, turns=tuple(made), speakers=speakers, duration=at)


def test_a_mask_keeps_the_mark_that_ends_a_sentence() -> None:
    assert mask_of("phone", "0134.") == "[phone]."
    assert mask_of("phone", "415-555-0134?") == "[phone]?"
    assert is_mask("[email],")
    assert not is_mask("[laughs]")


def test_words_keep_their_number_and_times() -> None:
    before = _conversation(("customer", "my number is " + " ".join(NUMBER) + " thanks"))
    after = rules_redactor().conversation(before)
    assert [w.span for w in after.turns[0].words] == [w.span for w in before.turns[0].words]
    assert after.turns[0].text == "my number is" + " [phone]" * 10 + " thanks"


def test_a_number_dictated_over_an_okay_is_found_in_all_its_turns() -> None:
    first, second = " ".join(NUMBER[:3]), " ".join(NUMBER[3:])
    after = rules_redactor().conversation(
        _conversation(("customer", f"my number is {first}"), ("rep", "Okay, great, I have that."), ("customer", second))
    )
    assert after.turns[0].text == "my number is [phone] [phone] [phone]"
    assert after.turns[2].text == " ".join(["[phone]"] * 7)


def test_two_channels_that_talk_at_once_hide_no_number() -> None:
    # The words of both channels alternate in order of time; the number is on one of them.
    mixed = [w for pair in zip(_words(NUMBER, 0.0, 0), _words(["and"] * 10, 0.5, 1), strict=True) for w in pair]
    after = rules_redactor().transcript(Transcript(words=tuple(mixed), duration=20))
    assert all(is_mask(w.text) for w in after.words if w.channel == 0)
    assert not any(is_mask(w.text) for w in after.words if w.channel == 1)


def test_what_it_masked_itself_it_gives_back() -> None:
    redactor = rules_redactor()
    masked = redactor.conversation(_conversation(("customer", " ".join(NUMBER))))
    assert redactor.conversation(masked) is masked


def test_a_text_keeps_its_white_space() -> None:
    assert rules_redactor().text("Call\n 415-555-0134,  please.\n") == "Call\n [phone],  please.\n"


def test_measures_of_a_masked_call_are_those_of_the_call() -> None:
    before = _conversation(
        ("rep", "Thanks for your time. What is the best number for you?"),
        ("customer", "It is " + " ".join(NUMBER) + " and we have forty five seats."),
        ("rep", "Is that on Elm Street? How do you use the seats today?"),
    )
    after = rules_redactor().conversation(before)
    assert measure(after, times="channels") == measure(before, times="channels")


def test_silence_has_the_words_with_a_little_before_and_after() -> None:
    conversation = rules_redactor().conversation(
        _conversation(("customer", "um ok call me " + " ".join(NUMBER) + " bye"))
    )
    # The number's words are from 4.0 to 13.5 s; 0.25 s are added at both ends, and gaps of half a second are closed.
    assert masked_spans(conversation) == (Span(start=3.75, end=13.75),)


def test_a_masked_word_without_a_time_silences_its_turn() -> None:
    words = (Word(text="[phone]", span=None), *_words(["bye"], 5.0))
    turn = Turn(id="t0001", speaker="customer", role="customer", words=words)
    conversation = _conversation(("customer", "x")).model_copy(update={"turns": (turn,)})
    assert masked_spans(conversation) == (Span(start=4.75, end=5.75),)


@given(
    st.lists(
        st.sampled_from([*NUMBER, "okay", "seats", "jane", "at", "dot", "com", "42", "Elm", "Street"]),
        min_size=1,
        max_size=40,
    )
)
def test_a_second_round_finds_nothing_in_masks(texts: list[str]) -> None:
    redactor = rules_redactor()
    once = redactor.transcript(Transcript(words=_words(texts), duration=60))
    twice = redactor.transcript(once)
    assert [is_mask(w.text) for w in once.words] <= [is_mask(w.text) for w in twice.words]
    assert all(a.text == b.text for a, b in zip(once.words, twice.words, strict=True) if is_mask(a.text))
