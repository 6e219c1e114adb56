"""PDF documents: the text of their pages."""

from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from .found import Bounds, Found
from .refused import Refused
from .texts import storable


def read_pdf(data: bytes, bounds: Bounds) -> Found:
    """The text of a document page by page, with its bytes as they are; raises Refused."""
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused("encrypted")
        pages = len(reader.pages)
        if pages > bounds.pages:
            raise Refused("pages", bounds.pages)
        text = _text(reader, bounds.chars)
    except DependencyError:
        raise Refused("encrypted") from None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise Refused("pdf") from None
    if not pages:
        raise Refused("pdf")
    if not text.strip():
        raise Refused("scanned")
    return Found(kind="pdf", media_type="application/pdf", data=data, text=text, pages=pages)


def _text(reader: PdfReader, most: int) -> str:
    texts: list[str] = []
    length = 0
    for page in reader.pages:
        texts.append(storable(page.extract_text()).replace("\x00", "\N{REPLACEMENT CHARACTER}"))
        length += len(texts[-1])
        if length > most:
            raise Refused("long", most)
    return "\n\n".join(text.strip() for text in texts)
