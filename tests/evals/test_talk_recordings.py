"""Real recordings by what lies beside them; the slow test says how often the shipped intervals hold there."""

import json
from pathlib import Path

import pytest

from evals.calibration import DEMO, coverage
from evals.talk_recordings import recording_points
from pipeline.config import Config
from tests.evals.sounds import Hearing, bursts, segments, write_wave


def test_an_rttm_of_two_speakers_is_measured_by_voices_and_its_stm_by_turns(tmp_path: Path) -> None:
    write_wave(tmp_path / "talk" / "x.wav", bursts(50, (0, 50)))
    rows = [("B", 20, 10), ("A", 0, 15), ("A", 35, 15)]
    (tmp_path / "talk" / "x.rttm").write_text(
        "".join(f"SPEAKER x 1 {start} {length} <NA> <NA> {who} <NA> <NA>\n" for who, start, length in rows)
    )
    (tmp_path / "talk" / "x.stm").write_text("x 1 Ann 0 18 hello\nx 1 Bob 20 32 hi\nx 1 Ann 35 45 so\n")
    # A speaks first, so A is the rep: 30 of 40 s. Heard: 30 of 50 s; the STM's turns: 28 of 40 s.
    ears = Hearing(mix=[*segments("S1", (0, 15), (35, 50)), *segments("S2", (15, 35))])
    found = {p.kind: p for p in recording_points(tmp_path, ears)}
    assert {kind: (p.truth, p.estimate) for kind, p in found.items()} == {
        "voices": (0.75, 0.6),
        "transcript": (0.75, 0.7),
    }
    assert all(p.real and p.call == "talk/x" for p in found.values())


def test_more_than_two_speakers_are_no_rep_and_customer(tmp_path: Path) -> None:
    write_wave(tmp_path / "talk" / "x.wav", bursts(30))
    (tmp_path / "talk" / "x.rttm").write_text(
        "".join(f"SPEAKER x 1 {i} 1 <NA> <NA> {who} <NA> <NA>\n" for i, who in enumerate("ABC"))
    )
    assert recording_points(tmp_path, Hearing()) == ()


@pytest.mark.parametrize("customer", ["caller", "customer"])
def test_two_files_of_a_side_are_measured_by_channels_and_by_voices_in_their_sum(tmp_path: Path, customer: str) -> None:
    write_wave(tmp_path / "call" / "agent.wav", bursts(60, (0, 20)))
    write_wave(tmp_path / "call" / f"{customer}.wav", bursts(60, (20, 50)))
    ears = Hearing(
        channels=[*segments("ch0", (0, 25)), *segments("ch1", (25, 50))],
        mix=[*segments("S1", (20, 50)), *segments("S2", (0, 10))],
    )
    found = {p.kind: p for p in recording_points(tmp_path, ears)}
    assert found["channels"].truth == pytest.approx(0.4, abs=0.002)
    assert (found["channels"].estimate, found["voices"].estimate) == (0.5, 0.25)


def test_a_vendors_word_times_are_a_truth_and_its_turns_are_measured(tmp_path: Path) -> None:
    write_wave(tmp_path / "sale" / "call.wav", bursts(30))
    words = [("thank", 0, 2), ("you", 2, 4), ("hi", 5, 7), ("all", 10, 12), ("good", 14, 16)]
    speakers = [0, 0, 1, 0, 0]
    vendor = {
        "results": [
            {
                "final": True,
                "alternatives": [{"transcript": " ".join(w for w, *_ in words), "timestamps": words}],
            }
        ],
        "speaker_labels": [
            {"from": start, "to": end, "speaker": who} for (_, start, end), who in zip(words, speakers, strict=True)
        ],
    }
    (tmp_path / "sale" / "vendor_words_and_speakers.json").write_text(json.dumps(vendor))
    ears = Hearing(mix=[*segments("S1", (0, 8)), *segments("S2", (8, 10))])
    found = {p.kind: p for p in recording_points(tmp_path, ears)}
    # Words: 8 of 10 s. Turns from first to last word: 4 + 6 = 10 of 12 s.
    assert {kind: (p.truth, p.estimate) for kind, p in found.items()} == {
        "voices": (0.8, 0.8),
        "transcript": (0.8, 0.833),
    }


def test_nothing_known_gives_no_points(tmp_path: Path) -> None:
    write_wave(tmp_path / "call" / "mix.wav", bursts(30))
    assert recording_points(tmp_path, Hearing()) == ()
    assert recording_points(tmp_path / "absent", Hearing(), demo=tmp_path / "absent") == ()


@pytest.mark.slow
def test_shipped_intervals_hold_on_real_recordings(shared_data: Path) -> None:
    from pipeline.engines.local import LocalEngine

    points = recording_points(shared_data / "audio", LocalEngine(Config()), demo=DEMO)
    # Rules come from simulated calls only. Of so few recordings one may lie outside; more would say that they mislead.
    found = coverage(points)
    assert found.n >= 5
    assert found.held >= found.n - 1, [p for p in points if p.covered is False]
    by_channel = [abs(p.error) for p in points if p.kind == "channels" and p.error is not None]
    assert max(by_channel) <= 0.03
