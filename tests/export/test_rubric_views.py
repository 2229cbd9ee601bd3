"""What authors are shown of checks, differences and trials: every fact, in words, within the width."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.domain.assessment import Score
from pipeline.domain.estimate import Expense
from pipeline.domain.rubric import Parties, Polarity
from pipeline.domain.rubric_diff import diff_rubrics
from pipeline.domain.span import Span
from pipeline.export.rubric_views import reach, show_check, show_diff
from pipeline.export.trial_views import effort_lines, show_trial
from pipeline.workbench.findings import Checked, CheckFinding
from pipeline.workbench.trial import CallTrial, Effort, Flip, LevelMove, Picked, Shown, Trial, summarise
from tests.domain.test_rubric_diff import COST, IMPACT, NEXT, OLD, behaviour, with_behaviour, with_capabilities

WIDTHS = [80, 120]


def printed(show: object, value: object, *, width: int = 80, terminal: bool = False) -> str:
    out = StringIO()
    console = Console(file=out, width=width, force_terminal=terminal, color_system=None, legacy_windows=False)
    show(value, console)  # type: ignore[operator]
    return out.getvalue()


FINDING = CheckFinding(
    severity="warning", rule="wording", line=11, column=15, text="cost_asked: “good” leaves it open " * 4, fix="name it"
)
CHECKED = Checked(path=Path("mine.yaml"), rubric="small", version=2, findings=(FINDING,), not_looked_at="no weights")


class TestCheck:
    def test_piped_each_finding_is_on_a_line_as_editors_read_them(self) -> None:
        lines = printed(show_check, CHECKED).splitlines()
        assert lines[0].startswith("mine.yaml:11:15: warning: cost_asked: “good”")
        assert lines[1:] == ["  What to do: name it", "small, version 2: 0 errors, 1 warning.", "Note: no weights."]

    @pytest.mark.parametrize("width", WIDTHS)
    def test_on_a_terminal_no_line_is_wider_than_it(self, width: int) -> None:
        lines = printed(show_check, CHECKED, width=width, terminal=True).splitlines()
        assert max(len(line.rstrip()) for line in lines) <= width
        assert lines[0].split() == ["mine.yaml:11:15", "warning", "wording"]


class TestDiff:
    def test_every_change_is_under_its_capability_with_its_sign(self) -> None:
        impact = IMPACT.model_copy(update={"behaviours": (*IMPACT.behaviours, behaviour("budget_asked")), "weight": 5})
        out = printed(show_diff, diff_rubrics(OLD, with_capabilities(impact)))
        assert out.splitlines()[0] == "small: version 1 -> version 2"
        assert "+ added budget_asked  Does budget_asked  [calls are read again]" in out
        assert "- removed: next_step" in out
        assert "- removed date_named  Does date_named" in out
        assert "weight  - 3\n          + 5" in out
        assert out.index("impact") < out.index("+ added budget_asked") < out.index("- removed: next_step")

    def test_another_id_alone_is_told(self) -> None:
        out = printed(show_diff, diff_rubrics(OLD, OLD.model_copy(update={"id": "ours"})))
        assert out.startswith("small version 1 -> ours version 1\n")
        assert "it is another rubric and no version of the old one" in " ".join(out.split())

    def test_examples_are_told_one_by_one(self) -> None:
        out = printed(show_diff, diff_rubrics(OLD, with_behaviour("cost_asked", examples=("cost_asked one", "Three?"))))
        assert "examples - cost_asked two\n             + Three?" in out

    def test_order_alone_is_said_to_mean_the_same(self) -> None:
        new = with_behaviour("cost_asked", examples=tuple(reversed(COST.examples)))
        told = list(reach(diff_rubrics(OLD, new)))
        assert told == [
            "Only the order changed, which means the same: examples of cost_asked.",
            "Nothing changes its meaning.",
        ]
        assert next(reach(diff_rubrics(OLD, with_capabilities(NEXT, IMPACT)))).endswith("same: capabilities.")

    def test_no_difference_is_said(self) -> None:
        assert printed(show_diff, diff_rubrics(OLD, OLD)) == "small: version 1 -> version 1\n  No difference.\n"

    def test_another_rubric_is_named_by_both_ids(self) -> None:
        out = printed(show_diff, diff_rubrics(OLD, OLD.model_copy(update={"id": "mine"})))
        assert out.startswith("small version 1 -> mine version 1\n")

    def test_words_of_a_rubric_cannot_write_on_the_terminal(self) -> None:
        out = printed(
            show_diff, diff_rubrics(OLD, with_behaviour("cost_asked", text="Asks \x1b[31mred[/]")), terminal=True
        )
        assert "\x1b[31mred" not in out
        assert "red[/]" in out


def shown(text: str, start: float) -> Shown:
    return Shown(text=text, role="rep", span=Span(start=start, end=start + 2))


def flip(kind: str, **fields: object) -> Flip:
    base: dict[str, object] = {
        "kind": kind, "id": "cost_asked", "text": "Asks what it costs", "capability": "impact",
        "polarity": Polarity.EFFECTIVE, "before": "not_shown", "after": "shown",
    }  # fmt: skip
    return Flip.model_validate(base | fields)


CALLS = (
    CallTrial(
        call="c0001",
        name="a.opus",
        flips=(
            flip("gained", after_quotes=(shown("What does that cost you?", 65.0),)),
            flip("lost", id="why_asked", was="reason_asked", before="shown", after="not_shown",
                 before_quotes=(Shown(text="Why is that?", role="rep", span=None),)),
            flip("other", id="who_asked", before="no_opportunity", after="not_shown", before_reason="nothing called"),
            flip("gained", id="pushed", polarity=Polarity.INEFFECTIVE, before=None),
        ),
        moves=(
            LevelMove(
                capability="impact",
                name="What it costs",
                before=Score(capability="impact", of=4, level=1),
                after=Score(capability="impact", of=4, level=3),
            ),
        ),
        before=Picked(strength="why_asked", improvement="cost_asked"),
        after=Picked(strength="why_asked", improvement=None),
    ),
    CallTrial(call="c0002", name="b.opus", before=Picked(strength=None, improvement=None),
              after=Picked(strength=None, improvement=None)),
    CallTrial(call="c0003", name="c.opus", failed="observe: out of memory"),
)  # fmt: skip
TRIAL = Trial(
    before="discovery version 1 (shipped)",
    after="discovery version 2 (file, mine.yaml)",
    reader="similarity",
    parties=Parties(),
    calls=CALLS,
    summary=summarise(CALLS),
)


class TestTrial:
    def test_each_flip_has_its_states_and_the_words_with_speaker_and_time(self) -> None:
        out = printed(show_trial, TRIAL, width=110)
        assert "+ gained cost_asked  Asks what it costs: not shown -> shown" in out
        assert "after “What does that cost you?” Rep [01:05]" in out
        assert "- lost why_asked (was reason_asked)  Asks what it costs: shown -> not shown" in out
        assert "before “Why is that?” Rep\n" in out
        assert "~ otherwise who_asked  Asks what it costs: no opportunity -> not shown" in out
        assert "before nothing called" in out
        assert "[against the goal]: not in the rubric -> shown" in out

    def test_levels_and_drafts_are_told_before_and_after(self) -> None:
        out = printed(show_trial, TRIAL, width=110)
        assert "level What it costs: 1 of 4 -> 3 of 4" in out
        assert "draft strength why_asked (as before); improvement cost_asked -> none" in out

    def test_a_call_that_is_as_before_takes_one_line(self) -> None:
        lines = printed(show_trial, TRIAL).splitlines()
        at = lines.index("c0002  b.opus: as before")
        assert lines[at + 1 : at + 3] == ["", "c0003  c.opus"]

    def test_the_table_adds_up_the_calls(self) -> None:
        out = printed(show_trial, TRIAL)
        assert "3 calls: 1 as before, 1 could not be read." in out
        rows = {
            line.split()[0]: line.split()[1:] for line in out.splitlines() if line.startswith("  ") and line.strip()
        }
        assert rows["cost_asked"] == ["1", "."]
        assert rows["why_asked"] == [".", "1"]
        assert rows["impact"] == ["1", ".", "."]
        assert "another strength in 0 of 3, another improvement in 1 of 3" in out
        assert "could not be read: observe: out of memory" in out

    def test_who_speaks_is_named_as_the_rubric_does(self) -> None:
        one_to_one = TRIAL.model_copy(update={"parties": Parties(rep="manager", customer="rep")})
        assert "Manager [01:05]" in printed(show_trial, one_to_one, width=110)

    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize("terminal", [True, False])
    def test_no_line_is_wider_than_the_terminal(self, width: int, terminal: bool) -> None:
        lines = printed(show_trial, TRIAL, width=width, terminal=terminal).splitlines()
        assert max(len(line.rstrip()) for line in lines) <= width


class TestEffort:
    def told(self, expense: Expense | None = None, **fields: object) -> str:
        base = {"n_calls": 2, "n_readings": 4, "n_kept": 1, "n_behaviours": 60, "seconds": 31.6}
        return "\n".join(effort_lines(Effort.model_validate(base | fields), expense))

    def test_readings_behaviours_and_seconds_are_told(self) -> None:
        assert self.told() == (
            "2 calls, each read before and after: 4 readings, 1 of them kept from earlier, 3 to be made.\n"
            "60 behaviours to read in all. About 32 s, as earlier readings of these calls took."
        )

    def test_tokens_and_money_are_told_where_a_language_model_is_asked(self) -> None:
        expense = Expense(
            requests=12,
            input_tokens=48_000,
            output_tokens=3_000,
            most_output_tokens=18_000,
            least_usd=0.02,
            most_usd=0.1,
        )
        assert "12 requests, about 48,000 tokens in and 3,000 to 18,000 out. Cost: $0.02 to $0.1." in self.told(expense)
        unknown = expense.model_copy(update={"least_usd": None, "most_usd": None})
        assert "Cost: not known" in self.told(unknown)
        assert "nothing is paid" in self.told(Expense())

    def test_nothing_to_read_is_said(self) -> None:
        assert self.told(n_kept=4, n_behaviours=0, seconds=0).endswith("Nothing is read anew, and nothing is paid.")
