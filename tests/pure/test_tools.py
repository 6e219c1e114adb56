"""Tools: what their schema is made of, how arguments are checked, and what a call may cost."""

import json
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal

import pytest
from django.conf import settings as django_settings
from pydantic import Field
from pytest_django.fixtures import Settings

from chat.tools import Context, FunctionTool, Result, ToolError, run, tool
from chat.tools.calculator import calculate
from chat.tools.clock import current_time
from chat.tools.tool import spec
from tests.servers import ROOT

ME = Context(1, uuid.uuid4())


@tool("Travel")
def travel(
    context: Context,
    to: str,
    by: Literal["rail", "sea"] = "rail",
    days: Annotated[int, Field(ge=1, description="How long.")] = 3,
) -> dict[str, Any]:
    """Plan a journey.

    Takes its time.

    Args:
        to: Where to go,
            in any language.
        by (str): What to take.
    """
    return {"user": context.user_id, "to": to, "by": by, "days": days}


@pytest.fixture
def hasty(settings: Settings) -> None:
    """Little patience and little room."""
    limits = replace(django_settings.LIMITS, tool_seconds=0.1, tool_result_chars=100)
    settings.LIMITS = limits


async def call(tool: FunctionTool, **arguments: Any) -> Result:
    return await run(tool, json.dumps(arguments), ME)


def test_a_schema_follows_from_types_and_docstring_and_has_no_context() -> None:
    assert spec(travel) == {
        "type": "function",
        "function": {
            "name": "travel",
            "description": "Plan a journey. Takes its time.",
            "parameters": {
                "type": "object",
                "additionalProperties": False,
                "required": ["to"],
                "properties": {
                    "to": {"type": "string", "description": "Where to go, in any language."},
                    "by": {
                        "type": "string",
                        "enum": ["rail", "sea"],
                        "default": "rail",
                        "description": "What to take.",
                    },
                    "days": {
                        "type": "integer",
                        "minimum": 1,
                        "default": 3,
                        "description": "How long.",
                    },
                },
            },
        },
    }


async def test_a_tool_gets_its_arguments_with_defaults_and_whom_it_is_for() -> None:
    result = await call(travel, to="Rome", by="sea")
    assert json.loads(result.text) == {"user": 1, "to": "Rome", "by": "sea", "days": 3}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("{", "not JSON"),
        ("", "to: Field required"),
        ("[]", "object"),
        ('{"to": 1}', "to: Input should be a valid string"),
        ('{"to": "a", "days": 0}', "days: Input should be greater than or equal to 1"),
        ('{"to": "a", "by": "air"}', "'rail' or 'sea'"),
        ('{"to": "a", "context": {"user_id": 2}}', "context: Extra inputs"),
        ("[" * 10_000, "not JSON"),
    ],
)
async def test_wrong_arguments_are_explained_to_the_model(arguments: str, said: str) -> None:
    result = await run(travel, arguments, ME)
    assert result.error and said in result.text


