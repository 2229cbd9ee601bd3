"""Voices cut out of recordings: what counts as speech, who speaks alone, and which files hold a voice."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.reels import SAMPLE_RATE, alone, bridged, cut_reel, find_voices, gate, read_mono, speech_in
from pipeline.domain.span import Span, shared, total
from tests.evals.sounds import bursts, segments, spans, voice, write_wave


class TestGate:
    def test_loud_stretches_are_speech_and_short_pauses_belong_to_it(self) -> None:
        # 0.1 s between the first two is a breath; 1 s is a pause; the click of 0.04 s is none of either.
        found = gate(bursts(6, (0.5, 1.5), (1.6, 2.0), (3.0, 4.0), (5.0, 5.04)))
        assert found == spans((0.5, 2.0), (3.0, 4.0))

    def test_silence_holds_no_speech(self) -> None:
        assert gate(np.zeros(SAMPLE_RATE, dtype=np.float32)) == ()
        assert gate(np.zeros(0, dtype=np.float32)) == ()

    def test_soft_is_told_by_the_voices_own_loudness(self) -> None:
        loud = bursts(4, (1.0, 2.0), (3.0, 3.5))
        assert gate(loud) == gate(loud * np.float32(0.2))

    def test_what_people_marked_by_hand_is_found_within_three_percent(self, shared_data: Path) -> None:
        phone = shared_data / "audio" / "phone-30s"
        if not (phone / "sample.wav").is_file():
            pytest.skip("phone-30s is not here")
        # All speech of both, by hand: 22.46 s.
        assert total(gate(read_mono(phone / "sample.wav"))) == pytest.approx(22.46, rel=0.03)


def test_spans_closer_than_the_pause_are_one() -> None:
    assert bridged(spans((3, 4), (0, 1), (1.5, 2)), pause_s=0.6) == spans((0, 2), (3, 4))
    assert bridged([], pause_s=1) == ()


def test_an_utterance_is_cut_where_somebody_else_speaks() -> None:
    # A's 0-2 and 2.5-6 are one utterance; B speaks in 4-5 of it, and overlaps the end of it from 5.5 on.
    found = alone([*segments("A", (0, 2), (2.5, 6)), *segments("B", (4, 5), (5.5, 8))])
    assert found == {"A": spans((0, 4), (5, 5.5)), "B": spans((6, 8))}


timelines = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 60), st.integers(1, 10)), max_size=12)


@given(timelines)
def test_nobody_else_speaks_in_any_utterance(drawn: list[tuple[str, int, int]]) -> None:
    spoken = [s for who, start, length in drawn for s in segments(who, (start, start + length))]
    for speaker, utterances in alone(spoken).items():
        others = [s.span for s in spoken if s.speaker != speaker]
        assert shared(utterances, others) == ()


class TestReel:
    def test_utterances_stand_in_a_row_with_their_speech_and_one_loudness(self) -> None:
        sound = bursts(30, (1.0, 6.0), (20.0, 25.0)) * np.float32(0.3)
        reel = cut_reel("a", "call", sound, spans((1.0, 6.0), (20.0, 25.0)))
        assert reel is not None
        assert total(reel.spoken) == pytest.approx(10.0, abs=0.1)
        # 14 s of listening between them are gone; a joint has at most 1 s.
        assert len(reel.reel) / SAMPLE_RATE <= 12.0
        within = np.concatenate(
            [reel.reel[round(s.start * SAMPLE_RATE) : round(s.end * SAMPLE_RATE)] for s in reel.spoken]
        )
        assert float(np.sqrt(np.square(within).mean())) == pytest.approx(0.05, rel=0.01)

    def test_speech_is_what_people_marked_where_they_did(self) -> None:
        sound = bursts(12, (0.0, 12.0))
        reel = cut_reel("a", "call", sound, spans((0.0, 12.0)), marked=spans((0.0, 5.0), (6.0, 10.0)))
        assert reel is not None
        assert reel.spoken == spans((0.0, 5.0), (6.0, 10.0))

    def test_a_few_seconds_are_no_voice(self) -> None:
        assert cut_reel("a", "call", bursts(9, (0.0, 7.0)), spans((0.0, 7.0))) is None
        assert cut_reel("a", "call", bursts(9), []) is None

    def test_speech_of_a_piece_counts_from_its_start(self) -> None:
        found = speech_in(voice("a", "call", (1, 3), (5, 6)), Span(start=2, end=5.5))
        assert found == spans((0, 1), (3, 3.5))


class TestFindingVoices:
    def test_two_files_of_a_side_are_two_voices_of_one_recording(self, tmp_path: Path) -> None:
        write_wave(tmp_path / "any-call" / "agent.wav", bursts(20, (0, 10)))
        write_wave(tmp_path / "any-call" / "customer.wav", bursts(20, (10, 20)))
        found = find_voices(tmp_path)
        assert [(v.name, v.recording) for v in found] == [
            ("any-call/agent", "any-call"),
            ("any-call/customer", "any-call"),
        ]

    def test_an_rttm_file_gives_each_speakers_own_stretches(self, tmp_path: Path) -> None:
        write_wave(tmp_path / "talk" / "x.wav", bursts(30, (0, 30)))
        rows = [("A", 0, 12), ("B", 11, 12), ("C", 24, 3)]
        text = "".join(f"SPEAKER x 1 {start} {length} <NA> <NA> {who} <NA> <NA>\n" for who, start, length in rows)
        (tmp_path / "talk" / "x.rttm").write_text(text)
        found = {v.name: total(v.spoken) for v in find_voices(tmp_path)}
        # A alone 0-11, B alone 12-23; C's 3 s are too few.
        assert found == {"talk/x/A": pytest.approx(11.0), "talk/x/B": pytest.approx(11.0)}

    def test_our_own_call_gives_the_voices_that_its_sidecar_names(self, tmp_path: Path) -> None:
        calls = tmp_path / "demo" / "calls"
        write_wave(calls / "discovery-call.wav", bursts(20, (0, 9)), bursts(20, (10, 20)))
        assert find_voices(tmp_path / "nothing", demo=tmp_path / "demo") == ()
        (calls / "discovery-call.wav").rename(calls / "discovery-call.opus")
        (calls / "discovery-call.json").write_text(json.dumps({"channels": {"0": "customer", "1": "rep"}}))
        found = find_voices(tmp_path / "nothing", demo=tmp_path / "demo")
        assert [(v.name, round(total(v.spoken))) for v in found] == [("demo/customer", 9), ("demo/rep", 10)]

    def test_files_of_which_nothing_is_known_give_no_voice(self, tmp_path: Path) -> None:
        write_wave(tmp_path / "call" / "mix.wav", bursts(20, (0, 20)))
        write_wave(tmp_path / "half" / "agent.wav", bursts(20, (0, 20)))
        assert find_voices(tmp_path) == ()

    def test_every_voice_of_the_recordings_has_eight_seconds_of_speech(self, shared_data: Path) -> None:
        found = find_voices(shared_data / "audio")
        if not found:
            pytest.skip("no recording here holds a voice alone")
        assert len({v.name for v in found}) == len(found)
        for each in found:
            assert total(each.spoken) >= 8.0, each.name
            assert each.spoken[-1].end <= len(each.reel) / SAMPLE_RATE + 0.01, each.name
