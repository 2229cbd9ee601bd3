"""Owns comparing two rubrics: what belongs together in both, what differs, and what each change makes be done again."""

from collections.abc import Iterable, Iterator

from pipeline.domain.base import Value
from pipeline.domain.rubric import Behaviour, Capability, Level, MeasureRule, Needs, Polarity, Rubric
from pipeline.domain.rubric_changes import (
    BehaviourDiff,
    CapabilityDiff,
    Change,
    Effect,
    FieldChange,
    LevelChange,
    RubricDiff,
)

READ: dict[str, Effect] = {
    "id": Effect.READING,
    "text": Effect.READING,
    "polarity": Effect.READING,
    "role": Effect.READING,
    "form": Effect.READING,
    "part": Effect.READING,
    "examples": Effect.READING,
    "counterexamples": Effect.READING,
    "opportunity": Effect.READING,
    "measure": Effect.SCORING,
    "praise": Effect.WORDING,
    "coaching": Effect.WORDING,
}
"""How far a change of each field of a behaviour reaches; what a measure decides is shown to no reader."""

_MEASURED = {"id": Effect.SCORING, "polarity": Effect.SCORING}
_CAPABILITY = {"name": Effect.READING, "goal": Effect.READING, "weight": Effect.CHOICE}
_OWN = {"title": Effect.WORDING, "stage": Effect.WORDING, "parties": Effect.READING}
_REACH = list(Effect)


def diff_rubrics(old: Rubric, new: Rubric) -> RubricDiff:
    """What is different in the new rubric: its own fields, its capabilities and its behaviours, in its order.

    Behaviours are matched by id across the whole rubric, then by text or examples, which makes a rename; capabilities
    by id, then by their behaviours. Removed ones come last. A level's rule that names a renamed behaviour is the same.
    """
    behaviours = _matched_behaviours(old, new)
    ids = {before.id: after.id for before, after in behaviours if before is not None and after is not None}
    capabilities = _matched_capabilities(old, new, ids)
    names = {before.id: after.id for before, after in capabilities if before is not None and after is not None}
    own = [name for name in Rubric.model_fields if name not in ("id", "version", "capabilities")]
    told = (_capability_diff(before, after, ids) for before, after in capabilities)
    return RubricDiff(
        rubric_id=new.id,
        old_id=old.id,
        old_version=old.version,
        new_version=new.version,
        fields=tuple(
            change
            for name in own
            for change in _field(name, getattr(old, name), getattr(new, name), _OWN.get(name, Effect.READING))
        ),
        capabilities=tuple(diff for diff in told if diff is not None),
        behaviours=tuple(_behaviour_diffs(old, new, behaviours, names)),
        reordered=tuple(_reordered(old, new, capabilities, behaviours)),
    )


_Behaviours = list[tuple[Behaviour | None, Behaviour | None]]
_Capabilities = list[tuple[Capability | None, Capability | None]]


def _matched_behaviours(old: Rubric, new: Rubric) -> _Behaviours:
    """Pairs in the new rubric's order; new ones beside None; then the old ones that are gone, beside None."""
    left = {b.id: b for b in old.behaviours if new.behaviour(b.id) is None}
    pairs: _Behaviours = []
    for after in new.behaviours:
        before = old.behaviour(after.id) or next((b for b in left.values() if _is_like(b, after)), None)
        if before is not None:
            left.pop(before.id, None)
        pairs.append((before, after))
    return [*pairs, *((before, None) for before in left.values())]


def _is_like(before: Behaviour, after: Behaviour) -> bool:
    return before.text == after.text or (bool(before.examples) and set(before.examples) == set(after.examples))


def _matched_capabilities(old: Rubric, new: Rubric, ids: dict[str, str]) -> _Capabilities:
    left = {c.id: c for c in old.capabilities if all(c.id != other.id for other in new.capabilities)}
    known = {c.id: c for c in old.capabilities}
    pairs: _Capabilities = []
    for after in new.capabilities:
        own = {b.id for b in after.behaviours}
        same = (c for c in left.values() if {ids.get(b.id, "") for b in c.behaviours} & own)
        before = known.get(after.id) or next(same, None)
        if before is not None:
            left.pop(before.id, None)
        pairs.append((before, after))
    return [*pairs, *((before, None) for before in left.values())]


def _behaviour_diffs(old: Rubric, new: Rubric, pairs: _Behaviours, names: dict[str, str]) -> Iterator[BehaviourDiff]:
    for before, after in pairs:
        known = after or before
        assert known is not None  # a pair has at least one side
        holder = (new if after else old).capability_of(known.id)
        assert holder is not None  # every behaviour stands in a capability
        first = old.capability_of(before.id) if before and after else None
        moved = first.id if first is not None and names.get(first.id) != holder.id else ""
        was = before.id if before and after and before.id != after.id else ""
        fields = tuple(_behaviour_fields(before, after)) if before and after else ()
        if before is None or after is None:
            change = Change.ADDED if before is None else Change.REMOVED
        elif fields or was or moved:
            change = Change.RENAMED if was else Change.CHANGED
        else:
            continue
        reached = {field.effect for field in fields}
        if before is None or after is None or was or moved:
            reached.add(Effect.READING if known.measure is None else Effect.SCORING)
        yield BehaviourDiff(
            change=change,
            id=known.id,
            text=known.text,
            capability=holder.id,
            was=was,
            moved_from=moved,
            fields=fields,
            affects=_furthest(reached),
        )


def _furthest(effects: Iterable[Effect]) -> Effect:
    return min(effects, key=_REACH.index)


