"""A conversation of hundreds of turns opens at its end, and grows as one scrolls up."""

import re
import uuid
from datetime import UTC, datetime

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.tab.served import Served

from .conftest import Know
from .person import Browsers, Person

MESSAGES = 160
PLACE = """() => {
  const turns = [...document.querySelectorAll(".turn")];
  const turn = turns.find((each) => each.getBoundingClientRect().bottom > 60);
  return [turn.id, Math.round(turn.getBoundingClientRect().top)];
}"""
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


def made(served: Served, person: Person) -> tuple[str, list[int]]:
    """A conversation of so many messages, written behind the server's back."""
    id = uuid.uuid4()
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    served.change(
        "INSERT INTO chat_conversation (id, owner_id, title, title_source, model, system_prompt,"
        " params, tools, tools_allowed, pinned, archived, temporary, unseen, created_at,"
        " updated_at) VALUES (?, ?, 'Long', 'person', 'demo', '', '{}', '{}', '[]', FALSE, FALSE,"
        " FALSE, FALSE, ?, ?)",
        id.hex,
        person.id,
        now,
        now,
    )
    ids: list[int] = []
    for number in range(MESSAGES):
        role, words = ("assistant", "word " * (number % 7) * 30) if number % 2 else ("user", "")
        ids.append(
            served.change(
                "INSERT INTO chat_message (conversation_id, parent_id, role, text, parts, rendered,"
                " rendered_by, created_at, updated_at) VALUES (?, ?, ?, ?, ?, '[]', 0, ?, ?)",
                id.hex,
                ids[-1] if ids else None,
                role,
                f"Number {number} {words}",
                f'[{{"type": "text", "text": "Number {number} {words}"}}]' if number % 2 else "[]",
                now,
                now,
            )
        )
    served.change("UPDATE chat_conversation SET leaf_id = ? WHERE id = ?", ids[-1], id.hex)
    return str(id), ids


# The wheel moves the page a while after it was turned.
AT_REST = """() => new Promise((resolve) => {
  const { scrollY } = window;
  setTimeout(() => resolve(window.scrollY === scrollY), 300);
})"""

# How many turns there are, while there is a gap to scroll to.
TO_THE_GAP = """() => {
  const gap = document.querySelector(".gap");
  gap?.scrollIntoView({block: "end"});
  return gap && document.querySelectorAll(".turn").length;
}"""


@pytest.fixture(scope="module")
def long(main_site: Served) -> tuple[Person, str, list[int]]:
    """Somebody's long conversation, made once: its id and those of its messages."""
    person = main_site.person("lydia")
    owner = Person(main_site, person.id, person.name)
    return owner, *made(main_site, owner)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_older_turns_come_as_one_scrolls_up_and_nothing_moves(
    size: dict[str, int], browsers: Browsers, long: tuple[Person, str, list[int]]
) -> None:
    owner, conversation, ids = long
    tab = browsers.of(owner).open(f"/c/{conversation}/")
    tab.page.set_viewport_size(size)  # type: ignore[arg-type]
    turns = tab.page.locator(".turn")
    expect(tab.page.locator(f"#m{ids[-1]}")).to_be_in_viewport()
    assert turns.count() < 100
    before = turns.count()
    tab.page.locator("#text").blur()
    for _ in range(60):
        place = tab.page.evaluate(PLACE)
        count = turns.count()
        tab.page.mouse.wheel(0, -200)
        tab.page.wait_for_function(
            "([top, n]) => document.scrollingElement.scrollTop !== top ||"
            " document.querySelectorAll('.turn').length !== n || scrollY === 0",
            arg=[place[1], count],
        )
        if turns.count() == MESSAGES:
            break
    expect(turns).not_to_have_count(before)
    tab.page.wait_for_function(AT_REST)
    shown = turns.evaluate_all("turns => turns.map((turn) => Number(turn.dataset.message))")
    assert shown == ids[-len(shown) :], "in order, without a gap, each once"
    read = tab.page.evaluate(PLACE)
    tab.page.evaluate("document.querySelector('.older')?.click()")
    expect(turns).not_to_have_count(len(shown))
    top = tab.page.evaluate(
        "(id) => document.getElementById(id).getBoundingClientRect().top", read[0]
    )
    assert abs(top - read[1]) <= 2, "what is read stays where it is"


def test_an_address_shows_a_message_far_up_and_the_gap_fills(
    browsers: Browsers, long: tuple[Person, str, list[int]]
) -> None:
    owner, conversation, ids = long
    tab = browsers.of(owner).open(f"/c/{conversation}/?message={ids[20]}")
    wanted = tab.page.locator(f"#m{ids[20]}")
    expect(wanted).to_be_in_viewport()
    expect(wanted).to_be_focused()
    assert "message=" not in tab.page.url
    turns = tab.page.locator(".turn")
    for _ in range(12):
        # As an element, for it goes as soon as it is near.
        count = tab.page.evaluate(TO_THE_GAP)
        if count is None:
            break
        expect(turns).not_to_have_count(count)
    expect(tab.page.locator(".gap")).to_have_count(0)
    shown = turns.evaluate_all("turns => turns.map((turn) => Number(turn.dataset.message))")
    assert shown == ids[-len(shown) :]


def test_a_message_gone_to_keeps_the_focus_however_late_the_connection_is_there(
    browsers: Browsers, long: tuple[Person, str, list[int]]
) -> None:
    owner, conversation, ids = long
    tab = browsers.of(owner)
    sockets: list[WebSocketRoute] = []
    tab.page.route_web_socket(re.compile("/ws/"), lambda socket: sockets.append(socket))
    tab.page.clock.install()
    tab.page.goto(f"{owner.served.server.url}/c/{conversation}/?message={ids[-1]}")
    wanted = tab.page.locator(f"#m{ids[-1]}")
    expect(wanted).to_be_focused()
    expect(wanted).to_contain_class("marked")
    tab.page.clock.fast_forward(5_000)
    expect(wanted).not_to_contain_class("marked")
    sockets[0].connect_to_server()
    tab.connected()
    expect(wanted).to_be_focused()


def test_without_scripts_links_lead_up_and_down(
    browsers: Browsers, long: tuple[Person, str, list[int]], know: Know
) -> None:
    owner, conversation, ids = long
    tab = browsers.of(owner, java_script_enabled=False)
    tab.page.goto(f"{owner.served.server.url}/c/{conversation}/")
    expect(tab.page.locator(f"#m{ids[-1]}")).to_be_attached()
    tab.page.get_by_role("link", name="Earlier messages").click()
    expect(tab.page.locator(f"#m{ids[-31]}")).to_be_attached()
    tab.page.get_by_role("link", name="Messages in between").click()
    expect(tab.page.locator(f"#m{ids[-2]}")).to_be_attached()
    stranger = browsers.of(know("bob"))
    refused = stranger.page.request.get(f"{owner.served.server.url}/c/{conversation}/")
    assert refused.status == 404
