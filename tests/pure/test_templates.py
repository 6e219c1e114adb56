"""Every file that a template or a module names exists, and no template has code in it."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.template.loader import render_to_string

from tests.pure.test_architecture import TEMPLATES, relative
from tests.servers import ROOT

STATIC = ROOT / "static"
IMPORT = re.compile(
    r"""^(?:import|export)\s*(?:[\w*{}\s,$]+\s*from\s*)?["'](\.[^"']+)["'](;?)""", re.MULTILINE
)


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_named_static_files_exist(path: Path) -> None:
    names = re.findall(r"{% static '([^']+)' %}", path.read_text())
    assert not [name for name in names if not find(name)]


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_no_template_needs_what_the_policy_forbids(path: Path) -> None:
    inline = re.findall(
        r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", path.read_text()
    )
    assert not inline


def test_the_manifest_names_files_that_exist() -> None:
    manifest = json.loads((STATIC / "manifest.webmanifest").read_text())
    icons = [icon["src"].removeprefix("/static/") for icon in manifest["icons"]]
    assert not [icon for icon in icons if not (STATIC / icon).is_file()]


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.js")), ids=relative)
def test_modules_import_in_a_form_that_gets_hashed(path: Path) -> None:
    if "vendor" in path.parts:
        return
    imports = IMPORT.findall(path.read_text())
    for name, end in imports:
        assert (path.parent / name).is_file()
        assert end, "without a semicolon the name is not replaced by the hashed one"


def test_what_only_modules_of_the_page_ask_for_is_preloaded() -> None:
    def imported(name: str) -> set[str]:
        text = (STATIC / "js" / name).read_text()
        return {found.removeprefix("./") for found, _end in IMPORT.findall(text)}

    first = imported("chat.js")
    deep = set().union(*map(imported, first)) - first
    assert set().union(*map(imported, deep)) <= first | deep, "deeper still"
    assets = (ROOT / "templates" / "chat" / "assets.html").read_text()
    assert set(re.findall(r"modulepreload\" href=\"{% static 'js/(.+?)'", assets)) == deep


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (4, "Reasoned for less than a second"),
        (999, "Reasoned for less than a second"),
        (1000, "Reasoned for 1.0 s"),
        (12_340, "Reasoned for 12 s"),
    ],
)
def test_reasoning_says_how_long_it_took(ms: int, said: str) -> None:
    label = render_to_string("chat/parts/reasoning_label.html", {"part": {"ms": ms}, "done": True})
    assert label.strip() == said
