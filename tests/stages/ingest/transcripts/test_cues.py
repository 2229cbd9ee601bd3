"""WebVTT and SubRip: who speaks, when, and what is only markup."""

from pathlib import Path

import pytest

from pipeline.errors import TranscriptError
from tests.stages.ingest.transcripts.scripts import read, said, times

VTT = """\ufeffWEBVTT - made by hand
Kind: captions

NOTE
Ann: this is a note --- and not spoken

STYLE
::cue { color: red }

intro
00:01.000 --> 00:03.000 align:left position:10%
<v Ann Smith>Hi, this is <i>Ann</i> from Heron&nbsp;Lane.</v>

2
01:00:04.000 --> 01:00:06.500
<v.loud Ben>Go <c.red>ahead</c> &amp; ask.
It is un<b>believ</b>able.

"""


def test_voices_times_and_markup_of_webvtt(tmp_path: Path) -> None:
    script = read(tmp_path, "a.vtt", VTT)
    assert said(script) == [
        ("Ann Smith", "Hi, this is Ann from Heron Lane."),
        ("Ben", "Go ahead & ask. It is unbelievable."),
    ]
    assert times(script) == [(1.0, 3.0), (3604.0, 3606.5)]
    assert (script.timed, script.estimated, script.duration) == (True, True, 3606.5)


def test_two_voices_in_one_cue_share_its_time_by_their_letters(tmp_path: Path) -> None:
    script = read(tmp_path, "a.vtt", "WEBVTT\n\n00:00.000 --> 00:10.000\n<v Ann>abc</v><v Ben>abcde</v>\n")
    # 3 letters and a space against 5 and a space: 4 and 6 tenths of 10 s
    assert said(script) == [("Ann", "abc"), ("Ben", "abcde")]
    assert times(script) == [(0.0, 4.0), (4.0, 10.0)]


def test_words_get_the_time_of_their_cue_by_their_letters(tmp_path: Path) -> None:
    word, other = read(tmp_path, "a.vtt", "WEBVTT\n\n00:00.000 --> 00:10.000\nabc abcde\n").utterances[0].words
    assert word.span is not None
    assert other.span is not None
    assert (word.span.start, word.span.end, other.span.start, other.span.end) == (0.0, 4.0, 4.0, 10.0)


SRT = """1\r
00:00:01,000 --> 00:00:03,000\r
Rep: How do you plan\r
the week today?\r
\r
2\r
00:00:03,500 --> 00:00:09,000\r
Customer: With one large sheet: it takes\r
\r
four hours.\r
\r
3\r
00:00:08,000 --> 00:00:08,400\r
- Rep: Mm-hm.\r
- Customer: {\\an8}<font color="red">Yes.</font>\r
"""


def test_labels_of_subrip_and_lines_that_go_on(tmp_path: Path) -> None:
    script = read(tmp_path, "a.srt", SRT)
    assert said(script) == [
        ("Rep", "How do you plan the week today?"),
        ("Customer", "With one large sheet: it takes four hours."),
        ("Rep", "Mm-hm."),
        ("Customer", "Yes."),
    ]
    assert times(script)[:2] == [(1.0, 3.0), (3.5, 9.0)]


def test_a_colon_in_a_sentence_is_no_label(tmp_path: Path) -> None:
    cues = "1\n00:00:01,000 --> 00:00:02,000\nAnn: Hi.\n\n2\n00:00:02,000 --> 00:00:03,000\nPricing: ten a seat.\n\n"
    cues += "3\n00:00:03,000 --> 00:00:04,000\nso I say: no.\n\n4\n00:00:04,000 --> 00:00:05,000\nAnn: Bye.\n"
    assert said(read(tmp_path, "a.srt", cues)) == [
        ("Ann", "Hi."),
        ("Ann", "Pricing: ten a seat."),
        ("Ann", "so I say: no."),
        ("Ann", "Bye."),
    ]


def test_cues_without_names_are_of_nobody_known(tmp_path: Path) -> None:
    script = read(tmp_path, "a.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHello.\n\n00:01.000 --> 00:02.000\nHi.\n")
    assert said(script) == [("unknown", "Hello."), ("unknown", "Hi.")]


def test_markup_that_no_format_has_stays_what_was_written(tmp_path: Path) -> None:
    script = read(tmp_path, "a.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\n<script>5 < 6</script> and 7 > 3\n")
    assert said(script) == [("unknown", "<script>5 < 6</script> and 7 > 3")]


def test_cues_may_overlap_and_come_in_any_order(tmp_path: Path) -> None:
    cues = "WEBVTT\n\n00:05.000 --> 00:09.000\n<v Ann>b\n\n00:01.000 --> 00:06.000\n<v Ben>a\n"
    assert times(read(tmp_path, "a.vtt", cues)) == [(5.0, 9.0), (1.0, 6.0)]


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("a.vtt", "Hello\n\n00:00.000 --> 00:01.000\nHi\n", 1, "does not begin with WEBVTT"),
        ("a.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n\n00:03.000 --> 00:02.000\nYo\n", 6, "ends before it starts"),
        ("a.vtt", "WEBVTT\n\n-00:03.000 --> 00:02.000\nYo\n", 3, "no pair of times"),
        ("a.vtt", "WEBVTT\n\n00:61.000 --> 00:62.000\nYo\n", 3, "no pair of times"),
        ("a.srt", "1\n00:00:01,000 --> 00:00:0x,000\nYo\n", 2, "no pair of times"),
        ("a.srt", "Just text\n", 1, "text without times"),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nHi\n\n2\n00:00:03,000 --> 4\nYo\n", 6, "no pair of times"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, name: str, text: str, line: int, words: str) -> None:
    with pytest.raises(TranscriptError, match=words) as caught:
        read(tmp_path, name, text)
    assert (caught.value.path, caught.value.line) == (tmp_path / name, line)
    assert caught.value.hint
