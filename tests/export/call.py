"""The hand-made call: about 96 s between Priya (rep) and a bakery's owner, who worries about the price.

The rep asks well and goes into the consequences; when the customer names the price, a pitch follows and no question.
"""

from datetime import UTC, date, datetime
from pathlib import Path

from pipeline.domain.assessment import (
    Assessment,
    Claim,
    MissedMoment,
    Observation,
    Quote,
    RejectedClaim,
    Score,
    Verdict,
)
from pipeline.domain.coaching import (
    ActivityStep,
    Candidate,
    Citation,
    Draft,
    DraftSentence,
    Factor,
    Improvement,
    Paragraph,
    Strength,
    written,
)
from pipeline.domain.metrics import CallMetrics, Measure, MetricName, Question
from pipeline.domain.provenance import Provenance
from pipeline.domain.recording import CallMetadata, Consent, Mode, Recording, Role, SourceFile, Stage
from pipeline.domain.result import CallResult
from pipeline.domain.rubric import Polarity
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker, SpeakerSegment, Turn, Word
from tests.export.rubric import RUBRIC

DURATION = 96.0
# start, end, role, text, backchannel. The price pitch starts 0.6 s before the customer has finished.
_TURNS: tuple[tuple[float, float, Role, str, bool], ...] = (
    (0.8, 3.0, "customer", "Good morning, Alder Street Bakery.", False),
    (
        3.4,
        10.2,
        "rep",
        "Good morning, this is Priya from Cartwheel. Is now still a good time for our twenty minutes?",
        False,
    ),
    (10.6, 13.0, "customer", "Sure, the ovens are off. Go ahead.", False),
    (13.5, 18.1, "rep", "Thank you. How do the orders from your cafés reach the kitchen today?", False),
    (
        18.9,
        31.4,
        "customer",
        "By phone, mostly. My sister writes them on a sheet, and at four in the morning I try to read her writing. "
        "On Friday we baked eighty loaves that nobody had ordered.",
        False,
    ),
    (24.6, 25.1, "rep", "Oh dear.", True),
    (32.2, 37.0, "rep", "What did those eighty loaves cost you, with the work in them?", False),
    (
        38.1,
        45.9,
        "customer",
        "Close to four hundred, I would say, and it happens twice a month. But I looked at your page, "
        "and $90 a month is a lot for us.",
        False,
    ),
    (
        45.3,
        70.8,
        "rep",
        "So our platform has everything you need. There is an order book, a label printer, a delivery map, a price "
        "list for each café, and an app for the drivers, and all our customers are very happy with it, because it just "
        "works from the first day on.",
        False,
    ),
    (72.4, 75.0, "customer", "Right. I would have to think about it.", False),
    (
        75.6,
        86.3,
        "rep",
        "Of course. Shall we look at it together on Tuesday at nine, with your sister, and with last Friday's sheet?",
        False,
    ),
    (87.0, 90.4, "customer", "Tuesday at nine works. Thank you.", False),
)


def turns(rows: tuple[tuple[float, float, Role, str, bool], ...] = _TURNS) -> tuple[Turn, ...]:
    """The turns, each with its words spread evenly over its time."""
    made = []
    for n, (start, end, role, text, backchannel) in enumerate(rows, start=1):
        tokens = text.split()
        step = (end - start) / len(tokens)
        words = tuple(
            Word(
                text=token,
                span=Span(start=start + i * step, end=start + (i + 1) * step),
                unreliable="low_confidence" if (n, i) == (10, 0) else None,
            )
            for i, token in enumerate(tokens)
        )
        speaker = "S1" if role == "customer" else "S2"
        made.append(Turn(id=f"t{n:04d}", speaker=speaker, role=role, words=words, backchannel=backchannel))
    return tuple(made)


