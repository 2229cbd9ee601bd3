"""Sales-call turns as recognisers write them, each with the questions a listener hears in it, by phenomenon."""

# Each fact: a turn, and the questions expected as (kind, the words that ask). An empty tuple: nothing is asked.
Expected = tuple[tuple[str, str], ...]
Fact = tuple[str, Expected]


def asked(kind: str, words: str) -> Expected:
    return ((kind, words),)


def whole(kind: str, *turns: str) -> tuple[Fact, ...]:
    """Facts for turns that are one question from first word to last."""
    return tuple((turn, asked(kind, turn)) for turn in turns)


NOTHING: Expected = ()

OPEN_MARKED = whole(
    "open",
    "What made you start looking for a new vendor?",
    "How are you handling onboarding today?",
    "Why is that a priority this quarter?",
    "What would change for your team if this was fixed?",
    "How does your approval process work?",
    "What other tools have you looked at?",
    "What happens if you do nothing?",
    "What's driving the change?",
    "How would you describe a good outcome?",
    "What does success look like for you?",
    "How come you moved off the old system?",
    "What about the finance team?",
)

OPEN_UNMARKED = whole(
    "open",
    "what are you using today for forecasting",
    "how do your reps log their calls right now.",
    "what is the biggest headache for you at the moment",
    "why did you leave your last provider.",
    "what kind of problems does that cause",
    "how would that affect your team.",
    "what's your take on that",
    "what motivates you to change now.",
    "what do you do when a deal slips",
    "how is that working out for you",
)

INVITATIONS = whole(
    "open",
    "Tell me about your current process.",
    "tell me a little bit more about that",
    "Walk me through what happens after a lead comes in.",
    "walk us through your last renewal",
    "Describe a typical week for your team.",
    "Help me understand how you measure that.",
    "Can you tell me a bit more about the rollout?",
    "could you walk me through your buying process",
    "Would you mind telling me how you decide?",
    "Talk to me about your team.",
    "Give me an example of a deal you lost.",
    "Can you give me a sense of the timeline?",
    "can I ask what you're hoping to get out of this",
)

INDIRECT: tuple[Fact, ...] = (
    *whole(
        "open",
        "I'm curious how you handle that today.",
        "I'm wondering what you think about the pricing.",
        "I'd love to hear more about your goals.",
        "I was wondering how your team feels about it",
        "I'd like to understand what you tried before.",
        "Just curious what you're paying attention to.",
    ),
    *whole(
        "closed",
        "I was wondering if you had a budget in mind.",
        "I'm curious whether you've seen our new plan.",
        "I wonder if you could send me the contract.",
    ),
    ("I was wondering what time it was over there.", NOTHING),
    ("I wonder if the delay is the real reason.", NOTHING),
)

CLOSED_MARKED = whole(
    "closed",
    "Do you use Salesforce?",
    "Is there a budget set aside for this?",
    "Have you spoken to legal yet?",
    "Would Thursday work for you?",
    "Are you the one who signs off?",
    "Does it integrate with Slack?",
    "Can we book thirty minutes next week?",
    "Did the pilot go well?",
    "Isn't that already covered by the contract?",
    "Will your boss be on the call?",
    "Should we invite procurement?",
    "Has anyone else tried it?",
)

CLOSED_UNMARKED = whole(
    "closed",
    "do you have a minute to talk",
    "are you happy with your current supplier.",
    "have you heard of us before",
    "is that something you'd be open to",
    "would it be okay if I shared my screen",
    "did you get the email I sent on Monday.",
    "does that make sense",
    "is there anyone else we should involve.",
    "could we set up a call with your boss",
    "would next week be any better",
    "are there other vendors in the running.",
)

ONE_FACT = whole(
    "closed",
    "What is your zip code?",
    "How many seats do you need?",
    "how long have you been with them",
    "When did you sign the contract?",
    "how much are you spending on that today",
    "Who else is involved in the decision?",
    "Which plan are you on?",
    "What's your email address?",
    "What's a good time to call?",
    "How often do you run that report?",
    "Where are you based?",
    "what time works",
    "when does your contract end",
)

