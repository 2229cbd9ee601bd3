"""What is left of an event of the cycle when the calls or the person it was about were erased: that there was one."""

from typing import Literal

from pipeline.domain.base import Value


class Erased(Value):
    """An event that was erased. It keeps its number, so that what later events name by number still is what it was."""

    kind: Literal["erased"] = "erased"
