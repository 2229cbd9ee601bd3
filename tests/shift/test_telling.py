"""What webhooks hear of a night."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.announce import Announcer
from pipeline.config.night import WebhookTarget
from pipeline.domain.announcement import Announcement
from pipeline.domain.night import Counts, NightStart, NightState
from pipeline.domain.work import CallOutcome
from pipeline.shift.telling import Telling
from pipeline.store.outbox import Outbox

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


class ScriptedPost:
    """Keeps the bodies that it is sent."""

    def __init__(self) -> None:
        self.bodies: list[Announcement] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        assert url.startswith("https://")
        assert headers["webhook-signature"].startswith("v1,")
        self.bodies.append(Announcement.model_validate_json(body))


def night(counts: Counts) -> NightState:
    start = NightStart(id="n1", began=NOW, engine="local", settings="0" * 12, host="here", pid=1)
    return NightState(start=start, at=NOW, seconds=61.26, counts=counts, ended="finished")


def test_a_night_is_told_call_by_call_and_at_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", base64.b64encode(bytes(32)).decode())
    target = WebhookTarget(url="https://crm.example.com/", secret_variable="HOOK_SECRET")
    sends = ScriptedPost()
    telling = Telling(Announcer(Outbox(tmp_path), [target], send=sends, now=lambda: NOW), every_s=3600)
    path = tmp_path / "Acme, Jane Roe.wav"
    telling.finished(1, CallOutcome(call="c0123456789ab", path=path, status="done", seconds=2))
    telling.finished(2, CallOutcome(call="c0123456789ac", path=path, status="skipped", seconds=0))
    reason = f"transcribe: {path}: no"
    telling.finished(3, CallOutcome(call=None, path=path, status="quarantined", reason=reason, seconds=0))
    telling.ended(night(Counts(done=1, skipped=1, quarantined=1)))
    told = {body.type: body.data for body in sends.bodies}
    assert told == {
        "call.done": {"call": "c0123456789ab", "seconds": 2.0},
        "call.quarantined": {"call": None, "stage": "transcribe"},
        "run.ended": {
            "run": "n1", "ended": "finished", "seconds": 61.3, "done": 1, "skipped": 1, "quarantined": 1, "waiting": 0,
        },
    }  # fmt: skip
    assert "Roe" not in "".join(body.model_dump_json() for body in sends.bodies)
