"""Files made by hand: good ones, and those that are meant to hurt."""

import struct
import zlib
from io import BytesIO

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, StreamObject

ORIENTATION, MAKER, GPS, LATITUDE = 0x0112, 0x010F, 0x8825, 2


def image(
    size: tuple[int, int] = (60, 40), form: str = "PNG", mode: str = "RGB", **how: object
) -> bytes:
    out = BytesIO()
    colour = "teal" if mode in ("RGB", "P", "L", "CMYK") else (0, 128, 128, 100)
    Image.new(mode, size, colour).save(out, form, **how)
    return out.getvalue()


def photograph() -> bytes:
    """A camera's JPEG that lies on its side and says where it was taken."""
    lying = Image.new("RGB", (60, 40), "white")
    lying.paste("red", (0, 0, 30, 40))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MAKER] = "Secret Cameras"
    exif.get_ifd(GPS)[LATITUDE] = (48.0, 8.0, 11.0)
    out = BytesIO()
    lying.save(out, "JPEG", exif=exif, quality=95, comment=b"at home")
    return out.getvalue()


def animation() -> bytes:
    frames = [Image.new("P", (30, 20), n) for n in range(5)]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=40)
    return out.getvalue()


def claims_to_be(width: int, height: int) -> bytes:
    """A PNG of some bytes whose header says that it is huge."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf(*texts: str, password: str = "") -> bytes:
    """A document with a page for each text."""
    writer = PdfWriter()
    for text in texts:
        _page(writer, f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode("latin-1"))
    return _written(writer, password)


def pdf_bomb(megabytes: int = 400) -> bytes:
    """A document whose one page is a few hundred kilobytes, until somebody opens it."""
    writer = PdfWriter()
    packed = zlib.compressobj(9)
    line = b"BT /F1 12 Tf (boom) Tj ET\n" * 40_000
    stream = b"".join(packed.compress(line) for _ in range(megabytes)) + packed.flush()
    content = StreamObject()
    content._data = stream
    content[NameObject("/Filter")] = NameObject("/FlateDecode")
    page = writer.add_blank_page(200, 200)
    page[NameObject("/Contents")] = writer._add_object(content)
    return _written(writer)


def _page(writer: PdfWriter, drawing: bytes) -> None:
    page = writer.add_blank_page(200, 200)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    content = DecodedStreamObject()
    content.set_data(drawing)
    page[NameObject("/Contents")] = writer._add_object(content)


def _written(writer: PdfWriter, password: str = "") -> bytes:
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
