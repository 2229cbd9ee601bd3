"""Plain text: labelled turns, lines that go on, and times where there are any."""

from pathlib import Path

import pytest

from pipeline.errors import TranscriptError
from tests.stages.ingest.transcripts.scripts import read, said, times


def test_turns_begin_with_a_label_and_go_on_without_one(tmp_path: Path) -> None:
    text = (
        "# Discovery, 5 March\n\nRep: Hi Ben.\n  Is now a good time: yes or no?\n\nCustomer: Sure\nsales rep: Great.\n"
    )
    script = read(tmp_path, "a.txt", text)
    assert said(script) == [
        ("Rep", "Hi Ben. Is now a good time: yes or no?"),
        ("Customer", "Sure"),
        ("sales rep", "Great."),
    ]
    assert (script.timed, script.duration, times(script)) == (False, 0.0, [None, None, None])
    assert all(word.span is None for u in script.utterances for word in u.words)


@pytest.mark.parametrize(
    "line",
    [
        "[00:01:23] Ann de Vries: Hello there.",
        "(01:23) Ann de Vries: Hello there.",
        "1:23 Ann de Vries: Hello there.",
        "Ann de Vries [1:23]: Hello there.",
        "Ann de Vries  1:23\nHello there.",
        "[1:23.0] Ann de Vries：Hello there.",
    ],
)
def test_times_may_stand_before_or_behind_the_name(tmp_path: Path, line: str) -> None:
    script = read(tmp_path, "a.txt", line.replace("：", "： "))
    assert said(script) == [("Ann de Vries", "Hello there.")]
    first = script.utterances[0].words[0].span
    assert first is not None
    assert first.start == 83.0


def test_starts_alone_give_words_a_guess_and_leave_the_call_untimed(tmp_path: Path) -> None:
    script = read(tmp_path, "a.txt", "[0:10] Rep: one two three four five\n[0:11] Customer: six\n")
    spans = [word.span for u in script.utterances for word in u.words]
    assert all(span is not None for span in spans)
    # five words at 0.36 s would last to 11.8 s, but the customer speaks from 11 s
    assert [span.end for span in spans if span][4] == 11.0
    assert (script.timed, script.estimated, script.duration) == (False, True, 0.0)


def test_from_and_to_are_times_of_the_turn(tmp_path: Path) -> None:
    script = read(tmp_path, "a.txt", "[00:00:01.5 - 00:00:03] Rep: Hello.\n[00:03 --> 00:04] Customer: Hi.\n")
    assert (times(script), script.timed) == ([(1.5, 3.0), (3.0, 4.0)], True)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Hello, this is Jacob. How can I assist?\n", 1),
        ("\n\nhttps://example.org/call\nRep: Hi\n", 3),
        ("Rep: Hi\n[00:75:00] Customer: Hi\n", 2),
        ("[00:05 - 00:04] Rep: Hi\n", 1),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(TranscriptError) as caught:
        read(tmp_path, "a.txt", text)
    assert (caught.value.line, bool(caught.value.hint)) == (line, True)
