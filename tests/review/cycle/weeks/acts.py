"""What people do on pages: small acts, by the names that a reader of the page is told."""

import re
from collections.abc import Sequence

from playwright.sync_api import Locator, Page, expect

from tests.review.cycle.weeks.story import visit
from tests.review.live import until

SELF_REVIEW = "/people/anna/self-review"
FOCUS = "/people/anna/focus"
PRACTICE = "/people/anna/practice"


def pick(page: Page, customer: str, why: str) -> None:
    """Pick the call with this customer as one of the week, by the button with these words."""
    visit(page, SELF_REVIEW)
    page.get_by_role("button", name=re.compile(rf"^{why}\s*: pick {customer}$")).click()
    expect(page.locator(".slot", has_text=customer)).to_be_visible()


def comment(page: Page, call: str, text: str, *, at: str) -> None:
    """Comment at a moment of a call."""
    visit(page, f"/calls/{call}#comments")
    page.get_by_label("Your comment").fill(text)
    page.get_by_label("At", exact=True).fill(at)
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".thread", has_text=text)).to_be_visible()


def question_of(page: Page, text: str) -> Locator:
    """The card of one of the three questions."""
    return page.locator(".questions > li").filter(has=page.get_by_role("heading", name=text, exact=True))


def answer(page: Page, question: str, text: str) -> None:
    """Answer one of the three questions, which is open."""
    card = question_of(page, question)
    card.get_by_label("Your answer").fill(text)
    card.get_by_role("button", name="Save").click()
    expect(question_of(page, question).locator(".words", has_text=text)).to_be_visible()


def put_aside(page: Page, question: str, text: str) -> None:
    """Put a dislike aside, below this question, for the third one."""
    card = question_of(page, question)
    card.get_by_text("Something you disliked?").click()
    card.get_by_label("What you disliked").fill(text)
    card.get_by_role("button", name="Put it aside").click()


def listen_to_the_draft(page: Page) -> None:
    """Hear every moment that the draft rests on, at twice the speed."""
    until(page, "document.getElementById('player').dataset.state === 'ready'")
    page.get_by_label("Speed").select_option("2")
    for n in range(page.locator(".letter .play-moment").count()):
        moment = page.locator(".letter .hear").nth(n)
        moment.get_by_role("button").click()
        expect(moment.locator(".heard")).to_have_text("Heard")


def edit(page: Page, part: str, text: str, *, why: str) -> None:
    """Write a part of the draft anew and say why."""
    page.get_by_role("link", name="Edit", exact=True).click()
    field = page.locator(".edit-part").filter(has=page.get_by_label(part, exact=True))
    field.get_by_label(part, exact=True).fill(text)
    field.get_by_text("Say why (optional)").click()
    field.get_by_label(f"Why {part.lower()} was changed").fill(why)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#draft-part").get_by_text("Edited by Mark")).to_be_visible()


def approve(page: Page, *, unheard_because: str = "") -> None:
    """Approve the draft that the page shows; with a reason where its moments were not heard."""
    if unheard_because:
        page.locator("#approve").get_by_text("More", exact=True).click()
        page.get_by_label("Why do you approve without hearing").fill(unheard_because)
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator("#draft-part .notice")).to_contain_text("Approved by Mark")


def say_of(page: Page, behaviour: str, stance: str, text: str) -> None:
    """Say how it was, of the first quote under a behaviour of the scorecard."""
    row = _row(page, behaviour)
    row.get_by_text("Was it so?").first.click()
    row.get_by_label(stance).check()
    row.get_by_role("textbox", name="How it was").fill(text)
    row.get_by_role("button", name="Send").click()
    expect(_row(page, behaviour).get_by_text(text).first).to_be_visible()


def propose(page: Page, behaviour: str, title: str) -> None:
    """Propose the first quote under a behaviour for the library."""
    row = _row(page, behaviour)
    row.get_by_text("Propose for the library").first.click()
    row.get_by_label("What can others learn from it?").fill(title)
    row.get_by_role("button", name="Ask the rep").click()
    expect(page.locator("#library").get_by_text("Waits for an answer")).to_be_visible()


def _row(page: Page, behaviour: str) -> Locator:
    """A behaviour of the scorecard, whose capability is open by then."""
    page.get_by_role("navigation", name="Parts of this call").get_by_role("link", name="Scorecard").click()
    capability = page.locator("details.capability", has_text=behaviour)
    if capability.get_attribute("open") is None:
        capability.locator("summary").first.click()
    return capability.locator(".behaviours > li").filter(has=page.locator(".behaviour", has_text=behaviour))


def tick(page: Page, step: int, words: str) -> None:
    """Say how far a step of the focus is."""
    form = page.get_by_role("form", name=f"Step {step}")
    form.get_by_role("button", name=words, exact=True).click()
    expect(form.get_by_role("button", name=words, exact=True)).to_have_attribute("aria-pressed", "true")


def plan(page: Page, when: str, purpose: str, reason: str) -> None:
    """Plan the one-to-one of the form that is open, with the agenda it proposes."""
    page.get_by_label("Purpose", exact=True).fill(purpose)
    page.get_by_label("Reason", exact=True).fill(reason)
    page.get_by_label("Day and time").fill(when)
    page.get_by_role("button", name="Plan it").click()
    page.wait_for_url(re.compile(r"/one-to-ones/s\d+$"))


def hold(page: Page, step: str, *, by: str, again: str) -> None:
    """Write down one step that was agreed, with its day, and the day to look again."""
    page.get_by_label("Step 1", exact=True).fill(step)
    page.get_by_label("Step 1 by when").fill(by)
    page.get_by_label("Look at it again on").fill(again)
    page.get_by_role("button", name="It was held").click()
    expect(page.get_by_role("heading", name="What you agreed")).to_be_visible()


def look_again(page: Page, saw: str, *, again: str = "") -> None:
    """Say that both looked again, and when next."""
    page.get_by_label("What did you see together?").fill(saw)
    page.get_by_label("When next?").fill(again)
    page.get_by_role("button", name="We looked at it").click()
    expect(page.get_by_text(saw)).to_be_visible()


def draw(page: Page, seed: str, *, each: int) -> list[str]:
    """The drafts of a sample, as their headings name them."""
    page.get_by_label("For each manager").fill(str(each))
    page.get_by_label("Seed").fill(seed)
    page.get_by_role("button", name="Draw").click()
    expect(page.get_by_label("Seed")).to_have_value(seed)
    return [draft.get_attribute("id") or "" for draft in page.locator("details.sampled").all()]


def squares(page: Page) -> Sequence[str]:
    """The strip of a focus: the kind of each place, from the oldest call on."""
    places = page.get_by_role("list", name=re.compile("calls that were looked at")).get_by_role("listitem").all()
    return [place.get_attribute("class") or "" for place in places]
