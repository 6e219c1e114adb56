"""Signing out in one tab while others are open."""

import pytest
from playwright.sync_api import expect

from tests.tab.served import PASSWORD

from .conftest import Know
from .model import Model
from .person import Browsers, Tab


@pytest.fixture
def dora(know: Know, browsers: Browsers) -> Tab:
    """A tab of somebody who signs out: the session is nobody else's."""
    tab = browsers.of(know("dora")).open()
    tab.person.cookies = []
    return tab


def sign_out(tab: Tab) -> None:
    tab.page.locator(".account-button").click()
    tab.page.get_by_role("button", name="Sign out").click()


def test_signing_out_in_one_tab_ends_the_others(dora: Tab) -> None:
    other = dora.another("/")
    sign_out(dora)
    expect(dora.page).to_have_url(f"{dora.person.served.server.url}/accounts/login/")
    expect(other.link).to_have_attribute("data-state", "signed-out")
    expect(other.link.get_by_text("You were signed out.")).to_be_visible()
    other.link.get_by_role("link", name="Sign in").click()
    expect(other.page.locator("[name=login]")).to_be_visible()


def test_signing_out_elsewhere_in_mid_answer_ends_stop_and_loses_nothing(
    dora: Tab, model: Model
) -> None:
    tag = model.tag()
    dora.ask(f"long rate=0 hold=60 tag={tag}")
    dora.writing("How an answer gets to your screen")
    other = dora.another("/")
    dora.text.fill("the next prompt")
    sign_out(other)
    expect(dora.link.get_by_text("You were signed out.")).to_be_visible()
    expect(dora.button).to_have_accessible_name("Send")
    expect(dora.progress).to_be_hidden()
    expect(dora.answer).not_to_have_attribute("aria-busy", "true")
    dora.text.press("Enter")
    expect(dora.echo).to_contain_text("Not sent yet")
    expect(dora.progress).to_be_hidden()
    dora.text.fill("a draft")
    model.go(tag)
    dora.link.get_by_role("link", name="Sign in").click()
    dora.page.locator("[name=login]").fill(dora.person.name)
    dora.page.locator("[name=password]").fill(PASSWORD)
    dora.page.get_by_role("button", name="Sign in").click()
    expect(dora.prompts).to_have_count(2)
    expect(dora.prompts.last).to_contain_text("the next prompt")
    expect(dora.text).to_have_value("a draft")