def _behaviour_fields(before: Behaviour, after: Behaviour) -> Iterator[FieldChange]:
    measured = before.measure is not None and after.measure is not None
    for name in Behaviour.model_fields:
        if name == "id":
            continue
        effect = _MEASURED.get(name, READ[name] if READ[name] is not Effect.READING else Effect.WORDING)
        effect = effect if measured else READ[name]
        yield from _field(name, getattr(before, name), getattr(after, name), effect)


def _field(name: str, old: object, new: object, effect: Effect) -> Iterator[FieldChange]:
    """The change of one field, of its parts where it has parts; nothing where both are equal."""
    if old == new:
        return
    known = old if new is None else new
    if isinstance(known, Value) and not isinstance(known, MeasureRule):
        for part in type(known).model_fields:
            yield from _field(f"{name}.{part}", getattr(old, part, None), getattr(new, part, None), effect)
    elif isinstance(known, tuple):
        yield _entries(name, _strings(old), _strings(new), effect)
    else:
        yield FieldChange(field=name, effect=effect, old=_in_words(old), new=_in_words(new))


def _strings(entries: object) -> tuple[str, ...]:
    return tuple(map(str, entries)) if isinstance(entries, tuple) else ()


def _entries(name: str, old: tuple[str, ...], new: tuple[str, ...], effect: Effect) -> FieldChange:
    added = tuple(entry for entry in new if entry not in old)
    removed = tuple(entry for entry in old if entry not in new)
    return FieldChange(field=name, effect=effect, added=added, removed=removed, order_only=sorted(old) == sorted(new))


def _in_words(value: object) -> str:
    if isinstance(value, MeasureRule):
        low = "" if value.low is None else f" from {value.low:g}"
        return value.name + low + ("" if value.high is None else f" up to {value.high:g}")
    return "" if value is None else str(value)


def _capability_diff(before: Capability | None, after: Capability | None, ids: dict[str, str]) -> CapabilityDiff | None:
    known = after or before
    assert known is not None  # a pair has at least one side
    if before is None or after is None:
        change = Change.ADDED if before is None else Change.REMOVED
        return CapabilityDiff(change=change, id=known.id, name=known.name, affects=Effect.SCORING)
    names = [name for name in Capability.model_fields if name not in ("id", "behaviours", "levels")]
    is_read = any(b.measure is None for b in after.behaviours)
    effects = _CAPABILITY if is_read else {"weight": Effect.CHOICE}
    fields = tuple(
        change
        for name in names
        for change in _field(name, getattr(before, name), getattr(after, name), effects.get(name, Effect.WORDING))
    )
    levels = tuple(_level_changes(before, after, ids))
    was = before.id if before.id != after.id else ""
    if not (fields or levels or was):
        return None
    reached = {f.effect for f in fields} | {level.effect for level in levels} | ({Effect.SCORING} if was else set())
    return CapabilityDiff(
        change=Change.RENAMED if was else Change.CHANGED,
        id=after.id,
        name=after.name,
        was=was,
        fields=fields,
        levels=levels,
        affects=_furthest(reached),
    )


def _level_changes(before: Capability, after: Capability, ids: dict[str, str]) -> Iterator[LevelChange]:
    old = {level.level: level for level in before.levels}
    new = {level.level: level for level in after.levels}
    for number in sorted(old | new):
        change = LevelChange(
            level=number,
            old_rule=_rule(old.get(number), before, ids),
            new_rule=_rule(new.get(number), after, {}),
            old_anchor=old[number].anchor if number in old else "",
            new_anchor=new[number].anchor if number in new else "",
        )
        if (change.old_rule, change.old_anchor) != (change.new_rule, change.new_anchor):
            yield change


def _rule(level: Level | None, capability: Capability, ids: dict[str, str]) -> str:
    return "" if level is None else rule_in_words(level.needs, capability, ids=ids)


def rule_in_words(needs: Needs, capability: Capability, *, ids: dict[str, str] | None = None) -> str:
    """What a level needs, as a sentence's part: "at least 2 of the 3 behaviours, among them cost_asked".

    `ids` gives names of behaviours that go by another one now.
    """
    renamed = ids or {}
    n_effective = sum(b.polarity is Polarity.EFFECTIVE for b in capability.behaviours)
    asked = max(needs.at_least, len(needs.all))
    named = ", ".join(sorted(renamed.get(name, name) for name in needs.all))
    without = ", ".join(sorted(renamed.get(name, name) for name in needs.none))
    parts = [f"at least {asked} of the {n_effective} behaviours"] if asked > len(needs.all) else []
    parts += [f"among them {named}" if parts else named] if named else []
    parts += [f"without {without}"] if without else []
    return ", ".join(parts) or "nothing"


def _reordered(old: Rubric, new: Rubric, capabilities: _Capabilities, behaviours: _Behaviours) -> Iterator[str]:
    """The lists whose common entries come in another order than before."""
    place = {c.id: i for i, c in enumerate(old.capabilities)}
    if not _rises([place[before.id] for before, after in capabilities if before and after]):
        yield "capabilities"
    places = {b.id: i for i, b in enumerate(old.behaviours)}
    was = {after.id: before.id for before, after in behaviours if before and after}
    for capability in new.capabilities:
        kept = [was[b.id] for b in capability.behaviours if b.id in was]
        holders = [holder.id for name in kept if (holder := old.capability_of(name)) is not None]
        by_holder = [[places[n] for n, h in zip(kept, holders, strict=True) if h == holder] for holder in set(holders)]
        if not all(_rises(group) for group in by_holder):
            yield f"behaviours of {capability.id}"


def _rises(places: list[int]) -> bool:
    return places == sorted(places)
