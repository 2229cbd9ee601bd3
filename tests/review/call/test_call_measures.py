"""Measures of a call: what they are held against, in words and on their strip; nothing is nought that is not known."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.domain.metrics import Measure
from pipeline.domain.ranges import Baseline
from pipeline.errors import InputError
from pipeline.export.sheet import MeasureRow, sheet
from pipeline.review.call.baselines import baselines
from pipeline.review.call.measures import MeasureView, measures_view, viewed
from pipeline.review.call.published import published_of, published_ranges
from pipeline.review.room import Room
from tests.review.call.pages import add_calls_of, entry_of
from tests.review.rooms import client, make_room


def baseline(low: float, median: float, high: float, *, n: int = 6) -> Baseline:
    return Baseline(of="rep", n=n, low=low, median=median, high=high, since=date(2026, 1, 3), until=date(2026, 3, 8))


def of(measure: Measure, *given: Baseline, one_to_one: bool = False) -> MeasureView:
    row = MeasureRow(
        name=measure.name, title="", definition="", value="", unit="", interval="", trust="", unavailable="", where=None
    )
    return viewed(measure, row, given, {"rep": 6, "team": 6}, one_to_one=one_to_one)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return make_room(tmp_path, ())


def test_a_strip_of_a_ratio_ends_at_the_whole() -> None:
    measure = Measure(name="rep_talk_ratio", value=0.5, unit="ratio", low=0.45, high=0.6)
    strip = of(measure, baseline(0.43, 0.52, 0.55), one_to_one=True).strip
    assert strip
    assert (strip.value, strip.interval, strip.end) == (50.0, (45.0, 60.0), "100%")
    assert [(b.kind, b.low, b.high, b.middle) for b in strip.bands] == [("rep", 43.0, 55.0, 52.0)]


def test_a_strip_of_a_count_ends_a_little_after_the_most() -> None:
    # The most is 10; a seventh more or less is 11.5, and a count ends at a whole number: 12.
    strip = of(Measure(name="rep_questions", value=6, unit="count"), baseline(3, 5, 10)).strip
    assert strip
    assert (strip.value, strip.end) == (50.0, "12")
    assert [(b.low, b.high) for b in strip.bands] == [(25.0, 83.33)]


def test_a_strip_of_nothing_but_noughts_has_a_length() -> None:
    strip = of(Measure(name="rep_questions", value=0, unit="count"), baseline(0, 0, 0)).strip
    assert strip
    assert (strip.value, strip.end) == (0.0, "1")


def test_what_is_not_known_has_no_strip_and_no_range() -> None:
    view = of(Measure(name="rep_talk_ratio", value=None, unit="ratio", unavailable="no roles"), baseline(0.4, 0.5, 0.6))
    assert (view.strip, view.baselines, view.published) == (None, (), ())


def test_without_anything_to_compare_there_is_no_strip() -> None:
    assert of(Measure(name="patience_s", value=0.7, unit="s")).strip is None


@pytest.mark.parametrize(
    ("measure", "given", "told"),
    [
        (Measure(name="rep_talk_ratio", value=0.5, unit="ratio"), (0.431, 0.519, 0.55), "43 to 55%, median 52%"),
        (Measure(name="rep_questions", value=5, unit="count"), (3.25, 5.5, 8), "3.2 to 8, median 5.5"),
        (Measure(name="silence_s", value=5, unit="s"), (50, 55, 75), "50.0 s to 1:15 min, median 55.0 s"),
        (Measure(name="rep_words_per_minute", value=5, unit="words/min"), (150, 160, 170),
         "150 to 170 words a minute, median 160 words a minute"),
        (Measure(name="customer_questions", value=0, unit="count"), (0, 0, 0), "0, median 0"),
    ],
)  # fmt: skip
def test_a_baseline_in_words(measure: Measure, given: tuple[float, float, float], told: str) -> None:
    assert of(measure, baseline(*given)).baselines[0].told == told


def test_a_baseline_of_fewer_calls_than_the_others_says_so() -> None:
    (view,) = of(Measure(name="rep_questions", value=5, unit="count"), baseline(1, 2, 3, n=5)).baselines
    assert view.told == "1 to 3, median 2 (5 calls)"


def test_published_ranges_are_of_sales_calls_only() -> None:
    measure = Measure(name="rep_talk_ratio", value=0.5, unit="ratio")
    assert [p.told for p in of(measure).published] == [
        "65 to 75%: what the average rep of the sample talks",
        "43%: what the sample’s top closers talk",
    ]
    assert of(measure, one_to_one=True).published == ()


def test_every_published_range_names_its_source() -> None:
    assert published_ranges()
    for found in published_ranges():
        assert found.source.n > 0
        assert found.source.address.scheme == "https"
    assert published_of("filler_words") == ()


def test_a_file_with_a_range_without_source_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ranges.yaml"
    path.write_text(
        "sources: {}\nranges:\n  - {measure: rep_talk_ratio, low: 0.4, high: 0.5, says: usual, source: me}\n"
    )
    with pytest.raises(InputError, match="source"):
        published_ranges(path)


def test_the_page_tells_how_many_calls_are_lacking(room: Room, tmp_path: Path) -> None:
    call, *_ = add_calls_of(room, tmp_path / "a", ["Anna"] * 3)
    text = client(room, "mark").get(f"/calls/{call}").text
    assert "Anna’s other real discovery calls" in text
    assert "2 so far; a baseline takes 5" in text


def test_page_and_api_give_the_baseline_of_five_calls(room: Room, tmp_path: Path) -> None:
    call, *_ = add_calls_of(room, tmp_path / "a", ["Anna"] * 6)
    browser = client(room, "mark")
    given = browser.get(f"/api/calls/{call}/measures").json()
    assert [(g["of"], g["enough"], g["basis"]) for g in given["grounds"]] == [
        ("rep", True, "5 calls, 5 March 2026"),
        ("team", True, "5 calls, 5 March 2026"),
    ]
    # All calls are heard alike, so that every baseline is the call's own value.
    for measure in given["measures"]:
        value = measure["measure"]["value"]
        medians = {b["baseline"]["median"] for b in measure["baselines"]}
        assert medians == (set() if value is None else {value})
    assert 'class="band rep"' in browser.get(f"/calls/{call}").text


def test_an_unavailable_measure_says_why(room: Room, tmp_path: Path) -> None:
    (call,) = add_calls_of(room, tmp_path / "a", ["Anna"])
    text = client(room, "mark").get(f"/calls/{call}").text
    assert "Unavailable<small>The recogniser leaves out most fillers, so a count would be too low." in text


def test_all_measures_have_a_view(room: Room, tmp_path: Path) -> None:
    (call,) = add_calls_of(room, tmp_path / "a", ["Anna"])
    entry, result = entry_of(room, "mark", call), room.result(room.record(call)[1])
    view = measures_view(entry, result, sheet(result).measures)
    assert {m.measure.name for m in view.measures} == set(baselines(entry, result))
