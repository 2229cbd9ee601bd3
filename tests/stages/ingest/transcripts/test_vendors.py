"""JSON of vendors: each shape as small as it comes, and all of them the same conversation."""

import json
from pathlib import Path

import pytest

from pipeline.errors import TranscriptError
from tests.stages.ingest.transcripts.scripts import read, said, times


def words(*tokens: tuple[str, float, float], unit: float = 1, text: str = "word", more: object = None) -> list[object]:
    named = {} if more is None else {"speaker": more}
    return [{text: t, "start": a * unit, "end": b * unit, "confidence": 0.9, **named} for t, a, b in tokens]


HI = (("How", 0.5, 0.7), ("much?", 0.8, 1.0))
TEN = (("Ten", 2.0, 2.4), ("dollars.", 2.5, 3.0))
SHAPES: dict[str, tuple[object, tuple[str, str]]] = {
    "whisper": ({"language": "en", "text": "", "segments": [
        {"start": 0.5, "end": 1.0, "text": " How much?", "words": words(("How", 0.5, 0.7), (" much?", 0.8, 1.0))},
        {"start": 2.0, "end": 3.0, "text": " Ten dollars.", "words": words(*TEN)}]}, ("unknown", "unknown")),
    "whisperx": ({"segments": [
        {"start": 0.5, "end": 1.0, "text": "How much?", "speaker": "SPEAKER_00", "words": words(*HI)},
        {"start": 2.0, "end": 3.0, "text": "Ten dollars.", "speaker": "SPEAKER_01", "words": words(*TEN)}]},
        ("SPEAKER_00", "SPEAKER_01")),
    "whisper.cpp": ({"transcription": [
        {"offsets": {"from": 500, "to": 1000}, "text": " How much?"},
        {"offsets": {"from": 2000, "to": 3000}, "text": " Ten dollars."}]}, ("unknown", "unknown")),
    "deepgram": ({"results": {"channels": [{"alternatives": [{"words": [
        {"word": "how", "punctuated_word": "How", "start": 0.5, "end": 0.7, "speaker": 0},
        {"word": "much", "punctuated_word": "much?", "start": 0.8, "end": 1.0, "speaker": 0},
        {"word": "ten", "punctuated_word": "Ten", "start": 2.0, "end": 2.4, "speaker": 1},
        {"word": "dollars", "punctuated_word": "dollars.", "start": 2.5, "end": 3.0, "speaker": 1}]}]}]}},
        ("speaker 0", "speaker 1")),
    "deepgram channels": ({"results": {"channels": [
        {"alternatives": [{"words": words(*HI, text="punctuated_word")}]},
        {"alternatives": [{"words": words(*TEN, text="punctuated_word")}]}]}}, ("ch0", "ch1")),
    "assemblyai": ({"id": "x", "audio_duration": 3, "utterances": [
        {"speaker": "A", "text": "How much?", "start": 500, "end": 1000, "words": words(*HI, unit=1000, text="text")},
        {"speaker": "B", "text": "Ten dollars.", "start": 2000, "end": 3000}]}, ("A", "B")),
    "rev": ({"speakers": [{"id": 0, "name": "Ann"}], "monologues": [
        {"speaker": 0, "elements": [
            {"type": "text", "value": "How", "ts": 0.5, "end_ts": 0.7}, {"type": "punct", "value": " "},
            {"type": "text", "value": "much", "ts": 0.8, "end_ts": 1.0}, {"type": "punct", "value": "?"}]},
        {"speaker": 1, "elements": [
            {"type": "text", "value": "Ten", "ts": 2.0, "end_ts": 2.4},
            {"type": "text", "value": "dollars", "ts": 2.5, "end_ts": 3.0}, {"type": "punct", "value": "."}]}]},
        ("Ann", "speaker 1")),
    "call analytics": ({"LanguageCode": "en-US", "Participants": [], "Transcript": [
        {"ParticipantRole": "AGENT", "Content": "How much?", "BeginOffsetMillis": 500,
         "EndOffsetMillis": 1000, "Items": [
            {"Type": "pronunciation", "Content": "How", "BeginOffsetMillis": 500, "EndOffsetMillis": 700},
            {"Type": "pronunciation", "Content": "much", "BeginOffsetMillis": 800, "EndOffsetMillis": 1000},
            {"Type": "punctuation", "Content": "?"}]},
        {"ParticipantRole": "CUSTOMER", "Content": "Ten dollars.", "Items": [
            {"Type": "pronunciation", "Content": "Ten", "BeginOffsetMillis": 2000, "EndOffsetMillis": 2400},
            {"Type": "pronunciation", "Content": "dollars.", "BeginOffsetMillis": 2500, "EndOffsetMillis": 3000}]}]},
        ("AGENT", "CUSTOMER")),
    "amazon": ({"results": {"transcripts": [], "items": [
        {"type": "pronunciation", "start_time": s, "end_time": e, "speaker_label": who,
         "alternatives": [{"content": w}]}
        for w, s, e, who in [("How", "0.5", "0.7", "spk_0"), ("much?", "0.8", "1.0", "spk_0"),
                             ("Ten", "2.0", "2.4", "spk_1"), ("dollars.", "2.5", "3.0", "spk_1")]]}},
        ("spk_0", "spk_1")),
    "amazon segments": ({"results": {"speaker_labels": {"segments": [
        {"start_time": "0.5", "end_time": "1.0", "speaker_label": "spk_0"},
        {"start_time": "2.0", "end_time": "3.0", "speaker_label": "spk_1"}]}, "items": [
        {"start_time": s, "end_time": e, "alternatives": [{"content": w, "confidence": "0.9"}]} for w, s, e in
        [("How", "0.5", "0.7"), ("much?", "0.8", "1.0"), ("Ten", "2.0", "2.4"), ("dollars.", "2.5", "3.0")]]}},
        ("spk_0", "spk_1")),
    "watson": ({"results": [{"alternatives": [{"transcript": "", "timestamps": [
        ["How", 0.5, 0.7], ["much?", 0.8, 1.0], ["%HESITATION", 1.2, 1.4],
        ["Ten", 2.0, 2.4], ["dollars.", 2.5, 3.0]]}]}],
        "speaker_labels": [
            {"from": a, "to": a, "speaker": s} for a, s in [(0.5, 0), (0.8, 0), (1.2, 0), (2.0, 2), (2.5, 2)]]},
        ("speaker 0", "speaker 2")),
    "azure": ({"recognizedPhrases": [
        {"channel": 0, "speaker": 1, "offsetInTicks": 5e6, "durationInTicks": 5e6, "nBest": [{"display": "How much?"}]},
        {"channel": 0, "speaker": 2, "offsetInTicks": 2e7, "durationInTicks": 1e7,
         "nBest": [{"display": "Ten dollars."}]}]},
        ("speaker 1", "speaker 2")),
    "gong": ({"callTranscripts": [{"callId": "1", "transcript": [
        {"speakerId": "77", "sentences": [{"start": 500, "end": 1000, "text": "How much?"}]},
        {"speakerId": "78", "sentences": [{"start": 2000, "end": 3000, "text": "Ten dollars."}]}]}]},
        ("speaker 77", "speaker 78")),
    "google": ({"results": [{"alternatives": [{"words": [
        {"word": w, "startTime": f"{s}s", "endTime": f"{e}s", "speakerTag": n}
        for w, s, e, n in [("How", 0.5, 0.7, 1), ("much?", 0.8, 1.0, 1),
                           ("Ten", 2.0, 2.4, 2), ("dollars.", 2.5, 3.0, 2)]
        ]}]}]}, ("speaker 1", "speaker 2")),
    "fireflies": ({"data": {"transcript": {"title": "x", "sentences": [
        {"speaker_name": "Ann", "text": "How much?", "start_time": 0.5, "end_time": 1.0},
        {"speaker_name": "Ben", "text": "Ten dollars.", "start_time": 2.0, "end_time": 3.0}]}}}, ("Ann", "Ben")),
    "seglst": ([{"session_id": "a", "speaker": "Ann", "words": "How much?", "start_time": "0.5", "end_time": "1"},
                {"session_id": "a", "speaker": "Ben", "words": "Ten dollars.", "start_time": "2", "end_time": "3"}],
               ("Ann", "Ben")),
    "plain list": ([{"role": "rep", "text": "How much?", "start": 0.5, "end": 1.0},
                    {"role": "customer", "text": "Ten dollars.", "start": "0:02", "end": "0:03"}], ("rep", "customer")),
}  # fmt: skip


