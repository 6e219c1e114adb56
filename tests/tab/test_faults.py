"""Every fault of a model: an honest status, a sentence, the partial kept, and another try."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from chat import demo
from tests import servers

from .conftest import Open, together
from .model import Model, tag
from .page import Frame, Page, reloaded
from .served import Served, serve

HALF = demo.expected("stall")
# The word, the status, the error's code, whether to retry, and how its text begins.
FAULTS: list[tuple[str, str, str, bool, str]] = [
    ("error", "failed", "server_error", True, ""),
    ("error 400", "failed", "bad_request", False, ""),
    ("error context", "failed", "context_too_long", False, ""),
    ("error 401", "failed", "unauthorized", False, ""),
    ("error 403", "failed", "unauthorized", False, ""),
    ("error 404", "failed", "model_unavailable", False, ""),
    ("error 422", "failed", "bad_request", False, ""),
    ("error quota", "failed", "quota", False, ""),
    ("error 502", "failed", "server_error", True, ""),
    ("error 503", "failed", "rate_limited", True, ""),
    ("error plain", "failed", "server_error", True, ""),
    ("error message", "failed", "server_error", True, ""),
    ("error in the middle", "failed", "server_error", True, HALF),
    ("cut", "failed", "cut", True, HALF),
    ("hang up", "failed", "cut", True, HALF),
    ("empty", "failed", "empty", True, ""),
    ("garbage", "failed", "garbled", True, HALF),
    ("no finish", "interrupted", "cut", True, HALF),
    ("no done", "complete", "", False, HALF),
    ("truncate", "truncated", "", False, HALF),
    ("filter", "filtered", "", False, HALF),
    ("blank", "complete", "", False, ""),
]


async def check(tab: Page, end: Frame, served: Served, fault: tuple[Any, ...]) -> None:
    """Assert that a fault is told as it should be: in the frame, the row and on the page."""
    word, status, code, retryable, text = fault
    row = served.generation(end["generation"])
    message = served.message(end["message"])
    error = end.get("error", {})
    told = (word, end["status"], error.get("code", ""), error.get("retryable", False))
    assert told == (word, status, code, retryable)
    assert (row["status"], row["error_code"]) == (status, code)
    if word == "cut":  # what was not read before a reset is lost
        assert text.startswith(message["text"]) and len(message["text"]) > len(text) / 2
    else:
        assert (word, message["text"]) == (word, text)
    assert end["position"] == len(message["text"])
    if code:
        assert row["error_text"] == error["text"] and error["text"].endswith(".")
        assert "/srv" not in error["text"] and "Traceback" not in error["text"]
        if status == "failed":
            assert error["text"] in tab.dom.text(f"#m{end['message']}-foot")
    left = served.rows("SELECT id FROM chat_checkpoint WHERE generation_id = ?", row["id"])
    assert row["finished_at"] and not left
    assert tab.dom.turns() == (await reloaded(tab)).turns(), word


async def test_every_fault_is_told_and_what_was_said_is_kept(
    served: Served, open_tab: Open
) -> None:
    async def one(fault: tuple[Any, ...]) -> None:
        tab = await open_tab(served.person("alice"))
        end = await tab.finished(f"{fault[0]} rate=300")
        await check(tab, end, served, fault)
        again = await tab.command("regenerate", message=end["message"])
        assert again["type"] == "ack", again
        second = await tab.end(again["generation"])
        await check(tab, second, served, fault)
        assert second["message"] != end["message"]

    await together(one(fault) for fault in FAULTS)


async def test_a_busy_model_is_asked_again_before_the_person_is_told(
    tab: Page, served: Served, model: Model
) -> None:
    label = tag()
    end = await tab.finished(f"error 429 tag={label}")
    assert (end["status"], end["error"]["code"]) == ("failed", "rate_limited")
    assert end["error"]["retryable"] is True


async def test_an_error_that_passes_is_not_seen_or_can_be_retried(
    tab: Page, served: Served
) -> None:
    end = await tab.finished("error once rate=0")
    if end["status"] == "failed":
        again = await tab.command("regenerate", message=end["message"])
        end = await tab.end(again["generation"])
    assert end["status"] == "complete"
    assert served.message(end["message"])["text"] == demo.expected("error once")


@pytest.mark.parametrize(
    ("word", "text"), [("no headers", ""), ("silence", ""), ("comments", ""), ("stall", HALF)]
)
async def test_a_silent_model_is_given_up_after_the_limit(
    word: str, text: str, hasty: Served, model: Model, open_tab: Open
) -> None:
    tab = await open_tab(hasty.person("alice"))
    label = tag()
    end = await tab.finished(f"{word} rate=0 tag={label}")
    await check(tab, end, hasty, (word, "failed", "timeout", True, text))
    assert (await model.request(label, "ended"))["ended_by"] == "client"
    assert end["timing"]["duration_ms"] < 4000


async def test_an_endless_answer_ends_at_the_limit_of_time(
    hasty: Served, model: Model, open_tab: Open
) -> None:
    tab = await open_tab(hasty.person("alice"))
    label = tag()
    end = await tab.finished(f"long rate=50 tag={label}")
    assert end["status"] == "failed" and end["error"]["code"] == "timeout"
    assert 2000 < end["timing"]["duration_ms"] < 5000 and end["position"] > 100
    assert (await model.request(label, "ended"))["ended_by"] == "client"


async def test_an_endless_answer_ends_at_the_limit_of_characters(
    hasty: Served, model: Model, open_tab: Open
) -> None:
    tab = await open_tab(hasty.person("alice"))
    label = tag()
    end = await tab.finished(f"bench tokens=20000 rate=0 tag={label}")
    assert end["status"] == "truncated" and 5000 <= end["position"] < 500_000
    assert (await model.request(label, "ended"))["tokens"] <= 20_000
    assert tab.dom.turns() == (await reloaded(tab)).turns()


async def test_a_model_that_does_not_exist_is_named_unavailable(tab: Page, served: Served) -> None:
    for name in (
        "no-such-model",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "模型",
    ):
        ack = await tab.command("send", text="hello", model=name)
        end = await tab.end(ack["generation"])
        assert end["error"]["code"] == "model_unavailable"
        assert served.generation(ack["generation"])["model"] == name
    assert tab.dom.turns() == (await reloaded(tab)).turns()


async def test_a_model_cannot_be_named_with_a_nul(tab: Page) -> None:
    assert (await tab.command("send", text="hello", model="de\x00mo"))["code"] == "invalid"


async def test_a_fault_is_in_the_log_for_the_operator_but_not_its_prompt(
    tab: Page, served: Served
) -> None:
    before = len(served.server.text())
    end = await tab.finished("error message")
    logged = served.server.text()[before:]
    assert str(end["generation"]) in logged and "out of memory" in logged


async def test_a_server_that_is_not_there_is_told_and_found_when_it_is(
    empty: Path, open_tab: Open
) -> None:
    port = servers.free_port()
    with serve(empty, OPENAI_BASE_URL=f"http://127.0.0.1:{port}/v1") as served:
        tab = await open_tab(served.person("alice"))
        refused = await tab.command("send", text="hello", model="demo")
        end = await tab.end(refused["generation"])
        assert end["error"]["code"] == "unreachable" and end["error"]["retryable"] is True
        model = await demo.serve("127.0.0.1", port)
        try:
            again = await tab.command("regenerate", message=end["message"])
            end = await tab.end(again["generation"])
            assert end["status"] == "complete"
            new = await open_tab(tab.person)
            async with asyncio.timeout(15):
                while (ack := await new.command("send", text="rate=0 list"))["type"] != "ack":
                    assert ack["code"] == "model_unavailable"
                    await new.drained()
            await new.end(ack["generation"])
        finally:
            await tab.close()
            await new.close()
            await model.close()
        assert not served.complaints(warnings=False)
