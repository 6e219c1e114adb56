"""What is asked at each prompt and each heartbeat takes as long on an old site as on a new one."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from chat import recovery, sessions, taking
from chat.forms import Send, Stop
from chat.live import standing
from chat.models import Conversation, Generation, Outcome, Process

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by how much it has"),
]

# Whose entries grow with all that a person or a process has ever made.
GROWING = ("chat_generation_owner_id", "chat_conversation_owner_id")
# What is read through although it may be: there is one for each process, or one row.
SMALL = ("chat_process", "path", "CONSTANT")


class Planned:
    """Hears every statement, and asks SQLite how it would carry it out, with its parameters."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str]] = []

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            with connection.cursor() as cursor:
                # Past the wrapper that called this.
                cursor.cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
                self.steps += [(step, sql) for *_numbers, step in cursor.cursor.fetchall()]
        return execute(sql, params, many, context)

    def growing(self) -> list[tuple[str, str]]:
        """The steps that look at more rows the more there are, with their statements."""
        return [(step, sql) for step, sql in self.steps if looks_at_all(step, sql)]


def looks_at_all(step: str, sql: str) -> bool:
    """Whether a step of a plan reads through a table, or through an index that grows for ever."""
    if any(index in step for index in GROWING):
        return True
    scan = re.match(r"SCAN (\w+)", step)
    return scan is not None and "unfinished" not in step and table(scan[1], sql) not in SMALL


def table(name: str, sql: str) -> str:
    """What a name stands for in a statement: itself, if it is no other name of a table."""
    found = re.search(rf'"?(chat_\w+)"? (?:AS )?"?{name}\b', sql)
    return found[1] if found else name


@pytest.fixture
def process() -> Process:
    """This process."""
    return Process.objects.create()


@pytest.fixture
def asker() -> taking.Asker:
    """A person."""
    return taking.Asker(User.objects.create(username="ada").pk)


def prompt(process: Process, asker: taking.Asker, conversation_id: uuid.UUID) -> Generation:
    send = Send(key=uuid.uuid4(), model="demo", text="Hello")
    return taking.take(process, asker, conversation_id, send).accepted.generation


def test_a_plan_that_grows_is_noticed(process: Process) -> None:
    with connection.execute_wrapper(planned := Planned()):
        list(Generation.objects.filter(status="queued"))
        list(Generation.objects.filter(owner=process))
        list(Generation.objects.filter(pk=1))
        list(Process.objects.filter(pk__in=Generation.objects.values("owner")))
    assert len(planned.growing()) == 3


def test_a_prompt_and_a_stop_look_at_few_rows(process: Process, asker: taking.Asker) -> None:
    with connection.execute_wrapper(planned := Planned()):
        generation = prompt(process, asker, id := uuid.uuid4())
        taking.note_stop(asker.user_id, id, Stop())
        generation.finish(Outcome(status="stopped", finished_at=timezone.now()))
        prompt(process, asker, id)
    assert len(planned.steps) > 10
    assert planned.growing() == []


def test_a_heartbeat_looks_at_few_rows(process: Process, asker: taking.Asker) -> None:
    generation = prompt(process, asker, uuid.uuid4())
    with connection.execute_wrapper(planned := Planned()):
        process.beat({generation.pk: (0, [])})
        recovery.sweep(process, alone=False)
        recovery.sweep(process, alone=True)
        taking.take_up(process, {generation.pk})
        list(Process.objects.long_gone())
        standing.paths({generation.conversation_id})
        standing.owners([generation.conversation_id])
        standing.ended_among({generation.pk})
        sessions.ended_sessions({"somebody"})
    assert len(planned.steps) > 3
    assert planned.growing() == []


def test_what_runs_is_marked_in_a_list_by_looking_at_few_rows(asker: taking.Asker) -> None:
    with connection.execute_wrapper(planned := Planned()):
        list(Conversation.objects.for_user(asker.user_id).listed().with_running())
    running = [step for step, _sql in planned.steps if "U0" in step or "chat_generation" in step]
    assert running
    assert all("one_unfinished_generation" in step for step in running)
