"""Stepping between branches while tabs are open: one path in all, and nothing is stopped."""

import asyncio
import uuid

import pytest

from .conftest import Open
from .dom import Dom
from .model import Model, tag
from .page import Page, reloaded
from .served import Person, Served


async def two_branches(tab: Page) -> tuple[int, int]:
    """The answers of two variants of the first prompt; the second one is shown."""
    first = await tab.finished("echo one rate=0")
    second = await tab.finished("echo two rate=0", parent=None)
    return first["message"], second["message"]


async def stepped(tab: Page, message: int) -> None:
    """Return when a snapshot shows a message; one of an older path may come before it."""
    shown = f"#m{message}"
    await tab.until(lambda frame: frame["type"] == "snapshot" and tab.dom.has(shown))


async def show(tab: Page, message: int) -> None:
    """Step, and wait for the snapshot."""
    await tab.say({"type": "show", "message": message})
    await stepped(tab, message)


async def test_a_step_is_seen_in_every_tab_and_after_a_reload(tab: Page, open_tab: Open) -> None:
    first, second = await two_branches(tab)
    other = await open_tab(tab.person, tab.conversation)
    assert tab.dom.has(f"#m{second}") and not tab.dom.has(f"#m{first}")
    await show(tab, first)
    await stepped(other, first)
    for page in (tab, other):
        assert page.dom.has(f"#m{first}") and not page.dom.has(f"#m{second}")
        assert page.dom.turns() == (await reloaded(tab)).turns()
    follow = await tab.finished("echo three rate=0")
    assert follow["message"] and "two" not in "".join(tab.dom.turns())


async def test_stepping_away_stops_nothing_and_coming_back_shows_it_live(
    tab: Page, served: Served, model: Model, open_tab: Open
) -> None:
    first, _ = await two_branches(tab)
    label = tag()
    generation = await tab.ask(f"code rate=0 hold=40 tag={label}")
    request = await model.request(label, "held")
    await tab.shown(generation, 50)
    running = served.generation(generation)["message_id"]
    await show(tab, first)
    assert not tab.dom.has(f"#m{running}") and tab.dom.has(".elsewhere")
    assert Dom.has(await reloaded(tab), ".elsewhere")
    busy = await tab.command("send", text="Anybody there?")
    assert busy["code"] == "busy"
    late = await open_tab(tab.person, tab.conversation)
    await show(tab, running)
    await stepped(late, running)
    assert request and tab.dom.attribute(f"#m{running}", "aria-busy") == "true"
    await model.go(label)
    ends = await asyncio.gather(tab.end(generation), late.end(generation))
    assert {end["status"] for end in ends} == {"complete"}
    assert tab.dom.turns() == late.dom.turns() == (await reloaded(tab)).turns()


@pytest.mark.parametrize("how", ["ends", "stop"])
async def test_what_ends_on_another_branch_is_told_where_one_is(
    how: str, tab: Page, served: Served, model: Model
) -> None:
    first, _ = await two_branches(tab)
    label = tag()
    generation = await tab.ask(f"code rate=0 hold=40 tag={label}")
    await model.request(label, "held")
    await tab.shown(generation, 50)
    await show(tab, first)
    assert tab.dom.has(".elsewhere")
    if how == "stop":
        await tab.say({"type": "stop", "generation": generation})
    else:
        await model.go(label)
    end = await tab.end(generation)
    assert end["status"] == ("stopped" if how == "stop" else "complete")
    if tab.dom.has(".elsewhere"):
        await tab.until(lambda frame: not tab.dom.has(".elsewhere"))
    row = served.message(end["message"])
    await show(tab, end["message"])
    assert tab.dom.turns() == (await reloaded(tab)).turns() and row["text"]


async def test_a_cut_answer_is_stopped_first_and_the_next_one_shown_once(
    tab: Page, served: Served, model: Model
) -> None:
    first = await tab.finished("echo one rate=0")
    label = tag()
    generation = await tab.ask(f"code rate=0 hold=40 tag={label}")
    await model.request(label, "held")
    await tab.shown(generation, 50)
    prompt = served.message(served.generation(generation)["message_id"])["parent_id"]
    async with tab.person.browser() as browser:
        token = await served.token(browser)
        fields = {"message": prompt, "csrfmiddlewaretoken": token}
        cut = await browser.post(f"/conversations/{tab.conversation}/prune", data=fields)
    assert cut.status_code == 302
    assert (await model.request(label, "ended"))["tag"] == label
    await tab.until(lambda frame: not tab.dom.has(f"#m{prompt}"))
    assert tab.dom.has(f"#m{first['message']}")
    label = tag()
    again = await tab.ask(f"code rate=0 hold=40 tag={label}")
    await model.request(label, "held")
    shown = f'[data-generation="{again}"]'
    if not tab.dom.has(shown):
        await tab.until(lambda frame: tab.dom.has(shown))
    before = len(tab.frames)
    for _ in range(5):
        await tab.drained()
    assert "snapshot" not in [frame["type"] for frame in tab.frames[before:]], "all is shown"
    await model.go(label)
    assert (await tab.end(again))["status"] == "complete"
    assert tab.dom.turns() == (await reloaded(tab)).turns()


async def test_what_is_not_here_is_not_shown(tab: Page, open_tab: Open, charlie: Person) -> None:
    mine = await tab.finished("echo mine rate=0")
    stranger = await open_tab(charlie)
    theirs = await stranger.finished("echo theirs rate=0")
    for id in (theirs["message"], 2**62):
        await tab.say({"type": "show", "message": id})
        assert (await tab.first("notice"))["code"] == "invalid"
    for wrong in (None, 0, "x", [1]):
        await tab.say({"type": "show", "message": wrong})
        assert (await tab.first("notice"))["code"] == "invalid"
    fresh = await open_tab(tab.person)
    await fresh.say({"type": "show", "message": mine["message"]})
    assert (await fresh.first("notice"))["code"] == "gone"


async def test_forms_step_fork_and_cut_without_scripts(tab: Page, served: Served) -> None:
    first, second = await two_branches(tab)
    async with tab.person.browser() as browser:
        token = {"csrfmiddlewaretoken": await served.token(browser)}

        async def post(what: str, **fields: object) -> str:
            address = f"/conversations/{tab.conversation}/{what}"
            answer = await browser.post(address, data={**token, **fields})
            assert answer.status_code == 302, answer.text
            return str(answer.headers["location"])

        where = await post("show", message=first)
        page = Dom((await browser.get(where)).text)
        assert where.endswith(f"#m{first}") and page.has(f"#m{first}")
        edit = Dom((await browser.get(f"/c/{tab.conversation}/?edit={page_prompt(page)}")).text)
        assert (
            edit.has("#chat form.edit textarea")
            and edit.attribute("#chat [name=parent]", "value") == ""
        )
        await post("send", key=uuid.uuid4(), text="echo edited rate=0", parent="")
        roots = "SELECT * FROM chat_message WHERE conversation_id = ? AND parent_id IS NULL"
        assert len(served.rows(roots, tab.conversation.hex)) == 3  # type: ignore[union-attr]
        forked = await post("fork", message=second)
        assert "(fork)" in (await browser.get(forked)).text
        options = await browser.get(f"/c/{tab.conversation}/m/{second}/")
        assert options.status_code == 200 and "Regenerate" in options.text


def page_prompt(page: Dom) -> str:
    """The id of the prompt on a page with one."""
    return str(page.attribute("#live article.prompt", "data-message"))
