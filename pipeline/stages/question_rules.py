"""Owns the grammar of questions: which word patterns open a question in spoken English, and which only look so.

Patterns read a sentence as ``question_text`` cleans it: lower case, no hesitations, a pause as a lone comma. They are
word order and a few closed word lists, nothing learnt, so that each hit or miss can be explained and corrected.
"""

import re
from dataclasses import dataclass
from typing import Literal

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


_PRON = r"(?:you|we|they|he|she|it|i|this|that|there|these|those|y'all)"
_PERSON = r"(?:you|we|they|he|she|y'all|your)"
_AUX = (
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|have|has|had|am|may|shall|might"
    r"|(?:is|are|was|were|ai|do|does|did|ca|could|wo|would|should|have|has|had)n't)"
)
_BE = r"(?:is|are|was|were|isn't|aren't|wasn't|weren't)"
_MODAL = r"(?:can|could|would|will|should|can't|couldn't|won't|wouldn't|shouldn't)"
_ASK = r"(?:what|how|why|who|where|when|which|whether|if|whose)"
_ANY = r"(?:any|anyone|anybody|anything|everyone|everybody|everything|someone|somebody|people|either|most of)"
_OWNED = r"(?:the|your|my|our|his|her|their|its|these|those|this|that)"
_NOUN = rf"(?:(?!(?:{_PRON}|{_AUX}|and|but|so|to|if|\w+'(?:re|ve|d|ll|m))(?!\S))[^\s,]+)"
_INVITED = (
    r"(?:tell (?:me|us)|describe|walk (?:me|us)|talk (?:me|us) through|talk to me about|talk (?:more |a little |a bit |a little bit )(?:more )?about"
    r"|explain|elaborate|expand on|share|help (?:me|us) (?:\w+ )?understand|say (?:\w+ ){0,3}more|fill (?:me|us) in"
    r"|(?:run|take) (?:me|us) through|paint (?:me|us) a picture|catch me up|give (?:me|us) (?:\w+ ){0,3}"
    r"(?:example|idea|sense|overview|picture|background|feel|timeframe|rundown|flavou?r))"
)


def _onset(family: Family, place: Place, pattern: str) -> Onset:
    return Onset(family, place, re.compile(r"(?<!\S)(?:" + pattern + r")(?!\S)"))


