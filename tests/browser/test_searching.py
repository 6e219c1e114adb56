"""The search dialog: found as one types, gone through by keys, opened where it was said."""

import re

from playwright.sync_api import Locator, expect

from .axe import violations
from .conftest import Know
from .person import Browsers, Tab


def found(tab: Tab) -> Locator:
    return tab.page.locator("#search-found .found-hit")


def test_a_word_is_found_while_it_is_typed_and_opened_by_keys(
    know: Know, browsers: Browsers, bob: Tab
) -> None:
    erin = browsers.of(know("searching")).open()
    erin.ask("echo the quick ocelot jumps")
    erin.ended()
    first = erin.conversation
    erin.open("/")
    erin.page.keyboard.press("Control+k")
    field = erin.page.get_by_role("searchbox", name="Search your conversations")
    expect(field).to_be_focused()
    expect(erin.page.get_by_text("Search the titles and every message")).to_be_visible()
    field.press_sequentially("ocelo")
    expect(found(erin)).to_have_count(2)
    expect(found(erin).first.locator("mark")).to_have_text("ocelo")
    assert violations(erin.page, "#search") == []
    field.press("ArrowDown")
    expect(erin.page.locator(".found-title a")).to_be_focused()
    erin.page.keyboard.press("ArrowDown")
    expect(found(erin).first).to_be_focused()
    erin.page.keyboard.press("Enter")
    expect(erin.page).to_have_url(re.compile(rf"/c/{first}/"))
    expect(erin.prompts.filter(has_text="ocelot")).to_be_in_viewport()
    bob.open("/")
    bob.page.get_by_role("link", name="Search").click()
    bob.page.get_by_role("searchbox").fill("ocelot")
    expect(bob.page.get_by_text("Nothing found for “ocelot”.")).to_be_visible()
    bob.page.keyboard.press("Escape")
    expect(bob.page.locator("#search")).not_to_be_visible()


def test_the_page_of_the_search_reads_without_scripts_on_a_phone(
    know: Know, browsers: Browsers
) -> None:
    person = know("searching")
    tab = browsers.of(person).open()
    tab.ask("echo a marmot <script>")
    tab.ended()
    phone = browsers.of(
        person, java_script_enabled=False, viewport={"width": 390, "height": 844}
    ).page
    phone.goto(f"{person.served.server.url}/search/")
    phone.get_by_role("searchbox").fill("marmot")
    phone.get_by_role("button", name="Search").click()
    expect(phone.locator(".found-hit mark").first).to_have_text("marmot")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    tab.page.goto(phone.url)
    assert violations(tab.page) == []
