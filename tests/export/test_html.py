"""The standalone page, without a browser: what is in it and what cannot get into it."""

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from pipeline.domain.result import CallResult
from pipeline.errors import UsageError
from pipeline.export.html import to_html
from tests.export.hostile import hostile_call
from tests.export.test_contract import untimed

Attributes = dict[str, str]


class Page(HTMLParser):
    """Every element with its attributes, and all text outside of style and script."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.raw: dict[str, str] = {}
        self.words: list[str] = []
        self._within = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._within = tag

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within in ("style", "script"):
            self.raw[self._within] = data
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[Attributes]:
        return [attributes for name, attributes in self.elements if name == tag]


def policy_of(page: Page) -> dict[str, str]:
    content = next(m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    return {name: value for name, _, value in (rule.strip().partition(" ") for rule in content.split(";"))}


def test_the_policy_allows_only_this_style_this_script_and_embedded_sound(call: CallResult) -> None:
    page = Page(to_html(call, audio=b"sound"))
    policy = policy_of(page)
    assert policy["default-src"] == "'none'"
    assert policy["media-src"] == "data:"
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.raw[kind].encode()).digest()).decode()
        assert policy[f"{kind}-src"] == f"'sha256-{digest}'"


def test_nothing_is_fetched_from_outside(call: CallResult) -> None:
    page = Page(to_html(call, audio=b"sound"))
    for _, attributes in page.elements:
        for name in ("src", "href", "srcset", "action", "data", "poster"):
            assert attributes.get(name, "#").startswith(("#", "data:"))
    assert "url(" not in page.raw["style"]
    assert "@import" not in page.raw["style"]


def test_no_element_needs_an_inline_style_or_handler_that_the_policy_forbids(call: CallResult) -> None:
    for _, attributes in Page(to_html(call, audio=b"sound")).elements:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]


def test_a_hostile_call_adds_no_element_and_no_attribute(call: CallResult) -> None:
    page = Page(to_html(hostile_call()))
    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in Page(to_html(call)).elements}
    assert not page.all("img")
    assert len(page.all("script")) == 1
    assert all(not name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert "<script>window.pwned=1</script>" in page.text
    assert "{{7*7}}" in page.text
    assert "\u202e" not in page.text


def test_a_hostile_call_cannot_widen_the_policy(call: CallResult) -> None:
    assert policy_of(Page(to_html(hostile_call()))) == policy_of(Page(to_html(call)))


def test_the_sound_is_the_bytes_that_were_given(call: CallResult) -> None:
    (audio,) = Page(to_html(call, audio=b"\x00\xffsound", mime="audio/ogg")).all("audio")
    head, _, body = audio["src"].partition(",")
    assert head == "data:audio/ogg;base64"
    assert base64.b64decode(body) == b"\x00\xffsound"


@pytest.mark.parametrize("mime", ["text/html", 'audio/mp4" autoplay', "audio/", "AUDIO"])
def test_a_type_that_is_no_sound_is_refused(call: CallResult, mime: str) -> None:
    with pytest.raises(UsageError) as refused:
        to_html(call, audio=b"sound", mime=mime)
    assert refused.value.hint


def test_every_quote_plays_from_its_first_word_to_its_last(call: CallResult) -> None:
    page = Page(to_html(call, audio=b"sound"))
    plays = [b for b in page.all("button") if b.get("class") == "play"]
    # Three in the draft; in the scorecard five observations and a missed moment.
    assert len(plays) == 9
    spans = {(o.span.start, o.span.end) for o in call.observations if o.span is not None}
    missed = call.draft.improvement.missed if call.draft.improvement else None
    assert missed is not None
    assert missed.span is not None
    spans.add((missed.span.start, missed.span.end))
    assert {(float(b["data-start"]), float(b["data-end"])) for b in plays} == spans


def test_without_sound_nothing_offers_to_play_and_the_page_says_why(call: CallResult) -> None:
    page = Page(to_html(call, no_audio="the recording was erased on 3 May"))
    assert not page.all("audio")
    assert not [b for b in page.all("button") if b.get("data-go") == "moment"]
    assert "The sound is not in this file: the recording was erased on 3 May." in page.text
    assert "[00:32]" in page.text


def test_ids_are_unique_and_every_link_within_the_page_leads_somewhere(call: CallResult) -> None:
    page = Page(to_html(call, audio=b"sound"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert {a["href"][1:] for a in page.all("a")} <= set(ids)


def test_the_page_tells_what_a_manager_needs(call: CallResult) -> None:
    text = Page(to_html(call)).text
    for needed in (
        "Alder Street Bakery",
        "What worked",
        "One thing to change",
        "Level 1 of 3",
        "Unscored: none of its behaviours could be judged in this call",
        "Looked for in 5 turns",
        "nobody spoke of a decision",
        "the reader had no example of it",
        "Unavailable: the recogniser leaves out most fillers",
        "3 claims did not stand up to the transcript",
        "whisper-base@d01c3014881c",
    ):
        assert needed in text


def test_the_lanes_lie_where_the_speech_is(call: CallResult) -> None:
    page = Page(to_html(call))
    customer = [r for r in page.all("rect") if r.get("class") == "customer"]
    # The first turn: 0.8 s to 3.0 s of 96 s is 0.833 % to 3.125 %.
    assert (customer[0]["x"], customer[0]["width"]) == ("0.833%", "2.292%")


def test_without_times_there_is_no_timeline(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    page = Page(to_html(call_with(conversation=untimed(call.conversation))))
    assert "This transcript came without times, so there is no timeline." in page.text
    assert not [a for _, a in page.elements if a.get("id") == "line"]


def test_a_call_without_a_word_still_has_a_page(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    silent = call.conversation.model_copy(update={"turns": (), "speech": (), "speakers": ()})
    draft = call.draft.model_copy(update={"strength": None, "improvement": None, "absent": ("Nobody spoke.",)})
    assert "No words were heard" in Page(to_html(call_with(conversation=silent, draft=draft))).text


def test_the_page_is_the_same_each_time(call: CallResult) -> None:
    assert to_html(call, audio=b"sound") == to_html(call, audio=b"sound")


def test_our_own_script_cannot_end_its_element(call: CallResult) -> None:
    assert len(re.findall("</script", to_html(call))) == 1
    assert len(re.findall("</style", to_html(call))) == 1