ONSETS: tuple[Onset, ...] = (
    _onset("invite", "boundary", _INVITED.replace("tell (?:me|us)", r"tell (?:me|us)(?! (?:that|you)(?!\S))")),
    _onset("invite", "anywhere", rf"(?:can|could|would|will) you (?:\w+ ){{0,2}}?{_INVITED}"),
    _onset("invite", "anywhere", r"tell (?:me|us) (?:a (?:little|bit)|more|about|what|how|why|something|your)"),
    _onset(
        "invite",
        "boundary",
        r"(?:maybe |perhaps )?you (?:can|could) (?:just )?(?:(?:tell|walk|give) (?:me|us)|describe)",
    ),
    _onset("invite", "boundary", rf"(?:let me ask(?: you)?|remind me) (?:about|{_ASK})"),
    _onset(
        "indirect",
        "anywhere",
        r"i(?:'d| would) (?:\w+ )?(?:love|like|want) (?:for you )?to (?:hear|know|understand|learn|ask)"
        rf" (?:you |from you |more |a bit |a little |bit |some |maybe )*(?:about|{_ASK}|your|{_AUX} {_PERSON})",
    ),
    _onset(
        "indirect",
        "anywhere",
        rf"i want(?:ed)? to (?:hear|know|ask|understand)(?: you)? (?:about your|more about|{_ASK} {_PERSON})",
    ),
    _onset(
        "indirect",
        "anywhere",
        r"(?:i'm|i am|i was|i've been|i'd be|i'll be|we're|we were) (?:\w+ ){0,4}?"
        r"(?:curious|wondering|interested (?:to|in (?:what|how|hearing|knowing|your)))",
    ),
    _onset("indirect", "anywhere", rf"i (?:\w+ )?wonder(?:ed)?(?: ,)? (?:{_ASK}|about your|{_AUX} {_PERSON})"),
    _onset("indirect", "start", rf"(?:just )?(?:curious|wondering|interested)(?: ,)? (?:to|about|in|{_ASK})"),
    _onset("polar", "anywhere", r"(?:do|did|don't|didn't) (?:you|they|y'all|we)"),
    _onset(
        "polar",
        "anywhere",
        r"is (?:it|that) (?:okay|ok|all right|alright|fair|right|correct|possible|something|kind of|accurate)"
        r"|would (?:it|that) (?:be|help|work|make|also)|(?:does|did) that (?:make|sound|work|help|answer|capture|seem|feel|fit|match)"
        r"|(?:is|are) there (?:any|anything|anyone|anybody|other|something)|can i (?:ask|get)|may i (?:ask|get)",
    ),
    _onset("polar", "anywhere", r"(?:does|did|doesn't|didn't) (?:he|she)"),
    _onset("polar", "anywhere", rf"{_MODAL} (?:you|they|we|he|she|your)"),
    _onset("polar", "anywhere", r"(?:have|haven't) you"),
    _onset(
        "polar",
        "anywhere",
        r"(?:are|aren't|were|weren't) (?:you|they)(?= (?:\w+ing|\w+ed|\w+ly|the|in|on|at|guys|all|happy"
        r"|open|able|familiar|aware|sure|still|ready|free|planning|okay|interested|currently|comfortable)(?!\S)|$)",
    ),
    _onset("polar", "boundary", rf"do (?:{_PERSON}|i|these|those)"),
    _onset("polar", "start", rf"do (?:{_ANY}|all|both|the|our|their|my)|have {_ANY}"),
    _onset(
        "polar",
        "boundary",
        rf"(?:does|did|doesn't|didn't|don't) (?:{_PRON}|{_ANY}|{_OWNED})"
        r"(?! (?:again|for|in|with|on|all|because|and|to|too|at|by|myself|once|last|well|just|so|or|,)(?!\S))(?= \S)",
    ),
    _onset(
        "polar",
        "boundary",
        rf"{_BE} (?!that (?:\S+'\S+|i|we|you|they|he|she|it|if|when|because)(?!\S))(?:{_PRON}|{_ANY}|{_OWNED})",
    ),
    _onset("polar", "boundary", rf"{_MODAL} (?:{_PRON}|{_ANY}|{_OWNED})|am i|may (?:i|we)|shall (?:i|we)"),
    _onset("polar", "boundary", rf"(?:have|haven't) (?:{_PERSON}|i|there|those|these)"),
    _onset("polar", "boundary", rf"(?:has|hasn't|hadn't) {_PRON}|had (?:you|they|he|she|anyone)"),
    _onset("polar", "start", rf"(?:has|hasn't|hadn't) (?:{_ANY}|{_OWNED})"),
    _onset(
        "polar",
        "start",
        r"(?:would|will|could|should|can|does|did) (?!be(?!\S)|have|like|love|also|just|never|always|not|still|then|only|even"
        r"|so|too|it|that|this|too|probably|definitely|really|actually|\w+ly(?!\S))(?:[^\s,]+ ){1,5}?(?:be|have|work|help|make"
        r"|use|get|go|need|want|know|look|handle|support|include|integrate|sit|join|come|fit|sound|mean|cover|apply|run)",
    ),
    _onset("polar", "marked", rf"{_AUX} \S+"),
    _onset(
        "wh",
        "anywhere",
        rf"(?:what|how|why|where|when|who) {_AUX} (?:{_PERSON}|i|it)|(?:which|whom) {_AUX} (?:you|they|we)",
    ),
    _onset("wh", "anywhere", rf"(?:what|how|why) {_AUX} (?:this|that|there|these|those)"),
    _onset(
        "wh", "anywhere", rf"(?:what|which|whose|how) (?:{_NOUN} ){{1,6}}?{_AUX} (?:{_PERSON}|it|there|i|that|this)"
    ),
    _onset(
        "wh", "anywhere", rf"(?:what|how|why|where) (?:{_BE}|do|does|did|would|could|can) (?:some|the|your|another|one)"
    ),
    _onset("wh", "anywhere", r"(?:what's|how's|where's|who's|when's|what're) your"),
    _onset("wh", "clause", r"(?:what|how|why|who)(?:'s|'re|'d|'ll)(?! an?(?!\S))"),
    _onset("wh", "clause", rf"(?:what|how|why) {_AUX}"),
    _onset("wh", "boundary", rf"(?:where|when|who)(?: else)? {_AUX} (?:{_PRON}|{_OWNED}|{_ANY}|responsible|in|going)"),
    _onset("wh", "boundary", rf"(?:where's|when's|who's) (?:{_OWNED}|that|it|going|responsible|in|gonna)"),
    _onset(
        "wh",
        "clause",
        rf"(?:how|(?:what|whose)(?! (?:some|most|many|the|my|our|people)(?!\S))) (?:{_NOUN} ){{1,6}}?{_AUX}",
    ),
    _onset("wh", "clause", rf"which (?:one|ones|of|part|parts|version|way|{_NOUN} {_AUX})"),
    _onset(
        "wh",
        "clause",
        r"what (?:(?:else|exactly) )?(?:happens|happened|brings|brought|made|makes|led|leads|drives|drove|prompted"
        r"|caused|triggered|attracted|keeps|stops|stopped|works|worked|matters|changed|worries|concerns|helps|comes|stands"
        r"|got|gets|if|about|else|gives|needs)",
    ),
    _onset(
        "wh",
        "start",
        r"what (?!it's|that's|there's|he's|she's)\w+(?:[^s]s|ed) (?:you|your|the|this|that|it|people|teams|\w+ers)",
    ),
    _onset("wh", "clause", r"who (?:else|makes|owns|decides|signs|handles|runs|pays|manages|approves|gets|needs)"),
    _onset("wh", "boundary", r"how (?:about|come|so)"),
    _onset("wh", "start", r"(?:what|which) (?:\w+ )?(?:works|suits|fits)(?: (?:best|better|for you))?$"),
    _onset("wh", "start", r"(?:what|which) (?:kind|kinds|type|types|sort|sorts)|like what|such as what"),
    _onset("wh", "start", r"(?:why|how|when|where|who|which|how many|how much|how often|how long|what time)(?= ,|$)"),
    _onset("wh", "marked", r"(?:what|how|why|who|where|when|which|whose|whom)(?:'s|'re|'d|'ve|'ll)?"),
    _onset(
        "fragment",
        "start",
        rf"any (?!of(?!\S)|(?:\S+ ){{0,5}}(?:{_MODAL}|is|are|was|works|may|might|helps|i|we|who|made)(?!\S))\S+(?: \S+){{0,9}}$",
    ),
    _onset("fragment", "boundary", r"and (?:you|yourself|yours)$"),
    _onset("fragment", "start", r"any(?:thing|one|body|where) (?:else|in particular|specific|special)"),
)

