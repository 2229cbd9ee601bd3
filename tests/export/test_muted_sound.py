"""Where words are masked in what is handed over, the sound beside them is silent; everywhere else it is not."""

import base64
import re
from pathlib import Path

import numpy as np
import pytest

from pipeline.adapters.audio import PyAvAudio
from pipeline.export.files import render
from pipeline.export.handing_over import HandedOver
from pipeline.ports import Samples
from pipeline.review.room import Room
from pipeline.stages.redact import Redactor, masked_spans
from tests.redacting import rules_redactor
from tests.review.rooms import add_calls, make_room

SAID = "Sure, you can call me back on four one five, five five five, zero one three four, any day after nine."
SCRIPT = (("S1", 1.0, 8.0, "Good morning, how can I reach you?"), ("S2", 10.0, 30.0, SAID))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> tuple[Room, str]:
    folder = tmp_path_factory.mktemp("muted")
    made = make_room(folder / "room")
    (call,) = add_calls(made.workspace, folder / "more", ["Anna"], script=SCRIPT)
    return made, call


def sound_in(page: str, folder: Path) -> Samples:
    """The sound of a page that plays, as (samples,) at 16 kHz."""
    (encoded,) = set(re.findall(r"data:audio/mpeg;base64,([A-Za-z0-9+/=]+)", page))
    path = folder / "page.mp3"
    path.write_bytes(base64.b64decode(encoded))
    return np.concatenate([block[0] for block in PyAvAudio().blocks(path)])


def loudness(sound: Samples, start: float, end: float) -> float:
    return float(np.abs(sound[round(start * 16_000) : round(end * 16_000)]).mean())


def exported(room: tuple[Room, str], folder: Path, redactor: Redactor | None) -> Samples:
    made, call = room
    result = made.workspace.result(made.workspace.record(call))
    return sound_in(render(result, "html", leaving=HandedOver(redactor)), folder)


def test_the_page_of_a_call_is_silent_where_a_number_was_spoken_and_nowhere_else(
    room: tuple[Room, str], tmp_path: Path
) -> None:
    made, call = room
    redactor = rules_redactor()
    conversation = made.workspace.result(made.workspace.record(call)).conversation
    (span, *more) = masked_spans(redactor.conversation(conversation))
    assert not more
    # 21 words over 20 s from 10 s on, the digits being the 8th to the 17th: 10 + 20 * 7/21 to 10 + 20 * 17/21
    assert span.start == pytest.approx(16.67, abs=0.5)
    assert span.end == pytest.approx(26.19, abs=0.5)
    plain, muted = exported(room, tmp_path, None), exported(room, tmp_path, redactor)
    inside = (span.start + 0.2, span.end - 0.2)
    assert loudness(muted, *inside) < 0.01 * loudness(plain, *inside)
    for outside in ((1.0, span.start - 0.2), (span.end + 0.2, 55.0)):
        assert loudness(muted, *outside) == pytest.approx(loudness(plain, *outside), rel=0.05)
