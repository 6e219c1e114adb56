"""Stop: one button, in every phase and from every tab; what remains is kept and labelled."""

import re

import pytest
from playwright.sync_api import expect

from chat.demo import expected

from .model import Model
from .person import Browsers, Tab
from .watch import LOST
from .wire import wire


def test_send_and_stop_are_one_button_at_one_place(alice: Tab, model: Model) -> None:
    tag = model.tag()
    place = alice.button.bounding_box()
    expect(alice.button).to_have_accessible_name("Send")
    alice.ask(f"list rate=0 hold=5 tag={tag}")
    expect(alice.button).to_have_accessible_name("Stop")
    alice.writing()
    now = alice.button.bounding_box()
    assert place and now and (place["x"], place["width"]) == (now["x"], now["width"])
    model.go(tag)
    alice.ended()
    expect(alice.button).to_have_accessible_name("Send")


def test_a_stopped_answer_keeps_its_text_and_shows_the_receipt(alice: Tab, model: Model) -> None:
    tag = model.tag()
    alice.ask(f"long rate=0 hold=60 tag={tag}")
    alice.writing("How an answer gets to your screen")
    model.request(tag, "held")
    alice.button.click()
    alice.ended("stopped")
    assert model.request(tag, "ended")["ended_by"] == "client"
    text = alice.row["text"]
    assert text and expected("long").startswith(text)
    alice.shows_the_row()
    receipt = alice.answer.get_by_role("tooltip")
    expect(receipt).to_be_hidden()
    alice.stopped.hover()
    expect(receipt).to_be_visible()
    said = re.compile(
        rf"Stopped by {alice.person.name}\. .* closed after \d+\.\d ms\.$", re.MULTILINE
    )
    expect(receipt).to_have_text(said)
    assert alice.generation["upstream_closed_ms"] < 1000
    expect(alice.answer.locator(".usage")).to_contain_text("(estimated)")
    expect(alice.action("Continue")).to_be_visible()
    expect(alice.action("Regenerate")).to_be_visible()


PHASES = {
    "before the head of the response": ("no headers", "received"),
    "before the first token": ("silence", "received"),
    "while reasoning": ("think rate=0 hold=20", "held"),
    "in the middle of a text": ("long rate=0 hold=60", "held"),
    "in a block of code": ("code rate=0 hold=40", "held"),
    "in the middle of a tool call": ("tool call rate=0 hold=4", "held"),
    "when it has stalled": ("stall rate=0", "content"),
}


@pytest.mark.parametrize(("words", "state"), PHASES.values(), ids=PHASES)
def test_escape_stops_an_answer(alice: Tab, model: Model, words: str, state: str) -> None:
    tag = model.tag()
    alice.ask(f"{words} tag={tag}")
    model.request(tag, state)
    expect(alice.answer).to_have_attribute("aria-busy", "true")
    alice.page.keyboard.press("Escape")
    alice.ended("stopped")
    assert model.request(tag, "ended")["ended_by"] == "client"
    alice.shows_the_row()
    expect(alice.progress).to_be_hidden()
    alice.ask("echo and it goes on")
    expect(alice.answers).to_have_count(2)
    alice.ended()


def test_a_prompt_that_was_stopped_before_it_was_taken_is_stopped_when_it_is_taken(
    browsers: Browsers, alice: Tab, model: Model
) -> None:
    browsers.watch.expect(LOST)
    tag = model.tag()
    with wire(alice.person.served.server.port) as line:
        site = f"127.0.0.1:{line.port}"
        tab = browsers.of(alice.person, site).open(origin=f"http://{site}")
        tab.connected()
        line.freeze()
        tab.ask(f"list rate=0 hold=5 tag={tag}")
        expect(tab.button).to_have_accessible_name("Stop")
        tab.button.click()
        expect(tab.progress).to_contain_text("Stopping")
        expect(tab.link).to_have_attribute("data-state", "lost")
        line.mend()
        expect(tab.link).to_have_attribute("data-state", "open")
        tab.ended("stopped")
        expect(tab.prompts).to_have_count(1)
    assert model.times_asked(tag) <= 1


def test_a_second_tab_stops_what_the_first_one_asked(alice: Tab, model: Model) -> None:
    tag = model.tag()
    alice.ask(f"long rate=0 hold=60 tag={tag}")
    alice.writing("How an answer gets to your screen")
    second = alice.another()
    second.writing("How an answer gets to your screen")
    second.button.click()
    second.ended("stopped")
    alice.ended("stopped")
    expect(alice.stopped).to_be_visible()
    alice.shows_the_row()
    second.shows_the_row()


def test_an_answer_is_stopped_after_a_reload(alice: Tab, model: Model) -> None:
    tag = model.tag()
    alice.ask(f"long rate=0 hold=60 tag={tag}")
    alice.writing("How an answer gets to your screen")
    alice.page.reload()
    alice.connected()
    expect(alice.button).to_have_accessible_name("Stop")
    alice.button.click()
    alice.ended("stopped")
    assert model.request(tag, "ended")["ended_by"] == "client"


def test_pressing_stop_twice_never_touches_the_next_answer(alice: Tab, model: Model) -> None:
    tag = model.tag()
    alice.ask(f"long rate=0 hold=60 tag={tag}")
    alice.writing()
    alice.button.dblclick()
    alice.ended("stopped")
    for _ in range(3):
        alice.page.keyboard.press("Escape")
    alice.ask("echo whole")
    expect(alice.answers).to_have_count(2)
    alice.ended()
    assert alice.row["text"] == "whole"


def test_continue_goes_on_in_the_same_answer(alice: Tab, model: Model) -> None:
    tag = model.tag()
    alice.ask(f"echo begun tag={tag}")
    alice.ended()
    alice.ask("truncate rate=0")
    expect(alice.answers).to_have_count(2)
    alice.ended("truncated")
    expect(alice.answer).to_contain_text("Cut short.")
    before, message = alice.row["text"], alice.message
    alice.action("Continue").click()
    expect(alice.answer).to_have_attribute("data-status", "complete")
    alice.ended()
    assert alice.message == message
    after = alice.row["text"]
    assert after.startswith(before) and len(after) > len(before)
    alice.shows_the_row()
    expect(alice.answers).to_have_count(2)
