"""Owns days as people say them: where such words stand in a sentence, and the day they mean where they settle it.

Words that leave the day open ("next week", "in May", "in a couple of months") are found all the same and have no day;
so has "next Friday" said on a Wednesday, which is this week's to some people and next week's to others. Days lie ahead
of the call, since they are those of next steps. English only.
"""

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.domain.normal import WordRun

_WEEKDAYS = [name.lower() for name in calendar.day_name]
_MONTHS = [name.lower() for name in calendar.month_name[1:]]
_TO_TWELVE = "one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {"a": 1, "an": 1} | {word: n for n, word in enumerate(_TO_TWELVE.split(), start=1)}
_TO_TWENTIETH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ORDINALS = _TO_TWENTIETH.split()
_NTH = {word: n for n, word in enumerate(_ORDINALS, start=1)}
_NTH |= {f"twenty {word}": 20 + n for n, word in enumerate(_ORDINALS[:9], start=1)} | {"thirtieth": 30}
_NTH |= {"thirty first": 31} | {f"{n}{ending}": n for n in range(1, 32) for ending in ("st", "nd", "rd", "th")}


def _one_of(words: Sequence[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_WEEKDAY = rf"(?P<weekday>{_one_of(_WEEKDAYS)})"
_MONTH = rf"(?P<month>{_one_of(_MONTHS)})"
_DAY = rf"(?P<nth>{_one_of(list(_NTH))})"
_N = rf"(?P<n>{_one_of(list(_NUMBERS))}|\d{{1,2}})"
_NO_NOUN = r"(?= (?:at|in|or|and|then|if|would|works?|to|for|with|around|is|when|please|so|suits?|right|latest)\b|$)"
"""What may follow a bare "the second": otherwise it counts things, as in "the second screen"."""


@dataclass(frozen=True, slots=True)
class DayWords:
    """Words that name a day, and the day itself where they settle it."""

    run: WordRun
    day: date | None


def find_days(words: Sequence[str], *, today: date | None) -> tuple[DayWords, ...]:
    """Every day named in these plain words (`pipeline.domain.phrases.plain_words`), in order, none overlapping.

    `today` is the day of the call; without it no day is settled. What recurs or is past ("every Monday", "last week")
    is not found.
    """
    text = " ".join(words)
    starts = _starts(words)
    found: list[tuple[int, int, date | None]] = []
    for pattern, resolve in _RULES:
        for match in pattern.finditer(text):
            first, last = match.span()
            if not any(first < end and start < last for start, end, _ in found):
                found.append((first, last, resolve(match, today) if today is not None else None))
    return tuple(
        DayWords(WordRun(starts[first], starts[first] + text[first:last].count(" ")), day)
        for first, last, day in sorted(found, key=lambda f: f[:2])
        if not _BEHIND_OR_AGAIN.search(text[:first])
    )


def _starts(words: Sequence[str]) -> dict[int, int]:
    """Which word starts at a character of the words joined by single spaces."""
    at, found = 0, {}
    for i, word in enumerate(words):
        found[at] = i
        at += len(word) + 1
    return found


_BEHIND_OR_AGAIN = re.compile(r"\b(every|each|last|past|previous|since|most)( (other|second|single|the))? $")


def _day_of_month(nth: int, today: date) -> date | None:
    """The next such day after today, in the first month that has it."""
    year, month = today.year, today.month
    for _ in range(3):
        if nth <= calendar.monthrange(year, month)[1] and date(year, month, nth) > today:
            return date(year, month, nth)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return None


def _dated(match: re.Match[str], today: date) -> date | None:
    """A day with its month, this year or next; none where a weekday is named beside it that does not agree."""
    named = match.groupdict()
    nth = _NTH.get(named["nth"]) or int(named["nth"])
    if not named.get("month"):
        day = _day_of_month(nth, today)
    else:
        month = _MONTHS.index(named["month"]) + 1
        years = (y for y in (today.year, today.year + 1) if nth <= calendar.monthrange(y, month)[1])
        day = next((date(y, month, nth) for y in years if date(y, month, nth) >= today), None)
    weekday = named.get("weekday")
    return None if day is None or (weekday and _WEEKDAYS[day.weekday()] != weekday) else day


def _ahead(weekday: str, today: date) -> int:
    return (_WEEKDAYS.index(weekday) - today.weekday()) % 7


def _weekday(match: re.Match[str], today: date) -> date | None:
    """The next day of this name, never today, which nobody calls so; open for a "next" that people take differently."""
    days = _ahead(match["weekday"], today)
    if days == 0 and match["modifier"] in ("this", "coming"):
        return None
    if match["modifier"] == "next":
        # From Monday to Saturday a weekday not later than today's comes up next week and in no other: all agree.
        settled = today.weekday() < 6 and _WEEKDAYS.index(match["weekday"]) <= today.weekday()
        return today + timedelta(days=days or 7) if settled else None
    return today + timedelta(days=days or 7)


def _week_from(match: re.Match[str], today: date) -> date | None:
    days = _ahead(match["weekday"], today)
    return today + timedelta(days=days + 7) if days else None


def _counted(match: re.Match[str], today: date) -> date | None:
    """Days and weeks from today; months are said of no certain day."""
    n = _NUMBERS.get(match["n"]) or int(match["n"])
    days = {"day": 1, "week": 7, "fortnight": 14}.get(match["unit"])
    return None if days is None else today + timedelta(days=days * n)


def _last_day(match: re.Match[str], today: date) -> date | None:
    """The last day of the month, quarter or year; a week ends on Friday to some and on Sunday to others."""
    if named := match.groupdict().get("month"):
        month = _MONTHS.index(named) + 1
        year = today.year + (month < today.month)
        return date(year, month, calendar.monthrange(year, month)[1])
    if match["which"] == "next" or match["period"] == "week":
        return None
    month = {"month": today.month, "quarter": (today.month + 2) // 3 * 3, "year": 12}[match["period"]]
    return date(today.year, month, calendar.monthrange(today.year, month)[1])


def _open(match: re.Match[str], today: date) -> date | None:  # noqa: ARG001  (a rule like the others)
    return None


def _in_days(n: int) -> Callable[[re.Match[str], date], date | None]:
    return lambda _, today: today + timedelta(days=n)


_Resolve = Callable[[re.Match[str], date], date | None]
_RULES: tuple[tuple[re.Pattern[str], _Resolve], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})(?![\w'])"), resolve)
    for pattern, resolve in (
        (rf"{_WEEKDAY} (?:the )?{_DAY}(?: of {_MONTH})?", _dated),
        (rf"(?:the )?{_DAY} (?:of )?{_MONTH}", _dated),
        (rf"(?P<nth>\d{{1,2}}) {_MONTH}", _dated),
        (rf"{_MONTH} (?:the )?{_DAY}", _dated),
        (rf"{_MONTH} (?P<nth>\d{{1,2}})", _dated),
        (rf"(?:a|one) week from {_WEEKDAY}", _week_from),
        (rf"{_WEEKDAY} week", _week_from),
        ("the day after tomorrow", _in_days(2)),
        ("tomorrow", _in_days(1)),
        ("today|tonight|this (?:afternoon|evening)", _in_days(0)),
        (r"in a (?:couple of|few) (?:days|weeks|months)", _open),
        (rf"in {_N} (?P<unit>day|week|fortnight|month|year)s?", _counted),
        (rf"{_N} (?P<unit>day|week|fortnight|month)s? from (?:now|today)", _counted),
        (rf"(?:(?P<modifier>this|next|coming) )?{_WEEKDAY}", _weekday),
        (r"(?:the )?end of (?P<which>the|this|next) (?P<period>week|month|quarter|year)", _last_day),
        (rf"(?:the )?end of {_MONTH}", _last_day),
        (r"(?:(?:early|late|later) )?(?:this|next|the following|the coming) (?:week|month|quarter|year)", _open),
        (rf"the {_DAY}{_NO_NOUN}", _dated),
        (rf"(?:in|early|mid|late|next) {_MONTH}", _open),
        (r"after (?:easter|christmas|new year|the (?:holidays?|summer|vacation|break))", _open),
    )
)
