"""Files in the page: by button, paste and drop; taken away, sent and looked at."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Locator, expect

from tests.pure import files
from tests.servers import wait_until

from .axe import violations
from .conftest import Know
from .model import Model
from .person import Browsers, Tab

PHONE = {"width": 390, "height": 844}
# What the browser hands over on a paste or a drop.
HAND_OVER = """([type, name, media, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type: media }));
  const fields = { bubbles: true, cancelable: true };
  const target = document.querySelector("#text");
  target.dispatchEvent(type === "paste"
    ? new ClipboardEvent("paste", { ...fields, clipboardData: data })
    : new DragEvent(type, { ...fields, dataTransfer: data }));
}"""


def payload(name: str, media: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": media, "buffer": data}


PHOTO = payload("photo.jpg", "image/jpeg", files.photograph())
NOTE = payload("notes.md", "text/markdown", b"# Notes\n\nBuy milk.\n")
PAPER = payload("paper.pdf", "application/pdf", files.pdf("First page", "Second page"))


def choose(tab: Tab, *chosen: FilePayload) -> None:
    tab.page.locator("#files").set_input_files(list(chosen))


def hand_over(tab: Tab, type: str, file: FilePayload) -> None:
    what = [type, file["name"], file["mimeType"], list(file["buffer"])]
    tab.page.evaluate(HAND_OVER, what)


def chips(tab: Tab) -> Locator:
    return tab.page.locator("#attached [data-attachment]")


def rows(tab: Tab) -> list[dict[str, Any]]:
    query = "SELECT name FROM chat_attachment WHERE message_id = ? ORDER BY place"
    message = int(str(tab.prompts.last.get_attribute("data-message")))
    return tab.person.served.rows(query, message)


def test_files_are_attached_taken_away_and_sent(alice: Tab, model: Model) -> None:
    choose(alice, PHOTO, NOTE)
    hand_over(alice, "paste", payload("pasted.png", "image/png", files.image()))
    expect(chips(alice)).to_have_count(3)
    drop = alice.page.locator("#drop")
    expect(drop).to_be_hidden()
    hand_over(alice, "dragover", PAPER)
    expect(drop).to_be_visible()
    hand_over(alice, "drop", PAPER)
    expect(drop).to_be_hidden()
    expect(chips(alice)).to_have_count(4)
    expect(alice.page.locator("#attached")).to_contain_text("2 pages")
    assert not violations(alice.page)
    # By keyboard: the focus goes on to the next one, and to the text after the last.
    alice.page.get_by_role("button", name="Remove “notes.md”").press("Enter")
    expect(chips(alice)).to_have_count(3)
    expect(alice.page.locator(".file-remove:focus")).to_have_count(1)
    # A reload keeps what was uploaded.
    alice.page.reload()
    alice.connected()
    expect(chips(alice)).to_have_count(3)
    expect(alice.button).to_have_attribute("aria-disabled", "false")
    tag = model.tag()
    alice.ask(f"list rate=0 tag={tag}")
    expect(chips(alice)).to_have_count(0)
    alice.ended()
    names = [row["name"] for row in rows(alice)]
    assert sorted(names) == ["paper.pdf", "pasted.png", "photo.jpg"]
    shown = alice.prompts.last
    expect(shown.locator(".attached-image img")).to_have_count(2)
    expect(shown.get_by_role("link", name=re.compile("paper.pdf"))).to_be_visible()
    assert not violations(alice.page, ".attached")


def test_an_image_opens_large_and_gives_the_focus_back(alice: Tab) -> None:
    choose(alice, PHOTO)
    expect(chips(alice)).to_have_count(1)
    alice.ask("")
    alice.ended()
    thumbnail = alice.prompts.last.locator(".attached-image")
    expect(thumbnail.get_by_role("img", name="Image “photo.jpg”")).to_be_visible()
    thumbnail.press("Enter")
    dialog = alice.page.locator("dialog.picture")
    expect(dialog).to_be_visible()
    wait_until(
        lambda: bool(dialog.locator("img").evaluate("i => i.naturalWidth === 40")), "the image"
    )
    outer, inner = dialog.bounding_box(), dialog.locator("img").bounding_box()
    assert outer and inner, "a small image stands in the middle of its dialog"
    sides = inner["x"] - outer["x"], outer["width"] - inner["width"] - (inner["x"] - outer["x"])
    assert abs(sides[0] - sides[1]) <= 1
    assert not violations(alice.page)
    alice.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(thumbnail).to_be_focused()


def test_what_is_refused_says_why_and_loses_nothing(alice: Tab, browsers: Browsers) -> None:
    browsers.watch.expect("status of 422")
    alice.text.fill("What is in it?")
    choose(alice, payload("a.zip", "application/zip", b"PK\x03\x04" + bytes(99)), NOTE)
    failed = alice.page.locator("#attached .failed")
    expect(failed).to_contain_text("“a.zip” cannot be read")
    expect(chips(alice)).to_have_count(1)
    expect(alice.text).to_have_value("What is in it?")
    assert not violations(alice.page)
    failed.get_by_role("button").click()
    expect(failed).to_have_count(0)
    choose(alice, *[NOTE] * 11)
    expect(alice.page.locator("#attached .failed")).to_have_count(2)
    expect(alice.page.locator("#attached .failed").first).to_contain_text("At most 10 files")
    expect(chips(alice)).to_have_count(10)


def test_a_phone_has_room_for_files(know: Know, browsers: Browsers) -> None:
    phone = browsers.of(know("bob"), viewport=PHONE, has_touch=True, is_mobile=True).open()
    choose(phone, PHOTO, PAPER, payload(f"{'long-' * 20}name.md", "text/markdown", b"Hello"))
    expect(chips(phone)).to_have_count(3)
    assert "a file may have 20 MB." in phone.page.content()
    for target in (".attach", ".file-remove"):
        box = phone.page.locator(target).first.bounding_box()
        assert box and min(box["width"], box["height"]) >= 44
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not phone.page.evaluate(wide)
    phone.text.fill("list rate=0")
    phone.button.click()
    phone.ended()
    assert not phone.page.evaluate(wide)
    ends = [
        phone.prompts.locator(each).last.evaluate("e => e.getBoundingClientRect().right")
        for each in (".file-chip", ".bubble")
    ]
    assert ends[0] == ends[1], "however long its name, a file stands at the right"


def test_without_javascript_files_go_with_the_form(
    know: Know, browsers: Browsers, tmp_path: Path
) -> None:
    tab = browsers.of(know("alice"), java_script_enabled=False)
    tab.page.goto(tab.person.served.server.url)
    expect(tab.page.locator("#files")).to_be_visible()
    choose(tab, PHOTO, NOTE)
    tab.text.fill("list rate=0")
    tab.page.get_by_role("button", name="Send").click()
    expect(tab.prompts).to_have_count(1)
    assert [row["name"] for row in rows(tab)] == ["photo.jpg", "notes.md"]
    expect(tab.prompts.locator(".attached-image img")).to_be_visible()
