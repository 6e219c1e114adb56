"""The static files: collected, hashed and compressed by the server itself when they change."""

import fcntl
import hashlib
import re
from collections.abc import Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from servestatic.storage import CompressedManifestStaticFilesStorage

# The admin names these only while DEBUG is on, else their minified twins.
UNUSED = ["jquery.js", "xregexp.js", "select2.full.js", "select2.css"]
BUNDLES = ["css/chat.css"]
IMPORT = re.compile(r'^@import "\./(.+)";$', re.MULTILINE)


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Names with hashes, also in the imports of JavaScript modules; bundles of style sheets."""

    support_js_module_import_aggregation = True
    # A module's name depends on those of the modules that it imports, and so on.
    max_post_process_passes = 12

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        """Put what a bundle imports into it, so that pages wait for one file instead of many."""
        for name in BUNDLES:
            storage, path = paths[name]
            with storage.open(path) as file:
                bundle = IMPORT.sub(partial(_imported, paths), file.read().decode())
            Path(self.path(name)).write_text(bundle)
            paths[name] = self, name
        yield from super().post_process(paths, dry_run, **options)

    def compress_files(self, paths: set[str]) -> Iterator[tuple[str, str]]:
        """Compress those that pages name, not the same once more under their first names."""
        named = set(self.hashed_files.values())
        yield from super().compress_files(paths & named)


def _imported(paths: dict[str, Any], found: re.Match[str]) -> str:
    storage, path = paths[f"css/{found[1]}"]
    with storage.open(path) as file:
        text: str = file.read().decode()
        return text


def collect() -> None:
    """Collect the static files unless nothing changed; processes that start together take turns."""
    if settings.DEBUG:
        return
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    stamp = root.with_suffix(".stamp")
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = _state()
        if not stamp.exists() or stamp.read_text() != state:
            # In a process of its own: what compressing takes, the server would never give back.
            collecting = get_context("fork").Process(target=_collect)
            collecting.start()
            collecting.join()
            if collecting.exitcode:
                raise ImproperlyConfigured("The static files could not be collected; see above.")
            stamp.write_text(state)


def _collect() -> None:
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)


def _state() -> str:
    """A digest of the names, sizes and times of all static files."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
