"""The review in a browser: an administrator reads what Alice saw, under the same strict policy."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Know
from .person import Browsers, Tab

# Every kind of page that Django's admin has, the ones with the most scripts among them.
PAGES = [
    "/admin/",
    "/admin/chat/conversation/?_facets=True",
    "/admin/chat/generation/?q=a",
    "/admin/chat/process/",
    "/admin/chat/invitation/",
    "/admin/chat/invitation/add/",
    "/admin/auth/user/",
    "/admin/auth/user/1/change/",
    "/admin/auth/user/1/password/",
    "/admin/auth/user/1/delete/",
    "/admin/auth/user/1/history/",
    "/admin/auth/user/add/",
    "/admin/auth/group/add/",
    "/admin/password_change/",
]
# Of the admin's own, what the chat's styles would change first.
STYLES = """() => {
  const of = (selector, name) => getComputedStyle(document.querySelector(selector))[name];
  const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent");
  return [accent.trim(), of("#content h1", "fontWeight")];
}"""
# What scripts make once a page is loaded.
MADE = {
    "/admin/auth/user/1/change/": [".datetimeshortcuts a", ".selector-chooseall"],
    "/admin/auth/group/add/": [".selector-chooseall"],
}


@pytest.fixture
def root(know: Know, browsers: Browsers) -> Page:
    """An administrator's tab, on a dark desktop."""
    person = know("root")
    person.served.change(
        "UPDATE auth_user SET is_staff = TRUE, is_superuser = TRUE WHERE id = ?", person.id
    )
    return browsers.of(person, color_scheme="dark").page


def visit(page: Page, alice: Tab, path: str) -> Page:
    page.goto(alice.person.served.server.url + path)
    return page


def test_an_administrator_finds_and_reads_what_alice_saw(alice: Tab, root: Page) -> None:
    alice.ask("code rate=0")
    alice.ended()
    visit(root, alice, "/admin/chat/conversation/")
    root.get_by_label("User name, name or e-mail").fill(alice.person.name)
    root.get_by_label("User name, name or e-mail").press("Enter")
    expect(root).to_have_url(re.compile(r"\?.*" + alice.person.name))
    root.locator(f'#result_list a[href*="{alice.conversation}"]').click()
    shown = root.locator(f"#m{alice.message}-parts")
    assert shown.inner_html() == alice.answer.locator(".parts").inner_html()
    code, owners = shown.locator(".code pre").first, alice.answer.locator(".code pre").first
    expect(code).to_have_css("font-size", owners.evaluate("e => getComputedStyle(e).fontSize"))
    expect(root.locator(".answer-facts").last).to_contain_text("complete")
    expect(root.get_by_role("button", name="Regenerate")).to_have_count(0)


@pytest.mark.parametrize(("width", "field"), [(390, "#searchbar"), (1440, "[name=person]")])
def test_what_is_searched_for_has_room(root: Page, alice: Tab, width: int, field: str) -> None:
    page = visit(root, alice, "/admin/chat/conversation/")
    page.set_viewport_size({"width": width, "height": 900})
    box = page.locator(field).bounding_box()
    assert box is not None and box["width"] > 160 and box["height"] >= 24


def test_the_chats_styles_stay_in_and_follow_the_admins_theme(alice: Tab, root: Page) -> None:
    alice.ask("hello rate=0")
    alice.ended()
    visit(root, alice, "/admin/auth/user/")
    page = root.evaluate(STYLES)
    visit(root, alice, f"/admin/chat/conversation/{alice.conversation}/change/")
    bubble, body = root.locator(".transcript .bubble").first, root.locator("body")
    expect(bubble).to_have_css("background-color", "rgb(39, 47, 49)")
    expect(body).to_have_css("background-color", "rgb(18, 18, 18)")
    assert root.evaluate(STYLES) == page
    root.locator(".theme-toggle").click()
    expect(bubble).to_have_css("background-color", "rgb(232, 237, 235)")
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")


def test_a_link_to_a_version_leads_to_its_place(alice: Tab, root: Page) -> None:
    alice.ask("long rate=0")
    alice.ended()
    first = alice.message
    alice.action("Regenerate").click()
    expect(alice.answer).not_to_have_attribute("data-message", str(first))
    alice.ended()
    visit(root, alice, f"/admin/chat/conversation/{alice.conversation}/change/")
    root.locator(".versions a").last.click()
    head = root.locator(f"#turn-{first}")
    expect(head).to_be_in_viewport()
    expect(head).to_contain_text("not shown")
    expect(root.locator(f"#m{first}-parts")).to_contain_text("How an answer gets to your screen")


def test_no_page_of_the_admin_breaks_the_policy(alice: Tab, root: Page) -> None:
    for path in PAGES:
        expect(visit(root, alice, path).locator("#content")).to_be_visible()
        for made in MADE.get(path, []):
            expect(root.locator(made).first).to_be_attached()
            for button in root.locator(made).all():
                button.dispatch_event("click")
