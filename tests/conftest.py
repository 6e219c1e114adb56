"""Shared fixtures, and what a skipped test means where nothing may be skipped."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import servers

# Whoever starts this in the background lets it ignore SIGINT, and what it starts would too.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Whatever else the machine does takes time too: how long one example takes says nothing.
settings.register_profile(
    "busy", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[servers.Server]:
    """A served site with the demo model, in a directory of its own."""
    with servers.site(tmp_path) as server:
        yield server


@pytest.fixture(scope="session")
def demo_model() -> Iterator[str]:
    """The base URL of a demo model in a process of its own."""
    with servers.demo_model() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with servers.postgres() as url:
        yield url


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under CI a skipped test fails the run: what should run there must run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
