"""Every page of the cycle, as everybody gets it: for what must be there, what must not, and what must not change."""

from tests.review.cycle.weeks.acts import SELF_REVIEW
from tests.review.cycle.weeks.story import Story

SAMPLES = "/coaching/samples?seed=march&each=1"
PEOPLE = ("anna", "bert", "mark", "vera", "nina")


def pages(story: Story) -> tuple[str, ...]:
    """The pages of the cycle, and what the API says of the same things.

    Pages of calls are none of them: they tell how far the sound is prepared, and hold a call against those of a minute
    ago.
    """
    tabs = ("", "/self-review", "/focus", "/practice", "/one-to-ones", "/progress", "/goals", "/prospecting")
    about_anna = [f"/people/anna{tab}" for tab in tabs]
    papers = ["/people/anna/papers", "/people/anna/papers/report.html", "/people/anna/papers/plan.html"]
    own = ["/people/mark", "/people/mark/coached", "/people/mark/coaching", "/reminders", "/listening"]
    lists = ["/team", "/library", "/coaching", SAMPLES, "/deals", "/prospecting", "/calls", "/inbox"]
    one = [story.session, f"{story.session}/sheet", f"{SELF_REVIEW}/{story.calls['Oak and Sons']}"]
    shared = [*about_anna, "/people/mark/coaching", "/team", "/library", "/coaching", SAMPLES, "/deals", story.session]
    return (*about_anna, *papers, *own, *lists, *one, *(f"/api{path}" for path in shared))


def said_to(story: Story, user: str, *words: str) -> set[str]:
    """The pages, and places of the API, where this user finds any of these words."""
    calls = [f"/calls/{call}" for call in story.calls.values()]
    read = {path: story.reads(user, path) for path in (*pages(story), *calls)}
    return {path for path, text in read.items() if any(each in text for each in words)}
