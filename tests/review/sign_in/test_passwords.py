"""Passwords: which are refused, how they are kept, what a check tells and does not tell."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pwdlib.hashers.argon2 import Argon2Hasher

from pipeline.errors import UsageError
from pipeline.review.sign_in.passwords import MAX_LENGTH, MIN_LENGTH, check, hash_password, refusal

GOOD = "quiet otter under lamps"


def test_the_right_password_is_right_and_another_is_not() -> None:
    kept = hash_password(GOOD)
    assert check(GOOD, kept) == (True, None)
    assert check(GOOD + ".", kept) == (False, None)
    assert check("", kept) == (False, None)


def test_what_is_kept_is_argon2id_and_differs_each_time() -> None:
    first, second = hash_password(GOOD), hash_password(GOOD)
    assert first.startswith("$argon2id$")
    assert first != second
    assert GOOD not in first


def test_letters_that_look_the_same_are_the_same_however_they_were_composed() -> None:
    assert check("cafe\u0301 with window seat", hash_password("caf\u00e9 with window seat"))[0]


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "5 characters"),
        ("x" * (MIN_LENGTH - 1), "11 characters"),
        ("passwordpassword", "first that anybody would try"),
        ("Filmroom123456789!", "first that anybody would try"),
        ("aaaaaaaaaaaaaaaa", "first that anybody would try"),
        ("qwertyqwerty1", "first that anybody would try"),
        ("anna.berg@x.example1", "first that anybody would try"),
        ("é" * (MAX_LENGTH + 1), "more than 1024"),
    ],
)
def test_hopeless_passwords_are_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        hash_password(password, names=("anna", "Anna Berg", "anna.berg@x.example"))
    assert "12 characters or more" in caught.value.hint
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password", [GOOD, "my password is a pelican", "annaberg likes 14 plums", "日本語のとても長い合言葉です"]
)
def test_long_passwords_of_any_letters_are_taken(password: str) -> None:
    assert refusal(password, names=("anna", "Anna Berg")) is None


@given(st.text(max_size=MIN_LENGTH - 1))
@settings(max_examples=50)
def test_nothing_short_is_taken(password: str) -> None:
    short = "".join(c for c in password if c.isascii())  # NFKC may lengthen other letters
    assert refusal(short) is not None


def test_nobody_and_a_user_without_a_password_cost_the_same_work() -> None:
    kept = hash_password(GOOD)
    check(GOOD, None)  # what nobody has is made once

    def took(stored: str | None) -> float:
        times = []
        for _ in range(2):
            start = time.process_time()
            assert check("another guess at it", stored) == (False, None)
            times.append(time.process_time() - start)
        return min(times)

    assert took(None) > took(kept) / 3


def test_the_password_of_nobody_lets_nobody_in() -> None:
    assert check("of nobody at all", None) == (False, None)


def test_a_password_kept_in_an_older_way_is_kept_anew() -> None:
    old = Argon2Hasher(time_cost=1, memory_cost=8192).hash(GOOD)
    right, renewed = check(GOOD, old)
    assert right
    assert renewed is not None
    assert check(GOOD, renewed) == (True, None)
    assert check("wrong all the same", old) == (False, None)


def test_what_is_no_hash_lets_nobody_in() -> None:
    assert check(GOOD, GOOD) == (False, None)


def test_an_endless_password_is_wrong() -> None:
    assert check("x" * (MAX_LENGTH + 1), hash_password(GOOD)) == (False, None)
