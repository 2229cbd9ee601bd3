"""An S3 service on this machine (moto), and one in front of it whose answers a test can lose, refuse or hold back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from uuid import uuid4
from xml.etree import ElementTree

import httpx
import pytest

from pipeline.buckets import Bucket
from pipeline.config.night import Store

Fault = Literal["down", "lost", "cut", "busy", "forbidden"]
"""down: 503; lost: it is done, and the connection ends without an answer; cut: the request is dropped before it is
done; busy: 409, as when another write of the same key is under way; forbidden: 403."""


@dataclass
class S3Service:
    """A service at an address, with keys that it takes for right."""

    url: str
    bucket: str

    def settings(self, prefix: str = "team", **more: object) -> Store:
        """The table [store] for it: impatient, so that tests are quick."""
        said = {"objects": f"s3://{self.bucket}/{prefix}", "endpoint": self.url, "patience_s": 5.0, **more}
        return Store.model_validate(said)

    def connect(self) -> Bucket:
        """Its bucket."""
        return Bucket(self.bucket, self.settings())

    def put(self, key: str, data: bytes) -> None:
        """Lay an object there, as somebody else's program would."""
        _CLIENT.put(f"{self.url}/{self.bucket}/{key}", content=data, headers=_AS_ANYBODY).raise_for_status()

    def fresh(self, *, versions: bool = False) -> "S3Service":
        """The same service with another bucket, which is new; with `versions` it keeps what is deleted."""
        made = S3Service(self.url, f"calls-{uuid4().hex[:12]}")
        address = f"{made.url}/{made.bucket}"
        _CLIENT.put(address, headers=_AS_ANYBODY).raise_for_status()
        if versions:
            _CLIENT.put(f"{address}?versioning", content=_VERSIONING, headers=_AS_ANYBODY).raise_for_status()
        return made

    def contents(self) -> dict[str, bytes]:
        """Every object of the bucket, by key."""
        bucket = self.connect()
        return {found.key: bucket.read(found.key) for found in bucket.all("")}

    def versions(self) -> list[tuple[str, bytes]]:
        """Every version of every object that the bucket has, deleted ones among them, with its bytes."""
        address = f"{self.url}/{self.bucket}"
        listed = ElementTree.fromstring(_CLIENT.get(f"{address}?versions", headers=_AS_ANYBODY).text)
        found = [
            (each.findtext(f"{_NS}Key"), each.findtext(f"{_NS}VersionId")) for each in listed.iter(f"{_NS}Version")
        ]
        return [
            (str(key), _CLIENT.get(f"{address}/{key}?versionId={version}", headers=_AS_ANYBODY).content)
            for key, version in found
        ]


_CLIENT = httpx.Client(trust_env=False)
_NS = "{http://s3.amazonaws.com/doc/2006-03-01/}"
_VERSIONING = f'<VersioningConfiguration xmlns="{_NS[1:-1]}"><Status>Enabled</Status></VersioningConfiguration>'
_AS_ANYBODY = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/s3/aws4_request"}


@contextmanager
def s3_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Service]:
    """A service with one new bucket; the environment has keys for it."""
    import logging

    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test-secret")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        service = S3Service(f"http://{host}:{port}", f"calls-{uuid4().hex[:12]}")
        _CLIENT.put(f"{service.url}/{service.bucket}", headers=_AS_ANYBODY).raise_for_status()
        yield service
    finally:
        server.stop()


@dataclass
class FaultyS3:
    """A service that passes requests on.

    `faults` are what happens to the next ones of `methods`, one each; from request `down_after` on it is down.
    """

    behind: S3Service
    faults: list[Fault | None] = field(default_factory=list)
    methods: tuple[str, ...] = ("PUT", "GET", "HEAD", "DELETE")
    requests: list[tuple[str, str]] = field(default_factory=list)
    always: Fault | None = None
    down_after: int | None = None

    def next_fault(self, method: str) -> Fault | None:
        """What happens to this request."""
        if self.down_after is not None and len(self.requests) > self.down_after:
            return "down"
        if method not in self.methods:
            return None
        return self.faults.pop(0) if self.faults else self.always


@contextmanager
def faulty(behind: S3Service) -> Iterator[tuple[FaultyS3, S3Service]]:
    """What decides over faults, and the service that has them."""
    script = FaultyS3(behind)

    class Passing(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            script.requests.append((self.command, self.path))
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = script.next_fault(self.command)
            if fault == "cut":
                self.close_connection = True
                return
            if fault in _STATUS:
                self._answer(httpx.Response(_STATUS[fault], content=b"<Error><Code>SlowDown</Code></Error>"))
                return
            headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
            answer = _CLIENT.request(self.command, behind.url + self.path, content=data, headers=headers)
            if fault == "lost":
                self.close_connection = True
                return
            self._answer(answer)

        def _answer(self, answer: httpx.Response) -> None:
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server"):
                    self.send_header(name, value)
            length = answer.headers.get("content-length", "0") if self.command == "HEAD" else str(len(answer.content))
            self.send_header("Content-Length", length)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.content)

        do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _pass_on

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a test reads `requests`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield script, S3Service(f"http://127.0.0.1:{server.server_address[1]}", behind.bucket)
    finally:
        server.shutdown()
        server.server_close()


_STATUS: dict[Fault | None, int] = {"down": 503, "busy": 409, "forbidden": 403}
