"""Every string has a translation in every language, and what is compiled is what is written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.servers import ROOT

LANGUAGES = ["de", "es", "fr", "zh_Hans"]
SOURCES = ["chat", "chatsite", "templates", "locale", "manage.py"]


def catalogue(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def entries(*command: str | Path) -> str:
    """The entries that a gettext program selects, without the header."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.partition("\n\n")[2]


@pytest.fixture(scope="session")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose catalogues were brought up to date with its sources."""
    root = tmp_path_factory.mktemp("extracted")
    for name in SOURCES:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, root / name)
    command = [sys.executable, "manage.py", "makemessages", "--all", "--no-obsolete", "-v0"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "chatsite.settings"}
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
    return root


def test_the_languages_are_those_of_the_settings() -> None:
    offered = {code for code, _ in settings.LANGUAGES} - {"en"}
    assert offered == {language.lower().replace("_", "-") for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_of_the_sources_is_translated(language: str, extracted: Path) -> None:
    po = catalogue(extracted, language)
    assert not entries("msgattrib", "--untranslated", "--no-wrap", po)
    assert not entries("msgattrib", "--only-fuzzy", "--no-wrap", po)


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_name_the_same_values_and_are_compiled(language: str, tmp_path: Path) -> None:
    po = catalogue(ROOT, language)
    compiled = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "--check-format", "-o", compiled, po], check=True)
    assert compiled.read_bytes() == po.with_suffix(".mo").read_bytes()
