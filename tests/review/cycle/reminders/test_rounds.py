"""Rounds of reminding over a real workspace: a due follow-up produces mail, calendar and webhook; each thing once."""

import email
import email.policy
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from typer.testing import CliRunner

from cli import app
from pipeline.config import ReviewRoom
from pipeline.cycle.desk import CycleDesk
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.focus import FocusOpened
from pipeline.domain.cycle.own import Subscribed
from pipeline.domain.cycle.sessions import SessionPlan, SessionPlanned
from pipeline.errors import InputError
from pipeline.review.cycle.reminders.rounds import Made, Round, base_of, journal_of, webhook_secret
from pipeline.review.people import People
from pipeline.store.index import Index
from pipeline.store.workspace import Workspace
from tests.review.rooms import add_people

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
SECRET_WORDS = "Asks what is behind a worry"
HOOK = "https://hooks.example.org/in"


class Posts:
    """Stands for webhooks: keeps what arrives, or fails."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes, str]] = []
        self.broken = False

    def __call__(self, url: str, body: bytes, secret: str) -> None:
        if self.broken:
            raise InputError("it answered 500", hint="put it right")
        self.got.append((url, body, secret))


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """Anna with a focus to look at again today and a one-to-one tomorrow; she and Mark have e-mail addresses."""
    workspace = Workspace(tmp_path / "w")
    add_people(workspace)
    for user_id in ("anna", "mark"):
        known = workspace.users.last(user_id)
        assert known is not None
        workspace.users.append(user_id, known.model_copy(update={"email": f"{user_id}@example.org"}))
    opened = FocusOpened(
        rubric="discovery", capability="concerns", behaviour="x", shown=3, of=5, follow_up=NOW.date(),
        steps=(ActivityStep(text="Words of a step", who="rep", by=date(2026, 3, 4)),), text=SECRET_WORDS,
    )  # fmt: skip
    desk = CycleDesk(workspace, NOW - timedelta(days=9), "mark")
    desk.add("anna", lambda _: opened)
    plan = SessionPlan(coach="mark", starts_at=NOW + timedelta(days=1, hours=2), minutes=20, purpose="Words of a plan")
    desk.add("anna", lambda _: SessionPlanned(plan=plan))
    return workspace


def wish(workspace: Workspace, user: str, wished: Subscribed) -> None:
    CycleDesk(workspace, NOW - timedelta(days=1), user).add(user, lambda _: wished)


@pytest.fixture
def posts() -> Posts:
    return Posts()


@pytest.fixture
def index(space: Workspace) -> Iterator[Index]:
    with Index(space.root / "reminders" / "index.duckdb") as opened:
        yield opened


def go(workspace: Workspace, index: Index, out: Path, posts: Posts, now: datetime = NOW) -> list[Made]:
    workspace.refresh_index(index)
    place = Round(
        people=People(workspace), rows=index.rows, now=now, out=out, base="https://room.example.org", key=b"k" * 32,
        post=posts,
    )  # fmt: skip
    return list(place.go())


def mails(out: Path) -> list[EmailMessage]:
    found = [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in sorted(out.glob("*.eml"))]
    return [mail for mail in found if isinstance(mail, EmailMessage)]


def test_nobody_who_did_not_ask_is_told(space: Workspace, index: Index, tmp_path: Path, posts: Posts) -> None:
    assert go(space, index, tmp_path / "out", posts) == []
    assert not (tmp_path / "out").exists()


def test_a_due_follow_up_produces_mail_calendar_and_webhook(
    space: Workspace, index: Index, tmp_path: Path, posts: Posts
) -> None:
    wish(space, "mark", Subscribed(mail=True, calendar=True, webhook=HOOK))
    out = tmp_path / "out"
    made = go(space, index, out, posts)
    assert [(m.user, m.way, m.n, m.problem) for m in made] == [
        ("mark", "mail", 2, ""), ("mark", "calendar", 2, ""), ("mark", "webhook", 2, ""),
    ]  # fmt: skip
    [mail] = mails(out)
    assert (mail["To"], mail["Subject"]) == ("Mark <mark@example.org>", "Your coaching: 2 things due")
    text = mail.get_content()
    assert "- Anna: Look again: its day has come (Thursday, 5 March 2026)" in text
    assert "https://room.example.org/people/anna/focus" in text
    [(url, body, secret)] = posts.got
    assert (url, secret) == (HOOK, webhook_secret(b"k" * 32, "mark", HOOK))
    told = json.loads(body)
    assert [(r["kind"], r["name"], r["on"]) for r in told["reminders"]] == [
        ("follow_up", "Anna", "2026-03-05"), ("session", "Anna", "2026-03-06"),
    ]  # fmt: skip
    events = {str(e["summary"]): e for e in events_of(out / "mark.ics")}
    assert events["Anna: Look again: its day has come"].decoded("dtstart") == date(2026, 3, 5)
    assert events["Anna: One-to-one"].decoded("dtstart") == NOW + timedelta(days=1, hours=2)
    assert str(events["Anna: One-to-one"]["uid"]) == "anna-s2@filmroom"


def test_nothing_that_people_wrote_leaves_the_room(
    space: Workspace, index: Index, tmp_path: Path, posts: Posts
) -> None:
    for user in ("anna", "mark"):
        wish(space, user, Subscribed(mail=True, calendar=True, webhook=HOOK, digest="daily"))
    out = tmp_path / "out"
    go(space, index, out, posts)
    sent = b"".join([*(p.read_bytes() for p in out.iterdir()), *(body for _, body, _ in posts.got)])
    assert b"anna" in sent
    for words in (SECRET_WORDS, "Words of a"):
        assert words.encode() not in sent


def test_each_thing_is_told_once_and_again_when_it_is_overdue(
    space: Workspace, index: Index, tmp_path: Path, posts: Posts
) -> None:
    wish(space, "anna", Subscribed(mail=True))
    out = tmp_path / "out"
    # Due for Anna: the step of yesterday (overdue), the follow-up of today, the importance of tomorrow.
    assert [m.n for m in go(space, index, out, posts)] == [3]
    assert go(space, index, out, posts) == []
    # Two working days after Thursday is Monday the 9th: on Tuesday the follow-up is overdue, and that is new.
    later = go(space, index, out, posts, NOW + timedelta(days=5))
    assert [m.n for m in later] == [1]
    assert "overdue since Thursday, 5 March 2026" in mails(out)[-1].get_content() + mails(out)[0].get_content()


def test_a_webhook_that_fails_is_told_of_and_tried_again(
    space: Workspace, index: Index, tmp_path: Path, posts: Posts
) -> None:
    wish(space, "mark", Subscribed(webhook=HOOK))
    posts.broken = True
    [made] = go(space, index, tmp_path / "out", posts)
    assert made.problem == "it answered 500; it is sent again the next time"
    assert list(journal_of(space.root, "mark").all()) == []
    posts.broken = False
    [made] = go(space, index, tmp_path / "out", posts)
    assert (made.problem, len(posts.got)) == ("", 1)
    assert go(space, index, tmp_path / "out", posts) == []


def test_a_digest_comes_once_a_day_or_once_a_week(space: Workspace, index: Index, tmp_path: Path, posts: Posts) -> None:
    wish(space, "mark", Subscribed(digest="weekly"))
    out = tmp_path / "out"
    ways = [[m.way for m in go(space, index, out, posts, NOW + timedelta(days=n))] for n in (0, 1, 3, 4, 5)]
    assert ways == [["digest"], [], [], ["digest"], []]  # Thursday, Friday, Sunday; Monday, Tuesday


def test_a_calendar_has_the_same_entries_each_time(
    space: Workspace, index: Index, tmp_path: Path, posts: Posts
) -> None:
    wish(space, "anna", Subscribed(calendar=True))
    uids = []
    for n in (0, 5):
        go(space, index, tmp_path / "out", posts, NOW + timedelta(days=n))
        uids.append({str(e["uid"]) for e in events_of(tmp_path / "out" / "anna.ics") if "Look" in str(e["summary"])
                     or "look" in str(e["summary"])})  # fmt: skip
    assert uids[0] == uids[1]
    assert len(uids[0]) == 1


def test_a_user_without_an_address_is_a_problem_and_no_stop(
    space: Workspace, index: Index, tmp_path: Path, posts: Posts
) -> None:
    known = space.users.last("anna")
    assert known is not None
    wish(space, "anna", Subscribed(mail=True))
    wish(space, "mark", Subscribed(mail=True))
    space.users.append("anna", known.model_copy(update={"email": None}))
    made = go(space, index, tmp_path / "out", posts)
    assert [(m.user, m.problem) for m in made] == [("anna", "there is no e-mail address"), ("mark", "")]


@pytest.mark.parametrize(
    ("settings", "base"),
    [
        ({}, "http://127.0.0.1:8765"),
        ({"hosts": ["room.example.org"], "https": True}, "https://room.example.org"),
        ({"hosts": ["room.example.org"]}, "http://room.example.org:8765"),
    ],
)
def test_links_lead_to_the_room(settings: dict[str, Any], base: str) -> None:
    assert base_of(ReviewRoom.model_validate(settings)) == base


def test_the_command_works_beside_an_open_room_and_is_quiet_the_second_time(
    space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish(space, "anna", Subscribed(mail=True))
    monkeypatch.chdir(tmp_path)
    command = [
        "remind",
        "--workspace",
        str(space.root),
        "--out",
        str(tmp_path / "out"),
        "--date",
        "2026-03-05",
        "--json",
    ]
    with Index(space.index_path):  # as a room has it
        first = CliRunner().invoke(app, command)
        second = CliRunner().invoke(app, command)
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    [made] = json.loads(first.stdout)
    assert (made["user"], made["way"], made["n"]) == ("anna", "mail", 3)
    assert Path(made["where"]).is_file()
    assert json.loads(second.stdout) == []


def events_of(path: Path) -> list[Any]:
    return list(Calendar.from_ical(path.read_bytes()).walk("VEVENT"))
