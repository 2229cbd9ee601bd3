"""The rules that coaching rests on, one after the other; each test is named after its row of the domain's table.

The call is the scripted sale of the other tests of the room: a worry about the price that nobody asks about.
"""

from collections.abc import Iterator

import pytest

from pipeline.domain.draft_lint import lint_draft
from pipeline.domain.evidence import Evidence
from pipeline.domain.result import CallResult
from pipeline.domain.rubric import Rubric
from pipeline.review.room import Room
from pipeline.rubrics import find_rubric
from tests.review.rooms import call_of, client, make_room

STAGES = ("prospecting", "discovery", "demo", "closing")
SHIPPED = (*STAGES, "coaching")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = make_room(tmp_path_factory.mktemp("rules"), ("Anna", "Bert", "Carl"))
    yield room
    room.close()


@pytest.fixture(scope="module")
def result(room: Room) -> CallResult:
    return room.result(room.record(call_of(room, "Anna"))[1])


def rubric(name: str) -> Rubric:
    return find_rubric(name).rubric


def test_assess_against_a_defined_set_of_capabilities_not_opinion(result: CallResult) -> None:
    """Every score is of a capability of the rubric file, and its words are the file's own; nothing else is scored."""
    capabilities = {capability.id: capability for capability in result.rubric.capabilities}
    assert [score.capability for score in result.assessment.scores] == list(capabilities)
    for score in result.assessment.scores:
        anchors = {level.level: level.anchor for level in capabilities[score.capability].levels}
        assert score.anchor == (None if score.level is None else anchors[score.level])
        assert score.level is not None or score.unscored
    assert {verdict.behaviour for verdict in result.assessment.verdicts} == {b.id for b in result.rubric.behaviours}


@pytest.mark.parametrize("name", SHIPPED)
def test_tell_the_goal_from_the_technique(name: str) -> None:
    """Each capability has a goal in words of its own, and behaviours that a recording can show."""
    for capability in rubric(name).capabilities:
        assert capability.goal.strip()
        assert capability.behaviours
        assert capability.goal not in {behaviour.text for behaviour in capability.behaviours}


def test_a_neutral_observation_is_only_what_a_recording_can_show(result: CallResult) -> None:
    """Every observation is words of one turn, said by the turn's speaker at the turn's time."""
    assert result.observations
    for observation in result.observations:
        turn = result.conversation.turn(observation.quote.turn_id)
        assert turn is not None
        words = turn.words[observation.quote.first_word : observation.quote.last_word + 1]
        assert observation.text == " ".join(word.text for word in words)
        assert observation.role == turn.role
        assert observation.span is not None
        assert turn.span is not None
        assert turn.span.start <= observation.span.start < observation.span.end <= turn.span.end


def test_lead_with_something_positive_and_a_specific_one(result: CallResult) -> None:
    """The first paragraph cites an effective behaviour, by a quote that stands in the call."""
    strength = result.draft.strength
    assert strength is not None
    first = result.draft.sentences[0]
    assert first.paragraph == "strength"
    observation = result.observation(strength.observation_id)
    assert observation is not None
    assert observation.kind.value == "effective"
    assert any(citation.ref == observation.id for citation in first.citations)
    assert observation.text in " ".join(s.text for s in result.draft.paragraph("strength"))


def test_one_thing_at_a_time(result: CallResult) -> None:
    """A draft has one improvement, and its linter refuses sentences about another."""
    draft = result.draft
    assert draft.improvement is not None
    behaviours = {
        citation.ref
        for sentence in draft.paragraph("improvement")
        for citation in sentence.citations
        if citation.kind == "rubric"
    }
    assert behaviours == {draft.improvement.behaviour}
    evidence = Evidence(
        conversation=result.conversation,
        rubric=result.rubric,
        metrics=result.metrics,
        observations=result.observations,
        assessment=result.assessment,
    )
    assert lint_draft(draft, evidence) == ()


def test_never_end_with_go_work_on_x(result: CallResult) -> None:
    """There are steps, each with who and by when, and a day to look again."""
    draft = result.draft
    assert len(draft.activity) >= 2
    assert all(step.text and step.who in ("rep", "manager", "both") and step.by is not None for step in draft.activity)
    assert draft.follow_up is not None
    assert draft.follow_up >= max(step.by for step in draft.activity if step.by is not None)


def test_ask_before_telling(result: CallResult) -> None:
    """The improvement ends with a question, and more questions stand beside it."""
    draft = result.draft
    assert draft.paragraph("improvement")[-1].text.endswith("?")
    assert len(draft.questions) == 3
    assert all(question.endswith("?") for question in draft.questions)


def test_different_stages_different_behaviours() -> None:
    """Each stage has a rubric of its own; no behaviour of one is the whole of another."""
    found = {name: {behaviour.id for behaviour in rubric(name).behaviours} for name in STAGES}
    assert all(rubric(name).stage == name for name in STAGES)
    for name in STAGES:
        others = set().union(*(found[other] for other in STAGES if other != name))
        assert len(found[name] - others) > len(found[name]) / 2, name


@pytest.mark.parametrize("user", ["bert", "carl", "nina", "otto", "adam"])
def test_private_and_safe(room: Room, user: str) -> None:
    """A rep's calls and coaching are seen by the rep, their manager and those above, and by nobody else."""
    call = call_of(room, "Anna")
    visitor = client(room, user)
    for place in (f"/calls/{call}", f"/api/calls/{call}", "/people/anna", "/api/people/anna"):
        assert visitor.get(place).status_code == 404, f"{user} at {place}"
    for insider in ("anna", "mark", "vera"):
        assert client(room, insider).get(f"/calls/{call}").status_code == 200
        assert client(room, insider).get("/people/anna").status_code == 200


def test_results_alone_are_a_lagging_indicator() -> None:
    """No measure, capability or behaviour of a rubric is of an outcome: money won, deals closed, quota, pipeline."""
    outcomes = ("quota", "revenue", "pipeline", "win rate", "deal size", "closed won", "target met")
    for name in STAGES:
        for capability in rubric(name).capabilities:
            for text in (capability.name, *(behaviour.text for behaviour in capability.behaviours)):
                assert not any(word in text.casefold() for word in outcomes), f"{name}: {text}"
