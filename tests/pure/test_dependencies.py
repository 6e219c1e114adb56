"""What is locked: exact versions, nothing of anybody's machine, a reason for each."""

import json
import re

import pytest

from tests.servers import ROOT

LOCKS = ["requirements", "requirements-dev"]


def asked(name: str) -> list[str]:
    """The packages named in a requirements file, without their extras and versions."""
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    return [re.split(r"[\[=<>~; ]", line)[0] for line in lines if line and line[0] not in "-#"]


@pytest.mark.parametrize("name", LOCKS)
def test_every_version_is_exact_and_has_hashes(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text()
    pinned = re.findall(
        r"^([a-z0-9-]+)(?:\[[\w,]+\])?==\S+(?: ; [^\\]+)? \\\n    --hash=", text, re.MULTILINE
    )
    named = re.findall(r"^[^ \n]+", text, re.MULTILINE)
    assert len(pinned) == len(named)
    assert set(asked(name)) <= set(pinned)


@pytest.mark.parametrize(
    "file", ["requirements.txt", "requirements-dev.txt", "package-lock.json", ".npmrc"]
)
def test_no_lock_knows_where_packages_came_from(file: str) -> None:
    text = (ROOT / file).read_text()
    assert not re.search(
        r'"resolved"|--(extra-)?index|--find-links|file:|git\+|^-', text, re.MULTILINE
    )
    addresses = re.findall(r"https?://[^\s\"]+", text)
    assert not [address for address in addresses if "opencollective.com" not in address]


def test_every_dependency_has_its_reason() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    names = {*asked("requirements"), *asked("requirements-dev")}
    names |= {*package["dependencies"], *package["devDependencies"]}
    told = (ROOT / "docs" / "dependencies.md").read_text()
    rows = re.findall(r"^\| ([^|]+) \|", told, re.MULTILINE)
    reasons = {name.strip() for row in rows for name in row.split(",")}
    assert names == reasons - {"package", "---"}


def test_versions_of_the_browser_parts_are_exact() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    versions = {*package["dependencies"].values(), *package["devDependencies"].values()}
    assert not [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+", version)]
