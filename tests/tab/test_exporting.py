"""Exports over HTTP: one's own conversations, whole, as files that other programs read."""

import io
import json
import zipfile

from .conftest import Open
from .served import Person


async def test_a_conversation_is_saved_as_markdown_and_as_json(
    alice: Person, charlie: Person, open_tab: Open
) -> None:
    tab = await open_tab(alice)
    await tab.finished("echo a *title* / with: marks")
    end = await tab.finished("echo second")
    ack = await tab.command("regenerate", message=end["message"])
    await tab.end(ack["generation"])
    path = f"/conversations/{tab.conversation}/export"
    async with alice.browser() as browser, charlie.browser() as stranger:
        saved = await browser.get(f"{path}.md")
        assert saved.text.startswith("# echo a *title* / with: marks\n\n## You\n\necho a *title*")
        assert saved.text.count("## Answer (") == 2
        assert "attachment" in saved.headers["Content-Disposition"]
        assert "echo_a_title_with_marks.md" in saved.headers["Content-Disposition"]
        data = (await browser.get(f"{path}.json")).json()
        assert (data["format"], data["version"]) == ("chatsite", 1)
        (conversation,) = data["conversations"]
        messages = conversation["messages"]
        assert len(messages) == 5, "both variants"
        assert conversation["leaf"] == messages[-1]["id"]
        assert messages[3]["parent"] == messages[4]["parent"] == messages[2]["id"]
        (generation,) = messages[-1]["generations"]
        assert generation["status"] == "complete"
        assert generation["usage"]["completion_tokens"] > 0
        for ending in ("md", "json"):
            assert (await stranger.get(f"{path}.{ending}")).status_code == 404


async def test_all_conversations_are_saved_in_one_file(alice: Person, open_tab: Open) -> None:
    for number in range(3):
        tab = await open_tab(alice)
        await tab.finished("echo the same title" if number else "echo 你好, world")
    async with alice.browser() as browser:
        whole = await browser.get("/conversations/export.json")
        titles = [each["title"] for each in json.loads(whole.text)["conversations"]]
        assert titles == ["echo the same title", "echo the same title", "echo 你好, world"]
        saved = await browser.get("/conversations/export.zip")
        archive = zipfile.ZipFile(io.BytesIO(saved.content))
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == 3
        texts = [archive.read(name).decode() for name in archive.namelist()]
        assert sum("## You\n\necho the same title" in text for text in texts) == 2
        assert (await browser.get("/conversations/export.exe")).status_code == 404
