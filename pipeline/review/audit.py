"""Owns the audit trail: one line for everything that people do with calls, in audit.jsonl of the workspace."""

from collections.abc import Callable
from datetime import datetime

from pipeline.domain.audit import AuditAction, AuditEvent
from pipeline.store.journal import Journal
from pipeline.store.workspace import Workspace


class Audit:
    """The trail of one workspace."""

    def __init__(self, workspace: Workspace, *, now: Callable[[], datetime]) -> None:
        self._journal = Journal(workspace.root / "audit.jsonl", AuditEvent)
        self._now = now

    def tell(
        self, user: str, action: AuditAction, *, call: str | None = None, detail: str = "", address: str = ""
    ) -> None:
        """Write one line down; what changes something waits until it is on the disk. Raises: StoreError."""
        event = AuditEvent(at=self._now(), user=user, action=action, call=call, detail=detail, address=address)
        self._journal.append(event, durable=action not in ("viewed", "listened"))
