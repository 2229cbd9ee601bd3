"""Answers as values: validated, repaired once, failed as data."""

from collections.abc import Callable, Sequence

import pytest

from pipeline.adapters.structured import ask_for, repair_prompt
from pipeline.domain.chat import ChatRequest, Exchange, Message, TokenUse
from pipeline.ports import Progress, silent
from tests.adapters.chatting import GOOD, Colour, question

Said = tuple[str, str]
"""What an answer says, and how it ended."""


class ScriptedChat:
    """Answers as a function of the request says, and remembers what it was asked, round by round."""

    identity = "scripted"

    def __init__(self, reply: Callable[[ChatRequest], Said | Exchange]) -> None:
        self.rounds: list[tuple[ChatRequest, ...]] = []
        self._reply = reply

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        self.rounds.append(tuple(requests))
        progress(1.0)
        return tuple(self._exchange(request) for request in requests)

    def _exchange(self, request: ChatRequest) -> Exchange:
        said = self._reply(request)
        return said if isinstance(said, Exchange) else exchange(request, said[0], finish=said[1])


def exchange(request: ChatRequest, text: str, *, finish: str = "stop", refusal: str | None = None) -> Exchange:
    use = TokenUse(input_tokens=10, output_tokens=1)
    return Exchange(
        request=request, model="scripted", text=text, finish=finish, refusal=refusal, body="{}", use=use, seconds=0.1
    )


def in_turn(*texts: Said) -> ScriptedChat:
    """One that says these texts, round after round, to each request of a round the same."""
    chat: ScriptedChat
    chat = ScriptedChat(lambda _: texts[len(chat.rounds) - 1])
    return chat


def test_a_good_answer_is_a_value_with_its_exchange() -> None:
    chat = in_turn((GOOD, "stop"))
    (found,) = ask_for(chat, [question()], Colour)
    assert (found.value, found.reason, len(found.exchanges)) == (Colour(colour="red"), None, 1)
    assert len(chat.rounds) == 1


def test_a_whole_object_counts_even_where_the_server_says_it_was_cut_off() -> None:
    (found,) = ask_for(in_turn((f"{GOOD} and then", "length")), [question()], Colour)
    assert found.value == Colour(colour="red")


def test_a_wrong_value_is_asked_for_again_with_what_is_wrong() -> None:
    chat = in_turn(('{"colour": "blue"}', "stop"), (GOOD, "stop"))
    (found,) = ask_for(chat, [question()], Colour)
    ((repair,),) = chat.rounds[1:]
    assert found.value == Colour(colour="red")
    assert len(found.exchanges) == 2
    assert repair.messages[:2] == question().messages
    assert repair.messages[2] == Message(role="assistant", text='{"colour": "blue"}')
    assert "colour: Input should be 'red' or 'green'" in repair.messages[3].text
    assert (repair.answer, repair.max_tokens, repair.about) == (question().answer, question().max_tokens, "colour")


def test_a_check_is_told_the_first_request_and_its_words_reach_the_model() -> None:
    chat = in_turn((GOOD, "stop"))
    asked: list[ChatRequest] = []

    def check(request: ChatRequest, value: Colour) -> str | None:
        asked.append(request)
        return f"{value.colour} was not on the list"

    chat = in_turn((GOOD, "stop"), (GOOD, "stop"))
    (found,) = ask_for(chat, [question()], Colour, check=check)
    assert asked == [question(), question()]
    assert "red was not on the list." in chat.rounds[1][0].messages[-1].text
    assert found.reason == "model_failed: wrong value: red was not on the list (asked twice)"


def test_an_answer_that_was_cut_off_is_asked_for_again_with_more_room_and_not_pasted_back() -> None:
    chat = in_turn(('{"colour": "re', "length"), (GOOD, "stop"))
    (found,) = ask_for(chat, [question(max_tokens=100)], Colour)
    repair = chat.rounds[1][0]
    assert repair.messages == question().messages
    assert repair.max_tokens == 200
    assert found.value == Colour(colour="red")


