"""Owns the self-review as other programs read and write it: the same that its pages show and send."""

from typing import Annotated

from fastapi import APIRouter, Query

from pipeline.domain.recording import CallId
from pipeline.review.api import PROBLEMS
from pipeline.review.cycle.first import acts
from pipeline.review.cycle.first.answering import AnsweringView, answering_view
from pipeline.review.cycle.first.bodies import (
    AnswerBody,
    DecisionBody,
    ObservationBody,
    ParkBody,
    PickBody,
    PromptBody,
    ReasonBody,
)
from pipeline.review.cycle.first.view import SelfReviewView, self_review_view
from pipeline.review.guards import PERSON, PERSON_COACH, PERSON_SELF, Entry

router = APIRouter(prefix="/api/people/{person}/self-review", tags=["self-review"])


@router.get("", response_model=SelfReviewView, responses=PROBLEMS)
def read_self_review(entry: Annotated[Entry, PERSON], q: Annotated[str, Query(max_length=200)] = "") -> SelfReviewView:
    """The picks of the week, earlier ones, and appeals; to the rep also the calls that can be picked, narrowed by
    `q`."""
    return self_review_view(entry, q)


@router.post("/picks", response_model=SelfReviewView, responses=PROBLEMS)
def post_pick(entry: Annotated[Entry, PERSON_SELF], body: PickBody) -> SelfReviewView:
    """Pick a call of your own for this week; its coaching waits until you have gone first."""
    acts.pick_call(entry, body.call, body.why)
    return self_review_view(entry)


@router.delete("/picks/{picked}", response_model=SelfReviewView, responses=PROBLEMS)
def delete_pick(entry: Annotated[Entry, PERSON_SELF], picked: CallId) -> SelfReviewView:
    """Pick a call no longer."""
    acts.take_pick_back(entry, picked)
    return self_review_view(entry)


@router.get("/{call}", response_model=AnsweringView, responses=PROBLEMS)
def read_answers(entry: Annotated[Entry, PERSON]) -> AnsweringView:
    """What the rep said of one call, and what is asked next."""
    return answering_view(entry)


@router.post("/{call}/answers", response_model=AnsweringView, responses=PROBLEMS)
def post_answer(entry: Annotated[Entry, PERSON_SELF], body: AnswerBody) -> AnsweringView:
    """Answer the next of the three questions, or an earlier one anew."""
    acts.answer_question(entry, body.question, body.text, nothing=body.nothing)
    return answering_view(entry)


@router.post("/{call}/prompts", response_model=AnsweringView, responses=PROBLEMS)
def post_prompt(entry: Annotated[Entry, PERSON_SELF], body: PromptBody) -> AnsweringView:
    """Answer the follow-up question that is asked now, after "I wouldn't change anything"."""
    acts.answer_prompt(entry, body.prompt, body.text, nothing=body.nothing)
    return answering_view(entry)


@router.post("/{call}/parked", response_model=AnsweringView, responses=PROBLEMS)
def post_parked(entry: Annotated[Entry, PERSON_SELF], body: ParkBody) -> AnsweringView:
    """Put something aside for the third question."""
    acts.park_dislike(entry, body.text)
    return answering_view(entry)


@router.post("/{call}/open", response_model=AnsweringView, responses=PROBLEMS)
def post_open(entry: Annotated[Entry, PERSON_COACH], body: ReasonBody) -> AnsweringView:
    """Open the coaching of a picked call before its rep has gone first; the reason stands in the audit trail."""
    acts.override_seal(entry, body.reason)
    return answering_view(entry)


@router.post("/{call}/observations", response_model=SelfReviewView, responses=PROBLEMS)
def post_observation(entry: Annotated[Entry, PERSON_SELF], body: ObservationBody) -> SelfReviewView:
    """Say whether an observation of your approved feedback was so."""
    acts.say_of_observation(entry, body.observation, body.stance, body.text)
    return self_review_view(entry)


@router.post("/{call}/appeals", response_model=SelfReviewView, responses=PROBLEMS)
def post_decision(entry: Annotated[Entry, PERSON_COACH], body: DecisionBody) -> SelfReviewView:
    """Say what you found on listening again: where the appeal is upheld, the observation is shown as struck out."""
    acts.decide(entry, body.decision(entry.call))
    return self_review_view(entry)
