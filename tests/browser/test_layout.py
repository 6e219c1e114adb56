"""Phone to desktop, light and dark: nothing is wider than the page, nothing flashes."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.servers import wait_until

from .conftest import Know
from .model import Model
from .person import Browsers, Tab

WIDTHS = {390: 844, 820: 1180, 1440: 900}
SIDEWAYS = """() => {
  const page = document.scrollingElement;
  const wide = [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.right > innerWidth + 1 && box.width && !element.closest(
      "pre, table, .scroll, .table, .sidebar, math, [tabindex='0'], .hidden-text");
  });
  const shown = wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
  return [Math.max(0, page.scrollWidth - page.clientWidth), shown];
}"""
SMALL = """() => [...document.querySelectorAll("button, a, select, summary")].filter((element) => {
  if (!element.checkVisibility({visibilityProperty: true, opacityProperty: true})) return false;
  if (element.closest(".parts, [inert], .skip")) return false;
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && (width < 43.5 || height < 43.5);
}).map((element) => element.outerHTML.slice(0, 160))"""

# How far a paragraph's last line is from the left and from the right of its box.
ENDS = """(paragraph) => {
  const range = document.createRange();
  range.selectNodeContents(paragraph);
  const rects = [...range.getClientRects()], box = paragraph.getBoundingClientRect();
  const last = rects.filter((rect) => Math.abs(rect.bottom - rects.at(-1).bottom) < 4);
  return [Math.min(...last.map((rect) => rect.left)) - box.left,
          box.right - Math.max(...last.map((rect) => rect.right))];
}"""

RIGHT = "e => e.getBoundingClientRect().right"


# The words of elements that stand on two lines.
BROKEN = """(all) => all.flatMap((element) => {
  const node = element.firstChild, range = document.createRange();
  return [...node.data.matchAll(/\\S+/g)].filter(({index, 0: word}) => {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    return range.getClientRects().length > 1;
  }).map(([word]) => word);
})"""


def phone(browsers: Browsers, know: Know) -> Tab:
    size = {"width": 390, "height": 844}
    return browsers.of(know("alice"), viewport=size, has_touch=True, is_mobile=True).open()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(browsers: Browsers, know: Know, width: int) -> None:
    size = {"width": width, "height": WIDTHS[width]}
    tab = browsers.of(know("alice"), viewport=size).open()
    assert tab.page.evaluate(SIDEWAYS) == [0, []]
    for number, word in enumerate(["wide", "table", "code", "rtl", "math", "cjk"], 1):
        tab.ask(f"{word} rate=0")
        expect(tab.answers).to_have_count(number)
        tab.ended()
        assert tab.page.evaluate(SIDEWAYS) == [0, []], word
    tab.ask(f"{'x' * 3000} rate=0")
    expect(tab.answers).to_have_count(7)
    tab.ended()
    assert tab.page.evaluate(SIDEWAYS) == [0, []]


def test_text_that_runs_from_right_to_left_stands_at_the_right(alice: Tab) -> None:
    alice.ask("مرحبا بالعالم rate=0")
    alice.ended()
    bubble = alice.prompts.locator(".bubble")
    assert bubble.evaluate("e => getComputedStyle(e).direction") == "rtl"
    alice.ask("rtl rate=0")
    expect(alice.answers).to_have_count(2)
    alice.ended()
    for words in ("تظهر", "המילים"):
        paragraph = alice.answer.locator("p", has_text=words)
        left, right = paragraph.evaluate(ENDS)
        assert right < 3 < left
    for tag in ("ol", "ul"):
        assert (
            alice.answer.locator(tag).first.evaluate("e => getComputedStyle(e).direction") == "rtl"
        )


def test_a_title_from_right_to_left_has_its_dot_where_the_others_have_theirs(
    alice: Tab, model: Model
) -> None:
    places = []
    for words in ("שלום", "hello"):
        tag = model.tag()
        alice.open().ask(f"{words} hold=1 tag={tag}")
        model.request(tag, "held")
        row = alice.list.locator(".row.running", has_text=words)
        title, link = row.locator(".row-title").bounding_box(), row.bounding_box()
        assert title and link
        places.append(title["x"] - link["x"])
        alice.button.click()
        alice.ended("stopped")
    assert places[0] == places[1] > 0


def test_on_a_phone_the_list_is_a_drawer(browsers: Browsers, know: Know) -> None:
    tab = phone(browsers, know)
    expect(tab.list).not_to_be_in_viewport()
    tab.page.get_by_role("button", name="Show conversations").tap()
    expect(tab.list).to_be_in_viewport()
    expect(tab.page.get_by_role("button", name="Hide conversations")).to_be_focused()
    assert tab.page.evaluate("() => document.querySelector('.page').inert")
    tab.page.keyboard.press("Escape")
    expect(tab.list).not_to_be_in_viewport()
    expect(tab.page.get_by_role("button", name="Show conversations")).to_be_focused()
    tab.page.get_by_role("button", name="Show conversations").tap()
    expect(tab.list).to_be_in_viewport()
    tab.page.touchscreen.tap(370, 500)
    expect(tab.list).not_to_be_in_viewport()
    assert tab.page.evaluate("() => document.querySelector('.sidebar').inert")


def test_escape_in_a_dialog_that_the_drawer_opened_leaves_the_drawer_open(
    browsers: Browsers, know: Know
) -> None:
    size = {"width": 390, "height": 844}
    tab = browsers.of(know("alice"), viewport=size).open()
    page, drawer = tab.page, tab.page.locator(".sidebar.open")
    tab.ask("echo something rate=0")
    tab.ended()
    page.locator("#open-sidebar").click()
    page.locator("#find").click()
    expect(page.locator("#search")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_be_hidden()
    expect(drawer).to_have_count(1)
    opener = tab.list.locator(".row-more").first
    opener.click()
    page.get_by_role("button", name="Share or export").click()
    expect(page.locator("#share")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#share")).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_on_a_phone_everything_is_large_enough_for_a_finger(browsers: Browsers, know: Know) -> None:
    tab = phone(browsers, know)
    assert tab.page.evaluate(SMALL) == []
    tab.text.fill("truncate rate=0")
    tab.button.tap()
    tab.ended("truncated")
    assert tab.page.evaluate(SMALL) == []
    tab.page.get_by_role("button", name="Show conversations").tap()
    expect(tab.list).to_be_in_viewport()
    assert tab.page.evaluate(SMALL) == []
    size = tab.text.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 16


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_on_a_phone_no_word_of_a_button_is_broken(
    browsers: Browsers, know: Know, language: str
) -> None:
    size = {"width": 390, "height": 844}
    tab = browsers.of(know("alice"), viewport=size, locale=language).open()
    tab.page.locator("#open-settings").click()
    expect(tab.page.locator("#settings")).to_be_visible()
    broken = tab.page.locator("#settings .dialog-foot .button").evaluate_all(BROKEN)
    assert broken == []


def test_on_a_phone_the_composer_does_not_take_the_focus(browsers: Browsers, know: Know) -> None:
    tab = phone(browsers, know)
    expect(tab.text).not_to_be_focused()
    box = tab.button.bounding_box()
    assert box and box["y"] + box["height"] <= 844


def background(page: Page) -> str:
    return str(page.evaluate("() => getComputedStyle(document.documentElement).colorScheme"))


def test_the_colours_follow_the_system_until_one_chooses(alice: Tab) -> None:
    page = alice.page

    def paper() -> str:
        return str(page.locator("html").evaluate("e => getComputedStyle(e).backgroundColor"))

    page.emulate_media(color_scheme="light")
    light = paper()
    page.emulate_media(color_scheme="dark")
    dark = paper()
    assert light != dark
    page.locator(".account-button").click()
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="Light", exact=True).click()
    expect(page.get_by_role("button", name="Light", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    assert paper() == light
    first = page.reload()
    # The server renders the choice, so the first paint has it already.
    assert first and 'data-theme="light"' in first.text()
    alice.connected()
    assert paper() == light
    page.locator(".account-button").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    page.emulate_media(color_scheme="light")
    assert paper() == dark
    page.get_by_role("button", name="Colours of the system").click()
    assert paper() == light
    assert background(page) == "light dark"


def test_reduced_motion_is_respected(browsers: Browsers, know: Know, model: Model) -> None:
    tab = browsers.of(know("alice"), reduced_motion="reduce").open()
    tag = model.tag()
    tab.ask(f"list rate=0 hold=5 tag={tag}")
    tab.writing()
    tab.page.wait_for_function("() => document.getAnimations().length === 0")
    model.go(tag)
    tab.ended()


def test_the_page_weighs_less_than_a_hundred_kilobytes(browsers: Browsers, know: Know) -> None:
    tab = browsers.of(know("kilian"))
    session = tab.page.context.new_cdp_session(tab.page)
    session.send("Network.enable")
    received: list[float] = []
    under_way: set[str] = set()

    def ended(event: dict[str, Any]) -> None:
        under_way.discard(event["requestId"])
        received.append(event.get("encodedDataLength", 0))

    session.on("Network.requestWillBeSent", lambda event: under_way.add(event["requestId"]))
    session.on("Network.loadingFinished", ended)
    session.on("Network.loadingFailed", ended)
    tab.open()
    wait_until(lambda: tab.page.evaluate("true") and not under_way, "all that the page loads")
    assert 10_000 < sum(received) < 100_000, sum(received)
