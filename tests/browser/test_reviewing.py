"""An administrator finds a conversation and reads it; nothing in it comes to life there either."""

import pytest
from playwright.sync_api import expect

from .axe import violations
from .conftest import Know
from .person import Browsers, Person, Tab


@pytest.fixture
def charlie(know: Know) -> Person:
    """The administrator."""
    person = know("charlie")
    change = "UPDATE auth_user SET is_staff = 1, is_superuser = 1 WHERE id = ?"
    person.served.change(change, person.id)
    return person


def test_an_administrator_finds_a_conversation_and_reads_the_whole_of_it(
    alice: Tab, browsers: Browsers, charlie: Person
) -> None:
    alice.ask("echo a question about otters")
    alice.ended()
    endings = {"error": "failed", "truncate": "truncated"}
    for number, word in enumerate(["code", "think", "hostile", *endings], 2):
        alice.ask(f"{word} rate=0")
        expect(alice.answers).to_have_count(number)
        alice.ended(endings.get(word, "complete"))
    page = browsers.of(charlie).open().page
    site = charlie.served.server.url
    page.goto(f"{site}/admin/chat/conversation/?q=otters")
    page.get_by_role("link", name="echo a question about otters").click()
    said = page.locator(".transcript article")
    expect(said).to_have_count(12)
    expect(said.first).to_contain_text("echo a question about otters")
    expect(said.nth(3).locator("pre code").first).to_contain_text("from collections import")
    for text in ("Failed.", "Cut short.", "Vec<T>"):
        expect(page.locator(".transcript")).to_contain_text(text)
    expect(page.locator(".transcript")).to_contain_text("demo")
    assert page.evaluate("() => window.hostile === undefined")
    expect(page.locator(".transcript textarea, .transcript .command")).to_have_count(0)
    assert violations(page, ".transcript") == []


def test_who_is_no_administrator_reads_nothing_of_others(
    bob: Tab, alice: Tab, browsers: Browsers
) -> None:
    alice.ask("echo nothing for Bob")
    alice.ended()
    browsers.watch.expect("status of 403")
    bob.page.goto(f"{bob.person.served.server.url}/admin/chat/conversation/")
    expect(bob.page.locator("body")).not_to_contain_text("nothing for Bob")
    expect(bob.page.get_by_role("heading", name="Not allowed")).to_be_visible()
