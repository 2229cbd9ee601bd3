"""Ways of saying that sentences of others showed, and what looks like them and stays."""

import pytest

from pipeline.text.personal import personal_words


def _masked(said: str) -> str:
    words = said.split()
    marks = personal_words(words)
    return " ".join("*" if i in marks else word for i, word in enumerate(words))


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("email r as in romeo i t a at example dot com", "email" + " *" * 11),
        ("the passport is B for Bravo three one seven seven two nine", "the passport is" + " *" * 9),
        ("her driver's license K4471902 was checked", "her driver's license * was checked"),
        ("write to ute bauer all one word at example dot com", "write to" + " *" * 9),
        ("it's paul ninety one at yahoo", "it's * * * * *"),
        ("we sit at one hundred and nine Baker Street", "we sit at" + " *" * 6),
        ("twelve east fortieth street", "* * * *"),
        ("flat two nineteen orchard terrace", "* * * * *"),
        ("unit five harbour trade park mill road", "* * * * * * *"),
        ("P O box nine one two", "* * * * * *"),
        ("my birthday's may the thirty first ninety", "my birthday's * the * * *"),
        ("my date of birth is the third of the eighth sixty six", "my date of birth is the * of the * * *"),
        ("I was born in nineteen seventy", "I was born in * *"),
        ("our visa expires 08/28", "our visa expires *"),
        ("the card has an expiry date of March 2028", "the card has an expiry date of * *"),
        ("the amex ending 7731 please", "the amex ending * please"),
        ("area code 512", "area code *"),
    ],
)
def test_what_is_said_so_is_masked(said: str, masked: str) -> None:
    assert _masked(said) == masked


@pytest.mark.parametrize(
    "said",
    [
        "our company was born in twenty seventeen",
        "the contract expires in march twenty twenty eight",
        "the quote is valid until June 2027",
        "the license costs forty nine a seat and a hundred to set up",
        "the license was a Q3 2026 thing",
        "plan b for businesses is two hundred",
        "the quarter ending march 31",
        "a flat two hundred and nine down the road",
        "unit five of the plan is on the road map",
        "we put all one hundred of them in one word document at the office",
    ],
)
def test_what_looks_like_it_stays(said: str) -> None:
    assert _masked(said) == said
