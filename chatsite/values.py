"""Parsers from the text of one environment variable to its value.

Each raises ValueError with the rest of a sentence that begins with the variable's name, and never
repeats a text that may hold a password.
"""

import ipaddress
import re
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

import dj_database_url

Signup = Literal["open", "invite", "closed"]
Titles = Literal["model", "prompt"]
LogFormat = Literal["text", "json"]
SendReasoning = Literal["auto", "tools", "never"]

ROOT = Path(__file__).resolve().parent.parent
TRUE = ("1", "true", "yes", "on")
FALSE = ("0", "false", "no", "off")
NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.(?!-)[A-Za-z0-9_-]{1,63})*\.?")
SQLITE = "django.db.backends.sqlite3"
ENGINES = (SQLITE, "django.db.backends.postgresql")


def boolean(text: str) -> bool:
    if text.lower() not in TRUE + FALSE:
        raise ValueError(f"must be true or false, not {text!r}.")
    return text.lower() in TRUE


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise ValueError(f"must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 3600:
        raise ValueError(f"must be a number of seconds from 0 to 3600, not {text!r}.")
    return value


def signup(text: str) -> Signup:
    match text:
        case "open" | "invite" | "closed":
            return text
    raise ValueError(f"must be open, invite or closed, not {text!r}.")


def log_format(text: str) -> LogFormat:
    match text:
        case "text" | "json":
            return text
    raise ValueError(f"must be text or json, not {text!r}.")


def titles(text: str) -> Titles:
    match text:
        case "model" | "prompt":
            return text
    raise ValueError(f"must be model or prompt, not {text!r}.")


def send_reasoning(text: str) -> SendReasoning:
    match text:
        case "auto" | "tools" | "never":
            return text
    raise ValueError(f"must be auto, tools or never, not {text!r}.")


def words(text: str) -> list[str]:
    return list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def models(text: str) -> list[str]:
    if not text.isprintable():
        raise ValueError("must be names of models with commas between.")
    return words(text)


def directory(text: str) -> Path:
    return Path(text).expanduser().absolute()


def secret_key(text: str) -> str:
    if text and len(text) < 32:
        raise ValueError(
            "must have at least 32 characters, or be unset: then one is made and kept."
        )
    return text


def api_key(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("must have printable ASCII characters only.")
    return text


def listen_host(text: str) -> str:
    """Return an address or host name to listen on, an IPv6 address without brackets."""
    host = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if not (_is_address(host) or NAME.fullmatch(host)):
        raise ValueError(f"must be an address or a host name to listen on, not {text!r}.")
    return host


def allowed_hosts(text: str) -> list[str]:
    hosts = words(text)
    for host in hosts:
        name = host.removeprefix(".")
        bare = name[1:-1] if name.startswith("[") and name.endswith("]") else name
        if not (host == "*" or NAME.fullmatch(name) or (bare != name and _is_address(bare))):
            raise ValueError(
                f"must be host names without scheme or port, separated by commas, not {host!r}."
            )
    return hosts


def origins(text: str) -> list[str]:
    found = words(text)
    for origin in found:
        parts = _split(origin)
        if parts is None or origin != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
            raise ValueError(
                f"must be origins like https://chat.example.org and commas, not {origin!r}."
            )
    return found


def base_url(text: str) -> str:
    parts = _split(text) if text else None
    if text and (parts is None or parts.query or parts.fragment or "@" in parts.netloc):
        raise ValueError("must be an http or https address like http://127.0.0.1:11434/v1.")
    return text.rstrip("/")


def redis_url(text: str) -> str:
    if text and _split(text, ("redis", "rediss", "unix")) is None:
        raise ValueError("must be an address like redis://127.0.0.1:6379/0.")
    return text


def database(text: str) -> dj_database_url.DBConfig:
    complaint = (
        "must be like sqlite:////srv/chatsite.sqlite3 or postgres://user:password@host/name."
    )
    try:
        config = dj_database_url.parse(text)
    except ValueError:
        raise ValueError(complaint) from None
    if config.get("ENGINE") not in ENGINES or config.get("NAME") in (None, "", ":memory:"):
        raise ValueError(complaint)
    if config["ENGINE"] == SQLITE:
        config["NAME"] = str(ROOT / config["NAME"])
    return config


def _split(text: str, schemes: tuple[str, ...] = ("http", "https")) -> SplitResult | None:
    """Return the parts of an address that can be used, else None."""
    try:
        parts = urlsplit(text)
        reachable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    if parts.scheme == "unix":
        reachable = bool(parts.path)
    return parts if parts.scheme in schemes and reachable else None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