def conversation() -> Conversation:
    """The conversation with its speech segments, one for each turn."""
    said = turns()
    return Conversation(
        call="alder-street-7f3a",
        turns=said,
        speakers=(
            Speaker(label="S1", role="customer", confidence=0.97, source="inferred"),
            Speaker(label="S2", role="rep", confidence=0.97, source="inferred", reason="names the company"),
        ),
        speech=tuple(SpeakerSegment(span=t.span, speaker=t.speaker) for t in said if t.span is not None),
        duration=DURATION,
        language="en",
    )


def quote(turn_id: str, words: str, talk: Conversation) -> Quote:
    """The pointer to these words, which must stand in that turn."""
    turn = talk.turn(turn_id)
    assert turn is not None
    tokens, wanted = [w.text for w in turn.words], words.split()
    first = next(i for i in range(len(tokens)) if tokens[i : i + len(wanted)] == wanted)
    return Quote(turn_id=turn_id, first_word=first, last_word=first + len(wanted) - 1)


def _observations(talk: Conversation) -> tuple[Observation, ...]:
    rows = (
        ("opening", "asks_permission", "t0002", "Is now still a good time for our twenty minutes?"),
        ("discovery_questions", "open_question", "t0004", "How do the orders from your cafés reach the kitchen today?"),
        ("discovery_questions", "asks_cost", "t0007", "What did those eighty loaves cost you, with the work in them?"),
        ("objections", "pitches_at_once", "t0009", "So our platform has everything you need."),
        ("next_step", "dated_next_step", "t0011", "Shall we look at it together on Tuesday at nine,"),
    )
    made = []
    for n, (capability, behaviour, turn_id, words) in enumerate(rows, start=1):
        pointer = quote(turn_id, words, talk)
        against = behaviour == "pitches_at_once"
        made.append(
            Observation(
                id=f"o{n:03d}",
                capability=capability,
                behaviour=behaviour,
                kind=Polarity.INEFFECTIVE if against else Polarity.EFFECTIVE,
                role="rep",
                quote=pointer,
                text=pointer.text(talk),
                span=pointer.span(talk),
                strength=0.8,
            )
        )
    return tuple(made)


def missed_price(talk: Conversation) -> MissedMoment:
    """The customer's worry about the price."""
    pointer = quote("t0008", "$90 a month is a lot for us.", talk)
    return MissedMoment(quote=pointer, text=pointer.text(talk), span=pointer.span(talk), role="customer")


def _assessment(talk: Conversation) -> Assessment:
    def shown(capability: str, behaviour: str, observation: str) -> Verdict:
        return Verdict(capability=capability, behaviour=behaviour, state="shown", observation_ids=(observation,))

    rep_turns = tuple(t.id for t in talk.turns if t.role == "rep" and not t.backchannel)
    verdicts = (
        shown("opening", "asks_permission", "o001"),
        Verdict(capability="opening", behaviour="names_agenda", state="not_shown", looked_in=("t0002", "t0004")),
        shown("discovery_questions", "open_question", "o002"),
        shown("discovery_questions", "asks_cost", "o003"),
        Verdict(capability="discovery_questions", behaviour="balanced_talk", state="shown", measured=0.631),
        shown("objections", "pitches_at_once", "o004"),
        Verdict(
            capability="objections",
            behaviour="explores_objection",
            state="not_shown",
            looked_in=("t0009", "t0011"),
            missed=(missed_price(talk),),
        ),
        shown("next_step", "dated_next_step", "o005"),
        Verdict(capability="next_step", behaviour="right_people", state="not_shown", looked_in=rep_turns),
        Verdict(
            capability="decision",
            behaviour="asks_authority",
            state="no_opportunity",
            reason="nobody spoke of a decision",
        ),
        Verdict(
            capability="decision", behaviour="asks_budget", state="unread", reason="the reader had no example of it"
        ),
    )
    scores = (
        Score(
            capability="opening",
            level=2,
            of=3,
            anchor="Asks for permission or names an agenda.",
            observation_ids=("o001",),
        ),
        Score(
            capability="discovery_questions",
            level=3,
            of=3,
            anchor="Goes below the surface need.",
            observation_ids=("o002", "o003"),
        ),
        Score(capability="objections", level=1, of=3, anchor="Answers before asking."),
        Score(capability="next_step", level=2, of=3, anchor="Agrees a date.", observation_ids=("o005",)),
        Score(capability="decision", of=3, unscored="none of its behaviours could be judged in this call"),
    )
    return Assessment(rubric_id="first_call", rubric_version=3, verdicts=verdicts, scores=scores)


