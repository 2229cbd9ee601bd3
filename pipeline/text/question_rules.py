"""Owns what surrounds the opening of a question: what bars it, what only looks like one, and how open it is.

Patterns read a sentence as ``question_text`` cleans it: lower case, no hesitations, a pause as a lone comma.
"""

import re

from pipeline.text.question_onsets import Family
from pipeline.text.question_text import word_set
from pipeline.text.question_words import ASK, AUX, INVITED, MODAL, PERSON, PRON

EMBEDDING = word_set(
    "know see figure of about is on to understand that's identify tell depends sure was by with exactly show "
    "find for than learn remember from explain at in into discuss matter regardless whatever"
)
"""Words that take a question into a statement ("it depends on what are the terms")."""

BLOCKING_BEFORE = word_set(
    "i you we they he she it this that these those there who which what to not as than if when whenever where "
    "nor neither only how all things whatever people would could can will should might must may didn't don't "
    "never always people's everything whether because also just"
)
"""Words after which an auxiliary in mid-flow continues a statement ("what they do you know") and opens no question."""

SUBJECTS = BLOCKING_BEFORE - word_set("it this that these those there things people me")
"""The fewer words that still bar an auxiliary before "you": "sorry to hear that can you tell me more" asks."""

ASKS_LISTENER = re.compile(
    rf"(?:{AUX} you|{MODAL} (?:i|we))(?! (?:know|see|can|could|will|would|do|did|are|were)(?!\S))(?= \S)"
)
"""An auxiliary before "you", "I" or "we" that no statement goes on with."""

FOUND_OUT = re.compile(r"(?:^| )(?:find|finding|figure|figuring|sort|sorting|work|working|point|map|lay) (?:it )?out$")
"""Phrases that take a question into a statement, as the words of EMBEDDING do."""

LICENSING = re.compile(
    r"(?:^| )(?:not|no|never|without|if|whether|\w+n't|hardly|before|nor|or|and|than|of|to|for|in|on|at|with|by|from"
    r"|about|ask|answer|raise|have|has|had|need|want|see|do|take|get|find|like|can|could)(?: \S+){0,2}$"
    r"|(?:^| )(?:not|\w+n't|if)(?: \S+){0,7}$"
)
"""Words that let "any" stand in a statement: "we don't have any other questions", "more than any other tool"."""

JOINERS = re.compile(r"(?:^| )(?:and|or|like|which|because|cause|just|also|actually|please|maybe)$")
"""Openers that in mid-flow join clauses of a statement as often as they open a question."""

_OPENER_WORDS = (
    r"fine|i see|of course|no problem|so|and|but|or|okay|ok|well|now|then|oh|yeah|yep|yes|no|nope|right|alright"
    r"|all right|thanks|thank you|hey|hi"
    r"|hello"
    r"|also|actually|anyway|anyways|basically|because|cause"
    r"|(?<!i )(?<!you )(?<!we )(?<!they )(?<!would )(?<!'d )like|gotcha|got it|makes sense|sounds good|fair enough"
    r"|that's fair|understood|uh-huh|mm-hmm|mhm|mm-hm|huh|maybe|just"
    r"|please|i guess|i suppose|let me ask you this|let me ask you something|let me ask you|let me ask|can i ask you"
    r"|can i ask|may i ask you|may i ask|to ask you|(?<!free )to ask|my question is|the question is|question for you"
    r"|quick question"
    r"|tell me|first of all|out of curiosity|just curious|<quoted>|by the way|i'm wondering|i wonder|just wondering"
    r"|in other words|you said"
)
OPENERS = re.compile(rf"(?:^| )(?:{_OPENER_WORDS})$")
"""What may stand before a question without being part of it: a boundary lies after it, in mid-flow too."""

LEADS = re.compile(
    rf"(?:^| )(?:{_OPENER_WORDS}|good|great|cool|sure|first|again|perfect|awesome|interesting|excellent|wow|absolutely"
    r"|ah|aha|lovely|nice|fine|fantastic|wonderful|amazing|sorry|roughly|approximately|exactly|about)$"
)
"""Openers, and words that open a question only where nothing but openers stands before them ("great, how ...")."""

