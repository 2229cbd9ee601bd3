"""A language model that is not asked for now, since its endpoint is silent."""

from collections.abc import Sequence

from pipeline.adapters.kept_chat import ReplayChat
from pipeline.domain.chat import ChatRequest, Exchange
from pipeline.errors import NotAnsweredError
from pipeline.ports import Exchanges, Progress, silent


class UnaskedChat:
    """Answers what was answered before, and sends nothing; fulfils `ChatModel`."""

    def __init__(self, identity: str, exchanges: Exchanges) -> None:
        self.identity = identity
        self._kept = ReplayChat(identity, exchanges)

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        """As `ChatModel.ask`. Raises: NotAnsweredError for what was never answered."""
        try:
            return self._kept.ask(requests, progress=progress)
        except NotAnsweredError as error:
            raise NotAnsweredError(
                f"not asked, since the endpoint of {self.identity} gave no answer to the calls before",
                hint="run again when the endpoint is there: nothing that was kept is made or paid for again",
            ) from error
