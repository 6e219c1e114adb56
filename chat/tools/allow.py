"""What a person says of tools: which are on, and whether one that asks may run."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

Name = Annotated[str, StringConstraints(max_length=64, pattern=r"^[\w-]+$")]
Switched = Annotated[dict[Name, bool], Field(max_length=500)]
"""Tools by name, and whether the model may use them."""


class Allow(BaseModel):
    """Say whether a tool that asks may run: this once, always in this conversation, or not."""

    type: Literal["allow"] = "allow"
    ask: uuid.UUID
    choice: Literal["once", "always", "deny"]
