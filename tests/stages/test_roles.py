"""Roles: people's word first, then channels, then what was said."""

from pipeline.domain.correction import RoleCorrection
from pipeline.domain.recording import CallMetadata, Role
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker
from pipeline.stages.roles import assign_roles
from tests.conversations import Line, conversation

NOTHING = CallMetadata()
CALL: list[Line] = [
    ("rep", 0.0, 5.0, "Hi, this is Ann from Heron Lane. Is now a good time?"),
    ("customer", 5.0, 9.0, "Sure, go ahead."),
    ("rep", 9.0, 14.0, "How do you plan the week today?"),
    ("customer", 14.0, 30.0, "We use a spreadsheet and my boss hates it."),
]


def anonymous(lines: list[Line]) -> Conversation:
    """The conversation as diarization leaves it: nobody's role is known."""
    call = conversation(lines)
    speakers = tuple(Speaker(label=s.label, role="unknown", confidence=0.0, source="unknown") for s in call.speakers)
    turns = tuple(t.model_copy(update={"role": "unknown"}) for t in call.turns)
    return call.model_copy(update={"speakers": speakers, "turns": turns})


def roles(call: Conversation) -> dict[str, Role]:
    return {s.label: s.role for s in call.speakers}


def test_who_names_a_company_and_asks_is_the_rep() -> None:
    call = assign_roles(anonymous(CALL), metadata=NOTHING)
    assert roles(call) == {"S1": "rep", "S2": "customer"}
    assert [t.role for t in call.turns] == ["rep", "customer", "rep", "customer"]
    rep = call.speakers[0]
    assert rep.source == "inferred"
    assert rep.confidence > 0.8
    assert "asks 2 of 2 questions" in rep.reason


def test_the_name_of_the_rep_decides() -> None:
    lines: list[Line] = [("customer", 0.0, 5.0, "Hello, it's Tom."), ("rep", 5.0, 9.0, "Hello, this is Maya.")]
    call = assign_roles(anonymous(lines), metadata=CallMetadata(rep="Maya Olsen"))
    assert roles(call) == {"S2": "customer", "S1": "rep"}


def test_nothing_to_go_by_leaves_both_unknown() -> None:
    lines: list[Line] = [("rep", 0.0, 5.0, "The weather is fine."), ("customer", 5.0, 9.0, "The weather is fine.")]
    call = assign_roles(anonymous(lines), metadata=NOTHING)
    assert set(roles(call).values()) == {"unknown"}
    assert all(s.confidence == 0 and s.reason for s in call.speakers)


def test_one_voice_is_nobody_s_side() -> None:
    call = assign_roles(anonymous([CALL[0]]), metadata=NOTHING)
    assert roles(call) == {"S1": "unknown"}


def test_who_hardly_speaks_is_a_bystander() -> None:
    lines: list[Line] = [*CALL, ("other", 30.0, 30.5, "Coffee?")]
    assert roles(assign_roles(anonymous(lines), metadata=NOTHING))["S3"] == "other"


def test_a_person_s_correction_comes_first() -> None:
    corrections = [RoleCorrection(speaker="S1", role="customer", anchor=None)]
    call = assign_roles(anonymous(CALL), metadata=NOTHING, corrections=corrections)
    assert call.speakers[0].role == "customer"
    assert call.speakers[0].source == "person"


def test_a_correction_follows_the_voice_when_labels_change() -> None:
    # corrected as S1 at 14-30 s; in this run that voice is called S2
    corrections = [RoleCorrection(speaker="S1", role="other", anchor=Span(start=14.0, end=30.0))]
    call = assign_roles(anonymous(CALL), metadata=NOTHING, corrections=corrections)
    assert roles(call) == {"S1": "rep", "S2": "other"}


def test_roles_given_by_channels_are_not_inferred_away() -> None:
    call = conversation([("customer", 0.0, 5.0, "Thank you for calling, how can I help?"), CALL[0]])
    given = tuple(s.model_copy(update={"source": "channel"}) for s in call.speakers)
    assert roles(assign_roles(call.model_copy(update={"speakers": given}), metadata=NOTHING)) == roles(call)


def test_the_other_side_of_a_given_rep_is_the_customer() -> None:
    call = conversation(CALL)
    rep, customer = call.speakers
    half = (
        rep.model_copy(update={"source": "channel"}),
        customer.model_copy(update={"source": "unknown", "role": "unknown", "confidence": 0.0}),
    )
    assert roles(assign_roles(call.model_copy(update={"speakers": half}), metadata=NOTHING)) == {
        "S1": "rep",
        "S2": "customer",
    }


def test_who_opens_the_call_helps_to_tell_and_decides_nothing_alone() -> None:
    opening: list[Line] = [
        ("rep", 0.0, 5.0, "The weather is fine here this morning."),
        ("customer", 5.0, 9.0, "The weather is fine here as well."),
    ]
    assert set(roles(assign_roles(anonymous(opening), metadata=NOTHING)).values()) == {"unknown"}
    # one question more of each side: of three the opener asks two, which alone is 2 * (2 - 1) / 3 = 0.67, too little
    asking: list[Line] = [
        *opening,
        ("rep", 9.0, 11.0, "Do you plan that every week?"),
        ("customer", 11.0, 14.0, "We do that. Is it long?"),
        ("rep", 14.0, 15.0, "Do you like it?"),
    ]
    assert roles(assign_roles(anonymous(asking), metadata=NOTHING)) == {"S1": "rep", "S2": "customer"}


def test_a_short_answer_of_the_phone_does_not_open_the_call() -> None:
    lines: list[Line] = [
        ("customer", 0.0, 1.0, "Hello, Ann here."),
        ("rep", 1.0, 5.0, "Good morning, the weather is fine here."),
        ("customer", 5.0, 8.0, "We have rain. Is it long?"),
        ("rep", 8.0, 10.0, "Do you plan that? Do you like it?"),
    ]
    call = assign_roles(anonymous(lines), metadata=NOTHING)
    assert {s.label: s.role for s in call.speakers if "opens the call" in s.reason} == {"S1": "rep"}
