"""The commands that a person can send, checked: the same for sockets and plain posts."""

import re
import uuid
from typing import Annotated, Any, Literal

from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import from_json

from chat.attachments.sentences import too_many
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
    parent: Id | Literal[""] | None = None
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
        at = LEAF if "parent" not in self.model_fields_set else self.parent or None
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


class Ping(BaseModel):
    """Is anybody there?"""

    type: Literal["ping"] = "ping"
    n: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None


Frame = Send | Regenerate | Continue | Stop | Allow | Ping
_object: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
_frames: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


def parse_frame(text: str | bytes) -> Frame:
    """The command in a frame of JSON; raises Invalid or TooLong. Other keys are ignored."""
    try:
        return checked(_frames.validate_json(text))
    except ValidationError as error:
        invalid = Invalid(_sentence(error))
        invalid.key = _key_in(text)
        raise invalid from None


def parse_body(body: bytes, type: str) -> Frame:
    """The command of this type in a posted object of JSON; raises Invalid or TooLong."""
    try:
        fields = _object.validate_json(body)
    except ValidationError as error:
        raise Invalid(_sentence(error)) from None
    return parse_fields({**fields, "type": type})


def parse_fields(fields: dict[str, Any]) -> Frame:
    """The command in the fields of a posted form; raises Invalid or TooLong."""
    try:
        return checked(_frames.validate_python(fields))
    except ValidationError as error:
        invalid = Invalid(_sentence(error))
        invalid.key = _key_among(fields)
        raise invalid from None


def checked(frame: Frame) -> Frame:
    """The frame, if its prompt says something and is not too long."""
    if isinstance(frame, Send):
        frame.text = NUL.sub("\N{REPLACEMENT CHARACTER}", frame.text)
        wrong: Malformed | None = None
        if len(frame.attachments or []) > settings.LIMITS.files_per_prompt:
            wrong = Invalid(too_many(settings.LIMITS.files_per_prompt))
        elif not (frame.text.strip() or frame.attachments or frame.files_of):
            wrong = Invalid(_("There is nothing to send: the text is empty."))
        elif len(frame.text) > settings.LIMITS.max_prompt_chars:
            wrong = TooLong(settings.LIMITS.max_prompt_chars)
        elif frame.settings and _too_long(frame.settings):
            wrong = Invalid(_("The system prompt is too long."))
        if wrong is not None:
            wrong.key = frame.key
            raise wrong
    return frame


def _too_long(chosen: Settings) -> bool:
    return len(chosen.system_prompt) > settings.LIMITS.max_system_prompt_chars


class _Keyed(BaseModel):
    key: uuid.UUID


def _key_in(text: str | bytes) -> uuid.UUID | None:
    try:
        return _Keyed.model_validate_json(text).key
    except ValidationError:
        return None


def _key_among(fields: dict[str, Any]) -> uuid.UUID | None:
    try:
        return _Keyed.model_validate(fields).key
    except ValidationError:
        return None


def _sentence(error: ValidationError) -> str:
    """A short sentence about the first problem, without repeating what was sent."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(place) for place in first["loc"] if not isinstance(place, int))
    # Names in `loc` may be the sender's own: say no more of them than a name can hold.
    where = re.sub(r"[^\w.]", "", where)[:60]
    what = {
        "json_invalid": _("The frame is not JSON."),
        "union_tag_invalid": _("The type is unknown."),
        "union_tag_not_found": _("The type is missing."),
        "model_attributes_type": _("The frame is not an object."),
        "model_type": _("The frame is not an object."),
    }
    return what.get(first["type"], f"{where}: {first['msg']}."[:200])
