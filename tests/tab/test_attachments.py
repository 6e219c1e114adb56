"""Files: whose they are, how they are sent, and what the model is told of them."""

import asyncio
import hashlib
import json
import re
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image

from tests.pure import files

from .conftest import Open, eventually
from .page import Page
from .served import Person, Served


class Uploader:
    """A browser of a person, with the token of its page."""

    def __init__(self, person: Person, browser: httpx2.AsyncClient, token: str) -> None:
        self.person, self.browser, self.token = person, browser, token

    async def upload(self, name: str, data: bytes) -> httpx2.Response:
        return await self.browser.post(
            "/attachments/",
            data={"csrfmiddlewaretoken": self.token},
            files={"file": (name, data)},
        )

    async def attach(self, name: str, data: bytes) -> str:
        """Upload a file that is taken; gives its id."""
        posted = await self.upload(name, data)
        assert posted.status_code == 201, posted.text
        (id,) = re.findall(r'data-attachment="([0-9a-f-]{36})"', posted.text)
        return str(id)

    async def get(self, path: str) -> httpx2.Response:
        return await self.browser.get(path)

    async def post(self, path: str, **data: Any) -> httpx2.Response:
        return await self.browser.post(path, data={"csrfmiddlewaretoken": self.token, **data})


@pytest.fixture
async def uploader(alice: Person) -> Any:
    async with alice.browser() as browser:
        yield Uploader(alice, browser, await alice.served.token(browser))


@pytest.fixture
async def stranger(charlie: Person) -> Any:
    async with charlie.browser() as browser:
        yield Uploader(charlie, browser, await charlie.served.token(browser))


def row(served: Served, id: str) -> dict[str, Any]:
    return served.row("SELECT * FROM chat_attachment WHERE id = ?", uuid.UUID(id).hex)


def stored(served: Served, id: str) -> list[Path]:
    """The files on the disk that belong to an attachment."""
    return sorted((served.server.var / "files").glob(f"*/{uuid.UUID(id).hex}.*"))


async def received(tab: Page, text: str = "received rate=0", **fields: Any) -> Any:
    """What the model was told, in its own words."""
    end = await tab.finished(text, **fields)
    assert end["status"] == "complete", end
    answer = tab.person.served.message(end["message"])["text"]
    return json.loads(answer.removeprefix("`````json\n").removesuffix("\n`````\n"))


async def test_a_file_is_sent_with_a_prompt_and_told_to_the_model_for_good(
    tab: Page, uploader: Uploader, served: Served
) -> None:
    photo = await uploader.attach("photo.jpg", files.photograph())
    note = await uploader.attach("note.md", b"# Titel\n```\ncode\n```\n")
    paper = await uploader.attach("paper.pdf", files.pdf("First page", "Second page"))
    (message,) = await received(tab, attachments=[note, photo, paper])
    image, text = message["content"]
    (path, _) = stored(served, photo)
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()[:16]
    assert image["image_url"]["url"] == f"image/jpeg, {len(data)} bytes, {digest}"
    assert b"Secret" not in data and Image.open(BytesIO(data)).size == (40, 60)
    assert text["text"] == (
        "File “note.md”:\n````\n# Titel\n```\ncode\n```\n````\n\n"
        "File “paper.pdf”, 2 pages:\n```\nFirst page\n\nSecond page\n```\n\nreceived rate=0"
    )
    # The next prompt's history has it too, and a prompt without files is a plain text.
    first, _, second = await received(tab, "received rate=0 ")
    assert first == message
    assert second["content"] == "received rate=0 "
    shown = (await uploader.get(f"/c/{tab.conversation}/")).text
    assert [shown.index(name) for name in (note, photo, paper)] == sorted(
        shown.index(name) for name in (note, photo, paper)
    )
    assert "2 pages" in shown and "Image “photo.jpg”" in shown


