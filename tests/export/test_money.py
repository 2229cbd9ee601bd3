"""What was spent, in words."""

from pipeline.domain.chat import TokenUse
from pipeline.export.money import spent_line


def test_one_request_is_one_request_and_thousands_are_grouped() -> None:
    assert spent_line(1, TokenUse(), 0.0).startswith("1 request, 0 tokens in")
    assert spent_line(1234, TokenUse(input_tokens=4000, cached_tokens=1000), 0.5).startswith(
        "1,234 requests, 4,000 tokens in (25% from the server's cache)"
    )


def test_no_request_has_no_cost_to_tell() -> None:
    assert spent_line(0, TokenUse(), None) == "No request to a language model."
