"""The Markdown page, read back by a Markdown parser."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.domain.result import CallResult
from pipeline.export.markdown import escaped, to_markdown
from pipeline.export.untrusted import visible
from tests.export.hostile import hostile_call
from tests.export.test_contract import untimed

PLAIN_BLOCKS = {"paragraph_open", "inline", "paragraph_close"}
NEEDED = {
    "heading_open", "heading_close", "bullet_list_open", "bullet_list_close", "ordered_list_open", "ordered_list_close",
    "list_item_open", "list_item_close", "paragraph_open", "paragraph_close", "blockquote_open", "blockquote_close",
    "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close", "tr_open", "tr_close",
    "th_open", "th_close", "td_open", "td_close", "inline", "text", "text_special", "strong_open", "strong_close",
    "fence", "softbreak",
}  # fmt: skip


def parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def flat(tokens: list[Token]) -> list[Token]:
    return [t for token in tokens for t in (token, *(token.children or ()))]


def test_each_level_stands_with_its_anchor(call: CallResult) -> None:
    page = to_markdown(call)
    anchors = [score.anchor for score in call.assessment.scores if score.anchor]
    assert anchors
    assert all(f"\n\n{escaped(anchor)}\n\n" in page for anchor in anchors)


def test_the_draft_is_told_with_quotes_and_times(call: CallResult) -> None:
    page = to_markdown(call)
    assert "> At 00:32 you asked: “What did those eighty loaves cost you, with the work in them?”\n" in page
    assert "> At 00:43 the customer said: “\\$90 a month is a lot for us.”\n" in page
    assert "  - missed: “\\$90 a month is a lot for us.” Customer [00:43]\n" in page
    assert "3. Try them in a rehearsal of ten minutes. (Rep and manager, by Wednesday, 11 March 2026)\n" in page
    assert "Look at it again on Wednesday, 18 March 2026 (a proposal).\n" in page


def test_levels_and_reasons_stand_in_headings(call: CallResult) -> None:
    page = to_markdown(call)
    assert "### Exploring objections: level 1 of 3\n" in page
    assert "### Decision and budget: unscored, none of its behaviours could be judged in this call\n" in page


def test_every_measure_is_a_row_of_three_cells(call: CallResult) -> None:
    tokens = parser().parse(to_markdown(call))
    # A head and nineteen measures.
    assert sum(t.type == "tr_open" for t in tokens) == 20
    assert sum(t.type == "td_open" for t in tokens) == 57
    assert "| Filler words | unavailable: the recogniser leaves out most fillers |" in to_markdown(call)


def test_no_text_of_a_call_starts_markup_a_link_or_an_image() -> None:
    tokens = flat(parser().parse(to_markdown(hostile_call())))
    assert {t.type for t in tokens} <= NEEDED
    shown = "".join(t.content for t in tokens if t.type in ("text", "text_special"))
    assert "<script>window.pwned=1</script>" in shown
    assert "![x](https://evil.test/p.png)" in shown


def test_a_table_keeps_its_cells_when_a_reason_has_a_bar(
    call: CallResult, call_with: Callable[..., CallResult]
) -> None:
    last = call.metrics.measures[-1].model_copy(update={"unavailable": "a|b"})
    measures = (*call.metrics.measures[:-1], last)
    page = to_markdown(call_with(metrics=call.metrics.model_copy(update={"measures": measures})))
    assert sum(t.type == "td_open" for t in parser().parse(page)) == 57


def test_addresses_are_not_made_into_links() -> None:
    assert escaped("see https://evil.test or www.evil.test") == "see https:\\//evil.test or www\\.evil.test"


@given(st.text(alphabet=st.sampled_from("ab1 \\`*_{}[]()#+-.!|<>~:/&;=$@\"'\t\n")) | st.text())
def test_escaped_text_is_one_paragraph_that_shows_the_text(text: str) -> None:
    tokens = parser().parse(escaped(text))
    assert {t.type for t in tokens} <= PLAIN_BLOCKS
    children = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children) == visible(text)


def test_without_times_there_is_no_timeline_and_no_clock(
    call: CallResult, call_with: Callable[..., CallResult]
) -> None:
    assert "```" in to_markdown(call)
    assert "```" not in to_markdown(call_with(conversation=untimed(call.conversation)))


def test_a_draft_without_an_improvement_says_why(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    bare = call.draft.model_copy(update={"improvement": None, "absent": ("Nothing was missed in this call.",)})
    page = to_markdown(call_with(draft=bare))
    assert "One thing to change" not in page
    assert "\nNothing was missed in this call.\n" in page


def test_the_page_ends_in_one_newline_and_has_no_gaps(call: CallResult) -> None:
    page = to_markdown(call)
    assert page.endswith("31.0 s\n")
    assert "\n\n\n" not in page
