"""What is written down of everything that people do with calls: who, what, to which call, when."""

from typing import Literal

from pydantic import AwareDatetime

from pipeline.domain.base import Value

AuditAction = Literal[
    "signed_in", "sign_in_failed", "signed_out", "viewed", "listened", "edited", "chose_improvement", "approved",
    "overrode_listening", "sent_back", "reopened", "commented", "comment_withdrawn", "corrected_speakers", "exported",
    "put_up_for_labelling", "labelled", "user_added", "user_changed", "user_removed", "token_made", "token_removed",
    "password_set", "signed_out_everywhere", "coached", "overrode_seal", "uploaded",
]  # fmt: skip
"""overrode_listening: approved without having heard all cited moments, for the reason in `detail`; overrode_seal:
opened the coaching of a picked call before its rep had commented; coached: an event of the coaching cycle, with its
kind, the person and its number in `detail`; uploaded: handed in a recording of a rehearsal."""


class AuditEvent(Value):
    """One line of the audit trail. `call` is absent for what concerns no call; `detail` never holds words of a call.

    `previous` is the SHA-256 of the line before, so that a line that was changed or taken out shows.
    """

    at: AwareDatetime
    user: str
    action: AuditAction
    call: str | None = None
    detail: str = ""
    address: str = ""
    previous: str = ""
