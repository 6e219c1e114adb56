"""What is read from files that people attach, and what hostile ones can do: nothing."""

import codecs
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from chat.attachments.child import read as read_here
from chat.attachments.found import Bounds, Found
from chat.attachments.names import clean_name
from chat.attachments.reading import read
from chat.attachments.refused import Refused
from chat.attachments.sentences import SENTENCES, sentence
from tests.servers import ROOT

from . import files

BOUNDS = Bounds(pages=50, chars=50_000, seconds=10)


def refusal(name: str, data: bytes, bounds: Bounds = BOUNDS) -> str:
    with pytest.raises(Refused) as refused:
        read(name, data, bounds)
    assert name in sentence(refused.value, name)
    return refused.value.code


def opened(found: Found) -> Image.Image:
    image = Image.open(BytesIO(found.data))
    image.load()
    return image


def image_of(data: bytes, bounds: Bounds = BOUNDS) -> Found:
    return read_here("image", data, bounds)


def test_a_photograph_stands_upright_and_says_nothing_of_its_place() -> None:
    original = files.photograph()
    assert b"Secret" in original and b"at home" in original
    found = read("IMG_1.jpg", original, BOUNDS)
    image = opened(found)
    assert (found.media_type, image.size) == ("image/jpeg", (40, 60))
    assert (found.width, found.height) == image.size
    assert not image.getexif() and "comment" not in image.info
    assert b"Secret" not in found.data and b"Exif" not in found.preview
    # What was on its left is on top now.
    assert sum(image.crop((0, 0, 40, 25)).histogram()[200:256]) > 900


@pytest.mark.parametrize(
    ("form", "mode"),
    [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("PNG", "1"), ("PNG", "I;16"),
     ("JPEG", "CMYK"), ("JPEG", "L"), ("WEBP", "RGBA"), ("GIF", "P")],
)  # fmt: skip
def test_every_kind_of_image_becomes_png_or_jpeg(form: str, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (50, 30)).save(out, form)
    found = image_of(out.getvalue())
    assert found.media_type == ("image/jpeg" if form == "JPEG" else "image/png")
    assert opened(found).size == (50, 30)
    assert Image.open(BytesIO(found.preview)).format == "WEBP"


def test_of_an_animation_the_first_picture_is_kept() -> None:
    image = opened(read("a.gif", files.animation(), BOUNDS))
    assert getattr(image, "n_frames", 1) == 1


def test_a_large_image_is_made_smaller_and_keeps_its_shape() -> None:
    found = image_of(files.image((3000, 1000), "JPEG"))
    assert (found.width, found.height) in ((2048, 683), (2048, 682))
    assert max(Image.open(BytesIO(found.preview)).size) == 400


@pytest.mark.parametrize("size", [(60_000, 60_000), (8000, 8000), (2_000_000_000, 2_000_000_000)])
def test_a_header_of_huge_dimensions_is_refused_before_anything_is_decoded(
    size: tuple[int, int],
) -> None:
    data = files.claims_to_be(*size)
    assert len(data) < 200
    assert refusal("big.png", data) in ("pixels", "image")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cat.png", b"hello"),
        ("cat.jpg", b"<script>alert(1)</script>"),
        ("cat.png", b"\x89PNG\r\n\x1a\n"),
        ("cat.png", files.image()[:60]),
        ("cat.png", files.image((300, 300), mode="RGBA")[:-30]),
        ("cat.jpg", files.image((300, 300), "JPEG")[:500]),
        ("cat.gif", b"GIF89a" + bytes(40)),
        ("cat.webp", b"RIFF\xff\xff\xff\xffWEBPVP8 " + bytes(40)),
        ("cat.jpg", b"\xff\xd8\xff" + b"\xff" * 5000),
        ("cat.txt", b"\x89PNG\r\n\x1a\n" + bytes(100)),
    ],
)
def test_an_image_that_is_not_one_is_refused(name: str, data: bytes) -> None:
    assert refusal(name, data) == "image"


