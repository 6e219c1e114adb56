"""Sites for the tab ring: started once, shared by tests that each bring their own people."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests import servers

from .model import Model
from .page import Page, visit
from .served import ALONE, Person, Served, serve

Open = Callable[..., Awaitable[Page]]
DRAIN = 4


@pytest.fixture(scope="session")
def empty() -> Path:
    """A directory with a migrated database that nobody has used, and the static files."""
    return servers.prepared()


@pytest.fixture(scope="session")
def model(demo_model: str) -> Model:
    """The demo model that `served` talks to."""
    return Model(demo_model)


@pytest.fixture(scope="session")
def shared(empty: Path, model: Model) -> Iterator[Served]:
    """The one site of most tests."""
    with serve(empty, OPENAI_BASE_URL=model.base_url) as served:
        yield served


def heard(served: Served) -> None:
    """Fail with what the server's log complains of."""
    if problem := served.complaints(warnings=False):
        pytest.fail("the server's log complains:\n" + "\n".join(problem), pytrace=False)


@pytest.fixture
def served(shared: Served) -> Iterator[Served]:
    """A site whose log must not complain while the test runs."""
    shared.complaints(warnings=True)
    yield shared
    heard(shared)


@pytest.fixture(scope="session")
def hasty_site(empty: Path, model: Model) -> Iterator[Served]:
    """A site with short limits, see `limited.py`."""
    settings = "tests.tab.limited"
    with serve(empty, OPENAI_BASE_URL=model.base_url, DJANGO_SETTINGS_MODULE=settings) as served:
        yield served


@pytest.fixture
def hasty(hasty_site: Served) -> Iterator[Served]:
    """A site that soon loses patience, and does not complain of it."""
    hasty_site.complaints(warnings=True)
    yield hasty_site
    heard(hasty_site)


@pytest.fixture(scope="session")
def narrow_site(empty: Path, model: Model) -> Iterator[Served]:
    """A site with low limits, see `narrow.py`."""
    settings = "tests.tab.narrow"
    with serve(empty, OPENAI_BASE_URL=model.base_url, DJANGO_SETTINGS_MODULE=settings) as served:
        yield served


@pytest.fixture
def narrow(narrow_site: Served) -> Iterator[Served]:
    """A site that has little room, and does not complain of it."""
    narrow_site.complaints(warnings=True)
    yield narrow_site
    heard(narrow_site)


@pytest.fixture
def alice(served: Served) -> Person:
    return served.person("alice")


@pytest.fixture
def charlie(served: Served) -> Person:
    """A stranger."""
    return served.person("charlie")


@pytest.fixture
async def open_tab() -> AsyncIterator[Open]:
    """Opens tabs, and closes them after the test."""
    async with AsyncExitStack() as tabs:

        async def opened(person: Person, conversation: object = None) -> Page:
            return await tabs.enter_async_context(visit(person, conversation))  # type: ignore[arg-type]

        yield opened


@pytest.fixture
async def tab(alice: Person, open_tab: Open) -> Page:
    """Alice's tab on a new chat."""
    return await open_tab(alice)


@pytest.fixture
def own(empty: Path, model: Model) -> Iterator[Served]:
    """A site that the test may end; the model outlives it."""
    variables = {"OPENAI_BASE_URL": model.base_url, "DRAIN_SECONDS": str(DRAIN), **ALONE}
    with serve(empty, **variables) as served:
        yield served


@pytest.fixture
async def mine(own: Served, open_tab: Open) -> Page:
    """Alice's tab on a new chat of that site."""
    return await open_tab(own.person("alice"))


async def eventually(
    true: Callable[[], bool], what: str, seconds: float = servers.PATIENCE
) -> None:
    """Return as soon as it is true; for what the server tells nobody."""
    try:
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110 (the other process sets no event)
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{what} never came") from None


async def together(claims: Iterable[Awaitable[None]]) -> None:
    """Check claims side by side, and tell of every one that does not hold."""
    failed = [e for e in await asyncio.gather(*claims, return_exceptions=True) if e is not None]
    assert not failed, "\n\n".join(str(each) for each in failed)
