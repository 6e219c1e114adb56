"""What a model says is text: nothing of it comes to life in Chromium."""

import pytest
from playwright.sync_api import expect

from chat.demo import expected

from .model import Model
from .person import Tab


def inert(tab: Tab) -> None:
    """Check that nothing the answer brought could do anything."""
    assert tab.page.evaluate("() => window.hostile === undefined")
    page = tab.page
    inside = ".answer .parts"
    for what in ("script", "iframe", "style", "form", "object", "embed", "img", "base", "meta"):
        assert page.locator(f"{inside} {what}").count() == 0, what
    for attribute in ("onclick", "onerror", "onload", "style", "hx-get", "hx-ws\\:connect"):
        assert page.locator(f"{inside} [{attribute}]").count() == 0, attribute
    for link in page.locator(f"{inside} a[href]").all():
        address = str(link.get_attribute("href"))
        assert address.split(":")[0] in ("http", "https", "mailto"), address
        assert str(link.get_attribute("rel")).split() == ["noopener", "noreferrer", "nofollow"]
    assert page.locator("#chat").count() == 1
    expect(page.get_by_role("heading", name="The page ended here")).to_have_count(0)
    # At one moment: the list may be read again between two.
    ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("pace", ["rate=0", "rate=1200"])
def test_nothing_of_a_hostile_answer_comes_to_life(alice: Tab, pace: str) -> None:
    alice.ask(f"hostile {pace}")
    alice.ended()
    assert alice.row["text"] == expected("hostile")
    inert(alice)
    alice.shows_the_row()
    for text in ("Vec<T>", "<think>this</think>", "a < b and c > d", "&lt;", "<script>window"):
        expect(alice.answer).to_contain_text(text)
    for element in alice.answer.locator("a, b, td").all():
        element.hover(force=True)
    inert(alice)
    alice.page.reload()
    alice.connected()
    inert(alice)
    expect(alice.answer).to_contain_text("Vec<T>")


@pytest.mark.parametrize("tokens", [60, 150, 350, 600, 900])
def test_nor_while_it_stops_anywhere(alice: Tab, model: Model, tokens: int) -> None:
    tag = model.tag()
    alice.ask(f"hostile rate=0 hold={tokens} tag={tag}")
    model.request(tag, "held")
    alice.writing("What a careless page would run")
    inert(alice)
    alice.page.keyboard.press("Escape")
    alice.ended("stopped")
    inert(alice)


@pytest.mark.parametrize(
    "words",
    [
        '<img src=x onerror="window.hostile=1"><script>window.hostile=2</script>',
        '"><svg onload="window.hostile=3">',
        '<hx-partial hx-target="#chat" hx-swap="innerHTML">mine</hx-partial>',
        "{% debug %}{{ request }}",
        "</textarea><b>bold</b>",
    ],
)
def test_nothing_of_a_prompt_comes_to_life(alice: Tab, words: str) -> None:
    words += " rate=0"
    alice.ask(words)
    alice.ended()
    expect(alice.prompts.locator(".bubble")).to_have_text(words)
    expect(alice.list.locator(".row-title").first).to_have_text(words)
    alice.page.reload()
    alice.connected()
    expect(alice.prompts.locator(".bubble")).to_have_text(words)
    expect(alice.page.locator("#title")).to_have_text(words)
    assert alice.page.evaluate("() => window.hostile === undefined")
    assert alice.page.locator("#chat").count() == 1


def test_a_picture_of_another_host_is_loaded_only_when_asked_for(alice: Tab) -> None:
    alice.ask("echo ![a chart](https://pictures.invalid/chart.png) and so on")
    alice.ended()
    expect(alice.answer.locator("img")).to_have_count(0)
    expect(alice.answer).to_contain_text("a chart")
    expect(alice.answer).to_contain_text("and so on")
