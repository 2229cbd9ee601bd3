"""Owns looking at machine, settings and workspace before a night: every check, none of which stops another."""

from collections.abc import Callable, Iterator, Sequence

from pipeline.upkeep.findings import Finding, House, problem
from pipeline.upkeep.machine import MACHINE_CHECKS
from pipeline.upkeep.outside import OUTSIDE_CHECKS
from pipeline.upkeep.settings import SETTINGS_CHECKS
from pipeline.upkeep.workspace import WORKSPACE_CHECKS

Check = Callable[[House], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (*MACHINE_CHECKS, *SETTINGS_CHECKS, *WORKSPACE_CHECKS, *OUTSIDE_CHECKS)


def examine(house: House, checks: Sequence[Check] = CHECKS) -> Iterator[Finding]:
    """What each check finds, in order; one that cannot be carried out is a problem of its own."""
    for check in checks:
        try:
            yield from check(house)
        except Exception as error:  # noqa: BLE001 - a check that breaks is what the operator has to hear of
            hint = getattr(error, "hint", "please report it: a check should never break")
            yield problem(check.__name__.replace("_", " "), f"{type(error).__name__}: {error}", hint)
