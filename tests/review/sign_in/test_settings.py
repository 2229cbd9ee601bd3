"""The tables [review.oidc] and [review.proxy]: what is refused, and how it is told."""

from pathlib import Path

import pytest

from pipeline.config import load_config
from pipeline.errors import UsageError

OIDC = '[review.oidc]\nissuer = "https://id.example/tenant"\nclient_id = "filmroom"\n'


def loaded(tmp_path: Path, text: str) -> str:
    (tmp_path / "filmroom.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        load_config(tmp_path)
    return f"{caught.value.message} | {caught.value.hint}"


def test_both_tables_are_read(tmp_path: Path) -> None:
    text = f'{OIDC}[review.proxy]\nheader = "X-Forwarded-User"\nfrom = ["127.0.0.1", "10.1.0.0/16"]\n'
    (tmp_path / "filmroom.toml").write_text(text)
    review = load_config(tmp_path).review
    assert review.oidc
    assert (review.oidc.issuer, review.oidc.claim) == ("https://id.example/tenant", "email")
    assert (review.proxy.header, review.proxy.from_) == ("X-Forwarded-User", ("127.0.0.1", "10.1.0.0/16"))


def test_without_them_there_is_neither(tmp_path: Path) -> None:
    review = load_config(tmp_path).review
    assert (review.oidc, review.proxy.header, review.proxy.from_) == (None, None, ())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (OIDC + 'secret = "x"\n', ("review.oidc.secret", "there is no such key", "keys of [review.oidc] are: issuer")),
        ('[review.oidc]\nissuer = "http://id.example"\nclient_id = "x"\n', ("review.oidc.issuer", "http://id.example")),
        ('[review.oidc]\nissuer = "http://localhost.evil.example"\nclient_id = "x"\n', ("review.oidc.issuer",)),
        (
            '[review.proxy]\nfrom = ["nowhere"]\n',
            ("review.proxy.from", "nowhere", "keys of [review.proxy] are: header, from"),
        ),
        ('[review.proxy]\nheader = "X-User"\n', ("a header needs `from`",)),
        ('[review.proxy]\nheader = "X User:"\nfrom = ["::1"]\n', ("review.proxy.header",)),
        ("[review]\nidle_hours = 0\n", ("review.idle_hours = 0", "keys of [review] are: host, port")),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, told: tuple[str, ...]) -> None:
    said = loaded(tmp_path, text)
    assert [part for part in told if part not in said] == []


@pytest.mark.parametrize("issuer", ["http://localhost:9000/realms/a", "http://127.0.0.1:1", "http://[::1]:1/x"])
def test_a_provider_on_this_machine_needs_no_https(tmp_path: Path, issuer: str) -> None:
    (tmp_path / "filmroom.toml").write_text(f'[review.oidc]\nissuer = "{issuer}"\nclient_id = "x"\n')
    assert load_config(tmp_path).review.oidc
