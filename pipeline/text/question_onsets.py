"""Owns the openings of questions in spoken English: which word patterns begin one, and where they may stand.

Patterns read a sentence as ``question_text`` cleans it: lower case, no hesitations, a pause as a lone comma. They are
word order and a few closed word lists, nothing learnt, so that each hit or miss can be explained and corrected.
"""

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.text.question_words import (
    ANY,
    ASK,
    AUX,
    BE,
    INVITED,
    MODAL,
    NOUN,
    OWNED,
    PERSON,
    PRON,
    SOON,
    THING,
    VERB,
    WH,
)

Family = Literal["polar", "wh", "invite", "indirect", "fragment"]
"""How a question is built: auxiliary first, question word first, "tell me", "I wonder", or a bare "any thoughts"."""

Place = Literal["start", "marked", "clause", "boundary", "anywhere"]
"""Where a pattern may stand: first in its sentence; first if marked; after an opener, or a pause if marked; after any
pause, opener or joining word; in mid-flow."""


@dataclass(frozen=True, slots=True)
class Onset:
    """A pattern that opens a question, how such a question is built, and where the pattern may stand."""

    family: Family
    place: Place
    pattern: re.Pattern[str]


def _onset(family: Family, place: Place, pattern: str) -> Onset:
    return Onset(family, place, re.compile(r"(?<!\S)(?:" + pattern + r")(?!\S)"))


