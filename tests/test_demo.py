"""The bundled call, whose words and times are known exactly: what the command hears in it is what was voiced."""

import json

import pytest

from benchmarks.known_recordings import CHECKOUT, DEMO, demo_reference, lay_out_demo
from benchmarks.recordings import Row, measured, results_of, run_command, text_of, words_of
from evals.diarization import talk_shares
from evals.labelled import Reference
from evals.words import word_errors
from pipeline.domain.recording import Role
from pipeline.domain.result import CallResult

REFERENCE = CHECKOUT / "demo" / "discovery-call.reference.json"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> CallResult:
    root = tmp_path_factory.mktemp("demo")
    folder, workspace = root / "recordings", root / "workspace"
    lay_out_demo(folder)
    outcomes = run_command(folder, workspace, reader="similarity")
    assert [(o.status, o.reason) for o in outcomes] == [("done", None)]
    return results_of(outcomes, folder, workspace)[DEMO]


@pytest.fixture(scope="module")
def known() -> Reference:
    return demo_reference()


@pytest.fixture(scope="module")
def row(result: CallResult, known: Reference) -> Row:
    return measured(DEMO, 0.0, result, known)


def test_reference_is_what_the_script_says_of_itself() -> None:
    stated = json.loads(REFERENCE.read_text(encoding="utf-8"))
    known = demo_reference()
    assert known.by_speaker is not None
    assert known.segments is not None
    assert sum(len(text.split()) for text in known.by_speaker.values()) == stated["n_words"]
    assert talk_shares(known.segments)["rep"] == pytest.approx(stated["rep_talk_ratio"], abs=0.001)
    assert max(segment.span.end for segment in known.segments) <= stated["duration"]


@pytest.mark.slow
class TestHeard:
    @pytest.mark.parametrize("role", ["rep", "customer"])
    def test_word_error_rate_of_each_side_is_at_most_4_percent(
        self, result: CallResult, known: Reference, role: Role
    ) -> None:
        assert known.by_speaker is not None
        errors = word_errors(known.by_speaker[role], text_of(words_of(result, role=role)))
        assert errors.rate is not None
        assert errors.rate <= 0.04

    def test_talk_ratio_is_within_3_points(self, row: Row) -> None:
        stated = json.loads(REFERENCE.read_text(encoding="utf-8"))["rep_talk_ratio"]
        assert row.rep_talk_ratio == pytest.approx(stated, abs=0.03)

    def test_who_speaks_when_is_within_15_percent_of_what_was_voiced(self, row: Row) -> None:
        # By channel nobody is confused with the other; what differs is how short a pause within speech still counts.
        assert row.der is not None
        assert row.der.rate is not None
        assert row.der.confusion <= 0.01 * row.der.reference
        assert row.der.rate <= 0.15

    def test_no_word_is_heard_on_the_other_sides_channel(self, result: CallResult) -> None:
        assert {w.channel for w in words_of(result, role="rep")} == {0}
        assert {w.channel for w in words_of(result, role="customer")} == {1}

    def test_every_quote_was_really_voiced_by_its_side(self, result: CallResult, known: Reference) -> None:
        # A quote is the recogniser's text: nearly all of its words must be in what that side really says, in order.
        assert known.by_speaker is not None
        assert len(result.observations) >= 3
        for shown in result.observations:
            voiced = known.by_speaker[shown.role]
            assert word_errors(shown.text, _closest(voiced, shown.text)).errors <= 2, shown.text


def _closest(voiced: str, quote: str) -> str:
    """The stretch of the voiced words, as long as the quote, with the fewest errors against it."""
    words, size = voiced.split(), len(quote.split())
    stretches = [" ".join(words[i : i + size]) for i in range(max(1, len(words) - size + 1))]
    return min(stretches, key=lambda stretch: word_errors(quote, stretch).errors)