async def test_files_alone_are_a_prompt_and_give_it_its_title(
    tab: Page, uploader: Uploader, served: Served
) -> None:
    note = await uploader.attach("Minutes of May.txt", b"We met.")
    end = await tab.finished("", attachments=[note])
    assert "Minutes of May.txt" in served.message(end["message"])["text"]
    assert served.row(
        "SELECT title FROM chat_conversation WHERE id = ?",
        tab.conversation.hex,  # type: ignore[union-attr]
    ) == {"title": "Minutes of May.txt"}
    refused = await tab.command("send", text=" ")
    assert (refused["type"], refused["code"]) == ("notice", "invalid")


async def test_a_file_is_its_owners_alone(
    tab: Page, uploader: Uploader, stranger: Uploader, open_tab: Open, served: Served
) -> None:
    photo = await uploader.attach("photo.png", files.image())
    addresses = [f"/attachments/{photo}/", f"/attachments/{photo}/preview/"]
    for sent in (False, True):
        if sent:
            await tab.finished("list rate=0", attachments=[photo])
        for address in addresses:
            mine = await uploader.get(address)
            assert mine.status_code == 200
            assert mine.headers["content-type"] in ("image/png", "image/webp")
            assert mine.headers["content-security-policy"] == "default-src 'none'; sandbox"
            assert mine.headers["x-content-type-options"] == "nosniff"
            assert mine.headers["cache-control"].startswith("private")
            assert mine.headers["content-disposition"] == 'inline; filename="photo.png"'
            assert (await stranger.get(address)).status_code == 404
        assert (await stranger.post(f"/attachments/{photo}/remove/")).status_code == 404
        assert photo not in (await stranger.get(f"/attachments/chips/?id={photo}")).text
        theirs = await (await open_tab(stranger.person)).command(
            "send", text="list rate=0", attachments=[photo]
        )
        assert (theirs["type"], theirs["code"]) == ("notice", "invalid")
    async with httpx2.AsyncClient(base_url=served.server.url, trust_env=False) as nobody:
        assert (await nobody.get(addresses[0])).status_code == 302
        (path, _) = stored(served, photo)
        inside = path.relative_to(served.server.var)
        for guess in (f"/{inside}", f"/media/{inside}", f"/static/{inside}"):
            assert (await uploader.get(guess)).status_code == 404


async def test_what_could_run_is_saved_and_never_shown(uploader: Uploader) -> None:
    page = await uploader.attach("page.html", b"<script>alert(1)</script>")
    given = await uploader.get(f"/attachments/{page}/")
    assert given.headers["content-type"] == "text/plain; charset=utf-8"
    assert given.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "data", "status", "sentence"),
    [
        ("a.zip", b"PK\x03\x04" + bytes(100), 422, "“a.zip” cannot be read. Images"),
        ("a.png", b"hello", 422, "“a.png” is damaged, or not the image"),
        ("big.txt", b"x" * 20_000_001, 413, "too large: a file may have 20 MB"),
        ("huge.txt", b"x" * 21_000_000, 413, "too large: a file may have 20 MB"),
        ("", b"x", 400, "No file arrived."),
    ],
)
async def test_a_file_that_is_not_taken_is_told_why(
    name: str, data: bytes, status: int, sentence: str, uploader: Uploader, served: Served
) -> None:
    refused = await uploader.upload(name, data)
    assert (refused.status_code, refused.headers["content-type"]) == (
        status,
        "text/plain; charset=utf-8",
    )
    assert sentence in refused.text
    assert not served.rows("SELECT 1 FROM chat_attachment WHERE owner_id = ?", uploader.person.id)


async def test_a_senseless_upload_breaks_nothing(uploader: Uploader) -> None:
    multipart = "multipart/form-data; boundary=x"
    headers = {"X-CSRFToken": uploader.token, "Content-Type": multipart}
    for body in (b"", b"--x", b"--x\r\n\r\n--x--", b"\xff" * 100):
        posted = await uploader.browser.post("/attachments/", content=body, headers=headers)
        assert posted.status_code in (400, 403)
    for ids in ("id=x", "id=" + "&id=".join(str(uuid.uuid4()) for _ in range(50)), ""):
        assert (await uploader.get(f"/attachments/chips/?{ids}")).text.strip() == ""
    without = await uploader.browser.post("/attachments/", files={"file": ("a.txt", b"words")})
    assert without.status_code == 403


