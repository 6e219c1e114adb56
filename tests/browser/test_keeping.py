"""Pinning, archiving, undoing, temporary chats, and the dot of what finished unseen."""

import re

import pytest
from playwright.sync_api import expect

from tests.servers import wait_until

from .axe import violations
from .conftest import Know
from .model import Model
from .person import Browsers, Tab
from .test_list import row


@pytest.fixture
def fiona(know: Know, browsers: Browsers) -> Tab:
    """Fiona's tab; nobody else's conversations fill her list."""
    return browsers.of(know("fiona")).open()


def begun(tab: Tab, *prompts: str) -> None:
    """A conversation of each prompt; the tab stays on the last one."""
    for number, prompt in enumerate(prompts):
        if number:
            tab.open()
        tab.ask(prompt)
        tab.ended()


def choose(tab: Tab, title: str, command: str) -> None:
    """Choose a command in a row's menu, by keyboard alone."""
    more = row(tab, title).get_by_role("button", name="Options for")
    more.focus()
    tab.page.keyboard.press("Enter")
    item = tab.page.locator("#row-menu").get_by_role("button", name=command, exact=True)
    for _ in range(5):
        if item.evaluate("(item) => item === document.activeElement"):
            break
        tab.page.keyboard.press("ArrowDown")
    expect(item).to_be_focused()
    tab.page.keyboard.press("Enter")


def test_a_pinned_conversation_stays_on_top_in_every_tab(fiona: Tab) -> None:
    begun(fiona, "echo first pin", "echo second pin")
    other = fiona.another("/")
    choose(fiona, "first pin", "Pin")
    for tab in (fiona, other):
        expect(tab.list.get_by_role("heading").first).to_have_text("Pinned")
        expect(tab.list.locator(".row").first).to_contain_text("first pin")
    expect(row(fiona, "first pin").get_by_role("button")).to_be_focused()
    begun(other, "echo third, not pinned")
    expect(row(fiona, "echo third")).to_have_count(1)
    expect(fiona.list.locator(".row").first).to_contain_text("first pin")
    choose(fiona, "first pin", "Unpin")
    for tab in (fiona, other):
        expect(tab.list.get_by_role("heading", name="Pinned")).to_have_count(0)


def test_what_is_archived_can_be_brought_back_at_once_or_later(fiona: Tab) -> None:
    begun(fiona, "echo put away", "echo stays here")
    undo = fiona.page.get_by_role("region", name="Undo")
    choose(fiona, "put away", "Archive")
    expect(row(fiona, "put away")).to_have_count(0)
    expect(undo).to_contain_text("Archived: echo put away")
    undo.hover()  # it waits
    expect(undo.get_by_role("button", name="Undo")).to_be_focused()
    fiona.page.keyboard.press("Enter")
    expect(row(fiona, "put away")).to_have_count(1)
    expect(undo).to_be_hidden()
    choose(fiona, "put away", "Archive")
    expect(undo).to_be_visible()
    fiona.page.keyboard.press("Escape")
    expect(undo).to_be_hidden()
    expect(fiona.list.locator(".row-link:focus")).to_have_count(1)
    fiona.page.get_by_role("button", name="fiona").click()
    fiona.page.get_by_role("link", name="Archived conversations").click()
    expect(fiona.page.get_by_role("heading", name="Archived conversations")).to_be_visible()
    assert not violations(fiona.page)
    fiona.page.get_by_role("link", name="echo put away").click()
    expect(fiona.page.get_by_role("link", name="Archived", exact=True)).to_be_visible()
    fiona.page.go_back()
    fiona.page.get_by_role("button", name="Unarchive “echo put away”").click()
    expect(fiona.page.get_by_text("Nothing is archived")).to_be_visible()
    fiona.open()
    expect(row(fiona, "put away")).to_have_count(1)


