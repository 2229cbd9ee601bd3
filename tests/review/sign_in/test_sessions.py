"""Sessions: they outlive a restart, end in time, and their files let nobody in."""

import hashlib
import stat
from datetime import timedelta
from pathlib import Path

from pipeline.review.sign_in.sessions import Sessions, csrf_token
from tests.review.rooms import Clock


def sessions(tmp_path: Path, clock: Clock) -> Sessions:
    return Sessions(tmp_path / "sessions", now=clock, lasting=timedelta(hours=12), idle=timedelta(hours=4))


def test_a_session_outlives_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    cookie = sessions(tmp_path, clock).open("anna", "stamp")
    found = sessions(tmp_path, clock).get(cookie)
    assert found is not None
    assert (found.user, found.stamp, found.opened) == ("anna", "stamp", clock.at)


def test_the_file_lets_no_reader_in_and_only_its_owner_read(tmp_path: Path) -> None:
    cookie = sessions(tmp_path, Clock()).open("anna", "stamp")
    (file,) = (tmp_path / "sessions").iterdir()
    assert file.name == hashlib.sha256(cookie.encode()).hexdigest() + ".json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    said = file.read_text() + file.name
    assert cookie not in said
    assert csrf_token(cookie) not in said
    assert sessions(tmp_path, Clock()).get(file.stem) is None


def test_a_session_ends_when_it_was_not_used_for_the_idle_time(tmp_path: Path) -> None:
    clock = Clock()
    kept = sessions(tmp_path, clock)
    cookie = kept.open("anna", "")
    clock.at += timedelta(hours=3, minutes=59)
    assert kept.get(cookie)  # used: four more hours from here
    clock.at += timedelta(hours=3, minutes=59)
    assert kept.get(cookie)
    clock.at += timedelta(hours=4)
    assert kept.get(cookie) is None
    assert list((tmp_path / "sessions").iterdir()) == []


def test_a_session_ends_in_time_however_much_it_is_used(tmp_path: Path) -> None:
    clock = Clock()
    kept = sessions(tmp_path, clock)
    cookie = kept.open("anna", "")
    for _ in range(11):
        clock.at += timedelta(hours=1)
        assert kept.get(cookie)
    clock.at += timedelta(minutes=59)
    assert kept.get(cookie)
    clock.at += timedelta(minutes=1)
    assert kept.get(cookie) is None


def test_what_nobody_came_back_for_is_gone_at_the_next_sign_in(tmp_path: Path) -> None:
    clock = Clock()
    kept = sessions(tmp_path, clock)
    kept.open("anna", "")
    clock.at += timedelta(hours=5)
    kept.open("bert", "")
    assert len(list((tmp_path / "sessions").iterdir())) == 1


def test_all_of_a_user_end_but_the_one_that_is_kept(tmp_path: Path) -> None:
    kept = sessions(tmp_path, Clock())
    here, there, others = kept.open("anna", ""), kept.open("anna", ""), kept.open("bert", "")
    assert kept.close_all("anna", keep=here) == 1
    assert [kept.get(cookie) is not None for cookie in (here, there, others)] == [True, False, True]


def test_a_damaged_file_is_no_session(tmp_path: Path) -> None:
    kept = sessions(tmp_path, Clock())
    cookie = kept.open("anna", "")
    next((tmp_path / "sessions").iterdir()).write_text('{"user": "an')
    assert kept.get(cookie) is None


def test_no_two_sessions_have_the_same_cookie_or_token(tmp_path: Path) -> None:
    kept = sessions(tmp_path, Clock())
    first, second = kept.open("anna", ""), kept.open("anna", "")
    assert first != second
    assert csrf_token(first) != csrf_token(second)
    assert len(first) >= 43  # 32 random bytes in base64
