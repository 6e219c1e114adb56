"""Scrolling never fights the reader."""

import re

from playwright.sync_api import expect

from .model import Model
from .person import Browsers, Tab

TOP = "() => document.scrollingElement.scrollTop"
BELOW = """() => {
  const page = document.scrollingElement;
  return page.scrollHeight - page.clientHeight - page.scrollTop;
}"""
# Nothing on the page moves any more: two frames with the same offsets.
RESTED = """() => new Promise((done) => {
  let before = -1, still = 0;
  const look = () => {
    const page = document.scrollingElement, now = page.scrollTop + page.scrollHeight;
    still = now === before ? still + 1 : 0;
    before = now;
    if (still > 5) done(page.scrollTop); else requestAnimationFrame(look);
  };
  look();
})"""

# What stands in the middle of the window, and how far down.
READ = """() => {
  const { startContainer } = document.caretRangeFromPoint(innerWidth / 2, innerHeight / 3);
  const place = document.createRange();
  place.selectNodeContents(startContainer);
  return [startContainer.textContent, place.getBoundingClientRect().top];
}"""

# Where the long text is held after so many tokens: with these words all of it is there.
HELD = {900: "a line of text beginning with data: and followed", 1200: "there are any at all."}

GROWS = re.compile(r"^progress$|-tail$")


def filled(tab: Tab) -> None:
    """A conversation longer than the window."""
    tab.ask("table rate=0")
    tab.ended()
    tab.ask("code rate=0")
    expect(tab.answers).to_have_count(2)
    tab.ended()


def test_a_new_prompt_is_brought_near_the_top(alice: Tab, model: Model) -> None:
    filled(alice)
    tag = model.tag()
    alice.ask(f"list rate=0 hold=5 tag={tag}")
    alice.writing()
    alice.page.evaluate(RESTED)
    box = alice.prompts.last.bounding_box()
    assert box and 40 < box["y"] < 140
    composer = alice.text.bounding_box()
    assert composer and composer["y"] > 700


def test_the_end_is_followed_only_while_the_reader_is_at_it(alice: Tab, model: Model) -> None:
    tag = model.tag()
    alice.ask(f"long rate=1500 hold=1200 tag={tag}")
    alice.writing(HELD[1200])
    alice.page.evaluate(RESTED)
    assert alice.page.evaluate(BELOW) < 2
    alice.page.mouse.move(900, 400)
    alice.page.mouse.wheel(0, -300)
    alice.page.wait_for_function(f"() => ({BELOW})() > 250")
    top = alice.page.evaluate(RESTED)
    model.go(tag)
    alice.ended()
    assert alice.page.evaluate(RESTED) == top
    jump = alice.page.get_by_role("button", name="Jump to latest")
    expect(jump).to_be_visible()
    jump.click()
    assert alice.page.evaluate(RESTED) > top
    assert alice.page.evaluate(BELOW) < 2
    expect(jump).to_be_hidden()


def test_who_comes_back_to_the_end_is_followed_again(alice: Tab, model: Model) -> None:
    tag = model.tag()
    alice.ask(f"long rate=0 hold=900 tag={tag}")
    alice.writing(HELD[900])
    alice.page.evaluate(RESTED)
    alice.page.mouse.move(900, 400)
    alice.page.mouse.wheel(0, -400)
    alice.page.wait_for_function(f"() => ({BELOW})() > 300")
    alice.page.mouse.wheel(0, 5000)
    alice.page.wait_for_function(f"() => ({BELOW})() < 2")
    model.go(tag)
    alice.ended()
    alice.page.evaluate(RESTED)
    assert alice.page.evaluate(BELOW) < 2


def test_a_key_that_goes_up_leaves_the_end_too(alice: Tab, model: Model) -> None:
    tag = model.tag()
    alice.ask(f"long rate=0 hold=900 tag={tag}")
    alice.writing(HELD[900])
    alice.page.evaluate(RESTED)
    alice.page.locator("#title").click()
    alice.page.evaluate("() => document.activeElement.blur()")
    alice.page.keyboard.press("PageUp")
    alice.page.wait_for_function(f"() => ({BELOW})() > 200")
    top = alice.page.evaluate(RESTED)
    model.go(tag)
    alice.ended()
    assert alice.page.evaluate(RESTED) == top


def test_what_is_read_does_not_move_when_another_tab_goes_on(
    alice: Tab, browsers: Browsers
) -> None:
    filled(alice)
    alice.page.mouse.move(900, 400)
    alice.page.mouse.wheel(0, -600)
    alice.page.wait_for_function(f"() => ({BELOW})() > 400")
    top = alice.page.evaluate(RESTED)
    other = alice.another()
    other.ask("code rate=0")
    expect(alice.answers).to_have_count(3)
    alice.ended()
    assert alice.page.evaluate(RESTED) == top


def test_a_reload_shows_the_end_or_what_was_being_read(alice: Tab) -> None:
    filled(alice)
    alice.page.reload()
    alice.connected()
    alice.page.evaluate(RESTED)
    assert alice.page.evaluate(BELOW) < 2
    alice.page.mouse.move(900, 400)
    alice.page.mouse.wheel(0, -500)
    alice.page.wait_for_function(f"() => ({BELOW})() > 400")
    alice.page.evaluate(RESTED)
    words, top = alice.page.evaluate(READ)
    for _ in range(2):
        alice.page.reload()
        alice.connected()
        alice.page.evaluate(RESTED)
        again, at = alice.page.evaluate(READ)
        assert again == words and abs(at - top) < 4


def test_nothing_shifts_while_an_answer_grows(alice: Tab) -> None:
    alice.ask("echo begun")
    alice.ended()
    alice.page.evaluate("""() => {
      window.shifts = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const sources = entry.sources.map(({ node, previousRect, currentRect }) =>
            [node?.id || node?.className || node?.nodeName, previousRect.y, currentRect.y]);
          window.shifts.push([entry.value, entry.hadRecentInput, sources]);
        }
      }).observe({type: "layout-shift", buffered: false});
    }""")
    alice.ask("bench tokens=900 rate=600")
    expect(alice.answers).to_have_count(2)
    alice.ended()
    # The line of progress stands below what grows, so it moves; and a tail whose blocks were sealed
    # begins further down, while what is read in it stays where it was.
    shifts = [
        (value, moved)
        for value, recent, sources in alice.page.evaluate("() => window.shifts")
        if (moved := [source for source in sources if not GROWS.search(source[0])]) and not recent
    ]
    assert sum(value for value, _ in shifts) < 0.02, shifts