EMBEDDING = frozenset(
    "know see figure of about is on to understand that's identify tell depends sure was by with exactly show find for"
    " than learn remember from explain at in into discuss and or are know".split()
)
"""Words that take a question into a statement ("it depends on what are the terms")."""

BLOCKING_BEFORE = frozenset(
    "i you we they he she it this that these those there who which what to not as than if when whenever where nor"
    " neither only how all things whatever people would could can will should might must may didn't don't never always"
    " people's everything whether because also just".split()
)
"""Words after which an auxiliary in mid-flow continues a statement ("what they do you know") and opens no question."""

JOINERS = re.compile(r"(?:^| )(?:and|or|like|which|because|cause|just|also|actually|please|maybe)$")
"""Openers that in mid-flow join clauses of a statement as often as they open a question."""

_OPENER_WORDS = (
    r"so|and|but|or|okay|ok|well|now|then|oh|yeah|yep|yes|no|nope|right|alright|all right|thanks|thank you|hey|hi|hello"
    r"|also|actually|anyway|anyways|basically|because|cause|like|gotcha|got it|uh-huh|mm-hmm|mhm|mm-hm|huh|maybe|just"
    r"|please|i guess|i suppose|let me ask you this|let me ask you something|let me ask you|let me ask|can i ask you"
    r"|can i ask|may i ask you|may i ask|to ask you|to ask|my question is|the question is|question for you|quick question"
    r"|tell me|first of all|out of curiosity|just curious|<quoted>|by the way|i'm wondering|i wonder|just wondering"
    r"|in other words|which|you said"
)
OPENERS = re.compile(rf"(?:^| )(?:{_OPENER_WORDS})$")
"""What may stand before a question without being part of it: a boundary lies after it, in mid-flow too."""

