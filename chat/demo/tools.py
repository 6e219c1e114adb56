"""Tool calls: which function, with which arguments, and what is said of its result."""

import json
from typing import Any

from chat.demo.answer import Answer, Call
from chat.demo.asked import Asked

LONGEST_RESULT = 2000
CLOCK = {
    "name": "current_time",
    "parameters": {
        "type": "object",
        "properties": {"timezone": {"type": "string", "default": "Europe/Berlin"}},
        "required": ["timezone"],
    },
}
NO_TOOL = (
    "A tool call is a model asking the program that talks to it to do something: read a clock, "
    "search, compute. This request offered me no tool, so I have nothing to call.\n\n"
    "Type `tool call` to see one all the same: I then ask for `current_time`, which nobody "
    "offered.\n"
)
SAMPLES: dict[str, Any] = {
    "string": "demonstration",
    "integer": 7,
    "number": 2.5,
    "boolean": True,
    "array": [],
    "object": {},
    "null": None,
}


def tool(asked: Asked) -> Answer:
    """Call the first tool the request offers, or explain what is missing."""
    if not asked.tools:
        return Answer(text=NO_TOOL)
    return Answer(calls=(call(asked, asked.tools[0]),), finish="tool_calls")


def tool_call(asked: Asked, style: str = "pieces", text: str = "") -> Answer:
    """Call the first tool, or one that was not offered."""
    function = asked.tools[0] if asked.tools else CLOCK
    return Answer(text=text, calls=(call(asked, function),), call_style=style, finish="tool_calls")


def two_tools(asked: Asked) -> Answer:
    """Call two tools in one answer."""
    functions = [*asked.tools, CLOCK, CLOCK][:2]
    calls = tuple(call(asked, function, n) for n, function in enumerate(functions))
    return Answer(text="I need two things for that.\n\n", calls=calls, finish="tool_calls")


def tool_text(asked: Asked) -> Answer:
    """Write the call into the text, as models do whose server does not know their format."""
    wanted = call(asked, asked.tools[0] if asked.tools else CLOCK)
    arguments = json.loads(wanted.arguments)
    inner = json.dumps({"name": wanted.name, "arguments": arguments})
    return Answer(text=f"<tool_call>\n{inner}\n</tool_call>")


def after_tool(asked: Asked) -> Answer:
    """Answer with the results that came back."""
    parts = ["The tool answered, and a real model would now use it:\n"]
    for result in asked.results:
        shown = result[:LONGEST_RESULT]
        fence = "`" * max(3, _longest_ticks(shown) + 1)
        parts.append(f"\n{fence}\n{shown}\n{fence}\n")
    parts.append("\nThat is all there is to a tool call.\n")
    return Answer(text="".join(parts))


def call(asked: Asked, function: dict[str, Any], number: int = 0) -> Call:
    """Return a call of `function` whose arguments fit the types of its JSON schema."""
    arguments = _sample(function.get("parameters"))
    if not isinstance(arguments, dict):
        arguments = {}
    return Call(
        id=f"call_demo_{asked.turns}_{number}",
        name=str(function["name"]),
        arguments=json.dumps(arguments, ensure_ascii=False),
    )


def _sample(schema: object, depth: int = 0) -> object:
    if not isinstance(schema, dict) or depth > 5:
        return None
    for key in ("default", "const"):
        if key in schema:
            return schema[key]
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return schema["enum"][0]
    properties = schema.get("properties")
    if isinstance(properties, dict):
        required = schema.get("required")
        names = required if isinstance(required, list) else list(properties)
        return {n: _sample(properties[n], depth + 1) for n in names if n in properties}
    kind = schema.get("type")
    return SAMPLES.get(kind) if isinstance(kind, str) else None


def _longest_ticks(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
