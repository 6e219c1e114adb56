"""The site's settings for tests: nothing of the developer's shell, a directory of their own."""

import atexit
import os
import shutil
import tempfile

from chatsite.environment import VARIABLES

for name in VARIABLES:
    os.environ.pop(name, None)
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="chatsite-tests-")
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")
os.environ["REDIS_URL"] = os.environ.get("TEST_REDIS_URL", "")
atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)

from chatsite.settings import *  # noqa: E402, F403
from chatsite.settings import DATABASES, SQLITE, STATIC_ROOT, VAR_DIR  # noqa: E402

# In memory, SQLite knows no waiting for a lock, and every thread would see other settings.
if SQLITE:
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
STATIC_ROOT.mkdir()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
