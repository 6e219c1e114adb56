"""Several tabs of one person show the same; another person sees nothing of it."""

import re

from playwright.sync_api import expect

from chat.demo import expected
from tests.servers import wait_until

from .model import Model
from .person import Browsers, Tab


def test_two_tabs_and_a_late_one_show_the_same_answer_as_it_grows(alice: Tab, model: Model) -> None:
    alice.ask("echo begun")
    alice.ended()
    early = alice.another()
    tag = model.tag()
    alice.ask(f"long rate=0 hold=100 tag={tag}")
    model.request(tag, "held")
    for tab in (alice, early):
        tab.writing("You may interrupt it at any time")
    expect(early.prompts).to_have_count(2)
    late = alice.another()
    late.writing("You may interrupt it at any time")
    model.go(tag)
    for tab in (alice, early, late):
        tab.ended()
        tab.shows_the_row()
    assert alice.row["text"] == expected("long")
    htmls = {tab.answer.locator(".parts").inner_html() for tab in (alice, early, late)}
    assert len(htmls) == 1


def test_a_reload_in_the_middle_of_an_answer_loses_and_doubles_nothing(
    alice: Tab, model: Model
) -> None:
    tag = model.tag()
    alice.ask(f"code rate=0 hold=60 tag={tag}")
    model.request(tag, "held")
    alice.writing("from collections import")
    alice.page.reload()
    alice.writing("from collections import")
    expect(alice.prompts).to_have_count(1)
    expect(alice.answers).to_have_count(1)
    expect(alice.button).to_have_accessible_name("Stop")
    model.go(tag)
    alice.ended()
    assert alice.row["text"] == expected("code")
    alice.shows_the_row()


def test_reloading_again_and_again_never_disturbs_the_answer(alice: Tab) -> None:
    alice.ask("long rate=900")
    alice.writing()
    for _ in range(4):
        alice.page.reload()
        expect(alice.answer).to_contain_text("How an answer gets to your screen")
    alice.ended()
    assert alice.row["text"] == expected("long")
    alice.shows_the_row()


def test_an_answer_goes_on_when_its_tab_is_closed(alice: Tab, model: Model) -> None:
    tag = model.tag()
    alice.ask(f"list rate=0 hold=10 tag={tag}")
    model.request(tag, "held")
    alice.writing()
    path = f"/c/{alice.conversation}/"
    other = alice.another("/")
    alice.page.close()
    model.go(tag)
    model.request(tag, "ended")
    other.open(path)
    other.ended()
    assert other.row["text"] == expected("list")


def test_when_two_tabs_send_at_once_one_is_asked(alice: Tab, model: Model) -> None:
    alice.ask("echo begun")
    alice.ended()
    second = alice.another()
    tags = (model.tag(), model.tag())
    for tab, tag in zip((alice, second), tags, strict=True):
        tab.text.fill(f"list rate=0 hold=5 tag={tag}")
    for tab in (alice, second):
        tab.text.evaluate("e => setTimeout(() => e.form.requestSubmit())")
    alice.writing()
    second.writing()
    wait_until(lambda: any(model.times_asked(tag) for tag in tags), "one of them")
    assert sorted(model.times_asked(tag) for tag in tags) == [0, 1]
    refused = alice if model.times_asked(tags[1]) else second
    # Whether it was sent a moment too late or not at all, nobody has to type it again.
    expect(refused.text).to_have_value(re.compile("list rate=0"))
    expect(refused.echo.and_(refused.page.locator(":not(.failed)"))).to_have_count(0)
    for tag in tags:
        if model.times_asked(tag):
            model.go(tag)
    alice.ended()


def test_nobody_sees_the_conversation_of_another(alice: Tab, bob: Tab, browsers: Browsers) -> None:
    alice.ask("echo a secret of Alice")
    alice.ended()
    expect(bob.list).not_to_contain_text("a secret of Alice")
    browsers.watch.expect("the server responded with a status of 404")
    site = bob.person.served.server.url
    answer = bob.page.goto(f"{site}/c/{alice.conversation}/")
    assert answer and answer.status == 404
    expect(bob.page.locator("body")).not_to_contain_text("secret")
    bob.open("/")
    closed = bob.page.evaluate(
        """(id) => new Promise((done) => {
          const socket = new WebSocket(`ws://${location.host}/ws/conversations/${id}/`);
          const said = [];
          socket.onmessage = ({ data }) => said.push(data);
          socket.onclose = ({ code }) => done([code, said.join("")]);
        })""",
        alice.conversation,
    )
    assert closed == [4404, ""]
    for what in ("send", "stop", "rename", "delete"):
        status = bob.page.evaluate(
            """async (address) => {
              const body = new URLSearchParams({title: "mine", text: "x",
                key: "0b6f4a4e-9d7c-4c54-8b66-1d1b4b1f2a11", csrfmiddlewaretoken:
                document.querySelector("[name=csrfmiddlewaretoken]").value});
              return (await fetch(address, {method: "POST", body})).status;
            }""",
            f"/conversations/{alice.conversation}/{what}",
        )
        assert status in (404, 200 if what == "stop" else 404), what
    alice.page.reload()
    expect(alice.answers).to_have_count(1)
    expect(alice.page.locator("#title")).to_have_text("echo a secret of Alice")


def test_two_people_talk_at_the_same_time_and_each_gets_the_own_answer(
    alice: Tab, bob: Tab
) -> None:
    alice.ask("long rate=1500")
    bob.ask("code rate=400")
    bob.ended()
    alice.ended()
    assert alice.row["text"] == expected("long")
    assert bob.row["text"] == expected("code")
    expect(alice.page.locator("body")).not_to_contain_text("count the words of a text")
    assert re.search(r"/c/[0-9a-f-]{36}/$", bob.page.url)
