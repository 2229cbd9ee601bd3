"""Places: the sentences of a turn that could carry a quote."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.assessment import Quote
from pipeline.domain.normal import content_words, normal_words
from pipeline.domain.places import MAX_PLACE_WORDS, MIN_PLACE_WORDS, Opening, places_of
from pipeline.domain.speech import Turn, Word


def _turn(text: str, *, invented: frozenset[int] = frozenset()) -> Turn:
    words = tuple(
        Word(text=word, span=None, unreliable="silence" if i in invented else None)
        for i, word in enumerate(text.split())
    )
    return Turn(id="t0001", speaker="S1", role="rep", words=words)


def _texts(turn: Turn) -> list[str]:
    return [" ".join(w.text for w in turn.words[p.first_word : p.last_word + 1]) for p in places_of(turn)]


def test_each_sentence_is_a_place() -> None:
    assert _texts(_turn("We plan by hand today. How do you plan yours? That takes us an hour!")) == [
        "We plan by hand today.",
        "How do you plan yours?",
        "That takes us an hour!",
    ]


def test_a_word_or_two_go_with_the_sentence_that_follows() -> None:
    assert _texts(_turn("Okay. I see. What made you look now?")) == ["Okay. I see. What made you look now?"]


def test_a_word_or_two_at_the_end_go_with_the_sentence_before() -> None:
    assert _texts(_turn("That takes an hour then. Thank you.")) == ["That takes an hour then. Thank you."]


def test_a_short_question_is_a_place_of_its_own() -> None:
    assert _texts(_turn("Why is that? I would have thought it is simple.")) == [
        "Why is that?",
        "I would have thought it is simple.",
    ]


def test_words_that_show_nothing_are_no_place() -> None:
    assert _texts(_turn("Yeah.")) == []
    assert _texts(_turn("and then you")) == []


def test_a_sentence_with_a_word_that_may_be_invented_is_no_place() -> None:
    text = "We plan by hand today. How do you plan yours?"
    assert _texts(_turn(text, invented=frozenset({7}))) == ["We plan by hand today."]


def test_what_is_run_together_is_cut_at_the_breath_next_to_the_middle() -> None:
    # 36 words: a comma after the 6th and one after the 20th; the middle is the 18th, so the second one is taken.
    text = " ".join([*["one"] * 5, "two,", *["three"] * 13, "four,", *["five"] * 16])
    assert [len(place.split()) for place in _texts(_turn(text))] == [20, 16]


def test_without_a_breath_it_is_cut_before_a_joint() -> None:
    text = " ".join([*["one"] * 20, "because", *["two"] * 15])
    assert [place.split()[0] for place in _texts(_turn(text))] == ["one", "because"]


def test_an_opening_names_each_of_its_turns_once() -> None:
    places = tuple(
        Quote(turn_id=t, first_word=f, last_word=f + 3) for t, f in [("t0001", 0), ("t0001", 4), ("t0005", 0)]
    )
    assert Opening(behaviour="why_asked", places=places).turn_ids == ("t0001", "t0005")


_WORDS = st.lists(
    st.sampled_from(["we", "plan", "trucks", "why?", "okay.", "and", "so,", "…", "-"]), min_size=1, max_size=120
)


@given(_WORDS)
def test_places_are_in_order_without_overlap_and_each_could_stand_as_a_quote(words: list[str]) -> None:
    turn = _turn(" ".join(words))
    end = -1
    for place, text in zip(places_of(turn), _texts(turn), strict=True):
        assert place.first_word > end
        end = place.last_word
        assert end - place.first_word < MAX_PLACE_WORDS + 3
        assert len(normal_words(text)) >= MIN_PLACE_WORDS
        assert content_words(normal_words(text))


@given(_WORDS)
def test_every_long_stretch_of_sound_words_is_in_some_place(words: list[str]) -> None:
    turn = _turn(" ".join([*words, *["trucks"] * 4]))
    places = places_of(turn)
    assert places
    assert places[-1].last_word == len(turn.words) - 1
