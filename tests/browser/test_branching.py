"""Editing, stepping, forking, cutting and judging, as people do it on a desktop and a phone."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import Know
from .model import Model
from .person import Browsers, Tab

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


@pytest.fixture(params=["desktop", "phone"])
def tab(request: pytest.FixtureRequest, browsers: Browsers, know: Know) -> Tab:
    """Alice's tab, large and small."""
    options = PHONE if request.param == "phone" else {}
    return browsers.of(know("alice"), **options).open()


def ask(tab: Tab, words: str) -> None:
    """Ask by the button, as on a phone Enter breaks the line."""
    before = tab.answers.count()
    tab.text.fill(words)
    tab.button.click()
    expect(tab.answers).to_have_count(before + 1)
    tab.ended()


def press(tab: Tab, name: str, turn: str = ".answer") -> None:
    """Press a button of the last such turn; on a desktop it is to be pointed at first."""
    last = tab.page.locator(f".turns:not(#echo) {turn}").last
    last.hover()
    last.get_by_role("button", name=name, exact=True).click()


def focused(tab: Tab, end: str) -> None:
    """Wait until what has the focus is a button of a turn, whose id ends so."""
    expect(tab.page.locator(f":focus[id^=m][id$='-{end}']")).to_have_count(1)


def test_a_prompt_is_edited_and_its_variants_are_stepped_through_in_both_tabs(tab: Tab) -> None:
    ask(tab, "echo first rate=0")
    ask(tab, "echo second rate=0")
    other = tab.another()
    press(tab, "Edit the message", ".prompt")
    area = tab.page.locator(".edit-text")
    expect(area).to_be_focused()
    expect(area).to_have_value("echo second rate=0")
    area.press("Escape")
    expect(area).to_have_count(0)
    focused(tab, "edit")
    press(tab, "Edit the message", ".prompt")
    area.fill("echo rather this rate=0")
    tab.page.get_by_role("button", name="Save & send").click()
    for each in (tab, other):
        expect(each.prompts.last).to_contain_text("rather this")
        expect(each.prompts).to_have_count(2)
        expect(each.prompts.last.locator(".place")).to_have_text("2/2")
    tab.ended()
    press(tab, "Previous variant", ".prompt")
    for each in (tab, other):
        expect(each.prompts.last).to_contain_text("second")
        expect(each.prompts.last.locator(".place")).to_have_text("1/2")
    focused(tab, "after")  # the end that can still be pressed


def test_the_keyboard_edits_the_last_prompt_and_steps(alice: Tab) -> None:
    ask(alice, "echo first rate=0")
    alice.text.press("ArrowUp")
    area = alice.page.locator(".edit-text")
    expect(area).to_be_focused()
    area.fill("echo once more rate=0")
    area.press("Enter")
    expect(alice.prompts).to_have_count(1)
    expect(alice.prompts).to_contain_text("once more")
    expect(alice.prompts.locator(".place")).to_have_text("2/2")
    alice.ended()
    before = alice.prompts.get_by_role("button", name="Previous variant")
    before.focus()
    before.press("Enter")
    expect(alice.prompts).to_contain_text("first")
    expect(alice.page.locator("#announcer")).to_have_text("Variant 1/2")
    after = alice.prompts.get_by_role("button", name="Next variant")
    expect(after).to_be_focused()
    after.press("Enter")
    expect(alice.prompts).to_contain_text("once more")


def test_an_edited_prompt_that_is_empty_is_not_sent_and_says_why(tab: Tab) -> None:
    ask(tab, "echo first rate=0")
    press(tab, "Edit the message", ".prompt")
    area, note = tab.page.locator(".edit-text"), tab.page.locator(".edit-note")
    for nothing in ("", " \n "):
        area.fill(nothing)
        tab.page.get_by_role("button", name="Save & send").click()
        expect(note).to_have_text("There is nothing to send: the text is empty.")
        expect(area).to_be_visible()
    area.fill("echo rather this rate=0")
    tab.page.get_by_role("button", name="Save & send").click()
    expect(tab.prompts).to_contain_text("rather this")
    tab.ended()


