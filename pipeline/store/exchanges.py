"""Owns the exchanges with language models: each is an object of its own, so that none is ever paid for twice."""

from pipeline import __version__
from pipeline.domain.chat import ChatRequest, Exchange
from pipeline.domain.provenance import Provenance
from pipeline.store.objects import ObjectStore, Work

_STAGE = "exchange"
_CODE = 1


class KeptExchanges:
    """The exchanges of one workspace, by request and model; fulfils the port `Exchanges`."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def recall(self, model: str, request: ChatRequest) -> Exchange | None:
        """The exchange of this request with this model, or None. Raises: StoreError for a damaged file."""
        work = _work(request.key(model), model)
        return self._objects.get(_STAGE, work.key, Exchange)[0] if self._objects.has(work) else None

    def keep(self, exchange: Exchange) -> None:
        """Keeps it durably; an exchange that is there already stays as it is."""
        use = exchange.use
        made_by = Provenance(
            stage=_STAGE,
            code_version=__version__,
            model=exchange.model,
            input_tokens=use.input_tokens,
            cached_tokens=use.cached_tokens,
            output_tokens=use.output_tokens,
            cost_usd=exchange.cost_usd,
            seconds=exchange.seconds,
        )
        self._objects.put(_work(exchange.key, exchange.model), exchange, made_by)


def _work(key: str, model: str) -> Work:
    return Work(stage=_STAGE, code=_CODE, inputs=(key,), model=model)
