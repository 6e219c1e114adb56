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
COLOURS = """() => {
  const { shadowRoot } = document.querySelector(".transcript");
  const of = (element, name) => getComputedStyle(element).getPropertyValue(name);
  return {
    accent: of(document.documentElement, "--accent").trim(),
    bubble: of(shadowRoot.querySelector(".bubble"), "background-color"),
    page: of(document.body, "background-color"),
    h1: of(document.querySelector("#content h1"), "font-weight"),
  };
}"""


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


def test_the_chats_styles_stay_in_and_follow_the_admins_theme(alice: Tab, root: Page) -> None:
    alice.ask("hello rate=0")
    alice.ended()
    visit(root, alice, "/admin/auth/user/")
    page = {"h1": root.locator("#content h1").evaluate("e => getComputedStyle(e).fontWeight")}
    page["accent"] = root.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
    )
    visit(root, alice, f"/admin/chat/conversation/{alice.conversation}/change/")
    root.wait_for_load_state("networkidle")
    dark = root.evaluate(COLOURS)
    assert {name: dark[name] for name in page} == page
    assert (dark["page"], dark["bubble"]) == ("rgb(18, 18, 18)", "rgb(39, 47, 49)")
    root.locator(".theme-toggle").click()
    light = root.evaluate(COLOURS)
    assert (light["page"], light["bubble"]) == ("rgb(255, 255, 255)", "rgb(232, 237, 235)")


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
        visit(root, alice, path).wait_for_load_state("networkidle")
        expect(root.locator("#content")).to_be_visible()
        # Calendars, clocks and choosers are made by scripts.
        for button in root.locator(".selector-chooseall, .datetimeshortcuts a").all():
            button.dispatch_event("click")
