"""A tool: a typed Python function with a docstring, and the JSON schema that follows from it."""

import inspect
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, get_type_hints

from django.utils.functional import Promise
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic_core import PydanticSerializationError, to_json

from .threads import in_thread

PROBLEMS = 3
ARGUMENT = re.compile(r"^\s{4,}(?P<name>\w+)(?:\s*\([^)]*\))?:\s*(?P<text>.+)$")


class ToolError(Exception):
    """A tool cannot do what it was asked; the argument is a sentence for the model."""


@dataclass(frozen=True)
class Context:
    """For whom a tool is called and in which conversation; never a part of its schema."""

    user_id: int
    conversation_id: uuid.UUID


class Tool(Protocol):
    """What a model may ask for by its name. `asks`: only with the person's permission."""

    name: str
    title: str | Promise
    description: str
    parameters: dict[str, Any]
    asks: bool

    async def call(self, arguments: str, context: Context) -> str:
        """The result for arguments in JSON; raises ToolError."""


def spec(tool: Tool) -> dict[str, Any]:
    """A tool as the chat completions API wants it described."""
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


class FunctionTool:
    """A tool made of a function: coroutines run on the loop, others in a thread of their own."""

    asks = False

    def __init__(self, function: Callable[..., Any], title: str | Promise) -> None:
        self.name = function.__name__
        self.title = title
        self.description, arguments = _docstring(function)
        self._function = function
        self._context = _context_of(function)
        self._arguments = _model(function, arguments)
        self.parameters = _schema(self._arguments)

    async def call(self, arguments: str, context: Context) -> str:
        """Check the arguments and call the function; raises ToolError."""
        given = self._checked(arguments)
        if self._context:
            given[self._context] = context
        if inspect.iscoroutinefunction(self._function):
            return as_text(await self._function(**given))
        return as_text(await in_thread(self._function, **given))

    def _checked(self, arguments: str) -> dict[str, Any]:
        try:
            checked = self._arguments.model_validate_json(arguments.strip() or "{}")
        except ValidationError as error:
            raise ToolError(_sentence(error)) from None
        return {name: getattr(checked, name) for name in type(checked).model_fields}


def tool(title: str | Promise) -> Callable[[Callable[..., Any]], FunctionTool]:
    """Make a function a tool; `title` is what the person reads."""
    return lambda function: FunctionTool(function, title)


def as_text(value: object) -> str:
    """A result as the model reads it: text as it is, anything else as JSON."""
    if isinstance(value, str):
        return value
    try:
        return to_json(value).decode()
    except PydanticSerializationError:
        raise ToolError("The tool gave something that cannot be said in JSON.") from None


def _model(function: Callable[..., Any], described: dict[str, str]) -> type[BaseModel]:
    """A model of the arguments, without the context."""
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        hint = hints[name]
        if hint is Context:
            continue
        if name in described:
            hint = Annotated[hint, Field(description=described[name])]
        required = parameter.default is inspect.Parameter.empty
        fields[name] = (hint, ... if required else parameter.default)
    made: type[BaseModel] = create_model(
        function.__name__, __config__=ConfigDict(extra="forbid"), **fields
    )
    return made


def _context_of(function: Callable[..., Any]) -> str:
    """The name of the parameter that takes the context; "" if there is none."""
    hints = get_type_hints(function)
    return next((name for name, hint in hints.items() if hint is Context), "")


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema, without the titles that pydantic makes of the names."""
    schema = model.model_json_schema()
    schema.pop("title", None)
    for field in schema.get("properties", {}).values():
        field.pop("title", None)
    return schema


def _docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """What a docstring says of the function, and in its section "Args:" of each argument."""
    says, _, rest = inspect.getdoc(function).partition("\nArgs:\n")  # type: ignore[union-attr]
    described: dict[str, str] = {}
    name = ""
    for line in rest.splitlines():
        if found := ARGUMENT.match(line):
            name = found["name"]
            described[name] = found["text"].strip()
        elif name and line.strip():
            described[name] += f" {line.strip()}"
    return " ".join(says.split()), described


def _sentence(error: ValidationError) -> str:
    """What is wrong with the arguments, so that a model can do better."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if problems[0]["type"] == "json_invalid":
        return "The arguments are not JSON."
    said = [
        f"{'.'.join(map(str, each['loc'])) or 'arguments'}: {each['msg']}."
        for each in problems[:PROBLEMS]
    ]
    return "The arguments do not fit. " + " ".join(said)
