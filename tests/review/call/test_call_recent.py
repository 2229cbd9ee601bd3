"""What is kept of what was made lately: made once, until it is old or others are asked for more."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.call.recent import Recent


def test_a_value_is_made_once() -> None:
    kept: Recent[int] = Recent(2)
    made = [kept.get("a", lambda n=n: n) for n in (1, 2, 3)]  # type: ignore[misc]
    assert made == [1, 1, 1]


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    kept: Recent[int] = Recent(2)
    for key in ("a", "b", "a", "c"):
        kept.get(key, lambda: 1)
    assert [kept.get(key, lambda: 2) for key in ("a", "c", "b")] == [1, 1, 2]


def test_an_old_value_is_made_anew() -> None:
    time = [0.0]
    kept: Recent[str] = Recent(2, seconds=60, clock=lambda: time[0])
    kept.get("a", lambda: "old")
    time[0] = 59.9
    assert kept.get("a", lambda: "new") == "old"
    time[0] = 60.0
    assert kept.get("a", lambda: "new") == "new"


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 5))
def test_never_more_is_kept_than_said(keys: list[int], most: int) -> None:
    kept: Recent[int] = Recent(most)
    for key in keys:
        assert kept.get(key, lambda key=key: key) == key  # type: ignore[misc]
    again: list[int] = []
    for key in range(10):
        kept.get(key, lambda key=key: again.append(key) or key)  # type: ignore[misc,func-returns-value]
    assert len(again) >= 10 - most
