"""Saved prompts in the composer, and the pages of one's own."""

import re
from datetime import UTC, datetime

from playwright.sync_api import Route, expect

from .axe import violations
from .conftest import Know
from .person import Browsers, Tab

INSERT = (
    "INSERT INTO chat_savedprompt (owner_id, name, text, created_at, updated_at)"
    " VALUES (?, ?, ?, ?, ?)"
)


def keep(tab: Tab, name: str, text: str) -> None:
    """Give the person a saved prompt behind the server's back."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    tab.person.served.change(INSERT, tab.person.id, name, text, now, now)


def test_a_slash_offers_prompts_and_asks_for_their_variables(
    browsers: Browsers, know: Know
) -> None:
    tab = browsers.of(know("paula"))
    keep(tab, "etiquette", "How do I behave?")
    keep(tab, "explain", "Explain {{topic}} to {{ audience }}. Only {{topic}}!")
    page, text = tab.open().page, tab.text
    popup, dialog = page.locator("#prompt-menu"), page.locator("#variables")
    page.keyboard.type("/")
    expect(popup.get_by_role("option")).to_contain_text(["/etiquette", "/explain"])
    assert violations(page, ".composer") == []
    page.keyboard.press("ArrowDown")
    expect(popup.get_by_role("option", selected=True)).to_contain_text("/explain")
    page.keyboard.press("Tab")
    expect(dialog.get_by_label("topic")).to_be_focused()
    assert violations(page, "#variables") == []
    page.keyboard.press("Escape")
    expect(text).to_be_focused()
    expect(text).to_have_value("/")
    page.keyboard.type("exp")
    expect(popup.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("topic")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("topic")).to_be_focused()  # it must be said
    page.keyboard.type("$& tides")
    page.keyboard.press("Tab")
    page.keyboard.type("sailors")
    page.keyboard.press("Enter")
    expect(text).to_have_value("Explain $& tides to sailors. Only $& tides!")
    expect(text).to_be_focused()
    expect(tab.echo).to_have_count(0)


def test_enter_that_is_pressed_twice_does_not_send_the_name(browsers: Browsers, know: Know) -> None:
    tab = browsers.of(know("pia"))
    keep(tab, "etiquette", "Behave! rate=0")
    page = tab.open().page
    asked: list[Route] = []
    page.route("**/prompts/*/text", lambda route: asked.append(route))
    page.keyboard.type("/eti")
    expect(page.get_by_role("option")).to_have_count(1)
    with page.expect_request("**/prompts/*/text"):
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(tab.echo).to_have_count(0)
    asked[0].continue_()
    expect(tab.text).to_have_value("Behave! rate=0")
    page.keyboard.press("Enter")
    expect(tab.prompts).to_have_text("Behave! rate=0")
    tab.ended()


def test_a_slash_leads_whoever_has_no_prompts_to_where_they_are_made(
    browsers: Browsers, know: Know
) -> None:
    tab = browsers.of(know("pascal")).open()
    tab.page.keyboard.type("/")
    expect(tab.page.get_by_role("option", selected=True)).to_contain_text("Your saved prompts")
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_role("heading", name="New prompt")).to_be_visible()
    tab.page.go_back()
    expect(tab.text).to_have_value("")


def test_a_slash_elsewhere_is_not_in_the_way(browsers: Browsers, know: Know) -> None:
    tab = browsers.of(know("paul"))
    keep(tab, "etiquette", "How do I behave?")
    page, text = tab.open().page, tab.text
    popup = page.locator("#prompt-menu")
    page.keyboard.type("/et")
    expect(popup).to_be_visible()
    page.keyboard.type("c/passwd")
    expect(popup).to_be_hidden()
    text.fill("")
    page.keyboard.type("either /et")
    expect(popup).to_be_hidden()
    text.fill("")
    page.keyboard.type("/et")
    expect(popup).to_be_visible()
    page.keyboard.press("Escape")
    expect(popup).to_be_hidden()
    page.keyboard.type("i rate=0")
    expect(popup).to_be_hidden()
    page.keyboard.press("Enter")
    expect(tab.prompts).to_have_text("/eti rate=0")
    tab.ended()


def test_the_pages_of_ones_own_are_whole_and_work_by_plain_forms(
    browsers: Browsers, know: Know
) -> None:
    size = {"width": 390, "height": 844}
    tab = browsers.of(know("petra"), viewport=size, has_touch=True, is_mobile=True)
    page = tab.open().page
    tab.text.fill("echo used")
    tab.button.tap()
    tab.ended()
    for path in ("/settings/", "/prompts/", "/usage/", "/shares/", "/import/", "/archived/"):
        page.goto(f"{tab.person.served.server.url}{path}")
        assert violations(page) == [], path
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), path
        for link in page.get_by_role("navigation").get_by_role("link").all():
            expect(link).to_be_in_viewport(ratio=1)
    page.goto(f"{tab.person.served.server.url}/usage/")
    expect(page.locator(".bars .c1")).to_have_count(1)
    page.get_by_role("link", name="Prompts").click()
    page.get_by_label("Name").fill("hello")
    page.get_by_label("Text").fill("Say hello to {{whom}}.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("/hello was saved.")
    page.get_by_role("link", name="Change /hello").click()
    expect(page.get_by_label("Name")).to_have_value("hello")
    page.get_by_label("Name").fill("greet")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("/greet was saved.")
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Model").fill("demo-thinker")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("New chats begin with this")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("link", name="Back to the chat").click()
    expect(page.locator("#model-button")).to_have_accessible_name("Model: demo-thinker")


def test_a_form_with_something_wrong_begins_there(browsers: Browsers, know: Know) -> None:
    tab = browsers.of(know("pia"))
    keep(tab, "greet", "Say hello.")
    page = tab.page
    for path, label, value, sentence in (
        ("/settings/", "Top-p", "all", "This must be a number from 0 to 1."),
        ("/prompts/", "Name", "two words", "Only letters, digits and hyphens can be used."),
        ("/prompts/", "Name", "Greet", "You have a prompt of this name already."),
    ):
        page.goto(f"{tab.person.served.server.url}{path}")
        field = page.get_by_label(label)
        field.fill(value)
        if path == "/prompts/":
            page.get_by_label("Text").fill("Say it again.")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile(re.escape(sentence)))


def test_a_saved_prompt_is_deleted_after_a_question(browsers: Browsers, know: Know) -> None:
    tab = browsers.of(know("pedro"))
    keep(tab, "greet", "Say hello.")
    page = tab.open("/").page
    page.goto(f"{tab.person.served.server.url}/prompts/")
    opener = page.get_by_role("button", name="Delete /greet")
    asked = page.get_by_role("dialog", name="Delete /greet?")
    opener.click()
    expect(asked.get_by_role("button", name="Cancel")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    asked.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("status")).to_have_text("/greet was deleted.")
    expect(opener).to_have_count(0)
