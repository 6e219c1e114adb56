"""The list of conversations: live, and each can be renamed and deleted."""

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from .conftest import Know
from .model import Model
from .person import Browsers, Tab

LIST = re.compile(r"/conversations/\?")  # where the page reads it again


@pytest.fixture
def erin(know: Know, browsers: Browsers) -> Tab:
    """Erin's tab; nobody else's conversations fill her list."""
    return browsers.of(know("erin")).open()


def row(tab: Tab, title: str) -> Locator:
    return tab.list.locator(".row").filter(has_text=title)


def test_what_is_being_written_has_a_dot_in_every_tab(erin: Tab, model: Model) -> None:
    other = erin.another("/")
    tag = model.tag()
    erin.ask(f"list rate=0 hold=5 tag={tag}")
    for tab in (erin, other):
        expect(row(tab, tag)).to_have_class("row running")
        expect(tab.list.locator(".row").first).to_contain_text(tag)
        expect(tab.list.get_by_role("heading").first).to_have_text("Today")
    model.go(tag)
    for tab in (erin, other):
        expect(row(tab, tag)).to_have_class("row")


def test_the_dot_goes_also_when_an_answer_is_over_at_once(erin: Tab) -> None:
    for number in range(3):
        erin.ask(f"echo quick {number}")
        expect(erin.answers).to_have_count(number + 1)
        erin.ended()
    expect(row(erin, "echo quick 0")).to_have_count(1)
    expect(erin.list.locator(".running")).to_have_count(0)


def test_the_open_conversation_is_marked(erin: Tab) -> None:
    erin.ask("echo marked")
    erin.ended()
    current = erin.list.locator("[aria-current=page]")
    expect(current).to_contain_text("echo marked")
    erin.page.reload()
    expect(current).to_contain_text("echo marked")


def test_a_conversation_is_renamed_in_place_and_in_every_tab(erin: Tab) -> None:
    erin.ask("echo an old name")
    erin.ended()
    other = erin.another()
    line = row(erin, "echo an old name")
    line.hover()
    line.get_by_role("button", name="Options for").click()
    erin.page.get_by_role("button", name="Rename").click()
    field = erin.page.get_by_role("textbox", name="Title")
    expect(field).to_be_focused()
    expect(field).to_have_value("echo an old name")
    field.fill("A better name")
    field.press("Enter")
    for tab in (erin, other):
        expect(row(tab, "A better name")).to_have_count(1)
        expect(tab.page.locator("#title")).to_have_text("A better name")
        expect(tab.page).to_have_title("A better name · Chatsite")
    erin.page.reload()
    expect(row(erin, "A better name")).to_have_count(1)


def test_what_is_done_in_the_list_is_not_disturbed_by_its_being_read_again(
    browsers: Browsers, know: Know
) -> None:
    tab = browsers.of(know("ruth")).open()
    tab.ask("echo an old name")
    tab.ended()
    expect(row(tab, "an old name")).to_have_count(1)
    asked: list[Route] = []
    tab.page.route(LIST, lambda route: asked.append(route), times=1)
    with tab.page.expect_request(LIST):
        tab.another("/").ask("echo elsewhere")
    row(tab, "an old name").hover()
    row(tab, "an old name").get_by_role("button", name="Options for").click()
    tab.page.get_by_role("button", name="Rename").click()
    field = tab.page.get_by_role("textbox", name="Title")
    field.fill("A better name")
    with tab.page.expect_response(LIST):
        asked[0].continue_()
    field.press("Enter")
    expect(row(tab, "A better name")).to_have_count(1)
    expect(row(tab, "A better name").get_by_role("link")).to_be_focused()
    expect(row(tab, "echo elsewhere")).to_have_count(1)


def test_a_list_that_is_read_again_keeps_its_rows_and_the_focus(erin: Tab) -> None:
    erin.ask("echo stays where it is")
    erin.ended()
    line = row(erin, "echo stays where it is")
    line.evaluate("element => { element.known = true; }")
    line.get_by_role("link").focus()
    with erin.page.expect_response(LIST):
        erin.another("/").ask("echo comes on top")
    expect(erin.list.locator(".row").first).to_contain_text("echo comes on top")
    assert line.evaluate("element => element.known"), "a new element would blink"
    expect(line.get_by_role("link")).to_be_focused()


def test_escape_leaves_the_name_as_it_was(erin: Tab) -> None:
    erin.ask("echo a good name")
    erin.ended()
    line = row(erin, "echo a good name")
    line.hover()
    line.get_by_role("button", name="Options for").click()
    erin.page.get_by_role("button", name="Rename").click()
    erin.page.get_by_role("textbox", name="Title").fill("something else")
    erin.page.keyboard.press("Escape")
    expect(erin.list.get_by_role("link", name="echo a good name")).to_be_focused()


def test_deleting_is_asked_for_and_can_be_declined(erin: Tab) -> None:
    erin.ask("echo to be deleted")
    erin.ended()
    other = erin.another()
    line = row(erin, "echo to be deleted")
    dialog = erin.page.get_by_role("dialog")
    line.hover()
    line.get_by_role("button", name="Options for").click()
    erin.page.get_by_role("button", name="Delete", exact=True).click()
    expect(dialog).to_contain_text("echo to be deleted")
    dialog.get_by_role("button", name="Cancel").click()
    expect(line).to_have_count(1)
    line.hover()
    line.get_by_role("button", name="Options for").click()
    erin.page.get_by_role("button", name="Delete", exact=True).click()
    dialog.get_by_role("button", name="Delete").click()
    expect(erin.page).to_have_url(f"{erin.person.served.server.url}/")
    expect(line).to_have_count(0)
    expect(row(other, "echo to be deleted")).to_have_count(0)
    expect(other.link).to_contain_text("not here any more")
    query = "SELECT * FROM chat_conversation WHERE title = 'echo to be deleted'"
    assert erin.person.served.row(query)["deleted_at"]


def test_deleting_what_is_being_written_stops_it(erin: Tab, model: Model) -> None:
    tag = model.tag()
    erin.ask(f"long rate=0 hold=20 tag={tag}")
    model.request(tag, "held")
    line = row(erin, tag)
    line.hover()
    line.get_by_role("button", name="Options for").click()
    erin.page.get_by_role("button", name="Delete", exact=True).click()
    erin.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(line).to_have_count(0)
    assert model.request(tag, "ended")["ended_by"] == "client"


def test_the_list_folds_away_and_stays_so_after_a_reload(erin: Tab) -> None:
    expect(erin.list).to_be_in_viewport()
    erin.page.get_by_role("button", name="Hide conversations").click()
    expect(erin.list).not_to_be_in_viewport()
    erin.open("/")
    expect(erin.list).not_to_be_in_viewport()
    erin.page.get_by_role("button", name="Show conversations").click()
    expect(erin.list).to_be_in_viewport()
