"""Servers that die, networks that break: the page is whole again by itself, and nothing is lost."""

import os
import signal
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from chat.demo import expected
from tests.servers import wait_until
from tests.tab.served import Served

from .conftest import Know, alive, serving
from .model import Model
from .person import Browsers, Tab
from .watch import LOST
from .wire import Wire, wire

LOADED = "() => { window.loaded_once = true; }"


@pytest.fixture(scope="module")
def mortal_site(model_process: Model) -> Iterator[Served]:
    """A site whose server the tests of this module may kill."""
    with serving(OPENAI_BASE_URL=model_process.base_url, DRAIN_SECONDS="1") as served:
        yield served


@pytest.fixture
def served(mortal_site: Served) -> Served:
    return alive(mortal_site)


@pytest.fixture
def browsers(browsers: Browsers) -> Browsers:
    browsers.watch.expect(LOST)
    return browsers


@pytest.fixture
def line(served: Served) -> Iterator[Wire]:
    with wire(served.server.port) as line:
        yield line


@pytest.fixture
def wired(browsers: Browsers, know: Know, line: Wire) -> Tab:
    """Alice's tab, which reaches the site through `line`."""
    site = f"127.0.0.1:{line.port}"
    tab = browsers.of(know("alice"), site).open(origin=f"http://{site}")
    tab.page.evaluate(LOADED)
    return tab


def held(tab: Tab, model: Model) -> str:
    """Ask for an answer that stays in its middle, and shows it; gives its tag."""
    tag = model.tag()
    tab.ask(f"long rate=0 hold=60 tag={tag}")
    tab.writing("How an answer gets to your screen")
    model.request(tag, "held")
    return tag


def not_reloaded(tab: Tab) -> None:
    assert tab.page.evaluate("() => window.loaded_once === true")


def lost(tab: Tab) -> None:
    expect(tab.link).to_have_attribute("data-state", "lost")


def found(tab: Tab) -> None:
    expect(tab.link).to_have_attribute("data-state", "open")


def test_a_killed_server_costs_the_page_nothing_but_the_end_of_the_answer(
    alice: Tab, model: Model, served: Served
) -> None:
    tag = model.tag()
    alice.page.evaluate(LOADED)
    alice.ask("echo an earlier answer")
    alice.ended()
    alice.ask(f"long rate=2000 hold=500 tag={tag}")
    model.request(tag, "held")
    alice.writing("What a model does")
    generation = int(str(alice.answer.get_attribute("data-generation")))
    wait_until(lambda: _saved(served, generation) > 500, "a checkpoint")
    served.server.kill()
    lost(alice)
    alice.text.fill("echo typed while it was dead")
    alice.text.press("Enter")
    expect(alice.echo).to_have_count(1)
    expect(alice.progress).to_contain_text("Waiting for the connection")
    served.server.start()
    found(alice)
    expect(alice.answers).to_have_count(3)
    alice.ended()
    not_reloaded(alice)
    assert alice.row["text"] == "typed while it was dead"
    cut = alice.answers.nth(1)
    expect(cut).to_have_attribute("data-status", "interrupted")
    expect(cut).to_contain_text("Interrupted.")
    row = served.message(int(str(cut.get_attribute("data-message"))))
    assert len(row["text"]) > 500 and expected("long").startswith(row["text"])
    alice.shows_the_row(cut)
    alice.shows_the_row(alice.answers.first)
    expect(alice.prompts).to_have_count(3)
    expect(alice.echo).to_have_count(0)
    assert [g["status"] for g in served.generations(uuid.UUID(alice.conversation))] == [
        "complete",
        "interrupted",
        "complete",
    ]


def _saved(served: Served, generation: int) -> int:
    """How much the checkpoints of a generation hold, in characters of JSON."""
    query = "SELECT coalesce(sum(length(entries)), 0) AS n FROM chat_checkpoint"
    saved: int = served.row(f"{query} WHERE generation_id = ?", generation)["n"]
    return saved


def test_after_a_kill_the_interrupted_answer_can_be_asked_for_again(
    alice: Tab, model: Model, served: Served
) -> None:
    tag = model.tag()
    alice.ask(f"list rate=0 hold=30 tag={tag}")
    first = model.request(tag, "held")
    alice.writing("Steps in order")
    generation = int(str(alice.answer.get_attribute("data-generation")))
    wait_until(lambda: _saved(served, generation) > 50, "a checkpoint")
    served.server.kill()
    lost(alice)
    served.server.start()
    alice.ended("interrupted")
    expect(alice.action("Continue")).to_be_visible()
    alice.action("Retry").click()
    model.request(tag, "held", after=first["number"])
    model.go(tag)
    alice.ended()
    assert alice.row["text"] == expected("list")
    alice.shows_the_row()
    expect(alice.answers).to_have_count(1)


