"""What phrases the drafts of a configuration."""

from pipeline.config import Config
from pipeline.engines.redaction import RedactingDrafter, asked_redactor
from pipeline.errors import UsageError
from pipeline.ports import ChatModel, Drafter
from pipeline.prompts import shipped_prompt


def make_drafter(config: Config, *, chat: ChatModel | None) -> Drafter | None:
    """The drafter of the configuration; None where the template's words stand.

    Raises: UsageError when a language model is to phrase drafts and there is none; WeightsError where
        its words are to be masked and the model for that is not here.
    """
    if config.drafter == "template":
        return None
    if chat is None:
        raise UsageError("drafter = 'llm' needs a language model", hint="name one in filmroom.toml: [llm] model")
    from pipeline.adapters.llm_drafter import LlmDrafter

    drafter, redactor = LlmDrafter(chat, shipped_prompt("rephrase")), asked_redactor(config)
    return drafter if redactor is None else RedactingDrafter(drafter, redactor)
