"""Roles, words nobody said and times of words: counts derived by hand, and the laws that hold for all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.speech import InventedWords, RoleErrors, invented_words, role_seconds, role_words, start_errors
from pipeline.domain.recording import Role
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker, SpeakerSegment, Turn, Unreliable, Word
from pipeline.errors import InputError


def segment(speaker: str, start: float, end: float) -> SpeakerSegment:
    return SpeakerSegment(span=Span(start=start, end=end), speaker=speaker)


def word(text: str, start: float, *, unreliable: Unreliable | None = None) -> Word:
    return Word(text=text, span=Span(start=start, end=start + 0.2), unreliable=unreliable)


def conversation(*turns: tuple[Role, str]) -> Conversation:
    return Conversation(
        call="call-1",
        turns=tuple(
            Turn(id=f"t{n:04d}", speaker=role, role=role, words=tuple(Word(text=w, span=None) for w in text.split()))
            for n, (role, text) in enumerate(turns, start=1)
        ),
        speakers=tuple(
            Speaker(label=role, role=role, confidence=1.0, source="person")
            for role in dict.fromkeys(r for r, _ in turns)
        ),
        duration=0,
        timed=False,
    )


# The rep speaks 0-6, the customer 5-10.
SAID = (segment("rep", 0, 6), segment("customer", 5, 10))


class TestRolesBySeconds:
    def test_right_roles(self) -> None:
        assert role_seconds(SAID, SAID) == RoleErrors(right=11)

    def test_swapped_roles_are_right_only_where_both_speak(self) -> None:
        swapped = (segment("customer", 0, 6), segment("rep", 5, 10))
        # 5-6 has both on both sides: 1 s right of each, 5 and 4 s wrong.
        assert role_seconds(SAID, swapped) == RoleErrors(right=2, wrong=9)

    def test_no_role_is_counted_apart_from_a_wrong_one(self) -> None:
        heard = (segment("unknown", 0, 4), segment("customer", 4, 8))
        # rep: 0-4 unknown, 4-6 taken for the customer; customer: 5-8 right; 8-10 nobody was heard.
        assert role_seconds(SAID, heard) == RoleErrors(right=3, wrong=2, unknown=4)

    def test_a_bystander_is_no_side(self) -> None:
        assert role_seconds((segment("other", 0, 5),), SAID) == RoleErrors()
        assert role_seconds(SAID, (segment("other", 0, 10),)) == RoleErrors(unknown=11)

    def test_what_nobody_heard_is_not_judged(self) -> None:
        errors = role_seconds(SAID, ())
        assert (errors.all, errors.accuracy) == (0, None)

    @given(
        st.lists(
            st.tuples(st.sampled_from(["rep", "customer", "other", "unknown"]), st.integers(0, 19), st.integers(1, 8))
        ),
    )
    @settings(max_examples=60, deadline=None)
    def test_never_more_is_judged_than_was_said(self, drawn: list[tuple[str, int, int]]) -> None:
        heard = [segment(role, start, start + seconds) for role, start, seconds in drawn]
        errors = role_seconds(SAID, heard)
        assert errors.all <= 11 + 1e-9
        assert errors.accuracy is None or 0 <= errors.accuracy <= 1


class TestRolesByWords:
    def test_each_kind(self) -> None:
        said = conversation(
            ("rep", "how can I help"), ("customer", "my account"), ("rep", "sure"), ("other", "hi there")
        )
        heard = conversation(("rep", "how can I help"), ("rep", "my account"), ("unknown", "sure"), ("rep", "hi there"))
        assert role_words(said, heard) == RoleErrors(right=4, wrong=2, unknown=1)

    def test_they_add(self) -> None:
        assert (RoleErrors(right=1, wrong=1) + RoleErrors(right=2, unknown=4)).accuracy == pytest.approx(3 / 8)

    def test_other_turns_are_refused(self) -> None:
        with pytest.raises(InputError, match="other turns"):
            role_words(conversation(("rep", "hello"), ("customer", "hi")), conversation(("rep", "hello")))


class TestInventedWords:
    SILENCES = (Span(start=10, end=20),)

    def test_words_deep_in_silence_are_invented(self) -> None:
        words = (word("hello", 1), word("Thanks", 12), word("for", 13, unreliable="silence"), word("okay", 20.5))
        assert invented_words(words, self.SILENCES) == InventedWords(invented=1, doubtful=1, n_words=3, silence_s=10)

    def test_words_at_the_edge_are_given_the_benefit_of_the_doubt(self) -> None:
        # Middles at 10.4 and 19.6 lie within half a second of the ends, 10.6 and 19.4 do not.
        words = [word("a", middle - 0.1) for middle in (10.4, 10.6, 19.4, 19.6)]
        assert invented_words(words, self.SILENCES).invented == 2

    def test_a_silence_no_longer_than_its_edges_holds_none(self) -> None:
        assert invented_words((word("a", 0.4),), (Span(start=0, end=1),)).invented == 0

    def test_words_without_times_lie_nowhere(self) -> None:
        assert invented_words((Word(text="a", span=None),), self.SILENCES) == InventedWords(n_words=1, silence_s=10)

    def test_counts_add_and_no_words_have_no_share(self) -> None:
        both = InventedWords(invented=1, n_words=4) + InventedWords(n_words=6)
        assert both.share == pytest.approx(0.1)
        assert InventedWords(silence_s=30).share is None


class TestStartErrors:
    def test_first_word_of_each_utterance_is_compared(self) -> None:
        said = (("rep", 1.0, 2.0, "Hello there."), ("customer", 3.0, 4.0, "Hi, who is it?"))
        heard = [
            word(w, t)
            for w, t in (("hello", 1.1), ("There", 1.6), ("Hi,", 2.9), ("who", 3.3), ("is", 3.5), ("it?", 3.7))
        ]
        assert start_errors(said, heard) == ((1.0, 0.1), (3.0, -0.1))

    def test_words_that_were_not_heard_are_left_out(self) -> None:
        said = (("rep", 1.0, 2.0, "hello there"), ("rep", 5.0, 6.0, "bye now"))
        assert start_errors(said, [word("there", 1.5), word("bye", 5.2)]) == ((5.0, 0.2),)

    def test_order_is_that_of_time(self) -> None:
        said = (("B", 5.0, 6.0, "two"), ("A", 1.0, 2.0, "one"))
        assert start_errors(said, [word("one", 1), word("two", 5)]) == ((1.0, 0.0), (5.0, 0.0))

    def test_words_without_times_and_silence_give_nothing(self) -> None:
        assert start_errors((("A", 1.0, 2.0, "one"),), [Word(text="one", span=None)]) == ()
        assert start_errors((("A", 1.0, 2.0, "..."),), [word("one", 1)]) == ()
        assert start_errors((("A", 1.0, 2.0, "one"),), []) == ()

    @given(st.floats(0, 3), st.lists(st.sampled_from(["alpha", "beta", "gamma"]), min_size=1, max_size=8))
    @settings(max_examples=40, deadline=None)
    def test_a_shift_of_all_times_is_found_in_every_word(self, shift: float, texts: list[str]) -> None:
        said = [("A", float(n), n + 0.5, text) for n, text in enumerate(texts)]
        heard = [word(text, n + shift) for n, text in enumerate(texts)]
        found = start_errors(said, heard)
        assert len(found) == len(texts)
        assert all(late == pytest.approx(shift, abs=2e-3) for _, late in found)
