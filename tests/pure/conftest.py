"""Fixtures of the tests without a database."""

from collections.abc import AsyncIterator, Callable, Iterator

import openai
import pytest
import pytest_asyncio

from chat.demo import Server, serve
from chat.upstream import Upstream
from tests.pure.replay import RECORDINGS

collect_ignore = [] if RECORDINGS.is_dir() else ["test_upstream_recorded.py"]


@pytest_asyncio.fixture
async def open_upstream() -> AsyncIterator[Callable[..., Upstream]]:
    """Makes clients of model servers, closed when the test is over."""
    opened: list[Upstream] = []

    def make(base_url: str, api_key: str = "") -> Upstream:
        opened.append(Upstream(base_url, api_key))
        return opened[-1]

    yield make
    for upstream in opened:
        await upstream.aclose()


@pytest.fixture(scope="module")
def tried_once() -> Iterator[None]:
    """Clients that try nothing again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chat.upstream.client.RETRIES", 0)
        yield


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A demo model that answers as fast as the socket takes it."""
    server = await serve(options="rate=0")
    yield server
    await server.close()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[openai.AsyncOpenAI]:
    """The real client, talking to that demo model."""
    async with openai.AsyncOpenAI(
        base_url=server.base_url, api_key="any", max_retries=0, timeout=60
    ) as client:
        yield client
