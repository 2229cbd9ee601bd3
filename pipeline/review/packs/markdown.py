"""Owns the pack as Markdown."""

from collections.abc import Iterator

from pipeline.export.markdown import escaped
from pipeline.export.wording import weekday
from pipeline.review.drafts.parts import TITLES
from pipeline.review.packs.pack import TOLD, Clip, Pack


def to_markdown(pack: Pack) -> str:
    """The pack as Markdown; nothing that was said or written in it becomes markup."""
    return "\n".join(_lines(pack)).strip("\n") + "\n"


def _lines(pack: Pack) -> Iterator[str]:
    yield f"# {escaped(pack.title)}\n"
    yield f"**{escaped(pack.status)}.**\n"
    if pack.simulated:
        yield "Rehearsal: recorded with a colleague, not with a customer.\n"
    yield from (f"- {fact.label}: {escaped(fact.text)}" for fact in pack.facts)
    yield f"- Call: {pack.call}\n"
    for part in TOLD:
        if pack.told(part) or pack.clips_of(part):
            yield f"## {TITLES[part]}\n"
            yield from (f"{escaped(text)}\n" for text in pack.told(part))
            yield from (f"> {_quote(clip)}\n" for clip in pack.unquoted(part))
    if pack.questions:
        yield f"## {TITLES['questions']}\n"
        yield from (f"{n}. {escaped(question)}" for n, question in enumerate(pack.questions, start=1))
        yield ""
    if pack.steps:
        yield f"## {TITLES['activity']}\n"
        for n, step in enumerate(pack.steps, start=1):
            yield f"{n}. {escaped(step.text)} ({step.who}{f', by {weekday(step.by)}' if step.by else ''})"
        yield ""
    if pack.practice:
        yield f"## {TITLES['practice']}\n"
        yield from (f"{escaped(text)}\n" for text in pack.practice)
    if pack.follow_up:
        yield f"Look at it again on {weekday(pack.follow_up)}."


def _quote(clip: Clip) -> str:
    words = f"“{escaped(clip.text)}”"
    where = f"{clip.speaker}{f' [{clip.clock}]' if clip.clock else ''}"
    return f"~~{words}~~ {where}. {escaped(clip.struck)}" if clip.struck else f"{words} {where}"
