"""The actor beside the run, without Ray: what counts as a death, and what the run is told."""

import logging
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import NotFoundError, StoreError
from pipeline.shift.ray_records import ForwardedLog, Hand, Records, answered, packed, required, unpacked
from tests.shift.ray_nights import ray_config, scripted_engine, scripted_night

HAND = Hand(7, "listening")


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(packed(scripted_night(tmp_path, ray_config("", deaths=2))))


def test_a_call_that_is_begun_again_without_an_end_has_killed_its_worker(records: Records) -> None:
    assert [records.begin(HAND, "here") for _ in range(3)] == ["go", "go", "deadly"]
    assert records.told().deaths == (HAND, HAND)  # found out at the second and the third try
    assert records.begin(HAND, "there") == "deadly"


def test_a_call_that_came_to_an_end_counts_no_death(records: Records) -> None:
    for _ in range(5):
        assert records.begin(HAND, "here") == "go"
        records.end(HAND)
    assert records.told().deaths == ()


def test_a_machine_that_was_lost_is_no_fault_of_the_call(records: Records) -> None:
    assert [records.begin(HAND, place) for place in ("a", "b", "c", "d")] == ["go"] * 4


def test_each_station_counts_its_own_deaths(records: Records) -> None:
    assert records.begin(HAND, "here") == records.begin(Hand(7, "voices"), "here") == "go"
    assert records.told().deaths == ()


def test_a_worker_that_dies_over_its_models_is_given_up_and_one_that_has_them_is_not(records: Records) -> None:
    assert [records.making("w") for _ in range(6)] == [True] * 5 + [False]
    records.made("w")
    assert records.making("w")


def test_the_run_is_told_everything_once_and_of_a_stage_the_last(records: Records) -> None:
    records.stage_at(7, "transcribe", 0.2)
    records.stage_at(7, "transcribe", 0.6)
    records.stage_at(8, "ingest", 1.0)
    assert records.told().stages == ((7, "transcribe", 0.6), (8, "ingest", 1.0))
    assert records.told().stages == ()


def test_log_records_that_nobody_fetches_do_not_grow_without_bound(records: Records) -> None:
    for n in range(2000):
        records.log({"msg": str(n)})
    logged = records.told().logged
    assert len(logged) == 1001
    assert logged[-1] == {"msg": "1999"}


def test_an_unknown_call_has_no_record_and_no_correction(records: Records) -> None:
    assert records.last("nobody") is None
    assert records.corrections("nobody") == ()


def test_an_error_is_answered_as_a_value_and_raised_where_it_is_required() -> None:
    def broken() -> str:
        raise NotFoundError("no such call", hint="look again")

    found = answered(broken)
    assert isinstance(found, NotFoundError)
    with pytest.raises(StoreError, match="no such call"):
        required(found)
    assert required(answered(lambda: "there")) == "there"


def test_a_night_arrives_as_it_was_sent(tmp_path: Path) -> None:
    spec = scripted_night(tmp_path, ray_config("local"))
    assert unpacked(packed(spec)) == spec
    assert unpacked(packed(spec)).engine is scripted_engine


class ScriptedActor:
    """Remembers what it is sent, as an actor's method with `remote` would be."""

    def __init__(self) -> None:
        self.log = self
        self.sent: list[dict[str, Any]] = []

    def remote(self, told: dict[str, Any]) -> None:
        self.sent.append(told)


def test_a_worker_s_log_goes_to_the_run_without_the_words_of_an_exception() -> None:
    actor = ScriptedActor()
    logger = logging.Logger("filmroom.x")
    logger.addHandler(ForwardedLog(actor))
    try:
        raise ValueError("what the customer said")
    except ValueError:
        logger.exception("%s failed", "transcribe")
    (told,) = actor.sent
    record = logging.makeLogRecord(told)
    assert record.getMessage() == "transcribe failed (ValueError)"
    assert "customer" not in str(told)
