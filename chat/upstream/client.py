"""The model server behind an OpenAI-compatible address, spoken to with the `openai` client."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .answer import AnswerStream
from .errors import UpstreamError, refused
from .redact import redacted
from .requests import ChatRequest, Dialect, Limits, SendReasoning

if TYPE_CHECKING:
    import httpx2
    import openai

RETRIES = 2
BACKOFF = 0.2
MODELS_SECONDS = 5.0
REACH_SECONDS = 1.0
OPENAI = "https://api.openai.com/v1"
MODELS = 1000
# What the SDK would tell a server of itself and of this machine with each request.
TOLD_BY_SDK = ("Lang", "Package-Version", "OS", "Arch", "Runtime", "Runtime-Version", "Async")


class Upstream:
    """One server, its connections and what is known of its dialect; one per process."""

    def __init__(self, base_url: str, api_key: str, reasoning: SendReasoning = "auto") -> None:
        self.base_url = base_url
        self._api_key = api_key
        self._dialect = Dialect(reasoning)
        self._opened: openai.AsyncOpenAI | None = None

    def takes_tools(self, model: str) -> bool:
        """Whether the server has not refused tools for this model yet."""
        return model not in self._dialect.toolless

    async def aclose(self) -> None:
        """Close every connection to the server."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    @asynccontextmanager
    async def stream(
        self, request: ChatRequest, limits: Limits | None = None
    ) -> AsyncIterator[AnswerStream]:
        """The answer to a request, its headers arrived; leaving closes the socket at once.

        Raises `UpstreamError` when there is no answer.
        """
        limits = limits or Limits()
        # Importing is not the server's time.
        await self._client()
        started = asyncio.get_running_loop().time()

        def redact(detail: str) -> str:
            return redacted(detail, self._api_key, request.messages)

        try:
            response = await self._ask(request, limits, started)
        except UpstreamError as error:
            error.detail = redact(error.detail)
            raise
        from .transport import body_of

        try:
            yield AnswerStream(body_of(response), limits, started, redact)
        finally:
            await response.aclose()

    async def models(self) -> list[str]:
        """The names of the server's models; none when it has none, or does not say."""
        client = await self._client()
        import openai

        try:
            async with asyncio.timeout(MODELS_SECONDS):
                listed = await client.get("/models", cast_to=object)
        except (openai.OpenAIError, TimeoutError, ValueError, UpstreamError):
            return []
        return model_names(listed)

    async def reachable(self) -> bool:
        """Whether something listens at the server's address."""
        url = urlsplit(self.base_url or OPENAI)
        try:
            async with asyncio.timeout(REACH_SECONDS):
                port = url.port or (443 if url.scheme == "https" else 80)
                _, writer = await asyncio.open_connection(url.hostname, port)
        except (OSError, ValueError):
            return False
        writer.close()
        return True

    async def warm(self) -> None:
        """Import the client, which takes a second, in a thread."""
        await self._client()

    async def _client(self) -> "openai.AsyncOpenAI":
        if self._opened is None:
            opened = await asyncio.to_thread(_open, self.base_url, self._api_key)
            self._opened = self._opened or opened
        return self._opened

    async def _ask(self, request: ChatRequest, limits: Limits, started: float) -> "httpx2.Response":
        """The response to a request, tried again while nothing can have been answered."""
        loop = asyncio.get_running_loop()
        retries = 0
        while True:
            body = self._dialect.body(request)
            try:
                async with asyncio.timeout_at(started + limits.first_token):
                    return await self._post(body, limits)
            except TimeoutError:
                raise UpstreamError("timeout", detail="no headers") from None
            except UpstreamError as error:
                if self._dialect.learn(error.status, error.detail, body):
                    continue
                pause = _pause(error, retries)
                if pause is None or loop.time() + pause > started + limits.connect:
                    raise
            retries += 1
            await asyncio.sleep(pause)

    async def _post(self, body: dict[str, Any], limits: Limits) -> "httpx2.Response":
        client = await self._client()
        import httpx2
        import openai

        try:
            stream = await client.post(
                "/chat/completions",
                body=body,
                cast_to=object,
                stream=True,
                stream_cls=openai.AsyncStream[object],
                options={"timeout": httpx2.Timeout(None, connect=limits.connect)},
            )
        except openai.APIStatusError as error:
            again = error.response.headers.get("retry-after", "")
            raise refused(error.status_code, error.response.content, again) from None
        except openai.APIConnectionError as error:
            raise _unconnected(error.__cause__) from None
        except httpx2.HTTPError as error:
            # A refusal whose body cannot be decoded, for one.
            raise UpstreamError("garbled", detail=type(error).__name__) from None
        return stream.response


def _open(base_url: str, api_key: str) -> "openai.AsyncOpenAI":
    import openai

    from .transport import http_client

    # Their debug messages hold prompts.
    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)
    untold: dict[str, Any] = {f"X-Stainless-{name}": openai.Omit() for name in TOLD_BY_SDK}
    return openai.AsyncOpenAI(
        base_url=base_url,
        api_key=api_key or "none",
        max_retries=0,
        http_client=http_client(),
        default_headers={"Accept-Encoding": "identity", **untold},
    )


def _unconnected(cause: BaseException | None) -> UpstreamError:
    import httpx2

    detail = type(cause).__name__
    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.UnsupportedProtocol):
        return UpstreamError("unreachable", detail=detail)
    if isinstance(cause, httpx2.RemoteProtocolError):
        return UpstreamError("garbled", detail=detail)
    return UpstreamError("cut", detail=f"before the headers: {detail}")


def _pause(error: UpstreamError, retries: int) -> float | None:
    """Seconds until the next try; None when there is none."""
    if retries >= RETRIES:
        return None
    if error.code == "cut" and not retries:
        return 0  # mostly a kept connection that the server had just closed
    pause: float = BACKOFF * 2**retries
    if error.status == 429:
        return None if error.retry_after is None else max(pause, error.retry_after)
    if error.status in (502, 503, 504) or (
        not error.status and error.code in ("unreachable", "cut")
    ):
        return max(pause, error.retry_after or 0)
    return None


def model_names(listed: object) -> list[str]:
    """The ids in an answer of `/v1/models`, in its order."""
    data = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(data, list):
        return []
    names = (model.get("id") for model in data[:MODELS] if isinstance(model, dict))
    return list(dict.fromkeys(name for name in names if isinstance(name, str) and name))
