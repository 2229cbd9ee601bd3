"""Checks of what is outside this machine: the language model's endpoint, and the bucket of results.

Nothing leaves unless a person asks for it, or the address is of this machine.
"""

import os
from collections.abc import Iterator

from pipeline.adapters.chat_address import is_local, key_of, shown_address, url_of
from pipeline.buckets import Bucket
from pipeline.domain.addresses import is_address, parsed_address
from pipeline.errors import FilmroomError
from pipeline.upkeep.findings import Finding, House, ok, problem, warning

_TIMEOUT_S = 5.0
_NOT_ASKED = "not asked, so that nothing leaves this machine: --online asks"


def endpoint(house: House) -> Iterator[Finding]:
    """Whether the endpoint of [llm] answers, knows the key and has the model: one request for its list of models."""
    settings = house.config.llm
    if not house.config.asks_language_model:
        return
    url = url_of(settings)
    if url is None:
        yield warning("endpoint", f"{settings.provider}'s own, which cannot be asked for its models", "try one call")
    elif not (house.online or is_local(url)):
        yield ok("endpoint", f"{shown_address(settings)}: {_NOT_ASKED}")
    else:
        yield from _asked(house, url)


def _asked(house: House, url: str) -> Iterator[Finding]:
    import httpx

    settings, address = house.config.llm, shown_address(house.config.llm)
    try:
        head = {"Authorization": f"Bearer {key_of(settings, os.environ)}"}
        answer = httpx.get(f"{url.rstrip('/')}/models", headers=head, timeout=_TIMEOUT_S, trust_env=False)
    except FilmroomError as error:
        yield problem("endpoint", error.message, error.hint)
        return
    except httpx.HTTPError as error:
        told = f"{address} does not answer: {type(error).__name__}"
        yield problem("endpoint", told, "start the server, or correct url in [llm]; calls would wait until it answers")
        return
    if answer.status_code in (401, 403):
        yield problem("endpoint", f"{address} refuses the key in {settings.key_variable}", "put a valid key there")
    elif answer.is_error:
        hint = "some servers have no list of models: then try one call"
        yield warning("endpoint", f"{address} answers {answer.status_code} when asked for its models", hint)
    else:
        yield _model(house, address, _names(answer))


def _names(answer: object) -> set[str]:
    """The models that the answer names; none where it is of another form."""
    from pydantic import BaseModel, ValidationError

    class Model(BaseModel):
        id: str

    class Models(BaseModel):
        data: list[Model]

    try:
        return {model.id for model in Models.model_validate_json(getattr(answer, "content", b"")).data}
    except ValidationError:
        return set()


def _model(house: House, address: str, names: set[str]) -> Finding:
    model = house.config.llm.model
    if model is None:
        return problem("endpoint", "no model is named", "set model in [llm]")
    if names and model not in names:
        known = ", ".join(sorted(names)[:5])
        return warning(
            "endpoint", f"{address} answers, and does not list {model}; it lists {known}", "check model in [llm]"
        )
    return ok("endpoint", f"{address} answers" + (f" and has {model}" if names else ""))


def bucket(house: House) -> Iterator[Finding]:
    """Whether the bucket of results can be reached, and keeps what is there from being written over."""
    store = house.config.store
    if store.objects is None or not is_address(store.objects):
        return
    if not (house.online or is_local(store.endpoint)):
        yield ok("bucket", f"{store.objects}: {_NOT_ASKED}")
        return
    address = parsed_address(store.objects)
    try:
        impatient = store.model_copy(update={"patience_s": min(store.patience_s, _TIMEOUT_S)})
        Bucket(address.bucket, impatient).require_create(address.key)
    except FilmroomError as error:
        yield problem("bucket", error.message, error.hint)
        return
    yield ok("bucket", f"{store.objects}: written, read, kept from being written over, and deleted again")


OUTSIDE_CHECKS = (endpoint, bucket)
