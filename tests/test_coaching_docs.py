"""What the guides of the coaching cycle say holds: definitions are those of the code, the template in it is shipped."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from pipeline.config import Coaching
from pipeline.cycle.follow_ups import GRACE
from pipeline.cycle.measures_of_coaching import DEFINITIONS, FEWEST, MeasureOfCoaching
from pipeline.cycle.noticing import FEWEST as BASELINE
from pipeline.cycle.noticing import SOONEST
from pipeline.cycle.samples import A_MANAGER, MOST_A_MANAGER
from pipeline.cycle.session_templates import SHIPPED_SESSIONS, load_template
from pipeline.domain.cycle.rep_first import POWER_QUESTIONS
from pipeline.domain.session_template import SessionField, SessionStep, SessionTemplate, StepPart
from pipeline.review.cycle.practice.uploads import MOST_UPLOAD
from pipeline.review.cycle.progress.view import VERDICTS
from tests.conftest import CHECKOUT
from tests.test_docs import rows, text

GUIDES = CHECKOUT / "docs"
REPS, MANAGERS = GUIDES / "reps.md", GUIDES / "managers.md"
SECOND, TEMPLATES = GUIDES / "second-level.md", GUIDES / "session-templates.md"
NUMBERS = {2: "two", 3: "three", 20: "twenty"}


def fenced(document: Path, language: str) -> list[str]:
    """The bodies of a document's blocks in this language."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text(document), re.MULTILINE | re.DOTALL)


def words(document: Path) -> str:
    """The document's text with each stretch of white space as one space, so that a line's end breaks no phrase."""
    return " ".join(text(document).split())


class TestTheSecondLevel:
    def test_every_figure_stands_there_by_the_words_of_the_code_and_in_its_order(self) -> None:
        told = [(title, *cells) for title, cells in rows("## The figures", SECOND).items()]
        assert told == [(d.title, d.denominator, d.numerator, d.silent_on) for d in DEFINITIONS]

    def test_every_figure_of_the_code_has_a_definition(self) -> None:
        assert tuple(d.name for d in DEFINITIONS) == get_args(MeasureOfCoaching)

    def test_the_numbers_of_shares_and_samples_are_those_in_force(self) -> None:
        assert f"A share of fewer than {NUMBERS[FEWEST]} is given by its counts alone" in words(SECOND)
        assert f"{NUMBERS[A_MANAGER]} drafts of each manager" in words(SECOND)
        assert f"up to {NUMBERS[MOST_A_MANAGER]}" in words(SECOND)

    def test_what_is_stated_of_a_recorded_one_to_one_is_json_of_that_stage(self) -> None:
        (example,) = fenced(SECOND, "json")
        stated = json.loads(example)
        assert stated["stage"] == "coaching"
        assert set(stated["channels"].values()) == {"manager", "rep"}
        assert {"manager", "rep", "consent"} <= set(stated)


class TestSessionTemplates:
    def test_the_example_is_the_shipped_file_to_the_letter_and_loads(self, tmp_path: Path) -> None:
        (example,) = fenced(TEMPLATES, "yaml")
        shipped = SHIPPED_SESSIONS / "tactical.yaml"
        assert example == shipped.read_text(encoding="utf-8")
        path = tmp_path / "own.yaml"
        path.write_text(example, encoding="utf-8")
        assert load_template(path) == load_template(shipped)

    def test_every_shipped_template_is_named(self) -> None:
        ids = {load_template(path).id for path in SHIPPED_SESSIONS.glob("*.yaml")}
        assert len(ids) == 3
        assert all(f"`{name}`" in text(TEMPLATES) for name in ids)

    def test_every_field_is_described_and_nothing_else_is(self) -> None:
        described = {name for cell in rows("## The fields", TEMPLATES) for name in re.findall(r"\w+", cell)}
        assert described == set(SessionTemplate.model_fields)
        told = words(TEMPLATES)
        assert all(f"`{name}`" in told for kind in (SessionStep, SessionField) for name in kind.model_fields)

    def test_every_part_of_a_talk_is_named(self) -> None:
        assert all(f"`{part}`" in text(TEMPLATES) for part in get_args(StepPart))


class TestNumbersAndWords:
    def test_the_three_questions_stand_in_their_order(self) -> None:
        told = words(REPS)
        places = [told.index(question) for question in POWER_QUESTIONS.values()]
        assert places == sorted(places)
        assert len(places) == 3

    def test_every_verdict_of_the_page_is_explained_and_no_other_is(self) -> None:
        explained = {word.strip().lower() for cell in rows("## Goals and progress", REPS) for word in cell.split(",")}
        assert explained == {told.lower() for told in VERDICTS.values()}

    def test_the_first_verdict_comes_after_as_many_calls_as_it_says(self) -> None:
        assert f"fewer than {BASELINE + SOONEST} scored calls" in words(REPS)

    @pytest.mark.parametrize("guide", [REPS, MANAGERS], ids=["reps", "managers"])
    def test_k_of_n_is_what_is_set_unless_a_team_sets_it(self, guide: Path) -> None:
        assert f"in {Coaching().shown} of the last {Coaching().of}" in words(guide)

    def test_a_follow_up_is_kept_for_as_many_days_as_it_says(self) -> None:
        assert f"at most {NUMBERS[GRACE]} working days later" in words(MANAGERS)

    def test_a_rehearsal_may_be_as_long_as_it_says(self) -> None:
        assert f"up to {MOST_UPLOAD // 1_000_000} MB" in words(REPS)
