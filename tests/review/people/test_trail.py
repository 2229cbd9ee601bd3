"""The audit trail: a chain across months and processes, read from its end, and what breaks it."""

import hashlib
import json
import multiprocessing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.audit import AuditAction, AuditEvent
from pipeline.errors import StoreError, UsageError
from pipeline.review.audit import Audit, Wanted
from pipeline.store.workspace import Workspace
from tests.review.rooms import Clock

ANY = Wanted()


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 1, 31, 23, 0, tzinfo=UTC))


@pytest.fixture
def trail(tmp_path: Path, clock: Clock) -> Audit:
    return Audit(Workspace(tmp_path), now=clock)


def lines_of(tmp_path: Path) -> list[bytes]:
    files = sorted((tmp_path / "audit").glob("*.jsonl"))
    return [line for file in files for line in file.read_bytes().splitlines()]


def tell_many(root: Path, user: str, n: int) -> None:
    mine = Audit(Workspace(root), now=Clock())
    for _ in range(n):
        mine.tell(user, "viewed", call="c" * 64)


class TestWriting:
    def test_each_line_names_the_digest_of_the_one_before_across_months(
        self, tmp_path: Path, trail: Audit, clock: Clock
    ) -> None:
        trail.tell("mark", "viewed", call="call-1", address="10.0.0.1")
        clock.at += timedelta(hours=2)
        trail.tell("mark", "approved", call="call-1", detail="heard all")
        first, second = lines_of(tmp_path)
        assert [p.name for p in sorted((tmp_path / "audit").glob("*.jsonl"))] == ["2026-01.jsonl", "2026-02.jsonl"]
        assert json.loads(first)["previous"] == ""
        assert json.loads(second)["previous"] == hashlib.sha256(first).hexdigest()

    def test_processes_write_one_chain(self, tmp_path: Path) -> None:
        ways = multiprocessing.get_context("spawn")
        others = [ways.Process(target=tell_many, args=(tmp_path, user, 40)) for user in ("mark", "vera")]
        for other in others:
            other.start()
        tell_many(tmp_path, "nina", 40)
        for other in others:
            other.join()
        chain = Audit(Workspace(tmp_path), now=Clock()).verify()
        assert (chain.lines, chain.wrong) == (120, None)

    def test_a_clock_that_is_put_back_does_not_part_the_chain(self, trail: Audit, clock: Clock) -> None:
        clock.at += timedelta(hours=2)
        trail.tell("mark", "viewed")
        clock.at -= timedelta(days=60)
        trail.tell("mark", "edited")
        assert (trail.verify().lines, trail.verify().wrong) == (2, None)
        assert [e.action for e in trail.find(ANY).events] == ["edited", "viewed"]

    def test_what_a_crash_left_of_a_line_leaves_the_chain_whole(self, tmp_path: Path, trail: Audit) -> None:
        trail.tell("mark", "edited")
        with (tmp_path / "audit" / "2026-01.jsonl").open("ab") as file:
            file.write(b'{"at": "2026-01-31T23')
        assert trail.verify().lines == 1
        trail.tell("vera", "approved")
        assert (trail.verify().lines, trail.verify().wrong) == (2, None)

    def test_texts_of_strangers_are_cut(self, trail: Audit) -> None:
        trail.tell("x" * 10**6, "sign_in_failed", detail="y" * 10**6)
        (event,) = trail.find(ANY).events
        assert (len(event.user), len(event.detail)) == (120, 500)

    def test_a_full_or_closed_disk_is_an_error_and_not_silence(self, tmp_path: Path, trail: Audit) -> None:
        (tmp_path / "audit").write_text("a file, where the folder should be")
        with pytest.raises((StoreError, OSError)):
            trail.tell("mark", "approved")


class TestVerifying:
    @pytest.fixture
    def file(self, tmp_path: Path, trail: Audit) -> Path:
        for n in range(5):
            trail.tell("mark", "edited", call=f"call-{n}")
        return tmp_path / "audit" / "2026-01.jsonl"

    def test_a_changed_line_shows_at_the_next(self, trail: Audit, file: Path) -> None:
        file.write_text(file.read_text().replace("call-2", "call-9"))
        chain = trail.verify()
        assert (chain.file, chain.line, chain.wrong, chain.lines) == ("2026-01.jsonl", 4, "changed", 3)

    def test_a_line_taken_out_shows(self, trail: Audit, file: Path) -> None:
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(lines[:1] + lines[2:]))
        assert (trail.verify().line, trail.verify().wrong) == (2, "changed")

    def test_lines_missing_at_the_beginning_show(self, trail: Audit, file: Path) -> None:
        file.write_text("".join(file.read_text().splitlines(keepends=True)[2:]))
        assert (trail.verify().line, trail.verify().wrong) == (1, "missing_before")

    def test_a_line_that_is_none_shows(self, trail: Audit, file: Path) -> None:
        file.write_text(file.read_text().replace('"call-3"', "call-3"))
        assert (trail.verify().line, trail.verify().wrong) == (4, "unreadable")

    def test_lines_cut_off_at_the_end_show_in_the_head_alone(self, trail: Audit, file: Path) -> None:
        head = trail.verify().head
        file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
        assert trail.verify().wrong is None
        assert trail.verify().head != head

    def test_nothing_was_written_yet(self, tmp_path: Path) -> None:
        assert Audit(Workspace(tmp_path / "new"), now=Clock()).verify().lines == 0


