"""What a recorded one-to-one shows of how a manager coaches: each answer from verdicts and quotes, none invented."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.coached import SIGNS, Answer, SaidInTalk, Sign, SignName, Talk, signs
from pipeline.domain.assessment import VerdictState
from pipeline.rubrics import find_rubric

BEHAVIOURS = tuple(b.id for b in find_rubric("coaching").rubric.behaviours)
AT = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)


def talk(*said: tuple[str, str], **states: VerdictState) -> Talk:
    """A talk in which these behaviours were shown, each in a turn; the others were looked for and not found."""
    shown: dict[str, VerdictState] = {behaviour: "shown" for behaviour, _ in said}
    verdicts: dict[str, VerdictState] = dict.fromkeys(BEHAVIOURS, "not_shown")
    return Talk(
        call="talk-1",
        at=AT,
        rep="Anna",
        verdicts={**verdicts, **shown, **states},
        said=tuple(
            SaidInTalk(id=f"o{n:03d}", behaviour=behaviour, turn_id=turn, start=None, text=f"words {n}")
            for n, (behaviour, turn) in enumerate(said, start=1)
        ),
    )


def sign(name: SignName, of: Talk) -> Sign:
    return next(s for s in signs(of) if s.name == name)


def answers(of: Talk) -> dict[SignName, Answer]:
    return {s.name: s.answer for s in signs(of)}


def test_of_a_talk_in_which_nothing_was_found_nothing_is_claimed() -> None:
    assert answers(talk()) == dict.fromkeys(SIGNS, "not_found")


def test_the_behaviours_are_those_of_the_shipped_rubric() -> None:
    named = {"own_view_asked", "did_well_asked", "change_asked", "judged_first", "more_asked", "idea_asked"}
    named |= {"told_what_to_do", "positive_named", "points_piled_up", "wish_voiced", "one_thing_chosen"}
    assert named | {"look_again_dated"} <= set(BEHAVIOURS)


def test_the_rep_went_first_where_asked_and_not_judged_before() -> None:
    assert sign("rep_first", talk(("own_view_asked", "t0003"))).answer == "yes"
    judged = sign("rep_first", talk(("own_view_asked", "t0003"), ("judged_first", "t0001")))
    assert (judged.answer, [s.behaviour for s in judged.said]) == ("no", ["judged_first", "own_view_asked"])


def test_asks_are_held_against_tells_by_their_quotes() -> None:
    found = sign(
        "asks",
        talk(("more_asked", "t0003"), ("idea_asked", "t0009"), ("more_asked", "t0011"), ("told_what_to_do", "t0005")),
    )
    assert (found.answer, found.n, found.against) == ("yes", 3, 1)
    even = sign("asks", talk(("more_asked", "t0003"), ("told_what_to_do", "t0005")))
    assert (even.answer, even.n, even.against) == ("no", 1, 1)


def test_tell_me_more_is_counted() -> None:
    found = sign("more", talk(("more_asked", "t0003"), ("more_asked", "t0007"), ("idea_asked", "t0009")))
    assert (found.answer, found.n) == ("yes", 2)


def test_the_positive_came_first_by_its_place_in_the_talk() -> None:
    assert sign("positive_first", talk(("positive_named", "t0003"), ("told_what_to_do", "t0005"))).answer == "yes"
    late = sign("positive_first", talk(("positive_named", "t0009"), ("told_what_to_do", "t0005")))
    assert (late.answer, [s.turn_id for s in late.said]) == ("no", ["t0005", "t0009"])
    assert sign("positive_first", talk(("told_what_to_do", "t0005"))).answer == "not_found"


def test_turns_beyond_ten_thousand_come_after_those_before() -> None:
    assert sign("positive_first", talk(("positive_named", "t9999"), ("told_what_to_do", "t10001"))).answer == "yes"


def test_one_focus_means_one_thing_and_no_pile() -> None:
    assert sign("one_focus", talk(("one_thing_chosen", "t0003"))).answer == "yes"
    piled = sign("one_focus", talk(("one_thing_chosen", "t0003"), ("points_piled_up", "t0005")))
    assert (piled.answer, piled.n, piled.against) == ("no", 1, 1)


def test_a_day_to_look_again_is_the_rubrics_own_verdict() -> None:
    assert sign("dated", talk(("look_again_dated", "t0030"))).answer == "yes"


def test_what_was_not_judged_is_called_so() -> None:
    assert sign("more", talk(more_asked="unread")).answer == "unread"
    assert sign("dated", talk(look_again_dated="unread")).answer == "unread"
    assert sign("asks", talk(("more_asked", "t0003"), told_what_to_do="unread")).answer == "unread"


def test_a_talk_read_against_another_rubric_has_no_answers() -> None:
    other = Talk(call="talk-1", at=AT, rep=None, verdicts={"waiting_asked": "shown"}, said=())
    assert set(answers(other).values()) == {"unread"}


@given(st.lists(st.tuples(st.sampled_from(BEHAVIOURS), st.integers(1, 40)), max_size=12))
def test_every_quote_of_a_sign_is_of_the_talk_and_the_order_of_observations_does_not_matter(
    said: list[tuple[str, int]],
) -> None:
    made = talk(*((behaviour, f"t{turn:04d}") for behaviour, turn in said))
    found = signs(made)
    assert tuple(s.name for s in found) == SIGNS
    assert all(quote in made.said for each in found for quote in each.said)
    assert all(each.said for each in found if each.answer in ("yes", "no"))
    turned = made.model_copy(update={"said": tuple(reversed(made.said))})
    assert answers(turned) == answers(made)
