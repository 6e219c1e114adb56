"""Another OpenAI-compatible server than our own: CopilotKit's aimock, which answers from a file.

`-m interop` asks for these tests. They install aimock by npm into `var/interop`, once:
`npm install --prefix var/interop @copilotkit/aimock@1.43.0` (12 MB; it needs Node.js 20 or newer).
"""

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.browser.conftest import _people, browsers, chromium, know, serving
from tests.browser.person import Browsers, Tab
from tests.tab.served import Served

__all__ = ["_people", "browsers", "chromium", "know"]

PACKAGE = "@copilotkit/aimock@1.43.0"
HOME = servers.ROOT / "var/interop"
PROGRAM = HOME / "node_modules/@copilotkit/aimock/dist/cli.js"
MARKDOWN = (
    "# A heading\n\nSome **bold** words, `code`, and a list:\n\n- one\n- two\n\n"
    "```python\nprint('hello')\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    "Vec<T> & ünïcödé 你好 👋🏽.\n"
)
LONG = "\n\n".join(f"Paragraph {n} of a long answer that somebody stops." for n in range(120))
ANSWERS: dict[str, dict[str, Any]] = {
    "Hello": {"response": {"content": "Hello! How can I help you today?"}},
    "Markdown": {"response": {"content": MARKDOWN}, "latency": 5},
    "Long": {"response": {"content": LONG}, "latency": 20},
    "Think": {"response": {"content": "It is **4**.", "reasoning": "Two and two make four."}},
    "Tool": {"response": {"toolCalls": [{"name": "get_weather", "arguments": {"city": "Paris"}}]}},
    "Limit": {"response": {"content": "It ends in the mid", "finishReason": "length"}},
    "Filter": {"response": {"content": "It ends", "finishReason": "content_filter"}},
    "Slow": {"response": {"content": LONG}, "latency": 3000},
    "Drop": {"response": {"content": MARKDOWN}, "truncateAfterChunks": 6, "latency": 50},
    "Limited": {
        "response": {
            "error": {"message": "Rate limit exceeded.", "type": "rate_limit_error"},
            "status": 429,
        }
    },
    "Broken": {"response": {"error": {"message": "Out of order at /srv/x."}, "status": 500}},
}


@pytest.fixture(scope="session")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of an aimock that gives ANSWERS."""
    if not PROGRAM.exists():
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(HOME)]
        subprocess.run([*install, PACKAGE], check=True, timeout=300)
    fixtures = tmp_path_factory.mktemp("aimock") / "answers.json"
    fixtures.write_text(json.dumps({"fixtures": [_fixture(*answer) for answer in ANSWERS.items()]}))
    port = servers.free_port()
    command = ["node", str(PROGRAM), "--port", str(port), "--fixtures", str(fixtures)]
    with _running([*command, "--log-level", "warn"], fixtures.parent) as process:
        servers.wait_until(lambda: process.poll() is not None or _listens(port), "aimock")
        yield f"http://127.0.0.1:{port}/v1"
        process.terminate()


def _fixture(asked: str, answer: dict[str, Any]) -> dict[str, Any]:
    return {"match": {"userMessage": f"{asked}."}, **answer}


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _running(command: list[str], directory: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, cwd=directory)


@pytest.fixture(scope="session")
def site_on_aimock(aimock: str) -> Iterator[Served]:
    with serving(OPENAI_BASE_URL=aimock, OPENAI_API_KEY="any") as served:
        yield served


@pytest.fixture
def served(site_on_aimock: Served) -> Served:
    return site_on_aimock


@pytest.fixture
def alice(know: Any, browsers: Browsers) -> Tab:
    """Alice's tab on a new chat."""
    return browsers.of(know("alice")).open()
