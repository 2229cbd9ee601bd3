"""What an object store in a bucket promises, seen against an S3 service on this machine."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.buckets import Bucket, may_use_http, on_this_machine
from pipeline.config.night import Store
from pipeline.domain.provenance import Provenance
from pipeline.domain.span import Span
from pipeline.errors import NotFoundError, StoreError, UnavailableError, UsageError
from pipeline.store.bucket_blobs import BucketBlobs
from pipeline.store.objects import ObjectStore, Work
from tests.store.s3_server import S3Service, faulty, s3_service

WORK = Work(stage="measure", code=1, inputs=("a",))
MADE = Provenance(stage="measure", code_version="1")


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Service]:
    with pytest.MonkeyPatch.context() as monkeypatch, s3_service(monkeypatch) as service:
        yield service


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)[-40:].strip("_")


def blobs(service: S3Service, prefix: str) -> BucketBlobs:
    return BucketBlobs(service.connect(), prefix)


def test_what_is_put_is_there_and_comes_back_as_it_was(s3: S3Service, prefix: str) -> None:
    store = ObjectStore(blobs(s3, prefix))
    assert not store.has(WORK)
    key = store.put(WORK, Span(start=0, end=1), MADE)
    assert store.has(WORK)
    assert store.get("measure", key, Span) == (Span(start=0, end=1), MADE)
    assert list(store.keys("measure")) == [key]
    assert store.name("measure", key) == f"measure/{key[:2]}/{key}.json"


def test_the_first_value_stays_whoever_puts_again(s3: S3Service, prefix: str) -> None:
    kept = blobs(s3, prefix)
    assert kept.create("a/b.json", b"first")
    assert not kept.create("a/b.json", b"second")
    assert kept.read("a/b.json") == b"first"


def test_of_eight_who_write_at_once_one_wins(s3: S3Service, prefix: str) -> None:
    kept = blobs(s3, prefix)
    with ThreadPoolExecutor(8) as people:
        won = list(people.map(lambda n: kept.create("one.json", b"%d" % n), range(8)))
    assert sum(won) == 1
    assert kept.read("one.json") == b"%d" % won.index(True)


def test_what_is_not_there_is_not_found_with_what_to_do(s3: S3Service, prefix: str) -> None:
    with pytest.raises(NotFoundError, match="no measure result"):
        ObjectStore(blobs(s3, prefix)).get("measure", "0" * 64, Span)


def test_a_damaged_object_is_named_with_its_place(s3: S3Service, prefix: str) -> None:
    kept = blobs(s3, prefix)
    kept.create(f"measure/00/{'0' * 64}.json", b'{"value": ')
    with pytest.raises(StoreError, match=f"cannot read s3://{s3.bucket}/{prefix}/measure/00/0"):
        ObjectStore(kept).get("measure", "0" * 64, Span)


def test_a_list_has_names_sizes_and_times_below_the_prefix_only(s3: S3Service, prefix: str) -> None:
    kept = blobs(s3, prefix)
    for name in ("x/1.json", "x/2.json", "xy/3.json"):
        kept.create(name, b"four")
    blobs(s3, prefix + "-other").create("x/9.json", b"")
    assert [(b.name, b.size) for b in kept.all("x")] == [("x/1.json", 4), ("x/2.json", 4)]
    assert [b.name for b in kept.all()] == ["x/1.json", "x/2.json", "xy/3.json"]
    assert list(kept.leftovers()) == []


def test_what_is_deleted_is_gone_and_deleting_again_is_nothing(s3: S3Service, prefix: str) -> None:
    kept = blobs(s3, prefix)
    kept.create("a.json", b"x")
    kept.delete("a.json")
    kept.delete("a.json")
    assert not kept.exists("a.json")


@pytest.mark.slow
def test_more_than_one_page_is_listed(s3: S3Service, prefix: str) -> None:
    """A service lists 1,000 objects at a time, so 1,001 take two answers."""
    with ThreadPoolExecutor(4) as people:
        list(people.map(lambda n: s3.put(f"{prefix}/{n:04d}.json", b""), range(1001)))
    assert [b.name for b in blobs(s3, prefix).all()] == [f"{n:04d}.json" for n in range(1001)]


def test_an_answer_that_was_lost_is_asked_for_again_and_the_object_stands_once(s3: S3Service, prefix: str) -> None:
    with faulty(s3) as (script, service):
        script.faults, script.methods = ["lost"], ("PUT",)
        blobs(service, prefix).create("a.json", b"whole")
        assert [method for method, _ in script.requests].count("PUT") == 2
    assert blobs(s3, prefix).read("a.json") == b"whole"


def test_a_request_that_was_dropped_before_it_was_done_is_sent_again(s3: S3Service, prefix: str) -> None:
    with faulty(s3) as (script, service):
        script.faults, script.methods = ["cut"], ("PUT",)
        assert blobs(service, prefix).create("a.json", b"whole")
    assert blobs(s3, prefix).read("a.json") == b"whole"


def test_another_writer_at_work_is_waited_for(s3: S3Service, prefix: str) -> None:
    """409 is no word that the object is there: the other write may fail."""
    with faulty(s3) as (script, service):
        script.faults, script.methods = ["busy"], ("PUT",)
        assert blobs(service, prefix).create("a.json", b"mine")
    assert blobs(s3, prefix).read("a.json") == b"mine"


def test_a_service_that_is_down_for_a_while_is_waited_for(s3: S3Service, prefix: str) -> None:
    with faulty(s3) as (script, service):
        script.faults = ["down", "down", "down"]
        assert blobs(service, prefix).create("a.json", b"x")


def test_a_service_that_stays_down_ends_the_wait_when_patience_does(s3: S3Service) -> None:
    """Asked every 1, 2, 4, ... s and then every 30 s for an hour of a clock that only sleeping moves on."""
    at = [0.0]

    def sleep(seconds: float) -> None:
        at[0] += seconds

    with faulty(s3) as (script, service):
        script.always = "down"
        settings = service.settings(patience_s=0.2).model_copy(update={"patience_s": 3600.0})
        bucket = Bucket(s3.bucket, settings, clock=lambda: at[0], sleep=sleep)
        bucket.library_patience_s = 0.0
        with pytest.raises(UnavailableError, match=r"cannot write a\.json"):
            bucket.create("a.json", b"x")
    assert 3600 <= at[0] < 3700
    assert not s3.connect().head("a.json")


def test_a_refusal_is_told_at_once_with_what_to_check_and_without_keys(s3: S3Service) -> None:
    with faulty(s3) as (script, service):
        script.always = "forbidden"
        with pytest.raises(UnavailableError) as told:
            service.connect().create("a.json", b"x")
    assert len(script.requests) == 1
    assert "403" in told.value.message
    assert "AWS_ACCESS_KEY_ID" in told.value.hint
    assert "test-secret" not in told.value.message + told.value.hint


def test_a_bucket_that_is_not_there_is_no_empty_bucket(s3: S3Service) -> None:
    missing = Bucket("not-there-at-all", s3.settings())
    for ask in (lambda: missing.create("a", b""), lambda: missing.read("a"), lambda: list(missing.all(""))):
        with pytest.raises(UnavailableError, match="s3://not-there-at-all"):
            ask()


def test_without_keys_nothing_is_asked(s3: S3Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(UnavailableError, match="AWS_SECRET_ACCESS_KEY is not set"):
        s3.connect().head("a")


def test_a_service_that_ignores_conditions_is_refused(s3: S3Service) -> None:
    """Without If-None-Match both writes of the probe succeed, and the second takes the first's place."""

    class Careless(Bucket):
        def create(self, key: str, data: bytes) -> bool:
            s3.put(key, data)
            return True

    s3.connect().require_create("probes")
    with pytest.raises(UnavailableError, match="ignores If-None-Match"):
        Careless(s3.bucket, s3.settings()).require_create("probes")
    assert list(s3.connect().all("probes")) == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"])
