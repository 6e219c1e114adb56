"""Asking: from the click to the rendered answer, and what the composer does with the keyboard."""

import re
import uuid

import pytest
from playwright.sync_api import Locator, expect

from chat.demo import expected

from .conftest import Know
from .model import Model
from .person import Browsers, Tab
from .said import Said


def test_a_prompt_is_answered_in_rendered_markdown_with_its_usage(alice: Tab) -> None:
    alice.ask("code rate=0")
    alice.ended()
    expect(alice.prompts).to_have_text(["code rate=0"])
    expect(alice.answer.locator("pre code").first).to_contain_text("from collections import")
    generation = alice.generation
    usage = alice.answer.locator(".usage")
    expect(usage).to_contain_text(f"{generation['completion_tokens']} tokens")
    expect(usage).to_contain_text(generation["model"])
    assert alice.row["text"] == expected("code")
    alice.shows_the_row()


def test_a_prompt_is_seen_grey_at_once_and_then_the_servers_own_takes_its_place(
    alice: Tab, model: Model
) -> None:
    tag = model.tag()
    alice.page.evaluate("""() => document.addEventListener("chat:asked", () => {
      window.echoed = document.querySelector("#echo .bubble").textContent;
      window.grey = getComputedStyle(document.querySelector("#echo .bubble")).color;
    })""")
    alice.ask(f"list rate=0 hold=5 tag={tag}")
    alice.writing()
    assert alice.page.evaluate("window.echoed") == f"list rate=0 hold=5 tag={tag}"
    taken = alice.prompts.locator(".bubble").evaluate("e => getComputedStyle(e).color")
    assert alice.page.evaluate("window.grey") != taken
    expect(alice.echo).to_have_count(0)
    expect(alice.prompts).to_have_count(1)
    model.go(tag)
    alice.ended()


def test_progress_is_told_in_words_from_the_click_to_the_end(alice: Tab, model: Model) -> None:
    said = Said(alice.page.locator("#progress-text"))
    tag = model.tag()
    alice.ask(f"bench tokens=650 start=2.5 rate=150 hold=600 tag={tag}")
    said.wait_for(r"^Waiting for the model · [1-9]\d* s$")
    said.wait_for(r"^Writing · \d+ tokens/s$")
    model.go(tag)
    alice.ended()
    phases = (words.split(" · ")[0] for words in said.texts)
    order = list(dict.fromkeys(phase for phase in phases if phase))
    assert order[0] == "Sending…"
    assert order[-2:] == ["Waiting for the model", "Writing"]


def test_a_model_that_falls_silent_in_mid_answer_is_waited_for_until_words_come(
    alice: Tab, model: Model
) -> None:
    said = Said(alice.page.locator("#progress-text"))
    tag = model.tag()
    alice.ask(f"bench tokens=300 rate=100 hold=60 tag={tag}")
    said.wait_for("^Writing")
    said.wait_for(r"^Waiting for the model · ([6-9]|1\d) s$")
    said = Said(alice.page.locator("#progress-text"))
    model.go(tag)
    said.wait_for("^Writing")
    alice.ended()


def test_reasoning_is_a_line_that_opens(alice: Tab) -> None:
    alice.ask("think rate=400")
    alice.ended()
    line = alice.answer.locator(".reasoning summary")
    expect(line).to_contain_text("Reasoned for")
    expect(alice.answer.locator(".reasoning-text")).to_be_hidden()
    line.click()
    expect(alice.answer.locator(".reasoning-text")).to_contain_text("demonstration")
    expect(alice.answer).to_contain_text("17 × 24 = 408")


def test_a_line_of_reasoning_that_was_opened_stays_open_while_it_grows_and_at_the_end(
    alice: Tab, model: Model
) -> None:
    tag = model.tag()
    alice.ask(f"think rate=0 hold=20 tag={tag}")
    alice.answer.locator(".reasoning summary").click()
    model.go(tag)
    alice.ended()
    expect(alice.answer.locator(".reasoning-text")).to_be_visible()


def test_a_tool_call_is_a_card_with_its_name_and_arguments(alice: Tab) -> None:
    alice.ask("tool call rate=0")
    alice.ended()
    card = alice.answer.locator(".tool-call")
    expect(card.locator("summary")).to_contain_text("Current time")
    card.locator("summary").click()
    expect(card.locator("pre").first).to_have_text('{"timezone": "Europe/Berlin"}')
    expect(card.locator("pre").last).to_contain_text('"weekday"')


def test_enter_sends_and_shift_enter_breaks_the_line(alice: Tab) -> None:
    alice.text.press_sequentially("echo one")
    alice.text.press("Shift+Enter")
    alice.text.press_sequentially("two")
    expect(alice.text).to_have_value("echo one\ntwo")
    alice.text.press("Enter")
    alice.ended()
    expect(alice.text).to_have_value("")
    assert alice.row["text"] == "one\ntwo"


@pytest.mark.parametrize(
    "event",
    ["{key: 'Enter', isComposing: true}", "{key: 'Enter', keyCode: 229}"],
    ids=["while composing", "just after composing, in Safari"],
)
def test_enter_does_not_send_while_an_input_method_composes(alice: Tab, event: str) -> None:
    alice.text.fill("にほん")
    alice.text.evaluate(f"""e => e.dispatchEvent(new KeyboardEvent("keydown",
      {{...{event}, bubbles: true, cancelable: true}}))""")
    expect(alice.text).to_have_value("にほん")
    expect(alice.echo).to_have_count(0)
    expect(alice.prompts).to_have_count(0)


