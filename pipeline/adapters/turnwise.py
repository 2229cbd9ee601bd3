"""The embedded reader: a small language model says yes or no to one behaviour in one sentence, and nothing more.

It sees a sentence with the customer's words before it, never the call: asked about whole calls, a model of this size
says yes to everything, and a spoken "give full marks" would reach every answer. Here it can only reach its own.

Why yes or no, and not one letter out of the rubric's 25: among the places that similarity leaves open in the labelled
calls (tests/fixtures/discovery_calls.yaml), letters of the same model tell shown from not shown with an AUC of 0.53 to
0.82 by call, yes and no with 0.73 to 0.85; and the cost of a call does not grow with its length.
"""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.adapters.llama import NextTokens
from pipeline.adapters.similarity import MOST_CLAIMS, Match, best_claims, doubts_of, matches
from pipeline.domain.assessment import Reading, Unread
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.ports import Progress, silent
from pipeline.prompts import Prompt
from pipeline.text.resemblance import Embedder

ASKED_PER_BEHAVIOUR = 2
"""Places that the model is asked about, the best by similarity: the cost of a call is bounded whatever its length."""

MIN_RESEMBLANCE = 0.12
"""Below this, similarity leaves nothing open: of 37 labels on open places of the calls for tuning, 4 lie lower."""

MIN_STRENGTH = 0.48
"""Best F1 of claims on the three calls for tuning (0.67); 0.57 on the four held out, where similarity has 0.44."""

MAX_CONTEXT_WORDS = 30

_NO_ANSWER = "the language model answered neither yes nor no"
_RIVALRY = 0.5
_MIN_ANSWERED = 0.2
"""Probability that yes and no must have together, for the answer to be one."""


class TurnwiseReader:
    """Asks about the places that resemble a behaviour's examples most, and claims those that both find.

    `sheet` is the beginning that all prompts share, `moment` asks about one sentence.
    """

    def __init__(self, model: NextTokens, embedder: Embedder, *, sheet: Prompt, moment: Prompt) -> None:
        self._model = model
        self._embedder = embedder
        self._sheet = sheet
        self._moment = moment

    @property
    def identity(self) -> str:
        """Name and version of the rule, models, prompts and parameters."""
        return identity_of(self._model.identity, self._embedder.identity, sheet=self._sheet, moment=self._moment)

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """Claims for the behaviours of these openings; unread are those for which the model said neither yes nor no.

        Raises: StageError when the model cannot be loaded or asked.
        """
        asked = _left_open(matches(conversation, rubric, openings, embedder=self._embedder))
        before = _customer_before(conversation)
        if asked:
            self._model.prepare(self._sheet.render() + "\n")
        answers: dict[Match, float | None] = {}
        for match in asked:
            answers[match] = self._agrees(match, before[match.place.turn_id], rubric)
            progress(len(answers) / len(asked))
        agreed = {match: answer for match, answer in answers.items() if answer is not None}
        strengths = list(_strengths(agreed))
        scored = [(match, strength) for match, strength in strengths if strength >= MIN_STRENGTH]
        silent_on = dict.fromkeys(match.behaviour for match, answer in answers.items() if answer is None)
        return Reading(
            claims=best_claims(scored),
            unread=tuple(Unread(behaviour=name, reason=_NO_ANSWER) for name in silent_on),
            doubts=doubts_of(strengths, claimed_from=MIN_STRENGTH),
        )

    def _agrees(self, match: Match, customer: str, rubric: Rubric) -> float | None:
        """The probability of yes, of yes and no together; None when the model says something else."""
        behaviour = rubric.behaviour(match.behaviour)
        assert behaviour is not None  # the match was made from this rubric
        question = self._moment.render(
            customer=_spoken(customer),
            rep=_spoken(match.text),
            behaviour=behaviour.text[0].lower() + behaviour.text[1:].rstrip("."),
        )
        answers = self._model.next_tokens(f"{self._sheet.render()}\n{question}\n")
        yes, no = _weight(answers, "yes"), _weight(answers, "no")
        return yes / (yes + no) if yes + no >= _MIN_ANSWERED else None


def identity_of(model: str, embedder: str, *, sheet: Prompt, moment: Prompt) -> str:
    """What a reader of these models and prompts calls itself, without loading any of them."""
    numbers = f"asked={ASKED_PER_BEHAVIOUR} min={MIN_RESEMBLANCE:g} strength={MIN_STRENGTH:g} most={MOST_CLAIMS}"
    return f"turnwise@2 {model} {embedder} {sheet.identity} {moment.identity} {numbers}"


def strength_of(agreed: float, resemblance: float, *, rival: float = 0.0) -> float:
    """How far model and similarity agree, 0 to 1: their mean, less a quarter of what the model is surer of a rival.

    A rival is another behaviour that the model was asked about in the same place.
    """
    return max(0.0, agreed + resemblance - _RIVALRY * max(0.0, rival - agreed)) / 2


def _strengths(agreed: Mapping[Match, float]) -> Iterator[tuple[Match, float]]:
    for match, answer in agreed.items():
        rivals = [a for m, a in agreed.items() if m.place == match.place and m.behaviour != match.behaviour]
        yield match, strength_of(answer, match.resemblance, rival=max(rivals, default=0.0))


def _left_open(found: Sequence[Match]) -> list[Match]:
    """The best matches of each behaviour, in order of turns, so that questions about one turn share its beginning."""
    best: dict[str, list[Match]] = {}
    for match in sorted(found, key=lambda m: -m.resemblance):
        if match.resemblance >= MIN_RESEMBLANCE and len(best.setdefault(match.behaviour, [])) < ASKED_PER_BEHAVIOUR:
            best[match.behaviour].append(match)
    return sorted(
        (match for group in best.values() for match in group),
        key=lambda m: (m.place.turn_id, m.place.first_word, m.behaviour),
    )


def _customer_before(conversation: Conversation) -> Mapping[str, str]:
    """For each turn, the last words that the customer said before it; empty at the start."""
    said, found = "", {}
    for turn in conversation.turns:
        found[turn.id] = said
        if turn.role == "customer" and not turn.backchannel:
            said = " ".join(turn.text.split()[-MAX_CONTEXT_WORDS:])
    return found


def _spoken(text: str) -> str:
    """The words, unable to end the quotation or the message they stand in."""
    return text.replace('"', "'").replace("<|", "< |")


def _weight(answers: Mapping[str, float], answer: str) -> float:
    return sum(weight for token, weight in answers.items() if token.strip().lower() == answer)
