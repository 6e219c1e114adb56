"""Without JavaScript the page reads, a prompt is posted, and the answer is there."""

import itertools
import re

import pytest
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


def test_what_was_refused_can_be_sent_again_once_the_answer_was_stopped(
    browsers: Browsers, know: Know, model: Model
) -> None:
    tab = plain(browsers, know)
    page, tag = tab.page, model.tag()
    browsers.watch.expect("409")
    tab.text.fill(f"list rate=0 hold=5 tag={tag}")
    page.get_by_role("button", name="Send").click()
    model.request(tag, "held")
    tab.text.fill("echo <i>second</i> rate=0\nin two lines")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Not sent")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value(
        "echo <i>second</i> rate=0\nin two lines"
    )
    other = Tab(page.context.new_page(), tab.person)
    other.page.goto(page.url.replace("/conversations/", "/c/").removesuffix("send"))
    other.page.get_by_role("button", name="Stop").click()
    wait_until(lambda: other.generation["status"] == "stopped", "the stop")
    page.get_by_role("button", name="Send").click()
    expect(tab.prompts.last).to_contain_text("in two lines")
    expect(tab.prompts).to_have_count(2)


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_in_the_composer_lies_upon_another(
    browsers: Browsers, know: Know, width: int
) -> None:
    size = {"width": width, "height": 844}
    tab = browsers.of(know("alice"), java_script_enabled=False, viewport=size)
    tab.page.goto(tab.person.served.server.url)
    shown = tab.page.locator("#composer").locator(":is(input, select, .tool, .send):visible")
    boxes = [box for each in shown.all() if (box := each.bounding_box())]
    assert len(boxes) == 5
    for one, other in itertools.combinations(boxes, 2):
        beside = min(one["x"] + one["width"], other["x"] + other["width"]) <= max(
            one["x"], other["x"]
        )
        below = min(one["y"] + one["height"], other["y"] + other["height"]) <= max(
            one["y"], other["y"]
        )
        assert beside or below, (one, other)
    drawer = tab.page.get_by_role("link", name="Conversations", exact=True)
    assert drawer.is_visible() == (width == 390)


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
