"""Owns the closed word lists that patterns of questions are built of, each a piece of a regular expression.

They fit a sentence as ``question_text`` cleans it: lower case, words parted by single spaces.
"""

PRON = r"(?:you|we|they|he|she|it|i|this|that|there|these|those|y'all)"
PERSON = r"(?:you|we|they|he|she|y'all|your)"
AUX = (
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|have|has|had|am|may|shall|might"
    r"|(?:is|are|was|were|ai|do|does|did|ca|could|wo|would|should|have|has|had)n't)"
)
BE = r"(?:is|are|was|were|isn't|aren't|wasn't|weren't)"
MODAL = r"(?:can|could|would|will|should|can't|couldn't|won't|wouldn't|shouldn't)"
WH = r"(?:what|how|why|who|where|when|which|whose|whom)"
ASK = r"(?:what|how|why|who|where|when|which|whether|if|whose)"
ANY = r"(?:any|anyone|anybody|anything|everyone|everybody|everything|someone|somebody|people|either|most of)"
OWNED = r"(?:the|your|my|our|his|her|their|its|these|those|this|that)"
THING = (
    r"(?:it|that|this|he|she|there|these|those|anyone|anybody|anything|any \S+|(?:the|your|their|his|her|our) [^\s,]+)"
)
VERB = (
    r"(?:apply|appear|ask|be|become|begin|belong|bother|bring|call|care|cause|change|charge|come|connect|cost|count"
    r"|cover|do|drink|drive|end|exist|feel|fit|get|give|go|grow|handle|happen|hate|have|hear|help|hold|hurt|include"
    r"|integrate|involve|itch|keep|know|last|leave|let|like|link|live|look|lose|make|matter|mean|meet|move|need|offer"
    r"|own|pay|play|put|reach|remember|ring|run|say|scale|see|seem|sell|send|show|sit|smell|sound|stand|start|stay|stop"
    r"|support|surprise|sync|take|talk|tell|think|tie|touch|travel|try|turn|understand|use|want|work|worry)"
)
SOON = r"(?:(?:ever|even|still|really|also|actually|usually|normally|currently|already|just|all) )?"
NOUN = rf"(?:(?!(?:{PRON}|{AUX}|and|but|so|to|if|\w+'(?:re|ve|d|ll|m))(?!\S))[^\s,]+)"
INVITED = (
    r"(?:tell (?:me|us)|describe|walk (?:me|us)|talk (?:me|us) through|talk to me about|talk (?:more |a little "
    r"|a bit |a little bit )(?:more )?about"
    r"|explain|elaborate|expand on|share|help (?:me|us) (?:\w+ )?understand|say (?:\w+ ){0,3}more|fill (?:me|us) in"
    r"|(?:run|take) (?:me|us) through|paint (?:me|us) a picture|catch me up|give (?:me|us) (?:\w+ ){0,3}"
    r"(?:example|idea|sense|overview|picture|background|feel|timeframe|rundown|flavou?r))"
)
