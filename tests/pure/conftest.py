"""Fixtures of the tests without a database."""

from collections.abc import AsyncIterator, Callable

import pytest_asyncio

from chat.upstream import Upstream


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
