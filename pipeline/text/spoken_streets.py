"""Streets as people say them and as recognisers write them: "four two Elm Street", "2345 Oak Ave, Apt 5B, Reno"."""

# ruff: noqa: SIM905 - words are read more easily in a row than as a list

import re
from collections.abc import Sequence

from pipeline.domain.personal import Kind
from pipeline.text.number_runs import runs
from pipeline.text.spoken_numbers import bare, numbers

_SURE = frozenset("street avenue ave boulevard blvd road rd lane crescent terrace parkway pkwy".split())
_UNSURE = frozenset("drive dr court ct place pl way close square circle row gardens highway hwy st trail loop".split())
_UNITS = frozenset("suite ste apartment apt unit floor flat room number box".split())
_CUES = frozenset("address live lives living located mail ship deliver delivery shipping billing street house".split())
_NO_NAME = frozenset(
    "a an the of to in on at is was are and or but for we i you it they he she my our your this that these those way "
    "down up off per with from more less years year days day months weeks hours hour minutes minute percent dollars "
    "people calls out over into seats users one-way two-way dead side have has had get got do did not no so if then "
    "just about all next last each every other same long better easier".split()
)
_NO_CITY = frozenset("i i'm we you they it that and but so or the if is yes no okay that's it's what when how".split())
_FLATS = frozenset("suite ste apartment apt unit flat".split())
_COMPASS = frozenset("north south east west".split())
_FURTHEST_NAME, _FURTHEST_IN_A_PARK = 4, 5
_FURTHEST_ZIP = 8


def street_marks(words: Sequence[str]) -> dict[int, Kind]:
    """The words that say a street with its number, and what follows of it: flat, town, post code."""
    said = [bare(word) for word in words]
    owner = {i: n for n in numbers(words) if not n.amount for i in range(n.first, n.last + 1)}
    found: dict[int, Kind] = {}
    for at, text in enumerate(said):
        if text in _SURE or text in _UNSURE:
            first = _beginning(words, said, at, set(owner))
            if first is not None:
                last = _end(words, said, at, set(owner))
                found.update(dict.fromkeys(range(first, last + 1), "address"))
        elif text == "box" and at and said[at - 1].replace(".", "") in ("po", "o", "post", "office"):
            behind = [i for i in range(at + 1, min(len(words), at + 6)) if i in owner]
            if behind and behind[0] == at + 1:
                first = at - 2 if said[at - 2 : at] == ["p", "o"] else at - 1
                found.update(dict.fromkeys(range(first, behind[-1] + 1), "address"))
    return found


def _beginning(words: Sequence[str], said: Sequence[str], at: int, numbered: set[int]) -> int | None:
    """The first word of the house's number, where what stands before this word is a street's name."""
    for name in range(at - 1, max(-1, at - 1 - _FURTHEST_IN_A_PARK), -1):
        if name in numbered and name < at - 1:
            first = _further_left(said, name, numbered)
            near = at - 1 - name < _FURTHEST_NAME or said[first] in _FLATS
            return first if near and _is_name(words, said, (first, name + 1, at)) else None
        if name not in numbered and (said[name] in _NO_NAME or words[name][-1] in ".?!"):
            return None
    return None


def _further_left(said: Sequence[str], first: int, numbered: set[int]) -> int:
    """The first word of a house's number: over "one hundred and five", "12 west 52nd" and the flat before it."""
    least = max(0, first - 9)
    while first > least:
        before = said[first - 1]
        over = first - 2 in numbered and (before in _COMPASS or (before == "and" and said[first - 2] == "hundred"))
        if first - 1 not in numbered and not over:
            break
        first -= 1
    return first - 1 if first and said[first - 1] in _FLATS else first


def _is_name(words: Sequence[str], said: Sequence[str], place: tuple[int, int, int]) -> bool:
    first, name, at = place
    if said[at] in _SURE:
        return said[name] not in ("way", "main") or words[name][0].isupper() or bool(_cued(said, first))
    return (words[name][0].isupper() and words[at][0].isupper()) or _cued(said, first)


def _cued(said: Sequence[str], first: int) -> bool:
    return not _CUES.isdisjoint(said[max(0, first - 14) : first])


def _end(words: Sequence[str], said: Sequence[str], at: int, numbered: set[int]) -> int:
    """The last word of the address: behind the street a flat, a town in capitals, a post code."""
    last, index = at, at + 1
    while index < len(words) and (said[index] in _UNITS or said[index] in ("#", "north", "south", "east", "west")):
        step = index + 1
        while step < len(words) and (step in numbered or re.fullmatch(r"#?\d*[a-z]", said[step])):
            step += 1
        last, index = step - 1, step
        if step == index and words[last][-1] not in ",":
            break
    codes = [i for i in range(last + 1, min(len(words), last + 1 + _FURTHEST_ZIP)) if i in numbered]
    if codes and _digits(words, codes[0]) == 5 and not {"." in words[i][-1:] for i in range(at, codes[0])} & {True}:
        return _run_end(words, codes[0])
    if words[last][-1] in ",":
        while last + 1 < len(words) and words[last + 1][0].isupper() and said[last + 1] not in _NO_CITY:
            last += 1
            if words[last][-1] in ".?!":
                break
    return last


def _digits(words: Sequence[str], at: int) -> int:
    return next((len(run.digits) for run in runs(words) if run.first <= at <= run.last), 0)


def _run_end(words: Sequence[str], at: int) -> int:
    return next((run.last for run in runs(words) if run.first <= at <= run.last), at)
