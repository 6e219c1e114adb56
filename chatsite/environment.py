"""Every setting that comes from the environment: read here once, typed, refused with a sentence."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import dj_database_url

from chatsite import values
from chatsite.values import ROOT as ROOT

Value = TypeVar("Value")

LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
VARIABLES = (
    "VAR_DIR FILES_DIR HOST PORT SECRET_KEY DEBUG ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS DATABASE_URL "
    "REDIS_URL OPENAI_API_KEY OPENAI_BASE_URL OPENAI_MODELS OPENAI_SEND_REASONING "
    "DRAIN_SECONDS SIGNUP TITLES LOG_FORMAT MCP_COMMANDS"
).split()
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104


class BadEnvironment(Exception):
    """Some values cannot be used; `problems` holds one sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings of this process; an empty text or list where nothing was set."""

    var: Path
    files: Path
    host: str
    port: int
    secret_key: str
    debug: bool
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    database: dj_database_url.DBConfig
    redis_url: str
    openai_api_key: str
    openai_base_url: str
    openai_models: list[str]
    openai_send_reasoning: values.SendReasoning
    drain_seconds: float
    signup: values.Signup
    titles: values.Titles
    log_format: values.LogFormat
    mcp_commands: bool
    mcp: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def demo(self) -> bool:
        """Whether the built-in demo model answers, because no other is configured."""
        return not (self.openai_api_key or self.openai_base_url)

    @property
    def public_url(self) -> str:
        """The address of the site as people type it, without a slash at the end."""
        for origin in self.csrf_trusted_origins:
            if "*" not in origin:
                return origin
        host = "127.0.0.1" if self.host in EVERY_ADDRESS else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def load() -> Environment:
    """Return the process's settings, or print every problem and exit with status 2."""
    try:
        environment = read(os.environ)
        _make("VAR_DIR", environment.var)
        _make("FILES_DIR", environment.files)
        _require_place(environment.database)
        return environment
    except BadEnvironment as bad:
        for problem in bad.problems:
            sys.stderr.write(f"{problem}\n")
        raise SystemExit(2) from None


def read(variables: Mapping[str, str]) -> Environment:
    """Return the settings in `variables`; raise BadEnvironment with all problems at once."""
    reader = _Reader(variables)
    var = reader.get("VAR_DIR", values.directory, str(ROOT / "var"))
    host = reader.get("HOST", values.listen_host, "127.0.0.1")
    environment = Environment(
        var=var,
        files=reader.get("FILES_DIR", values.directory, str(var / "files")),
        host=host,
        port=reader.get("PORT", values.port, "8000"),
        secret_key=reader.get("SECRET_KEY", values.secret_key, ""),
        debug=reader.get("DEBUG", values.boolean, "false"),
        allowed_hosts=reader.get("ALLOWED_HOSTS", values.allowed_hosts, _own_names(host)),
        csrf_trusted_origins=reader.get("CSRF_TRUSTED_ORIGINS", values.origins, ""),
        database=reader.get(
            "DATABASE_URL", values.database, f"sqlite:///{quote(str(var))}/chatsite.sqlite3"
        ),
        redis_url=reader.get("REDIS_URL", values.redis_url, ""),
        openai_api_key=reader.get("OPENAI_API_KEY", values.api_key, ""),
        openai_base_url=reader.get("OPENAI_BASE_URL", values.base_url, ""),
        openai_models=reader.get("OPENAI_MODELS", values.models, ""),
        openai_send_reasoning=reader.get("OPENAI_SEND_REASONING", values.send_reasoning, "auto"),
        drain_seconds=reader.get("DRAIN_SECONDS", values.seconds, "30"),
        signup=reader.get("SIGNUP", values.signup, "invite"),
        titles=reader.get("TITLES", values.titles, "model"),
        log_format=reader.get("LOG_FORMAT", values.log_format, "text"),
        mcp_commands=reader.get("MCP_COMMANDS", values.boolean, "false"),
        mcp={name: text for name in variables if (text := _for_mcp(name, variables))},
    )
    if reader.problems:
        raise BadEnvironment(reader.problems)
    return environment


def _for_mcp(name: str, variables: Mapping[str, str]) -> str:
    """What MCP servers may be given of a variable."""
    mine = name.startswith("MCP_") and name not in VARIABLES
    return variables[name].strip() if mine else ""


class _Reader:
    """Parses variables one by one and keeps the problems, instead of stopping at the first."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.problems: list[str] = []

    def get(self, name: str, parse: Callable[[str], Value], default: str) -> Value:
        try:
            return parse(self.variables.get(name, "").strip() or default)
        except ValueError as error:
            self.problems.append(f"{name} {error}")
            return parse(default)


def _make(name: str, path: Path) -> None:
    """Make a directory of the site's data; raise BadEnvironment if it cannot be written."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        writable = os.access(path, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        raise BadEnvironment([f"{name} must be a directory that can be written, not {path}."])


def _require_place(database: Mapping[str, Any]) -> None:
    """Raise BadEnvironment if SQLite cannot make its file, nor the ones it keeps beside it."""
    directory = Path(database["NAME"]).parent
    if database["ENGINE"] == values.SQLITE and not os.access(directory, os.W_OK):
        raise BadEnvironment(
            [f"DATABASE_URL must name a file in a directory that can be written, not {directory}."]
        )


def _own_names(host: str) -> str:
    """Return the names by which this machine is surely meant, and the one it listens on."""
    if host in EVERY_ADDRESS:
        return ",".join(LOOPBACK)
    return ",".join([*LOOPBACK, f"[{host}]" if ":" in host else host])