REPORTING = re.compile(
    r"(?:^| )(?:said|says|saying|say|asked|asks|asking|told|(?:was|were|is|be|am|are|\S+'(?:s|re|m))(?: just| all"
    r"| kind of"
    r"| sort of)? like|goes|go|going|thinks|thinking|thought|wondered|you're wondering)(?: (?:to )?(?:me|him|her|us"
    r"|them|myself|yourself|himself|herself|people|you|everybody))?"
    r"(?: , \S+(?: \S+)?)?(?: ,)?(?: (?:well|so|okay|oh|hey|but|and|now)(?: ,)?)*$"
)
"""Speech of others before a question: what follows was asked elsewhere ("he asked me where do I live")."""

NOT_ASKED = re.compile(
    r"^(?:who (?:knows|cares)|what can i say|what can you do$|what do i know|guess what|god knows"
    r"|how (?:can|should|shall|do|would|could|might) (?:i|you|we) (?:put|say|phrase|word)(?: (?:it|this|that|them))?"
    r"|what(?:'s| is) the word|what do you call (?:it|them|that|those)|(?:what|where) was i(?: saying| going)?(?: |$)"
    r"|do you know what(?: ,|$)|(?:would|can|could) you (?:believe|imagine) (?:it|that)|wouldn't you know"
    r"|are you kidding|are you serious$|why not(?: ,|$)|what the (?:hell|heck)"
    r"|(?:what|how) (?:would|could) i (?!.*(?:help|send|reach|you|your|expect|call|go|get|find|know|need|use"
    r"|do (?:if|about|to|next|when|it)|sign|set))"
    r"|should you (?:have|need|want|wish|decide|choose|ever)|had (?:i|we|you) (?:known|been)"
    r"|were it not|should (?:anything|something|that|this|it) (?:happen|change|come up)|were (?:you|we|i) to"
    r"|isn't (?:that|it) (?:great|nice|something|wonderful|funny|bad|cool|awful|amazing|terrible)$"
    r"|(?:do|did|does|have|are|can|will) (?:i|we)(?:$| (?:but|and|too|because)(?!\S))"
    r"|(?:may|can|could) i just (?:say|add|mention)(?!\S)|what an? |do it|is it$|how \S+ (?:is|was) (?:that|this)$"
    r"|(?:do|did|don't|didn't) you know$|why should (?:we|they) (?:have to|bother|care|worry)(?!\S))"
)
"""Word order of a question that seeks no answer: rhetorical, self-talk, a condition, an exclamation."""

CLEFT = re.compile(
    r"^what(?:'s|'re| is| are| was| were) (?:[^\s,]+ ){1,6}?(?<!that )(?:, )?(?:is|was)"
    r" (?:that|they|i|we|he|she|it|to|the|a|an|when|because|not|just|in|if|you|,)(?= \S+ \S)"
    r"|^what (?:\w+[^s]s|\w+ed|made|brought|drove|led|got)(?: \S+){0,9}? (?:is|was)(?!\S)"
)
"""A statement that begins like a question: "what happened was that ...", "what's nice is the ..."."""

_ECHO = rf"(?:{PRON} {AUX}|{AUX} {PRON})(?: really| now| too| not)?"
RECEIPT = re.compile(
    r"^(?:(?:oh|yeah|yes|yep|no|huh|wow|okay|ok|ah|well|so|right|and|mm-hmm|uh-huh|mhm|good|great|gosh|really"
    r"|sure) ?,? ?)*"
    rf"(?:really|seriously|you think so|you think|are you serious|no kidding|you're kidding|are you kidding(?: me)?"
    rf"|is that (?:right|so|true|correct|it)|is it really|all right|alright|true|{_ECHO})?$"
)
"""A receipt in the form of a question ("oh, did he", "is that right"): it hands the floor back and asks nothing."""

