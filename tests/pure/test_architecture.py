"""Imports point down, one door leads to each library, and files stay small."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import ROOT

# From the bottom up; a module imports its own layer and those below, and nothing from above.
LAYERS = [
    "stream demo database sessions",
    "rendering upstream attachments",
    "models",
    "forms choices allowance prices pulse pace search exporting tools",
    "live sharing reading complaints",
    "rounds writer supervisor taking recovery heartbeat refusals departures titles purging uploads",
    "views consumers api admin templatetags importing branching",
    "urls routing apps management",
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names.split()}
WAYS_IN = {"views", "consumers", "api", "admin"}
ALONE = {
    "stream": set(),
    "demo": set(),
    "rendering": set(),
    "upstream": {"stream"},
    "attachments": set(),
}
DOORS = {
    "openai": {"upstream"},
    "httpx2": {"upstream"},
    "pyromark": {"rendering"},
    "nh3": {"rendering"},
    "pygments": {"rendering"},
    "latex2mathml": {"rendering"},
    "mcp": {"tools"},
    "PIL": {"attachments"},
    "pypdf": {"attachments"},
    "charset_normalizer": {"attachments"},
    "ijson": {"importing"},
}
FRAMEWORKS = {"django", "channels", "daphne", "asgiref", "twisted", "allauth", "csp"}
WITHOUT_FRAMEWORKS = {"stream", "rendering", "demo"}

MODULE, FUNCTION, TEMPLATE, SCRIPT = 250, 40, 100, 150
# A test module is a list of claims that are read one by one.
TESTS = 400
# Lines that a file may have beyond its limit, and why; none so far.
LARGER: dict[str, int] = {}

MODULES = sorted(path for path in (ROOT / "chat").rglob("*.py") if "migrations" not in path.parts)
SITE = sorted((ROOT / "chatsite").rglob("*.py"))
CLAIMS = sorted((ROOT / "tests").rglob("*.py"))
PYTHON = [*MODULES, *SITE, *CLAIMS]
TEMPLATES = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "chat").rglob("*.html")]
SCRIPTS = [*(ROOT / "static" / "js").rglob("*.js")]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def part(path: Path) -> str:
    """The package or module directly in chat that a file belongs to."""
    return path.relative_to(ROOT / "chat").parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every dotted name that a module imports, wherever in it; relative ones made absolute."""
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imported_parts(path: Path) -> set[str]:
    """The parts of chat that a file imports, without its own."""
    names = (name.split(".") for name in imports(path))
    return {name[1] for name in names if name[0] == "chat" and len(name) > 1} - {part(path)}


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=relative)


@each([path for path in MODULES if part(path) != "__init__"])
def test_imports_point_down(path: Path) -> None:
    here = part(path)
    assert here in RANK, f"give {here} a layer in this test"
    above = {name for name in imported_parts(path) if RANK[name] > RANK[here]}
    assert not above, f"{here} is below {above}"
    others = imported_parts(path) & WAYS_IN - {here}
    assert here not in WAYS_IN or not others, "the ways in never import each other"


@each([path for path in MODULES if part(path) in ALONE])
def test_what_is_self_contained_imports_no_other_part(path: Path) -> None:
    assert imported_parts(path) <= ALONE[part(path)]


@each(MODULES)
def test_each_library_has_one_door(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(path)}
    for library in roots & DOORS.keys():
        assert part(path) in DOORS[library], f"only {DOORS[library]} may import {library}"
    if part(path) in WITHOUT_FRAMEWORKS:
        assert not roots & FRAMEWORKS
    if part(path) != "management":
        assert "chatsite" not in roots, "chat knows its settings only through django.conf"


@each([path for path in MODULES if part(path) == "stream"])
def test_the_core_is_the_standard_library_and_itself(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(path)} - {"chat"}
    assert roots <= sys.stdlib_module_names
    assert not roots & {"asyncio", "socket", "threading", "time"}, "the core never waits"


@pytest.mark.parametrize(
    ("paths", "limit"),
    [([*MODULES, *SITE], MODULE), (CLAIMS, TESTS), (TEMPLATES, TEMPLATE), (SCRIPTS, SCRIPT)],
    ids=["modules", "tests", "templates", "scripts"],
)
def test_files_stay_small(paths: list[Path], limit: int) -> None:
    lines = {relative(path): len(path.read_text().splitlines()) for path in paths}
    too_long = {name: n for name, n in lines.items() if n > LARGER.get(name, limit)}
    assert not too_long


@each(PYTHON)
def test_functions_stay_small(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= FUNCTION, f"{node.name} has {lines} lines"


def test_no_module_is_named_after_a_drawer() -> None:
    drawers = {"utils", "helpers", "common", "services", "manager", "misc"}
    assert not [
        relative(path)
        for path in PYTHON
        if set(Path(relative(path)).with_suffix("").parts) & drawers
    ]
