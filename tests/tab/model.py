"""The demo model in a process of its own, which tells what happened to each request."""

import uuid
from typing import Any

import httpx2


def tag() -> str:
    """A label that finds one request again."""
    return uuid.uuid4().hex[:12]


class Model:
    """A running demo model."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._address = base_url.removesuffix("/v1")

    async def request(self, tag: str, state: str = "received") -> dict[str, Any]:
        """The last request with this tag, once it is received, has content, is held or ended."""
        query = {"tag": tag, "wait": state}
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
