"""Keyboard shortcuts, and what copying puts on the clipboard, with and without a secure context."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from chat.demo import expected

from .conftest import NAME, Know
from .model import Model
from .person import Browsers, Tab
from .said import Said

PASTE = "() => navigator.clipboard.readText()"


@pytest.fixture
def copier(browsers: Browsers, know: Know) -> Tab:
    """Alice's tab on an answer with code; she lets the page use the clipboard."""
    tab = browsers.of(know("alice"), permissions=["clipboard-read", "clipboard-write"]).open()
    tab.ask("code rate=0")
    tab.ended()
    return tab


def python(tab: Tab) -> str:
    code = expected("code").split("```python\n")[1].split("```")[0]
    assert tab.answer.locator(".code code").first.text_content() == code
    return code


def test_a_block_of_code_is_copied_and_that_is_said(copier: Tab) -> None:
    button = copier.answer.locator(".code .copy").first
    said = Said(button)
    button.click()
    said.wait_for("^Copied$")
    expect(copier.page.locator("#announcer")).to_have_text("Copied")
    assert copier.page.evaluate(PASTE) == python(copier)
    expect(button).to_have_text("Copy")


def test_an_answer_is_copied_as_the_markdown_it_was_written_in(copier: Tab) -> None:
    copier.action("Copy the answer").click()
    expect(copier.page.locator("#announcer")).to_have_text("Copied")
    assert copier.page.evaluate(PASTE) == expected("code")


def test_keys_copy_the_last_answer_and_the_last_block(copier: Tab) -> None:
    copier.page.keyboard.press("Control+Shift+C")
    expect(copier.page.locator("#announcer")).to_have_text("Copied")
    assert copier.page.evaluate(PASTE) == expected("code")
    copier.page.keyboard.press("Control+Shift+Semicolon")
    last = copier.answer.locator(".code code").last.text_content()
    copier.page.wait_for_function(
        "(last) => navigator.clipboard.readText().then((text) => text === last)", arg=last
    )


def test_a_block_that_still_grows_is_copied_as_far_as_it_is(
    browsers: Browsers, know: Know, model: Model
) -> None:
    tab = browsers.of(know("alice"), permissions=["clipboard-read", "clipboard-write"]).open()
    tag = model.tag()
    tab.ask(f"code rate=0 hold=45 tag={tag}")
    model.request(tag, "held")
    tab.writing("from collections")
    tab.answer.locator(".code .copy").click()
    expect(tab.page.locator("#announcer")).to_have_text("Copied")
    copied = tab.page.evaluate(PASTE)
    assert copied and python_text().startswith(copied)
    model.go(tag)
    tab.ended()


def python_text() -> str:
    return expected("code").split("```python\n")[1].split("```")[0]


def test_on_a_plain_http_host_of_a_lan_everything_works_and_copying_too(
    browsers: Browsers, know: Know
) -> None:
    browsers.watch.expect("Cross-Origin-Opener-Policy header has been ignored")
    alice = know("alice")
    port = alice.served.server.port
    site = f"{NAME}:{port}"
    tab = browsers.of(alice, site).open(origin=f"http://{site}")
    assert tab.page.evaluate("() => [isSecureContext, typeof navigator.clipboard]") == [
        False,
        "undefined",
    ]
    tab.ask("code rate=0")
    tab.ended()
    tab.answer.locator(".code .copy").first.click()
    expect(tab.page.locator("#announcer")).to_have_text("Copied")
    tab.text.focus()
    tab.page.keyboard.press("Control+V")
    expect(tab.text).to_have_value(python_text())


def test_the_list_of_shortcuts_opens_and_closes(alice: Tab) -> None:
    dialog = alice.page.get_by_role("dialog", name="Keyboard shortcuts")
    alice.page.keyboard.press("Control+/")
    expect(dialog).to_be_visible()
    alice.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    alice.page.locator(".account-button").click()
    alice.page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_no_key_of_the_list_is_broken_in_two_on_a_phone(browsers: Browsers, know: Know) -> None:
    tab = browsers.of(know("alice"), viewport={"width": 390, "height": 844}).open()
    tab.page.keyboard.press("Control+/")
    expect(tab.page.locator("#shortcuts")).to_be_visible()
    heights = tab.page.locator("#shortcuts kbd").evaluate_all("all => all.map(e => e.offsetHeight)")
    assert len(set(heights)) == 1


def test_keys_open_a_new_chat_the_list_and_the_composer(alice: Tab) -> None:
    alice.ask("echo somewhere")
    alice.ended()
    alice.page.keyboard.press("Control+Shift+S")
    expect(alice.list).not_to_be_in_viewport()
    alice.page.keyboard.press("Control+Shift+S")
    expect(alice.list).to_be_in_viewport()
    alice.page.locator(".account-button").focus()
    alice.page.keyboard.press("Shift+Escape")
    expect(alice.text).to_be_focused()
    alice.page.keyboard.press("Control+Shift+O")
    expect(alice.page).to_have_url(f"{alice.person.served.server.url}/")


def test_keys_go_round_in_the_menus_of_a_turn_and_to_their_ends(alice: Tab) -> None:
    alice.ask("echo somewhere rate=0")
    alice.ended()
    for opener, menu in (("More actions", "turn-menu"), ("Regenerate with another", "again-menu")):
        alice.answer.get_by_role("button", name=opener).press("Enter")
        items = alice.page.locator(f"#{menu} button")
        expect(items.first).to_be_focused()
        for key, item in (
            ("End", items.last),
            ("ArrowDown", items.first),
            ("ArrowUp", items.last),
            ("Home", items.first),
        ):
            alice.page.keyboard.press(key)
            expect(item).to_be_focused()
        alice.page.keyboard.press("Escape")


@pytest.mark.parametrize(
    "open_something",
    [
        lambda tab: tab.page.keyboard.press("Control+/"),
        lambda tab: tab.page.locator(".account-button").click(),
    ],
    ids=["dialog", "menu"],
)
def test_escape_closes_what_is_open_before_it_stops_anything(
    alice: Tab, model: Model, open_something: Callable[[Tab], None]
) -> None:
    tag = model.tag()
    alice.ask(f"list rate=0 hold=5 tag={tag}")
    alice.writing()
    open_something(alice)
    alice.page.keyboard.press("Escape")
    expect(alice.page.locator(":popover-open, dialog[open]")).to_have_count(0)
    assert alice.generation["stop_requested_at"] is None
    model.go(tag)
    alice.ended()
