"""A model server's answers in short, and a client that hears them out."""

import json

from chat.upstream import ChatRequest, Limits, Upstream
from tests.pure.replay import HEAD, Replay, chunk, says

REQUEST = ChatRequest("m", [{"role": "user", "content": "Hello"}])
END = b"0\r\n\r\n"
STOP = chunk('{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}')
DONE = chunk("[DONE]")
GOOD = [HEAD, says("fine"), STOP, DONE, END]


def refusal(status: str, body: dict[str, object] | None = None, headers: str = "") -> list[bytes]:
    said = json.dumps(body or {"error": {"message": "No."}})
    return [f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(said)}\r\n\r\n{said}".encode()]


async def answer(server: Replay, limits: Limits | None = None, **asked: object) -> str:
    upstream = Upstream(server.url, "")
    try:
        return await told(upstream, limits, **asked)
    finally:
        await upstream.aclose()


async def told(upstream: Upstream, limits: Limits | None = None, **asked: object) -> str:
    request = ChatRequest("m", REQUEST.messages, asked)
    text = ""
    async with upstream.stream(request, limits) as stream:
        async for batch in stream:
            text += "".join(entry["text"] for entry in batch.entries if entry["kind"] == "text")
    return text


def bodies(server: Replay) -> list[dict[str, object]]:
    return [json.loads(body) for _, body in server.requests]