DECLARATIVES = whole(
    "declarative",
    "You're using spreadsheets?",
    "So you're doing all of that by hand?",
    "And that takes two days?",
    "Your boss signs off on it?",
    "You've tried a few tools already?",
    "Spreadsheets?",
    "So about forty reps?",
    "The finance team owns that?",
    "Because of the price?",
    "I take it you've seen the demo.",
    "You interested in a trial.",
    "Oh, yours is on premise.",
    "That must be hard on the team then.",
    "So you're saying the price is the blocker.",
    "I don't know if you've heard of us.",
)

TAGS = whole(
    "closed",
    "You're on the annual plan, right?",
    "That's a big change, isn't it?",
    "that takes a while, doesn't it",
    "you guys renewed in March, right",
    "It's not cheap, is it?",
    "she signs the contracts, doesn't she.",
    "So that fell through, huh?",
    "You'd want that in writing, wouldn't you?",
    "you're the head of sales is that right",
    "We said Tuesday, correct?",
)

CHOICES = whole(
    "closed",
    "Do you do that in house or do you outsource it?",
    "Is it a price thing or a timing thing?",
    "would you rather pay monthly or yearly",
    "you use a spreadsheet or a tool",
    "Are you looking at this year or next year?",
)

STUMBLES: tuple[Fact, ...] = (
    ("do you, do you uh have a CRM in place", asked("closed", "do you uh have a CRM in place")),
    ("um what, what kind of team do you have", asked("open", "what kind of team do you have")),
    ("So, uh, how- how do you, uh, track that?", asked("open", "how do you, uh, track that?")),
    ("I-I was wondering w-what you think of it.", asked("open", "I-I was wondering w-what you think of it.")),
    ("what did you, you know, think of the demo", asked("open", "what did you, you know, think of the demo")),
    ("okay so um are you are you still looking", asked("closed", "are you still looking")),
    ("and how, um, how does that make you feel", asked("open", "how does that make you feel")),
)

BARE_FRAGMENTS: tuple[Fact, ...] = (
    *whole("open", "Any thoughts on that?", "any other concerns", "Anything else?", "How so?", "why", "How about you?"),
    ("I'm good, and you?", asked("open", "and you?")),
    ("Any day next week works for me.", NOTHING),
    *whole("closed", "When?", "You've been with them for how long?", "so you sell in which countries"),
)

SEVERAL: tuple[Fact, ...] = (
    (
        "How many reps do you have? And what are they using today?",
        (("closed", "How many reps do you have?"), ("open", "what are they using today?")),
    ),
    (
        "Thanks for joining. Before we start, how is the new quarter going? Great. Did you get my deck?",
        (("open", "how is the new quarter going?"), ("closed", "Did you get my deck?")),
    ),
    (
        "so what do you use today and how many people are on the team",
        (("open", "what do you use today"), ("closed", "how many people are on the team")),
    ),
    (
        "We help teams like yours. What would you want to fix first? We see a lot of companies struggle with that.",
        asked("open", "What would you want to fix first?"),
    ),
    ("What is it? Is it the price?", (("open", "What is it?"), ("closed", "Is it the price?"))),
    (
        "do you use salesforce okay great we plug right into that",
        asked("closed", "do you use salesforce"),
    ),
    (
        "if you had the budget would you buy it this year",
        asked("closed", "would you buy it this year"),
    ),
    (
        "yeah that makes sense we hear that a lot how are you dealing with it today",
        asked("open", "how are you dealing with it today"),
    ),
    ("Maria, what do you make of the quote?", asked("open", "what do you make of the quote?")),
    (
        "Let me ask you this, how confident are you in that number?",
        asked("closed", "how confident are you in that number?"),
    ),
    ("It renews in May. Is that right?", asked("closed", "Is that right?")),
)