async def test_a_tool_that_raises_says_so_without_its_secrets(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @tool("Broken")
    def broken(what: str) -> str:
        """Break."""
        raise RuntimeError("secret")

    assert await call(broken, what="it") == Result("The tool failed (RuntimeError).", error=True)
    assert "the tool broken failed" in caplog.text


async def test_a_tool_that_cannot_says_why() -> None:
    @tool("Unable")
    async def unable() -> str:
        """Be unable."""
        raise ToolError("Not today.")

    assert await call(unable) == Result("Not today.", error=True)


@pytest.fixture
def released() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


async def test_a_tool_that_hangs_is_given_up(hasty: None, released: threading.Event) -> None:
    @tool("Hanging")
    def hanging() -> str:
        """Hang."""
        released.wait(60)
        return "late"

    result = await call(hanging)
    assert result == Result("The tool did not answer within 0.1 s.", error=True)
    (thread,) = (each for each in threading.enumerate() if each.name == "tool-hanging")
    assert thread.daemon, "the process may end all the same"


async def test_a_result_of_ten_megabytes_is_cut(hasty: None) -> None:
    @tool("Long")
    async def long() -> str:
        """Say too much."""
        return "x" * 10_000_000

    result = await call(long)
    assert not result.error and result.text.startswith("x" * 100 + "\n…")
    assert "10,000,000" in result.text and len(result.text) < 250


async def test_what_cannot_be_said_in_json_is_an_error() -> None:
    @tool("Strange")
    async def strange() -> object:
        """Give something strange."""
        return object()

    assert (await call(strange)).error


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("17 * 24", "408"),
        ("(3 + 4.5) * 2**10", "7680"),
        ("0.1 + 0.2", "0.3"),
        ("1 / 3 * 3", "1"),
        ("2^0.5", "1.41421356237309504880168872421"),
        ("-7 // 2 + 7 % 3", "-3"),
        ("sqrt(16) + abs(-2) + round(2.567, 2)", "8.57"),
        ("max(1, 2, 3) + factorial(5)", "123"),
        ("sin(0) + ln(e) + 2 * pi / pi", "3"),
        ("2**200", str(2**200)),
    ],
)
async def test_the_calculator_is_exact(expression: str, value: str) -> None:
    assert await call(calculate, expression=expression) == Result(value)


@pytest.mark.parametrize(
    "expression",
    [
        *("9**9**9", "2**100000", "factorial(10**9)", "factorial(factorial(20))", "10**400**2"),
        *("exp(10**12)", "2.5**10**9", "floor(exp(10**6))", "1e999999**9", "9" * 500 + "**99"),
        *("1/0", "ln(0)", "sqrt(-1)", "0**-1", "cos(10**400)", "round(1, 10**9)", "min()"),
        *("__import__('os').system('true')", "open('x')", "(1).__class__", "[1][0]", "'a' * 9"),
        *("lambda: 1", "x", "True + 1", "1 if 1 else 2", "f'{1}'", "1 < 2", "max(*[1])", "1; 2"),
        *("(" * 200 + ")" * 200, "-" * 499 + "1" + "+", "", "\x00", "1 +", "x" * 501),
    ],
)
async def test_the_calculator_runs_no_code_and_takes_no_time(expression: str) -> None:
    result = await call(calculate, expression=expression)
    assert result.error and "did not answer" not in result.text, result


NEW_YORK = "America/New_York"


async def test_the_clock_knows_zones_and_suggests_them() -> None:
    told = json.loads((await call(current_time, timezone="Asia/Tokyo")).text)
    assert told["time"].endswith("+09:00") and told["weekday"].endswith("day")
    assert json.loads((await call(current_time, timezone="new york")).text)["timezone"] == NEW_YORK
    unknown = await call(current_time, timezone="York")
    assert unknown.error and NEW_YORK in unknown.text
    for wrong in ("", "../../etc/passwd", "Mars/Base", "x" * 61, "\x00"):
        assert (await call(current_time, timezone=wrong)).error, wrong


# The longest of the times for which nothing else can run while a server is connected to, as a
# share of all of it. In a process of its own, which has not loaded the SDK.
CONNECT = """
import asyncio, time, django
django.setup()
from chat.models import McpServer
from chat.tools.remote import Connection

async def connect():
    connection = Connection(McpServer(name="x", transport="http", url="http://127.0.0.1:1/mcp"))
    task = asyncio.create_task(connection.run())
    times = [time.monotonic()]
    while not connection.problem:
        await asyncio.sleep(0.001)
        times.append(time.monotonic())
    task.cancel()
    longest = max(after - before for before, after in zip(times, times[1:]))
    print(longest / (times[-1] - times[0]))

asyncio.run(connect())
"""


def test_answers_are_written_while_the_sdk_of_mcp_servers_is_loaded() -> None:
    told = subprocess.run(
        [sys.executable, "-c", CONNECT], capture_output=True, cwd=ROOT, check=True
    )
    assert float(told.stdout) < 0.5
