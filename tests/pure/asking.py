"""Questions to the demo model through the real client, and what was heard of the answer."""

from dataclasses import dataclass, field
from typing import Any

import openai


@dataclass
class Heard:
    """What a client heard of one streamed answer."""

    text: str = ""
    reasoning: str = ""
    finish: str | None = None
    usage: dict[str, Any] | None = None
    calls: dict[int, dict[str, str]] = field(default_factory=dict)
    chunks: list[Any] = field(default_factory=list)

    def add(self, chunk: Any) -> None:
        self.chunks.append(chunk)
        if chunk.usage:
            self.usage = chunk.usage.model_dump()
        for choice in chunk.choices:
            delta = choice.delta
            self.text += delta.content or ""
            extra = delta.model_extra or {}
            self.reasoning += extra.get("reasoning_content") or extra.get("reasoning") or ""
            self.finish = choice.finish_reason or self.finish
            for call in delta.tool_calls or []:
                known = self.calls.setdefault(call.index, {"id": "", "name": "", "arguments": ""})
                known["id"] = call.id or known["id"]
                known["name"] = call.function.name or known["name"]
                known["arguments"] += call.function.arguments or ""


async def hear(
    client: openai.AsyncOpenAI, messages: str | list[Any], heard: Heard | None = None, **more: Any
) -> Heard:
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    heard = heard if heard is not None else Heard()
    stream = await client.chat.completions.create(
        messages=messages,
        stream=True,
        stream_options={"include_usage": True},
        **{"model": "demo", **more},
    )
    async with stream:
        async for chunk in stream:
            heard.add(chunk)
    return heard


async def ask(client: openai.AsyncOpenAI, text: str, **more: Any) -> Any:
    return await client.chat.completions.create(
        messages=[{"role": "user", "content": text}], **{"model": "demo", **more}
    )