# Rep: 6.8 + 4.6 + 0.5 + 4.8 + 25.5 + 10.7 = 52.9 s. Customer: 2.2 + 2.4 + 12.5 + 7.8 + 2.6 + 3.4 = 30.9 s.
# Ratio 52.9 / 83.8 = 0.631. Overlap: the backchannel's 0.5 s and 45.3 to 45.9, together 1.1 s.
_MEASURES: tuple[tuple[MetricName, float | None, str], ...] = (
    ("rep_talk_ratio", 0.631, "ratio"),
    ("rep_talk_s", 52.9, "s"),
    ("customer_talk_s", 30.9, "s"),
    ("overlap_s", 1.1, "s"),
    ("silence_s", 13.3, "s"),
    ("longest_rep_monologue_s", 25.5, "s"),
    ("longest_customer_story_s", 12.5, "s"),
    ("turns_per_hour", 375.0, "1/h"),
    ("rep_questions", 4, "count"),
    ("customer_questions", 0, "count"),
    ("rep_open_questions", 2, "count"),
    ("rep_questions_per_hour", 150.0, "1/h"),
    ("patience_s", 0.5, "s"),
    ("interruptions_by_rep", 1, "count"),
    ("rep_words_per_minute", 104.0, "words/min"),
    ("first_rep_question_s", 6.6, "s"),
    ("price_talk_s", 7.8, "s"),
    ("next_step_talk_s", 14.1, "s"),
    ("filler_words", None, "count"),
)


def metrics() -> CallMetrics:
    """All nineteen measures; fillers are unavailable."""
    measures = tuple(
        Measure.model_validate(
            {
                "name": name,
                "value": value,
                "unit": unit,
                "unavailable": None if value is not None else "the recogniser leaves out most fillers",
                "where": {"start": 45.3, "end": 70.8} if name == "longest_rep_monologue_s" else None,
            }
        )
        for name, value, unit in _MEASURES
    )
    asked = "How do the orders from your cafés reach the kitchen today?"
    question = Question(turn_id="t0004", role="rep", kind="open", first_word=2, last_word=11, text=asked)
    return CallMetrics(measures=measures, questions=(question,))


def _sentences(talk: Conversation) -> tuple[DraftSentence, ...]:
    asked, pitched, missed = _observations(talk)[2], _observations(talk)[3], missed_price(talk)

    def rubric(ref: str) -> Citation:
        return Citation(kind="rubric", ref=ref)

    def said(observation: Observation) -> Citation:
        return Citation(kind="observation", ref=observation.id, quote=observation.quote, span=observation.span)

    price = Citation(kind="missed_moment", ref="explores_objection", quote=missed.quote, span=missed.span)
    monologue = Citation(kind="measure", ref="longest_rep_monologue_s", span=Span(start=45.3, end=70.8))
    rows: tuple[tuple[Paragraph, str, Citation], ...] = (
        ("strength", "The customer put a figure to the problem when you asked for its cost.", rubric("asks_cost")),
        ("strength", f"At 00:32 you asked: “{asked.text}”", said(asked)),
        ("facts", "You spoke for 63% of the talking time.", Citation(kind="measure", ref="rep_talk_ratio")),
        ("facts", "The longest stretch in which you spoke lasted 26 s, from 00:45.", monologue),
        ("improvement", f"At 00:43 the customer said: “{missed.text}”", price),
        ("improvement", "A description of the product followed, and no question.", rubric("explores_objection")),
        ("improvement", f"At 00:45 you said: “{pitched.text}”", said(pitched)),
        ("improvement", _ASK[0], rubric("explores_objection")),
        ("follow_up", "We look at this again on Wednesday, 18 March 2026.", Citation(kind="calendar", ref="follow_up")),
    )
    return tuple(DraftSentence(paragraph=p, text=text, citations=(cited,)) for p, text, cited in rows)