def test_the_text_of_a_pdf_is_read_page_by_page() -> None:
    found = read("a.pdf", files.pdf("First page", "Second page"), BOUNDS)
    assert (found.kind, found.pages) == ("pdf", 2)
    assert found.text.split("\n\n") == ["First page", "Second page"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (files.pdf("secret", password="x"), "encrypted"),
        (files.pdf(""), "scanned"),
        (files.pdf(*["page"] * 51), "pages"),
        (files.pdf("x" * 60_000), "long"),
        (b"hello", "pdf"),
        (b"%PDF-1.7\n", "pdf"),
        (files.pdf("cut")[:200], "pdf"),
        (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>", "pdf"),
    ],
)
def test_a_pdf_without_text_to_be_had_is_refused_with_the_reason(data: bytes, code: str) -> None:
    assert refusal("a.pdf", data) == code


@pytest.mark.parametrize("megabytes", [30, 400])
def test_a_pdf_bomb_hurts_only_the_process_that_opened_it(megabytes: int) -> None:
    bomb = files.pdf_bomb(megabytes)
    assert len(bomb) < 3_000_000
    assert refusal("bomb.pdf", bomb, replace(BOUNDS, seconds=1)) in ("heavy", "pdf", "scanned")


@pytest.mark.parametrize(
    ("text", "encode"),
    [
        ("Grüße, 世界 🌍\n", "utf-8"),
        ("Grüße, 世界\n", "utf-8-sig"),
        ("Grüße, 世界\n", "utf-16"),
        ("Grüße, 世界\n", "utf-32"),
        ("name;größe\nMüller;3\nStraße;4\n", "cp1252"),
        ("Привет, мир. Как дела?\n", "cp1251"),
        ("你好,世界。今天天气很好,我们去公园。\n", "gb18030"),
        ("これは日本語のテキストです。\n", "cp932"),
    ],
)
def test_text_is_read_in_whatever_characters_it_was_written(text: str, encode: str) -> None:
    found = read_here("text", text.encode(encode), BOUNDS)
    assert found.text == text
    assert found.data == text.encode()


def test_big_endian_text_and_other_line_ends_are_read_too() -> None:
    data = codecs.BOM_UTF16_BE + "a\r\nb\rc".encode("utf-16-be")
    assert read("a.txt", data, BOUNDS).text == "a\nb\nc"


def archive() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("bomb.txt", bytes(10_000_000))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("bomb.zip", archive, "kind"),
        ("bomb.txt", archive, "kind"),
        ("letter.docx", archive, "kind"),
        ("setup.exe", lambda: b"MZ\x90\x00" + bytes(range(256)) * 10, "kind"),
        ("bytes.bin", lambda: bytes(range(1, 256)) * 20, "kind"),
        ("empty.txt", lambda: b"", "empty"),
        ("empty.png", lambda: b"", "empty"),
        ("blank.txt", lambda: b" \n\n ", "empty"),
        ("long.txt", lambda: b"x" * 50_001, "long"),
        ("longer.txt", lambda: b"x" * 300_000, "long"),
    ],
)
def test_everything_else_is_refused_with_the_reason(
    name: str, make: Callable[[], bytes], code: str
) -> None:
    assert refusal(name, make()) == code


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\photo.png", "photo.png"),
        ("a\x00b\n.txt", "ab.txt"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("", "file"),
        ("...", "file"),
        ("\ud800.txt", "?.txt"),
        ("x" * 300 + ".pdf", "x" * 115 + "….pdf"),
        ("Zeugnis 漢字 🌍.pdf", "Zeugnis 漢字 🌍.pdf"),
    ],
)
def test_a_name_is_made_fit_to_be_shown(given: str, shown: str) -> None:
    assert clean_name(given) == shown
    assert len(clean_name(given)) <= 120


def test_the_process_that_opens_files_knows_nothing_of_the_site() -> None:
    look = "import sys, chat.attachments.child; print({'django', 'chat.models'} & {*sys.modules})"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, cwd=ROOT, check=True)
    assert told.stdout == b"set()\n"


def test_every_reason_has_a_sentence_of_its_own() -> None:
    said = {code: sentence(Refused(code, 7), "x.txt") for code in SENTENCES}
    assert len({*said.values()}) == len(SENTENCES)
    assert not [text for text in said.values() if not text.endswith(".") or "%" in text]