UNHEARD = re.compile(
    r"^(?:(?:oh|i'm|so|wait|um) )*(?:sorry|pardon|pardon me|excuse me|what|what was that|what did you say"
    r"|say that again"
    r"|(?:i )?beg (?:your )?pardon|come again|huh|who|say again"
    r"|(?:with|in|on|for|to|of|at|from|about|than) (?:my|your|the|an?|his|her|our|their) what"
    r"|(?:any|the|an?|my|your|\S+ than|(?:\S+ ){1,3}and) what|(?:can|could) you (?:say|repeat) that(?: again)?"
    r"(?: please)?|(?!like|such|meaning|or|about)\S+ what|sorry (?:,? ?)what(?: was that)?)$"
)
"""Signals of not having heard or understood: they ask for the words again, not for an answer."""

TAG = re.compile(
    r" (?:, )?(?:(?:is|are|was|were|do|does|did|can|could|will|would|should|have|has|had|ai|ca|wo)n't"
    r" (?:you|we|they|he|she|it|i|that|there|this)|don't you think|huh|eh|or what|is that (?:right|correct|fair"
    r"|true))$"
    r"| , (?:right|correct|am i right|(?:is|was|does|did|has|had|will|would) (?:it|he|she)|(?:is|was) that"
    r"|(?:are|were|do|did|have|would|can|will) (?:you|they|we))$"
    r"|^(?!.*(?<!\S)(?:what|how|who|where|when|why|which|nor|neither|as|if|than|whether)(?!\S))(?:\S+ ){3,}"
    r"(?<!this )(?<!that )(?<!so )(?:is|was) (?:it|he|she)$"
    r"|(?:^| )(?:you|your|you're|you've|you'll|y'all|you'd) (?:\S+ )+?\S+(?<! all)(?<! is)(?<!'s)(?<! be)(?<! the)"
    r"(?<! are)(?<! was)(?<! exactly)(?<! quite)(?<! it)(?<! you)(?<! not)(?<! very)(?<! so)(?<! absolutely)"
    r"(?<! totally)(?<! probably)(?<! completely) (?:right|correct)$"
)
"""The tail that turns a statement into a question, marked or not: "isn't it", "huh", ", right"."""

CHECK = re.compile(
    r"^(?:(?:and|so|but|oh|yeah) )?you know what$|(?:^| )(?:(?:okay|ok|all right|alright|you know|see)|(?:go|goes"
    r"|going|said|says|say|like|asked) (?:, )?"
    r"(?:what|why|how|who|really|huh))$"
)
"""A tail that seeks no answer: a check of understanding ("live on Friday, okay?"), a retold "and he goes, what?"."""

CONFIRMING = re.compile(
    r"^(?:(?:so|and|oh|okay|well|but) ,? ?)*(?:(?:that|it|you|this|they) must (?:\S+ )+then"
    r"|you(?:r|'\w+)? (?:\S+ )*you said$"
    r"|i (?:take it|assume|presume|imagine)(?: that)? you(?:'re|'ve|'ll|r)?(?!\S)(?! (?:can|could|know)(?!\S))"
    r"|you mean (?:to say|like|that you)"
    r"|so you're (?:telling me|saying)|correct me if|you (?:interested|ready|free|available)|oh (?:, )?yours? \S+"
    r"|i don't know (?:if|whether) you(?:'ve| have| ever| guys| all)"
    r"|(?:\S+ ){2,}(?:, )?(?:i(?:'d| would)? (?:imagine|take it|assume|presume|bet)|i'm guessing)$)(?!\S)"
)
"""A statement about the listener's own affairs, which only the listener can confirm, with no mark needed."""

ALTERNATIVE = re.compile(
    r"^(?:(?:so|and|okay|oh|then|well|huh) (?:, )?)*(?:is )?(?:you|you're|you've|your \S+)(?! (?:can|could|should"
    r"|may|might|need|want"
    r"|know|get|either|have to|gotta)(?!\S)) .*(?<!\S)(?:or (?:an? |the |do you |did you |just |is it |are you )?\S+"
    r"|(?:in|for|with|at|from|by|on|about|since) (?:(?:what|which) (?!you|i|we|they|he|she|it)\S+|how many|how long"
    r"|how much)(?: (?!you|i|we|they|he|she|it)\S+){0,3})$"
)
"""A statement about the listener that leaves a choice or a gap to fill: "you pay by card or by invoice"."""

