"""A difference between two rubrics, as values: what changed, in which field, and how far each change reaches."""

from enum import StrEnum

from pipeline.domain.base import Value


class Effect(StrEnum):
    """What a change reaches, the furthest first; each brings the ones after it along.

    reading: readers see it, so calls are read again; scoring: verdicts or levels; choice: which strength and which
    improvement a draft picks; wording: what drafts and scorecards say, and nothing else.
    """

    READING = "reading"
    SCORING = "scoring"
    CHOICE = "choice"
    WORDING = "wording"


class Change(StrEnum):
    """What became of a capability or behaviour. renamed: the same under another id, with or without other changes."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"


class FieldChange(Value):
    """One field that differs: `old` and `new` text (empty where there was, or is, none), or a list's entries.

    `order_only`: the same entries in another order, which means the same.
    """

    field: str
    effect: Effect
    old: str = ""
    new: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    order_only: bool = False


class LevelChange(Value):
    """A level whose rule or anchor differs, both in words; empty where the rubric had, or has, no such level."""

    level: int
    old_rule: str = ""
    new_rule: str = ""
    old_anchor: str = ""
    new_anchor: str = ""

    @property
    def effect(self) -> Effect:
        """scoring for another rule, wording for another anchor alone."""
        return Effect.WORDING if self.old_rule == self.new_rule else Effect.SCORING


class BehaviourDiff(Value):
    """A behaviour that differs. `id` and `text` are the new ones, of a removed one the old; `was` is an earlier id.

    `capability` is the one it belongs to (belonged, if removed), `moved_from` the one it belonged to before.
    """

    change: Change
    id: str
    text: str
    capability: str
    was: str = ""
    moved_from: str = ""
    fields: tuple[FieldChange, ...] = ()
    affects: Effect

    @property
    def is_order_only(self) -> bool:
        """Whether its lists have the same entries as before, in another order, and nothing else changed."""
        stays = self.change is Change.CHANGED and not self.moved_from
        return stays and all(field.order_only for field in self.fields)


class CapabilityDiff(Value):
    """A capability that differs in itself; what changed in its behaviours is told of each of them."""

    change: Change
    id: str
    name: str
    was: str = ""
    fields: tuple[FieldChange, ...] = ()
    levels: tuple[LevelChange, ...] = ()
    affects: Effect


class RubricDiff(Value):
    """Everything in which two rubrics differ. `reordered` names the lists whose order alone changed."""

    rubric_id: str
    old_id: str
    old_version: int
    new_version: int
    fields: tuple[FieldChange, ...] = ()
    capabilities: tuple[CapabilityDiff, ...] = ()
    behaviours: tuple[BehaviourDiff, ...] = ()
    reordered: tuple[str, ...] = ()

    @property
    def changes_meaning(self) -> bool:
        """Whether anything but the version and the order of things differs."""
        own = any(not field.order_only for field in self.fields)
        behaviours = any(not behaviour.is_order_only for behaviour in self.behaviours)
        return own or behaviours or bool(self.capabilities) or self.rubric_id != self.old_id

    @property
    def is_same(self) -> bool:
        """Whether nothing differs but the version."""
        return not (self.changes_meaning or self.fields or self.capabilities or self.behaviours or self.reordered)

    def affecting(self, effect: Effect) -> tuple[BehaviourDiff, ...]:
        """The behaviours whose changes reach exactly this far."""
        return tuple(b for b in self.behaviours if b.affects is effect)
