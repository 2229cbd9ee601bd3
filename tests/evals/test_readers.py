"""Scoring of readers: what is counted on one call, how calls are added up, and what the trivial readers get."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.cases import Case, Pace, SpokenTurn, load_cases
from evals.figures import Mean, interval
from evals.judging import RememberingEmbedder, RememberingTokens, judge
from evals.questions import Detection
from evals.readers import CaseScore, combine, main, score_case, score_readers, table
from evals.reference_readers import EverythingReader, LabelReader, NothingReader
from pipeline.domain.assessment import Claim, Reading, Unread
from pipeline.domain.chat import TokenUse, Usage
from pipeline.domain.levels import level_of
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Capability, Form, Level, Needs, Rubric
from pipeline.domain.speech import Conversation
from pipeline.ports import Progress, silent
from pipeline.rubrics import dump_rubric, find_rubric
from tests.adapters.reading import WordCounter, behaviour

ASKING = Capability(
    id="asking",
    name="Asking",
    goal="Something is asked.",
    behaviours=(
        behaviour("cost_asked", "What does it cost you?", "How much is it?", form=Form.QUESTION),
        behaviour("reason_asked", "Why is that so?", "What is the reason?", form=Form.QUESTION),
        behaviour("who_asked", "Who else is there?", "Who decides that?", form=Form.QUESTION),
    ),
    levels=(
        Level(level=1, anchor="None."),
        Level(level=2, anchor="One.", needs=Needs(at_least=1)),
        Level(level=3, anchor="Two.", needs=Needs(at_least=2)),
    ),
)
CLOSING = Capability(
    id="closing",
    name="Closing",
    goal="Something is agreed.",
    behaviours=(
        behaviour("date_named", "Let us meet on Monday.", "See you on Friday.", form=Form.STATEMENT),
        behaviour("tasks_named", "I write and you call.", "You send it to me.", form=Form.STATEMENT),
    ),
    levels=(Level(level=1, anchor="None."), Level(level=2, anchor="One.", needs=Needs(at_least=1))),
)
RUBRIC = Rubric(id="made_up", version=1, title="Made up", stage="any", capabilities=(ASKING, CLOSING))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    path = tmp_path / "made_up.yaml"
    path.write_text(dump_rubric(RUBRIC), encoding="utf-8")
    return Case(
        id="made-call",
        about="Made for a test.",
        rubric=str(path),
        pace=Pace(words_per_s=2, pause_s=1),
        turns=(
            SpokenTurn(rep="What does it cost you?", shows=("cost_asked",)),
            SpokenTurn(customer="Forty a day."),
            SpokenTurn(rep="And how much is that in a year?", may_show=("cost_asked",)),
            SpokenTurn(customer="Nine thousand."),
            SpokenTurn(rep="Why is that so much?", shows=("reason_asked",)),
            SpokenTurn(customer="Diesel."),
            SpokenTurn(rep="Let us meet on Monday then.", shows=("date_named",)),
        ),
        not_shown=("who_asked", "tasks_named"),
        levels={"asking": 3, "closing": 2},
    )


class Saying:
    """A reader that says what it was told to."""

    identity = "saying"

    def __init__(
        self, *claims: tuple[str, str, str, float], unread: tuple[str, ...] = (), usage: Usage | None = None
    ) -> None:
        self._reading = Reading(
            claims=tuple(Claim(behaviour=b, turn_id=t, quote=q, strength=s) for b, t, q, s in claims),
            unread=tuple(Unread(behaviour=name, reason="no answer") for name in unread),
            usage=usage or Usage(),
        )

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        return self._reading


COST = ("cost_asked", "t0001", "What does it cost you?", 0.9)
COST_LATER = ("cost_asked", "t0003", "how much is that in a year", 0.5)
COST_ELSEWHERE = ("cost_asked", "t0005", "Why is that so much?", 0.95)
REASON = ("reason_asked", "t0005", "Why is that so much?", 0.8)
WHO = ("who_asked", "t0005", "Why is that so much?", 0.4)
DATE = ("date_named", "t0007", "Let us meet on Monday", 0.7)


def scored(case: Case, *claims: tuple[str, str, str, float], unread: tuple[str, ...] = ()) -> CaseScore:
    return score_case(case, judge(case.conversation, RUBRIC, Saying(*claims, unread=unread)), RUBRIC)


def test_a_behaviour_is_counted_once_a_call_however_many_places_show_it(case: Case) -> None:
    # Labelled shown: cost, reason, date. Claimed: cost (twice) and who: one hit, one false alarm, two misses, one no.
    score = scored(case, COST, COST_LATER, WHO)
    assert score.behaviours == Detection(n=5, hits=1, false_alarms=1, misses=2)
    assert score.by_capability["asking"] == Detection(n=3, hits=1, false_alarms=1, misses=1)
    assert score.by_capability["closing"] == Detection(n=2, misses=1)
    assert score.states == Mean(total=2, n=5)


def test_an_unread_behaviour_is_missed_and_has_no_right_verdict(case: Case) -> None:
    score = scored(case, COST, REASON, DATE, unread=("who_asked",))
    assert score.behaviours == Detection(n=5, hits=3)
    assert score.states == Mean(total=4, n=5)  # who_asked was labelled not_shown, and nobody judged it
    assert score.n_unread == 1


def test_every_observation_in_a_turn_that_shows_or_may_show_is_right(case: Case) -> None:
    # Right: cost in t0001 and t0003. Wrong: cost in t0005, who in t0005.
    assert scored(case, COST, COST_LATER, COST_ELSEWHERE, WHO).observations == Mean(total=2, n=4)


def test_evidence_is_right_when_the_strongest_observation_lies_in_a_labelled_turn(case: Case) -> None:
    right = scored(case, COST, REASON)
    assert right.leading == Mean(total=2, n=2)
    assert right.evidenced == right.behaviours == Detection(n=5, hits=2, misses=1)
    # 0.95 in t0005 leads over 0.9 in t0001: the verdict stays right, and a manager hears the wrong sentence.
    wrong = scored(case, COST, COST_ELSEWHERE, REASON)
    assert wrong.behaviours == Detection(n=5, hits=2, misses=1)
    assert wrong.leading == Mean(total=1, n=2)
    assert wrong.evidenced == Detection(n=5, hits=1, false_alarms=1, misses=2)


def test_the_first_of_equally_strong_observations_leads(case: Case) -> None:
    later = (*COST_ELSEWHERE[:3], 0.9)
    assert scored(case, later, COST).leading == Mean(total=1, n=1)


def test_levels_are_compared_with_those_a_person_gave(case: Case) -> None:
    # asking: one behaviour makes level 2, labelled 3; closing: none makes level 1, labelled 2. Both are off by one.
    score = scored(case, COST)
    assert score.level_error == Mean(total=2, n=2)
    assert score.exact_levels == Mean(total=0, n=2)
    # asking: two shown make level 3, exact; closing: as before.
    better = scored(case, COST, REASON)
    assert better.level_error == Mean(total=1, n=2)
    assert better.exact_levels == Mean(total=1, n=2)


def test_a_capability_without_a_level_on_one_side_has_no_error_and_is_counted_apart(case: Case) -> None:
    unscored = case.model_copy(update={"levels": {"asking": 3, "closing": None}})
    score = scored(unscored, COST, REASON)
    assert score.level_error == Mean(total=0, n=1)
    assert score.scored == Mean(total=1, n=2)
    # Whether date_named shows decides the level of closing, and it was not read: no level, as labelled.
    assert scored(unscored, COST, REASON, unread=("date_named",)).scored == Mean(total=2, n=2)


def test_refused_claims_are_counted_by_reason(case: Case) -> None:
    score = scored(
        case,
        COST,
        ("cost_asked", "t0001", "What would it cost you?", 0.9),
        ("cost_asked", "t0002", "Forty a day.", 0.9),
        ("reason_asked", "t0005", "Why is", 0.9),
        ("mood_asked", "t0005", "Why is that so much?", 0.9),
    )
    assert score.rejected == {"not_found": 1, "wrong_speaker": 1, "too_short": 1, "unknown_behaviour": 1}
    assert score.n_claims == 5


def test_tokens_and_cost_come_from_the_reading(case: Case) -> None:
    use = TokenUse(input_tokens=900, cached_tokens=500, output_tokens=40)
    usage = Usage(exchanges=("a" * 64,), tokens=use, cost_usd=0.25)
    score = score_case(case, judge(case.conversation, RUBRIC, Saying(usage=usage)), RUBRIC)
    assert (score.tokens, score.cost_usd) == (use, 0.25)
    twice = combine("saying", "saying", [score, score])
    assert twice.tokens.input_tokens == 1800
    assert twice.cost_usd == 0.5
    unpriced = score.model_copy(update={"cost_usd": None})
    assert combine("saying", "saying", [score, unpriced]).cost_usd is None


def test_calls_are_added_by_their_counts_and_not_averaged(case: Case) -> None:
    # One call with 3 hits; one with 1 false alarm and 3 misses: precision 3/4, recall 3/6, F1 = 6 / (6 + 1 + 3) = 0.6.
    good, bad = scored(case, COST, REASON, DATE), scored(case, WHO)
    figures = combine("saying", "saying", [good, bad]).figures
    assert figures["behaviour_precision"].value == 0.75
    assert figures["behaviour_precision"].n == 4
    assert figures["behaviour_recall"].value == 0.5
    assert figures["behaviour_f1"].value == pytest.approx(0.6)
    assert figures["behaviour_f1"].n == 10
    # A draw of two calls has F1 1.0 (good twice), 0.6 or 0.0 (bad twice), each in at least a quarter of the draws.
    assert (figures["behaviour_f1"].low, figures["behaviour_f1"].high) == (0.0, 1.0)


def test_the_baseline_is_the_best_of_the_trivial_readers(case: Case) -> None:
    nothing = score_case(case, judge(case.conversation, RUBRIC, NothingReader()), RUBRIC)
    everything = score_case(case, judge(case.conversation, RUBRIC, EverythingReader()), RUBRIC)
    # Everything claims the first place of each of the five: 3 hits, 2 false alarms: F1 6/8. Its first question is
    # t0001, right for cost and not for reason; its first statement is t0007, right for the date.
    assert everything.behaviours == Detection(n=5, hits=3, false_alarms=2)
    assert everything.leading == Mean(total=2, n=3)
    figures = combine("saying", "saying", [scored(case, COST)], trivial=[[nothing], [everything]]).figures
    assert figures["behaviour_f1"].baseline == 0.75
    # Levels with nothing: 1 and 1 against 3 and 2, mean error 1.5; with everything: 3 and 2, error 0. Less is better.
    assert nothing.level_error == Mean(total=3, n=2)
    assert figures["level_error"].baseline == 0.0


def test_a_reader_that_has_the_labels_is_right_throughout(case: Case) -> None:
    score = score_case(case, judge(case.conversation, RUBRIC, LabelReader([case])), RUBRIC)
    assert score.behaviours == Detection(n=5, hits=3)
    assert score.leading == Mean(total=3, n=3)
    assert score.level_error == Mean(total=0, n=2)
    assert score.rejected == {}


def test_each_reader_is_run_on_each_call_between_the_trivial_ones_and_the_labels(case: Case) -> None:
    told: list[str] = []
    scores = score_readers({"saying": Saying(COST)}, [case], told=told.append)
    assert [score.reader for score in scores] == ["nothing", "everything", "saying", "labels"]
    assert len(told) == 4
    lines = table(scores).splitlines()
    assert len(lines) == 6
    assert len({line.count("|") for line in lines}) == 1
    # One hit, two misses: F1 = 2 / (2 + 2) = 0.5; its evidence is right.
    assert "| saying | 1 | 1.00 | 0.33 | 0.50 (0.50 to 0.50) | 0.50 (0.50 to 0.50) | 1.00 of 1 |" in lines[4]


def test_what_the_labels_show_is_looked_for_where_it_is_but_for_a_few() -> None:
    """Eight of 157: a concern in words that the rubric does not list, a question that is not seen without its mark."""
    labels = score_readers({}, load_cases())[-1]
    assert labels.reader == "labels"
    found = sum((call.behaviours for call in labels.calls), Detection())
    assert found.hits + found.misses == 157
    assert found.hits >= 149
    assert found.false_alarms == 0
    assert set(labels.rejected) <= {"out_of_place"}


def test_the_labels_of_shipped_levels_follow_the_rubrics_rule_but_for_what_the_readme_names() -> None:
    """By the anchor texts a person gives three levels that the rule does not; all others follow from the labels."""
    differing = set()
    for case in load_cases():
        rubric = find_rubric(case.rubric).rubric
        measured = judge(case.conversation, rubric, NothingReader()).assessment
        for capability in rubric.capabilities:
            states = {b.id: case.states.get(b.id, measured.verdict(b.id).state) for b in capability.behaviours}
            level = level_of(capability, states)
            if case.levels[capability.id] != (None if isinstance(level, str) else level.level):
                differing.add((case.id, capability.id))
    assert differing == {("museum-texts", "situation"), ("wrong-person", "situation"), ("lab-freezers", "concerns")}


def test_a_call_is_read_within_the_rubric_of_its_file(case: Case) -> None:
    assert find_rubric(case.rubric).rubric == RUBRIC


@given(st.lists(st.integers(0, 1), min_size=1, max_size=8))
@settings(max_examples=25)
def test_an_interval_of_shares_lies_within_the_unit_and_in_order(outcomes: list[int]) -> None:
    parts = [Mean(total=outcome, n=1) for outcome in outcomes]
    low, high = interval(parts, lambda drawn: sum(drawn, Mean()).value)
    assert low is not None
    assert high is not None
    assert 0 <= low <= high <= 1


@given(st.lists(st.tuples(st.floats(0, 9), st.integers(0, 9)), max_size=6), st.integers(0, 6))
def test_adding_means_equals_taking_one_over_all(pairs: list[tuple[float, int]], cut: int) -> None:
    parts = [Mean(total=total, n=n) for total, n in pairs]
    apart = sum(parts[:cut], Mean()) + sum(parts[cut:], Mean())
    assert apart.n == sum(n for _, n in pairs)
    assert apart.total == pytest.approx(sum(total for total, _ in pairs))


def test_the_mean_of_nothing_and_its_interval_are_absent() -> None:
    assert Mean().value is None
    assert interval([], lambda _: 1.0) == (None, None)
    assert interval([1], lambda _: None) == (None, None)


def test_a_remembered_sentence_is_embedded_once_and_stays_the_same() -> None:
    counter = WordCounter()
    remembering = RememberingEmbedder(counter)
    first = remembering.embed(["one two", "three"])
    again = remembering.embed(["three", "four", "one two"])
    assert counter.embedded == ["one two", "three", "four"]
    assert (again[0] == first[1]).all()
    assert (again[2] == first[0]).all()
    assert len(remembering.embed([])) == 0


def test_a_remembered_prompt_is_asked_once() -> None:
    class Counting:
        identity = "counting"

        def __init__(self) -> None:
            self.asked: list[str] = []

        def prepare(self, prefix: str) -> None: ...

        def next_tokens(self, prompt: str) -> dict[str, float]:
            self.asked.append(prompt)
            return {"Yes": 1.0}

    counting = Counting()
    model = RememberingTokens(counting)
    assert [model.next_tokens(prompt) for prompt in ("a", "b", "a")] == [{"Yes": 1.0}] * 3
    assert counting.asked == ["a", "b"]


@pytest.mark.slow
def test_the_command_prints_a_table_and_keeps_the_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "figures.json"
    main(["--reader", "similarity", "--out", str(out)])
    printed = capsys.readouterr()
    assert "| similarity | 12 |" in printed.out
    assert "similarity: solar-bakery" in printed.err
    kept = {score["reader"]: score for score in json.loads(out.read_text(encoding="utf-8"))}
    figure = kept["similarity"]["figures"]["evidenced_f1"]
    assert {"value", "n", "low", "high", "baseline"} <= set(figure)
    # Floors well below what was measured (0.26): a reader that falls below them is broken.
    assert figure["value"] > 0.18
    assert figure["value"] > figure["baseline"]