def test_this_machine_may_be_asked_without_tls(url: str) -> None:
    assert may_use_http(Store(endpoint=url))


def test_another_machine_is_asked_without_tls_only_when_the_settings_say_so() -> None:
    assert may_use_http(Store(endpoint="http://10.0.0.5:9000", allow_http=True))
    assert not may_use_http(Store(endpoint="https://10.0.0.5:9000"))
    with pytest.raises(UsageError, match="unencrypted"):
        may_use_http(Store(endpoint="http://10.0.0.5:9000"))


def test_a_service_on_this_machine_is_asked_past_the_proxies_of_the_environment(
    s3: S3Service, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a proxy results would leave a machine that they are kept on. Nothing listens at port 1."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert blobs(s3, prefix).create("a.json", b"x")
    assert on_this_machine(s3.settings())
    assert not on_this_machine(Store(endpoint="https://s3.example"))


def test_a_bucket_says_whether_what_is_deleted_stays(s3: S3Service) -> None:
    plain, keeps = s3.fresh().connect(), s3.fresh(versions=True).connect()
    for bucket in (plain, keeps):
        bucket.create("a.json", b"x")
    assert (plain.keeps_versions("a.json"), keeps.keeps_versions("a.json")) == (False, True)
    assert not keeps.keeps_versions("nothing.json")


def test_a_bucket_can_be_sent_to_another_process(s3: S3Service, prefix: str) -> None:
    """Workers are started afresh: the library's threads do not survive a fork."""
    kept = blobs(s3, prefix)
    kept.create("parent.json", b"x")
    code = "import pickle, sys; pickle.load(sys.stdin.buffer).create('child.json', b'y')"
    subprocess.run([sys.executable, "-c", code], input=pickle.dumps(kept), check=True, timeout=60)
    assert [b.name for b in kept.all()] == ["child.json", "parent.json"]
