"""What goes into files: masks in all that quotes the call, and silence in its sound."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.result import CallResult
from pipeline.domain.span import Span
from pipeline.export.files import render
from pipeline.export.handing_over import HandedOver, silenced, silenced_pieces
from pipeline.stages.redact import Redactor, masked_spans
from pipeline.stages.redact_result import literals_of, redact_text
from tests.export.call import make_call
from tests.redacting import rules_redactor

NUMBER = ("four", "one", "five", "five", "five", "five", "oh", "one", "three", "four")


@pytest.fixture
def dictated() -> CallResult:
    """The call, with a number in the place of the last ten words of its longest turn, and a draft that quotes it."""
    call = make_call()
    longest = max(call.conversation.turns, key=lambda turn: len(turn.words))
    assert len(longest.words) > len(NUMBER)
    said = [w.model_copy(update={"text": t}) for w, t in zip(longest.words[-len(NUMBER) :], NUMBER, strict=True)]
    turn = longest.model_copy(update={"words": (*longest.words[: -len(NUMBER)], *said)})
    turns = tuple(turn if each.id == longest.id else each for each in call.conversation.turns)
    first = call.observations[0].model_copy(update={"text": " ".join(NUMBER)})
    return call.model_copy(
        update={
            "conversation": call.conversation.model_copy(update={"turns": turns}),
            "observations": (first, *call.observations[1:]),
        }
    )


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_no_export_has_the_number(dictated: CallResult, form: str) -> None:
    number = " ".join(NUMBER)
    leaving = HandedOver(rules_redactor())
    assert number in render(dictated, "json")
    text = render(dictated, form, leaving=leaving)
    assert number not in text
    assert "five five five" not in text


def test_all_pointers_and_ids_of_a_masked_call_hold(dictated: CallResult) -> None:
    masked = HandedOver(rules_redactor()).result(dictated)
    before, after = json.loads(render(dictated, "json")), json.loads(render(masked, "json"))
    assert [t["id"] for t in before["turns"]] == [t["id"] for t in after["turns"]]
    assert before["metrics"] == after["metrics"]
    assert [o["id"] for o in before["observations"]] == [o["id"] for o in after["observations"]]
    assert dictated.recording == masked.recording


def test_without_a_redactor_it_is_handed_over_as_it_is(dictated: CallResult) -> None:
    assert HandedOver().result(dictated) is dictated
    assert HandedOver().text("415-555-0134") == "415-555-0134"


def test_a_quote_is_masked_where_its_own_words_say_nothing_of_a_number() -> None:
    # "0134" alone is no phone number; in the call it was the end of one.
    call = make_call()
    turn = call.conversation.turns[0]
    words = [turn.words[0].model_copy(update={"text": t}) for t in ("call", "415", "555", "0134")]
    before = call.conversation.model_copy(update={"turns": (turn.model_copy(update={"words": tuple(words)}),)})
    redactor: Redactor = rules_redactor()
    literals = literals_of(before, redactor.conversation(before))
    assert literals == {"415 555 0134": "[phone] [phone] [phone]"}
    assert redact_text("you said 415 555 0134 then", redactor, literals) == "you said [phone] [phone] [phone] then"


def test_sound_is_silent_in_the_spans_and_as_it_was_elsewhere() -> None:
    sound = np.ones(100, np.float32)
    quiet = silenced(sound, [Span(start=2.0, end=3.0)], 10, at=1.0)
    # The sound begins at 1.0 s, so 2.0 to 3.0 s are its samples 10 to 20.
    assert np.flatnonzero(quiet == 0).tolist() == list(range(10, 20))
    assert sound.all()


def test_the_sound_of_a_masked_call_is_silent_where_the_number_is(dictated: CallResult) -> None:
    masked = HandedOver(rules_redactor()).result(dictated)
    spans = masked_spans(masked.conversation)
    said = [w.span for t in masked.conversation.turns for w in t.words if w.text.startswith("[phone]")]
    assert len(said) == len(NUMBER)
    assert all(any(s.start <= w.start and w.end <= s.end for s in spans) for w in said if w is not None)


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 150), st.integers(1, 60)), max_size=4),
)
def test_silence_in_pieces_is_silence_in_the_whole(lengths: list[int], places: list[tuple[int, int]]) -> None:
    whole = np.arange(1, sum(lengths) + 1, dtype=np.float32)[None, :]
    spans = [Span(start=first / 10, end=(first + n) / 10) for first, n in places]
    pieces = np.split(whole, np.cumsum(lengths)[:-1], axis=1)
    joined = np.concatenate(list(silenced_pieces(pieces, spans, 10)), axis=1)
    assert np.array_equal(joined, silenced(whole, spans, 10))
