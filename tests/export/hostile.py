"""The same call as somebody would write it who wants to break out of the page, the note or the terminal."""

from pathlib import Path

from pipeline.domain.assessment import Claim, RejectedClaim
from pipeline.domain.recording import CallMetadata
from pipeline.domain.result import CallResult
from pipeline.domain.speech import Turn, Word
from tests.export.call import make_call

PAYLOADS = (
    "<script>window.pwned=1</script>",
    "</script><img",
    "src=x",
    "onerror=window.pwned=1>",
    '"><svg/onload=window.pwned=1>',
    "![x](https://evil.test/p.png)",
    "[click](javascript:alert(1))",
    "https://evil.test/",
    "{{7*7}}",
    "'\"`",
    "\u202egnp.exe",
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "|cell|",
    "[bold]rich[/bold]",
)
TEXT = " ".join(PAYLOADS)


def _turn(turn: Turn) -> Turn:
    spans = [word.span for word in turn.words]
    padded = [*PAYLOADS, *("word" for _ in range(len(spans)))]
    words = tuple(Word(text=text, span=span) for text, span in zip(padded, spans, strict=False))
    return turn.model_copy(update={"words": words})


def hostile_call() -> CallResult:
    """The call with payloads in every text that comes from outside."""
    call = make_call()
    draft = call.draft
    assert draft.strength is not None
    assert draft.improvement is not None
    talk = call.conversation.model_copy(update={"turns": tuple(_turn(t) for t in call.conversation.turns)})
    source = call.recording.files[0].model_copy(update={"path": Path(TEXT.replace("/", ""))})
    metadata = CallMetadata(rep=TEXT, customer=TEXT, manager=TEXT, team=TEXT, deal=TEXT)
    verdicts = tuple(v.model_copy(update={"reason": TEXT if v.reason else ""}) for v in call.assessment.verdicts)
    return call.model_copy(
        update={
            "conversation": talk,
            "recording": call.recording.model_copy(update={"files": (source,), "metadata": metadata}),
            "observations": tuple(o.model_copy(update={"text": TEXT}) for o in call.observations),
            "assessment": call.assessment.model_copy(update={"verdicts": verdicts}),
            "rejected": (
                RejectedClaim(claim=Claim(behaviour=TEXT, turn_id=TEXT, quote=TEXT), reason="unknown_behaviour"),
            ),
            "draft": draft.model_copy(
                update={
                    "strength": draft.strength.model_copy(update={"text": TEXT}),
                    "improvement": draft.improvement.model_copy(update={"text": f"{TEXT}\n\n{TEXT}"}),
                    "questions": (TEXT,),
                    "practice": TEXT,
                    "absent": (TEXT,),
                    "sentences": (),
                    "text": TEXT,
                }
            ),
            "provenance": tuple(p.model_copy(update={"model": TEXT}) for p in call.provenance),
        }
    )
