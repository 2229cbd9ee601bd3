"""The library: nothing is heard without the rep's consent, and what was withdrawn is gone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.library import (
    PAD_S,
    ClipState,
    clip_of,
    clips,
    consent,
    decline,
    propose,
    shown_clips,
    stretch,
    withdraw,
)
from pipeline.domain.assessment import Observation, Quote
from pipeline.domain.cycle.events import Event, Happened, History
from pipeline.domain.cycle.library import ClipConsented, ClipDeclined, ClipProposed, ClipWithdrawn
from pipeline.domain.cycle.rep_first import AppealDecided
from pipeline.domain.rubric import Polarity
from pipeline.domain.span import Span
from pipeline.errors import NotFoundError, UsageError

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
CLIP = ClipProposed(
    call="c0123456789ab", record=1, observation="o001", rubric="discovery", capability="needs", behaviour="asked"
)
OBSERVATION = Observation(
    id="o001",
    capability="needs",
    behaviour="asked",
    kind=Polarity.EFFECTIVE,
    role="rep",
    quote=Quote(turn_id="t0003", first_word=0, last_word=3),
    text="How do you plan",
    span=Span(start=8.0, end=10.0),
    strength=1.0,
)
STRUCK = AppealDecided(call=CLIP.call, record=1, observation="o001", upheld=True)


def history(*said: tuple[str, Event]) -> History:
    return tuple(
        Happened(number=n, author=author, at=NOW + timedelta(minutes=n), what=what)
        for n, (author, what) in enumerate(said, start=1)
    )


def proposed(events: History = (), clip: ClipProposed = CLIP, observation: Observation | None = OBSERVATION, *,
             live: bool = True, approved: int | None = 1) -> ClipProposed:  # fmt: skip
    return propose(events, clip, observation, live=live, approved=approved, person="anna")


def only(events: History) -> ClipState:
    (found,) = clips(events)
    return found


class TestProposing:
    def test_an_effective_observation_of_an_approved_live_call_may_be_proposed(self) -> None:
        assert proposed() == CLIP

    @pytest.mark.parametrize("approved", [None, 2])
    def test_not_before_the_feedback_of_this_reading_is_approved(self, approved: int | None) -> None:
        with pytest.raises(UsageError, match="not approved"):
            proposed(approved=approved)

    def test_no_rehearsal_and_no_one_to_one(self) -> None:
        with pytest.raises(UsageError, match="only calls with customers"):
            proposed(live=False)

    def test_nothing_that_works_against_the_goal(self) -> None:
        with pytest.raises(UsageError, match="works against the goal"):
            proposed(observation=OBSERVATION.model_copy(update={"kind": Polarity.INEFFECTIVE}))

    @pytest.mark.parametrize("observation", [None, OBSERVATION.model_copy(update={"behaviour": "another"})])
    def test_nothing_that_the_call_does_not_have(self, observation: Observation | None) -> None:
        with pytest.raises(UsageError, match="no such observation"):
            proposed(observation=observation)

    @pytest.mark.parametrize("answer", [(), (("anna", ClipConsented(clip="k1")),)])
    def test_not_twice_while_it_waits_or_is_shown(self, answer: tuple[tuple[str, Event], ...]) -> None:
        with pytest.raises(UsageError, match="in the library, or waits"):
            proposed(history(("mark", CLIP), *answer))

    @pytest.mark.parametrize(
        "answer",
        [
            (("anna", ClipDeclined(clip="k1")),),
            (("anna", ClipConsented(clip="k1")), ("anna", ClipWithdrawn(clip="k1"))),
        ],
    )
    def test_not_again_after_the_rep_said_no(self, answer: tuple[tuple[str, Event], ...]) -> None:
        with pytest.raises(UsageError, match="would rather not"):
            proposed(history(("mark", CLIP), *answer))

    def test_again_after_a_coach_had_taken_it_out(self) -> None:
        assert proposed(history(("mark", CLIP), ("vera", ClipWithdrawn(clip="k1")))) == CLIP

    def test_no_observation_that_the_rep_was_right_about(self) -> None:
        with pytest.raises(UsageError, match="no longer stands"):
            proposed(history(("mark", STRUCK)))


class TestAnswering:
    def test_only_consent_makes_it_heard(self) -> None:
        events = history(("mark", CLIP))
        assert (only(events).state, shown_clips(events)) == ("proposed", ())
        assert consent(events, "k1") == ClipConsented(clip="k1")
        events = history(("mark", CLIP), ("anna", ClipConsented(clip="k1")))
        assert [clip.id for clip in shown_clips(events)] == ["k1"]
        assert (only(events).author, only(events).changed_by) == ("mark", "anna")

    def test_a_no_is_kept_and_no_consent_follows_it(self) -> None:
        events = history(("mark", CLIP), ("anna", ClipDeclined(clip="k1")))
        assert only(events).state == "declined"
        with pytest.raises(UsageError, match="waits for no answer"):
            consent(events, "k1")

    def test_consent_is_taken_back_by_withdrawing_and_not_by_declining(self) -> None:
        events = history(("mark", CLIP), ("anna", ClipConsented(clip="k1")))
        with pytest.raises(UsageError, match="waits for no answer"):
            decline(events, "k1")
        assert withdraw(events, "k1", "not me any more") == ClipWithdrawn(clip="k1", reason="not me any more")

    def test_what_is_so_already_adds_nothing(self) -> None:
        shown = history(("mark", CLIP), ("anna", ClipConsented(clip="k1")))
        gone = history(("mark", CLIP), ("anna", ClipDeclined(clip="k1")))
        assert (consent(shown, "k1"), decline(gone, "k1"), withdraw(gone, "k1")) == (None, None, None)

    def test_a_clip_that_never_was_is_not_found(self) -> None:
        with pytest.raises(NotFoundError):
            withdraw(history(("mark", CLIP)), "k2")

    def test_events_out_of_order_change_nothing(self) -> None:
        events = history(("mark", CLIP), ("anna", ClipWithdrawn(clip="k1")), ("anna", ClipConsented(clip="k1")))
        assert only(events).state == "withdrawn"

    def test_an_observation_that_no_longer_stands_takes_its_clip_with_it(self) -> None:
        events = history(("mark", CLIP), ("anna", ClipConsented(clip="k1")), ("mark", STRUCK))
        assert (only(events).state, shown_clips(events)) == ("withdrawn", ())

    def test_another_observation_that_no_longer_stands_leaves_it(self) -> None:
        other = STRUCK.model_copy(update={"observation": "o002"})
        events = history(("mark", CLIP), ("anna", ClipConsented(clip="k1")), ("mark", other))
        assert only(events).state == "shown"


ANSWERS: dict[str, Callable[[History, str], Event | None]] = {
    "consent": consent,
    "decline": decline,
    "withdraw": withdraw,
}
_ACTS = st.sampled_from(["propose", "consent", "decline", "withdraw"])


@given(st.lists(st.tuples(_ACTS, st.integers(1, 6)), max_size=25))
def test_whatever_anybody_does_what_was_withdrawn_or_declined_is_never_shown_again(acts: list[tuple[str, int]]) -> None:
    events: History = ()
    gone: set[str] = set()
    for act, n in acts:
        made: Event | None = None
        try:
            if act == "propose":
                made = proposed(events, CLIP.model_copy(update={"observation": f"o{n:03d}"}),
                                OBSERVATION.model_copy(update={"id": f"o{n:03d}"}))  # fmt: skip
            else:
                made = ANSWERS[act](events, f"k{n}")
        except (UsageError, NotFoundError):
            continue
        if made is None:
            continue
        events = (*events, Happened(number=len(events) + 1, author="anna", at=NOW, what=made))
        if isinstance(made, ClipWithdrawn | ClipDeclined):
            gone.add(made.clip)
        assert not gone & {clip.id for clip in shown_clips(events)}
        assert all(clip_of(events, clip).state in ("declined", "withdrawn") for clip in gone)


def test_a_stretch_has_half_a_second_before_and_after_the_words() -> None:
    assert stretch(Span(start=8.0, end=10.0), 60.0) == Span(start=7.5, end=10.5)


@given(st.floats(0, 3600), st.floats(0, 120), st.floats(0, 4000))
def test_a_stretch_never_has_more_than_a_second_beside_the_words(start: float, length: float, duration: float) -> None:
    words = Span(start=start, end=start + length)
    found = stretch(words, duration)
    assert words.start - PAD_S - 0.001 <= found.start <= found.end <= words.end + PAD_S + 0.001
    assert found.duration <= words.duration + 1.001
