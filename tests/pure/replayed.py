"""An answer that was replayed from a socket, as the client heard it."""

import re
from dataclasses import dataclass, field

from chat.stream.entries import Entry
from chat.upstream import ChatRequest, Upstream, UpstreamError
from tests.pure.replay import replaying

REQUEST = ChatRequest("tiny", [{"role": "user", "content": "Hello there, tiny model"}])


@dataclass
class Heard:
    """An answer as it was received."""

    text: str = ""
    reasoning: str = ""
    calls: list[list[str]] = field(default_factory=list)
    usage: list[int | None] | None = None
    finish: str | None = None
    error: str | None = None

    def add(self, entries: list[Entry]) -> None:
        for entry in entries:
            if entry["kind"] == "text":
                self.text += entry["text"]
            elif entry["kind"] == "reasoning":
                self.reasoning += entry["text"]
            elif entry["kind"] == "usage":
                self.usage = [
                    entry["prompt_tokens"],
                    entry["completion_tokens"],
                    entry["reasoning_tokens"],
                ]
            elif entry["kind"] == "tool_call":
                if entry["index"] == len(self.calls):
                    self.calls.append(["", "", ""])
                call = self.calls[entry["index"]]
                call[:] = entry["id"], entry["name"], call[2] + entry["arguments"]


async def hear(pieces: list[bytes]) -> Heard:
    heard, said = Heard(), ""
    async with replaying(pieces) as server:
        upstream = Upstream(server.url, "key-of-this-site")
        try:
            async with upstream.stream(REQUEST) as answer:
                async for batch in answer:
                    heard.add(batch.entries)
                heard.finish = answer.finish_reason
        except UpstreamError as error:
            heard.error = error.code
            said = f"{error.text} {error}"
        finally:
            await upstream.aclose()
    assert "key-of-this-site" not in said
    assert "Hello there" not in said
    return heard


def awkward(wire: bytes) -> list[int]:
    """Places inside `data:`, inside characters, inside chunk sizes and between CR and LF."""
    places = [match.start() + 1 for match in re.finditer(rb"\r\n|\n\n|[0-9a-f]{2}\r", wire)]
    places += [match.start() + 3 for match in re.finditer(rb"data: ", wire)]
    places += [match.start() + 1 for match in re.finditer(rb"[\xc0-\xff][\x80-\xbf]", wire)]
    return places
