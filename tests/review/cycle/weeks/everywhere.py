"""Every page of the cycle, as everybody gets it: for what must be there, what must not, and what must not change."""

from tests.review.cycle.weeks.acts import SELF_REVIEW
from tests.review.cycle.weeks.story import Story

SAMPLES = "/coaching/samples?seed=march&each=1"
PEOPLE = ("anna", "bert", "mark", "vera", "nina")


def pages(story: Story) -> tuple[str, ...]:
    """The pages of the cycle, and what the API says of the same things."""
    tabs = ("", "/self-review", "/focus", "/practice", "/one-to-ones", "/progress", "/goals", "/prospecting")
    about_anna = [f"/people/anna{tab}" for tab in tabs]
    papers = ["/people/anna/papers", "/people/anna/papers/report.html", "/people/anna/papers/plan.html"]
    own = ["/people/mark", "/people/mark/coached", "/people/mark/coaching", "/reminders", "/listening"]
    lists = ["/team", "/library", "/coaching", SAMPLES, "/deals", "/prospecting", "/calls", "/inbox"]
    calls = [f"/calls/{call}" for call in story.calls.values()]
    one = [story.session, f"{story.session}/sheet", f"{SELF_REVIEW}/{story.calls['Oak and Sons']}"]
    shared = [*about_anna, "/people/mark/coaching", "/team", "/library", "/coaching", SAMPLES, "/deals", story.session]
    return (*about_anna, *papers, *own, *lists, *calls, *one, *(f"/api{path}" for path in shared))


def where_said(story: Story, words: str) -> set[str]:
    """Who finds these words on any page, or is told them by the API."""
    return {user for user in PEOPLE for path in pages(story) if words in story.reads(user, path)}