def test_a_deploy_lets_the_answer_end_or_saves_it_as_interrupted(
    alice: Tab, model: Model, served: Served
) -> None:
    tag = model.tag()
    alice.page.evaluate(LOADED)
    alice.ask(f"long rate=0 hold=200 tag={tag}")
    model.request(tag, "held")
    alice.writing("What a model does")
    assert served.server.stop() == 0
    alice.ended("interrupted")
    text = alice.row["text"]
    assert text and expected("long").startswith(text)
    lost(alice)
    served.server.start()
    found(alice)
    not_reloaded(alice)
    alice.shows_the_row()
    expect(alice.action("Continue")).to_be_visible()


def test_a_prompt_sent_while_the_server_drains_is_asked_of_its_successor(
    alice: Tab, browsers: Browsers, model: Model, served: Served
) -> None:
    tag = model.tag()
    alice.ask(f"list rate=0 hold=5 tag={tag}")
    model.request(tag, "held")
    second = alice.another("/")
    assert served.server.process
    os.kill(served.server.process.pid, signal.SIGTERM)
    late = model.tag()
    second.ask(f"echo late tag={late}")
    served.server.process.wait(30)
    served.server.start()
    second.ended()
    expect(second.answer.locator(".parts")).to_have_text(f"late tag={late}")
    alice.ended("interrupted")
    expect(second.echo).to_have_count(0)
    expect(second.prompts).to_have_count(1)


def standstill(tab: Tab) -> None:
    """Time on the page stands still from here on, unless its clock is told to run."""
    tab.page.clock.install()
    tab.page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))


def cut(tab: Tab, line: Wire) -> None:
    """Cut the line, and wait until the page knows."""
    lost = "new Promise((heard) => document.addEventListener('chat:lost', heard, {once: true}))"
    tab.page.evaluate(f"() => {{ window.heard = {lost}; }}")
    line.cut()
    tab.page.evaluate("() => window.heard.then(() => null)")


def test_a_second_without_connection_is_told_and_retry_now_is_at_once(
    wired: Tab, line: Wire
) -> None:
    expect(wired.link.locator("p")).to_have_count(3)
    told = wired.link.get_by_text("Reconnecting…")
    standstill(wired)
    cut(wired, line)
    wired.page.clock.run_for(900)
    expect(told).to_be_hidden()
    wired.page.clock.run_for(200)
    expect(told).to_be_visible()
    expect(wired.text).to_be_editable()
    line.mend()
    wired.link.get_by_role("button", name="Retry now").click()
    wired.page.clock.run_for(10)
    found(wired)
    expect(told).to_be_hidden()
    not_reloaded(wired)


def test_a_short_break_is_not_even_mentioned(wired: Tab, line: Wire) -> None:
    wired.page.evaluate("""() => {
      window.states = [];
      const link = document.getElementById("link");
      new MutationObserver(() => window.states.push(link.dataset.state))
        .observe(link, {attributes: true});
    }""")
    standstill(wired)
    cut(wired, line)
    line.mend()
    wired.page.clock.run_for(500)
    wired.page.wait_for_function("() => window.snapshots > 1")
    wired.page.clock.run_for(2000)
    assert wired.page.evaluate("() => window.states") == []


def test_an_answer_goes_on_behind_a_broken_connection(wired: Tab, line: Wire, model: Model) -> None:
    tag = held(wired, model)
    line.cut()
    lost(wired)
    model.go(tag)
    model.request(tag, "ended")
    line.mend()
    found(wired)
    wired.ended()
    assert wired.row["text"] == expected("long")
    wired.shows_the_row()
    not_reloaded(wired)


def test_progress_does_not_claim_what_a_broken_connection_cannot_tell(
    wired: Tab, line: Wire, model: Model
) -> None:
    tag = held(wired, model)
    expect(wired.progress).to_contain_text("Writing")
    line.cut()
    lost(wired)
    expect(wired.progress).to_have_text("Waiting for the connection…")
    line.mend()
    found(wired)
    expect(wired.progress).to_contain_text("Writing")
    model.go(tag)
    wired.ended()


def test_an_answer_grows_through_many_short_breaks_without_a_lost_or_doubled_character(
    wired: Tab, line: Wire
) -> None:
    wired.ask("long rate=700")
    wired.writing()
    for snapshots in range(2, 6):
        line.cut()
        line.mend()
        wired.page.wait_for_function("(n) => window.snapshots >= n", arg=snapshots)
    wired.ended()
    assert wired.row["text"] == expected("long")
    wired.shows_the_row()
    not_reloaded(wired)


