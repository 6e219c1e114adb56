"""Shared fixtures, and what a skipped test means where nothing may be skipped."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers


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
def redis_url() -> Iterator[str]:
    with servers.redis() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with servers.postgres() as url:
        yield url


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Under CI a skipped test is a failed one: what should run there must run."""
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
