"""The suite of behaviours on small collections made by hand, with readers that point at words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evals.collections.catalogue import load
from evals.measures import Measure
from evals.suites import Setting, SuiteResult, unwatched
from evals.suites.behaviours import behaviours
from evals.suites.behaviours_labelled import labelled_part
from evals.suites.behaviours_own import own_part
from evals.suites.behaviours_part import Part
from evals.suites.behaviours_part import Reading as Read
from pipeline.domain.assessment import Claim, Reading
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.errors import StageError
from pipeline.ports import Progress, Reader, silent
from pipeline.rubrics import find_rubric
from tests.evals.collections.made import counselling, pitches, written


class Pointing:
    """Claims each behaviour where its word is said; it cannot read a call in which it meets `stumbles`."""

    identity = "pointing@1"

    def __init__(self, words: Mapping[str, str], *, stumbles: str = "nothing stumbles") -> None:
        self._words = words
        self._stumbles = stumbles
        self.read_calls: list[str] = []

    def read(
        self,
        conversation: Conversation,
        rubric: Rubric,
        openings: Sequence[Opening],
        *,
        progress: Progress = silent,
    ) -> Reading:
        self.read_calls.append(conversation.call)
        if any(self._stumbles in turn.text for turn in conversation.turns):
            raise StageError("observe", "cannot read this", hint="leave it out")
        claims = [
            Claim(behaviour=o.behaviour, turn_id=p.turn_id, quote=p.text(conversation), first_word=p.first_word)
            for o in openings
            for p in o.places
            if o.behaviour in self._words and self._words[o.behaviour] in p.text(conversation)
        ]
        return Reading(claims=tuple(claims))


WORDS = {"said_back": "So you smoke", "advice_given": "need to stop", "ask": "like to donate", "cost_asked": "cost you"}


def talk_rows(name: str, quality: str, text: str, **labels: str) -> list[dict[str, str]]:
    of = {"transcript_id": name, "mi_quality": quality}
    therapist = {"interlocutor": "therapist", "utterance_id": "0", "utterance_text": text, **labels}
    client = {"interlocutor": "client", "utterance_id": "1", "utterance_text": "Well, yes and no."}
    return [of | therapist, of | client]


REFLECTED = {"reflection_exists": "True", "reflection_subtype": "simple"}
ADVISED = {"therapist_input_exists": "True", "therapist_input_subtype": "advice"}


def made(folder: Path) -> Path:
    """Talk 1 and 3 reflect and talk 2 advises; 3 is labelled as advice, so that a reflection found there is wrong."""
    counselling(
        folder,
        *talk_rows("1", "high", "So you smoke mostly in the evening.", **REFLECTED),
        *talk_rows("2", "low", "You need to stop that right now.", **ADVISED),
        *talk_rows("3", "high", "So you smoke when you drive to work.", **ADVISED),
    )
    sentences = (
        "chat-1,0,0,Would you like to donate something today?,proposition-of-donation,,,\n"
        "chat-1,1,0,I would rather not do that.,,disagree-donation,,\n"
        "chat-1,0,1,They have helped children for ninety years.,credibility-appeal,,,\n"
    )
    pitches(folder, sentences, "chat-1,5,0,10,0.5,0\nchat-1,5,1,10,0.0,0\n")
    return folder


def setting(scratch: Path, reader: Reader, *, data: Path | None, cases: tuple[Path, ...] = ()) -> Setting:
    return Setting(data=data, models=scratch, scratch=scratch, reader=lambda: reader, cases=cases)


def values(measures: Iterable[Measure]) -> dict[str, float | None]:
    return {measure.name: measure.value for measure in measures}


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[SuiteResult, SuiteResult, list[str]]:
    """The suite run twice with one scratch, and the calls that were read; made once, since rubrics load slowly."""
    folder, reader = tmp_path_factory.mktemp("suite"), Pointing(WORDS)
    data = made(folder / "data")
    first = behaviours(setting(folder / "scratch", reader, data=data))
    again = behaviours(setting(folder / "scratch", reader, data=data))
    return first, again, reader.read_calls


def part_of(data: Path, reader: Reader) -> Part:
    """What the counselling talks alone bring."""
    return labelled_part("counselling", load("counselling", data), Read(reader, "counselling", unwatched))


def test_each_collection_is_measured_against_its_labels(twice: tuple[SuiteResult, SuiteResult, list[str]]) -> None:
    found = values(twice[0].measures)
    # Reflections are found in talks 1 and 3, labelled in 1: 2 / (2 + 1); one quote of two is right.
    assert found["behaviours.counselling.reflection_f1"] == pytest.approx(2 / 3)
    assert found["behaviours.counselling.reflection_quotes_right"] == 0.5
    # Advice is found in talk 2, labelled in 2 and 3.
    assert found["behaviours.counselling.advice_f1"] == pytest.approx(2 / 3)
    assert found["behaviours.counselling.quality_auc"] == 1.0
    assert found["behaviours.pitches.ask_f1"] == 1.0
    # The reason after the refusal is labelled, and this reader points at none.
    assert found["behaviours.pitches.objection_answered_f1"] == 0.0
    assert found["behaviours.cases.f1"] is not None
    assert "behaviours.counselling.closed_question_f1" not in found  # nobody labelled any


def test_an_equal_run_reads_nothing_anew_and_finds_the_same(
    twice: tuple[SuiteResult, SuiteResult, list[str]],
) -> None:
    first, again, read_calls = twice
    assert first == again
    assert len(read_calls) == len(set(read_calls)) > 3
    assert first.inputs["reader"] == "pointing@1"


def test_what_was_wrong_is_told_with_its_words(twice: tuple[SuiteResult, SuiteResult, list[str]]) -> None:
    told = {(f.measure, f.unit): f for f in twice[0].failures}
    wrong = told["behaviours.counselling.reflection_quotes_right", "counselling-3"]
    assert wrong.text == "So you smoke when you drive to work."
    assert wrong.expected == "no reflections, simple or complex, but advice"
    missed = told["behaviours.counselling.advice_f1", "counselling-3"]
    assert (missed.text, missed.found) == (wrong.text, "nothing in the whole call")


def test_the_plot_has_a_dot_for_each_call_of_known_quality(
    twice: tuple[SuiteResult, SuiteResult, list[str]],
) -> None:
    (points,) = twice[0].points
    assert [(dot.id, dot.group) for dot in points.dots] == [
        ("counselling-1", "high"), ("counselling-2", "low"), ("counselling-3", "high"),
    ]  # fmt: skip
    assert points.dots[1].y < 0 < points.dots[0].y


def test_other_labels_are_other_inputs(tmp_path: Path) -> None:
    first = dict(part_of(made(tmp_path), Pointing(WORDS)).inputs)
    counselling(tmp_path, *talk_rows("1", "high", "So you smoke mostly in the evening.", **ADVISED))
    second = dict(part_of(tmp_path, Pointing(WORDS)).inputs)
    assert first["counselling_calls"] != second["counselling_calls"]
    assert first["counselling_rubric"] == second["counselling_rubric"]


def test_a_call_that_cannot_be_read_is_skipped_and_the_others_are_not(tmp_path: Path) -> None:
    part = part_of(made(tmp_path), Pointing(WORDS, stumbles="drive to work"))
    assert [(s.what, s.reason) for s in part.skipped] == [("counselling: counselling-3", "observe: cannot read this")]
    assert values(part.measures)["behaviours.counselling.reflection_f1"] == 1.0


def test_collections_that_are_absent_or_damaged_are_skipped_and_the_written_cases_are_not(tmp_path: Path) -> None:
    written(tmp_path / "labelled" / "counselling-talks" / "annomi.csv", "some,other\ntable,here\n")
    result = behaviours(setting(tmp_path / "scratch", Pointing(WORDS), data=tmp_path))
    assert [s.what for s in result.skipped] == ["counselling", "pitches"]
    assert result.measures
    assert all(measure.name.startswith("behaviours.cases.") for measure in result.measures)


def test_a_rubric_that_stands_in_is_the_one_that_is_read(tmp_path: Path) -> None:
    """One without the behaviours that labels name leaves those calls out, with the reason."""
    closing = find_rubric("closing")
    instead = {"discovery": closing, "counselling": closing}
    counselling(tmp_path, *talk_rows("1", "high", "So you smoke mostly in the evening.", **REFLECTED))
    reader = Pointing(WORDS)
    result = behaviours(replace(setting(tmp_path / "scratch", reader, data=tmp_path), rubrics=instead))
    assert result.measures == ()
    assert reader.read_calls == []
    told = {s.what: s.reason for s in result.skipped}
    assert "no behaviour" in told["counselling"]
    assert any("cost_asked" in reason for what, reason in told.items() if what.startswith("cases: "))


def test_a_users_own_calls_are_measured(tmp_path: Path) -> None:
    own = tmp_path / "own"
    written(own / "acme.txt", "Ann: What does it cost you every month?\nBen: Forty a day, and it hurts.\n")
    written(
        own / "acme.case.yaml",
        "id: acme-call\ntranscript: acme.txt\nroles: {Ann: rep, Ben: customer}\nrubric: discovery\n",
    )
    written(
        own / "acme.verdicts.csv",
        "rater,behaviour,state\nAnn,cost_asked,shown\nBen,cost_asked,shown\nAnn,agenda_stated,shown\n",
    )
    written(own / "acme.turns.csv", "rater,turn_id,behaviours\nAnn,t0001,cost_asked\nAnn,t0002,none\n")
    written(own / "acme.levels.csv", "rater,capability,level\nAnn,impact,4\n")
    found = values(own_of(tmp_path, own).measures)
    # cost_asked is right, agenda_stated is missed: 2 / (2 + 1); the one quote lies in the labelled turn
    assert found["behaviours.own.f1"] == pytest.approx(2 / 3)
    assert found["behaviours.own.quotes_right"] == 1.0
    # one of the capability's behaviours is shown, and its rule gives level 2 for that: two below Ann's
    assert found["behaviours.own.level_bias"] == -2.0


def own_of(tmp_path: Path, *cases: Path) -> Part:
    reader = Pointing(WORDS)
    return own_part(setting(tmp_path, reader, data=None, cases=cases), Read(reader, "own", unwatched))


def test_own_calls_without_a_rubric_are_left_out_and_an_absent_folder_is_told(tmp_path: Path) -> None:
    own = tmp_path / "own"
    written(own / "acme.txt", "Ann: What does it cost you?\nBen: Forty a day.\n")
    written(own / "acme.case.yaml", "id: acme-call\ntranscript: acme.txt\nroles: {Ann: rep, Ben: customer}\n")
    part = own_of(tmp_path, own, tmp_path / "nowhere")
    assert part.measures == ()
    assert [s.what for s in part.skipped] == ["nowhere"]