class TestReading:
    @pytest.fixture
    def filled(self, trail: Audit, clock: Clock) -> Audit:
        """24 lines, one every six hours from 31 January on: mark and vera by turns, every third an approval."""
        for n in range(24):
            action: AuditAction = "approved" if n % 3 == 0 else "viewed"
            trail.tell("mark" if n % 2 == 0 else "vera", action, call=f"call-{n % 4}")
            clock.at += timedelta(hours=6)
        return trail

    def all_of(self, trail: Audit, wanted: Wanted, n: int) -> list[AuditEvent]:
        found, older = list[AuditEvent](), None
        for _ in range(100):
            page = trail.find(wanted, older=older, n=n)
            found += page.events
            if (older := page.older) is None:
                return found
        raise AssertionError("it never ended")

    @pytest.mark.parametrize("n", [1, 5, 24, 50])
    def test_pages_have_every_line_once_newest_first(self, filled: Audit, n: int) -> None:
        found = self.all_of(filled, ANY, n)
        assert len(found) == 24
        assert [e.at for e in found] == sorted((e.at for e in found), reverse=True)

    def test_filters_go_together(self, filled: Audit) -> None:
        # mark has the even n, approvals are the n that 3 divides, call-2 those with n % 4 == 2: 6 and 18.
        wanted = Wanted(user="mark", action="approved", call="call-2")
        assert [e.at.day for e in self.all_of(filled, wanted, 1)] == [5, 2]

    def test_a_day_is_in_utc(self, filled: Audit) -> None:
        # From 31 January 23:00 on every six hours: 05:00, 11:00, 17:00 and 23:00 of 1 February.
        found = self.all_of(filled, Wanted(day=date(2026, 2, 1)), 10)
        assert [e.at.hour for e in found] == [23, 17, 11, 5]

    def test_a_user_s_name_inside_other_words_is_no_match(self, trail: Audit) -> None:
        trail.tell("vera", "edited", detail='"user":"mark" mark')
        assert trail.find(Wanted(user="mark")).events == ()

    def test_a_name_of_other_letters_is_found(self, trail: Audit) -> None:
        trail.tell('Zoë "Z" \\ Ω', "sign_in_failed")
        assert len(trail.find(Wanted(user='Zoë "Z" \\ Ω')).events) == 1

    @pytest.mark.filterwarnings("error")
    @given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
    def test_what_is_looked_for_is_written_as_lines_write_it(self, text: str) -> None:
        line = AuditEvent(at=Clock()(), user=text, action="viewed", call=text).model_dump_json().encode()
        words = Wanted(user=text, action="viewed", call=text).words()
        assert [word in line for word in words] == [True, True, True]

    @pytest.mark.parametrize("older", ["x", "2026-01", "2026-01.x", "2026-01.-5", "2026-01." + "9" * 20])
    def test_a_place_from_nowhere_is_refused(self, filled: Audit, older: str) -> None:
        with pytest.raises(UsageError):
            filled.find(ANY, older=older)

    def test_a_place_inside_a_line_gives_the_lines_before_it(self, filled: Audit) -> None:
        assert filled.find(ANY, older="2026-01.3").events == ()
        assert len(filled.find(ANY, older="2026-03.0").events) == 24

    def test_the_first_page_reads_the_end_alone(self, tmp_path: Path, trail: Audit) -> None:
        (tmp_path / "audit").mkdir()
        with (tmp_path / "audit" / "2026-01.jsonl").open("wb") as file:
            file.truncate(10**10)  # a hole: reading all of it would take minutes
            file.seek(0, 2)
            file.write(b"\n{}\n")
        for _ in range(60):
            trail.tell("mark", "viewed")
        assert len(trail.find(ANY).events) == 50

    def test_one_page_looks_at_so_many_lines_and_no_more(self, filled: Audit, tmp_path: Path) -> None:
        few = Audit(Workspace(tmp_path), now=Clock(), lines_a_page=10)
        found = few.find(Wanted(call="call-0"))
        # The newest ten lines are 23 to 14; call-0 are 20 and 16.
        assert (len(found.events), found.older is None) == (2, False)
        assert len(self.all_of(few, Wanted(call="call-0"), 50)) == 6