RESTATING = re.compile(
    r"^(?:(?:so|and|but|okay|well|mm-hmm|right|yeah|now) ,? ?)*(?:on (?:the )?one hand|so on (?:the )?one hand"
    r"|the one hand"
    r"|(?:what )?i'm (?:hearing|picking up|sensing|getting)|part of you|a part of you)"
)
"""The start of a summary that gives back what was said: even with a mark it seeks no answer."""

TO_LISTENER = re.compile(
    r"(?<!\S)(?:you|your|yours|yourself|you're|you've|you'd|you'll|y'all|we could|we can|to hear)(?!\S)"
)
"""Whom wondering must name to ask: "I was wondering what time it was" is thinking aloud."""

_FACT = re.compile(
    r"^(?:(?:at|in|on|for|to|from|by|with|of|about|since|until) )?(?:how (?:many|much|long|old|often|far|big|large"
    r"|tall|soon|late|frequently|recently|high|heavy|confident|important|likely|ready|willing|committed)"
    r"|what(?:'s| is| was|'re| are)? (?:your |the |his |her |their |a good |best )?(?:[\w']+ )?(?:time|date|day"
    r"|month|year"
    r"|number|percentage|percent|zip|postcode|age|size|colou?r|version|name|names|address|email|phone|city|state"
    r"|country"
    r"|title|budget|deadline)(?!\S)(?! (?:like|of))|why don't (?:we|you)(?! (?:start by )?tell)"
    r"|(?:how about|what) if (?:i|we)|when|who's|whose|which|(?:where|who)"
    r"(?! (?:can|could|might|would|should|do you (?:think|feel|see|want)|are (?:you (?:at|in|on|with)|we|things)"
    r"|you are|you're)(?!\S)))(?!\S)"
)
_OPEN_POLAR = re.compile(
    rf"^(?:(?:can|could|would|will) you (?:\w+ ){{0,2}}?(?:{INVITED}|think of)|would you mind (?:telling|describing"
    rf"|sharing|filling|walking|explaining)"
    r"|do you (?:want|like) to (?:tell|describe|share|walk|talk|explain)"
    r"|do you have (?:any (?:other |more )?(?:thoughts|ideas?|plans|concerns)|an idea|a sense|thoughts)"
    r"|have you (?:given|thought) .*(?:how|what|why)|have you thought about"
    r"|(?:do|did|can|could|would|may) (?:i|you) (?:know|ask|say|think|tell \S+) (?:you )?(?:what|why|how)"
    r"(?! (?:many|much|long|old|often|to|you(?:'re| are) supposed)(?!\S))"
    r"|is there anything|are there any (?:other|things|ways|reasons))(?!\S)"
)


_POLAR_CLAUSE = re.compile(
    rf"(?:(?:if|whether)(?! you (?:can|could|would|might) (?:\w+ )?{INVITED}| you've given any thought)|{AUX})(?!\S)"
)


SCALE = re.compile(
    r"(?<!\S)(?:on (?:a|the|that|this|your) (?:\S+ )?(?:scale|ruler)|from (?:zero|one|0|1) to|(?:what|which) number"
    r"|(?:zero|one|0|1) (?:to|through) (?:five|ten|5|10))(?!\S)"
)
"""A scale to answer on: whatever the question's words, the answer is one number."""

_TOLD_FACT = re.compile(
    r"(?:tell|remind) (?:me|us) (?:if|whether|when|which|your (?:\S+ )?(?:name|age|number|address|email|date)"
    r"|how (?:many|much|long|old|often))(?!\S)"
)


def is_open(family: Family, asked: str) -> bool:
    """Whether a question invites a free answer: not yes or no, not one of a choice, not a single fact.

    ``asked`` is the question's cleaned text from its onset on.
    """
    if _TOLD_FACT.search(asked):
        return False
    if family == "polar":
        return _OPEN_POLAR.search(asked) is not None
    if family == "fragment":
        return not asked.startswith("any chance")
    if family == "wh":
        return _FACT.search(asked) is None
    if family == "indirect":
        clause = re.search(rf"(?<!\S)(?:{ASK}|{AUX} {PERSON})(?!\S).*", asked)
        return clause is None or (_POLAR_CLAUSE.match(clause.group()) is None and _FACT.search(clause.group()) is None)
    return True
