"""The rows of views that hold spoken words: call by call from the results themselves, redacted where that is asked."""

from collections.abc import Callable, Iterator

from pipeline.domain.assessment import Verification
from pipeline.domain.speech import Conversation
from pipeline.export.tables.writing import Row
from pipeline.store.workspace import Workspace

Redacted = Callable[[Conversation], Conversation]
"""The same conversation with some words masked, as many words as before."""


def as_spoken(conversation: Conversation) -> Conversation:
    """The conversation as it is kept."""
    return conversation


def turn_rows(workspace: Workspace, redacted: Redacted) -> Iterator[Row]:
    """The rows of the view turns, calls by id. Raises: StoreError."""
    for call, conversation, _ in _calls(workspace, redacted):
        for turn in conversation.turns:
            start, end = (turn.span.start, turn.span.end) if turn.span else (None, None)
            yield call, turn.id, turn.role, turn.speaker, start, end, turn.text


def quote_rows(workspace: Workspace, redacted: Redacted) -> Iterator[Row]:
    """The rows of the view quotes, calls by id. Raises: StoreError."""
    for call, conversation, found in _calls(workspace, redacted):
        for observation in found.observations:
            yield call, observation.id, observation.quote.turn_id, observation.quote.text(conversation)


def _calls(workspace: Workspace, redacted: Redacted) -> Iterator[tuple[str, Conversation, Verification]]:
    for call in workspace.calls.ids():
        record = workspace.record(call)
        conversation = workspace.objects.get("attribute", record.results["attribute"], Conversation)[0]
        found = workspace.objects.get("verify", record.results["verify"], Verification)[0]
        yield call, redacted(conversation), found
