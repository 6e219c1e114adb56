"""Connections to the database: tuned, pooled, and given back by sockets, tasks and pages."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests import servers

from .conftest import eventually
from .model import Model
from .page import visit
from .rows import fresh
from .served import ALONE, Served, serve

POOL = 16
# What vacuums a database is connected to it too.
CLIENTS = "FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
TELL = """
import json, sqlite3
from django.db import connection, transaction
def ask(pragma):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {pragma}").fetchone()[0]
told = {name: ask(name) for name in ("journal_mode", "synchronous", "busy_timeout")}
with transaction.atomic():
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        told["other"] = str(error)
    other.close()
print(json.dumps(told))
"""


RUNNING = """
import threading, uuid
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from chat.models import Ask, Conversation, Outcome, Process, branches
from chat.models.process import Checkpoint
process = Process.objects.create(name="here")
conversation = Conversation.objects.create(owner=User.objects.create_user("alice"))
def ask():
    return conversation.send(Ask(uuid.uuid4(), "demo", process), "Hello").generation
def end(generation):
    generation.finish(Outcome(status="complete", text="Hi", finished_at=timezone.now()))
    connection.close()
"""
# An answer ends, but the commit takes its time; meanwhile the heartbeat comes to save the answer.
ENDING = """
generation = ask()
process.beat({generation.pk: (0, [])})
def beat():
    process.beat({generation.pk: (0, [{"kind": "text", "text": "Hi"}])})
    connection.close()
beating = threading.Thread(target=beat)
with transaction.atomic():
    generation.finish(Outcome(status="complete", text="Hi", finished_at=timezone.now()))
    beating.start()
    beating.join(2)
beating.join()
print(Checkpoint.objects.count())
"""
# Somebody cuts an answer off that ends meanwhile.
CUTTING = """
end(ask())
generation = ask()
ending = threading.Thread(target=end, args=[generation])
with transaction.atomic():
    conversation = Conversation.objects.select_for_update().get(pk=conversation.pk)
    ending.start()
    ending.join(2)
    branches.prune(conversation, generation.message_id)
ending.join()
print(conversation.generations.unfinished().count())
"""


# Somebody asks in a conversation while another command has it.
HOLDING = """
from chat.models.rows import held
order = []
def hold():
    with transaction.atomic():
        order.append(held(Conversation, conversation.pk).title)
    connection.close()
waiting = threading.Thread(target=hold)
with transaction.atomic():
    held(Conversation, conversation.pk)
    waiting.start()
    waiting.join(1)
    Conversation.objects.update(title="after")
waiting.join()
print(*order)
"""


def test_sqlite_is_tuned(empty: Path) -> None:
    told = servers.manage(empty, "shell", "-v0", "-c", TELL)
    assert json.loads(told.stdout) == {
        "journal_mode": "wal",
        "synchronous": 1,  # normal
        "busy_timeout": 20_000,
        "other": "database is locked",
    }


async def test_pages_leave_no_file_of_the_database_open(empty: Path, model: Model) -> None:
    with serve(empty, OPENAI_BASE_URL=model.base_url, **ALONE) as served:
        process = served.server.process
        assert process is not None
        before = 0
        async with served.person("alice").browser() as browser:
            for n in range(60):
                assert (await browser.get("/")).status_code == 200
                if n == 9:
                    before = _open_databases(process.pid)
        assert before and _open_databases(process.pid) <= before


def _open_databases(pid: int) -> int:
    """How many files of SQLite's a process has open."""
    files = Path(f"/proc/{pid}/fd").iterdir()
    return sum(".sqlite3" in str(file.readlink()) for file in files if file.is_symlink())


@pytest.mark.parametrize("meanwhile", [ENDING, CUTTING], ids=["checkpoint", "cut"])
def test_what_happens_while_an_answer_ends_neither_leaves_rows_nor_ends_in_a_deadlock(
    meanwhile: str, tmp_path: Path, postgres_url: str
) -> None:
    script, url = RUNNING + meanwhile, fresh(postgres_url)
    told = servers.manage(tmp_path, "shell", "-v0", "-c", script, DATABASE_URL=url)
    assert (told.stdout.strip(), told.stderr) == ("0", "")