def test_the_room_of_a_repair_does_not_depend_on_what_was_looked_at_before() -> None:
    request = question()
    assert request.n_characters > 0  # a cached value that must not be carried into the other request
    chat = in_turn(("no", "stop"), (GOOD, "stop"))
    ask_for(chat, [request], Colour)
    repair = chat.rounds[1][0]
    assert repair.n_characters == sum(len(m.text) for m in repair.messages) + len(repair.answer.text)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (("", "content_filter"), "filtered"),
        (("I cannot say.", "content_filter"), "filtered"),
    ],
)
def test_what_was_filtered_is_not_asked_again(said: Said, reason: str) -> None:
    chat = in_turn(said)
    (found,) = ask_for(chat, [question()], Colour)
    assert found.reason is not None
    assert found.reason.startswith(f"model_failed: {reason}: ")
    assert len(chat.rounds) == 1


def test_a_refusal_is_not_asked_again_and_its_words_are_the_reason() -> None:
    chat = ScriptedChat(lambda request: exchange(request, "", refusal="I cannot\nhelp."))
    (found,) = ask_for(chat, [question()], Colour)
    assert found.reason == "model_failed: refusal: I cannot help."
    assert len(chat.rounds) == 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (("", "none"), "model_failed: no answer: it is empty (finish: none) (asked twice)"),
        (("Red.", "stop"), "model_failed: no JSON: it has no JSON object (asked twice)"),
        (('{"colour": "re', "length"), "model_failed: truncated: it was cut off at 400 tokens (asked twice)"),
        (
            ('{"color": "red"}', "stop"),
            "model_failed: wrong value: colour: Field required; color: Extra inputs are not",
        ),
    ],
)
def test_what_fails_twice_is_data_with_the_reason(said: Said, reason: str) -> None:
    (found,) = ask_for(in_turn(said, said), [question()], Colour)
    assert found.value is None
    assert found.reason is not None
    assert found.reason.startswith(reason)
    assert len(found.exchanges) == 2


def test_an_empty_answer_is_repaired_without_two_messages_of_one_speaker() -> None:
    chat = in_turn(("", "stop"), (GOOD, "stop"))
    ask_for(chat, [question()], Colour)
    assert [message.role for message in chat.rounds[1][0].messages] == ["system", "user"]
    assert chat.rounds[1][0].messages[1].text.startswith("Which colour?\n\n")


def test_repairs_are_asked_together_and_answers_stay_in_order() -> None:
    bad = {"1?", "3?"}

    def reply(request: ChatRequest) -> Said:
        return ("no" if request.messages[-1].text in bad else GOOD, "stop")

    chat = ScriptedChat(reply)
    found = ask_for(chat, [question(text=f"{n}?") for n in range(5)], Colour)
    assert [len(asked) for asked in chat.rounds] == [5, 2]
    assert [len(answer.exchanges) for answer in found] == [1, 2, 1, 2, 1]
    assert [answer.exchanges[0].request.messages[1].text for answer in found] == [f"{n}?" for n in range(5)]
    assert all(answer.value for answer in found)


def test_a_long_answer_is_pasted_back_in_part() -> None:
    chat = in_turn(("x" * 50_000, "stop"), (GOOD, "stop"))
    ask_for(chat, [question()], Colour)
    assert len(chat.rounds[1][0].messages[2].text) == 6_000


def test_half_a_surrogate_pair_fails_as_data() -> None:
    (found,) = ask_for(in_turn(*[('{"colour": "\\ud800"}', "stop")] * 2), [question()], Colour)
    assert found.value is None


def test_no_requests_ask_nothing() -> None:
    assert ask_for(in_turn(), [], Colour) == ()


def test_progress_never_falls() -> None:
    told: list[float] = []
    ask_for(in_turn(("no", "stop"), (GOOD, "stop")), [question()], Colour, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_the_repair_prompt_takes_the_problem_only() -> None:
    assert repair_prompt().variables == ("problem",)


def test_what_is_asked_again_is_of_the_same_sample() -> None:
    chat = ScriptedChat(lambda request: ("no", "stop") if len(request.messages) < 3 else (GOOD, "stop"))
    asked = question().model_copy(update={"sample": 2})
    (answered,) = ask_for(chat, (asked,), Colour)
    assert answered.value == Colour(colour="red")
    assert [request.sample for requests in chat.rounds for request in requests] == [2, 2]
