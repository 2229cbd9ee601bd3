"""A recorded one-to-one: the manager has the role rep and the rep the role customer, and every text says who is who."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.metrics import Measure
from pipeline.domain.recording import CallMetadata, Role, Stage
from pipeline.domain.result import CallResult
from pipeline.domain.rubric import Parties
from pipeline.domain.speech import Conversation, Speaker
from pipeline.errors import MetadataError
from pipeline.export.html import to_html
from pipeline.export.markdown import to_markdown
from pipeline.export.terminal import to_text
from pipeline.rubrics import content_hash, find_rubric
from pipeline.stages.draft import draft
from pipeline.stages.ingest import Candidate, discover
from pipeline.stages.ingest.metadata import parse_metadata
from pipeline.stages.ingest.sidecar import read_sidecar
from pipeline.stages.measure import measure
from pipeline.stages.roles import assign_roles
from tests.conversations import Line, conversation
from tests.export.call import make_call
from tests.stage_calls import TODAY, by_hand, labelled, reviewed, rubric

ONE_TO_ONE = Parties(rep="manager", customer="rep", coach="their manager", talk="one-to-one")
MIXED: list[Line] = [
    ("rep", 0.0, 4.0, "How do you think it went? And what did you do well?"),
    ("customer", 4.0, 12.0, "I said hello, this is Emma from Heron Lane, is now a good time, and he said yes."),
    ("rep", 12.0, 15.0, "What would you change?"),
    ("customer", 15.0, 24.0, "When I said let me show you our product, he had stopped listening."),
]
"""A talk in which the manager asks, and the rep repeats what was said in a sales call."""


@pytest.fixture(scope="module")
def talk() -> CallResult:
    call, made = labelled("coaching")[0], rubric("coaching")
    outcome = reviewed(call, made, by_hand(call))
    recording = make_call().recording.model_copy(
        update={"metadata": CallMetadata(rep="Emma Sand", manager="Ada Brook", stage=Stage.COACHING)}
    )
    return make_call().model_copy(
        update={
            "recording": recording,
            "conversation": call.conversation,
            "metrics": call.metrics,
            "rubric": made,
            "observations": outcome.observations,
            "rejected": (),
            "assessment": outcome.assessment,
            "draft": outcome.draft,
        }
    )


def test_names_are_swapped_at_once_and_keep_their_capital() -> None:
    assert ONE_TO_ONE.named("Rep and manager") == "Manager and their manager"
    assert ONE_TO_ONE.named("The customer's last word and the rep's") == "The rep's last word and the manager's"
    assert ONE_TO_ONE.named("in the opening of the call") == "in the opening of the one-to-one"
    assert ONE_TO_ONE.named("repeated, recall, customers, calls") == "repeated, recall, customers, calls"


@given(st.text())
def test_usual_names_change_no_text(text: str) -> None:
    lower = Parties().named(text)
    assert lower.lower() == text.lower()
    assert Parties().named("Rep's share of the call, customer") == "Rep's share of the call, customer"


def test_names_change_the_content_hash_and_the_usual_ones_do_not() -> None:
    discovery = find_rubric("discovery").rubric
    renamed = discovery.model_copy(update={"parties": ONE_TO_ONE})
    assert content_hash(renamed) != content_hash(discovery)
    spelled_out = discovery.model_copy(update={"parties": Parties(rep="rep", talk="call")})
    assert content_hash(spelled_out) == content_hash(discovery)


def test_the_hash_of_the_discovery_rubric_is_the_one_that_work_was_done_under() -> None:
    # Computed before rubrics had names for the parties; raise the version with it when the rubric's content changes.
    assert find_rubric("discovery").sha256 == "7c906a4b7fc16d7c57d55ccafdd5ae4d2ed58b5f79edd11fe716c59d886bd739"


def stated(tmp_path: Path, fields: dict[str, object]) -> CallMetadata:
    path = tmp_path / "call.json"
    path.write_text(json.dumps(fields), encoding="utf-8")
    return parse_metadata(read_sidecar(path), path).metadata


def test_channels_of_a_one_to_one_are_those_of_manager_and_rep(tmp_path: Path) -> None:
    channels = {"0": "rep", "1": "manager", "2": "other"}
    metadata = stated(tmp_path, {"stage": "coaching", "channels": channels})
    assert metadata.stage is Stage.COACHING
    assert metadata.channels == {"0": "customer", "1": "rep", "2": "other"}


def test_two_files_of_a_one_to_one_are_those_of_manager_and_rep(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).write_bytes(b"RIFF")
    sides = {"stage": "coaching", "sides": {"rep": "a.wav", "manager": "b.wav"}}
    (tmp_path / "talk.json").write_text(json.dumps(sides), encoding="utf-8")
    (found,) = discover([tmp_path])
    assert isinstance(found, Candidate)
    assert found.problem is None
    assert [(file.path.name, file.role) for file in found.files] == [("b.wav", "rep"), ("a.wav", "customer")]


@pytest.mark.parametrize(
    ("fields", "said", "hint"),
    [
        ({"channels": {"0": "manager", "1": "rep"}}, "a role in a one-to-one only", "add stage: coaching"),
        ({"stage": "demo", "channels": {"0": "manager"}}, "a role in a one-to-one only", "who speaks is other"),
        ({"sides": {"manager": "a.wav", "rep": "b.wav"}}, "a role in a one-to-one only", "add stage: coaching"),
        ({"stage": "coaching", "channels": {"0": "customer"}}, "no customer in a one-to-one", '"0": "manager"'),
        ({"stage": "coaching", "sides": {"customer": "a.wav"}}, "no customer in a one-to-one", '"manager": "a.wav"'),
        ({"stage": "coaching", "channels": {"0": "boss"}}, "'boss'", "manager, rep, other, unknown"),
    ],
)  # fmt: skip
def test_a_role_that_does_not_fit_the_stage_is_refused_with_what_to_write(
    tmp_path: Path, fields: dict[str, object], said: str, hint: str
) -> None:
    with pytest.raises(MetadataError) as caught:
        stated(tmp_path, fields)
    assert said in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.line == 1


def anonymous(lines: list[Line]) -> Conversation:
    call = conversation(lines)
    speakers = tuple(Speaker(label=s.label, role="unknown", confidence=0.0, source="unknown") for s in call.speakers)
    return call.model_copy(update={"speakers": speakers})


def roles(lines: list[Line], metadata: CallMetadata) -> dict[str, Role]:
    return {s.label: s.role for s in assign_roles(anonymous(lines), metadata=metadata).speakers}


def test_in_a_mixed_one_to_one_who_asks_is_taken_for_the_manager_and_sales_talk_says_nothing() -> None:
    assert roles(MIXED, CallMetadata(stage=Stage.COACHING)) == {"S1": "rep", "S2": "customer"}
    # The same words in a sales call: who introduces themselves and shows a product is the rep.
    assert roles(MIXED, CallMetadata(stage=Stage.DEMO)) == {"S1": "customer", "S2": "rep"}


def test_in_a_mixed_one_to_one_where_both_ask_alike_nobody_is_guessed_without_a_name() -> None:
    alike: list[Line] = [
        ("rep", 0.0, 4.0, "Hi, it's Ada. Shall we start?"),
        ("customer", 4.0, 8.0, "Yes, what do we begin with?"),
    ]
    assert set(roles(alike, CallMetadata(stage=Stage.COACHING)).values()) == {"unknown"}
    named = CallMetadata(stage=Stage.COACHING, manager="Ada Brook", rep="Emma Sand")
    assert roles(alike, named) == {"S1": "rep", "S2": "customer"}


def test_every_page_of_a_one_to_one_names_the_manager_and_the_rep(talk: CallResult) -> None:
    for page in (to_text(talk), to_markdown(talk), to_html(talk)):
        assert "One-to-one with Emma Sand" in page
        assert "Manager's share of the talk" in page.replace("&#39;", "'")
        assert "Rep's speaking time" in page.replace("&#39;", "'")
        # 45.7% of the words at one pace: the manager's lane; the rest is the rep's.
        assert "Manager 46%" in page or "Manager <b>46%</b>" in page
        assert "Rep 54%" in page or "Rep <b>54%</b>" in page
        assert "Customer" not in page.replace("--customer", "")
        assert "Manager and their manager" in page
        assert "This call" not in page


def test_the_html_page_names_the_speaker_of_each_turn_and_in_its_key(talk: CallResult) -> None:
    page = to_html(talk)
    assert page.count('<span lang="en">Manager</span>') == 20
    assert page.count('<span lang="en">Rep</span>') == 19
    assert '<span class="rep">manager</span><span class="customer">rep</span>' in page


def test_a_sales_call_keeps_its_names() -> None:
    page = to_html(make_call())
    assert '<span class="rep">rep</span><span class="customer">customer</span>' in page
    assert '<span lang="en">Customer</span>' in page
    assert "Rep and manager" in page


def test_a_missed_moment_of_a_one_to_one_is_told_as_the_words_of_the_rep() -> None:
    call, made = labelled("coaching")[0], rubric("coaching")
    claims = [c for c in by_hand(call) if c.behaviour not in ("gap_looked_at", "wish_voiced", "told_what_to_do")]
    outcome = reviewed(call, made, claims)
    (missed,) = outcome.assessment.verdict("gap_looked_at").missed
    assert missed.text == "I don't know."
    assert "the rep said: “I don't know.”" in outcome.draft.text


def test_without_times_the_draft_counts_the_turns_of_manager_and_rep() -> None:
    call, made = labelled("coaching")[0], rubric("coaching")
    turns = tuple(
        turn.model_copy(update={"words": tuple(w.model_copy(update={"span": None}) for w in turn.words)})
        for turn in call.conversation.turns
    )
    untimed = call.conversation.model_copy(update={"turns": turns, "speech": (), "timed": False, "duration": 0.0})
    metrics = measure(untimed)
    none = tuple(Measure(name=m.name, value=None, unit=m.unit, unavailable="no times") for m in metrics.measures)
    outcome = reviewed(call, made, ())
    told = draft(
        conversation=untimed,
        rubric=made,
        metrics=metrics.model_copy(update={"measures": none}),
        observations=(),
        assessment=outcome.assessment,
        today=TODAY,
    )
    assert "The one-to-one has 20 turns of yours and 19 of the rep's." in told.text
