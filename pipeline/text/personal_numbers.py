"""Which numbers in speech are personal: phones, cards, accounts and identity numbers, and not what a sale is about."""

import re
from collections.abc import Mapping, Sequence

from pipeline.domain.personal import Kind
from pipeline.text.births import Marks, birth_marks
from pipeline.text.expiries import expiry_marks
from pipeline.text.number_runs import Run, runs

_SSN = re.compile(r"^\d{3}-\d{2}-\d{4}$")
_NEAR, _ECHO = 12, 60


def personal_numbers(words: Sequence[str]) -> Marks:
    """The words that say a personal number."""
    found: Marks = {}
    told = [(run, kind) for run in runs(words) if (kind := _kind(run)) is not None]
    for run, kind in told:
        _mark(found, run, kind)
    for index, word in enumerate(words):
        if _SSN.match(word.strip("\"'().,?!;:")):
            found[index] = "id"
    found |= birth_marks(words) | expiry_marks(words, found)
    return found | _echoes(words, told, found)


def _mark(found: Marks, run: Run, kind: Kind) -> None:
    """Every number of the run; fillers between stay, for they say nothing."""
    for number in run.numbers:
        found.update(dict.fromkeys(range(number.first, number.last + 1), kind))


def _kind(run: Run) -> Kind | None:
    if passes_luhn(run.digits) and not run.is_of_years:
        return "card"
    if len(run.digits) in (15, 16) and not run.is_of_years and (run.n_single >= 6 or set(run.groups) <= {4, 5, 6}):
        return "card"
    if (announced := run.announced) is not None and _fits(run, announced):
        return announced
    if (cue := run.cue) is not None and _fits_a_cue(run, cue):
        return cue
    return _unannounced(run)


def _fits(run: Run, kind: Kind) -> bool:
    """Whether a number that was announced outright has the length of one; a count that happens to follow has not."""
    if run.n_single >= 3:
        return True
    if kind == "phone":
        return 2 <= len(run.digits) <= 15
    if kind == "address":
        return len(run.digits) in (5, 9)
    return 3 <= len(run.digits) <= 34 and not (len(run.numbers) == 1 and run.digits.endswith("00"))


def _fits_a_cue(run: Run, kind: Kind) -> bool:
    if run.counts_up or run.is_of_years:
        return False
    told_apart = run.n_single >= 3 or max(run.groups) >= 3
    if kind == "phone":
        return 7 <= len(run.digits) <= 15 and told_apart
    return len(run.spelled) >= 4 or (len(run.digits) >= 7 and told_apart)


def _unannounced(run: Run) -> Kind | None:
    digits, groups = run.digits, run.groups
    if run.counts_up or run.is_of_years:
        return None
    if 7 <= len(digits) <= 15 and (_is_phone(run) or run.n_single >= 4):
        return "id" if len(digits) == 9 and not run.has_plus and not digits.startswith("0") else "phone"
    if len(digits) > 15 and (run.n_single >= 4 or max(groups) >= 4):
        return "account"
    if len(run.spelled) >= 4 and len(set(run.spelled)) > 1:
        return "account"
    return None


def _is_phone(run: Run) -> bool:
    digits, groups = run.digits, run.groups
    if run.has_plus and len(digits) >= 8:
        return True
    if len(digits) >= 9 and (digits.startswith("0") or groups[-3:] == (3, 3, 4) or groups[-2:] == (3, 7)):
        return True
    if groups in ((10,), (11,)):
        return True
    return groups == (3, 4) and not digits.endswith("00") and digits[3:5] not in ("19", "20")


def passes_luhn(digits: str) -> bool:
    """Whether it has the length and the check digit of a payment card's number (ISO/IEC 7812-1)."""
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 * (d > 9) for d in doubled) % 10 == 0


def _echoes(words: Sequence[str], told: Sequence[tuple[Run, Kind]], found: Mapping[int, Kind]) -> Marks:
    """What repeats a part of a number that was found, and what was said of it before or after a pause."""
    echoed: Marks = {}
    whole = [(run, kind) for run, kind in told if len(run.digits) >= 7]
    for run in runs(words):
        if run.first in found:
            continue
        for other, kind in whole:
            distance = min(abs(run.first - other.last), abs(other.first - run.last))
            if _repeats(run, other, distance) or (distance <= _NEAR and _goes_on(run, other)):
                _mark(echoed, run, kind)
                break
    return echoed


def _repeats(run: Run, other: Run, distance: int) -> bool:
    enough = 3 if distance <= _ECHO else 4
    return len(run.digits) >= enough and not run.is_of_years and run.digits in other.digits


def _goes_on(run: Run, other: Run) -> bool:
    return run.n_single >= 2 and run.n_single == len(run.digits) and run.n_single + len(other.digits) <= 19
