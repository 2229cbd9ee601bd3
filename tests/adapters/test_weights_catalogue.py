"""The table of models refuses what could not be right."""

import pytest
from pydantic import ValidationError

from pipeline.adapters.weights_catalogue import Hub, ModelEntry, Part, WeightFile, find_model, list_models

SHA = "0" * 64


def test_the_default_models_are_in_the_table_under_their_licences() -> None:
    licences = {entry.name: entry.licence for entry in list_models()}
    assert licences == {
        "whisper-base": "MIT",
        "whisper-tiny.en": "MIT",
        "segmentation-3.0": "MIT",
        "campplus": "Apache-2.0",
        "minilm": "Apache-2.0",
        "qwen2.5-coder-1.5b": "Apache-2.0",
        "qwen2.5-coder-0.5b": "Apache-2.0",
        "en-core-web-sm": "MIT",
    }


def test_the_size_of_a_model_is_that_of_its_files() -> None:
    # 2 pieces of 72,608,766 bytes each; config 2,309, tokenizer 2,203,239, vocabulary 459,861.
    assert find_model("whisper-base").size == 145_217_532 + 2_309 + 2_203_239 + 459_861


def test_the_large_model_comes_in_22_pieces_in_numeric_order() -> None:
    (file,) = find_model("qwen2.5-coder-1.5b").files
    assert file.size == 1_117_320_768
    assert [part.path[-10:] for part in file.parts] == [f"part{number:02}.bin" for number in range(1, 23)]


def test_every_wheel_of_the_table_is_used() -> None:
    for model in list_models():
        used = {part.package for file in model.files for part in file.parts}
        assert used == {wheel.package for wheel in model.wheels}, model.name


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", ""])
def test_a_file_outside_its_models_folder_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="within its model's folder"):
        WeightFile(name=name, sha256=SHA, size=1)


def test_a_part_of_an_undeclared_package_is_refused() -> None:
    file = WeightFile(name="x", sha256=SHA, size=1, parts=(Part(package="p", path="x"),))
    with pytest.raises(ValidationError, match="not among its wheels"):
        ModelEntry(name="m", licence="MIT", purpose="tests", files=(file,))


@pytest.mark.parametrize("revision", ["main", "ebe41f7", "v1.0"])
def test_a_revision_that_may_move_is_refused(revision: str) -> None:
    with pytest.raises(ValidationError):
        Hub(repo="a/b", revision=revision)


@pytest.mark.parametrize("sha256", ["", "0" * 63, "G" * 64])
def test_a_digest_that_is_none_is_refused(sha256: str) -> None:
    with pytest.raises(ValidationError):
        WeightFile(name="x", sha256=sha256, size=1)
