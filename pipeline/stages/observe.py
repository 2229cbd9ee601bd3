"""Owns observing: where in the call each behaviour may show, and asking a reader to point there."""

from collections.abc import Iterable, Mapping

from pipeline.domain.assessment import Quote, Reading
from pipeline.domain.metrics import Question
from pipeline.domain.normal import WordRun
from pipeline.domain.opportunity import moments, turns_looked_at
from pipeline.domain.places import Opening, places_of
from pipeline.domain.rubric import Behaviour, Form, Rubric
from pipeline.domain.speech import Conversation, Turn
from pipeline.ports import Progress, Reader, silent


def observe(
    conversation: Conversation,
    rubric: Rubric,
    *,
    questions: Iterable[Question],
    reader: Reader,
    progress: Progress = silent,
) -> Reading:
    """What the reader says of the behaviours that need reading, each only in the places where it may show.

    The reader is not asked at all when the call leaves nothing open. Whatever it claims is still to be verified.
    """
    found = openings(conversation, rubric, questions)
    if not any(opening.places for opening in found):
        progress(1.0)
        return Reading(claims=())
    return reader.read(conversation, rubric, found, progress=progress)


def openings(conversation: Conversation, rubric: Rubric, questions: Iterable[Question]) -> tuple[Opening, ...]:
    """Where each behaviour that needs reading may show, in the rubric's order; one that a measure decides needs none.

    A place is a sentence of a turn of the behaviour's role in the behaviour's part of the call. A question behaviour
    needs a question in it, a statement behaviour a sentence that asks nothing (one put up for confirmation is both).
    With an opportunity, only the turns that follow what called for it count.
    """
    asked: dict[str, list[Question]] = {}
    for question in questions:
        asked.setdefault(question.turn_id, []).append(question)
    return tuple(
        Opening(behaviour=behaviour.id, places=_places(conversation, behaviour, asked))
        for behaviour in rubric.behaviours
        if behaviour.measure is None
    )


def _places(conversation: Conversation, behaviour: Behaviour, asked: Mapping[str, list[Question]]) -> tuple[Quote, ...]:
    return tuple(
        place
        for turn in _turns(conversation, behaviour)
        for place in places_of(turn)
        if _fits(place, behaviour.form, asked.get(turn.id, []))
    )


def _turns(conversation: Conversation, behaviour: Behaviour) -> tuple[Turn, ...]:
    turns = turns_looked_at(conversation, role=behaviour.role, part=behaviour.part)
    if behaviour.opportunity is None:
        return turns
    answers = {turn_id for moment in moments(conversation, behaviour) for turn_id in moment.answers}
    return tuple(turn for turn in turns if turn.id in answers)


def _fits(place: Quote, form: Form, asked: Iterable[Question]) -> bool:
    here = WordRun(place.first_word, place.last_word)
    kinds = {q.kind for q in asked if here.overlaps(WordRun(q.first_word, q.last_word))}
    if form is Form.QUESTION:
        return bool(kinds)
    return form is Form.ANY or not kinds - {"declarative"}
