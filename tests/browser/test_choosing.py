"""Choosing a model, and the settings of a conversation."""

import json

from playwright.sync_api import Locator, Route, expect

from .axe import violations
from .conftest import Know
from .person import Browsers, Tab
from .test_list import LIST


def model_button(tab: Tab) -> Locator:
    return tab.page.locator("#model-button")


def test_a_model_is_found_by_typing_and_remembered(alice: Tab) -> None:
    page, search = alice.page, alice.page.locator("#model-search")
    model_button(alice).focus()
    page.keyboard.press("Enter")
    expect(search).to_be_focused()
    assert violations(page, ".composer") == []
    page.keyboard.press("Escape")
    expect(model_button(alice)).to_be_focused()
    page.keyboard.press("Enter")
    expect(search).to_be_focused()
    search.press_sequentially("think")
    expect(page.get_by_role("option")).to_have_text(["demo-thinker", "Use “think”"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(alice.text).to_be_focused()
    alice.ask("echo chosen rate=0")
    alice.ended()
    assert alice.generation["model"] == "demo-thinker"
    expect(alice.answer.locator(".reasoning")).to_have_count(1)
    page.reload()
    expect(model_button(alice)).to_have_accessible_name("Model: demo-thinker")


def test_what_is_typed_before_the_list_of_models_is_loaded_is_searched_for(alice: Tab) -> None:
    page, held = alice.page, list[Route]()
    page.route("**/picker*.js", lambda route: held.append(route))
    with page.expect_request("**/picker*.js"):
        model_button(alice).press("Enter")
    alice.text.fill("echo unsent")
    model_button(alice).press("Enter")
    page.keyboard.press("Escape")
    expect(model_button(alice)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("think")
    page.keyboard.press("Enter")
    held[0].continue_()
    expect(page.get_by_role("option")).to_have_text(["demo-thinker", "Use “think”"])
    page.keyboard.press("Enter")
    expect(model_button(alice)).to_have_accessible_name("Model: demo-thinker")
    expect(alice.prompts).to_have_count(0)


def test_a_list_of_models_that_cannot_be_loaded_says_so(alice: Tab, browsers: Browsers) -> None:
    browsers.watch.expect("net::ERR_FAILED")
    alice.page.route("**/picker*.js", lambda route: route.abort())
    model_button(alice).press("Enter")
    expect(alice.toast).to_have_text("That could not be loaded. Is the server reachable?")
    expect(alice.page.locator("#model-menu")).to_be_hidden()
    expect(model_button(alice)).to_be_focused()


def test_a_name_that_nobody_lists_can_be_typed_and_other_tabs_follow(alice: Tab) -> None:
    alice.ask("echo first")
    alice.ended()
    other = alice.another()
    model_button(alice).click()
    alice.page.locator("#model-search").fill("demo-nobody-lists")
    alice.page.get_by_role("option", name="Use “demo-nobody-lists”").click()
    for tab in (alice, other):
        expect(model_button(tab)).to_have_accessible_name("Model: demo-nobody-lists")
    query = "SELECT model FROM chat_conversation WHERE id = ?"
    assert alice.person.served.row(query, alice.conversation.replace("-", "")) == {
        "model": "demo-nobody-lists"
    }


def test_a_page_from_before_the_models_were_known_learns_which_one_answers(alice: Tab) -> None:
    alice.page.locator("#model").evaluate("select => select.replaceChildren()")
    model_button(alice).evaluate("button => button.setAttribute('aria-label', '')")
    alice.ask("echo hello")
    expect(model_button(alice)).to_have_accessible_name("Model: demo")
    alice.ended()


def test_settings_of_a_new_chat_go_with_its_first_prompt_and_show_in_every_tab(alice: Tab) -> None:
    page, dialog = alice.page, alice.page.locator("#settings")
    sign, save = page.locator("#settings-sign"), dialog.get_by_role("button", name="Save")
    expect(sign).to_be_hidden()
    page.locator("#open-settings").click()
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("System prompt")).to_be_focused()
    assert violations(page, "#settings") == []
    dialog.get_by_label("System prompt").fill("Speak as a pirate.")
    dialog.get_by_label("Temperature").fill("warm")
    save.click()
    expect(dialog.get_by_label("Temperature")).to_be_focused()
    expect(dialog).to_contain_text("This must be a number from 0 to 2.")
    dialog.get_by_label("Temperature").fill("0,5")
    save.click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#open-settings")).to_be_focused()
    expect(sign).to_be_visible()
    alice.ask("echo ahoy")
    alice.ended()
    assert json.loads(alice.generation["params"]) == {"temperature": 0.5}
    other = alice.another()
    expect(other.page.locator("#settings-sign")).to_be_visible()
    sign.click()
    dialog.get_by_label("Temperature").fill("")
    dialog.get_by_label("System prompt").fill("")
    save.click()
    for tab in (alice, other):
        expect(tab.page.locator("#settings-sign")).to_be_hidden()
    other.page.locator("#open-settings").click()
    shown = other.page.locator("#settings")
    expect(shown).to_be_visible()
    expect(shown.get_by_label("System prompt")).to_have_value("")
    other.page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    other.ask("echo plain")
    expect(other.answers).to_have_count(2)
    other.ended()
    assert json.loads(other.generation["params"]) == {}


def test_the_settings_of_another_tab_are_shown_also_while_the_list_is_read(alice: Tab) -> None:
    alice.ask("echo first rate=0")
    alice.ended()
    other = alice.another()
    alice.page.locator("#open-settings").click()
    alice.page.get_by_label("System prompt").fill("Speak as a pirate.")
    alice.page.locator("#settings").get_by_role("button", name="Save").click()
    expect(other.page.locator("#settings-sign")).to_be_visible()
    # It is never answered.
    other.page.route(LIST, lambda route: None)
    with other.page.expect_request(LIST):
        alice.open("/").ask("echo elsewhere")
    other.page.locator("#open-settings").click()
    expect(other.page.locator("#settings")).to_be_visible()
    expect(other.page.get_by_label("System prompt")).to_have_value("Speak as a pirate.")


def test_without_scripts_settings_are_a_page_and_models_a_select(
    browsers: Browsers, know: Know
) -> None:
    tab = browsers.of(know("alice"), java_script_enabled=False)
    page = tab.page
    page.goto(tab.person.served.server.url)
    page.locator("#open-settings").click()
    page.get_by_label("Seed").fill("a lot")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("This must be a whole number.")
    page.get_by_label("Seed").fill("7")
    page.get_by_role("button", name="Save").click()
    page.locator("#model").select_option("demo-thinker")
    tab.text.fill("echo plain rate=0")
    page.get_by_role("button", name="Send").click()
    expect(tab.prompts).to_have_count(1)
    assert json.loads(tab.generation["params"]) == {"seed": 7}
    assert tab.generation["model"] == "demo-thinker"
