"""Owns the filters of a list as links: each choice with how many calls it leaves, and what is chosen as chips."""

from collections.abc import Callable, Mapping, Sequence

from pipeline.domain.base import Value
from pipeline.export.untrusted import visible
from pipeline.review.inbox.filters import AGES, NOBODY, CallFilters, InboxFilters
from pipeline.review.inbox.selection import Count

TITLES = {"rep": "Rep", "age": "Age", "stage": "Stage", "state": "State", "kind": "Kind", "mode": "How recorded"}
_STAGES = {
    "prospecting": "Prospecting", "discovery": "Discovery", "demo": "Demo", "closing": "Closing",
    "coaching": "One-to-one", NOBODY: "No stage named",
}  # fmt: skip
_WORDS: Mapping[str, Mapping[str, str]] = {
    "age": {name: label for name, label, _, _ in AGES},
    "stage": _STAGES,
    "state": {
        "waiting": "Not looked at", "edited": "Being edited", "sent_back": "Sent back",
        "ready": "Feedback ready", "open": "Not approved yet",
    },
    "kind": {"audio": "With sound", "transcript": "Transcript only"},
    "mode": {"live": "Live", "recorded": "Handed in", "simulated": "Rehearsal"},
}  # fmt: skip
"""What people read for each value that a filter may have."""


class Choice(Value):
    """One value of a filter: its words, how many calls it leaves, and the address of the list with it."""

    value: str
    label: str
    n: int
    address: str
    chosen: bool = False


class Facet(Value):
    """One filter and its choices; `all_address` is the list without it. `chosen`: the words of what is chosen."""

    name: str
    title: str
    chosen: str = ""
    all_address: str
    choices: tuple[Choice, ...] = ()


class Chip(Value):
    """A filter that is chosen, and the address of the list without it."""

    title: str
    label: str
    without: str


def words(facet: str, value: str) -> str:
    """What people read for a value: "discovery" of the stages is "Discovery"; a value without words is itself."""
    return _WORDS.get(facet, {}).get(value, visible(value))


def facets(
    path: str, filters: InboxFilters | CallFilters, names: Sequence[str], counted: Mapping[str, Sequence[Count]]
) -> tuple[Facet, ...]:
    """The filters of these names with their choices, each where the list at this path has it."""
    return tuple(_facet(path, filters, name, counted[name]) for name in names)


def _facet(path: str, filters: InboxFilters | CallFilters, name: str, found: Sequence[Count]) -> Facet:
    chosen = getattr(filters, name)
    present = {value: (label, n) for value, label, n in found}
    if chosen is not None:
        present.setdefault(str(chosen), ("", 0))  # what is chosen stays to be seen, also when it leaves nothing
    choices = tuple(
        Choice(
            value=value,
            label=_label(name, value, label),
            n=n,
            address=address(path, filters.query(**{name: value})),
            chosen=str(chosen) == value,
        )
        for value, (label, n) in sorted(present.items(), key=_order(name))
    )
    return Facet(
        name=name,
        title=TITLES[name],
        chosen=next((c.label for c in choices if c.chosen), ""),
        all_address=address(path, filters.query(**{name: None})),
        choices=choices,
    )


def _label(facet: str, value: str, name: str) -> str:
    if facet == "rep":
        return "No rep named" if value == NOBODY else visible(name) or visible(value)
    return words(facet, value)


def _order(facet: str) -> "Callable[[tuple[str, tuple[str, int]]], tuple[int, str]]":
    """Choices in the order of their words; those without an order of their own by name."""
    order = list(_WORDS.get(facet, {}))
    return lambda item: (order.index(item[0]) if item[0] in order else len(order), item[0])


def chips(path: str, filters: InboxFilters | CallFilters, shown: Sequence[Facet]) -> tuple[Chip, ...]:
    """What is chosen, in the order of the filters; then what was searched for."""
    found = [Chip(title=f.title, label=f.chosen, without=f.all_address) for f in shown if f.chosen]
    if isinstance(filters, CallFilters):
        told = (("q", "Search"), ("since", "From"), ("until", "Until"))
        found += [
            Chip(title=title, label=visible(str(value)), without=address(path, filters.query(**{name: None})))
            for name, title in told
            if (value := getattr(filters, name)) is not None
        ]
    return tuple(found)


def address(path: str, query: str) -> str:
    """The address of a list."""
    return f"{path}?{query}" if query else path