def test_a_deleted_conversation_is_undone_by_keyboard(fiona: Tab) -> None:
    begun(fiona, "echo deleted elsewhere", "echo deleted here")
    here = fiona.page.url
    undo = fiona.page.get_by_role("region", name="Undo")
    for title in ("deleted elsewhere", "deleted here"):
        choose(fiona, title, "Delete")
        fiona.page.keyboard.press("Tab")
        fiona.page.keyboard.press("Enter")
        expect(undo).to_contain_text(f"Deleted: echo {title}")
        undo.hover()  # it waits
        expect(row(fiona, title)).to_have_count(0)
        expect(undo.get_by_role("button", name="Undo")).to_be_focused()
        assert not violations(fiona.page, "#undo")
        fiona.page.keyboard.press("Enter")
        expect(row(fiona, title)).to_have_count(1)
    expect(fiona.page).to_have_url(here)
    expect(fiona.answers).to_have_count(1)


def test_an_answer_that_ended_elsewhere_has_a_dot_until_it_is_seen(
    fiona: Tab, model: Model
) -> None:
    tag = model.tag()
    fiona.ask(f"list rate=0 hold=5 tag={tag}")
    fiona.writing()
    path = f"/c/{fiona.conversation}/"
    fiona.open()
    expect(row(fiona, tag)).to_have_class("row running")
    model.go(tag)
    expect(row(fiona, tag)).to_have_class("row unseen")
    expect(row(fiona, tag)).to_contain_text("new answer")
    other = fiona.another("/")
    expect(row(other, tag)).to_have_class("row unseen")
    for tab in (fiona, other.open(path)):
        expect(row(tab, tag)).to_have_class("row")
    fiona.page.reload()
    expect(row(fiona, tag)).to_have_class("row")
    other.ask("echo seen while it was written")
    other.ended()
    query = "SELECT unseen FROM chat_conversation WHERE title LIKE ?"
    served = fiona.person.served
    wait_until(lambda: not served.row(query, f"%{tag}%")["unseen"], "the page that saw it")
    expect(row(fiona, tag)).to_have_class("row")


def test_a_temporary_chat_says_so_and_is_in_no_list(fiona: Tab) -> None:
    switch = fiona.page.get_by_role("switch", name="Temporary chat")
    switch.focus()
    fiona.page.keyboard.press("Space")
    expect(fiona.page.get_by_text("This chat will be temporary")).to_be_visible()
    assert not violations(fiona.page)
    fiona.ask("echo between us")
    fiona.ended()
    standing = fiona.page.locator("#temporary-standing")
    expect(standing).to_be_visible()
    expect(switch).to_have_count(0)
    expect(row(fiona, "between us")).to_have_count(0)
    fiona.page.reload()
    expect(standing).to_have_text("Temporary chat")
    expect(fiona.prompts).to_have_count(1)
    expect(row(fiona, "between us")).to_have_count(0)


def test_on_a_phone_the_drawer_offers_the_same(know: Know, browsers: Browsers) -> None:
    size = {"width": 390, "height": 844}
    tab = browsers.of(know("hana"), viewport=size, has_touch=True, is_mobile=True).open()
    page = tab.page
    tab.text.fill("echo in a pocket")
    tab.button.tap()
    tab.ended()
    page.get_by_role("button", name="Show conversations").tap()
    row(tab, "in a pocket").get_by_role("button", name="Options for").tap()
    page.locator("#row-menu").get_by_role("button", name="Archive").tap()
    undo = page.get_by_role("region", name="Undo").get_by_role("button", name="Undo")
    expect(undo).to_be_in_viewport(ratio=1)
    box = undo.bounding_box()
    assert box
    assert box["height"] >= 44
    undo.tap()
    expect(row(tab, "in a pocket")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_everything_works_by_plain_forms(know: Know, browsers: Browsers) -> None:
    made = browsers.of(know("gina")).open()
    begun(made, "echo by forms", "echo another")
    plain = browsers.of(know("gina"), java_script_enabled=False)
    page = plain.page
    page.goto(made.page.url)
    plain.list.get_by_role("link", name="Options for “echo by forms”").click()
    page.get_by_label("Title").fill("Named by a form")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", name="Named by a form")).to_be_visible()
    page.get_by_role("button", name="Pin").click()
    expect(page.get_by_role("button", name="Unpin")).to_be_visible()
    expect(made.list.locator(".row").first).to_contain_text("Named by a form")
    assert not violations(made.page, "#sidebar")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("This conversation was deleted")).to_be_visible()
    expect(row(made, "Named by a form")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(re.compile(r"/c/[0-9a-f-]{36}/$"))
    expect(row(made, "Named by a form")).to_have_count(1)
