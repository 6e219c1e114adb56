"""The secret key of a site whose environment sets none."""

import os
import secrets
import tempfile
from pathlib import Path


def kept(path: Path) -> str:
    """Return the key in `path`, made there (mode 0600) if it is missing.

    Processes that start together agree: each writes a key of its own beside `path`, and a hard
    link, which never replaces a file, lets the first one win.
    """
    if not path.exists():
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(name, path)
        except FileExistsError:
            pass
        finally:
            Path(name).unlink()
    return path.read_text(encoding="ascii").strip()
