"""The API under requests that schemathesis makes from its own description: never a fault of ours."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Err

from pipeline.domain.labels import LabelTask
from pipeline.review.app import make_app
from pipeline.review.room import Room
from tests.review.rooms import NOW, call_of, make_room, token_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
USERS = ("mark", "adam", "otto")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = make_room(tmp_path_factory.mktemp("fuzzed"), ("Anna",))
    call = call_of(room, "Anna")
    room.workspace.label_tasks.append(call, LabelTask(call=call, raters=("otto",), record=1, by="mark", at=NOW))
    yield room
    room.close()


@pytest.mark.parametrize("user", USERS)
def test_no_request_makes_a_fault_of_ours(room: Room, user: str) -> None:
    """Each place gets 25 requests, and the same again against a call and people that are there."""
    headers = {"Authorization": f"Bearer {token_of(room, user)}", "Host": "127.0.0.1:8765"}
    known = {"call": call_of(room, "Anna"), "user": "bert", "user_id": "bert"}
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", make_app(room), headers=headers)
    n_places = 0
    for found in schema.get_all_operations():
        assert not isinstance(found, Err), found
        operation = found.ok()
        n_places += 1

        @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def requests(case: "schemathesis.Case[Any]") -> None:
            answer = case.call(headers=headers)
            assert answer.status_code < 500, f"{case.method} {case.path}: {answer.text}"
            case.path_parameters = {**(case.path_parameters or {}), **known}
            answer = case.call(headers=headers)
            assert answer.status_code < 500, f"{case.method} {case.path}: {answer.text}"

        requests()
    assert n_places > 30
