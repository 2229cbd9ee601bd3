"""What phrases the drafts of a configuration."""

from pipeline.config import Config
from pipeline.errors import UsageError
from pipeline.ports import ChatModel, Drafter
from pipeline.prompts import shipped_prompt


def make_drafter(config: Config, *, chat: ChatModel | None) -> Drafter | None:
    """The drafter of the configuration; None where the template's words stand.

    Raises: UsageError when a language model is to phrase drafts and there is none.
    """
    if config.drafter == "template":
        return None
    if chat is None:
        raise UsageError("drafter = 'llm' needs a language model", hint="name one in filmroom.toml: [llm] model")
    from pipeline.adapters.llm_drafter import LlmDrafter

    return LlmDrafter(chat, shipped_prompt("rephrase"))