LEADS = re.compile(
    rf"(?:^| )(?:{_OPENER_WORDS}|good|great|cool|sure|first|again|perfect|awesome|interesting|excellent|wow|absolutely"
    r"|ah|aha|lovely|nice|fine|fantastic|wonderful|amazing|sorry)$"
)
"""Openers, and words that open a question only where nothing but openers stands before them ("great, how ...")."""

REPORTING = re.compile(
    r"(?:^| )(?:said|says|saying|say|asked|asks|asking|told|(?:was|were|is|be|am|are|\S+'(?:s|re|m))(?: just| all| kind of"
    r"| sort of)? like|goes|go|going|thinks|thinking|thought|wondered|you're wondering)(?: (?:to )?(?:me|him|her|us|them|myself|yourself|himself|herself|people|you|everybody))?"
    r"(?: , \S+(?: \S+)?)?(?: ,)?(?: (?:well|so|okay|oh|hey|but|and|now)(?: ,)?)*$"
)
"""Speech of others before a question: what follows was asked elsewhere ("he asked me where do I live")."""

NOT_ASKED = re.compile(
    r"^(?:who (?:knows|cares)|what can i say|what can you do$|what do i know|guess what|god knows"
    r"|how (?:can|should|shall|do|would|could|might) (?:i|you|we) (?:put|say|phrase|word)(?: (?:it|this|that|them))?"
    r"|what(?:'s| is) the word|what do you call (?:it|them|that|those)|(?:what|where) was i(?: saying| going)?(?: |$)"
    r"|do you know what(?: ,|$)|(?:would|can|could) you (?:believe|imagine) (?:it|that)|wouldn't you know"
    r"|are you kidding|are you serious$|why not(?: ,|$)|what the (?:hell|heck)"
    r"|(?:what|how) (?:would|could) i (?!.*(?:help|send|reach|you|your|expect|call|go|get|find|know|need|use|do (?:if|about|to|next|when|it)|sign|set))"
    r"|should you (?:have|need|want|wish|decide|choose|ever)|had (?:i|we|you) (?:known|been)|were (?:you|we|i) to"
    r"|isn't (?:that|it) (?:great|nice|something|wonderful|funny|bad|cool|awful|amazing|terrible)$"
    r"|(?:do|did|does|have|are|can|will) (?:i|we)$|what an? |do it|is it$|(?:do|did|don't|didn't) you know$|why should (?:we|they) (?:have to|bother|care|worry)(?!\S))"
)
"""Word order of a question that seeks no answer: rhetorical, self-talk, a condition, an exclamation."""

CLEFT = re.compile(
    r"^what(?:'s|'re| is| are| was| were) (?:[^\s,]+ ){1,6}?(?<!that )(?:, )?(?:is|was)"
    r" (?:that|they|i|we|he|she|it|to|the|a|an|when|because|not|just|in|if|you|,)(?= \S+ \S)"
    r"|^what (?:\w+[^s]s|\w+ed|made|brought|drove|led|got)(?: \S+){0,9}? (?:is|was)(?!\S)"
)
"""A statement that begins like a question: "what happened was that ...", "what's nice is the ..."."""

