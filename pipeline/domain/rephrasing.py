"""Owns a draft in new words: which of its texts may be worded anew, and whether the new words may stand.

Open are the sentences that come from the rubric (what worked, what was not found, questions) and those that lead to a
quotation. Facts, searches, dates and steps stay as they are: what a figure means lies in the few words around it.
Quotations are marks ([[1]]) while the sentences are out, so nobody who words them anew reads or writes a quote.

All or nothing: one sentence that says something else, and the template stands whole. A model that invented once is not
believed in the next sentence, a manager reads one voice, and "who phrased this" has one answer. It costs little: of
wordings written to be honest 31 of 40 stand, and 16 of 26 that the lexicon had never seen; of 153 bad ones none does.
Qwen2.5-Coder-1.5B left every word of 9 drafts as it was; told to change each sentence, it changed 55 of 61 ("In this
call, no money was found"), and 2 of these could have stood by themselves.
"""

from collections.abc import Iterator, Mapping

from pipeline.domain.base import Value
from pipeline.domain.coaching import Draft, DraftSentence, Improvement, Paragraph, Phrasing, Strength, written
from pipeline.domain.draft_lint import lint_draft
from pipeline.domain.evidence import Evidence
from pipeline.domain.rewording import MARK, differences

_OPEN_PARAGRAPHS: frozenset[Paragraph] = frozenset({"strength", "improvement"})
_OPEN_KINDS = frozenset({"observation", "missed_moment", "rubric"})
_CLOSED = (".”", "?”", "!”", "…”")
_LONGEST_PROBLEM = 160


class OpenText(Value):
    """A text of a draft that may be worded anew; `quotations` are the words that its marks stand for, by mark.

    `id` is s01, s02, ... for the draft's sentences, q1, q2, ... for its questions.
    """

    id: str
    text: str
    quotations: tuple[tuple[str, str], ...] = ()

    def filled(self, said: str) -> str:
        """New words for it, on one line and with an end, the quotations in place of their marks."""
        text = " ".join(said.split())
        text = text.removesuffix(".") if text.endswith("]].") else text
        if text and text[-1].isalnum():
            text += "?" if self.text.endswith("?") else "."
        words = dict(self.quotations)
        filled = MARK.sub(lambda mark: f"“{words[mark.group()]}”" if mark.group() in words else mark.group(), text)
        return f"{filled}." if filled.endswith("”") and not filled.endswith(_CLOSED) else filled

    def marked(self, text: str) -> str:
        """A text of a draft as `text` has it: each quotation by its mark."""
        for mark, words in self.quotations:
            text = text.replace(f"“{words}”", mark)
        return text.removesuffix(".") if text.endswith("]].") else text


def open_texts(draft: Draft, evidence: Evidence) -> tuple[OpenText, ...]:
    """The texts that may be worded anew, in the draft's order, its questions last; empty for a draft without any."""
    return tuple(_open_texts(draft, evidence))


def rephrased(draft: Draft, texts: Mapping[str, str], evidence: Evidence) -> Draft:
    """The draft with these words for its open texts, by id; a text that is not named stays, as does all that is closed.

    Nothing is judged here; `problems_of` does.
    """
    said = {text.id: text.filled(texts[text.id]) for text in open_texts(draft, evidence) if text.id in texts}
    sentences = tuple(
        sentence.model_copy(update={"text": said.get(_sentence_id(n), sentence.text)})
        for n, sentence in enumerate(draft.sentences, start=1)
    )
    questions = tuple(said.get(_question_id(n), text) for n, text in enumerate(draft.questions, start=1))
    changed = draft.model_copy(update={"sentences": sentences, "text": written(sentences), "questions": questions})
    return changed.model_copy(update={"strength": _strength(changed), "improvement": _improvement(changed)})