RHETORICAL = (
    "Who knows?",
    "what can I say",
    "How can I put it, it was a mess.",
    "Who cares?",
    "Guess what, we signed it.",
    "how should I say it, they were not happy",
    "Do you know what, let's do it.",
    "Why not?",
    "Where was I?",
    "You know what? Let's move on.",
    "Should you have any questions, just email me.",
    "Not only do we integrate, we migrate your data.",
    "what a week we've had",
)

RECEIPTS = (
    "Oh really?",
    "Is that right?",
    "You do?",
    "Oh, did he?",
    "Really.",
    "Yeah?",
    "Oh, is it?",
    "Okay?",
    "It does?",
    "No kidding?",
    "Seriously?",
    "Wow, really?",
)

NOT_HEARD = (
    "Pardon?",
    "Excuse me?",
    "Huh?",
    "What?",
    "Sorry?",
    "Sorry, what was that?",
    "Could you repeat that?",
    "What did you say?",
    "Say that again?",
    "With my what?",
    "The contract and what?",
)

STATEMENTS = (
    "what I did was call them back",
    "when we started it was just three people",
    "how it works is you connect your calendar",
    "What we usually see is a ramp of two weeks.",
    "What happened was that the vendor went under.",
    "what's nice is that it runs overnight",
    "which is why we built it",
    "Which is the worst part of it.",
    "It is in the other plan, which is the one below that.",
    "the people who use it love it",
    "I don't know how they do it.",
    "It depends on what your team needs.",
    "so do I",
    "That's what they do, you know, all day.",
    "It was, you know, a long year.",
    "You know what I mean.",
    "I'll tell you what we can do.",
    "Let me tell you about the plan.",
    "Let me know if you need anything.",
    "you're absolutely right",
    "we can do that for you",
    "If you have any questions, call me.",
    "We go live on Friday, okay?",
    "On one hand you like it, on the other hand it's expensive?",
    "I see what you mean.",
    "we have what you need",
    "as you can see it is all in one place",
    "what I like is the report",
    "feel free to ask any questions",
    "we don't have any other tools",
    "I don't think there's anything else",
    "any time you go it's busy",
    "do your best",
    "you make good decisions and do your research before you buy",
    "have your team call me",
    "may I just say that was great",
    "so can we but it costs more",
    "should anything change we'll call",
    "which one you pick is up to you",
    "we have to figure out what are the terms",
    "no matter what happens we renew",
    "my husband did the cooking",
    "somebody has to ring through the list mostly nobody does it",
    "the other team has it",
    "they don't have any more seats left",
)

REPORTED = (
    "he asked me where do I live",
    "and then she said, what are you doing here",
    'My boss said, "Why are we paying for this?" and that was that.',
    "they're like, do you really need that",
    "and I go, what?",
    'The board is saying, "why is this so slow?"',
    "they said well how about in autumn",
    "and he's like, who is this, and why are you calling me",
)

GROUPS: dict[str, tuple[Fact, ...]] = {
    "open, marked": OPEN_MARKED,
    "open, unmarked": OPEN_UNMARKED,
    "invitations": INVITATIONS,
    "indirect": INDIRECT,
    "closed, marked": CLOSED_MARKED,
    "closed, unmarked": CLOSED_UNMARKED,
    "one fact": ONE_FACT,
    "declaratives": DECLARATIVES,
    "tags": TAGS,
    "choices": CHOICES,
    "stumbles": STUMBLES,
    "bare fragments": BARE_FRAGMENTS,
    "several": SEVERAL,
    "rhetorical": tuple((turn, NOTHING) for turn in RHETORICAL),
    "receipts": tuple((turn, NOTHING) for turn in RECEIPTS),
    "not heard": tuple((turn, NOTHING) for turn in NOT_HEARD),
    "statements": tuple((turn, NOTHING) for turn in STATEMENTS),
    "reported": tuple((turn, NOTHING) for turn in REPORTED),
}
