"""A link is made in a dialog, read by somebody who is not signed in, and revoked again."""

import json
import re

from playwright.sync_api import expect

from tests.pure.exports import chatgpt

from .axe import violations
from .conftest import Know
from .person import Browsers, Tab


def test_a_link_is_made_copied_read_and_revoked(know: Know, browsers: Browsers) -> None:
    person = know("sharing")
    tab = browsers.of(person).open()
    tab.ask("code rate=0")
    tab.ended()
    page = tab.page
    row = tab.list.locator(".row").first
    row.hover()
    row.get_by_role("button", name="Options for").click()
    page.get_by_role("button", name="Share or export").click()
    dialog = page.get_by_role("dialog", name="Share or export")
    expect(dialog.get_by_label("The link works")).to_be_focused()
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile(r"/share/[\w-]{43}/$"))
    assert violations(page, "#share") == []
    copy = dialog.get_by_role("button", name="Copy")
    copy.press("Enter")
    expect(dialog.get_by_role("listitem").get_by_role("status")).to_have_text("Copied")
    expect(copy).to_be_focused()
    address = link.input_value()
    host = person.served.server.url.removeprefix("http://")
    reader = browsers.context(host, viewport={"width": 390, "height": 844}).new_page()
    reader.goto(address)
    expect(reader.locator(".turn")).to_have_count(2)
    expect(reader.locator("pre code").first).to_be_visible()
    expect(reader.locator(".copy:visible")).to_have_count(0)
    assert reader.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(reader) == []
    dialog.get_by_role("button", name="Revoke").click()
    expect(link).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()


def test_a_file_is_brought_in_and_told_about(know: Know, browsers: Browsers) -> None:
    tab: Tab = browsers.of(know("importing")).open("/")
    page = tab.page
    page.goto(f"{tab.person.served.server.url}/import/")
    data = json.dumps([chatgpt("in-a-browser") | {"is_archived": False}]).encode()
    page.get_by_label("Export file").set_input_files(
        {"name": "conversations.json", "mimeType": "application/json", "buffer": data}
    )
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("status")).to_contain_text("1 conversation brought in")
    assert violations(page) == []
    tab.open("/")
    tab.list.get_by_role("link", name="The sun").click()
    expect(tab.prompts.last).to_contain_text("Thanks")
