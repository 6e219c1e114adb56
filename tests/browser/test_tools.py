"""Tools in the page: switched, shown on cards that stay as the reader left them, and allowed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests import servers
from tests.tab.served import Served

from .axe import violations
from .conftest import Know
from .model import Model
from .person import Browsers, Tab


@pytest.fixture
def mcp(served: Served) -> Iterator[None]:
    """The site has an MCP server, and forgets it afterwards."""
    with servers.mcp() as port:
        served.change(
            "INSERT INTO chat_mcpserver (name, transport, url, headers, command, variables,"
            " enabled, created_at, updated_at) VALUES ('web', 'http', ?, '', '', '', TRUE, ?, ?)",
            f"http://127.0.0.1:{port}/mcp",
            *("2026-01-01 00:00:00", "2026-01-01 00:00:00"),
        )
        yield
        served.change("DELETE FROM chat_mcpserver")


def test_a_tool_is_switched_by_keyboard_and_its_card_stays_as_it_was_left(
    alice: Tab, model: Model
) -> None:
    opener = alice.page.get_by_role("button", name="Tools", exact=True)
    calculator = alice.page.get_by_role("switch", name="Calculator")
    opener.focus()
    alice.page.keyboard.press("Enter")
    expect(calculator).to_be_checked()
    assert not violations(alice.page, "#tools-menu")
    calculator.press("Space")
    alice.page.keyboard.press("Escape")
    alice.ask("use calculate rate=0")
    alice.ended()
    expect(alice.answer.locator(".tool-call")).to_have_count(0)
    opener.click()
    expect(calculator).not_to_be_checked()
    with alice.page.expect_response("**/tools"):
        calculator.click()
    alice.page.keyboard.press("Escape")
    alice.page.reload()
    alice.connected()
    tag = model.tag()
    alice.ask(f"calculate 6*7 rate=0 hold=3 tag={tag}")
    expect(alice.answers).to_have_count(2)
    card = alice.answer.locator(".tool-call")
    expect(card).to_contain_text("Preparing")
    card.locator("summary").click()
    first = model.request(tag, "held")
    model.go(tag)
    model.request(tag, "held", after=first["number"])
    expect(card.locator("pre.tool-result")).to_have_text("42")
    expect(card.locator("pre.tool-result")).to_be_visible()
    model.go(tag)
    alice.ended()
    expect(card.locator("pre.tool-result")).to_be_visible()
    assert not violations(alice.page, "#live .parts")


def test_without_scripts_a_tool_is_allowed_by_a_plain_form(
    browsers: Browsers, know: Know, mcp: None
) -> None:
    tab = browsers.of(know("alice"), java_script_enabled=False)

    def look_again(there: str) -> None:
        servers.wait_until(
            lambda: bool(tab.page.reload()) and tab.page.locator(there).count() > 0, there
        )

    tab.page.goto(tab.person.served.server.url)
    look_again("#tools [value=web_add][role=switch]")
    tab.text.fill("use web_add rate=0")
    with tab.page.expect_navigation():
        tab.button.click()
    look_again(".tool-ask")
    with tab.page.expect_navigation():
        tab.page.get_by_role("button", name="Allow once").click()
    look_again(".answer[data-status=complete]")
    expect(tab.answer.locator("pre.tool-result")).to_have_text("14")


def test_what_a_tool_says_is_shown_as_text(alice: Tab) -> None:
    alice.ask("echo <img src=x onerror=alert(1)> needle rate=0")
    alice.ended()
    alice.page.goto(alice.page.url.split("/c/")[0])
    alice.connected()
    alice.ask("search my chats for needle rate=0")
    alice.ended()
    card = alice.answer.locator(".tool-call")
    card.locator("summary").click()
    expect(card.locator("pre.tool-result")).to_contain_text("onerror")
    expect(card.locator("img")).to_have_count(0)


def test_a_tool_that_asks_is_allowed_from_another_tab_and_can_be_stopped(
    alice: Tab, mcp: None
) -> None:
    tool = "#tools [value=web_add][role=switch]"
    servers.wait_until(
        lambda: alice.open().page.locator(tool).count() > 0, "the tools of the server"
    )
    alice.ask("use web_add rate=0")
    question = alice.page.locator(".tool-ask")
    expect(question).to_be_visible()
    expect(alice.progress).to_contain_text("waits for your permission")
    assert not violations(alice.page, "#live .parts")
    second = alice.another()
    second.page.get_by_role("button", name="Always in this conversation").click()
    expect(second.answer.locator(".tool-call summary")).to_be_focused()
    alice.ended()
    expect(question).to_have_count(0)
    second.page.close()
    alice.ask("use web_add rate=0")
    expect(alice.answers).to_have_count(2)
    alice.ended()
    alice.ask("use web_hang rate=0")
    expect(question).to_be_visible()
    alice.page.get_by_role("button", name="Allow once").click()
    expect(alice.answer.locator(".tool-state.running")).to_be_visible()
    alice.page.keyboard.press("Escape")
    alice.ended("stopped")
    expect(alice.answer.locator(".tool-state")).to_have_text("Stopped")
    expect(alice.action("Continue")).to_be_visible()