def test_escape_leaves_the_edited_prompt_from_its_buttons_too(alice: Tab) -> None:
    ask(alice, "echo first rate=0")
    for name in ("Cancel", "Save & send"):
        alice.text.press("ArrowUp")
        alice.page.locator(".edit").get_by_role("button", name=name).press("Escape")
        expect(alice.page.locator(".edit")).to_have_count(0)
        focused(alice, "edit")
        alice.text.focus()


def test_what_is_asked_of_an_answer_while_another_is_written_says_to_wait(
    tab: Tab, model: Model
) -> None:
    ask(tab, "echo first rate=0")
    tag = model.tag()
    tab.text.fill(f"list rate=0 hold=5 tag={tag}")
    tab.button.click()
    tab.writing()
    first = tab.answers.first
    first.hover()
    first.get_by_role("button", name="Regenerate", exact=True).click()
    expect(tab.toast).to_have_text("Wait for the answer, or stop it with Esc.")
    model.go(tag)
    tab.ended()
    expect(tab.answers).to_have_count(2)


def test_another_model_answers_beside_and_an_earlier_answer_too(tab: Tab, model: Model) -> None:
    ask(tab, "echo first rate=0")
    ask(tab, "echo second rate=0")
    first = tab.answers.first
    first.hover()
    first.get_by_role("button", name="Regenerate with another model").click()
    tab.page.locator("#again-menu").get_by_role("button", name="demo-thinker").click()
    expect(tab.answers).to_have_count(1)
    tab.ended()
    assert tab.generation["model"] == "demo-thinker"
    expect(tab.answer.locator(".place")).to_have_text("2/2")
    press(tab, "Previous variant")
    expect(tab.answers).to_have_count(2)


def test_what_is_written_elsewhere_goes_on_and_can_be_shown_and_stopped(
    tab: Tab, model: Model
) -> None:
    ask(tab, "echo first rate=0")
    tag = model.tag()
    press(tab, "Edit the message", ".prompt")
    tab.page.locator(".edit-text").fill(f"code rate=0 hold=60 tag={tag}")
    tab.page.get_by_role("button", name="Save & send").click()
    model.request(tag, "held")
    tab.writing("from collections")
    press(tab, "Previous variant", ".prompt")
    expect(tab.answer).to_contain_text("first")
    elsewhere = tab.page.locator("#elsewhere")
    expect(elsewhere).to_contain_text("another branch")
    elsewhere.get_by_role("button", name="Show it").click()
    tab.writing("from collections")
    expect(elsewhere).to_be_empty()
    press(tab, "Previous variant", ".prompt")
    expect(elsewhere).to_contain_text("another branch")
    tab.text.fill("echo second")
    tab.page.get_by_role("button", name="Send", exact=True).click()
    expect(tab.page.locator("#composer-note")).to_contain_text("another branch")
    expect(tab.text).to_have_value("echo second")
    expect(tab.page.locator("#echo > *")).to_have_count(0)
    tab.text.fill("")
    elsewhere.get_by_role("button", name="Stop it").click()
    expect(elsewhere).to_be_empty()
    press(tab, "Next variant", ".prompt")
    tab.ended("stopped")
    tab.shows_the_row()
    tab.action("Continue").click()
    tab.ended()


def test_a_thumb_is_kept_with_its_reason_and_taken_back(tab: Tab) -> None:
    ask(tab, "echo first rate=0")
    press(tab, "Bad answer")
    dialog = tab.page.get_by_role("dialog", name="Thank you. Why?")
    expect(dialog.get_by_role("radio").first).to_be_focused()
    dialog.get_by_text("Not correct").click()
    dialog.get_by_role("textbox").fill("It is another one.")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_be_hidden()
    focused(tab, "down")
    query = "SELECT * FROM chat_feedback WHERE message_id = ?"
    row = tab.person.served.row(query, tab.message)
    assert (row["verdict"], row["reason"], row["text"]) == ("down", "wrong", "It is another one.")
    tab.page.reload()
    tab.connected()
    expect(tab.action("Bad answer")).to_have_attribute("aria-pressed", "true")
    press(tab, "Bad answer")
    expect(tab.action("Bad answer")).to_have_attribute("aria-pressed", "false")
    expect(dialog).to_be_hidden()