_ECHO = rf"(?:{_PRON} {_AUX}|{_AUX} {_PRON})(?: really| now| too| not)?"
RECEIPT = re.compile(
    r"^(?:(?:oh|yeah|yes|yep|no|huh|wow|okay|ok|ah|well|so|right|and|mm-hmm|uh-huh|mhm|good|great|gosh|really|sure) ?,? ?)*"
    rf"(?:really|seriously|you think so|you think|are you serious|no kidding|you're kidding|are you kidding(?: me)?"
    rf"|is that (?:right|so|true|correct|it)|is it really|all right|alright|true|{_ECHO})?$"
)
"""A receipt in the form of a question ("oh, did he", "is that right"): it hands the floor back and asks nothing."""

UNHEARD = re.compile(
    r"^(?:(?:oh|i'm|so|wait|um) )*(?:sorry|pardon|pardon me|excuse me|what|what was that|what did you say|say that again"
    r"|(?:i )?beg (?:your )?pardon|come again|huh|who|say again|(?:can|could) you (?:say|repeat) that(?: again)?"
    r"(?: please)?|\S+ what|sorry (?:,? ?)what(?: was that)?)$"
)
"""Signals of not having heard or understood: they ask for the words again, not for an answer."""

TAG = re.compile(
    r" (?:, )?(?:(?:is|are|was|were|do|does|did|can|could|will|would|should|have|has|had|ai|ca|wo)n't"
    r" (?:you|we|they|he|she|it|i|that|there|this)|don't you think|huh|eh|or what|is that (?:right|correct|fair|true))$"
    r"| , (?:right|correct|am i right|(?:is|was|does|did) (?:it|he|she)|(?:is|was) that"
    r"|(?:are|were|do|did|have|would|can|will) (?:you|they|we))$"
    r"|(?:^| )(?:you|your|you're|you've|you'll|y'all|you'd) (?:\S+ )+?\S+(?<! all)(?<! is)(?<!'s)(?<! be)(?<! the)"
    r"(?<! are)(?<! was)(?<! exactly)(?<! quite)(?<! it)(?<! you)(?<! not)(?<! very)(?<! so)(?<! absolutely)(?<! totally)(?<! probably)(?<! completely) (?:right|correct)$"
)
"""The tail that turns a statement into a question, marked or not: "isn't it", "huh", ", right"."""

CHECK = re.compile(
    r"^(?:(?:and|so|but|oh|yeah) )?you know what$|(?:^| )(?:(?:okay|ok|all right|alright|you know|see)|(?:go|goes|going|said|says|say|like|asked) (?:, )?"
    r"(?:what|why|how|who|really|huh))$"
)
"""A tail that seeks no answer: a check of understanding ("I'm here to help, okay?"), a retold "and he goes, what?"."""

CONFIRMING = re.compile(
    r"^(?:(?:so|and|oh|okay|well|but) ,? ?)*(?:(?:that|it|you|this|they) must (?:\S+ )+then|you (?:\S+ )*you said"
    r"|i (?:take it|assume|presume|imagine)(?: that)? you(?:'re|'ve|'ll|r)?(?!\S)(?! (?:can|could|know)(?!\S))|you mean (?:to say|like|that you)"
    r"|so you're (?:telling me|saying)|correct me if|you (?:interested|ready|free|available)|oh (?:, )?yours? \S+"
    r"|i don't know (?:if|whether) you(?:'ve| have| ever| guys| all)"
    r"|(?:\S+ ){2,}(?:, )?(?:i(?:'d| would)? (?:imagine|take it|assume|presume|bet)|i'm guessing)$)(?!\S)"
)
"""A statement about the listener's own affairs, which only the listener can confirm, with no mark needed."""