def problems_of(draft: Draft, candidate: Draft, evidence: Evidence) -> tuple[str, ...]:
    """Everything that keeps the new words from standing in the template's place, one line each; empty when they may.

    Nothing but words may differ; each open text has to say what it said (`pipeline.domain.rewording`), each closed one
    to be the same; and the linter of all drafts finds nothing.
    """
    if _frame(draft) != _frame(candidate):
        return ("the draft is put together in another way: its choices, citations or closed texts differ",)
    found = [*_differing(draft, candidate, evidence), *_inconsistent(candidate)]
    found += [f"{_short(finding.sentence)}: {finding.rule}" for finding in lint_draft(candidate, evidence)]
    return tuple(dict.fromkeys(_short(problem) for problem in found))


def _open_texts(draft: Draft, evidence: Evidence) -> Iterator[OpenText]:
    n_marks = 0
    for n, sentence in enumerate(draft.sentences, start=1):
        if not _is_open(sentence):
            continue
        cited = [c.quote.text(evidence.conversation) for c in sentence.citations if c.quote is not None]
        quoted = [words for words in dict.fromkeys(cited) if f"“{words}”" in sentence.text]
        quotations = tuple((f"[[{n_marks + i}]]", words) for i, words in enumerate(quoted, start=1))
        text = OpenText(id=_sentence_id(n), text=sentence.text, quotations=quotations)
        plain = text.marked(sentence.text)
        if _can_be_told(plain, len(quoted)):
            n_marks += len(quoted)
            yield text.model_copy(update={"text": plain})
    for n, question in enumerate(draft.questions, start=1):
        if _can_be_told(question, 0):
            yield OpenText(id=_question_id(n), text=question)


def _is_open(sentence: DraftSentence) -> bool:
    kinds = {citation.kind for citation in sentence.citations}
    return sentence.paragraph in _OPEN_PARAGRAPHS and kinds <= _OPEN_KINDS


def _can_be_told(plain: str, n_quotations: int) -> bool:
    """Whether the text holds its marks and nothing that looks like one, nor words in quotation marks."""
    return len(MARK.findall(plain)) == n_quotations == plain.count("[[") and not {"“", "”"} & set(plain)


def _differing(draft: Draft, candidate: Draft, evidence: Evidence) -> Iterator[str]:
    now = _texts_by_id(candidate)
    for text in open_texts(draft, evidence):
        yield from (f"{text.id} {difference}" for difference in differences(text.text, text.marked(now[text.id])))


def _inconsistent(candidate: Draft) -> Iterator[str]:
    if candidate.strength != _strength(candidate) or candidate.improvement != _improvement(candidate):
        yield "the strength or the improvement is worded in another way than its sentences"


def _frame(draft: Draft) -> Draft:
    """The draft without the texts that may be worded anew."""
    sentences = tuple(s.model_copy(update={"text": "."}) if _is_open(s) else s for s in draft.sentences)
    frame = draft.model_copy(update={"sentences": sentences, "text": written(sentences), "phrasing": Phrasing()})
    return frame.model_copy(
        update={
            "questions": ("",) * len(draft.questions),
            "strength": _strength(frame),
            "improvement": _improvement(frame),
        }
    )


def _texts_by_id(draft: Draft) -> dict[str, str]:
    sentences = {_sentence_id(n): sentence.text for n, sentence in enumerate(draft.sentences, start=1)}
    return sentences | {_question_id(n): text for n, text in enumerate(draft.questions, start=1)}


def _sentence_id(n: int) -> str:
    return f"s{n:02d}"


def _question_id(n: int) -> str:
    return f"q{n}"


def _strength(draft: Draft) -> Strength | None:
    text = written(draft.paragraph("strength"))
    return None if draft.strength is None else draft.strength.model_copy(update={"text": text})


def _improvement(draft: Draft) -> Improvement | None:
    text = written(draft.paragraph("improvement"))
    return None if draft.improvement is None else draft.improvement.model_copy(update={"text": text})


def _short(problem: str) -> str:
    shown = " ".join(problem.split())
    return shown if len(shown) <= _LONGEST_PROBLEM else f"{shown[: _LONGEST_PROBLEM - 1]}…"
