"""What is said to leave this machine, under which settings."""

from pathlib import Path

import pytest

from pipeline.config import Config, LanguageModel, OidcProvider, ReviewRoom
from pipeline.config.night import RayCluster, Redact, Store, WebhookTarget
from pipeline.domain.chat import AnswerSchema, ChatRequest, Message
from pipeline.export.egress import egress
from pipeline.export.ways_out import Hook, Known, ways_out

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


def test_without_an_endpoint_a_bucket_is_at_amazons_of_its_region() -> None:
    (way,) = [w for w in ways_out(Config(store=Store(objects="s3://calls", region="eu-west-1"))) if w.what == "results"]
    assert way.to == "s3://calls at https://s3.eu-west-1.amazonaws.com"


def test_a_bucket_that_only_the_workspace_remembers_is_a_way_out_too() -> None:
    found = egress(Config(), known=Known(store=Store(objects="s3://calls/eu", endpoint="https://s3.example")))
    assert [w.to for w in found.ways if w.what == "results"] == ["s3://calls/eu at https://s3.example"]
    assert not found.nothing


def test_recordings_in_a_bucket_come_in_and_nothing_of_them_goes_out() -> None:
    found = egress(Config(store=Store(endpoint="https://s3.example")), known=Known(buckets=("calls", "older")))
    assert [w.to for w in found.ways if w.what == "recordings"] == [
        "s3://calls at https://s3.example",
        "s3://older at https://s3.example",
    ]
    assert found.nothing


def test_a_folder_is_no_way_out() -> None:
    assert egress(Config(store=Store(objects=str(Path("elsewhere"))))).nothing


def test_what_is_on_this_machine_is_no_way_out() -> None:
    target = WebhookTarget(url="http://127.0.0.1:9/x", secret_variable="S")
    store = Store(objects="s3://calls", endpoint="http://localhost:9000")
    oidc = OidcProvider(issuer="http://localhost:8080/realm", client_id="filmroom")
    config = Config(
        webhooks=(target,), store=store, review=ReviewRoom(oidc=oidc), engine="ray", ray=RayCluster(address="local")
    )
    known = Known(hooks=(Hook(user="anna", url="http://[::1]:8/hook"),), buckets=("calls",))
    assert [way.what for way in ways_out(config, known)] == ["weights"]


def test_a_cluster_elsewhere_and_a_webhook_are_ways_out() -> None:
    cluster = Config(engine="ray", ray=RayCluster(address="ray://head:10001"))
    assert [w.to for w in ways_out(cluster) if w.what == "words"] == ["the Ray cluster at ray://head:10001"]
    target = WebhookTarget(url="https://hooks.example/x?key=secret", secret_variable="S", events=("call.done",))
    (way,) = [w for w in ways_out(Config(webhooks=(target,))) if w.what == "events"]
    assert way.to == "https://hooks.example/x"
    assert "no words" in way.fields


def test_a_cluster_that_only_the_environment_names_is_one_too() -> None:
    found = ways_out(Config(engine="ray"), environment={"RAY_ADDRESS": "head:6379"})
    assert [w.to for w in found if w.what == "words"] == ["the Ray cluster at head:6379"]


def test_the_webhook_of_each_users_reminders_is_a_way_out_with_the_names_in_it() -> None:
    hook = Hook(user="anna", url="https://chat.example/hooks/1")
    (way,) = [w for w in ways_out(Config(), Known(hooks=(hook,))) if w.what == "reminders"]
    assert way.to == "https://chat.example/hooks/1"
    assert "the name of whom it is about" in way.fields
    assert "as anna asked" in way.when
    assert not egress(Config(), known=Known(hooks=(hook,))).nothing


@pytest.mark.parametrize(
    ("room", "to"),
    [
        (ReviewRoom(), []),
        (ReviewRoom(host="::1"), []),
        (ReviewRoom(host="0.0.0.0", hosts=("room.example",)), ["browsers that ask for room.example"]),
        (ReviewRoom(host="0.0.0.0"), ["browsers that ask for 0.0.0.0"]),
        (ReviewRoom(hosts=("room.example",)), ["browsers that ask for room.example"]),  # behind a proxy of this machine
    ],
)
def test_a_room_that_is_reached_from_elsewhere_shows_calls_there(room: ReviewRoom, to: list[str]) -> None:
    assert [w.to for w in ways_out(Config(review=room)) if w.what == "pages"] == to


def test_the_proxies_of_the_environment_are_named_without_their_passwords() -> None:
    environment = {
        "HTTPS_PROXY": "http://me:secret@proxy.example:3128",
        "http_proxy": "proxy.example:3128",
        "NO_PROXY": "x",
    }
    assert egress(Config(), environment=environment).proxies == ("http://proxy.example:3128",)
    assert egress(Config(), environment={}).proxies == ()
