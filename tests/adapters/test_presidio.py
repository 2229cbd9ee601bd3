"""Presidio over the pinned spaCy model, and the recall of both together with our own rules."""

# ruff: noqa: SIM905 - words are read more easily in a row than as a list

import socket
from collections.abc import Iterator
from math import floor
from pathlib import Path

import pytest

from benchmarks.planted import planted
from benchmarks.redaction import left_of
from pipeline.adapters import weights
from pipeline.adapters.presidio import PresidioSpotter
from pipeline.config import Config
from pipeline.domain.personal import KINDS, Kind
from pipeline.engines.redaction import MODEL, asked_redactor, redaction_models, redactor, stored_redactor
from pipeline.errors import WeightsError
from pipeline.stages.redact import Redactor

ELSEWHERE = {"reader": "llm", "llm": {"model": "m", "url": "https://models.example/v1"}}


def _config(folder: Path, **settings: object) -> Config:
    return Config.model_validate({"models": folder, **settings})


class TestWithoutTheModel:
    def test_nothing_is_kept_unmasked_that_was_to_be_masked(self, tmp_path: Path) -> None:
        with pytest.raises(WeightsError) as raised:
            stored_redactor(_config(tmp_path, redact={"stored": True}))
        assert raised.value.hint == "filmroom models pull en-core-web-sm"

    def test_nothing_is_asked_elsewhere(self, tmp_path: Path) -> None:
        with pytest.raises(WeightsError):
            asked_redactor(_config(tmp_path, **ELSEWHERE))

    def test_a_model_on_this_machine_is_asked_without_it(self, tmp_path: Path) -> None:
        here = {"reader": "llm", "llm": {"model": "m", "url": "http://localhost:8080/v1"}}
        assert asked_redactor(_config(tmp_path, **here)) is None
        assert redaction_models(_config(tmp_path, **here)) == ()

    def test_a_run_that_masks_needs_it(self, tmp_path: Path) -> None:
        assert redaction_models(_config(tmp_path, **ELSEWHERE)) == (MODEL,)
        assert redaction_models(_config(tmp_path, redact={"stored": True})) == (MODEL,)
        assert redaction_models(_config(tmp_path, **ELSEWHERE, redact={"leaving": False})) == ()

    def test_kinds_are_part_of_the_key(self, tmp_path: Path) -> None:
        both = [PresidioSpotter(tmp_path, name="m", kinds=kinds).identity for kinds in (("phone",), ("phone", "card"))]
        assert both == ["redact@2 m phone", "redact@2 m card,phone"]


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Every connection is refused, and remembered."""
    tried: list[object] = []

    def refuse(_: socket.socket, address: object) -> None:
        tried.append(address)
        raise OSError("no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return iter([tried])


@pytest.fixture(scope="module")
def masks() -> Redactor:
    if not weights.is_present(MODEL, weights.default_cache()):
        pytest.skip(f"{MODEL} is not here: filmroom models pull {MODEL}")
    return redactor(Config())


@pytest.mark.slow
class TestWithTheModel:
    def test_nothing_is_fetched(self, cut_off: Iterator[list[object]]) -> None:
        tried = next(cut_off)
        spotter = PresidioSpotter(weights.require(MODEL, weights.default_cache()), name="m", kinds=KINDS)
        found = spotter.marks("Jane Roe is at jane@example.com or 415-555-0134 in Boston".split())
        assert found == {0: "name", 1: "name", 4: "email", 6: "phone"}
        assert tried == []

    def test_names_stay_unless_asked_for(self, masks: Redactor) -> None:
        assert masks.text("This is Jane Roe from Boston.") == "This is Jane Roe from Boston."

    def test_what_a_sale_is_about_stays(self, masks: Redactor) -> None:
        said = "We have forty five seats at $200,000 in Q3 2026, and 1,200 users from 2019 to 2024 at 3.5 percent."
        assert masks.text(said) == said

    @pytest.mark.parametrize("kind", ["phone", "card", "email", "account", "id", "address"])
    def test_recall_of_planted_items_by_kind(self, masks: Redactor, kind: Kind) -> None:
        items = [item for item in planted(20, each=2) if item.kind == kind]
        left = {f"{item.way}: {rest}" for item in items if (rest := left_of(item, masks))}
        assert len(left) <= floor(0.05 * len(items)), left
