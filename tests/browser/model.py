"""The demo model in a process of its own, asked from a test that does not use asyncio."""

import json
import urllib.request
import uuid
from typing import Any
from urllib.parse import urlencode

from tests.servers import wait_until

PATIENCE = 40


class Model:
    """Tells what happened to each request, and lets held answers go on."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._address = base_url.removesuffix("/v1")
        self._tags: list[str] = []

    def tag(self) -> str:
        """A label that finds one request again."""
        self._tags.append(uuid.uuid4().hex[:12])
        return self._tags[-1]

    def request(self, tag: str, state: str = "received", after: int = 0) -> dict[str, Any]:
        """The last request with this tag, once it is received, has content, is held or ended.

        `after` is the number of an earlier one.
        """
        requests = self._get("log", tag=tag, wait=state, after=str(after))["requests"]
        assert requests, f"no request {tag} was {state}"
        found: dict[str, Any] = requests[-1]
        return found

    def times_asked(self, tag: str) -> int:
        """How many requests had this tag so far."""
        return len(self._get("log", tag=tag)["requests"])

    def go(self, tag: str) -> None:
        """Let the answer with this tag go on, once it is held."""
        # The log may tell of an earlier one that was held under the same tag.
        wait_until(lambda: self._go(tag) == 1, f"an answer that is held as {tag}")

    def release(self) -> None:
        """Let everything go on that a test may have left held."""
        while self._tags:
            self._go(self._tags.pop())

    def _go(self, tag: str) -> int:
        released: int = self._get("go", b"", tag=tag)["released"]
        return released

    def _get(self, what: str, data: bytes | None = None, **query: str) -> dict[str, Any]:
        address = f"{self._address}/demo/{what}?{urlencode(query)}"
        with urllib.request.urlopen(address, data, timeout=PATIENCE) as answer:
            told: dict[str, Any] = json.load(answer)
            return told
