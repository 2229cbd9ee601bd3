"""Values for tests of the focus: histories and calls that say what matters and nothing else."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pipeline.domain.assessment import VerdictState
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.events import Event, Happened, History
from pipeline.domain.cycle.focus import FocusClosed, FocusOpened
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.rubric import Polarity

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STATES: dict[str, VerdictState] = {"+": "shown", "-": "not_shown", "o": "no_opportunity", "u": "unread"}
STEPS = (ActivityStep(text="Write two questions", who="rep"), ActivityStep(text="Play it through", who="both"))


def day(n: float) -> datetime:
    """So many days after the start."""
    return START + timedelta(days=n)


def past(
    n: float,
    state: VerdictState | None = "shown",
    *,
    behaviour: str = "cost_asked",
    rubric: str = "discovery",
    mode: str = "live",
    stage: str | None = None,
) -> PastCall:
    """A call n days after the start; without a state its rubric does not have the behaviour."""
    return PastCall(
        call=f"{int(n * 100):016x}",
        at=day(n),
        mode=mode,
        stage=stage,
        customer="Heron Lane",
        deal=None,
        rubric=rubric,
        rubric_version=1,
        duration=600.0,
        levels={},
        verdicts={} if state is None else {behaviour: state},
    )


def days_of(pattern: str, first: float = 1) -> tuple[PastCall, ...]:
    """A call a day: + shown, - not shown, o no opportunity, u unread."""
    return tuple(past(first + n, STATES[sign]) for n, sign in enumerate(pattern))


def opening(
    behaviour: str = "cost_asked",
    *,
    shown: int = 3,
    of: int = 5,
    polarity: Polarity = Polarity.EFFECTIVE,
    second: bool = False,
    reason: str = "",
) -> FocusOpened:
    return FocusOpened(
        rubric="discovery",
        capability="cost",
        behaviour=behaviour,
        shown=shown,
        of=of,
        steps=STEPS,
        polarity=polarity,
        second=second,
        reason=reason,
        text="Asks what it costs",
    )


def story(*events: tuple[float, Event], author: str = "mark") -> History:
    """These events on these days, numbered from 1."""
    return tuple(
        Happened(number=n, author=author, at=day(at), what=what) for n, (at, what) in enumerate(events, start=1)
    )


def habit(at: float, *, shown: int = 3, of: int = 5) -> Sequence[tuple[float, Event]]:
    """A focus opened at the start and closed as a habit on that day."""
    return (0, opening(shown=shown, of=of)), (at, FocusClosed(focus="f1", how="habit"))