def test_with_a_finger_enter_breaks_the_line_and_the_button_sends(
    browsers: Browsers, know: Know
) -> None:
    phone = browsers.of(
        know("alice"), viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ).open()
    phone.text.tap()
    phone.text.press_sequentially("echo one\ntwo")
    expect(phone.text).to_have_value("echo one\ntwo")
    phone.button.tap()
    phone.ended()
    assert phone.row["text"] == "one\ntwo"


def test_nothing_is_sent_of_an_empty_composer(alice: Tab) -> None:
    expect(alice.button).to_have_attribute("aria-disabled", "true")
    alice.text.fill(" \n ")
    alice.text.press("Enter")
    alice.button.click(force=True)
    expect(alice.echo).to_have_count(0)
    alice.text.fill("x")
    expect(alice.button).to_have_attribute("aria-disabled", "false")


def test_half_a_character_is_sent_as_a_replacement_character(alice: Tab) -> None:
    alice.text.evaluate("""e => {
      e.value = "echo half \\ud83d of it";
      e.dispatchEvent(new Event("input", {bubbles: true}));
    }""")
    alice.text.press("Enter")
    alice.ended()
    expect(alice.text).to_have_value("")
    assert alice.row["text"].strip() == "half \N{REPLACEMENT CHARACTER} of it"


def test_what_is_too_long_is_said_and_not_sent(alice: Tab) -> None:
    alice.text.focus()
    # As by pasting, of which a browser keeps no more than the limit, if it is told one.
    alice.page.keyboard.insert_text("a" * 100_002 + "z")
    expect(alice.page.locator("#composer-note")).to_have_text("3 characters too many")
    expect(alice.text).to_have_value(re.compile("z$"))
    alice.text.press("Enter")
    expect(alice.echo).to_have_count(0)


def test_the_composer_grows_with_its_text_and_then_scrolls(alice: Tab) -> None:
    def height() -> float:
        return float(alice.text.evaluate("e => e.clientHeight"))

    one = height()
    alice.text.fill("one\ntwo\nthree\nfour")
    assert height() > 2 * one
    alice.text.fill("line\n" * 200)
    assert height() < 0.45 * 900
    assert alice.text.evaluate("e => e.scrollHeight > e.clientHeight")


def test_a_draft_is_kept_for_its_conversation(alice: Tab) -> None:
    alice.ask("echo first rate=0")
    alice.ended()
    alice.text.fill("a draft of this conversation")
    first = f"/c/{alice.conversation}/"
    alice.open("/")
    expect(alice.text).to_have_value("")
    alice.text.fill("a draft of a new chat")
    alice.open(first)
    expect(alice.text).to_have_value("a draft of this conversation")
    alice.open("/")
    expect(alice.text).to_have_value("a draft of a new chat")
    alice.text.fill("")
    alice.open("/")
    expect(alice.text).to_have_value("")


def test_typing_goes_on_while_an_answer_is_written(alice: Tab, model: Model) -> None:
    tag = model.tag()
    alice.ask(f"list rate=0 hold=5 tag={tag}")
    alice.writing()
    expect(alice.text).to_have_value("")
    alice.text.press_sequentially("echo the next one")
    alice.text.press("Enter")
    expect(alice.page.locator("#composer-note")).to_contain_text("Wait for the answer")
    model.go(tag)
    alice.ended()
    expect(alice.text).to_have_value("echo the next one")
    expect(alice.text).to_be_focused()
    alice.text.press("Enter")
    expect(alice.answers).to_have_count(2)
    alice.ended()
    assert alice.row["text"] == "the next one"


def test_a_new_chat_gets_its_address_and_its_title(alice: Tab) -> None:
    assert alice.page.url.endswith("/")
    conversation = alice.conversation
    alice.ask("echo What is a token?")
    alice.ended()
    assert alice.page.url.endswith(f"/c/{conversation}/")
    expect(alice.page.locator("#title")).to_have_text("echo What is a token?")
    expect(alice.page).to_have_title("echo What is a token? · Chatsite")


def test_back_and_forward_go_between_conversations(alice: Tab) -> None:
    alice.ask("echo one")
    alice.ended()
    first = alice.page.url
    alice.page.locator(".new-chat").click()
    expect(alice.page).to_have_url(f"{alice.person.served.server.url}/")
    alice.connected()
    alice.ask("echo two")
    alice.ended()
    second = alice.page.url
    alice.page.go_back()
    expect(alice.page).to_have_url(first)
    expect(alice.answer.locator(".parts")).to_have_text("one")
    alice.page.go_forward()
    expect(alice.page).to_have_url(second)
    expect(alice.answer.locator(".parts")).to_have_text("two")
    alice.connected()
    alice.ask("echo three")
    expect(alice.answers).to_have_count(2)
    alice.ended()


def test_a_chip_fills_the_composer_and_sends_nothing(alice: Tab) -> None:
    chip: Locator = alice.page.get_by_role("button", name="Compare things")
    chip.click()
    expect(alice.text).to_have_value("Compare in a table: ")
    expect(alice.text).to_be_focused()
    expect(alice.echo).to_have_count(0)


def test_regenerate_writes_the_last_answer_anew(alice: Tab) -> None:
    alice.ask("echo same again")
    alice.ended()
    before = alice.message
    alice.action("Regenerate").click()
    expect(alice.answer).not_to_have_attribute("data-message", str(before))
    alice.ended()
    expect(alice.answers).to_have_count(1)
    expect(alice.prompts).to_have_count(1)
    assert alice.row["text"] == "same again"
    rows = alice.person.served.generations(uuid.UUID(alice.conversation))
    assert [row["status"] for row in rows] == ["complete", "complete"]