def test_a_fork_is_a_conversation_of_its_own_and_a_cut_asks_first(tab: Tab) -> None:
    ask(tab, "echo first rate=0")
    ask(tab, "echo second rate=0")
    here = tab.page.url
    first = tab.answers.first
    first.hover()
    first.get_by_role("button", name="More actions").click()
    tab.page.get_by_role("button", name="Fork").click()
    expect(tab.page).not_to_have_url(here)
    tab.connected()
    expect(tab.page).to_have_title(re.compile(r"\(fork\)"))
    expect(tab.prompts).to_have_count(1)
    tab.open(here.removeprefix(tab.person.served.server.url))
    press(tab, "More actions", ".prompt")
    tab.page.get_by_role("button", name="Delete with what follows").click()
    dialog = tab.page.get_by_role("dialog", name="Delete this message?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    focused(tab, "more")
    expect(tab.prompts).to_have_count(2)
    press(tab, "More actions", ".prompt")
    tab.page.get_by_role("button", name="Delete with what follows").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(tab.prompts).to_have_count(1)
    expect(tab.answers).to_have_count(1)


def test_what_another_path_replaces_keeps_what_was_opened_and_the_focus(
    tab: Tab, model: Model
) -> None:
    ask(tab, "think rate=0")
    ask(tab, "echo second rate=0")
    ask(tab, "echo third rate=0")
    tab.page.reload()  # the first turns are earlier ones now
    tab.connected()
    tab.answers.first.locator(".reasoning summary").click()
    second = tab.prompts.nth(1)
    second.hover()
    second.get_by_role("button", name="More actions").click()
    tab.page.get_by_role("button", name="Delete with what follows").click()
    dialog = tab.page.get_by_role("dialog", name="Delete this message?")
    dialog.get_by_role("button", name="Delete").click()
    expect(tab.prompts).to_have_count(1)
    expect(tab.answer.locator("details.reasoning")).to_have_attribute("open", "")
    expect(tab.page.locator("#text:focus, .answer:focus")).to_have_count(1)
    tag = model.tag()
    press(tab, "Edit the message", ".prompt")
    tab.page.locator(".edit-text").fill(f"code rate=0 hold=60 tag={tag}")
    tab.page.get_by_role("button", name="Save & send").click()
    model.request(tag, "held")
    press(tab, "Previous variant", ".prompt")
    tab.page.get_by_role("button", name="Stop it").press("Enter")
    expect(tab.page.locator("#elsewhere")).to_be_empty()
    expect(tab.page.locator("#text:focus, .answer:focus")).to_have_count(1)


def test_without_its_only_prompt_a_conversation_is_deleted_and_can_be_brought_back(
    tab: Tab,
) -> None:
    ask(tab, "echo only rate=0")
    here, second = tab.page.url, tab.another()
    press(tab, "More actions", ".prompt")
    tab.page.get_by_role("button", name="Delete with what follows").click()
    dialog = tab.page.get_by_role("dialog", name="Delete this conversation?")
    dialog.get_by_role("button", name="Cancel").click()
    focused(tab, "more")
    press(tab, "More actions", ".prompt")
    tab.page.get_by_role("button", name="Delete with what follows").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(tab.page).not_to_have_url(here)
    tab.page.get_by_role("region", name="Undo").hover()  # it waits
    expect(second.link).to_contain_text("not here any more")
    tab.page.get_by_role("button", name="Undo").click()
    expect(tab.page).to_have_url(here)
    expect(tab.prompts).to_have_text("echo only rate=0")
