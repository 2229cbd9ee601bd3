"""`filmroom users` and `filmroom audit`: what they write, what they print, how they end."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from pipeline.commands import users
from pipeline.domain.people import User
from pipeline.review.sign_in.passwords import check
from pipeline.store.workspace import Workspace
from tests.commands.runner import Ended, run
from tests.review.rooms import add_calls, add_people

USAGE, STORE = 2, 6
GOOD = "a green whale sings"


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.delenv("FILMROOM_WORKSPACE", raising=False)
    workspace = Workspace(tmp_path / "w")
    add_people(workspace)
    return workspace


def filmroom_users(space: Workspace, *arguments: str) -> Ended:
    return run(users.app, *arguments, "--workspace", space.root)


def audit(space: Workspace, *arguments: str) -> Ended:
    app = typer.Typer()
    app.command()(users.audit)
    return run(app, *arguments, "--workspace", space.root)


def user(space: Workspace, user_id: str) -> User:
    found = space.users.last(user_id)
    assert found is not None
    return found


MAYA = ("add", "maya", "--name", "Maya Olsen", "--role", "rep", "--reports-to", "mark", "--known-as", "M. Olsen")


class TestAdd:
    def test_a_user_with_everything(self, space: Workspace) -> None:
        ended = filmroom_users(space, *MAYA, "--role", "second-level", "--email", "m@example.com", "--no-password")
        assert (ended.code, ended.err) == (0, "Added maya: Maya Olsen, rep, second level, reports to mark.\n")
        maya = user(space, "maya")
        assert maya.roles == {"rep", "second_level"}
        assert (maya.known_as, maya.email) == (("M. Olsen",), "m@example.com")
        assert (maya.password, maya.by) == (None, "command line")

    def test_the_first_user_of_a_new_workspace(self, tmp_path: Path) -> None:
        new = Workspace(tmp_path / "new")
        assert filmroom_users(new, "add", "adam", "--name", "Adam", "--role", "admin", "--no-password").code == 0
        assert user(new, "adam").name == "Adam"

    def test_a_password_comes_by_standard_input_and_is_kept_as_a_hash(self, space: Workspace) -> None:
        arguments = [*MAYA, "--password-stdin", "--workspace", str(space.root)]
        assert CliRunner().invoke(users.app, arguments, input=f"{GOOD}\n").exit_code == 0
        kept = user(space, "maya").password
        assert check(GOOD, kept)[0]
        assert GOOD not in "".join(p.read_text() for p in (space.root / "users" / "maya").iterdir())

    def test_without_a_terminal_nobody_is_asked(self, space: Workspace) -> None:
        ended = filmroom_users(space, *MAYA)
        assert ended.error is not None
        assert (ended.code, ended.error.hint) == (USAGE, "give --password-stdin or --no-password")
        assert space.users.last("maya") is None

    def test_a_password_that_is_too_short_is_refused(self, space: Workspace) -> None:
        result = CliRunner().invoke(
            users.app, [*MAYA, "--password-stdin", "--workspace", str(space.root)], input="short\n"
        )
        assert "fewer than 12" in str(result.exception)

    def test_a_broken_rule_ends_with_2_and_says_what_to_do(self, space: Workspace) -> None:
        ended = filmroom_users(space, "add", "maya", "--name", "anna", "--role", "rep", "--no-password")
        assert ended.error is not None
        assert (ended.code, ended.error.message) == (USAGE, "calls by 'anna' are anna's")
        assert "let maya be known by another one" in ended.error.hint


class TestChange:
    def test_only_what_is_given_changes(self, space: Workspace) -> None:
        ended = filmroom_users(space, "change", "anna", "--reports-to", "nina", "--known-as", "A. B.")
        assert ended.err == "anna: Anna, rep, reports to nina.\n"
        assert (user(space, "anna").known_as, user(space, "anna").name) == (("A. B.",), "Anna")
        filmroom_users(space, "change", "anna", "--reports-to", "-", "--known-as", "-")
        assert (user(space, "anna").known_as, user(space, "anna").reports_to) == ((), None)

    def test_a_removed_user_is_let_in_again(self, space: Workspace) -> None:
        filmroom_users(space, "remove", "anna")
        assert user(space, "anna").removed
        assert filmroom_users(space, "change", "anna", "--restore", "--name", "Anne").code == 0
        assert (user(space, "anna").removed, user(space, "anna").name) == (False, "Anne")

    def test_two_ways_to_a_password_are_refused(self, space: Workspace) -> None:
        assert filmroom_users(space, "change", "anna", "--password", "--no-password").code == USAGE

    def test_an_unknown_user_ends_with_6(self, space: Workspace) -> None:
        assert filmroom_users(space, "change", "nobody", "--name", "X").code == STORE


class TestRemove:
    def test_it_says_who_still_reports_to_them(self, space: Workspace) -> None:
        ended = filmroom_users(space, "remove", "mark")
        assert "Still reporting to mark: anna, bert." in ended.err
        assert "filmroom users change ID --reports-to ANOTHER" in ended.err

    def test_of_somebody_without_anybody_below_it_says_no_more(self, space: Workspace) -> None:
        assert filmroom_users(space, "remove", "anna").err == "Removed anna.\n"


class TestList:
    def test_each_stands_below_the_one_they_report_to(self, space: Workspace) -> None:
        lines = filmroom_users(space, "list").out.splitlines()
        found = [line[1:11].rstrip() for line in lines if line.strip().startswith(("vera", "mark", "anna", "bert"))]
        assert found == ["vera", "  mark", "    anna", "    bert"]

    def test_json_has_no_secret(self, space: Workspace) -> None:
        space.users.append("anna", user(space, "anna").model_copy(update={"password": "$argon2id$secret"}))
        ended = filmroom_users(space, "list", "--json")
        anna = next(u for u in json.loads(ended.out)["users"] if u["id"] == "anna")
        assert (anna["signs_in_by"], anna["depth"], anna["number"]) == ("password", 2, 2)
        assert "argon2" not in ended.out

    def test_names_in_calls_that_are_nobody_s_come_on_request(self, space: Workspace, tmp_path: Path) -> None:
        add_calls(space, tmp_path / "calls", ("Anna", "Stranger"))
        assert "Stranger" not in filmroom_users(space, "list").out
        assert "known as Stranger: rep of 1 call" in filmroom_users(space, "list", "--unknown").out

    def test_a_workspace_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        assert filmroom_users(Workspace(tmp_path / "none"), "list").code == USAGE


class TestAudit:
    def test_what_was_done_in_words(self, space: Workspace) -> None:
        filmroom_users(space, "remove", "anna")
        assert "command line" in audit(space).out
        assert "removed a user" in audit(space, "--user", "command line").out
        (line,) = json.loads(audit(space, "--json").out)
        assert (line["action"], line["detail"]) == ("user_removed", "anna")

    def test_a_whole_chain_ends_with_0_a_broken_one_with_6(self, space: Workspace) -> None:
        filmroom_users(space, "remove", "anna")
        filmroom_users(space, "remove", "bert")
        assert audit(space, "--verify").out.startswith("2 lines, the last is ")
        (file,) = (space.root / "audit").glob("*.jsonl")
        file.write_text(file.read_text().replace('"anna"', '"carl"'))
        ended = audit(space, "--verify")
        assert ended.error is not None
        assert (ended.code, "line 2, does not follow" in ended.error.message) == (STORE, True)
