"""The review pack: what is in it, in each format, and who gets it."""

import base64
import io
import re
from pathlib import Path

import av
import pytest
from pypdf import PdfReader

from pipeline.domain.review import Review
from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from tests.review.rooms import NOW, call_of, client, make_room

APPROVED = "Well heard, Anna. <script>alert(1)</script> Look at \u202ethis\u202c."


def approve(room: Room, call: str) -> None:
    standing = state_of(room.workspace, call)
    feedback = standing.feedback.model_copy(update={"strength": APPROVED})
    room.workspace.reviews.append(
        call,
        Review(
            call=call,
            action="approved",
            state="approved",
            author="mark",
            at=NOW,
            record=standing.record,
            draft=standing.draft_key,
            feedback=feedback,
        ),
    )


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    room = make_room(tmp_path_factory.mktemp("packs"), ("Anna", "Bert"))
    approve(room, call_of(room, "Anna"))
    return room


def test_html_pack_has_the_clips_inside_and_asks_for_nothing_else(room: Room) -> None:
    call = call_of(room, "Anna")
    answer = client(room, "mark").get(f"/calls/{call}/pack.html")
    assert answer.headers["content-disposition"] == f'attachment; filename="feedback-{call}.html"'
    assert "<script" not in answer.text
    assert re.findall(r'(?:src|href)="(?!data:)', answer.text) == []
    clips = re.findall(r'src="data:audio/mpeg;base64,([^"]+)"', answer.text)
    standing = state_of(room.workspace, call)
    assert standing.draft.strength or standing.draft.improvement
    assert clips


def test_a_clip_is_the_moment_and_little_more(room: Room) -> None:
    call = call_of(room, "Anna")
    browser = client(room, "mark")
    pack = browser.get(f"/api/calls/{call}/pack").json()
    html = browser.get(f"/calls/{call}/pack.html").text
    sounds = re.findall(r'src="data:audio/mpeg;base64,([^"]+)"', html)
    spans = [clip["span"] for clip in pack["clips"] if clip["span"]]
    assert len(sounds) == len(spans)
    for sound, span in zip(sounds, spans, strict=True):
        with av.open(io.BytesIO(base64.b64decode(sound)), "r") as file:
            seconds = sum(float(frame.samples) / frame.sample_rate for frame in file.decode(file.streams.audio[0]))
        # 0.3 s before and 0.5 s after, cut at the call's ends; an mp3 is whole frames, some 0.1 s more.
        wanted = span["end"] + 0.5 - max(0.0, span["start"] - 0.3)
        assert seconds == pytest.approx(wanted, abs=0.2)


def test_markdown_pack_shows_markup_as_it_was_written(room: Room) -> None:
    text = client(room, "mark").get(f"/calls/{call_of(room, 'Anna')}/pack.md").text
    assert "Approved by Mark" in text
    assert r"\<script\>" in text
    assert "\u202e" not in text


def test_pdf_pack_can_be_read(room: Room) -> None:
    answer = client(room, "mark").get(f"/calls/{call_of(room, 'Anna')}/pack.pdf")
    words = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert answer.headers["content-type"] == "application/pdf"
    assert "What worked" in words
    assert "Well heard, Anna." in words


def test_a_draft_says_that_it_is_one(room: Room) -> None:
    text = client(room, "mark").get(f"/calls/{call_of(room, 'Bert')}/pack.md").text
    assert "Draft: nobody has approved it, so it is not to be sent" in text


@pytest.mark.parametrize("form", ["html", "md", "pdf"])
def test_a_rep_gets_the_pack_once_it_is_approved(room: Room, form: str) -> None:
    assert client(room, "anna").get(f"/calls/{call_of(room, 'Anna')}/pack.{form}").status_code == 200
    assert client(room, "bert").get(f"/calls/{call_of(room, 'Bert')}/pack.{form}").status_code == 404


def test_no_other_format_and_nobody_else(room: Room) -> None:
    call = call_of(room, "Anna")
    assert client(room, "mark").get(f"/calls/{call}/pack.exe").status_code == 404
    assert client(room, "nina").get(f"/calls/{call}/pack.md").status_code == 404


def test_a_recording_that_changed_since_is_not_played(tmp_path: Path) -> None:
    room = make_room(tmp_path, ("Anna",))
    call = call_of(room, "Anna")
    path = room.record(call)[1].files[0]
    path.write_bytes(path.read_bytes()[:-2])
    html = client(room, "mark").get(f"/calls/{call}/pack.html").text
    assert "data:audio" not in html
    assert "is not the file that was reviewed" in html
