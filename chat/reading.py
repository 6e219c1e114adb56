"""Reading commands: frames, posted forms and posted JSON, checked, or refused with a sentence."""

import uuid
from typing import Annotated, Any

from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from chat.attachments.sentences import too_many
from chat.complaints import complaint
from chat.forms import NUL, Frame, Invalid, Malformed, Send, Settings, TooLong

_object: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
_frames: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


def parse_frame(text: str | bytes) -> Frame:
    """The command in a frame of JSON; raises Invalid or TooLong. Other keys are ignored."""
    try:
        return checked(_frames.validate_json(text))
    except ValidationError as error:
        invalid = Invalid(complaint(error))
        invalid.key = _key_in(text)
        raise invalid from None


def parse_body(body: bytes, type: str) -> Frame:
    """The command of this type in a posted object of JSON; raises Invalid or TooLong."""
    try:
        fields = _object.validate_json(body)
    except ValidationError as error:
        raise Invalid(complaint(error)) from None
    return parse_fields({**fields, "type": type})


def parse_fields(fields: dict[str, Any]) -> Frame:
    """The command in the fields of a posted form; raises Invalid or TooLong."""
    try:
        return checked(_frames.validate_python(fields))
    except ValidationError as error:
        invalid = Invalid(complaint(error))
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
