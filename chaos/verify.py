"""Compares a finished conversation with its rows, and both with what should have been said."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from chat import rendering

from .counts import Counts
from .drive import Room
from .outages import Plan
from .services import Harm
from .site import DRAIN_SECONDS, Site
from .tab import Tab
from .talk import UNFINISHED, Answer, Talk

SETTLE_SECONDS = 60.0
RELOGGED_SECONDS = 3.0
"""So long after an outage everything is in Redis again."""
STOP_SECONDS = 3.0
SAVED_SECONDS = 0.5
"""Two clocks differ by less."""
DRAINED = DRAIN_SECONDS - 1.0
"""A process that was told to end must have gone on with its answers for so long."""
ROWS = """
SELECT g.id, g.key::text AS key, g.status, g.message_id, m.text, p.name AS owner, c.leaf_id,
    extract(epoch FROM g.created_at)::float AS created,
    extract(epoch FROM g.finished_at)::float AS finished,
    extract(epoch FROM g.stop_requested_at)::float AS stop_requested, g.upstream_closed_ms,
    (SELECT count(*) FROM chaos_endings e WHERE e.generation = g.id) AS endings
FROM chat_generation g JOIN chat_message m ON m.id = g.message_id
JOIN chat_conversation c ON c.id = g.conversation_id LEFT JOIN chat_process p ON p.id = g.owner_id
WHERE g.conversation_id = %s ORDER BY g.id
"""
LAST = """
SELECT c.leaf_id, max(g.id) AS newest FROM chat_conversation c
JOIN chat_generation g ON g.message_id = c.leaf_id WHERE c.id = %s GROUP BY c.leaf_id
"""
Row = dict[str, Any]


@dataclass
class Times:
    """What took how long, in seconds or milliseconds; and what was excused."""

    kill_to_ending: list[float] = field(default_factory=list)
    stops: list[tuple[str, int, int, bool, bool]] = field(default_factory=list)
    """Tag, when it was sent and saved, whether elsewhere, whether nothing else was broken."""
    double_faults: int = 0
    statuses: dict[str, int] = field(default_factory=dict)


class Verifier:
    """Verifies one conversation after the other."""

    def __init__(self, site: Site, plan: Plan, counts: Counts, slowness: float) -> None:
        self._slowness = slowness
        self.times = Times()
        self.verified = 0
        self._site, self._plan, self._counts = site, plan, counts

    async def verify(self, room: Room) -> None:
        """Wait until the tabs of a conversation are at rest, and count what is wrong."""
        talk = room.talk
        settled = await self._settled(room)
        rows: list[Row] = await self._site.rows(ROWS, talk.id)
        self._check_commands(talk, rows)
        newest = {row["message_id"]: row for row in rows}
        for row in rows:
            answer = talk.answers.get(row["id"])
            status = row["status"]
            self.times.statuses[status] = self.times.statuses.get(status, 0) + 1
            self._check_ending(talk, row, answer)
            if answer is not None and newest[row["message_id"]] is row:
                self._check_text(talk, row, answer)
        self._check_tabs(room, newest, settled)
        self.verified += 1

    async def _settled(self, room: Room) -> bool:
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                while True:
                    found = await self._site.rows(LAST, room.talk.id)
                    last = (found[0]["leaf_id"], found[0]["newest"]) if found else None
                    if all(_at_rest(tab, last) for tab in room.tabs):
                        return True
                    await asyncio.sleep(0.5)
        except TimeoutError:
            return False

    def _check_commands(self, talk: Talk, rows: list[Row]) -> None:
        known = {row["id"] for row in rows}
        for id in talk.answers.keys() - known:
            self._note("commands without an answer", f"generation {id} has no row", talk)
        for row in rows:
            if row["key"] not in talk.asked:
                self._note("keys that asked twice", f"nobody asked {row['key']}", talk)

    def _check_ending(self, talk: Talk, row: Row, answer: Answer | None) -> None:
        id, status = row["id"], row["status"]
        if status in UNFINISHED:
            self._note("answers without an ending", f"generation {id} is {status}", talk)
            return
        told = (answer.endings if answer else set()) | {status}
        if row["endings"] != 1 or len(told) > 1:
            what = f"generation {id}: {row['endings']} in the database, tabs saw {sorted(told)}"
            self._note("generations with two endings", what, talk)
        harms = self._harms(row)
        if status not in ("complete", "stopped", "interrupted"):
            self._note("answers cut without a cause", f"generation {id} is {status}", talk)
        if status == "interrupted" and not any(_is_cause(harm, row) for harm in harms):
            self._note("answers cut without a cause", f"generation {id} by {row['owner']}", talk)
        killed = [harm for harm in harms if harm.how == "killed"]
        if status == "interrupted" and killed:
            self.times.kill_to_ending.append(row["finished"] - killed[-1].at)
        if answer is not None and answer.stop is not None:
            self._check_stop(talk, row, answer, harms)

    def _check_stop(self, talk: Talk, row: Row, answer: Answer, harms: list[Harm]) -> None:
        id, stop = row["id"], answer.stop
        assert stop is not None
        if row["status"] == "stopped" and row["upstream_closed_ms"] is None and not harms:
            self._note("stop receipts missing", f"generation {id}: stopped without one", talk)
        late = row["stop_requested"] and row["finished"] - row["stop_requested"] > self._late
        broken = self._away("redis", stop.since) or self._away("postgres", stop.since)
        if late and not harms and not broken:
            seconds = row["finished"] - row["stop_requested"]
            self._note("stop receipts missing", f"generation {id}: after {seconds:.1f} s", talk)
        if row["status"] == "stopped" and not harms:
            _, port = self._site.owner(row["owner"])
            elsewhere = port != stop.port
            saved = stop.at + round((row["finished"] - stop.since + SAVED_SECONDS) * 1e9)
            self.times.stops.append((answer.asked.tag, stop.at, saved, elsewhere, not broken))

    def _check_text(self, talk: Talk, row: Row, answer: Answer) -> None:
        text, expected = row["text"], answer.asked.expected
        what = f"generation {row['id']} ({row['status']}) as saved"
        if row["status"] == "complete":
            self._counts.compare(text, expected, what, talk.name)
        elif not expected.startswith(text):
            self._counts.compare(text, expected[: len(text)], what, talk.name)
        shown = self._promised(row, answer)
        if shown > len(text):
            why = f"{what} has {len(text)} characters, {shown} had been shown"
            self._note("lost characters", why, talk, by=shown - len(text))

    def _promised(self, row: Row, answer: Answer) -> int:
        """The most characters that any process showed, if all that is shown was logged."""
        harms = [harm for harm in self._harms(row) if harm.how in ("killed", "stopped")]
        if harms and self._was_without_log(harms[0].at, row["finished"]):
            self.times.double_faults += 1
            return 0
        return answer.shown

    def _was_without_log(self, died: float, finished: float) -> bool:
        """Whether Redis had not all of the log when its writer died, or when it was taken over."""
        away = self._plan.away("redis", died - RELOGGED_SECONDS, died)
        lost = self._plan.away("redis", died, finished, loses=True)
        return away or lost or self._plan.away("redis", finished - 3, finished)

    def _check_tabs(self, room: Room, newest: dict[int, Row], settled: bool) -> None:
        talk = room.talk
        for number, tab in enumerate(room.tabs):
            if not settled and (tab.running or not tab.whole or tab.outbox):
                what = f"tab {number} at {tab.served_by}: whole={tab.whole} running={tab.running}"
                self._disagree(talk, f"{what} outbox={list(tab.outbox.values())}")
            for id, shown in tab.page.answers.items():
                row = newest.get(id)
                if row is None or (shown.html, shown.status) != (
                    rendering.render(row["text"]) if row["text"] else "",
                    row["status"],
                ):
                    of = f"message {id} of tab {number} at {tab.served_by}"
                    has = f"{len(shown.html)} characters of HTML, {shown.status}"
                    self._disagree(talk, f"{of}: {has}; row: {row and row['status']}")
            leaf = next(iter(newest.values()))["leaf_id"] if newest else None
            if leaf is not None and leaf not in tab.page.answers:
                self._disagree(talk, f"tab {number} at {tab.served_by} does not show the leaf")

    def _disagree(self, talk: Talk, what: str) -> None:
        self._note("tabs that disagree with the row", what, talk)

    def _harms(self, row: Row) -> list[Harm]:
        pid, _ = self._site.owner(row["owner"])
        return self._site.harms(pid, row["created"], row["finished"] or row["created"] + 1e6)

    def _away(self, service: str, at: float) -> bool:
        return self._plan.away(service, at - 5, at + self._late)

    @property
    def _late(self) -> float:
        """After how many seconds a stop comes late."""
        return STOP_SECONDS * self._slowness

    def _note(self, goal: str, what: str, talk: Talk, by: int = 1) -> None:
        talk.tell(f"{goal}: {what}")
        self._counts.note(goal, what, talk.name, by)


def _is_cause(harm: Harm, row: Row) -> bool:
    return harm.how != "terminated" or row["finished"] - harm.at > DRAINED


def _at_rest(tab: Tab, last: tuple[int, int] | None) -> bool:
    """Whether a tab waits for nothing; `last` are the leaf and the generation that wrote it.

    News that was lost is made up for within seconds.
    """
    if not tab.whole or tab.running is not None or tab.outbox:
        return False
    if last is None:
        return True
    leaf, generation = last
    shown = tab.page.answers.get(leaf)
    return shown is not None and shown.generation == generation and shown.status not in UNFINISHED
