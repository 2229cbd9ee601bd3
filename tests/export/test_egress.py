"""What is said to leave this machine, under which settings."""

from pathlib import Path

from pipeline.config import Config, LanguageModel
from pipeline.config.night import RayCluster, Redact, Store, WebhookTarget
from pipeline.domain.chat import AnswerSchema, ChatRequest, Message
from pipeline.export.egress import egress, ways_out

ELSEWHERE = LanguageModel(model="m", url="https://user:secret@models.example/v1")
HERE = LanguageModel(model="m", url="http://127.0.0.1:8080/v1")
REQUEST = ChatRequest(
    call="c1",
    about="opening",
    messages=(Message(role="user", text="t0001 REP: [phone]"),),
    answer=AnswerSchema.of("found", {}),
    max_tokens=10,
)


def test_with_the_settings_that_come_nothing_of_any_call_leaves() -> None:
    found = egress(Config())
    assert found.nothing
    assert [way.what for way in found.ways] == ["weights"]


def test_a_model_elsewhere_is_sent_words_and_its_address_shows_no_password() -> None:
    found = egress(Config(reader="llm", llm=ELSEWHERE), [REQUEST], n_calls=1)
    assert not found.nothing
    (way,) = [way for way in found.ways if way.what == "words"]
    assert (way.to, way.masked) == ("https://models.example/v1", Redact().kinds)
    assert "secret" not in found.model_dump_json()
    # 18 characters of the message and 2 of the schema {}
    assert (found.sent[0].messages, found.n_characters) == (("user: t0001 REP: [phone]",), 20)


def test_a_model_on_this_machine_is_no_way_out() -> None:
    found = egress(Config(reader="llm", llm=HERE), [REQUEST])
    assert found.nothing
    assert found.sent == ()


def test_a_drafter_elsewhere_is_a_way_out_too_and_masks_may_be_off() -> None:
    config = Config(reader="similarity", drafter="llm", llm=ELSEWHERE, redact=Redact(leaving=False))
    (way,) = [way for way in ways_out(config) if way.what == "words"]
    assert "drafter" in way.fields
    assert "reader" not in way.fields
    assert way.masked == ()


def test_a_bucket_has_results_masked_only_where_they_are_stored_so() -> None:
    bucket = Store(objects="s3://calls/eu", endpoint="https://s3.example")
    (way,) = [w for w in ways_out(Config(store=bucket)) if w.what == "results"]
    assert (way.to, way.masked) == ("s3://calls/eu at https://s3.example", ())
    (way,) = [w for w in ways_out(Config(store=bucket, redact=Redact(stored=True))) if w.what == "results"]
    assert way.masked == Redact().kinds
    assert not egress(Config(store=bucket)).nothing


def test_a_folder_is_no_way_out() -> None:
    assert egress(Config(store=Store(objects=str(Path("elsewhere"))))).nothing


def test_a_cluster_elsewhere_and_a_webhook_are_ways_out() -> None:
    cluster = Config(engine="ray", ray=RayCluster(address="ray://head:10001"))
    assert [w.to for w in ways_out(cluster) if w.what == "words"] == ["ray://head:10001"]
    target = WebhookTarget(url="https://hooks.example/x", secret_variable="S", events=("call.done",))
    (way,) = [w for w in ways_out(Config(webhooks=(target,))) if w.what == "events"]
    assert way.to == "https://hooks.example/x"
    assert "no words" in way.fields