_ASK = (
    "What was behind the customer's words about the price?",
    "What could you have asked there, before you answered?",
    "What would you like to try in the next call?",
)


def _draft(talk: Conversation) -> Draft:
    reasons = (
        Factor(name="importance", value=1.0, why="weight 5 of 5 in the rubric"),
        Factor(name="gap", value=1.0, why="Exploring objections: level 1 of 3"),
    )
    told = _sentences(talk)
    return Draft(
        strength=Strength(
            capability="discovery_questions",
            behaviour="asks_cost",
            observation_id="o003",
            text=written(s for s in told if s.paragraph == "strength"),
            reasons=(Factor(name="clarity", value=0.8, why="how plainly the reader saw it, among its own claims"),),
        ),
        improvement=Improvement(
            capability="objections",
            behaviour="explores_objection",
            observation_ids=("o004",),
            missed=missed_price(talk),
            text=written(s for s in told if s.paragraph == "improvement"),
            reasons=reasons,
        ),
        questions=_ASK,
        activity=(
            ActivityStep(text="Listen to the call from 00:38 to 01:15.", who="rep", by=date(2026, 3, 6)),
            ActivityStep(text="Write down three questions about a price.", who="rep", by=date(2026, 3, 9)),
            ActivityStep(text="Try them in a rehearsal of ten minutes.", who="both", by=date(2026, 3, 11)),
        ),
        practice="The manager plays the bakery's owner and names the price; the rep asks twice before answering.",
        follow_up=date(2026, 3, 18),
        ranking=(Candidate(capability="objections", behaviour="explores_objection", rank_value=0.9, factors=reasons),),
        sentences=told,
        text=written(told),
    )


def make_call() -> CallResult:
    """The whole call."""
    talk = conversation()
    claims = (
        RejectedClaim(
            claim=Claim(behaviour="names_agenda", turn_id="t0002", quote="here is the plan"), reason="not_found"
        ),
        RejectedClaim(
            claim=Claim(behaviour="asks_budget", turn_id="t0008", quote="$90 a month"), reason="wrong_speaker"
        ),
        RejectedClaim(claim=Claim(behaviour="asks_budget", turn_id="t0004", quote="your budget"), reason="not_found"),
    )
    source = SourceFile(path=Path("calls/alder-street.wav"), sha256="ab" * 32, size=3_072_044)
    metadata = CallMetadata(
        rep="Priya Raman",
        manager="Jonas Weir",
        customer="Alder Street Bakery",
        stage=Stage.DISCOVERY,
        started_at=datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
        direction="outbound",
        consent=Consent.YES,
        mode=Mode.LIVE,
    )
    return CallResult(
        recording=Recording(
            call="alder-street-7f3a",
            files=(source,),
            container="wav",
            codec="pcm_s16le",
            sample_rate=16000,
            n_channels=1,
            duration=DURATION,
            metadata=metadata,
        ),
        conversation=talk,
        metrics=metrics(),
        rubric=RUBRIC,
        observations=_observations(talk),
        rejected=claims,
        assessment=_assessment(talk),
        draft=_draft(talk),
        provenance=(
            Provenance(stage="transcribe", code_version="0.1.0", model="whisper-base@d01c3014881c", seconds=9.4),
            Provenance(
                stage="observe", code_version="0.1.0", model="turnwise-1", rubric_sha256="cd" * 32, seconds=31.0
            ),
        ),
    )
