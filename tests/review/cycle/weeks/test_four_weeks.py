"""Four weeks in the life of a rep, a manager and a second level, as they live them: on pages, with a clock that moves.

Each test is a week and begins where the one before it ended. Anna is the rep, Mark her manager, Vera the second level,
Bert a colleague of Anna's. Focus: 2 of the last 3 calls make a habit.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.review.cycle.weeks import acts
from tests.review.cycle.weeks.acts import FOCUS, ONE_TO_ONES, PRACTICE, SELF_REVIEW
from tests.review.cycle.weeks.story import Story, accessible, begun, march, visit
from tests.review.live import browser, until, wait_until
from tests.review.rooms import client

__all__ = ["browser"]
pytestmark = pytest.mark.slow

CONCERN = "The rep asks what is behind a concern"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Story]:
    with begun(tmp_path_factory.mktemp("weeks"), browser) as told:
        yield told


@pytest.fixture
def after(story: Story, request: pytest.FixtureRequest) -> Story:
    """The story, once the weeks before this test's own have ended well."""
    return story


def test_week_1_the_rep_goes_first(story: Story) -> None:
    oak, birch = story.calls["Oak and Sons"], story.calls["Birch Dental"]
    with story.at(march(5, 8), "anna") as page:
        acts.pick(page, "Birch Dental", "Went well")
        acts.pick(page, "Oak and Sons", "Struggled")
        accessible(page)
    with story.at(march(5, 9), "mark", expected=("403",)) as page:
        visit(page, f"/calls/{oak}")
        expect(page.get_by_text("Anna picked this call and has not commented on it yet")).to_be_visible()
        expect(page.locator("#scorecard")).to_have_count(0)
        answered = page.goto(f"/calls/{oak}/draft")
        assert answered is not None and answered.status == 403
        expect(page.get_by_text("Anna picked this call")).to_be_visible()
    with story.at(march(5, 10), "anna") as page:
        the_three_questions(page, oak)
        acts.comment(page, oak, "I went on talking here.", at="0:45")
        acts.comment(page, birch, "She laughed at the Sunday nights.", at="0:25")
    story.week = 1


def the_three_questions(page: Page, call: str) -> None:
    first, second, third = "How do you think it went?", "What did you do well?", "What, if anything, would you change?"
    visit(page, f"{SELF_REVIEW}/{call}")
    expect(acts.question_of(page, second).get_by_label("Your answer")).to_have_count(0)
    acts.answer(page, first, "I lost them at the price.")
    expect(acts.question_of(page, third).get_by_label("Your answer")).to_have_count(0)
    acts.put_aside(page, second, "I showed the planner too early")
    acts.answer(page, second, "I summed up what they said.")
    assert acts.question_of(page, third).get_by_label("Your answer").input_value() == "I showed the planner too early"
    page.get_by_role("button", name="I wouldn’t change anything").click()
    prompt = page.locator("article").filter(has_text="If the customer told a colleague about this call")
    prompt.get_by_label("Your answer").fill("That I know a lot, and ask little.")
    prompt.get_by_role("button", name="Save").click()
    expect(page.get_by_text("That I know a lot, and ask little.")).to_be_visible()
    accessible(page)
