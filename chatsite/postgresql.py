"""PostgreSQL, asked whether it is there before anything is begun that cannot be without it."""

import sys
import time
from typing import Any

from django.db import connection

CONNECT_SECONDS = 4
AGAIN_SECONDS = 0.5


def require(patience_seconds: float = 0) -> None:
    """Return once the database lets us in; else say why on stderr, and exit with status 1.

    It is tried for `patience_seconds`, as it may be restarting. Without PostgreSQL all is well.
    """
    if connection.vendor != "postgresql":
        return
    # Its pool would only say that there was no connection in time, and would log every try.
    parameters: dict[str, Any] = connection.get_connection_params()
    until = time.monotonic() + patience_seconds
    while problem := _problem(parameters):
        if time.monotonic() > until:
            where = _place(parameters)
            sys.stderr.write(f"DATABASE_URL names {where}, which cannot be used: {problem}.\n")
            raise SystemExit(1)
        time.sleep(AGAIN_SECONDS)


def _problem(parameters: dict[str, Any]) -> str:
    """Why PostgreSQL does not let us in; "" if it does."""
    import psycopg  # which a site on SQLite never needs

    try:
        psycopg.connect(**parameters, connect_timeout=CONNECT_SECONDS).close()
    except psycopg.OperationalError as error:
        first = str(error).partition("\n")[0].rpartition("failed: ")[2]
        return first.removeprefix("FATAL:").strip(" .") or "no answer"
    return ""


def _place(parameters: dict[str, Any]) -> str:
    host = parameters.get("host")
    return f"PostgreSQL at {host}:{parameters.get('port', 5432)}" if host else "a local PostgreSQL"
