"""Whom to remind of what: wishes, allowed webhooks, what was told already, digests."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.cycle.known import Known
from pipeline.cycle.reminders import (
    Reminder,
    Told,
    all_for,
    digest_key,
    due_now,
    subscribe,
    subscription,
    untold,
    wants_any,
    webhook_address,
)
from pipeline.domain.cycle.events import Happened, History
from pipeline.domain.cycle.focus import FocusOpened
from pipeline.domain.cycle.next_step import NextStep
from pipeline.domain.cycle.own import Subscribed
from pipeline.domain.people import User, UserRole
from pipeline.errors import UsageError

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
TODAY = NOW.date()


def said(*wishes: tuple[str, Subscribed]) -> History:
    return tuple(Happened(number=n, author=by, at=NOW, what=w) for n, (by, w) in enumerate(wishes, start=1))


def user(user_id: str, role: UserRole, above: str | None = None) -> User:
    return User(id=user_id, name=user_id.capitalize(), roles=frozenset({role}), reports_to=above, by="t", at=NOW)


def test_the_latest_wish_of_the_user_counts_and_at_first_nothing_is_wished() -> None:
    assert not wants_any(subscription((), "anna"))
    wishes = said(("anna", Subscribed(mail=True)), ("anna", Subscribed(calendar=True)), ("mark", Subscribed(mail=True)))
    assert subscription(wishes, "anna") == Subscribed(calendar=True)


def test_a_wish_that_stands_already_is_not_written_again() -> None:
    wish = Subscribed(mail=True)
    assert subscribe((), "anna", wish, has_address=True) == wish
    assert subscribe(said(("anna", wish)), "anna", wish, has_address=True) is None


@pytest.mark.parametrize("wish", [Subscribed(mail=True), Subscribed(digest="weekly")])
def test_mail_without_an_address_is_refused(wish: Subscribed) -> None:
    with pytest.raises(UsageError, match="no e-mail address"):
        subscribe((), "anna", wish, has_address=False)
    assert subscribe((), "anna", Subscribed(calendar=True), has_address=False) == Subscribed(calendar=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org/x?k=1",
        "http://localhost:9000/in",
        "http://127.0.0.1/in",
        "http://[::1]:80/",
        " https://a.b ",
    ],
)
def test_webhooks_by_https_or_on_this_machine_are_allowed(url: str) -> None:
    assert webhook_address(url) == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/x", "http://10.0.0.1/", "http://localhost.example.org/", "ftp://localhost/", "file:///etc",
        "https://", "https://a:b@example.org/", "https://example.org/#x", "hooks.example.org", "https://a b.org/",
        "https://[::1", "https://example.org:port/", "javascript:alert(1)", "http://127.0.0.1.example.org/",
    ],
)  # fmt: skip
def test_any_other_webhook_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        webhook_address(url)


def reminder(kind: str = "follow_up", on: date | None = TODAY, **changes: object) -> Reminder:
    step = NextStep.model_validate({"kind": kind, "title": "t", "link": "/people/anna/focus", "on": on, **changes})
    return Reminder(person="anna", name="", step=step)


def test_what_was_told_by_one_way_is_still_told_by_another() -> None:
    one = reminder()
    told = (Told(at=NOW, way="mail", key=one.key),)
    assert untold((one,), told, "mail") == ()
    assert untold((one,), told, "webhook") == (one,)


def test_what_was_told_when_due_is_told_once_more_when_overdue() -> None:
    before, after = reminder(), reminder(overdue=True)
    assert untold((after,), (Told(at=NOW, way="mail", key=before.key),), "mail") == (after,)


def test_only_what_is_due_is_told() -> None:
    later = reminder(on=NOW.date() + timedelta(days=1))
    assert due_now((reminder(), later), NOW) == (reminder(),)


@pytest.mark.parametrize(("digest", "key"), [("none", None), ("daily", "2026-03-05"), ("weekly", "week of 2026-03-02")])
def test_a_digest_is_named_by_its_day_or_its_week(digest: str, key: str | None) -> None:
    assert digest_key(Subscribed.model_validate({"digest": digest}), NOW.date()) == key


def test_a_manager_is_told_about_reports_by_name_and_of_nothing_people_wrote() -> None:
    opened = FocusOpened(
        rubric="discovery", capability="c", behaviour="b", shown=2, of=3, follow_up=NOW.date(), text="secret words"
    )
    history = (Happened(number=1, author="mark", at=NOW - timedelta(days=9), what=opened),)
    known = {
        "mark": Known(person="mark", name="mark", history=()),
        "anna": Known(person="anna", name="anna", history=history),
    }
    anna, mark = user("anna", "rep", "mark"), user("mark", "manager")
    found = all_for(mark, (anna,), known, NOW)
    assert [(r.name, r.step.kind, r.step.about) for r in found] == [("Anna", "follow_up", "secret words")]
    assert "secret" not in found[0].key + found[0].step.title + found[0].step.link
    assert [r.step.title for r in all_for(anna, (), known, NOW)] == ["Look again together"]
