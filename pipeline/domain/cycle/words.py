"""The texts and references that events of the coaching cycle carry."""

from typing import Annotated

from pydantic import Field, StringConstraints

Said = Annotated[str, StringConstraints(max_length=500)]
"""A title, a reason in a line, an id of a rubric's part."""

Long = Annotated[str, StringConstraints(max_length=20_000)]
"""What a person writes at length."""

Ref = Annotated[str, StringConstraints(pattern=r"^[a-z]\d{1,6}$")]
"""The id of what an event began: a letter for its kind and the number of the event's record, as f12 for a focus."""

Minutes = Annotated[int, Field(ge=1, le=24 * 60)]
