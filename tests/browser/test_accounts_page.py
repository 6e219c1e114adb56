"""Getting in and out: signing up by each policy, signing in, the first administrator."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests import servers
from tests.tab.served import PASSWORD, Served

from .conftest import Know, serving
from .person import Browsers, Person, Tab

NEW_PASSWORD = "a quiet otter reads by night"


@pytest.fixture(scope="module")
def site_by_invitation() -> Iterator[Served]:
    """A site as `make run` starts it: the demo model answers, and one comes by invitation."""
    with serving() as served:
        yield served


def visitor(browsers: Browsers, served: Served) -> Page:
    """Somebody who is not signed in."""
    return browsers.context(served.server.url.removeprefix("http://")).new_page()


def sign_up(page: Page, name: str, email: str = "") -> None:
    page.locator("[name=username]").fill(name)
    page.locator("[name=email]").fill(email)
    page.locator("[name=password1]").fill(NEW_PASSWORD)
    page.locator("[name=password2]").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Sign up").click()


def sign_in(page: Page, served: Served, name: str, password: str) -> None:
    page.goto(f"{served.server.url}/accounts/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.locator(".account-button").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("[name=login]")).to_be_visible()


def test_where_it_is_open_one_signs_up_and_comes_back_by_name_and_by_address(
    browsers: Browsers, served: Served
) -> None:
    page = visitor(browsers, served)
    page.goto(served.server.url)
    expect(page).to_have_url(re.compile(r"/accounts/login/"))
    page.get_by_role("link", name="Sign up").click()
    sign_up(page, "Frieda", "frieda@example.org")
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator(".account-name")).to_have_text("Frieda")
    for name in ("Frieda", "FRIEDA@example.org"):
        sign_out(page)
        sign_in(page, served, name, NEW_PASSWORD)
        expect(page.locator(".account-name")).to_have_text("Frieda")
    assert served.row("SELECT email FROM auth_user WHERE username = 'Frieda'")["email"]


def test_what_is_wrong_with_a_sign_up_is_said_beside_the_field(
    browsers: Browsers, served: Served, know: Know
) -> None:
    page = visitor(browsers, served)
    page.goto(f"{served.server.url}/accounts/signup/")
    sign_up(page, know("alice").name)
    expect(page.locator("form")).to_contain_text("already exists")
    page.locator("[name=username]").fill("gregory")
    page.locator("[name=password1]").fill("12345")
    page.locator("[name=password2]").fill("12345")
    page.get_by_role("button", name="Sign up").click()
    expect(page.locator("form")).to_contain_text("too short")
    assert not served.rows("SELECT 1 FROM auth_user WHERE username = 'gregory'")


def test_by_default_one_needs_an_invitation_which_works_once(
    browsers: Browsers, site_by_invitation: Served
) -> None:
    site = site_by_invitation
    page = visitor(browsers, site)
    page.goto(f"{site.server.url}/accounts/login/")
    expect(page.get_by_role("link", name="Sign up")).to_have_count(0)
    page.goto(f"{site.server.url}/accounts/signup/")
    expect(page.get_by_role("heading")).to_have_text("By invitation only")
    link = servers.manage(
        site.server.var, "invite", SECRET_KEY=site.server.settings["SECRET_KEY"]
    ).stdout.strip()
    page.goto(site.server.url + urlsplit(link).path)
    sign_up(page, "invited")
    expect(page.locator(".account-name")).to_have_text("invited")
    late = visitor(browsers, site)
    late.goto(site.server.url + urlsplit(link).path)
    expect(late.get_by_role("heading")).to_have_text("By invitation only")


def test_where_it_is_closed_nobody_signs_up(browsers: Browsers) -> None:
    with serving(SIGNUP="closed") as site:
        page = visitor(browsers, site)
        page.goto(f"{site.server.url}/accounts/signup/")
        expect(page.get_by_role("heading")).to_have_text("By invitation only")
        expect(page.locator("[name=username]")).to_have_count(0)
        page.context.close()


def test_the_first_administrator_signs_in_and_finds_the_demo_model_and_the_administration(
    browsers: Browsers,
) -> None:
    with serving() as site:
        secret = {"SECRET_KEY": site.server.settings["SECRET_KEY"]}
        said = servers.manage(site.server.var, "ensure_admin", **secret).stdout
        assert "First administrator: admin" in said
        password = said.rpartition(": ")[2].strip()
        assert servers.manage(site.server.var, "ensure_admin", **secret).stdout == ""
        page = visitor(browsers, site)
        sign_in(page, site, "admin", password)
        tab = Tab(page, Person(site, 1, "admin")).connected()
        banner = page.locator("#banner")
        expect(banner).to_contain_text("This is the demo model.")
        banner.locator("summary").click()
        expect(banner).to_contain_text("OPENAI_BASE_URL=")
        page.get_by_role("button", name="Some code").click()
        expect(tab.text).to_have_value("Show me some code")
        # It stops there, as long as nobody lets it go on.
        tab.text.press_sequentially(" hold=60")
        tab.text.press("Enter")
        tab.writing("count the words")
        page.keyboard.press("Escape")
        tab.ended("stopped")
        page.get_by_role("button", name="Dismiss").click()
        expect(banner).to_have_count(0)
        tab.open()
        expect(banner).to_have_count(0)
        page.locator(".account-button").click()
        page.get_by_role("link", name="Administration").click()
        expect(page).to_have_url(f"{site.server.url}/admin/")
        expect(page.get_by_role("link", name="Conversations").first).to_be_visible()
        page.context.close()


def test_after_too_many_wrong_passwords_one_has_to_wait(browsers: Browsers) -> None:
    with serving() as site:
        name = site.person("heidi").name
        page = visitor(browsers, site)
        for _ in range(5):
            sign_in(page, site, name, "wrong")
            expect(page.get_by_role("alert")).to_contain_text("not correct")
        sign_in(page, site, name, PASSWORD)
        expect(page.get_by_role("alert")).to_contain_text("Too many failed login attempts")
        expect(page.locator("#text")).to_have_count(0)
        page.context.close()


def test_after_signing_in_one_is_where_one_wanted_to_be(
    browsers: Browsers, alice: Tab, served: Served
) -> None:
    alice.ask("echo a place to come back to")
    alice.ended()
    page = visitor(browsers, served)
    page.goto(alice.page.url)
    page.locator("[name=login]").fill(alice.person.name)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(alice.page.url)
    expect(page.locator(".answer")).to_contain_text("a place to come back to")


def test_the_back_button_shows_nothing_after_signing_out(
    browsers: Browsers, know: Know, served: Served
) -> None:
    ivan = browsers.of(know("ivan")).open()
    ivan.person.cookies = []
    ivan.ask("echo what only Ivan may read")
    ivan.ended()
    sign_out(ivan.page)
    ivan.page.go_back()
    expect(ivan.page.locator("[name=login]")).to_be_visible()
    expect(ivan.page.locator("body")).not_to_contain_text("what only Ivan may read")
