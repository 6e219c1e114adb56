"""Without JavaScript the page reads, a prompt is posted, and the answer is there."""

import re

from playwright.sync_api import expect

from chat.demo import expected
from tests.servers import wait_until

from .conftest import Know
from .model import Model
from .person import Browsers, Tab


def plain(browsers: Browsers, know: Know) -> Tab:
    tab = browsers.of(know("alice"), java_script_enabled=False)
    tab.page.goto(tab.person.served.server.url)
    return tab


def test_a_prompt_is_posted_and_its_answer_is_there_after_a_refresh(
    browsers: Browsers, know: Know, model: Model
) -> None:
    tab = plain(browsers, know)
    tag = model.tag()
    tab.text.fill(f"code rate=0 tag={tag}")
    tab.page.get_by_role("button", name="Send").click()
    expect(tab.page).to_have_url(re.compile(r"/c/[0-9a-f-]{36}/$"))
    expect(tab.prompts).to_have_count(1)
    model.request(tag, "ended")
    wait_until(lambda: tab.generation["status"] == "complete", "the end")
    tab.page.reload()
    tab.ended()
    expect(tab.answer.locator("pre code").first).to_contain_text("from collections")
    assert tab.row["text"] == expected("code")
    assert model.times_asked(tag) == 1


def test_a_second_prompt_follows_and_the_list_are_links(
    browsers: Browsers, know: Know, model: Model
) -> None:
    tab = plain(browsers, know)
    for _ in range(2):
        tag = model.tag()
        tab.text.fill(f"list rate=0 tag={tag}")
        tab.page.get_by_role("button", name="Send").click()
        expect(tab.prompts.last).to_contain_text(tag)
        wait_until(lambda: tab.generation["status"] == "complete", "the end")
    expect(tab.prompts).to_have_count(2)
    expect(tab.answers).to_have_count(2)
    here = tab.page.url
    tab.page.locator(".new-chat").click()
    expect(tab.prompts).to_have_count(0)
    tab.list.locator("a.row-link").first.click()
    expect(tab.page).to_have_url(here)


def test_the_colours_and_signing_out_work_too(browsers: Browsers, know: Know) -> None:
    tab = browsers.of(know("lena"), java_script_enabled=False)
    tab.person.cookies = []
    tab.page.goto(tab.person.served.server.url)
    tab.page.locator(".account-button").click()
    tab.page.get_by_role("button", name="Dark", exact=True).click()
    expect(tab.page.locator("html")).to_have_attribute("data-theme", "dark")
    tab.page.locator(".account-button").click()
    tab.page.get_by_role("button", name="Sign out").click()
    expect(tab.page.locator("[name=login]")).to_be_visible()


def test_a_prompt_is_edited_and_its_variants_and_an_answers_are_buttons(
    browsers: Browsers, know: Know
) -> None:
    tab = plain(browsers, know)
    tab.text.fill("echo first rate=0")
    tab.page.get_by_role("button", name="Send").click()
    wait_until(lambda: tab.generation["status"] == "complete", "the end")
    tab.page.reload()
    tab.page.get_by_role("button", name="Edit the message").click()
    tab.page.locator(".edit-text").fill("echo rather this rate=0")
    tab.page.get_by_role("button", name="Save & send").click()
    expect(tab.prompts).to_contain_text("rather this")
    wait_until(lambda: tab.generation["status"] == "complete", "the end")
    tab.prompts.get_by_role("button", name="Previous variant").click()
    expect(tab.prompts).to_contain_text("first")
    before = tab.message
    tab.answer.get_by_role("button", name="Regenerate", exact=True).click()
    expect(tab.answer).not_to_have_attribute("data-message", str(before))
    wait_until(lambda: tab.generation["status"] == "complete", "the end")
    tab.page.reload()
    expect(tab.answer.locator(".place")).to_have_text("2/2")
    tab.answer.get_by_role("button", name="More actions").click()
    tab.page.get_by_role("button", name="Delete it and what follows").click()
    expect(tab.answer.locator(".place")).to_have_count(0)


def test_a_conversation_is_at_its_end_before_any_script_runs(
    browsers: Browsers, know: Know
) -> None:
    tab = plain(browsers, know)
    tab.text.fill("long rate=0")
    tab.page.get_by_role("button", name="Send").click()
    wait_until(lambda: tab.generation["status"] == "complete", "the end")
    tab.page.goto(tab.page.url)
    expect(tab.answer.get_by_text("After that, the words are its own.")).to_be_in_viewport()