@pytest.mark.parametrize("vendor", SHAPES)
def test_each_shape_tells_the_same_conversation(tmp_path: Path, vendor: str) -> None:
    document, (first, second) = SHAPES[vendor]
    script = read(tmp_path, "a.json", json.dumps(document))
    assert said(script) == [(first, "How much?"), (second, "Ten dollars.")]
    assert times(script) == [(0.5, 1.0), (2.0, 3.0)]
    assert script.timed


def test_times_are_optional_in_a_list(tmp_path: Path) -> None:
    script = read(
        tmp_path, "a.json", json.dumps([{"role": "rep", "text": "Hi"}, {"role": "customer", "content": "Yo"}])
    )
    assert (said(script), script.timed) == ([("rep", "Hi"), ("customer", "Yo")], False)


def test_a_word_without_times_lies_between_its_neighbours(tmp_path: Path) -> None:
    """Aligners leave digits without times."""
    tokens = [{"word": "about", "start": 1, "end": 1.5}, {"word": "20"}, {"word": "seats", "start": 2, "end": 2.5}]
    spans = [
        w.span
        for w in read(tmp_path, "a.json", json.dumps({"segments": [{"text": "", "words": tokens}]})).utterances[0].words
    ]
    assert [(s.start, s.end) for s in spans if s] == [(1.0, 1.5), (1.5, 2.0), (2.0, 2.5)]


def test_a_long_pause_is_no_speech_and_a_short_one_is(tmp_path: Path) -> None:
    tokens = words(("a", 0, 1), ("b", 2.9, 4), ("c", 6.1, 7))
    script = read(tmp_path, "a.json", json.dumps({"segments": [{"speaker": "A", "words": tokens}]}))
    assert times(script) == [(0.0, 4.0), (6.1, 7.0)]  # gaps of 1.9 s and 2.1 s


@pytest.mark.parametrize(
    ("text", "words_"),
    [
        ("{", "is not valid JSON"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "no usable numbers"),
        ("{}", "no transcript in a known shape"),
        ('{"segments": []}', "no transcript in a known shape"),
        ('[{"text": "Hi", "start": -1, "end": 2}]', r"pieces\[0\]\.start: .*greater than or equal to 0"),
        ('[{"text": "Hi", "start": NaN, "end": 2}]', r"pieces\[0\]\.start"),
        ('{"segments": [{"text": 5}]}', r"pieces\[0\]\.text: .*valid string"),
        ('{"results": {"channels": [{"alternatives": []}]}}', "alternatives"),
        (
            '[{"text": "Hi", "start": 1, "end": 99999999}, {"text": "you", "start": 1, "end": 2}]',
            "beyond the longest call",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, words_: str) -> None:
    with pytest.raises(TranscriptError, match=words_) as caught:
        read(tmp_path, "a.json", text)
    assert caught.value.hint
