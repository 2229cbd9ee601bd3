"""The suite `speech`: what it hears, whom it names as worst, and one run on our own demo call."""

from pathlib import Path

import pytest

from evals.collections.own import own_calls
from evals.labelled import LabelledCall, Reference
from evals.measures import Measure, Unit
from evals.suites import Setting, SuiteResult
from evals.suites.speech import heard_measures, made_up_calls, recordings, set_aside, speech, worst
from evals.suites.speech_calls import NOTHING_SAID, Heard
from pipeline.adapters import weights
from pipeline.ports import Reader


def no_reader() -> Reader:
    raise AssertionError("nobody reads here")


def setting(scratch: Path, *, cases: tuple[Path, ...] = ()) -> Setting:
    return Setting(data=None, models=weights.default_cache(), scratch=scratch, reader=no_reader, cases=cases)


class TestWhatIsHeard:
    def test_without_collections_the_demo_and_sounds_of_nothing(self, tmp_path: Path) -> None:
        found = [call.collection for call in recordings({}, setting(tmp_path))[0]]
        assert found == ["synthetic", *[NOTHING_SAID] * 4]

    def test_a_users_own_recordings_and_no_transcripts(self, tmp_path: Path) -> None:
        own = (
            LabelledCall(id="mine", collection="own", files=(tmp_path / "a.wav",)),
            LabelledCall(id="text", collection="own"),
        )
        found = [call.id for call in recordings({"own": own}, setting(tmp_path))[0]]
        assert [name for name in found if name.startswith("own/")] == ["own/mine"]

    def test_a_damaged_file_beside_a_recording_leaves_the_recording(self, tmp_path: Path) -> None:
        (tmp_path / "vendor_words_and_speakers.json").write_text('{"results": 3}')
        call = LabelledCall(
            id="a",
            collection="recordings",
            files=(tmp_path / "call.wav",),
            reference=Reference(words="a b", machine_made=True),
        )
        found, skipped = recordings({"recordings": (call,)}, setting(tmp_path))
        assert call in found
        assert [one.what for one in skipped] == ["all that is known of a"]

    def test_calls_written_for_this_project_have_both_roles(self) -> None:
        calls = made_up_calls()
        assert len(calls) >= 10
        for call in calls:
            assert call.conversation is not None
            assert {"rep", "customer"} <= {speaker.role for speaker in call.conversation.speakers}


class TestOwnCalls:
    def test_a_folder_without_cases_is_passed_over_with_its_reason(self, tmp_path: Path) -> None:
        calls, skipped = own_calls([tmp_path])
        assert calls == ()
        assert skipped[0].what == tmp_path.name
        assert ".case.yaml" in skipped[0].reason

    def test_the_same_id_twice_counts_once(self, tmp_path: Path) -> None:
        folders = [tmp_path / name for name in ("a", "b")]
        for folder in folders:
            folder.mkdir()
            (folder / "call.txt").write_text("Rep: Hello there.\nCustomer: Hi.\n")
            (folder / "call.case.yaml").write_text("id: my-call\ntranscript: call.txt\n")
        calls, skipped = own_calls(folders)
        assert [call.id for call in calls] == ["my-call"]
        assert [one.what for one in skipped] == ["my-call"]


def measure(name: str, *units: tuple[str, float, float]) -> Measure:
    made = tuple(Unit(id=unit, parts=(errors, of)) for unit, errors, of in units)
    return Measure(name=name, about="for a test", better="less", units=made, n=1, of="words")


class TestWorst:
    def test_the_worst_by_rate_come_first(self) -> None:
        found = worst([measure("speech.x.wer", ("a", 1, 10), ("b", 30, 100), ("c", 2, 4), ("d", 0, 9), ("e", 2, 10))])
        # Rates 0.1, 0.3, 0.5, 0 and 0.2.
        assert [failure.unit for failure in found] == ["c", "b", "e"]
        assert found[0].found == "2 wrong of 4 words"

    def test_only_rates_that_are_guarded_are_looked_at(self) -> None:
        others = measure("speech.x.wer", ("a", 1, 10)).model_copy(update={"better": "neither"})
        assert worst([others, measure("speech.x.start_error_s", ("a", 1, 10))]) == ()


class TestSetAside:
    CALLS = (
        Heard(LabelledCall(id="a", collection="recordings"), None, "too short to be a call"),
        Heard(LabelledCall(id="b", collection=NOTHING_SAID), None, "nobody speaks"),
    )

    def test_a_recording_that_was_refused_is_a_failure_with_its_reason(self) -> None:
        (failure,) = set_aside(self.CALLS)
        assert (failure.unit, failure.found) == ("a", "too short to be a call")

    def test_it_counts_against_what_was_reviewed(self) -> None:
        (found,) = heard_measures(self.CALLS)
        assert (found.name, found.value, found.n) == ("speech.all_recordings.reviewed", 0.0, 1)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[SuiteResult, Setting]:
    own = setting(tmp_path_factory.mktemp("scratch"))
    return speech(own), own


@pytest.mark.slow
@pytest.mark.timeout(1800)
class TestRun:
    """The real spine on the demo call, two synthetic voices on two channels, and on sounds in which nobody speaks."""

    def test_the_demo_call_is_heard_nearly_without_error(self, run: tuple[SuiteResult, Setting]) -> None:
        found = {measure.name: measure.value for measure in run[0].measures}
        # docs/measured.md: cpWER 0.5%, DER 6.4%; the bounds are promises, wider than what is measured.
        for name, most in (
            ("wer", 0.04),
            ("cpwer", 0.04),
            ("tcpwer", 0.04),
            ("der", 0.1),
            ("talk_ratio_error_points", 3),
        ):
            value = found[f"speech.synthetic.{name}"]
            assert value is not None
            assert value <= most, name
        assert found["speech.synthetic.role_accuracy"] == pytest.approx(1, abs=0.05)
        assert found["speech.synthetic.speaker_count"] == 1
        assert found["speech.all_recordings.reviewed"] == 1

    def test_starts_of_words_are_near_the_truth(self, run: tuple[SuiteResult, Setting]) -> None:
        starts = next(m for m in run[0].measures if m.name == "speech.synthetic.start_error_s")
        assert starts.value is not None
        assert starts.value <= 0.25
        assert starts.n >= 50

    def test_nothing_is_made_up_where_nobody_speaks(self, run: tuple[SuiteResult, Setting]) -> None:
        found = {measure.name: measure.value for measure in run[0].measures}
        assert found["speech.nothing_said.words"] == 0

    def test_collections_that_are_absent_are_named(self, run: tuple[SuiteResult, Setting]) -> None:
        assert {"recordings", "consultations"} <= {skipped.what for skipped in run[0].skipped}

    def test_a_second_run_finds_the_same(self, run: tuple[SuiteResult, Setting]) -> None:
        assert speech(run[1]) == run[0]
