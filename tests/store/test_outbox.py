"""Messages that wait: when each is due, how often it was tried, and that none is lost or half written."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.domain.announcement import Announcement
from pipeline.errors import StoreError
from pipeline.store.outbox import PAUSES_S, Outbox

NIGHT = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
URL = "https://crm.example.com/hook"


def done(call: str = "c0123456789ab", at: datetime = NIGHT) -> Announcement:
    return Announcement(type="call.done", timestamp=at, data={"call": call})


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox")


def test_an_empty_workspace_has_nothing_waiting(outbox: Outbox) -> None:
    assert list(outbox.waiting()) == list(outbox.waiting(given_up=True)) == []


def test_a_message_is_due_at_once_and_says_what_it_was_given(outbox: Outbox) -> None:
    kept = outbox.put(done(), URL)
    (one,) = outbox.waiting()
    assert (one.delivery, one.due, one.tried) == (kept, NIGHT, 0)
    assert one.delivery.what == done()


def test_what_was_taken_is_gone_and_stands_in_the_log(outbox: Outbox) -> None:
    outbox.put(done(), URL)
    (one,) = outbox.waiting()
    outbox.taken(one, at=NIGHT + timedelta(seconds=1))
    assert list(outbox.waiting()) == []
    (line,) = outbox.log.all()
    assert (line.id, line.attempt, line.problem, line.given_up) == (one.delivery.id, 1, None, False)


def test_each_failure_waits_longer_and_the_eighth_is_the_last(outbox: Outbox) -> None:
    outbox.put(done(), URL)
    now = NIGHT
    for tried, pause in enumerate(PAUSES_S, start=1):
        (one,) = outbox.waiting()
        assert outbox.failed(one, "it answered 500", at=now)
        (one,) = outbox.waiting()
        assert (one.tried, one.due - now) == (tried, timedelta(seconds=pause))
        now = one.due
    assert not outbox.failed(one, "it answered 500", at=now)
    assert list(outbox.waiting()) == []
    (given_up,) = outbox.waiting(given_up=True)
    assert given_up.tried == 8
    assert [line.given_up for line in outbox.log.all()] == [False] * 7 + [True]
    # 5 + 300 + 1800 + 7200 + 18000 + 36000 + 36000 s
    assert now - NIGHT == timedelta(seconds=99_305)


def test_what_was_given_up_can_be_taken_up_again_under_the_same_id(outbox: Outbox) -> None:
    kept = outbox.put(done(), URL)
    for _ in range(8):
        (one,) = outbox.waiting()
        outbox.failed(one, "no answer", at=NIGHT)
    (one,) = outbox.waiting(given_up=True)
    outbox.take_up(one, at=NIGHT)
    (again,) = outbox.waiting()
    assert (again.delivery.id, again.tried) == (kept.id, 0)


def test_what_is_due_first_comes_first(outbox: Outbox) -> None:
    outbox.put(done("c00000000000b", NIGHT + timedelta(seconds=5)), URL)
    outbox.put(done("c00000000000a", NIGHT), URL)
    assert [one.delivery.what.data["call"] for one in outbox.waiting()] == ["c00000000000a", "c00000000000b"]


def test_what_a_crash_left_behind_is_no_message(outbox: Outbox, tmp_path: Path) -> None:
    outbox.put(done(), URL)
    (tmp_path / "outbox" / ".00000000000-00-x.json.abc.tmp").write_text('{"id":')
    assert len(list(outbox.waiting())) == 1


def test_a_damaged_message_is_named(outbox: Outbox, tmp_path: Path) -> None:
    (tmp_path / "outbox").mkdir()
    (tmp_path / "outbox" / f"01772676000-00-{'0' * 32}.json").write_text("{}")
    with pytest.raises(StoreError, match=r"01772676000-00-0{32}\.json"):
        list(outbox.waiting())


def test_only_one_process_sends_at_a_time(outbox: Outbox, tmp_path: Path) -> None:
    with outbox.alone() as first, Outbox(tmp_path / "outbox").alone() as second:
        assert (first, second) == (True, False)
    with outbox.alone() as again:
        assert again
