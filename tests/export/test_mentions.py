"""What pages and programs are shown of trackers and of the stage that was told."""

import json
from collections.abc import Callable
from datetime import date

import pytest

from pipeline.domain.recording import CallMetadata, Recording, Stage
from pipeline.domain.result import CallResult
from pipeline.domain.tracker import Mention, SpokenDay, StageGuess, Tracked, Tracking
from pipeline.export.contract import CallFields, call_fields, to_json
from pipeline.export.html import to_html
from pipeline.export.markdown import to_markdown
from pipeline.export.mentions import stage_told, tracker_rows
from pipeline.export.sheet import sheet
from pipeline.export.terminal import to_text
from tests.export.call import conversation, quote
from tests.export.test_contract import untimed


def tracking() -> Tracking:
    talk = conversation()
    price = quote("t0008", "$90 a month is a lot for us.", talk)
    step = quote("t0011", "Shall we look at it together on Tuesday at nine,", talk)
    return Tracking(
        trackers=(
            Tracked(tracker="next_step", title="Next steps", seconds=12.0),
            Tracked(tracker="price", title="Price", seconds=8.0),
            Tracked(tracker="quiet", title="Quiet", seconds=0.0),
        ),
        mentions=(
            Mention(tracker="price", quote=price, role="customer"),
            Mention(tracker="price", quote=price, role="customer", negated=True, by="similarity"),
            Mention(
                tracker="next_step", quote=step, role="rep", owner="both",
                date=SpokenDay(words="Tuesday", day=date(2026, 3, 10)),
            ),
        ),
        stage=StageGuess(stage=Stage.DISCOVERY, confidence=0.7, by="rules", why=(price,)),
    )  # fmt: skip


@pytest.fixture
def tracked(call_with: Callable[..., CallResult]) -> CallResult:
    return call_with(tracking=tracking())


def test_mentions_are_printed_with_their_words_time_owner_and_day(tracked: CallResult) -> None:
    fields = json.loads(to_json(tracked))
    turns = {turn["id"]: turn["text"] for turn in fields["turns"]}
    price, denied, step = fields["trackers"]
    assert set(price) == {
        "tracker", "turn_id", "role", "start", "end", "quote", "negated", "by", "date", "owner",
    }  # fmt: skip
    assert all(m["quote"] in turns[m["turn_id"]] for m in fields["trackers"])
    assert (price["negated"], denied["negated"], denied["by"]) == (False, True, "similarity")
    assert (step["owner"], step["date"]) == ("both", {"words": "Tuesday", "day": "2026-03-10"})
    assert fields["stage"] == {
        "stage": "discovery", "confidence": 0.7, "by": "rules", "why": ["$90 a month is a lot for us."],
    }  # fmt: skip
    assert CallFields.model_validate_json(to_json(tracked)) == call_fields(tracked)


def test_a_call_from_before_there_were_trackers_says_so_with_null(call: CallResult) -> None:
    fields = json.loads(to_json(call))
    assert (fields["trackers"], fields["stage"]) == (None, None)
    assert "Mentions" not in to_text(call) + to_markdown(call) + to_html(call)


def test_rows_count_mentions_denials_and_time_and_leave_out_what_found_nothing(tracked: CallResult) -> None:
    steps, price = tracker_rows(tracked)
    assert (steps.title, steps.summary) == ("Next steps", "1 mention, 12.0 s")
    assert (price.title, price.summary) == ("Price", "2 mentions, 1 said not to be so, 8.0 s")
    assert [m.note for m in price.mentions] == ["", "said not to be so"]
    assert steps.mentions[0].note == "by both; “Tuesday”: Tuesday, 10 March 2026"


def test_without_times_there_is_neither_clock_nor_span(tracked: CallResult) -> None:
    bare = tracked.model_copy(update={"conversation": untimed(tracked.conversation)})
    assert {(m.clock, m.span) for row in tracker_rows(bare) for m in row.mentions} == {("", None)}


@pytest.mark.parametrize("render", [to_text, to_markdown, to_html])
def test_every_page_tells_the_mentions(tracked: CallResult, render: Callable[[CallResult], str]) -> None:
    shown = " ".join(render(tracked).split())
    assert "Mentions" in shown
    assert "Next steps" in shown
    assert "Tuesday, 10 March 2026" in shown
    assert "said not to be so" in shown


def test_the_terminal_shows_a_few_and_counts_the_rest(call_with: Callable[..., CallResult]) -> None:
    found = tracking()
    many = found.model_copy(update={"mentions": (found.mentions[0],) * 5})
    assert "and 2 more (all with --json)" in to_text(call_with(tracking=many))


def test_quotes_of_mentions_can_be_heard(tracked: CallResult, call: CallResult) -> None:
    assert (
        to_html(tracked, audio=b"sound").count('class="play"')
        == to_html(call, audio=b"sound").count('class="play"') + 3
    )


def test_the_stated_stage_is_shown_before_one_that_was_told(tracked: CallResult) -> None:
    assert stage_told(tracked) == "Discovery"
    assert stage_told(_without_stage(tracked)) == "Discovery, by what was said"
    facts = {fact.label: fact.text for fact in sheet(_without_stage(tracked)).facts}
    assert facts["Stage"] == "Discovery, by what was said"


def test_an_unknown_stage_is_not_shown(tracked: CallResult) -> None:
    assert tracked.tracking is not None
    unknown = StageGuess(stage="unknown", confidence=0, by="rules")
    without = _without_stage(tracked)
    assert (
        stage_told(without.model_copy(update={"tracking": tracked.tracking.model_copy(update={"stage": unknown})}))
        is None
    )
    assert stage_told(without.model_copy(update={"tracking": None})) is None


def _without_stage(call: CallResult) -> CallResult:
    metadata: CallMetadata = call.recording.metadata.model_copy(update={"stage": None})
    recording: Recording = call.recording.model_copy(update={"metadata": metadata})
    return call.model_copy(update={"recording": recording})
