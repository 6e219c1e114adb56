"""What a file is: told by its first bytes, and refused where its name says something else."""

from pathlib import PurePath

from .refused import Refused

ACCEPTED = "image/png,image/jpeg,image/webp,image/gif,application/pdf,text/*,.pdf,.txt,.md,.csv,"
ACCEPTED += ".tsv,.json,.jsonl,.xml,.yaml,.yml,.toml,.ini,.log,.tex,.rst,.srt,.py,.js,.ts,.tsx,"
ACCEPTED += ".jsx,.html,.css,.sql,.sh,.c,.h,.cpp,.cs,.java,.kt,.go,.rs,.rb,.php,.swift,.ipynb,.diff"
"""For the `accept` attribute of a file input (HTML, section 4.10.5.1.17)."""

IMAGE_NAMES = {".png", ".jpg", ".jpeg", ".webp", ".gif"}
IMAGE_MARKS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
# Readers look for this mark in the first kilobyte.
PDF_MARK, PDF_WITHIN = b"%PDF-", 1024
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
SAMPLE = 8192


def kind_of(name: str, data: bytes) -> str:
    """`image`, `pdf` or `text`; raises Refused for what is empty, or none of these."""
    suffix = PurePath(name).suffix.lower()
    if not data:
        raise Refused("empty")
    if data.startswith(IMAGE_MARKS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return "image"
    if suffix in IMAGE_NAMES:
        raise Refused("image")
    if PDF_MARK in data[:PDF_WITHIN]:
        return "pdf"
    if suffix == ".pdf":
        raise Refused("pdf")
    if b"\0" in data[:SAMPLE] and not data.startswith(WIDE_MARKS):
        raise Refused("kind")
    return "text"
