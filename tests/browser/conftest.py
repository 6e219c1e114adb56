"""Chromium, sites that are really served, and the people who use them.

Sites are started once; every test has browsers of its own, and fails if anything in them or in the
server's log complains.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect, sync_playwright

from tests import servers
from tests.tab.served import Served

from .model import Model
from .person import Browsers, Person, Tab

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Its own address bar costs Chromium more than most pages of ours. The list replaces Playwright's,
# so what that turns off for good reasons stands here too.
WITHOUT = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]
NAME = "chat.test"  # a host of a LAN as far as Chromium knows: plain http without clipboard
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(WITHOUT)}",
    f"--host-resolver-rules=MAP {NAME} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for a module: its event loop must not outlive the ring."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextlib.contextmanager
def serving(**variables: str) -> Iterator[Served]:
    """A site of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="chatsite-browser-") as directory,
        servers.site(Path(directory), SECRET_KEY=settings.SECRET_KEY, **variables) as server,
    ):
        yield Served(server)


@pytest.fixture(scope="session")
def model_process(demo_model: str) -> Model:
    return Model(demo_model)


@pytest.fixture
def model(model_process: Model) -> Iterator[Model]:
    """The demo model that `served` talks to; holds nothing after the test."""
    yield model_process
    model_process.release()


@pytest.fixture(scope="session")
def main_site(model_process: Model) -> Iterator[Served]:
    """The site of most tests."""
    hosts = f"127.0.0.1,localhost,{NAME}"
    with serving(
        OPENAI_BASE_URL=model_process.base_url, ALLOWED_HOSTS=hosts, SIGNUP="open"
    ) as served:
        yield served


def alive(site: Served) -> Served:
    """A site, started again if a test that failed left it dead."""
    process = site.server.process
    if process is None or process.poll() is not None:
        site.server.start()
    return site


@pytest.fixture
def served(main_site: Served) -> Served:
    """The site that a test uses; a module may have another."""
    return alive(main_site)


@pytest.fixture
def browsers(chromium: Browser, served: Served) -> Iterator[Browsers]:
    """Browsers in which nothing may complain, on a site whose log must not complain either."""
    served.complaints(warnings=True)
    browsers = Browsers(chromium)
    yield browsers
    browsers.close()
    assert not browsers.watch.unexpected()
    assert not served.complaints(warnings=False)


Know = Callable[[str], Person]


@pytest.fixture(scope="session")
def _people() -> dict[tuple[str, str], Person]:
    return {}


@pytest.fixture
def know(served: Served, _people: dict[tuple[str, str], Person]) -> Know:
    """Gives the person of that name on the site, who has an account since they were first named."""

    def know(name: str) -> Person:
        known = _people.get((served.server.url, name))
        if known is None:
            made = served.person(name)
            known = _people[served.server.url, name] = Person(served, made.id, made.name)
        return known

    return know


@pytest.fixture
def alice(know: Know, browsers: Browsers) -> Tab:
    """Alice's tab on a new chat."""
    return browsers.of(know("alice")).open()


@pytest.fixture
def bob(know: Know, browsers: Browsers) -> Tab:
    """Bob's tab on a new chat, in a browser of his own."""
    return browsers.of(know("bob")).open()
