"""What real servers sent, replayed from a socket and cut at awkward places."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.stream.entries import Entry
from chat.upstream import ChatRequest, Upstream, UpstreamError
from chat.upstream.parser import Parser
from tests.pure.replay import Transcript, cut, load, replaying

OWN = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
SHARED = Path(__file__).resolve().parents[3] / "shared" / "transcripts"
RECORDED = sorted(SHARED.glob("*/*.txt"))
REQUEST = ChatRequest("tiny", [{"role": "user", "content": "Hello there, tiny model"}])
REFUSALS = {
    "aimock/21": "bad_request",
    "aimock/22": "bad_request",
    "aimock/23": "unreachable",
    "aimock/27": "unreachable",
    "aimock/28": "unreachable",
    "extra/aimock-Drop": "cut",
    "extra/aimock-Fail-429": "rate_limited",
    "extra/aimock-chaos-429": "rate_limited",
    "extra/aimock-chaos-disconnect": "cut",
    "extra/aimock-chaos-malformed": "garbled",
    "extra/litellm-dead": "server_error",
    "extra/litellm-mock-context": "context_too_long",
    "extra/litellm-mock-ise": "server_error",
    "extra/litellm-mock-ratelimit": "rate_limited",
    "extra/litellm-no-auth": "server_error",
    "extra/llama-server-wrong-key": "unauthorized",
    "litellm-mock/20": "model_unavailable",
    "litellm-mock/21": "bad_request",
    "litellm-mock/22": "bad_request",
    "litellm-mock/28": "unreachable",
    "litellm-mock/29": "unauthorized",
    "llama-server/21": "server_error",
    "llama-server/22": "bad_request",
    "llama-server/24": "bad_request",
    "llama-server/26": "no_images",
    "llama-server/27": "context_too_long",
    "llama-server/28": "unreachable",
}


@pytest.fixture(autouse=True, scope="module")
def _tried_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chat.upstream.client.RETRIES", 0)
        yield


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


def parsed(pieces: list[bytes]) -> Heard:
    """The same without a socket: a body fed to the parser in these pieces."""
    heard, entries, parser = Heard(), list[Entry](), Parser()
    try:
        for piece in pieces:
            parser.feed(piece, entries)
            if parser.over:
                break
        else:
            parser.end(entries)
    except UpstreamError as error:
        heard.error = error.code
    parser.flush(entries)
    heard.finish = None if heard.error else parser.deltas.finish_reason
    heard.add(entries)
    return heard


def awkward(wire: bytes) -> list[int]:
    """Places inside `data:`, inside characters, inside chunk sizes and between CR and LF."""
    places = [match.start() + 1 for match in re.finditer(rb"\r\n|\n\n|[0-9a-f]{2}\r", wire)]
    places += [match.start() + 3 for match in re.finditer(rb"data: ", wire)]
    places += [match.start() + 1 for match in re.finditer(rb"[\xc0-\xff][\x80-\xbf]", wire)]
    return places


def expected(transcript: Transcript) -> Heard:
    return Heard(**{k: v for k, v in json.loads(transcript.expect).items() if k != "tokens"})


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
async def test_an_answer_is_heard_the_same_however_it_is_cut(path: Path) -> None:
    transcript = load(path)
    wire = transcript.pieces()
    assert await hear(wire) == expected(transcript)
    assert await hear([b"".join(wire)]) == expected(transcript)
    inside = transcript.pieces(cut(transcript.body, awkward(transcript.body)))
    assert await hear(inside) == expected(transcript)
    whole = b"".join(inside)
    assert await hear(cut(whole, awkward(whole))) == expected(transcript)


@pytest.mark.parametrize("name", ["text", "think", "tools-in-pieces", "return-and-newline"])
async def test_an_answer_is_heard_a_byte_at_a_time(name: str) -> None:
    transcript = load(OWN[0].with_name(f"{name}.txt"))
    wire = b"".join(transcript.pieces(cut(transcript.body, range(0, len(transcript.body), 7))))
    assert await hear(cut(wire, range(len(wire)))) == expected(transcript)


BODIES = [
    transcript
    for transcript in map(load, OWN)
    if transcript.head.startswith(b"HTTP/1.1 200")
    and not transcript.broken
    and b"gzip" not in transcript.head
]


@given(st.data(), st.sampled_from(BODIES))
def test_a_body_is_read_the_same_whatever_its_pieces(
    data: st.DataObject, transcript: Transcript
) -> None:
    places = data.draw(st.lists(st.integers(0, len(transcript.body)), max_size=40))
    assert parsed(cut(transcript.body, places)) == expected(transcript)


@pytest.mark.parametrize("transcript", BODIES, ids=lambda transcript: transcript.name)
def test_a_body_is_read_byte_for_byte(transcript: Transcript) -> None:
    assert parsed(cut(transcript.body, range(len(transcript.body)))) == expected(transcript)


@given(st.lists(st.integers(0, 2000), max_size=30), st.lists(st.integers(0, 3000), max_size=30))
@settings(max_examples=15)
async def test_any_chunks_and_any_cuts_give_the_same_answer(
    chunks: list[int], places: list[int]
) -> None:
    transcript = load(OWN[0].with_name("think.txt"))
    wire = b"".join(transcript.pieces(cut(transcript.body, chunks)))
    assert await hear(cut(wire, places)) == expected(transcript)


def recorded(transcript: Transcript) -> Heard:
    """The plain reading of a recorded answer, another way than the one tested."""
    heard = Heard()
    lines = re.findall(rb"(?m)^data: (\{.*)$", transcript.body) or [transcript.body]
    for line in lines:
        chunk: dict[str, Any] = json.loads(line)
        if usage := chunk.get("usage"):
            details = usage.get("completion_tokens_details", {})
            heard.usage = [
                usage["prompt_tokens"],
                usage["completion_tokens"],
                details.get("reasoning_tokens"),
            ]
        for choice in chunk["choices"]:
            delta = choice.get("delta") or choice.get("message") or {}
            heard.text += delta.get("content") or ""
            heard.reasoning += delta.get("reasoning_content") or ""
            heard.finish = choice.get("finish_reason") or heard.finish
            for number, call in enumerate(delta.get("tool_calls") or ()):
                index = call.get("index", number)
                if index == len(heard.calls):
                    heard.calls.append([call["id"], call["function"]["name"], ""])
                heard.calls[index][2] += call["function"]["arguments"]
    if thought := re.match(r"<think>\s*(.*?)</think>\s*", heard.text, re.DOTALL):
        heard.reasoning, heard.text = thought[1], heard.text[thought.end() :]
    return heard


@pytest.mark.skipif(not RECORDED, reason="no recorded transcripts beside the checkout")
@pytest.mark.parametrize(
    "path",
    [path for path in RECORDED if "models" not in path.name],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
async def test_a_recorded_answer_is_heard_the_same_however_it_is_cut(path: Path) -> None:
    transcript = load(path)
    name = f"{path.parent.name}/{path.stem}"
    code = next((code for key, code in REFUSALS.items() if name.startswith(key)), None)
    wire = transcript.pieces()
    heard = await hear(wire)
    if code is None:
        assert heard == recorded(transcript)
    else:
        assert heard.error == code
    whole = b"".join(transcript.pieces(cut(transcript.body, awkward(transcript.body))))
    for pieces in ([b"".join(wire)], cut(whole, awkward(whole))):
        assert await hear(pieces if transcript.head else []) == heard
