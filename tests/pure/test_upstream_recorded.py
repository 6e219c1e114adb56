"""What real servers were recorded to say; tried where the recordings lie beside the checkout."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.pure.replay import RECORDINGS, Transcript, cut, load
from tests.pure.replayed import Heard, awkward, hear

pytestmark = pytest.mark.usefixtures("tried_once")

RECORDED = sorted(RECORDINGS.glob("*/*.txt"))
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
