"""Other programs are told when feedback is approved, and of nothing before that."""

import base64
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.config.night import WebhookTarget
from pipeline.review.room import open_room
from pipeline.store.outbox import Outbox
from tests.review.drafts.typing_in import fields_of
from tests.review.rooms import NOW, call_of, client, make_room


def test_an_approval_is_put_into_the_outbox_and_an_edit_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", base64.b64encode(bytes(32)).decode())
    made = make_room(tmp_path)
    made.close()
    target = WebhookTarget(url="https://crm.example.com/", secret_variable="HOOK_SECRET")
    room = open_room(made.workspace, Config(webhooks=(target,)), now=lambda: NOW)
    call, outbox = call_of(room, "Anna"), Outbox(room.workspace.root / "outbox")
    try:
        browser = client(room, "mark")
        assert browser.get(f"/calls/{call}/draft").status_code == 200
        assert list(outbox.waiting()) == []
        form = fields_of(browser.get(f"/calls/{call}/draft").text, "approve")
        done = browser.post(f"/calls/{call}/draft/approve", data={**form, "override": "heard it live"})
        assert done.status_code in (200, 303)
        (one,) = outbox.waiting()
    finally:
        room.close()
    assert (one.delivery.what.type, one.delivery.what.data) == ("feedback.approved", {"call": call, "review": 1})
