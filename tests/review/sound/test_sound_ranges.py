"""Parts of a file: what is asked for is what is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.sound.ranges import part_of


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        (None, "whole"),
        ("bytes=0-", (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-1000", (90, 100)),
        ("bytes=-30", (70, 100)),
        ("bytes=-1000", (0, 100)),
        ("Bytes = 5-6", (5, 7)),
        ("bytes=99-99", (99, 100)),
        ("bytes=100-", "beyond"),
        ("bytes=500-600", "beyond"),
        ("bytes=-0", "beyond"),
        ("bytes=0-1,5-6", "whole"),
        ("bytes=9-3", "whole"),
        ("bytes=-", "whole"),
        ("bytes=a-b", "whole"),
        ("seconds=0-1", "whole"),
        ("bytes=" + "9" * 200 + "-", "whole"),
        ("", "whole"),
    ],
)
def test_a_range_of_a_file_of_a_hundred_bytes(asked: str | None, part: object) -> None:
    assert part_of(asked, 100) == part


def test_no_range_of_an_empty_file_exists() -> None:
    assert part_of("bytes=0-", 0) == "beyond"
    assert part_of("bytes=-5", 0) == "beyond"


@given(st.text(max_size=40) | st.from_regex(r"bytes=\d{0,6}-\d{0,6}", fullmatch=True), st.integers(0, 10_000))
def test_whatever_is_asked_for_lies_within_the_file(asked: str, size: int) -> None:
    part = part_of(asked, size)
    assert part in ("whole", "beyond") or 0 <= part[0] < part[1] <= size  # type: ignore[operator]
