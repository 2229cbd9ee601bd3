"""Configuration: defaults, file, flags; what is wrong is named."""

from pathlib import Path

import pytest

from pipeline.config import Config, load_config
from pipeline.errors import UsageError


def test_consent_is_required_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    assert load_config(tmp_path).consent == "required"


def test_flags_outweigh_the_file_and_the_file_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "filmroom.toml").write_text('reader = "similarity"\nthreads = 3\n')
    config = load_config(tmp_path, threads=2, reader=None)
    assert (config.reader, config.threads, config.whisper) == ("similarity", 2, Config().whisper)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('raeder = "llm"', "raeder"),
        ("threads = 0", "threads = 0"),
        ('reader = "magic"', "reader = 'magic'"),
        ("reader =", "filmroom.toml"),
    ],
)
def test_a_wrong_setting_names_file_key_and_value(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "filmroom.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        load_config(tmp_path)
    assert named in str(caught.value)
    assert "filmroom.toml" in str(caught.value)


def test_a_wrong_flag_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the command line"):
        load_config(tmp_path, threads=-1)


@pytest.mark.parametrize(
    ("text", "named"),
    [('modle = "x"', "llm.modle = 'x': there is no such key"), ("attempts = 99", "llm.attempts = 99")],
)
def test_a_wrong_key_of_the_language_model_is_blamed_on_the_file_although_a_flag_is_given(
    tmp_path: Path, text: str, named: str
) -> None:
    (tmp_path / "filmroom.toml").write_text(f"[llm]\n{text}\n")
    with pytest.raises(UsageError) as caught:
        load_config(tmp_path, llm={"model": "m", "url": None})
    assert str(caught.value).startswith(f"{tmp_path / 'filmroom.toml'}: {named}")
    assert "keys of [llm] are: model, url" in caught.value.hint


def test_a_wrong_flag_of_the_language_model_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    (tmp_path / "filmroom.toml").write_text("[llm]\nattempts = 3\n")
    with pytest.raises(UsageError, match=r"the command line: llm\.model"):
        load_config(tmp_path, llm={"model": 7, "url": None})


def test_by_default_nothing_is_withheld(tmp_path: Path) -> None:
    found = load_config(tmp_path).withhold
    assert (found.report, found.behaviours) == (None, ())


def test_what_is_withheld_is_read_from_its_table(tmp_path: Path) -> None:
    text = '[withhold]\nreport = "r.json"\nflip_rate = 0.1\nbehaviours = ["cost_asked"]\n'
    (tmp_path / "filmroom.toml").write_text(text)
    found = load_config(tmp_path).withhold
    assert (found.report, found.flip_rate, found.by, found.behaviours) == (
        Path("r.json"),
        0.1,
        "readings",
        ("cost_asked",),
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("flip_rat = 0.1", "withhold.flip_rat = 0.1: there is no such key"),
        ("flip_rate = 20", "withhold.flip_rate = 20"),
        ('by = "both"', "withhold.by = 'both'"),
    ],
)
def test_a_wrong_key_of_what_is_withheld_names_the_keys_of_its_table(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "filmroom.toml").write_text(f"[withhold]\n{text}\n")
    with pytest.raises(UsageError) as caught:
        load_config(tmp_path)
    assert named in str(caught.value)
    assert "keys of [withhold] are: report, by, flip_rate, pairs, behaviours" in caught.value.hint
