"""Reasoning, tool calls, limits and usage of the demo model, in the shapes that servers use."""

import json
from typing import Any

import openai
import pytest

from chat.demo import expected
from chat.demo.tokens import cut, estimate
from tests.pure.asking import ask, hear

CLOCK = {
    "type": "function",
    "function": {
        "name": "clock",
        "parameters": {
            "type": "object",
            "properties": {"zone": {"type": "string"}, "digits": {"type": "integer"}},
            "required": ["zone", "digits"],
        },
    },
}


async def test_a_thinker_thinks_before_every_answer(client: openai.AsyncOpenAI) -> None:
    heard = await hear(client, "table", model="demo-thinker")
    assert heard.reasoning
    assert heard.text == expected("table")
    assert heard.usage is not None
    assert heard.usage["completion_tokens_details"]["reasoning_tokens"] == len(cut(heard.reasoning))


async def test_reasoning_comes_in_a_field_of_either_name_or_in_the_text(
    client: openai.AsyncOpenAI,
) -> None:
    heard = await hear(client, "think field=reasoning")
    assert all("reasoning_content" not in chunk.model_dump_json() for chunk in heard.chunks)
    inline = await hear(client, "think inline")
    assert inline.text == f"<think>\n{heard.reasoning}</think>\n\n{heard.text}"


async def test_an_offered_tool_is_called_with_fitting_arguments_and_its_result_is_told(
    client: openai.AsyncOpenAI,
) -> None:
    heard = await hear(client, "tool", tools=[CLOCK])
    (call,) = heard.calls.values()
    assert heard.finish == "tool_calls"
    assert call["name"] == "clock"
    assert json.loads(call["arguments"]) == {"zone": "demonstration", "digits": 7}
    function = {"name": "clock", "arguments": call["arguments"]}
    history = [
        {"role": "user", "content": "tool"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": call["id"], "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": call["id"], "content": "12:00 ``` sharp"},
    ]
    told = await hear(client, history, tools=[CLOCK])
    assert told.finish == "stop"
    assert "````\n12:00 ``` sharp\n````" in told.text


async def test_without_a_tool_only_the_demonstration_calls_one(client: openai.AsyncOpenAI) -> None:
    assert (await hear(client, "tool")).finish == "stop"
    assert (await hear(client, "tool", tools=[CLOCK], tool_choice="none")).finish == "stop"
    (call,) = (await hear(client, "tool call")).calls.values()
    assert call["name"] == "current_time"


@pytest.mark.parametrize(
    ("phrase", "pieces"), [("tool call", 2), ("tool repeated", 2), ("tool whole", 1)]
)
async def test_a_call_comes_in_each_of_the_shapes_that_servers_use(
    client: openai.AsyncOpenAI, phrase: str, pieces: int
) -> None:
    heard = await hear(client, phrase)
    deltas = [call for c in heard.chunks for x in c.choices for call in x.delta.tool_calls or []]
    assert (len(deltas) > 1) == (pieces > 1)
    assert json.loads("".join(delta.function.arguments for delta in deltas))
    named = [delta for delta in deltas if delta.function.name]
    assert len(named) == (len(deltas) if phrase != "tool call" else 1)


async def test_two_tools_are_two_calls(client: openai.AsyncOpenAI) -> None:
    heard = await hear(client, "two tools")
    assert len({call["id"] for call in heard.calls.values()}) == 2


async def test_a_limit_of_tokens_is_obeyed(client: openai.AsyncOpenAI) -> None:
    for name in ("max_tokens", "max_completion_tokens"):
        limit: dict[str, Any] = {name: 10}
        heard, whole = await hear(client, "long", **limit), await ask(client, "long", **limit)
        assert heard.text == whole.choices[0].message.content == "".join(cut(expected("long"))[:10])
        assert heard.finish == whole.choices[0].finish_reason == "length"
        assert heard.usage is not None
        assert heard.usage["completion_tokens"] == whole.usage.completion_tokens == 10
    assert (await hear(client, "cut", max_tokens=5)).finish == "length"
    assert (await hear(client, "think", max_tokens=5)).text == ""


async def test_usage_counts_the_prompt_and_comes_only_if_asked_for(
    client: openai.AsyncOpenAI,
) -> None:
    heard = await hear(client, "table")
    assert heard.usage is not None
    assert heard.usage["prompt_tokens"] == 4 + estimate("table")
    assert heard.usage["total_tokens"] == 4 + estimate("table") + len(cut(expected("table")))
    assert heard.chunks[-1].choices == []
    stream = await ask(client, "table", stream=True)
    assert all([chunk.usage is None async for chunk in stream])


@pytest.mark.parametrize(
    ("where", "choices"), [("own", 0), ("finish", 1), ("dummy", 1), ("none", None)]
)
async def test_usage_stands_where_servers_put_it(
    client: openai.AsyncOpenAI, where: str, choices: int | None
) -> None:
    heard = await hear(client, f"table usage={where}")
    found = [len(chunk.choices) for chunk in heard.chunks if chunk.usage]
    assert found == ([] if choices is None else [choices])
