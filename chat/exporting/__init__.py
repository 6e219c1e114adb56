"""Exports: conversations as Markdown to read, and as JSON with everything in it."""

from .documents import FORMAT, VERSION, document, markdown
from .files import filename
from .streams import as_json, as_zip

__all__ = ["FORMAT", "VERSION", "as_json", "as_zip", "document", "filename", "markdown"]
