"""The demo model in a process of its own, which tells what happened to each request."""

import uuid
from typing import Any

import httpx2

from chat import demo
from chat.demo.tokens import cut

from .page import Page


def tag() -> str:
    """A label that finds one request again."""
    return uuid.uuid4().hex[:12]


class Model:
    """A running demo model."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._address = base_url.removesuffix("/v1")

    async def request(self, tag: str, state: str = "received", after: int = 0) -> dict[str, Any]:
        """The last request with this tag, once it is received, has content, is held or ended.

        `after` is the number of one that came before it.
        """
        query = {"tag": tag, "wait": state, "after": str(after)}
        async with httpx2.AsyncClient(trust_env=False, timeout=40) as client:
            told = await client.get(f"{self._address}/demo/log", params=query)
        requests = told.json()["requests"]
        assert requests, f"no request {tag} was {state}"
        found: dict[str, Any] = requests[-1]
        return found

    async def requests(self, tag: str) -> int:
        """How many requests had this tag so far."""
        async with httpx2.AsyncClient(trust_env=False, timeout=40) as client:
            told = await client.get(f"{self._address}/demo/log", params={"tag": tag})
        return len(told.json()["requests"])

    async def go(self, tag: str) -> None:
        """Let the held answer with this tag go on."""
        async with httpx2.AsyncClient(trust_env=False, timeout=40) as client:
            told = await client.post(f"{self._address}/demo/go", params={"tag": tag})
        assert told.json()["released"] == 1, f"nothing was held as {tag}"


async def held(tab: Page, model: Model, text: str, tokens: int = 30) -> tuple[str, int]:
    """Ask for an answer whose model waits after so many tokens, and have those shown.

    Gives its tag and generation. However slow the machine is, the answer is still being written.
    """
    label = tag()
    generation = await tab.ask(f"{text} rate=0 hold={tokens} tag={label}")
    await model.request(label, "held")
    await tab.shown(generation, len("".join(cut(demo.expected(text))[:tokens])))
    return label, generation
