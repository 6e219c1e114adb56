"""Pages and frames speak the person's language."""

import httpx2

from .conftest import Open
from .page import Page
from .served import Person


async def speaking(language: str, alice: Person, open_tab: Open) -> Page:
    tab = await open_tab(alice)
    await tab.connect(**{"Accept-Language": f"{language};q=0.9, en;q=0.1"})
    return tab


async def test_the_browsers_language_is_spoken_by_pages_and_frames(
    alice: Person, open_tab: Open
) -> None:
    async with alice.browser() as browser:
        page = (await browser.get("/", headers={"Accept-Language": "de-CH"})).text
    assert '<html lang="de"' in page and "Neuer Chat" in page and "New chat" not in page
    german = await speaking("de", alice, open_tab)
    refused = await german.command("send", text=" ")
    assert refused["code"] == "invalid" and "leer" in refused["text"]
    ended = await german.finished("error")
    assert ended["error"]["text"] != "" and "Modellserver" in ended["error"]["text"]
    english = await open_tab(alice, german.conversation)
    assert "model server" in str(english.dom.turns())


async def test_a_chosen_language_stays(alice: Person) -> None:
    async with alice.browser() as browser:
        await browser.get("/")
        token = browser.cookies["csrftoken"]
        cookie = f"{alice.cookie}; csrftoken={token}"
        chosen = await browser.post(
            "/language",
            data={"language": "fr", "csrfmiddlewaretoken": token},
            headers={"Cookie": cookie},
        )
        assert chosen.status_code == 302
        fr = f"{cookie}; django_language=fr"
        page = await browser.get("/", headers={"Cookie": fr, "Accept-Language": "de"})
    assert '<html lang="fr"' in page.text and isinstance(page, httpx2.Response)
