"""The HTTP client that the SDK is given: HTTP/1.1 through aiohttp, read only when asked.

Between two reads the socket is left alone, so that the kernel gathers what arrives and a read at
the caller's beat costs one wake-up however many chunks came. Imported late: it takes its time.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import cache

import aiohttp
import httpx2
import yarl
from aiohttp.client_proto import ResponseHandler

from .errors import UpstreamError

REFUSAL_BYTES = 64 * 1024
KEEP_ALIVE = 60
_ROOM = memoryview(bytearray(64 * 1024))


def http_client() -> httpx2.AsyncClient:
    """A client without proxies from the environment, redirects, limits of number, or cookies."""
    _trust()
    return httpx2.AsyncClient(transport=Transport(), trust_env=False, follow_redirects=False)


@cache
def _trust() -> ssl.SSLContext:
    context = httpx2.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


class Transport(httpx2.AsyncBaseTransport):
    """Sends httpx2's requests through an aiohttp session of the running loop."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request with its headers; the body is read from the response's stream."""
        timeout = request.extensions.get("timeout", {})
        content = await request.aread()
        try:
            response = await self._open().request(
                request.method,
                yarl.URL(str(request.url), encoded=True),
                headers=request.headers.multi_items(),
                data=content or None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(connect=timeout.get("connect")),
            )
        except aiohttp.ServerTimeoutError as error:
            raise httpx2.ConnectTimeout(str(error)) from error
        except aiohttp.InvalidURL as error:
            raise httpx2.UnsupportedProtocol(str(error)) from error
        except aiohttp.ClientConnectorError as error:
            raise httpx2.ConnectError(str(error)) from error
        except (aiohttp.ClientConnectionError, OSError) as error:
            raise httpx2.ReadError(str(error)) from error
        except (aiohttp.ClientError, ValueError) as error:
            raise httpx2.RemoteProtocolError(str(error)) from error
        body = Body(response)
        return httpx2.Response(
            response.status,
            headers=list(response.raw_headers),
            stream=body,
            extensions={"http_version": b"HTTP/1.1", "body": body},
        )

    async def aclose(self) -> None:
        """Close every connection."""
        if self._session is not None and self._loop is asyncio.get_running_loop():
            await self._session.close()
        self._session = None

    def _open(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            self._loop = loop
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE, ssl=_trust()),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
            )
        return self._session


class Body(httpx2.AsyncByteStream):
    """The body of a response, read from the socket only while somebody waits for it."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self._socket = _plain_socket(response)
        # aiohttp would read on, and wake its parser, after each chunk that is taken; it has no
        # public way to say that it shall not.
        response.content._low_water = 0
        # At once, so that a connection lost after the headers takes no text along.
        self._pause()

    def read_now(self) -> bytes:
        """What has arrived by now; nothing if only waiting can tell. Raises as `read` does."""
        content, protocol = self._response.content, _protocol(self._response)
        if self._socket is None or protocol is None or protocol.transport is None:
            return b""
        try:
            data = content.read_nowait()
            if not data and (size := os.readv(self._socket, [_ROOM])):
                # What the event loop would do, without going through it twice. Behind the end of
                # the body the connection is back in the pool, and aiohttp watches it again.
                protocol.data_received(bytes(_ROOM[:size]))
                data = content.read_nowait()
        except (BlockingIOError, ConnectionError):
            return b""
        except (aiohttp.ClientError, OSError) as error:
            raise UpstreamError("cut", detail=type(error).__name__) from None
        return data

    async def read(self) -> bytes:
        """All that has arrived, at least one byte; nothing at the end.

        Raises `UpstreamError` ("cut") when the connection is lost before the end.
        """
        content = self._response.content
        try:
            data = content.read_nowait()
            if data or content.at_eof():
                return data
            if (protocol := _protocol(self._response)) is not None:
                protocol.resume_reading()
            data = await content.readany()
        except (aiohttp.ClientError, OSError) as error:
            raise UpstreamError("cut", detail=type(error).__name__) from None
        self._pause()
        return data

    def _pause(self) -> None:
        if (transport := _transport(self._response)) is not None:
            transport.pause_reading()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        room = REFUSAL_BYTES
        while data := await self.read():
            yield data
            room -= len(data)
            if room <= 0 and self._response.status >= 400:
                return

    def hang_up(self) -> None:
        """Let the server hear now that no more is wanted: closing takes more turns of the loop."""
        if (transport := _transport(self._response)) is not None:
            wire = transport.get_extra_info("socket")
            # By a duplicate, as not every event loop lets its own sockets be shut down.
            with suppress(OSError), socket.socket(fileno=os.dup(wire.fileno())) as same:
                same.shutdown(socket.SHUT_RDWR)

    async def aclose(self) -> None:
        """Give the connection back if the body was read to its end, otherwise close it at once."""
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()


def _protocol(response: aiohttp.ClientResponse) -> ResponseHandler | None:
    """What takes the body; None once it has ended and the connection went back to the pool."""
    connection = response.connection
    return None if connection is None else connection.protocol


def _transport(response: aiohttp.ClientResponse) -> asyncio.Transport | None:
    """What carries the body; None as above, or if the connection is lost."""
    protocol = _protocol(response)
    return None if protocol is None else protocol.transport


def _plain_socket(response: aiohttp.ClientResponse) -> int | None:
    """The descriptor of a connection's socket; None where bytes need decrypting, or it is over."""
    transport = _transport(response)
    if transport is None or transport.get_extra_info("sslcontext") is not None:
        return None
    wire = transport.get_extra_info("socket")
    return None if wire is None else wire.fileno()


class Decompressed:
    """The body of a response that somebody compressed."""

    def __init__(self, response: httpx2.Response) -> None:
        self._body: Body | None = response.extensions.get("body")
        self._pieces = response.aiter_bytes()

    def hang_up(self) -> None:
        """Let the server hear now that no more is wanted."""
        if self._body is not None:
            self._body.hang_up()

    def read_now(self) -> bytes:
        """Nothing: only waiting can tell."""
        return b""

    async def read(self) -> bytes:
        """The next bytes; nothing at the end."""
        try:
            async for piece in self._pieces:
                if piece:
                    return piece
        except httpx2.DecodingError:
            raise UpstreamError("garbled", detail="undecodable content encoding") from None
        except httpx2.HTTPError as error:
            raise UpstreamError("cut", detail=type(error).__name__) from None
        return b""


def body_of(response: httpx2.Response) -> Body | Decompressed:
    """What reads the response."""
    body = response.extensions.get("body")
    if isinstance(body, Body) and "content-encoding" not in response.headers:
        return body
    return Decompressed(response)
