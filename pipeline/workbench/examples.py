"""Owns the check of a behaviour's examples: enough of them, unlike each other, and such as its own form lets in."""

from collections.abc import Iterator
from itertools import combinations

from pipeline.domain.normal import FUNCTION_WORDS, content_words, normal_words
from pipeline.domain.rubric import Behaviour, Form
from pipeline.text.questions import find_questions
from pipeline.workbench.findings import Found

MIN_EXAMPLES = 4
"""Below this a reader that compares sentences knows one or two wordings of the behaviour."""

MAX_SHARED = 0.6
"""Share of the words that carry meaning which two examples may have in common."""

_TELLING = frozenset(("no", "not", "sure", *(word for word in FUNCTION_WORDS if word.endswith("n't"))))
"""Everyday words that turn what they stand beside: "not sure" is no everyday phrase."""

_WILD = frozenset("*|\\^$[]{}<>/%_")


def example_findings(behaviour: Behaviour, at: tuple[int | str, ...]) -> Iterator[Found]:
    """What is the matter with the examples of a behaviour that is read, in order."""
    if behaviour.measure is not None:
        return
    n, here, name = len(behaviour.examples), (*at, "examples"), behaviour.id
    if n < MIN_EXAMPLES:
        told = f"{name}: {n} examples; what is worded otherwise will hardly be found"
        yield Found(rule="examples", at=here, text=told, fix=f"write {MIN_EXAMPLES} or more, as people speak")
    if not behaviour.counterexamples:
        told = f"{name}: no counterexamples, so what sounds alike and is not it counts too"
        yield Found(rule="examples", at=at, text=told, fix="add `counterexamples:` with two or three sentences")
    yield from _alike(behaviour, here)
    yield from _on_both_sides(behaviour, at)
    yield from _shut_out(behaviour, here)


def _alike(behaviour: Behaviour, here: tuple[int | str, ...]) -> Iterator[Found]:
    for (i, first), (j, second) in combinations(enumerate(behaviour.examples), 2):
        if _shared(first, second) >= MAX_SHARED:
            told = f"{behaviour.id}: example {j + 1} says nearly what example {i + 1} says: “{first}” and “{second}”"
            yield Found(rule="examples", at=(*here, j), text=told, fix="word one of them in another way")


def _shared(first: str, second: str) -> float:
    """Words in common out of all words of both; those that carry meaning, where both have at least two of these."""
    all_words = normal_words(first), normal_words(second)
    content = tuple(map(content_words, all_words))
    one, other = map(set, content if min(map(len, content)) > 1 else all_words)
    return len(one & other) / len(one | other) if one | other else 1.0


def _on_both_sides(behaviour: Behaviour, at: tuple[int | str, ...]) -> Iterator[Found]:
    known = {normal_words(example) for example in behaviour.examples}
    for i, text in enumerate(behaviour.counterexamples):
        if normal_words(text) in known:
            told = f"{behaviour.id}: “{text}” is an example and a counterexample"
            yield Found(
                severity="error", rule="examples", at=(*at, "counterexamples", i), text=told, fix="take one of them out"
            )


def _shut_out(behaviour: Behaviour, here: tuple[int | str, ...]) -> Iterator[Found]:
    """Examples which, said in a call, would not be looked at, because of the behaviour's form."""
    for i, example in enumerate(behaviour.examples):
        kinds = {question.kind for question in find_questions(example)}
        if behaviour.form is Form.QUESTION and not kinds and not _asks_with_its_mark(example):
            told = f"{behaviour.id}: form is question, and example {i + 1} is heard as none: “{example}”"
            yield Found(rule="form", at=(*here, i), text=told, fix="word it as a question, or write `form: any`")
        if behaviour.form is Form.STATEMENT and kinds - {"declarative"}:
            told = f"{behaviour.id}: form is statement, and example {i + 1} asks something: “{example}”"
            yield Found(rule="form", at=(*here, i), text=told, fix="word it as a statement, or write `form: any`")


def _asks_with_its_mark(example: str) -> bool:
    """Whether an example without any mark at its end, as recognisers write them, asks something once it has one."""
    bare = example.rstrip()
    return bare[-1:].isalnum() and bool(find_questions(f"{bare}?"))


def opportunity_findings(behaviour: Behaviour, at: tuple[int | str, ...]) -> Iterator[Found]:
    """Phrases of the opportunity that match nothing, everything, or nothing that another one does not match."""
    if behaviour.opportunity is None:
        return
    phrases = behaviour.opportunity.phrases
    seen: dict[tuple[str, ...], str] = {}
    for i, phrase in enumerate(phrases):
        words, here = normal_words(phrase), (*at, "opportunity", "phrases", i)
        covering = next((known for known in seen if known and _within(known, words)), None)
        if not words or _WILD.intersection(phrase):
            told = (
                f"{behaviour.id}: “{phrase}” will match nothing: phrases are compared word by word, without wildcards"
            )
            yield Found(severity="error", rule="opportunity", at=here, text=told, fix="write the words people say")
        elif covering is not None:
            told = f"{behaviour.id}: “{phrase}” adds nothing, since “{seen[covering]}” stands in it"
            yield Found(rule="opportunity", at=here, text=told, fix="take one of the two out")
        elif not _TELLING.intersection(words) and not content_words(words):
            told = f"{behaviour.id}: “{phrase}” has only everyday words, so it is found in nearly every call"
            yield Found(rule="opportunity", at=here, text=told, fix="add the word that carries the meaning")
        seen.setdefault(words, phrase)


def _within(inner: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    return any(outer[i : i + len(inner)] == inner for i in range(len(outer) - len(inner) + 1))
