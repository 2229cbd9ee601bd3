"""Which call goes where: every call settled once, whatever comes back in what order, and never too many under way."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.work import CallOutcome, QuarantineRecord, StageName
from pipeline.run import Attempt
from pipeline.shift.asking import SILENT_AFTER, UNASKED_BETWEEN
from pipeline.shift.flow import READING_FIRST, Flow, Ticket
from pipeline.shift.ports import Listed
from pipeline.shift.stations import StationName
from pipeline.stages.ingest import Candidate, CandidateFile

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)


def recording(name: str = "a") -> Candidate:
    return Candidate(Path(f"/calls/{name}.wav"), (CandidateFile(Path(f"/calls/{name}.wav")),))


def transcript(name: str = "t") -> Candidate:
    return Candidate(Path(f"/calls/{name}.vtt"), (CandidateFile(Path(f"/calls/{name}.vtt")),))


def flow_of(*candidates: Candidate, most: int = 8, deaths: int = 3) -> Flow:
    return Flow(Listed(candidates), most_under_way=most, deaths=deaths, now=lambda: NOW)


def read(ticket: Ticket, *, unanswered: Literal["now", "lasting"] | None = None, status: str = "done") -> Attempt:
    """What the reading station says of a call."""
    values = {"call": None, "path": ticket.candidate.path, "status": "quarantined" if unanswered else status}
    return Attempt(CallOutcome.model_validate({**values, "seconds": 0.5}), unanswered=unanswered)


def failed(ticket: Ticket, stage: StageName) -> Attempt:
    """What a station says of a call that could not be done at this stage."""
    path = ticket.candidate.path
    aside = QuarantineRecord(path=path, stage=stage, reason="broken", hint="mend it", at=NOW)
    return Attempt(CallOutcome(call=None, path=path, status="quarantined", reason=stage, seconds=0.0), aside=aside)


def given_out(flow: Flow, station: StationName) -> Ticket:
    """The ticket that this station has now."""
    ticket = flow.next(station)
    assert ticket is not None
    return ticket


def through(flow: Flow, station: StationName) -> Attempt | None:
    """What is settled once this station has done its next call."""
    ticket = given_out(flow, station)
    return flow.done(ticket, read(ticket) if station == "reading" else None)


def test_a_recording_is_read_after_both_hearing_stations() -> None:
    flow = flow_of(recording())
    assert flow.next("reading") is None
    assert through(flow, "listening") is None
    assert flow.next("reading") is None
    assert through(flow, "voices") is None
    settled = through(flow, "reading")
    assert settled is not None
    assert settled.outcome.status == "done"
    assert flow.next("listening") is None
    assert flow.ended


def test_a_transcript_is_only_read() -> None:
    flow = flow_of(transcript())
    assert flow.next("listening") is None
    assert flow.next("voices") is None
    assert through(flow, "reading") is not None
    assert flow.next("reading") is None
    assert flow.ended


def test_two_stations_have_a_call_at_once_only_after_its_ingest_is_kept() -> None:
    flow = flow_of(recording("a"), recording("b"))
    assert given_out(flow, "listening").number == 1
    assert given_out(flow, "voices").number == 2
    assert flow.next("voices") is None
    flow.ingested(1)
    assert given_out(flow, "voices").number == 1


def test_when_listening_fails_the_voices_still_have_their_turn_and_then_its_failure_is_settled() -> None:
    flow = flow_of(recording())
    ticket = given_out(flow, "listening")
    assert flow.done(ticket, failed(ticket, "transcribe")) is None
    settled = through(flow, "voices")
    assert settled is not None
    assert settled.aside is not None
    assert settled.aside.stage == "transcribe"
    assert flow.next("reading") is None
    assert flow.ended


def test_when_both_fail_the_earlier_stage_is_settled() -> None:
    flow = flow_of(recording())
    first = given_out(flow, "voices")
    assert flow.done(first, failed(first, "diarize")) is None
    second = given_out(flow, "listening")
    settled = flow.done(second, failed(second, "transcribe"))
    assert settled is not None
    assert settled.aside is not None
    assert settled.aside.stage == "transcribe"


def test_a_call_that_cannot_be_ingested_is_not_tried_at_the_other_station() -> None:
    flow = flow_of(recording())
    ticket = given_out(flow, "listening")
    assert flow.done(ticket, failed(ticket, "ingest")) is not None
    assert flow.next("voices") is None
    assert flow.ended


def test_a_call_whose_worker_died_goes_before_the_others() -> None:
    flow = flow_of(recording("a"), recording("b"))
    ticket = given_out(flow, "listening")
    assert flow.died(ticket, "killed") is None
    assert given_out(flow, "listening").number == 1


def test_after_three_deaths_at_one_station_a_call_is_set_aside_with_stage_reason_and_hint() -> None:
    flow = flow_of(recording())
    through(flow, "voices")
    for _ in range(2):
        assert flow.died(given_out(flow, "listening"), "killed by SIGSEGV") is None
    settled = flow.died(given_out(flow, "listening"), "killed by SIGSEGV")
    assert settled is not None
    assert settled.aside is not None
    assert settled.aside.stage == "transcribe"
    assert "3 times" in settled.aside.reason
    assert "killed by SIGSEGV" in settled.aside.reason
    assert settled.aside.hint
    assert settled.aside.at == NOW
    assert settled.outcome.status == "quarantined"


def test_the_stage_that_a_worker_died_at_is_named_where_it_is_known() -> None:
    flow = flow_of(transcript(), deaths=1)
    settled = flow.died(given_out(flow, "reading"), "killed", stage="score")
    assert settled is not None
    assert settled.aside is not None
    assert settled.aside.stage == "score"


def test_a_call_put_back_is_not_counted_as_a_death() -> None:
    flow = flow_of(transcript(), deaths=1)
    flow.put_back(given_out(flow, "reading"))
    assert through(flow, "reading") is not None


def test_a_closed_flow_hands_nothing_out_and_takes_back_what_is_out() -> None:
    flow = flow_of(transcript("t"), transcript("u"))
    ticket = given_out(flow, "reading")
    flow.close()
    assert flow.next("reading") is None
    assert not flow.ended
    assert flow.done(ticket, read(ticket)) is not None
    assert flow.ended


def test_seconds_of_all_stations_are_the_outcomes() -> None:
    flow = flow_of(recording())
    flow.done(given_out(flow, "listening"), None, seconds=3.0)
    flow.done(given_out(flow, "voices"), None, seconds=2.0)
    ticket = given_out(flow, "reading")
    settled = flow.done(ticket, read(ticket), seconds=1.0)
    assert settled is not None
    assert settled.outcome.seconds == 6.0


def test_a_ticket_that_is_not_out_is_refused() -> None:
    flow = flow_of(transcript())
    ticket = given_out(flow, "reading")
    flow.done(ticket, read(ticket))
    with pytest.raises(ValueError, match="call 1 is not at reading"):
        flow.done(ticket, read(ticket))


class Watched:
    """A source with nothing in it for now."""

    ended = False
    expected = None

    def take(self) -> Candidate | None:
        return None


def test_a_watched_folder_with_nothing_new_is_waited_for() -> None:
    flow = Flow(Watched(), most_under_way=8, deaths=3)
    assert flow.next("reading") is None
    assert flow.waiting
    assert not flow.ended


def silent_flow(n_calls: int, *, unanswered: Literal["now", "lasting"] = "now") -> Flow:
    """A flow of transcripts whose first calls got no answer."""
    flow = flow_of(*(transcript(str(n)) for n in range(n_calls)))
    for _ in range(1 if unanswered == "lasting" else SILENT_AFTER):
        ticket = given_out(flow, "reading")
        assert ticket.asks
        flow.done(ticket, read(ticket, unanswered=unanswered))
    assert flow.endpoint_silent
    return flow


def unasked(flow: Flow, n: int) -> None:
    """So many calls go through reading without asking."""
    for _ in range(n):
        ticket = given_out(flow, "reading")
        assert not ticket.asks
        flow.done(ticket, read(ticket, status="waiting"))


def test_a_silent_endpoint_is_asked_about_one_call_in_ten_and_by_all_once_it_answers() -> None:
    flow = silent_flow(40)
    unasked(flow, UNASKED_BETWEEN)
    probe = given_out(flow, "reading")
    assert probe.asks
    assert flow.next("reading") is None  # until it is known what came of it
    flow.done(probe, read(probe, unanswered="now"))
    unasked(flow, UNASKED_BETWEEN)
    probe = given_out(flow, "reading")
    flow.done(probe, read(probe))
    assert not flow.endpoint_silent
    assert given_out(flow, "reading").asks
    assert given_out(flow, "reading").asks


def test_hearing_goes_on_while_reading_waits_for_the_endpoint() -> None:
    flow = flow_of(*(transcript(str(n)) for n in range(SILENT_AFTER + UNASKED_BETWEEN + 1)), recording())
    for _ in range(SILENT_AFTER):
        ticket = given_out(flow, "reading")
        flow.done(ticket, read(ticket, unanswered="now"))
    unasked(flow, UNASKED_BETWEEN)
    given_out(flow, "reading")
    assert flow.next("reading") is None
    assert given_out(flow, "listening").candidate == recording()


def test_a_call_with_nothing_to_do_does_not_say_that_the_endpoint_answers() -> None:
    flow = silent_flow(30)
    unasked(flow, UNASKED_BETWEEN)
    probe = given_out(flow, "reading")
    flow.done(probe, read(probe, status="skipped"))
    assert flow.endpoint_silent
    assert given_out(flow, "reading").asks  # the next one asks in its place


def test_a_lost_probe_holds_nobody_up() -> None:
    flow = silent_flow(30)
    unasked(flow, UNASKED_BETWEEN)
    flow.died(given_out(flow, "reading"), "killed")
    assert flow.next("reading") is not None


def test_a_refusal_that_lasts_is_not_tried_again() -> None:
    flow = silent_flow(60, unanswered="lasting")
    unasked(flow, 59)
    assert flow.next("reading") is None
    assert flow.ended


NIGHTS = st.lists(st.booleans(), max_size=12)
EVENTS = st.randoms(use_true_random=False)


def carry(flow: Flow, out: list[Ticket], event: str, ticket: Ticket) -> Attempt | None:
    """What is settled when this happens to a ticket that is out."""
    out.remove(ticket)
    if event == "died":
        return flow.died(ticket, "killed")
    if event == "put back":
        flow.put_back(ticket)
        return None
    if event == "failed":
        stage: StageName = "ingest" if ticket.number % 2 else "transcribe"
        return flow.done(ticket, failed(ticket, stage))
    if ticket.station == "reading":
        return flow.done(ticket, read(ticket, unanswered="now" if event == "unanswered" else None))
    return flow.done(ticket, None)


def one_night(kinds: Sequence[bool], most: int, random: Random) -> tuple[list[Path], int]:
    """The paths of the calls in the order they were settled, and the most that were under way at once."""
    candidates = [transcript(str(n)) if told else recording(str(n)) for n, told in enumerate(kinds)]
    flow = flow_of(*candidates, most=most)
    out: list[Ticket] = []
    settled: list[Path] = []
    highest = 0
    events = ["done", "done", "done", "ingested", "died", "failed", "unanswered", "put back"]
    for _ in range(5000):
        for station in random.sample(READING_FIRST, 3):
            ticket = flow.next(station)
            out += [ticket] if ticket is not None else []
        highest = max(highest, flow.under_way)
        assert flow.under_way <= most
        if flow.ended:
            break
        ticket, event = random.choice(out), random.choice(events)
        if event == "ingested":
            flow.ingested(ticket.number)
        elif (attempt := carry(flow, out, event, ticket)) is not None:
            settled.append(attempt.outcome.path)
    assert flow.ended
    assert not out
    return settled, highest


@given(NIGHTS, st.integers(1, 6), EVENTS)
def test_every_call_is_settled_exactly_once_whatever_happens_to_it(
    kinds: list[bool], most: int, events: Random
) -> None:
    settled, highest = one_night(kinds, most, events)
    expected = [f"/calls/{n}.{'vtt' if told else 'wav'}" for n, told in enumerate(kinds)]
    assert sorted(map(str, settled)) == sorted(expected)
    assert highest <= min(most, len(kinds))


def kept(candidate: Candidate) -> Attempt | None:
    """What there is to settle of calls whose names begin with k: everything of them is kept."""
    if not candidate.path.name.startswith("k"):
        return None
    return Attempt(CallOutcome(call=None, path=candidate.path, status="skipped", seconds=0.0))


def test_a_call_of_which_everything_is_kept_goes_to_no_station_and_keeps_its_number() -> None:
    calls = Listed([recording("k1"), recording("a"), transcript("k2")])
    flow = Flow(calls, most_under_way=8, deaths=3, if_kept=kept, now=lambda: NOW)
    assert given_out(flow, "listening").number == 2
    assert flow.next("reading") is None
    assert [(number, attempt.outcome.path.name) for number, attempt in flow.kept()] == [(1, "k1.wav"), (3, "k2.vtt")]
    assert list(flow.kept()) == []


def test_a_night_ends_only_when_the_calls_with_nothing_to_do_were_asked_for() -> None:
    flow = Flow(Listed([recording("k1")]), most_under_way=1, deaths=3, if_kept=kept, now=lambda: NOW)
    assert flow.next("listening") is None
    assert not flow.ended
    assert not flow.waiting
    assert len(list(flow.kept())) == 1
    assert flow.ended


def test_calls_with_nothing_to_do_are_looked_up_a_few_at_a_time() -> None:
    flow = Flow(
        Listed([recording(f"k{n}") for n in range(45)]), most_under_way=1, deaths=3, if_kept=kept, now=lambda: NOW
    )
    found = []
    while not flow.ended:
        assert flow.next("listening") is None
        found.append(len(list(flow.kept())))
    assert found == [20, 20, 5]
