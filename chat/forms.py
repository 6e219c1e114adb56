"""The commands that a person can send: the same for sockets and plain posts."""

import re
import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import from_json

from chat.models import LEAF, Accepted, Ask, Conversation, Generation
from chat.tools import Allow, Switched

Id = Annotated[int, Field(ge=1, lt=2**63)]
ModelName = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]
NUL = re.compile("\x00")


class Malformed(Exception):
    """The command cannot be read; `key` is its key, if at least that could."""

    key: uuid.UUID | None = None


class TooLong(Malformed):
    """The prompt has more characters than the limit, which is the argument."""


class Invalid(Malformed):
    """The argument is a sentence that says where it is wrong."""


class Params(BaseModel):
    """What may be asked of the model; only what is set is sent."""

    model_config = ConfigDict(extra="forbid")

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None

    def given(self) -> dict[str, Any]:
        """The parameters that were set."""
        return self.model_dump(exclude_none=True)


def _decoded(value: Any) -> Any:
    """A field of a posted form is text, also where the wire has an object."""
    return from_json(value) if isinstance(value, str) else value


def _absent(value: Any) -> Any:
    """A posted form says with nothing what the wire says with null."""
    return None if value == "" else value


class Settings(BaseModel):
    """What a new conversation is to have; one that exists has its own."""

    model_config = ConfigDict(extra="forbid")

    system_prompt: str = ""
    params: Params = Field(default_factory=Params)

    def given(self) -> dict[str, Any]:
        """The fields of a conversation."""
        words = NUL.sub("\N{REPLACEMENT CHARACTER}", self.system_prompt)
        return {"system_prompt": words.strip(), "params": self.params.given()}


class Command(BaseModel):
    """A command that makes exactly one generation, however often its key arrives."""

    key: uuid.UUID
    model: ModelName | None = None
    params: Params = Field(default_factory=Params)

    def beginning(self) -> dict[str, Any]:
        """What the conversation is to have if this makes it."""
        return {}

    def apply(self, conversation: Conversation, ask: Ask) -> Accepted:
        """Carry it out; raises what the conversation's own commands raise."""
        raise NotImplementedError


class Send(Command):
    """Say something: at the leaf if `parent` is absent, at the root if it is null or empty."""

    type: Literal["send"] = "send"
    text: str = ""
    parent: Annotated[Id | None, BeforeValidator(_absent)] = None
    temporary: bool | None = None
    tools: Switched | None = None
    attachments: list[uuid.UUID] | None = None
    files_of: Id | None = None
    settings: Annotated[Settings, BeforeValidator(_decoded)] | None = None

    def beginning(self) -> dict[str, Any]:
        """What was chosen before there was a conversation: settings, tools, to be temporary."""
        chosen = self.settings.given() if self.settings else {}
        return chosen | {n: v for n in ("tools", "temporary") if (v := getattr(self, n))}

    def apply(self, conversation: Conversation, ask: Ask) -> Accepted:
        """Send the prompt."""
        at = LEAF if "parent" not in self.model_fields_set else self.parent
        return conversation.send(ask, self.text, at, self.attachments or [], self.files_of)


class Regenerate(Command):
    """Write another answer beside `message`."""

    type: Literal["regenerate"] = "regenerate"
    message: Id

    def apply(self, conversation: Conversation, ask: Ask) -> Accepted:
        """Regenerate the answer."""
        return conversation.regenerate(ask, self.message)


class Continue(Command):
    """Go on writing `message`."""

    type: Literal["continue"] = "continue"
    message: Id

    def apply(self, conversation: Conversation, ask: Ask) -> Accepted:
        """Continue the answer."""
        return conversation.continue_(ask, self.message)


class Stop(BaseModel):
    """Stop a generation, by its id or its command's key; else the one that runs here."""

    type: Literal["stop"] = "stop"
    generation: Id | None = None
    key: uuid.UUID | None = None

    def means(self, generation: Generation) -> bool:
        """Whether this generation, running in the conversation, is to be stopped."""
        if self.generation is not None:
            return generation.pk == self.generation
        return self.key is None or generation.key == self.key


class Show(BaseModel):
    """Show the path through a message, and on to the newest that follows it."""

    type: Literal["show"] = "show"
    key: uuid.UUID | None = None
    message: Id


class Ping(BaseModel):
    """Is anybody there?"""

    type: Literal["ping"] = "ping"
    n: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None


Frame = Send | Regenerate | Continue | Stop | Allow | Show | Ping