def test_a_row_that_is_held_is_waited_for(tmp_path: Path, postgres_url: str) -> None:
    url = fresh(postgres_url)
    told = servers.manage(tmp_path, "shell", "-v0", "-c", RUNNING + HOLDING, DATABASE_URL=url)
    assert (told.stdout.strip(), told.stderr) == ("after", "")


def test_rows_and_searches_are_right_on_postgresql_too(postgres_url: str) -> None:
    """What is said in SQL of its own is tried on both databases; triggers are SQLite's."""
    files = [f"tests/pure/test_{name}.py" for name in ("rows", "search")]
    environment = {**os.environ, "TEST_DATABASE_URL": fresh(postgres_url)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-k", "not triggers", *files]
    told = subprocess.run(
        command, cwd=servers.ROOT, env=environment, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stdout


class Sessions:
    """What PostgreSQL knows about the connections of clients to one database."""

    def __init__(self, url: str) -> None:
        self._server = urlunsplit(urlsplit(url)._replace(path="/postgres"))
        self._database = urlsplit(url).path[1:]

    def begun(self) -> int:
        """How many there have ever been."""
        return self._ask("SELECT sessions FROM pg_stat_database WHERE datname = %s")

    def open(self) -> int:
        """How many there are."""
        return self._ask(f"SELECT count(*) {CLIENTS}")

    def at_work(self) -> int:
        """How many have a transaction or a query open."""
        return self._ask(f"SELECT count(*) {CLIENTS} AND state <> 'idle'")

    def end(self) -> None:
        """End them all; returns when they are gone, so that none dies only when it is used."""
        self._ask(f"SELECT count(pg_terminate_backend(pid, 30000)) {CLIENTS}")

    def _ask(self, query: str) -> int:
        with psycopg.connect(self._server) as connection:
            row = connection.execute(query.encode(), [self._database]).fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture
def pooled(empty: Path, postgres_url: str, model: Model) -> Iterator[tuple[Served, Sessions]]:
    """A site on PostgreSQL and Redis."""
    url = fresh(postgres_url)
    with servers.redis() as redis:
        variables = {"DATABASE_URL": url, "REDIS_URL": redis, "OPENAI_BASE_URL": model.base_url}
        with serve(empty, **variables) as served:
            yield served, Sessions(url)


async def test_postgresqls_connections_are_pooled_and_given_back(
    pooled: tuple[Served, Sessions],
) -> None:
    served, sessions = pooled
    people = [served.person() for _ in range(10)]
    for person in people:  # whatever begins late has begun
        async with visit(person) as tab:
            assert (await tab.finished("list rate=0"))["status"] == "complete"
    assert 0 < sessions.open() <= POOL
    before = sessions.begun()

    async def come_and_go(number: int) -> None:
        for again in range(20):
            async with visit(people[number]) as tab:
                if again % 8 == 0:
                    assert (await tab.finished("list rate=0"))["status"] == "complete"
                elif again % 8 == 4:
                    await tab.ask("list rate=0")
                    tab.vanish()

    for pair in range(0, 10, 2):
        await asyncio.gather(come_and_go(pair), come_and_go(pair + 1))
    await eventually(lambda: sessions.at_work() == 0, "every transaction's end")
    assert sessions.open() <= POOL
    assert sessions.begun() - before <= POOL, "the connections are kept in a pool"
    assert not served.complaints(warnings=True)


async def test_a_lost_connection_to_postgresql_is_replaced(
    pooled: tuple[Served, Sessions],
) -> None:
    served, sessions = pooled
    person = served.person()
    async with visit(person) as tab:
        await tab.finished("list rate=0")
        sessions.end()
        async with person.browser() as browser:
            assert (await browser.get("/")).status_code == 200
        assert (await tab.finished("list rate=0"))["status"] == "complete"
    assert not [line for line in served.server.text().splitlines() if re.search("ERROR", line)]
    assert sessions.open() <= POOL