ONSETS: tuple[Onset, ...] = (
    _onset("invite", "boundary", INVITED.replace("tell (?:me|us)", r"tell (?:me|us)(?! (?:that|you)(?!\S))")),
    _onset("invite", "anywhere", rf"(?:can|could|would|will) you (?:\w+ ){{0,2}}?{INVITED}"),
    _onset("invite", "anywhere", r"tell (?:me|us) (?:a (?:little|bit)|more|about|what|how|why|something|your)"),
    _onset(
        "invite",
        "boundary",
        r"(?:maybe |perhaps )?you (?:can|could) (?:just )?(?:(?:tell|walk|give) (?:me|us)|describe)",
    ),
    _onset("invite", "boundary", rf"(?:let me ask(?: you)?|remind me) (?:about|{ASK})"),
    _onset(
        "indirect",
        "anywhere",
        r"i(?:'d| would) (?:\w+ )?(?:love|like|want) (?:for you )?to (?:hear|know|understand|learn|ask|find out)"
        rf" (?:you |from you |more |a bit |a little |bit |some |maybe )*(?:about|{ASK}|your|{AUX} {PERSON})",
    ),
    _onset(
        "indirect",
        "anywhere",
        rf"i want(?:ed)? to (?:hear|know|ask|understand)(?: you)? (?:about your|more about|{ASK} {PERSON})",
    ),
    _onset(
        "indirect",
        "anywhere",
        r"(?:i'm|i am|i was|i've been|i'd be|i'll be|we're|we were) (?:\w+ ){0,4}?"
        r"(?:curious|wondering|interested (?:to|in (?:what|how|hearing|knowing|your)))",
    ),
    _onset("indirect", "anywhere", rf"i (?:\w+ )?wonder(?:ed)?(?: ,)? (?:{ASK}|about your|{AUX} {PERSON})"),
    _onset("indirect", "start", rf"(?:just )?(?:curious|wondering|interested)(?: ,)? (?:to|about|in|{ASK})"),
    _onset("indirect", "start", r"i don't know (?:what|how) you(?: guys| all)? (?:think|feel) about"),
    _onset("polar", "anywhere", r"(?:do|did|don't|didn't) (?:you|they|y'all|we)"),
    _onset(
        "polar",
        "anywhere",
        r"is (?:it|that) (?:okay|ok|all right|alright|fair|right|correct|possible|something|kind of|accurate)"
        r"|would (?:it|that) (?:be|help|work|make|also)|(?:does|did) that (?:make|sound|work|help|answer|capture"
        r"|seem|feel|fit|match)"
        r"|(?:is|are) there (?:any|anything|anyone|anybody|other|something)|can i (?:ask|get)|may i (?:ask|get)",
    ),
    _onset("polar", "anywhere", r"(?:does|did|doesn't|didn't) (?:he|she)"),
    _onset("polar", "anywhere", rf"(?:does|did|doesn't|didn't|do|don't) (?!that ){THING} {SOON}{VERB}"),
    _onset("polar", "anywhere", rf"(?:does|did) (?:that|this) {NOUN} {VERB}"),
    _onset("polar", "anywhere", rf"{MODAL} (?:you|they|we|he|she|your)|(?:can|could|should|shall|may) i"),
    _onset("polar", "anywhere", rf"{MODAL} {THING} {SOON}{VERB}"),
    _onset(
        "polar",
        "anywhere",
        rf"(?:has|hasn't) (?:it|that|this|he|she|anyone|anybody|anything|there) {SOON}(?:been|had|got|gotten|gone|done"
        rf"|come|become|\w+ed)|(?:has|have|hasn't|haven't) {THING} {SOON}been",
    ),
    _onset(
        "polar",
        "anywhere",
        r"(?:is|was|isn't|wasn't) it (?:an?|the|any|in|on|at|for|to|like|very|quite|more|less|\w+ing)"
        r"|(?:is|was|are|were) there (?:an?|any\w*|some\w*|other|enough|still|much|no|more|certain|things|ways)",
    ),
    _onset("polar", "anywhere", r"(?:have|haven't) you"),
    _onset(
        "polar",
        "anywhere",
        rf"(?:are|aren't|were|weren't) you(?! (?:are|can|could|will|would|had|did|{VERB})(?!\S))(?= \S)"
        r"|(?:are|aren't|were|weren't) (?:you|they)(?= (?:\w+ing|\w+ed|\w+ly|the|in|on|at|guys|all|happy"
        r"|open|able|familiar|aware|sure|still|ready|free|planning|okay|interested|currently|comfortable)(?!\S)|$)",
    ),
    _onset(
        "polar",
        "clause",
        r"do (?:you|we|they|he|she|y'all|i|these|those"
        r"|your \S+ (?!(?:before|first|and|for|when|if|on|in|at|with|to|now|today)(?!\S))\S+)",
    ),
    _onset("polar", "start", rf"do (?:{ANY}|all|both|the|our|their|my)|have {ANY}"),
    _onset(
        "polar",
        "boundary",
        rf"(?:does|did|doesn't|didn't|don't) (?:{PRON}|{ANY}|{OWNED})"
        r"(?! (?:again|for|in|with|on|all|because|and|to|too|at|by|myself|once|last|well|just|so|or|,)(?!\S))(?= \S)",
    ),
    _onset(
        "polar",
        "boundary",
        rf"{BE} (?!that (?:\S+'\S+|i|we|you|they|he|she|it|if|when|because)(?!\S))(?:{PRON}|{ANY}|{OWNED})",
    ),
    _onset("polar", "boundary", rf"{MODAL} (?:{PRON}|{ANY}|{OWNED})|am i|may (?:i|we)|shall (?:i|we)"),
    _onset("polar", "boundary", rf"(?:have|haven't) (?:you|we|they|y'all|i|(?:there|those|these|your \S+) {SOON}been)"),
    _onset("polar", "boundary", rf"(?:has|hasn't|hadn't) {PRON}|had (?:you|they|he|she|anyone)"),
    _onset("polar", "start", rf"(?:has|hasn't|hadn't) (?:{ANY}|{OWNED})"),
    _onset(
        "polar",
        "start",
        rf"(?:has|hasn't) (?:{NOUN} ){{1,3}}?(?:been|got|gotten|gone|done|come|seen|given|taken|made|\w+ed)",
    ),
    _onset(
        "polar",
        "start",
        r"(?:would|will|could|should|can|does|did) (?!be(?!\S)|have|like|love|also|just|never|always|not|still|then"
        r"|only|even"
        r"|so|too|it|that|this|too|probably|definitely|really|actually|\w+ly(?!\S))(?:[^\s,]+ ){1,5}?(?:be|have|work"
        r"|help|make"
        r"|use|get|go|need|want|know|look|handle|support|include|integrate|sit|join|come|fit|sound|mean|cover|apply"
        r"|run)",
    ),
    _onset("polar", "marked", rf"{AUX} \S+"),
    _onset(
        "wh",
        "anywhere",
        rf"(?:what|how|why|where|when|who) {AUX} (?:{PERSON}|i|it)|(?:which|whom) {AUX} (?:you|they|we)",
    ),
    _onset("wh", "anywhere", rf"(?:what|how|why) {AUX} (?:this|that|there|these|those)"),
    _onset("wh", "anywhere", rf"(?:what|which|whose|how) (?:{NOUN} ){{1,6}}?{AUX} (?:{PERSON}|it|there|i|that|this)"),
    _onset(
        "wh", "anywhere", rf"(?:what|how|why|where) (?:{BE}|do|does|did|would|could|can) (?:some|the|your|another|one)"
    ),
    _onset("wh", "anywhere", r"what (?:would|will|could|might|does|did) (?:have to|need to|it take|happen|change)"),
    _onset("wh", "anywhere", r"(?:what|who) (?:changes|happens|breaks|stops|improves)$"),
    _onset("wh", "anywhere", r"(?:what's|how's|who's|where's|when's) the"),
    _onset("wh", "boundary", r"why (?:now|today|us|me|you|them|that|this)$"),
    _onset("wh", "anywhere", r"how come (?:you|your|we|they|it|this|that|the|there)"),
    _onset("wh", "anywhere", r"what (?:would|could|might|will|should) be (?:the|your|an?|some|other)"),
    _onset("wh", "anywhere", r"when (?:is|was|did|do|does|will|are|were) (?:the|your|you|they)"),
    _onset("wh", "anywhere", r"how long (?:does|did|has|have|will|would|is|was|ago) (?:it|that|the|your|you|did)"),
    _onset(
        "wh",
        "boundary",
        rf"(?:in|to|for|from|by|at|on|of|with) (?:what|which|whom|whose|how many|how much|how long)"
        rf"(?: {NOUN}){{0,4}}? {AUX} (?:{PRON}|{OWNED}|\w+)|(?:in|to) what (?:way|ways|sense|extent|respect)$",
    ),
    _onset("wh", "boundary", r"(?:what|how) about(?! (?:that|it)$)"),
    _onset("wh", "anywhere", r"(?:what's|how's|where's|who's|when's|what're) your"),
    _onset("wh", "clause", r"(?:what|how|why|who)(?:'s|'re|'d|'ll)"),
    _onset("wh", "clause", rf"(?:what|how|why) {AUX}"),
    _onset("wh", "boundary", rf"(?:where|when|who)(?: else)? {AUX} (?:{PRON}|{OWNED}|{ANY}|responsible|in|going)"),
    _onset("wh", "boundary", rf"(?:where's|when's|who's) (?:{OWNED}|that|it|\w+ing|responsible|in|gonna)"),
    _onset(
        "wh",
        "clause",
        rf"(?:how|(?:what|whose)(?! (?:some|most|many|the|my|our|people)(?!\S))) (?:{NOUN} ){{1,6}}?{AUX}",
    ),
    _onset(
        "wh",
        "clause",
        rf"which (?:(?:one|ones)(?! (?:you|i|we|they|he|she)(?!\S))|of|part|parts|version|way|{NOUN} {AUX})",
    ),
    _onset(
        "wh",
        "clause",
        r"what (?:(?:else|exactly) )?(?:happens|happened|brings|brought|made|makes|led|leads|drives|drove|prompted"
        r"|caused|triggered|attracted|keeps|stops|stopped|works|worked|matters|changed|worries|concerns|helps|comes"
        r"|stands"
        r"|got|gets|if|about|else|gives|needs)",
    ),
    _onset(
        "wh",
        "start",
        r"what (?!it's|that's|there's|he's|she's)\w+(?:[^s]s|ed) (?:you|your|the|this|that|it|people|teams|\w+ers)",
    ),
    _onset(
        "wh",
        "clause",
        r"who (?:else|besides|other than|makes|owns|decides|signs|handles|runs|pays|manages|approves|gets|needs)",
    ),
    _onset("wh", "boundary", r"how (?:about|come|so)"),
    _onset("wh", "start", r"(?:what|which) (?:\w+ )?(?:works|suits|fits)(?: (?:best|better|for you))?$"),
    _onset(
        "wh", "start", r"(?:what|which) (?:kind|kinds|type|types|sort|sorts|other)|what else|like what|such as what"
    ),
    _onset("wh", "start", r"(?:why|how|when|where|who|which|how many|how much|how often|how long|what time)(?= ,|$)"),
    _onset(
        "wh",
        "start",
        r"(?:how (?:old|far|big|tall|soon|high|large|late|recently|frequently)|where (?:at|to|from)|whereabouts"
        r"|(?:what|which) (?:part|area|colou?r|size|brand|year|day|month|time|state|city|town|company|industry|version"
        r"|department|model|team|side))(?: (?:of|in|on|at|for|with|from) \S+(?: \S+){0,2})?$",
    ),
    _onset("wh", "marked", rf"{WH}(?:'(?:s|re|d|ve|ll))?(?! {PRON}(?!\S))"),
    _onset(
        "fragment",
        "clause",
        rf"any (?!of(?!\S)|(?:time|day|way) (?:you|he|she|they|someone)(?!\S)|"
        rf"(?:\S+ ){{0,5}}(?:{MODAL}|is|are|was|works|may|might|helps|i|we|who"
        rf"|made)(?!\S))\S+(?: \S+){{0,9}}$",
    ),
    _onset("fragment", "boundary", r"and (?:you|yourself|yours)$"),
    _onset(
        "fragment",
        "anywhere",
        r"any(?:thing else|one else| (?:other )?questions| other \S+(?: \S+)?|(?: \S+){1,2} at all)"
        r"(?: (?:i can (?:help|do)(?: \S+){0,2}|for (?:me|us)|at all|from (?:me|us|your side)))?$",
    ),
    _onset(
        "fragment",
        "clause",
        r"(?:thoughts|reactions|such as)(?: (?:on|about|so) \S+(?: \S+){0,3})?$|any chance"
        r" (?:you|we|i|of|that|there)(?!\S)"
        r"|any (?:other |more |further |particular )?(?:thoughts?|ideas?|questions?|concerns?|feedback|suggestions?"
        r"|plans?|chance|luck|problems?|issues?|comments?|feeling|reasons?)"
        r"(?: (?:on|about|of|for|with|that|as|in|why|how|at)(?!\S)|$)",
    ),
    _onset(
        "fragment",
        "clause",
        r"any(?:thing|one|body|where) (?:else|in particular|specific|special|(?:i|we|you) (?:can|could))",
    ),
    _onset(
        "polar",
        "anywhere",
        r"(?:is|are|was|were) (?:your|his|her|their) [^\s,]+ (?:an?|in|on|more|mostly) \S+ or(?= \S)",
    ),
    _onset(
        "polar",
        "start",
        r"(?:you|you guys|y'all|anyone|anybody) ever (?:been|gone|\w+ed|seen|heard|had|get|got|try|use|thought"
        r"|think|done|do|read|met|run|wonder|hear|see|go|made|make|find|found|feel|felt)",
    ),
    _onset("polar", "start", r"ever (?:been|gone|\w+ed|seen|heard|had|done|read|met|run|thought|made|felt) \S+"),
    _onset(
        "polar",
        "start",
        r"(?:got|gotten|had|have|seen|heard|read|tried|done|been to|need|want)"
        r" any(?:thing|one|body)?(?! (?:of|more)(?!\S))",
    ),
    _onset("polar", "start", r"you an? \S+(?: \S+){0,3}$"),
    _onset("polar", "start", rf"{BE} (?:yours|theirs|hers|mine|both|all of)"),
    _onset("polar", "start", r"mind if (?:i|we|you)"),
)
