"""A served site as a test sees it: its people, the rows in its database, and what it logged."""

import asyncio
import contextlib
import functools
import itertools
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore

from tests import servers

from .rows import rows_of, scaled

# One process by itself, also where TEST_DATABASE_URL and TEST_REDIS_URL name servers.
ALONE = {"DATABASE_URL": "", "REDIS_URL": ""}
PASSWORD = "correct horse battery staple"
COMPLAINT = re.compile(
    r"\b(WARNING|ERROR|CRITICAL)\b|Traceback|Unhandled|never (awaited|retrieved)"
)
WARNING = re.compile(r"^\S+ \S+ WARNING ")

_numbers = itertools.count(1)


@dataclass
class Person:
    """Somebody who is signed in, in one browser."""

    served: "Served"
    id: int
    name: str
    session: str

    @property
    def cookie(self) -> str:
        return f"sessionid={self.session}"

    def browser(self) -> httpx2.AsyncClient:
        """A client with the person's cookie; follows no redirects."""
        return httpx2.AsyncClient(
            base_url=self.served.server.url,
            headers={"Cookie": self.cookie},
            trust_env=False,
            timeout=servers.PATIENCE,
        )

    def again(self) -> "Person":
        """The same person in another browser."""
        return Person(self.served, self.id, self.name, self.served.sign_in(self.id))


class Served:
    """A running server with its rows, which are read beside it and never through it."""

    def __init__(self, server: servers.Server) -> None:
        self.server = server
        self._rows = rows_of(server)
        self._heard = 0

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """The rows that a query gives, on a connection of its own."""
        return self._rows.rows(query, *values)

    def row(self, query: str, *values: Any) -> dict[str, Any]:
        """The only row that a query gives."""
        (row,) = self.rows(query, *values)
        return row

    def change(self, query: str, *values: Any) -> int:
        """Change rows behind the server's back; gives the id of an inserted one."""
        return self._rows.change(query, *values)

    def away(self) -> contextlib.AbstractContextManager[None]:
        """The database, gone for a while."""
        return self._rows.away()

    def generation(self, id: int) -> dict[str, Any]:
        """The row of a generation."""
        return self.row("SELECT * FROM chat_generation WHERE id = ?", id)

    def message(self, id: int) -> dict[str, Any]:
        """The row of a message."""
        return self.row("SELECT * FROM chat_message WHERE id = ?", id)

    def generations(self, conversation: uuid.UUID) -> list[dict[str, Any]]:
        """The rows of a conversation's generations, oldest first."""
        query = "SELECT * FROM chat_generation WHERE conversation_id = ? ORDER BY id"
        return self.rows(query, conversation.hex)

    def person(self, name: str = "alice") -> Person:
        """A new person whose name begins with `name`, signed in."""
        name = f"{name}-{next(_numbers)}"
        id = self.change(
            "INSERT INTO auth_user (username, password, email, first_name, last_name,"
            " is_superuser, is_staff, is_active, date_joined)"
            " VALUES (?, ?, '', '', '', FALSE, FALSE, TRUE, ?)",
            name,
            password_hash(),
            _text(datetime.now(UTC)),
        )
        return Person(self, id, name, self.sign_in(id))

    def sign_in(self, user_id: int, days: float = 14) -> str:
        """A new session of a person, as their browser's cookie names it."""
        row = self.row("SELECT * FROM auth_user WHERE id = ?", user_id)
        content = {
            "_auth_user_id": str(user_id),
            "_auth_user_backend": settings.AUTHENTICATION_BACKENDS[0],
            "_auth_user_hash": User(password=row["password"]).get_session_auth_hash(),
        }
        key = uuid.uuid4().hex
        self.change(
            "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (?, ?, ?)",
            key,
            SessionStore().encode(content),
            _text(datetime.now(UTC) + timedelta(days=days)),
        )
        return key

    def forget(self, conversation: uuid.UUID) -> None:
        """Delete a conversation's rows behind the server's back."""
        checkpoints = "DELETE FROM chat_checkpoint WHERE generation_id IN"
        # Together: a heartbeat between two of them would save what none of them deletes.
        self._rows.change_all(
            f"{checkpoints} (SELECT id FROM chat_generation WHERE conversation_id = ?)",  # noqa: S608
            "DELETE FROM chat_generation WHERE conversation_id = ?",
            "UPDATE chat_conversation SET leaf_id = NULL WHERE id = ?",
            "DELETE FROM chat_message WHERE conversation_id = ?",
            "DELETE FROM chat_conversation WHERE id = ?",
            value=conversation.hex,
        )

    async def token(self, browser: httpx2.AsyncClient) -> str:
        """The CSRF token of the page in a browser, which keeps the cookie."""
        page = (await browser.get("/")).text
        (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        browser.headers["Cookie"] += f"; csrftoken={browser.cookies['csrftoken']}"
        browser.cookies.clear()
        return str(token)

    def complaints(self, *, warnings: bool) -> list[str]:
        """What it has logged since the last call, from the first problem on.

        Warnings are problems, or are not.
        """
        text = self.server.text()
        new, self._heard = text[self._heard :].splitlines(), len(text)
        for number, line in enumerate(new):
            if COMPLAINT.search(line) and (warnings or not WARNING.search(line)):
                return new[number : number + 60]
        return []


@functools.cache
def password_hash() -> str:
    """PASSWORD as a row holds it: made once, for it takes its time."""
    return PBKDF2PasswordHasher().encode(PASSWORD, "tests")


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


@contextlib.contextmanager
def serve(empty: Path, **variables: str) -> Iterator[Served]:
    """A site with a copy of the `empty` directory; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="chatsite-tab-") as directory, scaled() as others:
        var = Path(directory)
        shutil.copytree(empty, var, dirs_exist_ok=True)
        server = servers.Server(var, SECRET_KEY=settings.SECRET_KEY, **{**others, **variables})
        try:
            server.start()
            yield Served(server)
        finally:
            if server.process and server.process.poll() is None:
                server.kill()


async def raw(served: Served, request: bytes) -> bytes:
    """What the server answers to these bytes, until it closes or says nothing for a second."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.server.port)
    writer.write(request)
    answer = b""
    with contextlib.suppress(TimeoutError, ConnectionError):
        while piece := await asyncio.wait_for(reader.read(65536), 1):
            answer += piece
    writer.close()
    return answer
