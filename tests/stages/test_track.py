"""Tracking a call: what is mentioned, for how long, and what the stage changes."""

from datetime import UTC, datetime, timedelta, timezone

from pipeline.domain.recording import Stage
from pipeline.domain.tracker import Tracker
from pipeline.stages.track import track
from tests.conversations import conversation
from tests.export.test_contract import untimed

PRICE = Tracker(id="price", version=1, title="Price", text="Money.", phrases=("price",))
STEP = Tracker(id="next_step", version=1, title="Next steps", text="To do.", commitment=True, phrases=("i will send",))
TALK = conversation(
    [
        # Ten words in ten seconds: the first sentence lasts from 0 to 4 s, the second from 4 to 10 s.
        ("rep", 0.0, 10.0, "The price is ninety. I will send it to you."),
        ("customer", 10.0, 14.0, "Not the price again."),
    ]
)
CALLED = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)


def test_mentions_come_in_order_of_time() -> None:
    found = track(TALK, [STEP, PRICE], started_at=CALLED)
    assert [(m.tracker, m.quote.turn_id, m.negated) for m in found.mentions] == [
        ("price", "t0001", False),
        ("next_step", "t0001", False),
        ("price", "t0002", True),
    ]
    assert [m.tracker for m in found.of("next_step")] == ["next_step"]


def test_the_time_of_a_tracker_is_that_of_its_sentences_denied_ones_too() -> None:
    # 4 s of the first turn and the 4 s of the second.
    found = track(TALK, [STEP, PRICE], started_at=CALLED)
    assert {t.tracker: t.seconds for t in found.trackers} == {"next_step": 6.0, "price": 8.0}


def test_a_tracker_that_finds_nothing_lasts_no_time() -> None:
    quiet = Tracker(id="quiet", version=1, title="Quiet", text="Nothing.", phrases=("zebra",))
    assert [(t.tracker, t.seconds) for t in track(TALK, [quiet], started_at=CALLED).trackers] == [("quiet", 0.0)]


def test_without_times_there_is_a_reason_and_the_mentions_stay() -> None:
    found = track(untimed(TALK), [PRICE], started_at=CALLED)
    assert [(t.seconds, t.unavailable) for t in found.trackers] == [(None, "the transcript has no times")]
    assert len(found.mentions) == 2


def test_days_are_counted_from_the_date_where_the_call_took_place() -> None:
    talk = conversation([("rep", 0.0, 3.0, "I will send it tomorrow.")])
    # 23:30 in London is 00:30 of the next day one hour further east.
    east = CALLED.astimezone(timezone(timedelta(hours=1)))
    days = [track(talk, [STEP], started_at=at).mentions[0].date for at in (CALLED, east, None)]
    assert [day and day.day and day.day.day for day in days] == [5, 6, None]


def test_the_stated_stage_is_kept() -> None:
    stage = track(TALK, [PRICE], started_at=None, stated=Stage.DEMO).stage
    assert (stage.stage, stage.by, stage.confidence) == (Stage.DEMO, "metadata", 1.0)


def test_in_a_one_to_one_only_commitments_are_tracked() -> None:
    found = track(TALK, [PRICE, STEP], started_at=None, stated=Stage.COACHING)
    assert [t.tracker for t in found.trackers] == ["next_step"]
    assert {m.tracker for m in found.mentions} == {"next_step"}
