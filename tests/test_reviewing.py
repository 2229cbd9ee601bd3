"""Rules of the review: nothing is sent by itself, a person's words are never lost, what was is kept."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.domain.coaching import ActivityStep, Draft
from pipeline.domain.review import (
    OF_IMPROVEMENT,
    PARTS,
    Feedback,
    FeedbackPart,
    changed_parts,
    edits_between,
    feedback_of,
    part_text,
    with_parts,
)
from pipeline.domain.span import Span
from pipeline.errors import NotFoundError, StaleError, UsageError
from pipeline.reviewing.acts import (
    UndecidedError,
    UnheardError,
    approve,
    choose_improvement,
    edit,
    reopen,
    send_back,
    take_new_reading,
)
from pipeline.reviewing.cited import cited, to_hear
from pipeline.reviewing.notes import notes, unspoken
from pipeline.reviewing.standing import Seen, Standing, state_at, state_of
from pipeline.store.workspace import Workspace
from tests.coaching_values import make_conversation
from tests.reviewed import copied, desk, listening, make_call, now, only_call, score_again, with_words


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_call(tmp_path_factory.mktemp("reviewed"))


@pytest.fixture
def workspace(made: Workspace, tmp_path: Path) -> Workspace:
    return copied(made, tmp_path)


@pytest.fixture
def fresh(made: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Workspace]:
    return lambda: copied(made, tmp_path_factory.mktemp("again"))


def edited(workspace: Workspace, author: str = "mark", **parts: object) -> Standing:
    standing = now(workspace)
    return edit(desk(workspace, author), standing.call, seen=standing.seen, feedback=with_words(standing, **parts))


def approved(workspace: Workspace, heard: float = 1.0, override: str = "") -> Standing:
    standing = now(workspace)
    return approve(desk(workspace), standing.call, seen=standing.seen, listening=listening(heard), override=override)


class TestStanding:
    def test_before_anybody_touched_it_the_draft_s_own_words_stand(self, workspace: Workspace) -> None:
        standing = now(workspace)
        assert (standing.state, standing.number, standing.record, standing.edited) == ("waiting", 0, 1, ())
        assert standing.feedback == standing.own == feedback_of(standing.first)
        assert standing.improvement == "concern_explored"

    def test_a_call_that_is_not_there_has_no_standing(self, workspace: Workspace) -> None:
        with pytest.raises(NotFoundError):
            state_of(workspace, "nocall")

    def test_a_state_that_never_was_is_not_found(self, workspace: Workspace) -> None:
        with pytest.raises(NotFoundError, match="no record 3"):
            state_at(workspace, only_call(workspace), Seen(after=3, record=1))

    def test_what_somebody_saw_can_be_seen_again(self, workspace: Workspace) -> None:
        first = edited(workspace, strength="One.")
        edited(workspace, strength="Two.")
        assert state_at(workspace, first.call, first.seen).feedback.strength == "One."
        assert state_at(workspace, first.call, Seen(after=0, record=1)).feedback == first.own


class TestEdit:
    def test_an_edit_is_kept_with_author_time_and_reason(self, workspace: Workspace) -> None:
        standing = now(workspace)
        words = with_words(standing, practice="Ask twice.")
        found = edit(
            desk(workspace), standing.call, seen=standing.seen, feedback=words, reasons={"practice": " shorter "}
        )
        assert found.state == "edited"
        assert found.edited == ("practice",)
        review = found.review
        assert review is not None
        assert (review.author, review.action) == ("mark", "edited")
        assert [(e.part, e.after, e.reason) for e in review.edits] == [("practice", "Ask twice.", "shorter")]
        assert review.edits[0].before == part_text(standing.own, "practice")

    def test_without_a_change_nothing_is_recorded(self, workspace: Workspace) -> None:
        assert edited(workspace).number == 0
        assert list(workspace.reviews.ids()) == []

    def test_the_draft_s_object_never_changes(self, workspace: Workspace) -> None:
        path = workspace.objects.path("draft", now(workspace).draft_key)
        before = path.read_bytes()
        edited(workspace, strength="Other words.")
        approved(workspace)
        assert path.read_bytes() == before

    def test_going_back_to_the_draft_s_words_is_an_edit_and_leaves_none(self, workspace: Workspace) -> None:
        own = now(workspace).own
        edited(workspace, facts="None.")
        assert edited(workspace, facts=own.facts).edited == ()
        assert now(workspace).number == 2

    def test_a_save_over_somebody_else_s_is_refused_and_changes_nothing(self, workspace: Workspace) -> None:
        seen = now(workspace)
        edited(workspace, "vera", strength="Vera's words.")
        with pytest.raises(StaleError):
            edit(desk(workspace), seen.call, seen=seen.seen, feedback=with_words(seen, strength="Mark's words."))
        assert now(workspace).feedback.strength == "Vera's words."
        assert now(workspace).number == 1

    def test_what_is_approved_is_not_edited(self, workspace: Workspace) -> None:
        approved(workspace)
        with pytest.raises(UsageError, match="approved"):
            edited(workspace, strength="Late words.")


class TestChoose:
    def choose(self, workspace: Workspace, behaviour: str = "patience", **keep: str) -> Standing:
        standing = now(workspace)
        return choose_improvement(
            desk(workspace),
            standing.call,
            seen=standing.seen,
            behaviour=behaviour,
            keep=keep,  # type: ignore[arg-type]
        )

    def test_the_parts_that_speak_of_it_are_the_new_draft_s(self, workspace: Workspace) -> None:
        before = now(workspace)
        found = self.choose(workspace)
        assert found.improvement == "patience"
        assert found.edited == ()
        # The day to look again is a week from the same Thursday for both, so it happens to be equal.
        assert changed_parts(before.feedback, found.feedback) == ("improvement", "questions", "activity", "practice")
        assert found.review is not None
        assert (found.review.improvement, found.review.action) == ("patience", "chose_improvement")

    def test_a_person_s_words_elsewhere_stay(self, workspace: Workspace) -> None:
        edited(workspace, strength="Mine.", facts="Mine too.")
        found = self.choose(workspace)
        assert (found.feedback.strength, found.feedback.facts) == ("Mine.", "Mine too.")
        assert found.edited == ("strength", "facts")

    def test_over_a_person_s_words_it_asks_first_and_changes_nothing(self, workspace: Workspace) -> None:
        edited(workspace, practice="Mine.", strength="Mine.")
        with pytest.raises(UndecidedError) as caught:
            self.choose(workspace)
        assert caught.value.parts == ("practice",)
        assert caught.value.brings.practice not in ("", "Mine.")
        assert now(workspace).feedback.practice == "Mine."
        assert now(workspace).number == 1

    @pytest.mark.parametrize(("whose", "stays"), [("mine", True), ("new", False)])
    def test_whose_words_stay_is_said(self, workspace: Workspace, whose: str, stays: bool) -> None:
        edited(workspace, practice="Mine.")
        found = self.choose(workspace, practice=whose)
        assert (found.feedback.practice == "Mine.") is stays
        assert found.edited == (("practice",) if stays else ())
        assert found.improvement == "patience"

    def test_the_first_choice_brings_back_the_draft_itself(self, workspace: Workspace) -> None:
        first = now(workspace)
        self.choose(workspace)
        found = self.choose(workspace, "concern_explored")
        assert (found.draft_key, found.feedback) == (first.draft_key, first.feedback)

    def test_choosing_what_stands_records_nothing(self, workspace: Workspace) -> None:
        assert self.choose(workspace, "concern_explored").number == 0

    def test_only_what_is_ranked_can_be_chosen(self, workspace: Workspace) -> None:
        with pytest.raises(UsageError, match="not in the ranking"):
            self.choose(workspace, "permission_asked")


class TestApprove:
    def test_all_cited_moments_heard_it_is_approved_and_says_what_was_heard(self, workspace: Workspace) -> None:
        found = approved(workspace, heard=0.8)
        assert found.state == "approved"
        assert found.review is not None
        # The strength's quote and the moment missed: 33 to 39 s and 39 to 45 s of the script.
        heard = [(m.ref, m.span.start, m.span.end, m.heard) for m in found.review.listened]
        assert heard == [("o018", 33.0, 39.0, 0.8), ("concern_explored", 39.0, 45.0, 0.8)]
        assert found.review.override == ""
        assert found.review.feedback == found.feedback

    def test_what_was_not_heard_stops_it(self, workspace: Workspace) -> None:
        standing = now(workspace)

        def heard(span: Span) -> float:
            return 1.0 if span.start == 33.0 else 0.79

        with pytest.raises(UnheardError) as caught:
            approve(desk(workspace), standing.call, seen=standing.seen, listening=listening(heard))
        assert [m.ref for m in caught.value.moments] == ["concern_explored"]
        assert now(workspace).number == 0

    def test_a_reason_stands_for_what_was_not_heard_and_stays_on_record(self, workspace: Workspace) -> None:
        found = approved(workspace, heard=0.0, override=" I sat beside her. ")
        assert found.review is not None
        assert found.review.override == "I sat beside her."
        assert [m.heard for m in found.review.listened] == [0.0, 0.0]

    @pytest.mark.parametrize("override", ["", "no time", "   \n "])
    def test_a_reason_has_some_words(self, workspace: Workspace, override: str) -> None:
        with pytest.raises(UnheardError):
            approved(workspace, heard=0.0, override=override)

    def test_a_reason_nobody_needed_is_not_kept(self, workspace: Workspace) -> None:
        review = approved(workspace, override="I was there myself.").review
        assert review is not None
        assert review.override == ""

    def test_of_another_improvement_its_own_moments_are_heard(self, workspace: Workspace) -> None:
        standing = now(workspace)
        chosen = choose_improvement(desk(workspace), standing.call, seen=standing.seen, behaviour="patience")
        result = workspace.result(workspace.record(standing.call))
        assert [c.ref for c in cited(standing, result)] == ["o018", "concern_explored"]
        assert [c.ref for c in cited(chosen, result)] == ["o018"]  # a measure decided patience

    def test_a_transcript_asks_for_no_listening(self, workspace: Workspace) -> None:
        result = workspace.result(workspace.record(only_call(workspace)))
        silent = result.model_copy(update={"recording": result.recording.model_copy(update={"kind": "transcript"})})
        assert len(to_hear(now(workspace), result)) == 2
        assert to_hear(now(workspace), silent) == ()

    def test_nothing_at_all_is_not_sent(self, workspace: Workspace) -> None:
        standing = now(workspace)
        edit(desk(workspace), standing.call, seen=standing.seen, feedback=Feedback(strength=" "))
        with pytest.raises(UsageError, match="empty"):
            approved(workspace)

    def test_an_approval_of_what_is_stale_by_now_is_refused(self, workspace: Workspace) -> None:
        seen = now(workspace).seen
        edited(workspace, "vera", strength="Other words.")
        with pytest.raises(StaleError):
            approve(desk(workspace), only_call(workspace), seen=seen, listening=listening())
        assert now(workspace).state == "edited"


class TestSentBackAndReopened:
    def test_sending_back_takes_a_reason(self, workspace: Workspace) -> None:
        standing = now(workspace)
        with pytest.raises(UsageError, match="reason"):
            send_back(desk(workspace), standing.call, seen=standing.seen, reason="  ")
        found = send_back(desk(workspace), standing.call, seen=standing.seen, reason="Wrong speaker.")
        assert found.state == "sent_back"
        assert found.review is not None
        assert found.review.reason == "Wrong speaker."

    def test_what_was_sent_back_is_not_approved_until_it_is_taken_back(self, workspace: Workspace) -> None:
        standing = now(workspace)
        sent = send_back(desk(workspace), standing.call, seen=standing.seen, reason="Wrong speaker.")
        with pytest.raises(UsageError, match="sent back"):
            approved(workspace)
        assert reopen(desk(workspace), sent.call, seen=sent.seen).state == "edited"
        assert approved(workspace).state == "approved"

    def test_reopening_what_the_rep_sees_takes_a_reason(self, workspace: Workspace) -> None:
        sent = approved(workspace)
        with pytest.raises(UsageError, match="reason"):
            reopen(desk(workspace), sent.call, seen=sent.seen)
        assert reopen(desk(workspace), sent.call, seen=sent.seen, reason="A wrong date.").state == "edited"

    def test_what_is_open_is_not_opened(self, workspace: Workspace) -> None:
        standing = now(workspace)
        with pytest.raises(UsageError, match="open already"):
            reopen(desk(workspace), standing.call, seen=standing.seen, reason="Why not.")

    def test_edits_outlast_approval_and_reopening(self, workspace: Workspace) -> None:
        edited(workspace, strength="Mine.")
        sent = approved(workspace)
        found = reopen(desk(workspace), sent.call, seen=sent.seen, reason="One more thing.")
        assert (found.feedback.strength, found.edited) == ("Mine.", ("strength",))


class TestNewReading:
    def take(self, workspace: Workspace, reading: int, **keep: str) -> Standing:
        standing = now(workspace)
        return take_new_reading(
            desk(workspace),
            standing.call,
            seen=standing.seen,
            reading=reading,
            keep=keep,  # type: ignore[arg-type]
        )

    def test_untouched_a_call_s_latest_draft_waits(self, workspace: Workspace) -> None:
        score_again(workspace)
        assert (now(workspace).record, now(workspace).improvement) == (2, "patience")

    def test_a_person_s_edit_stays_on_its_draft(self, workspace: Workspace) -> None:
        before = edited(workspace, strength="Mine.")
        score_again(workspace)
        after = now(workspace)
        assert (after.record, after.newest, after.read_again) == (1, 2, True)
        assert (after.feedback, after.draft_key) == (before.feedback, before.draft_key)

    def test_a_form_that_was_opened_before_is_saved_on_what_it_showed(self, workspace: Workspace) -> None:
        seen = now(workspace)
        score_again(workspace)
        found = edit(desk(workspace), seen.call, seen=seen.seen, feedback=with_words(seen, strength="Mine."))
        assert (found.record, found.edited) == (1, ("strength",))

    def test_a_click_takes_the_new_reading(self, workspace: Workspace) -> None:
        standing = now(workspace)
        choose_improvement(desk(workspace), standing.call, seen=standing.seen, behaviour="vague_close")
        number = score_again(workspace)
        found = self.take(workspace, number)
        assert (found.record, found.improvement, found.state) == (2, "patience", "edited")
        assert found.review is not None
        assert (found.review.action, found.review.feedback) == ("read_again", None)

    def test_over_a_person_s_words_it_asks_first(self, workspace: Workspace) -> None:
        edited(workspace, strength="Mine.", practice="Mine.")
        number = score_again(workspace)
        with pytest.raises(UndecidedError) as caught:
            self.take(workspace, number, strength="mine")
        assert caught.value.parts == ("practice",)
        found = self.take(workspace, number, strength="mine", practice="new")
        assert found.feedback.strength == "Mine."
        assert found.edited == ("strength",)

    def test_there_is_only_what_there_is(self, workspace: Workspace) -> None:
        for number in (1, 2):
            with pytest.raises(UsageError, match="no newer reading"):
                self.take(workspace, number)

    def test_an_approved_one_stays_until_it_is_opened(self, workspace: Workspace) -> None:
        sent = approved(workspace)
        number = score_again(workspace)
        with pytest.raises(UsageError, match="approved"):
            self.take(workspace, number)
        assert now(workspace).feedback == sent.feedback


class TestNotes:
    CALL = make_conversation("rep: Thanks for your time today.", "customer: It is too expensive, frankly, for us.")

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("She said “it is too expensive”.", ()),
            ('She said "It is TOO expensive frankly".', ()),
            ("She said “it is … for us”.", ()),  # what is left out is left out
            ("She said “it is [so] expensive”.", ()),
            ("She said “it is cheap”.", ("it is cheap",)),
            ("Try “what is behind that?” and “time today”.", ("what is behind that?",)),
            ("“time today it is”", ("time today it is",)),  # over two turns nobody said it
            ("No quotation, it's just isn't.", ()),
        ],
    )
    def test_a_quotation_stands_in_one_turn_or_is_told(self, text: str, told: tuple[str, ...]) -> None:
        assert unspoken(text, self.CALL) == told

    def test_only_a_person_s_words_are_told(self, workspace: Workspace) -> None:
        conversation = workspace.result(workspace.record(only_call(workspace))).conversation
        assert notes(now(workspace), conversation) == ()
        found = edited(workspace, practice="Ask “what would you do with the time?” You never wait.")
        told = [(note.part, note.kind, note.words) for note in notes(found, conversation)]
        assert ("practice", "not_spoken", "what would you do with the time?") in told
        assert ("practice", "wording", "never") in [(part, kind, words) for part, kind, words in told]

    def test_they_are_in_nobody_s_way(self, workspace: Workspace) -> None:
        edited(workspace, strength="You always say “never said by anybody”.")
        assert approved(workspace).state == "approved"


words = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)
feedbacks = st.builds(
    Feedback,
    strength=words,
    facts=words,
    improvement=words,
    questions=st.lists(words.filter(bool), max_size=3).map(tuple),
    activity=st.lists(
        st.builds(ActivityStep, text=words, who=st.sampled_from(["rep", "manager", "both"]), by=st.none()), max_size=3
    ).map(tuple),
    practice=words,
    follow_up=st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
)


@given(before=feedbacks, after=feedbacks)
def test_edits_name_exactly_the_parts_that_differ(before: Feedback, after: Feedback) -> None:
    changed = tuple(edit.part for edit in edits_between(before, after, {}))
    assert changed == changed_parts(before, after)
    assert with_parts(before, after, changed) == after


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(
        st.one_of(
            st.tuples(st.just("edit"), st.sampled_from(PARTS[:3]), words),
            st.tuples(st.just("choose"), st.sampled_from(["patience", "vague_close", "concern_explored"]), st.just("")),
            st.tuples(st.just("score"), st.sampled_from(["patience", "vague_close"]), st.just("")),
            st.tuples(st.just("approve"), st.just(""), st.just("")),
            st.tuples(st.just("reopen"), st.just(""), st.just("")),
        ),
        max_size=6,
    )
)
def test_whatever_is_done_the_draft_stays_and_the_records_tell_all(
    acts: list[tuple[str, str, str]], fresh: Callable[[], Workspace]
) -> None:
    workspace = fresh()
    call = only_call(workspace)
    first = now(workspace)
    kept = workspace.objects.path("draft", first.draft_key).read_bytes()
    for act in acts:
        _do(workspace, act)
    assert workspace.objects.path("draft", first.draft_key).read_bytes() == kept
    assert workspace.objects.get("draft", first.draft_key, Draft)[0] == first.first
    _replay(workspace, call)


def _do(workspace: Workspace, act: tuple[str, str, str]) -> None:
    """The act, if the rules let it be; whatever they refuse has left nothing behind."""
    kind, name, text = act
    before = now(workspace)
    mark, seen = desk(workspace), before.seen
    try:
        if kind == "edit":
            edit(mark, before.call, seen=seen, feedback=with_words(before, **{name: text}))
        elif kind == "choose":
            keep = dict.fromkeys(OF_IMPROVEMENT, "mine")
            choose_improvement(mark, before.call, seen=seen, behaviour=name, keep=keep)  # type: ignore[arg-type]
        elif kind == "score":
            score_again(workspace, name)
            if before.number:
                assert now(workspace).model_copy(update={"newest": before.newest}) == before
        elif kind == "approve":
            approve(mark, before.call, seen=seen, listening=listening())
        else:
            reopen(mark, before.call, seen=seen, reason="To look again.")
    except UsageError:
        assert now(workspace) == before


def _replay(workspace: Workspace, call: str) -> None:
    """Each record's words are those before it with its edits applied, or those that its draft brings."""
    texts: dict[FeedbackPart, str] = {}
    for number, review in enumerate(workspace.reviews.all(call), start=1):
        standing = state_at(workspace, call, Seen(after=number, record=review.record))
        if number == 1:
            start = state_at(workspace, call, Seen(after=0, record=review.record)).feedback
            texts = {part: part_text(start, part) for part in PARTS}
        if review.action == "chose_improvement":
            own = {part: part_text(standing.own, part) for part in OF_IMPROVEMENT if part not in standing.edited}
            texts |= own
        for change in review.edits:
            assert texts[change.part] == change.before
            texts[change.part] = change.after
        assert texts == {part: part_text(standing.feedback, part) for part in PARTS}
