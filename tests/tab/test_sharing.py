"""A link shows a copy of what was said to anybody, until it is revoked or expires."""

import re
from typing import Any

import httpx2

from .conftest import Open
from .page import Page
from .served import Person


async def made(page: Page, browser: httpx2.AsyncClient, token: str, **fields: Any) -> str:
    """Make a link; gives its address."""
    path = f"/conversations/{page.conversation}/share"
    got = await browser.post(path, data={"csrfmiddlewaretoken": token, **fields})
    assert got.status_code == 302
    shown = (await browser.get(path)).text
    return str(re.findall(r'value="http://[^/]+(/share/[\w-]{43}/)"', shown)[0])


async def test_anybody_reads_what_was_said_until_the_link_is_revoked(
    alice: Person, charlie: Person, open_tab: Open
) -> None:
    tab = await open_tab(alice)
    await tab.finished("reasoning rate=0")
    await tab.finished("tool clock rate=0")
    async with alice.browser() as browser, charlie.browser() as stranger:
        token = await alice.served.token(browser)
        address = await made(tab, browser, token)
        await tab.finished("echo something later")
        del stranger.headers["Cookie"]
        shared = await stranger.get(address)
        assert shared.status_code == 200
        page = shared.text
        assert page.count("<article") == 4
        assert "something later" not in page
        assert 'class="part reasoning"' not in page
        assert 'class="part tool"' not in page
        assert "<script" not in page
        assert "csrfmiddlewaretoken" not in page
        assert alice.name not in page
        assert str(tab.conversation) not in page
        policy = shared.headers["Content-Security-Policy"]
        assert "script-src" not in policy and "default-src 'none'" in policy
        assert "noindex" in shared.headers["X-Robots-Tag"]
        assert shared.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in shared.headers["Cache-Control"]
        assert not shared.headers.get("Set-Cookie")
        mine = (await browser.get("/shares/")).text
        (revoke,) = re.findall(r'action="(/shares/\d+/revoke)"', mine)
        fields = {"csrfmiddlewaretoken": token, "from": "all"}
        assert (await browser.post(revoke, data=fields)).status_code == 302
        assert (await stranger.get(address)).status_code == 404


async def test_a_link_expires_and_goes_with_its_conversation(alice: Person, open_tab: Open) -> None:
    tab = await open_tab(alice)
    await tab.finished("echo shared for a week")
    served = alice.served
    async with alice.browser() as browser:
        token = await served.token(browser)
        address = await made(tab, browser, token, days="7")
        assert (await browser.get(address)).status_code == 200
        said = (await browser.get("/shares/")).text
        assert "Works until" in said
        assert "m.." not in said, "the time of day brings a full stop of its own"
        served.change(
            "UPDATE chat_share SET expires_at = ? WHERE token = ?",
            "2020-01-01 00:00:00+00:00",
            address.split("/")[2],
        )
        assert (await browser.get(address)).status_code == 404
        assert "It has expired." in (await browser.get("/shares/")).text
        other = await made(tab, browser, token)
        gone = f"/conversations/{tab.conversation}/delete"
        await browser.post(gone, data={"csrfmiddlewaretoken": token})
        assert (await browser.get(other)).status_code == 404
        assert "You have shared nothing." in (await browser.get("/shares/")).text


async def test_nobody_else_makes_sees_or_revokes_a_link(
    alice: Person, charlie: Person, open_tab: Open
) -> None:
    tab = await open_tab(alice)
    await tab.finished("echo mine")
    path = f"/conversations/{tab.conversation}/share"
    async with alice.browser() as browser, charlie.browser() as stranger:
        await made(tab, browser, await alice.served.token(browser))
        (revoke,) = re.findall(r"/shares/\d+/revoke", (await browser.get(path)).text)
        token = {"csrfmiddlewaretoken": await alice.served.token(stranger)}
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.post(path, data=token)).status_code == 404
        assert (await stranger.post(revoke, data=token)).status_code == 404
        assert revoke not in (await stranger.get("/shares/")).text
        assert (await stranger.get(f"/share/{'x' * 43}/")).status_code == 404


async def test_what_cannot_be_shared_is_said(alice: Person, open_tab: Open) -> None:
    tab = await open_tab(alice)
    await tab.finished("echo a few words")
    async with alice.browser() as browser:
        token = {"csrfmiddlewaretoken": await alice.served.token(browser)}
        path = f"/conversations/{tab.conversation}/share"
        got = await browser.post(path, data={**token, "days": "-1"})
        assert got.status_code == 400
        assert "A link can be valid for" in got.text
        assert "/revoke" not in (await browser.get(path)).text
