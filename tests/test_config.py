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
