"""The search over HTTP: one's own, as a page without scripts and as a fragment."""

import uuid

from .conftest import Open
from .served import Person


async def test_what_was_said_is_found_by_its_owner_alone(
    alice: Person, charlie: Person, open_tab: Open
) -> None:
    tab = await open_tab(alice)
    word = f"zebra{uuid.uuid4().hex[:8]}"
    await tab.finished(f"echo {word} <b>&amp;")
    async with alice.browser() as browser:
        page = (await browser.get("/search/", params={"q": word})).text
        assert f'href="/c/{tab.conversation}/"' in page
        assert f"/c/{tab.conversation}/?message=" in page
        assert f"<mark>{word}</mark> &lt;b&gt;&amp;amp;" in page
        assert page.startswith("<!doctype html>")
        found = await browser.get("/search/", params={"q": word}, headers={"HX-Request": "true"})
        assert not found.text.startswith("<!doctype")
        assert word in found.text
        assert "no-store" in found.headers["Cache-Control"]
    async with charlie.browser() as browser:
        page = (await browser.get("/search/", params={"q": word})).text
        assert "<mark>" not in page
        assert "Nothing found" in page


async def test_strange_words_and_keys_are_answered(alice: Person) -> None:
    async with alice.browser() as browser:
        for query in [
            'q="',
            "q=%00",
            "q=%ff%fe",
            "q=NEAR(",
            f"q={'x' * 5000}",
            "q=",
            "",
            "q=a&q=b",
        ]:
            for before in ("", "&before=w1.1", "&before=-1", "&before=%00"):
                got = await browser.get(f"/search/?{query}{before}")
                assert got.status_code == 200, query


async def test_who_is_not_signed_in_searches_nothing(alice: Person) -> None:
    async with alice.browser() as browser:
        del browser.headers["Cookie"]
        assert (await browser.get("/search/?q=a")).status_code == 302
        assert (await browser.post("/search/?q=a")).status_code in (403, 405)
