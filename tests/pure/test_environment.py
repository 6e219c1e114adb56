"""Bad values in the environment stop the start with one sentence each; good ones are typed."""

import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from chatsite.environment import ROOT, VARIABLES, BadEnvironment, read
from tests.servers import manage

BAD = [
    ("SECRET_KEY", "too short"),
    ("DEBUG", "maybe"),
    ("HOST", "not a host"),
    ("HOST", "http://127.0.0.1"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "80 80"),
    ("PORT", "٨٠٠٠"),
    ("ALLOWED_HOSTS", "https://chat.example.org"),
    ("ALLOWED_HOSTS", "chat.example.org:8000"),
    ("ALLOWED_HOSTS", "chat.example.org,::1"),
    ("CSRF_TRUSTED_ORIGINS", "chat.example.org"),
    ("CSRF_TRUSTED_ORIGINS", "https://chat.example.org/"),
    ("CSRF_TRUSTED_ORIGINS", "https://chat.example.org/chat"),
    ("CSRF_TRUSTED_ORIGINS", "https://user@chat.example.org"),
    ("CSRF_TRUSTED_ORIGINS", "ftp://chat.example.org"),
    ("CSRF_TRUSTED_ORIGINS", "https://chat.example.org:port"),
    ("DATABASE_URL", "postgres"),
    ("DATABASE_URL", "mysql://user:hidden-word@host/name"),
    ("DATABASE_URL", "postgres://user:hidden-word@host/"),
    ("DATABASE_URL", "postgres://user:hidden-word@host:port/name"),
    ("DATABASE_URL", "sqlite://:memory:"),
    ("REDIS_URL", "127.0.0.1:6379"),
    ("REDIS_URL", "http://127.0.0.1:6379"),
    ("REDIS_URL", "redis://"),
    ("OPENAI_API_KEY", "ключ"),
    ("OPENAI_API_KEY", "two\nlines"),
    ("OPENAI_BASE_URL", "127.0.0.1:11434"),
    ("OPENAI_BASE_URL", "ftp://127.0.0.1"),
    ("OPENAI_BASE_URL", "http://"),
    ("OPENAI_BASE_URL", "http://127.0.0.1:99999/v1"),
    ("OPENAI_BASE_URL", "http://[::1/v1"),
    ("OPENAI_BASE_URL", "http://user:hidden-word@host/v1"),
    ("OPENAI_BASE_URL", "http://host/v1?key=hidden-word"),
    ("OPENAI_MODELS", "gpt-\x07"),
    ("OPENAI_SEND_REASONING", "sometimes"),
    ("DRAIN_SECONDS", "-1"),
    ("DRAIN_SECONDS", "soon"),
    ("DRAIN_SECONDS", "nan"),
    ("DRAIN_SECONDS", "3601"),
    ("SIGNUP", "everyone"),
    ("TITLES", "never"),
    ("LOG_FORMAT", "xml"),
    ("MCP_COMMANDS", "perhaps"),
]

# These are refused when they cannot be made, which is tried at the start.
DIRECTORIES = {"VAR_DIR", "FILES_DIR"}


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_with_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadEnvironment) as refused:
        read({"VAR_DIR": str(tmp_path), name: value})
    (problem,) = refused.value.problems
    assert re.fullmatch(rf"{name} must .+\.", problem)
    assert "hidden-word" not in problem


def test_every_variable_can_be_refused() -> None:
    assert {name for name, _ in BAD} == {*VARIABLES} - DIRECTORIES


def test_all_problems_are_printed_at_once_without_a_traceback(tmp_path: Path) -> None:
    bad = dict(BAD)
    result = manage(tmp_path, "check", **bad)
    assert result.returncode == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert [line.split()[0] for line in lines] == [name for name in VARIABLES if name in bad]


