"""Another improvement: a person chose it, the fixed words say it, and the draft is kept like any other."""

import json
from datetime import date
from pathlib import Path

import pytest

from pipeline.domain.assessment import Reading
from pipeline.domain.coaching import Draft
from pipeline.domain.draft_lint import lint_draft
from pipeline.domain.evidence import Evidence
from pipeline.errors import StageError
from pipeline.redraft import redraft
from pipeline.store.workspace import Workspace
from tests.reviewed import THURSDAY, make_call, only_call

RANKING = ("concern_explored", "answer_checked", "vague_close", "concern_contradicted", "patience", "open_questions")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_call(tmp_path_factory.mktemp("redraft"))


def first(workspace: Workspace) -> Draft:
    record = workspace.record(only_call(workspace))
    return workspace.objects.get("draft", record.results["draft"], Draft)[0]


def made(workspace: Workspace, behaviour: str, today: date = THURSDAY) -> tuple[str, Draft]:
    return redraft(workspace, workspace.record(only_call(workspace)), improvement=behaviour, today=today)


def test_the_chosen_behaviour_is_the_one_thing_to_change(workspace: Workspace) -> None:
    draft = made(workspace, "vague_close")[1]
    assert draft.improvement is not None
    assert draft.improvement.behaviour == "vague_close"
    assert draft.text != first(workspace).text


def test_strength_figures_and_ranking_stay_as_they_were(workspace: Workspace) -> None:
    own, draft = first(workspace), made(workspace, "patience")[1]
    assert tuple(c.behaviour for c in own.ranking) == RANKING
    assert draft.ranking == own.ranking
    assert draft.strength == own.strength
    assert draft.paragraph("facts") == own.paragraph("facts")


@pytest.mark.parametrize("behaviour", RANKING)
def test_every_choice_passes_the_linter(workspace: Workspace, behaviour: str) -> None:
    record = workspace.record(only_call(workspace))
    result = workspace.result(record)
    reading = workspace.objects.get("observe", record.results["observe"], Reading)[0]
    evidence = Evidence(
        conversation=result.conversation,
        rubric=result.rubric,
        metrics=result.metrics,
        observations=result.observations,
        assessment=result.assessment,
        doubts=reading.doubts,
    )
    assert lint_draft(made(workspace, behaviour)[1], evidence) == ()


def test_what_is_not_in_the_ranking_cannot_be_chosen(workspace: Workspace) -> None:
    with pytest.raises(StageError, match="permission_asked cannot be the improvement") as caught:
        made(workspace, "permission_asked")
    assert "concern_explored, answer_checked" in caught.value.hint


def test_steps_are_dated_from_the_day_of_the_choice(workspace: Workspace) -> None:
    # A week after Tuesday, 10 March is Tuesday, 17 March.
    draft = made(workspace, "patience", date(2026, 3, 10))[1]
    assert draft.follow_up == date(2026, 3, 17)
    assert all(step.by is not None and date(2026, 3, 10) < step.by <= draft.follow_up for step in draft.activity)


def test_the_same_choice_on_the_same_day_is_the_same_draft_and_the_first_stays(workspace: Workspace) -> None:
    own = workspace.record(only_call(workspace)).results["draft"]
    before = workspace.objects.path("draft", own).read_bytes()
    one, again = made(workspace, "patience"), made(workspace, "patience")
    assert one == again
    assert made(workspace, "patience", date(2026, 3, 6))[0] != one[0] != own
    assert workspace.objects.path("draft", own).read_bytes() == before


def test_the_work_says_what_was_chosen(workspace: Workspace) -> None:
    key = made(workspace, "patience")[0]
    work = json.loads(Path(workspace.objects.path("draft", key)).read_text(encoding="utf-8"))["work"]
    assert work["parameters"] == [["improvement", "patience"], ["today", "2026-03-05"]]
    assert work["stage"] == "draft"
