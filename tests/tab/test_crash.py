"""The server killed: what is lost, who ends what it left, and a second one beside it."""

import asyncio
import json
import signal
import subprocess
import sys

import httpx2

from chat import demo
from tests import servers

from .conftest import Open, eventually
from .model import Model, tag
from .page import Page, reloaded
from .served import Served

LOST_AT_MOST = 1.3


async def test_a_killed_server_loses_at_most_the_last_second(
    own: Served, mine: Page, open_tab: Open
) -> None:
    rate = 100
    generation = await mine.ask(f"long rate={rate}")
    other = await open_tab(mine.person)
    continued = await other.ask("list rate=0")
    await other.end(continued)
    await eventually(
        lambda: bool(own.rows("SELECT 1 FROM chat_checkpoint WHERE n > 0")), "two checkpoints"
    )
    own.server.kill()
    await mine.farewell()
    seen = max(frame["position"] for frame in mine.frames if frame["type"] == "delta")
    own.server.start()
    row = own.generation(generation)
    message = own.message(row["message_id"])
    assert row["status"] == "interrupted" and row["error_retryable"]
    assert demo.expected("long").startswith(message["text"])
    assert seen - len(message["text"]) <= LOST_AT_MOST * rate * 5
    assert row["usage_source"] == "estimated" and row["completion_tokens"] > 0
    assert not own.rows("SELECT 1 FROM chat_checkpoint")
    await mine.connect()
    assert mine.frames[-1]["running"] is None
    assert mine.dom.turns() == (await reloaded(mine)).turns()
    foot = mine.dom.text(f"#m{message['id']}-foot")
    assert "Interrupted" in foot and "Retry" in foot and "Continue" in foot
    end = await mine.end((await mine.command("continue", message=message["id"]))["generation"])
    assert end["status"] == "complete" and end["position"] > len(message["text"])


async def test_what_a_continued_answer_had_survives_a_kill_before_its_first_checkpoint(
    own: Served, mine: Page, model: Model
) -> None:
    label = tag()
    generation = await mine.ask(f"code rate=0 hold=40 tag={label}")
    await model.request(label, "held")
    await mine.say({"type": "stop", "generation": generation})
    end = await mine.end(generation)
    kept = own.message(end["message"])
    await mine.command("continue", message=end["message"])
    own.server.kill()
    own.server.start()
    after = own.message(end["message"])
    assert after["text"].startswith(kept["text"])
    before = json.loads(kept["parts"])
    assert json.loads(after["parts"])[: len(before)][0]["type"] == before[0]["type"]
    await mine.connect()
    assert mine.dom.turns() == (await reloaded(mine)).turns()


async def test_a_kill_at_any_phase_leaves_nothing_running(
    own: Served, open_tab: Open, model: Model
) -> None:
    prompts = ["no headers", "silence", "slow", "think rate=0 hold=5", "stall rate=0", "list"]
    tabs = [await open_tab(own.person("alice")) for _ in prompts]
    asked = [await tab.ask(prompt) for tab, prompt in zip(tabs, prompts, strict=True)]
    own.server.kill()
    own.server.start()
    for tab, generation in zip(tabs, asked, strict=True):
        assert own.generation(generation)["status"] == "interrupted"
        await tab.connect()
        assert tab.dom.turns() == (await reloaded(tab)).turns()
        ack = await tab.command("send", text="rate=0 list")
        assert (await tab.end(ack["generation"]))["status"] == "complete"


async def test_what_a_kill_left_is_ended_before_anybody_comes_back(own: Served, mine: Page) -> None:
    generation = await mine.ask("stall rate=0")
    await mine.shown(generation)
    own.server.kill()
    own.server.launch()
    await eventually(
        lambda: own.generation(generation)["status"] == "interrupted", "the end", servers.STARTING
    )


async def test_a_prompt_sent_again_after_a_kill_is_asked_once(own: Served, mine: Page) -> None:
    key = "6f3b2a10-0000-4000-8000-00000000abcd"
    await mine.say({"type": "send", "key": key, "text": "silence"})
    first = await mine.first("ack")
    own.server.kill()
    own.server.start()
    await mine.connect()
    await mine.say({"type": "send", "key": key, "text": "silence"})
    again = await mine.first("ack")
    assert again["duplicate"] is True and again["generation"] == first["generation"]


async def test_a_first_prompt_right_after_the_start_is_accepted(
    own: Served, mine: Page, open_tab: Open
) -> None:
    own.server.kill()
    own.server.start()
    new = await open_tab(mine.person)
    assert (await new.command("send", text="rate=0 list"))["type"] == "ack"


async def test_a_second_server_on_the_same_data_ends_nobodys_answer(
    own: Served, mine: Page, model: Model
) -> None:
    label = tag()
    generation = await mine.ask(f"code rate=0 hold=40 tag={label}")
    await model.request(label, "held")
    port = str(servers.free_port())
    second = servers.Server(own.server.var, **{**own.server.settings, "PORT": port})
    second.start()
    try:
        seen = httpx2.get(f"{second.url}/readyz", trust_env=False)
        assert seen.status_code == 200
        assert own.generation(generation)["status"] in ("queued", "running")
        await model.go(label)
        assert (await mine.end(generation))["status"] == "complete"
    finally:
        assert second.stop() == 0
    assert own.generation(generation)["status"] == "complete"
    assert not own.complaints(warnings=True)


async def test_a_second_server_ends_what_a_killed_one_left_and_tells_its_tabs(
    own: Served, mine: Page, model: Model
) -> None:
    label = tag()
    generation = await mine.ask(f"code rate=0 hold=40 tag={label}")
    await model.request(label, "held")
    await eventually(lambda: bool(own.rows("SELECT 1 FROM chat_checkpoint")), "a checkpoint")
    first = own.server
    port = str(servers.free_port())
    own.server = servers.Server(first.var, **{**first.settings, "PORT": port})
    own.server.start()
    try:
        await mine.connect()
        assert mine.frames[-1]["running"] == generation
        first.kill()
        async with asyncio.timeout(15):
            await mine.until(lambda f: f["type"] == "end" or f.get("running", f) is None)
        row = own.generation(generation)
        assert row["status"] == "interrupted" and row["attempt"] == 2
        assert len(own.message(row["message_id"])["text"]) > 100
        assert mine.dom.turns() == (await reloaded(mine)).turns()
        assert (await mine.finished("list rate=0"))["status"] == "complete"
    finally:
        own.server.stop()


def runserver(server: servers.Server) -> None:
    """Start it again as developers do; returns when it answers."""
    with server.log.open("ab") as log:
        server.process = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", "--noreload", str(server.port)],
            cwd=servers.ROOT,
            env=servers.environment(server.var, **{**server.settings, "DEBUG": "true"}),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    servers.wait_until(server.alive, "runserver")


async def test_runserver_answers_too(own: Served, open_tab: Open) -> None:
    own.server.stop()
    runserver(own.server)
    tab = await open_tab(own.person("alice"))
    end = await tab.finished("list rate=0")
    assert end["status"] == "complete"
    assert tab.dom.turns() == (await reloaded(tab)).turns()
    own.server.end(signal.SIGINT)