@pytest.mark.parametrize("name", sorted(DIRECTORIES))
def test_a_bad_directory_stops_the_start_too(tmp_path: Path, name: str) -> None:
    result = manage(tmp_path, "check", **{name: "/dev/null/var"})
    assert result.returncode == 2
    sentence = f"{name} must be a directory that can be written, not /dev/null/var."
    assert result.stderr.splitlines() == [sentence]


def test_a_database_file_in_a_directory_that_is_missing_stops_the_start_too(
    tmp_path: Path,
) -> None:
    missing = tmp_path / "missing"
    result = manage(tmp_path, "check", DATABASE_URL=f"sqlite:///{missing}/chat.sqlite3")
    assert result.returncode == 2
    sentence = f"DATABASE_URL must name a file in a directory that can be written, not {missing}."
    assert result.stderr.splitlines() == [sentence]


def test_nothing_set_gives_a_private_site_with_the_demo_model(tmp_path: Path) -> None:
    environment = read({"VAR_DIR": str(tmp_path)})
    assert not environment.debug
    assert environment.demo
    assert environment.signup == "invite"
    assert environment.public_url == "http://127.0.0.1:8000"
    assert environment.allowed_hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert environment.database["NAME"] == str(tmp_path / "chatsite.sqlite3")


def test_an_empty_value_is_an_unset_one(tmp_path: Path) -> None:
    unset = read({"VAR_DIR": str(tmp_path)})
    empty = dict.fromkeys(VARIABLES, " ")
    assert read({**empty, "VAR_DIR": str(tmp_path)}) == unset


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL"])
def test_a_key_or_an_address_replaces_the_demo_model(tmp_path: Path, name: str) -> None:
    assert not read({"VAR_DIR": str(tmp_path), name: "http://127.0.0.1:11434/v1"}).demo


def test_lists_are_trimmed_and_have_nothing_twice(tmp_path: Path) -> None:
    environment = read({"VAR_DIR": str(tmp_path), "OPENAI_MODELS": " a, b ,,a "})
    assert environment.openai_models == ["a", "b"]


@pytest.mark.parametrize(
    ("host", "url", "allowed"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000", None),
        ("192.168.1.5", "http://192.168.1.5:8000", "192.168.1.5"),
        ("[fd00::5]", "http://[fd00::5]:8000", "[fd00::5]"),
    ],
)
def test_the_address_it_listens_on_is_allowed(
    tmp_path: Path, host: str, url: str, allowed: str | None
) -> None:
    environment = read({"VAR_DIR": str(tmp_path), "HOST": host})
    assert environment.public_url == url
    assert environment.allowed_hosts[3:] == ([allowed] if allowed else [])


def test_postgres_and_a_relative_sqlite_file_are_understood(tmp_path: Path) -> None:
    postgres = "postgres://chat:p%40ss@db.example.org:5433/chat"
    database = read({"VAR_DIR": str(tmp_path), "DATABASE_URL": postgres}).database
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["PASSWORD"] == "p@ss"
    relative = read({"VAR_DIR": str(tmp_path), "DATABASE_URL": "sqlite:///var/x.sqlite3"})
    assert relative.database["NAME"] == str(ROOT / "var" / "x.sqlite3")


class Recorded(Mapping[str, str]):
    """An empty environment that knows what it was asked for."""

    def __init__(self, var: Path) -> None:
        self.names: list[str] = []
        self.var = var

    def __getitem__(self, name: str) -> str:
        self.names.append(name)
        if name == "VAR_DIR":
            return str(self.var)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_the_readme_lists_every_variable_that_is_read(tmp_path: Path) -> None:
    recorded = Recorded(tmp_path)
    read(recorded)
    rows = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert sorted(recorded.names) == sorted(VARIABLES) == sorted(rows)


def test_a_secret_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    show = "from django.conf import settings; print(settings.SECRET_KEY)"
    first, second = (manage(tmp_path, "shell", "-v0", "-c", show).stdout for _ in range(2))
    assert len(first.strip()) >= 50
    assert first == second
    kept = tmp_path / "secret_key"
    assert kept.read_text() == first.strip()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
