"""What a screen reader is told, and that axe finds nothing."""

import pytest
from playwright.sync_api import expect

from tests.tab.served import PASSWORD

from .axe import violations
from .conftest import Know
from .model import Model
from .person import Browsers, Tab

# What has the focus, and whether that can be seen.
FOCUSED = """() => {
  const element = document.activeElement;
  const place = element.closest("#composer") ?? element;
  const style = getComputedStyle(place);
  const seen = getComputedStyle(element).outlineStyle !== "none" ||
    style.outlineStyle !== "none" || style.boxShadow !== "none";
  return [[element.className, element.id].join(" "), seen];
}"""


def test_an_answer_is_busy_while_it_grows_and_its_beginning_and_end_are_said(
    alice: Tab, model: Model
) -> None:
    said = alice.page.locator("#announcer")
    expect(said).to_have_attribute("role", "status")
    tag = model.tag()
    alice.ask(f"list rate=0 hold=5 tag={tag}")
    alice.writing()
    expect(said).to_have_text("The answer began.")
    model.go(tag)
    alice.ended()
    expect(said).to_have_text("The answer is complete.")
    expect(alice.text).to_be_focused()
    expect(alice.page.get_by_role("article", name="Answer")).to_have_count(1)
    expect(alice.page.get_by_role("article", name="Your message")).to_have_count(1)
    assert alice.page.locator(".thread [aria-live], .thread [role=status]").count() == 0


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        ("error", "failed", "The answer failed."),
        ("truncate rate=0", "truncated", "The answer ended early."),
    ],
)
def test_a_bad_ending_is_said(alice: Tab, words: str, status: str, sentence: str) -> None:
    alice.ask(words)
    alice.ended(status)
    expect(alice.page.locator("#announcer")).to_contain_text(sentence)


def test_a_stop_is_said_and_the_focus_stays_on_the_button(alice: Tab, model: Model) -> None:
    tag = model.tag()
    alice.ask(f"list rate=0 hold=5 tag={tag}")
    alice.writing()
    alice.button.focus()
    alice.page.keyboard.press("Enter")
    alice.ended("stopped")
    expect(alice.page.locator("#announcer")).to_have_text("The answer was stopped.")
    expect(alice.button).to_be_focused()


def test_the_receipt_of_a_stop_is_read_with_its_label(alice: Tab) -> None:
    alice.ask("silence")
    alice.writing()
    alice.page.keyboard.press("Escape")
    alice.ended("stopped")
    alice.stopped.focus()
    expect(alice.answer.get_by_role("tooltip")).to_be_visible()
    expect(alice.stopped).to_have_accessible_description(
        alice.answer.get_by_role("tooltip").inner_text()
    )


def test_axe_finds_nothing_where_one_signs_in_and_up(browsers: Browsers, know: Know) -> None:
    site = know("alice").served.server.url
    page = browsers.context(site.removeprefix("http://")).new_page()
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"):
        page.goto(site + path)
        assert violations(page) == [], path
    page.locator("[name=login]").or_(page.locator("body")).first.wait_for()
    page.goto(f"{site}/accounts/login/")
    page.locator("[name=login]").fill("nobody")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []


def test_axe_finds_nothing_in_a_new_chat(alice: Tab) -> None:
    assert violations(alice.page) == []


def test_axe_finds_nothing_in_answers_of_every_kind(alice: Tab) -> None:
    words = ["code", "table", "list", "math", "think", "tool call", "rtl", "hostile", "wide"]
    for number, word in enumerate(words, 1):
        alice.ask(f"{word} rate=0")
        expect(alice.answers).to_have_count(number)
        alice.ended()
    for fold in alice.answers.locator("details").all():
        fold.evaluate("e => { e.open = true }")
    assert violations(alice.page) == []


def test_axe_finds_nothing_in_a_growing_a_stopped_and_a_failed_answer(
    alice: Tab, model: Model
) -> None:
    tag = model.tag()
    alice.ask(f"code rate=0 hold=40 tag={tag}")
    model.request(tag, "held")
    alice.writing("from collections")
    assert violations(alice.page) == []
    alice.page.keyboard.press("Escape")
    alice.ended("stopped")
    alice.stopped.hover()
    assert violations(alice.page) == []
    for number, word in enumerate(["error", "cut rate=0", "truncate rate=0", "filter rate=0"], 2):
        alice.ask(word)
        expect(alice.answers).to_have_count(number)
        expect(alice.progress).to_be_hidden()
        expect(alice.answer.locator(".ending")).to_be_visible()
        assert violations(alice.page) == [], word


def test_axe_finds_nothing_in_menus_and_dialogs(alice: Tab) -> None:
    alice.ask("echo a conversation")
    alice.ended()
    alice.page.keyboard.press("Control+/")
    expect(alice.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert violations(alice.page) == []
    alice.page.keyboard.press("Escape")
    alice.page.locator(".account-button").click()
    expect(alice.page.locator("#account-menu")).to_be_visible()
    assert violations(alice.page) == []
    alice.page.keyboard.press("Escape")
    line = alice.list.locator(".row").first
    line.hover()
    line.locator(".row-more").click()
    expect(alice.page.locator("#row-menu")).to_be_visible()
    assert violations(alice.page) == []
    alice.page.get_by_role("button", name="Delete", exact=True).click()
    expect(alice.page.get_by_role("dialog", name="Delete this conversation?")).to_be_visible()
    assert violations(alice.page) == []


def test_axe_finds_nothing_on_a_phone_and_in_its_drawer(browsers: Browsers, know: Know) -> None:
    phone = browsers.of(
        know("alice"), viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ).open()
    assert violations(phone.page) == []
    phone.page.get_by_role("button", name="Show conversations").tap()
    expect(phone.list).to_be_in_viewport()
    assert violations(phone.page) == []


def test_the_whole_page_can_be_reached_and_used_by_keyboard(browsers: Browsers, know: Know) -> None:
    alice = browsers.of(know("mona")).open()
    alice.ask("code rate=0")
    alice.ended()
    skip = alice.page.get_by_role("link", name="Skip to the message box")
    skip.focus()
    expect(skip).to_be_in_viewport()
    alice.page.keyboard.press("Enter")
    expect(alice.text).to_be_focused()
    reached: set[str] = set()
    for _ in range(100):
        alice.page.keyboard.press("Shift+Tab")
        focused, outline = alice.page.evaluate(FOCUSED)
        reached |= set(focused.split())
        # The button that jumps to the end goes when its focus has scrolled there.
        assert outline or focused.strip() in ("", "jump jump"), focused
    assert {"copy", "copy-answer", "new-chat", "row-link", "row-more", "account-button"} <= reached
