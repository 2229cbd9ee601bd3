"""More turns as recognisers write them: questions with words left out, run into what stands before, or on a scale."""

from tests.text.question_facts import Fact, asked, whole

ELLIPTICAL: tuple[Fact, ...] = (
    *whole(
        "closed",
        "You ever been through a migration",
        "ever tried a pilot",
        "got any reports you could share",
        "you a partner of theirs",
        "How old?",
        "how soon",
        "where at",
        "any chance you could introduce us",
    ),
    *whole(
        "open",
        "Thoughts?",
        "thoughts on the draft",
        "Such as?",
        "Like what?",
        "In what way?",
        "what else",
        "what part of the business",
    ),
)

IN_FLOW: tuple[Fact, ...] = (
    ("sorry to hear that can you tell me more", asked("open", "can you tell me more")),
    ("thanks for that are you in a quiet place", asked("closed", "are you in a quiet place")),
    ("you've got the deck there can I have a look", asked("closed", "can I have a look")),
    ("thirty seats okay and how can I help you today", asked("open", "how can I help you today")),
    ("with the new plan does the price go up", asked("closed", "does the price go up")),
    ("so just before that when was the last time you renewed", asked("closed", "when was the last time you renewed")),
    ("it's the same tool is it a pilot or a rollout", asked("closed", "is it a pilot or a rollout")),
    (
        "two regions then are there any others we should know of",
        asked("closed", "are there any others we should know of"),
    ),
    ("fine any thoughts on what you could do first", asked("open", "any thoughts on what you could do first")),
    ("okay I'll note that down anything else I can help you with", asked("open", "anything else I can help you with")),
    ("and if you do nothing what happens", asked("open", "what happens")),
    ("makes sense what would have to be true for you", asked("open", "what would have to be true for you")),
    ("so the contract is up in june is it", asked("closed", "so the contract is up in june is it")),
    ("has finance signed off on it", asked("closed", "has finance signed off on it")),
    ("In what ways would your week be easier?", asked("open", "In what ways would your week be easier?")),
    ("And that's changed over what period of time?", asked("closed", "And that's changed over what period of time?")),
    ("You're on the annual plan, you said.", asked("declarative", "You're on the annual plan, you said.")),
    ("I don't know what you think about all that?", asked("open", "I don't know what you think about all that?")),
    ("I'd be curious to hear how that went.", asked("open", "I'd be curious to hear how that went.")),
)

SCALES_AND_FACTS: tuple[Fact, ...] = (
    *whole(
        "closed",
        "tell me how many seats you need",
        "Tell me if that works for you.",
        "What number would you pick?",
        "How about if we start with ten seats?",
        "Do you know how to export it?",
    ),
    ("On a scale from one to ten, how would you rate it?", asked("closed", "how would you rate it?")),
)

SPOKEN_GROUPS: dict[str, tuple[Fact, ...]] = {
    "elliptical": ELLIPTICAL,
    "in mid-flow": IN_FLOW,
    "scales and facts": SCALES_AND_FACTS,
}
