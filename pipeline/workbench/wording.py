"""Owns the check of a behaviour's wording: whether two people with the recording would agree that it was there."""

import re
from collections.abc import Iterator

from pipeline.domain.neutrality import lint
from pipeline.domain.normal import normal_words
from pipeline.domain.rubric import Behaviour, Form
from pipeline.workbench.findings import Found

_WORTH_WORDS = (
    "good well great excellent nice nicely strong strongly proper properly appropriate appropriately effective "
    "effectively professional professionally successful successfully adequate adequately suitable skilful skilfully "
    "skillfully convincing convincingly confident confidently natural naturally genuine genuinely clear clearly "
    "active actively smooth smoothly correct correctly thorough thoroughly"
)
_WORTH = frozenset(_WORTH_WORDS.split())
"""Words that two raters hear differently: each leaves open what has to be said for it."""

_UNHEARD_WORDS = (
    "listens understands empathises empathizes cares feels believes thinks wants tries knows trusts engages connects "
    "values respects appreciates relates realises realizes recognises recognizes considers senses wishes hopes "
    "builds creates"
)
_UNHEARD = frozenset(_UNHEARD_WORDS.split())
"""Verbs for what goes on in somebody, or between people: a recording has only what is said and when."""

_DOINGS = (
    "asks says names proposes explains tells summarises summarizes repeats offers shows states confirms thanks gives "
    "mentions describes checks leaves sets agrees invites sends suggests answers ends opens starts keeps speaks "
    "quotes lets takes waits interrupts greets introduces recaps schedules books promises"
)
_TWO_DOINGS = re.compile(rf"\band (?:then |also )?(?P<verb>{'|'.join(_DOINGS.split())})\b")
_ASKS = re.compile(r"^(?:asks|checks) (?:what|which|who|whom|whose|when|where|why|how|if|whether)\b", re.IGNORECASE)
_TOLD = re.compile(r"\b(?:what|which|who|whom|whose|when|where|why|how|if|whether|that)\b", re.IGNORECASE)


def wording_findings(behaviour: Behaviour, at: tuple[int | str, ...]) -> Iterator[Found]:
    """What makes the behaviour's text unclear, in order; `at` is where the behaviour stands."""
    own = own_words(behaviour.text)
    words = normal_words(own)
    here = (*at, "text")
    worth = sorted(_WORTH.intersection(words), key=words.index)
    if worth:
        yield _unclear(here, behaviour, f"“{worth[0]}” leaves open what has to be said", "name what is said or asked")
    if words and words[0] in _UNHEARD:
        fix = "begin with what is heard: asks, says, names, repeats, proposes ..."
        yield _unclear(here, behaviour, f"nobody can hear “{words[0]}” on a recording", fix)
    else:
        for finding in lint(own)[:1]:
            if finding.words not in worth:
                yield _unclear(here, behaviour, f"“{finding.words}”: {finding.reason}", "name what is said or asked")
    if match := _TWO_DOINGS.search(behaviour.text):
        told = f"it joins two things (“and {match['verb']}”), and a call may show one of them"
        yield _unclear(here, behaviour, told, "make two behaviours of it")
    if behaviour.measure is None and _ASKS.match(behaviour.text) and behaviour.form is not Form.QUESTION:
        told = f"its text says that something is asked, and its form is {behaviour.form}"
        yield Found(rule="form", at=here, text=f"{behaviour.id}: {told}", fix="write `form: question`")


def own_words(text: str) -> str:
    """The text up to what somebody is asked or told: in "asks what went well" it is the customer who finds it so."""
    match = _TOLD.search(text)
    return text[: match.start()] if match else text


def _unclear(at: tuple[int | str, ...], behaviour: Behaviour, told: str, fix: str) -> Found:
    return Found(rule="wording", at=at, text=f"{behaviour.id}: {told}", fix=fix)
