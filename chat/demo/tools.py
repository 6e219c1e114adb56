"""Tool calls: which function, with which arguments, and what is said of its result."""

import json
from dataclasses import replace
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
NAMED: dict[str, Any] = {
    "timezone": "Europe/Berlin",
    "expression": "17 * 24",
    "words": "demonstration",
}
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


def time_in(asked: Asked) -> Answer:
    """Ask for the time, in the place that the message ends with, if it names one."""
    _, found, place = asked.text.rpartition(" in ")
    place = place.strip(" ?!.\"'`").replace(" ", "_") if found else ""
    return named(asked, "current_time", **({"timezone": place} if place else {}))


def calculation(asked: Asked) -> Answer:
    """Ask for the value of the expression after the word `calculate`, or of an example."""
    expression = asked.text.strip().partition(" ")[2].strip(" ?`")
    given = expression if any(character.isdigit() for character in expression) else ""
    return named(asked, "calculate", **({"expression": given} if given else {}))


def search(asked: Asked) -> Answer:
    """Ask for what was said in earlier conversations."""
    words = asked.text.strip().partition(" for ")[2].strip(" ?.`")
    return named(asked, "search_conversations", **({"words": words} if words else {}))


def used(asked: Asked) -> Answer:
    """Call the tool whose name follows the word `use`."""
    return named(asked, asked.text.strip().partition(" ")[2].strip())


def named(asked: Asked, name: str, **arguments: Any) -> Answer:
    """Call the tool of this name with these arguments, or explain what is missing."""
    offered = [function for function in asked.tools if function["name"] == name]
    if not offered:
        return Answer(text=NO_TOOL)
    sampled = json.loads(call(asked, offered[0]).arguments)
    function = {**offered[0], "parameters": {"default": {**sampled, **arguments}}}
    return Answer(calls=(call(asked, function),), finish="tool_calls")


def for_ever(asked: Asked) -> Answer:
    """Call a tool again after every result, as long as one is offered."""
    if not asked.tools:
        return Answer(text=f"I had to stop after {len(asked.results)} results.\n")
    return replace(tool(asked), text=f"Round {len(asked.results) + 1}.\n\n")


def bad_call(asked: Asked) -> Answer:
    """Call a tool with arguments that are no JSON, then one that does not exist."""
    bad = Call(f"call_demo_{asked.turns}_bad", "calculate", '{"expression": ')
    missing = Call(f"call_demo_{asked.turns}_missing", "no_such_tool", "{}")
    return Answer(calls=(bad, missing), finish="tool_calls")


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
        if told := _told(result):
            parts.append(f"\n{told}\n")
            continue
        shown = result[:LONGEST_RESULT]
        fence = "`" * max(3, _longest_ticks(shown) + 1)
        parts.append(f"\n{fence}\n{shown}\n{fence}\n")
    parts.append("\nThat is all there is to a tool call.\n")
    return Answer(text="".join(parts))


def _told(result: str) -> str:
    """A sentence for a result that is a time or a number."""
    try:
        value = json.loads(result)
    except ValueError:
        return ""
    if isinstance(value, dict) and {"timezone", "time", "weekday"} <= value.keys():
        return f"In {value['timezone']} it is **{value['weekday']}, {value['time'][11:16]}**."
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"The result is **{result}**." if is_number else ""


def call(asked: Asked, function: dict[str, Any], number: int = 0) -> Call:
    """Return a call of `function` whose arguments fit the types of its JSON schema."""
    arguments = _sample(function.get("parameters"))
    if not isinstance(arguments, dict):
        arguments = {}
    return Call(
        id=f"call_demo_{asked.turns}_{len(asked.results)}_{number}",
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
        known = [name for name in names if name in properties]
        return {n: NAMED.get(n) or _sample(properties[n], depth + 1) for n in known}
    kind = schema.get("type")
    return SAMPLES.get(kind) if isinstance(kind, str) else None


def _longest_ticks(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