@pytest.mark.parametrize(
    "attachments",
    [
        "x",
        ["x"],
        [1],
        [None],
        {"a": 1},
        [str(uuid.UUID(int=1, version=4))],
        [str(uuid.UUID(int=1, version=4))] * 11,
    ],
)
async def test_senseless_attachments_are_refused_and_nothing_is_sent(
    attachments: Any, tab: Page, served: Served
) -> None:
    refused = await tab.command("send", text="list rate=0", attachments=attachments)
    assert (refused["type"], refused["code"]) == ("notice", "invalid")
    conversation = tab.conversation.hex  # type: ignore[union-attr]
    assert not served.rows("SELECT 1 FROM chat_conversation WHERE id = ?", conversation)
    assert (await tab.command("send", text="list rate=0", attachments=None))["type"] == "ack"


async def test_a_file_is_sent_once_however_often_its_prompt_arrives(
    tab: Page, uploader: Uploader, served: Served
) -> None:
    note = await uploader.attach("note.txt", b"words")
    key = str(uuid.uuid4())
    frame = {"type": "send", "key": key, "text": "list rate=0", "attachments": [note, note]}
    for _ in range(3):
        await tab.say(frame)
    acks = [await tab.until(lambda f: f["type"] == "ack" and f["key"] == key) for _ in range(3)]
    assert [ack["duplicate"] for ack in acks] == [False, True, True]
    running = acks[0]["generation"]
    await eventually(lambda: served.generation(running)["status"] == "complete", "the end")
    assert len(served.generations(tab.conversation)) == 1  # type: ignore[arg-type]
    again = await tab.command("send", text="again", attachments=[note])
    assert again["code"] == "invalid" and "not here any more" in again["text"]


async def test_files_go_with_what_they_belong_to(
    tab: Page, uploader: Uploader, served: Served
) -> None:
    kept, taken = [await uploader.attach(f"{n}.png", files.image()) for n in range(2)]
    await tab.finished("list rate=0", attachments=[kept])
    assert (await uploader.post(f"/attachments/{kept}/remove/")).status_code == 404
    assert (await uploader.post(f"/attachments/{taken}/remove/")).status_code == 204
    assert stored(served, kept) and not stored(served, taken)
    gone = await uploader.post(f"/conversations/{tab.conversation}/delete")
    assert gone.status_code == 302


async def test_a_form_brings_its_files_along(tab: Page, uploader: Uploader, served: Served) -> None:
    fields = {"csrfmiddlewaretoken": uploader.token, "text": "received rate=0"}
    address = f"/conversations/{tab.conversation}/send"
    posted = await uploader.browser.post(
        address,
        data={**fields, "key": str(uuid.uuid4())},
        files=[("files", ("a.txt", b"one")), ("files", ("b.png", files.image()))],
    )
    assert posted.status_code == 302
    found = served.rows(
        "SELECT name FROM chat_attachment WHERE conversation_id = ? ORDER BY place",
        tab.conversation.hex,  # type: ignore[union-attr]
    )
    assert [each["name"] for each in found] == ["a.txt", "b.png"]
    bad = await uploader.browser.post(
        address,
        data={**fields, "key": str(uuid.uuid4())},
        files=[("files", ("a.zip", b"PK\x03\x04\0\0"))],
    )
    assert bad.status_code == 400 and "“a.zip” cannot be read" in bad.text


async def test_a_model_that_cannot_see_says_so_in_a_sentence(tab: Page, uploader: Uploader) -> None:
    photo = await uploader.attach("photo.png", files.image())
    end = await tab.finished("blind rate=0", attachments=[photo])
    assert end["status"] == "failed"
    assert end["error"]["code"] == "no_images"
    assert "cannot see images" in end["error"]["text"]


async def test_many_uploads_at_once_disturb_no_answer(tab: Page, uploader: Uploader) -> None:
    generation = await tab.ask("long rate=100")
    names = [f"{n}.png" for n in range(6)]
    await asyncio.gather(*(uploader.attach(name, files.image((900, 900))) for name in names))
    await tab.say({"type": "stop", "generation": generation})
    assert (await tab.end(generation))["status"] in ("stopped", "complete")