ALTERNATIVE = re.compile(
    r"^(?:(?:so|and|okay|oh|then|well|huh) (?:, )?)*(?:is )?(?:you|you're|you've|your \S+)(?! (?:can|could|should|may|might|need|want"
    r"|know|get|either|have to|gotta)(?!\S)) .*(?<!\S)(?:or (?:an? |the |do you |did you |just |is it |are you )?\S+"
    r"|(?:in|for|with|at|from|by|on|about|since) (?:(?:what|which) (?!you|i|we|they|he|she|it)\S+|how many|how long|how much)(?: (?!you|i|we|they|he|she|it)\S+){0,3})$"
)
"""A statement about the listener that leaves a choice or a gap to fill: "you used a handsaw or a backsaw"."""

RESTATING = re.compile(
    r"^(?:(?:so|and|but|okay|well|mm-hmm|right|yeah|now) ,? ?)*(?:on (?:the )?one hand|so on (?:the )?one hand|the one hand"
    r"|i'm (?:hearing|picking up|sensing)|what i'm hearing|part of you|a part of you)"
)
"""The start of a summary that gives back what was said: even with a mark it seeks no answer."""

TO_LISTENER = re.compile(r"(?<!\S)(?:you|your|yours|yourself|you're|you've|you'd|you'll|y'all|we could|we can)(?!\S)")
"""Whom wondering must name to ask: "I was wondering what the weather was" is thinking aloud."""

_FACT = re.compile(
    r"^(?:(?:at|in|on|for|to|from|by|with|of|about|since|until) )?(?:how (?:many|much|long|old|often|far|big|large"
    r"|tall|soon|late|frequently|recently|high|heavy|confident|important|likely|ready|willing|committed)"
    r"|what(?:'s| is| was|'re| are)? (?:your |the |his |her |their |a good |best )?(?:[\w']+ )?(?:time|date|day|month|year"
    r"|number|percentage|percent|zip|postcode|age|size|colou?r|version|name|names|address|email|phone|city|state|country"
    r"|title|budget|deadline)(?!\S)(?! (?:like|of))|why don't (?:we|you)|when|who's|whose|which|(?:where|who)"
    r"(?! (?:can|could|might|would|should|do you (?:think|feel|see|want)|are (?:you (?:at|in|on|with)|we|things)|you are|you're)(?!\S)))(?!\S)"
)
_OPEN_POLAR = re.compile(
    rf"^(?:(?:can|could|would|will) you (?:\w+ ){{0,2}}?(?:{_INVITED}|think of)|would you mind (?:telling|describing|sharing|filling|walking|explaining)"
    r"|do you (?:want|like) to (?:tell|describe|share|walk|talk|explain)|do you have (?:any (?:thoughts|ideas?|other)|an idea|a sense|thoughts)"
    r"|have you (?:given|thought) .*(?:how|what|why)"
    r"|(?:do|did|can|could|would|may) (?:i|you) (?:know|ask|say|think|tell \S+) (?:you )?(?:what|why|how(?! (?:many|much|long|old|often)))"
    r"|is there anything|are there any other)(?!\S)"
)


_POLAR_CLAUSE = re.compile(
    rf"(?:(?:if|whether)(?! you (?:can|could|would|might) (?:\w+ )?{_INVITED}| you've given any thought)|{_AUX})(?!\S)"
)


def is_open(family: Family, asked: str) -> bool:
    """Whether a question invites a free answer: not yes or no, not one of a choice, not a single fact.

    ``asked`` is the question's cleaned text from its onset on.
    """
    if family == "polar":
        return _OPEN_POLAR.search(asked) is not None
    if family == "wh":
        return _FACT.search(asked) is None
    if family == "indirect":
        clause = re.search(rf"(?<!\S)(?:{_ASK}|{_AUX} {_PERSON})(?!\S).*", asked)
        return clause is None or (_POLAR_CLAUSE.match(clause.group()) is None and _FACT.search(clause.group()) is None)
    return True
