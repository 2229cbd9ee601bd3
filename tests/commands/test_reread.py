"""`filmroom reread`, and names by `filmroom roles`: what they print and refuse; the whole with a real model."""

from pathlib import Path

import pytest

from pipeline.adapters import weights
from pipeline.config import Config
from pipeline.review.rereads import Rereads, reread_command
from pipeline.store.in_use import alone
from pipeline.store.workspace import Workspace
from tests.command import Command, fill
from tests.review.rooms import Clock
from tests.test_cli import STORE, USAGE, calls, filmroom, refused

__all__ = ["calls", "filmroom"]

WEIGHTS = 4
TALK = """role,text,start,end
Rep,"Hi, this is Ann from Heron Lane. Is now a good time to talk?",0,5
Customer,"Sure, go ahead please.",5,8
Rep,"How do you plan the week for your fitters today?",8,12
Customer,"We use one large spreadsheet and it takes me four hours every Sunday night.",12,25
Rep,"And what does that cost you in a month?",25,29
Customer,"I would guess three thousand dollars.",29,33
"""


@pytest.fixture
def space(tmp_path: Path) -> Path:
    return tmp_path / "w"


class TestNames:
    def test_a_name_is_kept_and_nothing_has_to_be_read_again(self, filmroom: Command, space: Path, calls: Path) -> None:
        call = fill(space, calls / "a.wav")[0]
        printed = filmroom("roles", call, "--name", "S1=Tom Reyes", "-w", space)
        assert (printed.code, printed.err) == (0, "Kept.\n")
        shown = filmroom("roles", call, "-w", space).out
        assert [line.split()[:4] for line in shown.splitlines() if "S1" in line] == [["S1", "rep", "Tom", "Reyes"]]

    def test_an_empty_name_takes_it_away(self, filmroom: Command, space: Path, calls: Path) -> None:
        call = fill(space, calls / "a.wav")[0]
        filmroom("roles", call, "--name", "S1=Tom Reyes", "-w", space)
        filmroom("roles", call, "--name", "S1=", "-w", space)
        assert "Tom" not in filmroom("roles", call, "-w", space).out

    def test_roles_and_names_at_once_are_one_record(self, filmroom: Command, space: Path, calls: Path) -> None:
        call = fill(space, calls / "a.wav")[0]
        printed = filmroom("roles", call, "S1=customer", "--name", "S1=Tom", "--name", "S2=Ann", "-w", space)
        assert f"filmroom reread {call}" in printed.err
        (kept,) = Workspace(space).corrections.all(call)
        assert ([c.role for c in kept.roles], [c.name for c in kept.names]) == (["customer"], ["Tom", "Ann"])

    @pytest.mark.parametrize(
        ("name", "hint"), [("S9=Tom", "S1, S2"), ("S1", "S1=Tom Reyes"), ("S1=" + "n" * 121, "120 characters")]
    )
    def test_a_wrong_one_is_refused(self, filmroom: Command, space: Path, calls: Path, name: str, hint: str) -> None:
        call = fill(space, calls / "a.wav")[0]
        assert hint in refused(filmroom("roles", call, "--name", name, "-w", space), USAGE)
        assert Workspace(space).corrections.last(call) is None


class TestRefused:
    def test_a_workspace_that_is_not_there(self, filmroom: Command, space: Path) -> None:
        refused(filmroom("reread", "c1", "-w", space), USAGE)

    def test_a_call_that_is_not_there_before_anything_is_read(
        self, filmroom: Command, space: Path, calls: Path
    ) -> None:
        call = fill(space, calls / "a.wav")[0]
        refused(filmroom("reread", call, "zzzz", "-w", space, "--reader", "similarity"), STORE)
        assert Workspace(space).calls.last_number(call) == 1

    def test_models_that_are_not_there(
        self, filmroom: Command, space: Path, calls: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        call = fill(space, calls / "a.wav")[0]
        Path("filmroom.toml").write_text(f'models = "{tmp_path / "none"}"\n')
        message = refused(filmroom("reread", call, "-w", space, "--reader", "similarity"), WEIGHTS)
        assert "minilm" in message

    def test_a_flag_that_would_do_nothing(self, filmroom: Command, space: Path, calls: Path) -> None:
        call = fill(space, calls / "a.wav")[0]
        message = refused(filmroom("reread", call, "-w", space, "--reader", "similarity", "--budget", "1"), USAGE)
        assert "--budget would do nothing" in message


@pytest.mark.slow
def test_swapped_roles_with_a_real_reader_from_the_room_s_own_process(
    space: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not weights.is_present("minilm", weights.default_cache()):
        pytest.skip("no model minilm here: filmroom models pull minilm")
    monkeypatch.chdir(tmp_path)
    filmroom = Command(monkeypatch, capsys)
    told = tmp_path / "told.csv"
    told.write_text(TALK)
    run = ("run", told, "-w", space, "--reader", "similarity", "--consent", "yes", "--json")
    (done,) = filmroom(*run).lines()
    call = done["call"]
    before = filmroom("show", call, "-w", space, "--json").json()
    # the rep speaks in 0-5, 8-12 and 25-29 s, 13 s; the customer in 5-8, 12-25 and 29-33 s, 20 s
    assert before["metrics"]["rep_talk_ratio"] == pytest.approx(13 / 33, abs=1e-3)
    filmroom("roles", call, "Rep=customer", "Customer=rep", "-w", space)

    workspace = Workspace(space)
    config = Config(reader="similarity")
    rereads = Rereads(workspace, now=Clock(), command=lambda c: reread_command(config, space, c))
    rereads.resume()
    assert rereads.wait(120)
    state = rereads.state(call)
    rereads.close()
    assert (state.state, state.record, state.reason) == ("settled", 2, "")

    after = filmroom("show", call, "-w", space, "--json").json()
    assert after["metrics"]["rep_talk_ratio"] == pytest.approx(20 / 33, abs=1e-3)
    assert {o["role"] for o in before["observations"]} == {"rep"}
    asked = {o["quote"] for o in before["observations"]}
    assert asked.isdisjoint({o["quote"] for o in after["observations"] if o["role"] == "rep"})
    assert [line["status"] for line in filmroom(*run).lines()] == ["skipped"]
    again = filmroom("reread", call, "-w", space, "--reader", "similarity", "--json")
    assert [line["status"] for line in again.lines()] == ["skipped"]


def test_while_calls_are_erased_nothing_is_read_again(
    filmroom: Command, space: Path, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = fill(space, calls / "a.wav")[0]
    monkeypatch.setattr("pipeline.engines.local.require_reading", lambda _: None)
    with alone(space):
        printed = filmroom("reread", call, "-w", space, "--reader", "similarity")
    assert printed.code == STORE
    assert "in use" in printed.err