def test_prompts_typed_while_offline_are_asked_once_and_in_order(
    wired: Tab, line: Wire, model: Model
) -> None:
    line.cut()
    lost(wired)
    tags = [model.tag(), model.tag()]
    for tag in tags:
        wired.ask(f"list rate=0 tag={tag}")
    expect(wired.echo).to_have_count(2)
    expect(wired.text).to_have_value(f"list rate=0 tag={tags[1]}")
    line.mend()
    found(wired)
    expect(wired.answers).to_have_count(2)
    expect(wired.page.locator(".turn[aria-busy]")).to_have_count(0)
    wired.ended()
    expect(wired.echo).to_have_count(0)
    expect(wired.text).to_have_value("")
    expect(wired.prompts).to_have_text([f"list rate=0 tag={tag}" for tag in tags])
    assert [model.times_asked(tag) for tag in tags] == [1, 1]


def test_a_prompt_that_waits_for_the_connection_can_be_changed_or_taken_back(
    wired: Tab, line: Wire, model: Model
) -> None:
    line.cut()
    lost(wired)
    tags = [model.tag() for _ in range(3)]
    for tag in tags:
        wired.ask(f"list rate=0 tag={tag}")
    expect(wired.echo).to_have_count(3)
    wired.echo.nth(1).get_by_role("button", name="Discard").click()
    expect(wired.echo).to_have_count(2)
    expect(wired.text).to_be_focused()
    wired.echo.last.get_by_role("button", name="Edit").click()
    expect(wired.text).to_have_value(f"list rate=0 tag={tags[2]}")
    expect(wired.echo).to_have_count(1)
    line.mend()
    found(wired)
    wired.ended()
    expect(wired.answers).to_have_count(1)
    expect(wired.echo).to_have_count(0)
    # What is edited is a draft again.
    expect(wired.text).to_have_value(f"list rate=0 tag={tags[2]}")
    wired.page.reload()
    wired.connected()
    expect(wired.text).to_have_value(f"list rate=0 tag={tags[2]}")
    wired.text.press("Enter")
    expect(wired.answers).to_have_count(2)
    wired.ended()
    expect(wired.text).to_have_value("")
    wired.page.reload()
    wired.connected()
    expect(wired.text).to_have_value("")
    assert [model.times_asked(tag) for tag in tags] == [1, 0, 1]


def test_a_prompt_typed_offline_survives_a_reload_of_the_new_chat(
    wired: Tab, line: Wire, model: Model
) -> None:
    tag = model.tag()
    conversation = wired.conversation
    line.cut()
    lost(wired)
    wired.ask(f"echo kept tag={tag}")
    expect(wired.echo).to_have_count(1)
    line.mend()
    wired.page.reload()
    wired.ended()
    assert wired.conversation == conversation
    expect(wired.prompts).to_have_count(1)
    assert wired.page.url.endswith(f"/c/{conversation}/")


def test_a_prompt_sent_into_a_half_open_socket_is_asked_once(
    wired: Tab, line: Wire, model: Model
) -> None:
    line.freeze()
    tag = model.tag()
    wired.ask(f"list rate=0 tag={tag}")
    expect(wired.echo).to_have_count(1)
    expect(wired.text).to_have_value(f"list rate=0 tag={tag}")
    lost(wired)
    line.mend()
    found(wired)
    wired.ended()
    expect(wired.prompts).to_have_count(1)
    expect(wired.echo).to_have_count(0)
    assert model.times_asked(tag) == 1
    not_reloaded(wired)


def test_an_answer_that_ended_unheard_leaves_nothing_under_way(
    wired: Tab, line: Wire, model: Model
) -> None:
    line.deafen()
    tag = model.tag()
    wired.ask(f"list rate=0 tag={tag}")
    model.request(tag, "ended")
    newest = "SELECT status FROM chat_generation ORDER BY id DESC LIMIT 1"
    wait_until(lambda: wired.person.served.row(newest)["status"] == "complete", "the end")
    cut(wired, line)
    line.mend()
    wired.ended()
    expect(wired.prompts).to_have_count(1)


def test_a_half_open_socket_in_mid_answer_is_noticed_by_stopping(
    wired: Tab, line: Wire, model: Model
) -> None:
    tag = held(wired, model)
    line.freeze()
    wired.button.click()
    expect(wired.progress).to_contain_text("Stopping")
    lost(wired)
    line.mend()
    wired.ended("stopped")
    assert model.request(tag, "ended")["ended_by"] == "client"
    not_reloaded(wired)
