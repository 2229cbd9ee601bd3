"""What a language model is asked about a window of a call: one question for each capability that can show in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.adapters.llm_answer import LETTERS
from pipeline.adapters.llm_transcript import label_of
from pipeline.adapters.llm_windows import Window
from pipeline.domain.assessment import Quote
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Behaviour, Capability, Form, Rubric
from pipeline.text.hygiene import one_line

MOST_EXAMPLES = 2
MOST_COUNTEREXAMPLES = 2
MAX_LISTED_TURNS = 8
"""A behaviour that can show in so few turns has them named; in more, the first and the last."""

_FORMS: Mapping[Form, str] = {Form.QUESTION: ", in a question", Form.STATEMENT: ", in a statement", Form.ANY: ""}


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A capability in a window, with the places where each of its behaviours may show there; A is the first."""

    window: Window
    capability: Capability
    asked: tuple[tuple[Behaviour, tuple[Quote, ...]], ...]

    @property
    def behaviours(self) -> tuple[str, ...]:
        """The ids that the letters stand for."""
        return tuple(behaviour.id for behaviour, _ in self.asked)

    @property
    def letters(self) -> str:
        """The letters in use, in order."""
        return LETTERS[: len(self.asked)]


def inquiries(windows: Sequence[Window], rubric: Rubric, openings: Sequence[Opening]) -> tuple[Inquiry, ...]:
    """Window by window, the capabilities with an opening there, in the rubric's order."""
    by_behaviour = {opening.behaviour: opening for opening in openings}
    return tuple(
        Inquiry(window, capability, asked)
        for window in windows
        for capability in rubric.capabilities
        if (asked := tuple(_open(window, capability, by_behaviour)))
    )


def described(inquiry: Inquiry, rubric: Rubric) -> str:
    """The behaviours of an inquiry as the model is told them, each on a line with some of its examples."""
    told = zip(inquiry.letters, inquiry.asked, strict=True)
    return "\n".join(_told(letter, behaviour, places, rubric) for letter, (behaviour, places) in told)


def named(capability: Capability) -> str:
    """The capability's name and what it brings about."""
    return f"{one_line(capability.name)}. {one_line(capability.goal)}"


def _open(
    window: Window, capability: Capability, by_behaviour: Mapping[str, Opening]
) -> Iterator[tuple[Behaviour, tuple[Quote, ...]]]:
    for behaviour in capability.behaviours:
        opening = by_behaviour.get(behaviour.id)
        places = window.places_of(opening) if opening is not None else ()
        if places:
            yield behaviour, places


def _told(letter: str, behaviour: Behaviour, places: Sequence[Quote], rubric: Rubric) -> str:
    speaker = label_of(behaviour.role, rubric)
    told = f"{letter} ({speaker}{_FORMS[behaviour.form]}; {_where(places)}): {one_line(behaviour.text).rstrip('.')}"
    for head, sentences, most in (
        (", such as: ", behaviour.examples, MOST_EXAMPLES),
        (". But not: ", behaviour.counterexamples, MOST_COUNTEREXAMPLES),
    ):
        if sentences:
            told += head + "; ".join(map(_in_passing, sentences[:most]))
    return f"{told}."


def _in_passing(sentence: str) -> str:
    """A sentence without its capital and its end: written like one of the transcript it was quoted as if it were."""
    return one_line(sentence).strip(".?!").lower()


def _where(places: Sequence[Quote]) -> str:
    turns = tuple(dict.fromkeys(place.turn_id for place in places))
    if len(turns) == 1:
        return f"only turn {turns[0]}"
    if len(turns) <= MAX_LISTED_TURNS:
        return f"only turns {', '.join(turns)}"
    return f"only turns {turns[0]} to {turns[-1]}"
