"""Three app processes on PostgreSQL and Redis, as tests use them: tabs on each of them."""

import signal
from dataclasses import dataclass
from typing import Any, cast

from chaos.services import App
from chaos.site import Site

from .served import Person, Served


@dataclass
class Door:
    """The address of one process."""

    url: str
    ws_url: str


@dataclass
class Entrance:
    """One process as a person's browser knows it."""

    server: Door


class Cluster:
    """A running site and its people."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._people = iter(enumerate(site.sessions))

    def people(self) -> list[Person]:
        """One new person, signed in, as known at each of the processes."""
        number, session = next(self._people)
        return [
            Person(cast(Served, Entrance(_door(app))), number, f"person-{number}", session)
            for app in self.site.apps
        ]

    async def generation(self, id: int) -> dict[str, Any]:
        """The row of a generation with the text of its message and how often it ended."""
        (row,) = await self.site.rows(
            "SELECT g.*, m.text, (SELECT count(*) FROM chaos_endings e WHERE e.generation = g.id)"
            " AS endings FROM chat_generation g JOIN chat_message m ON m.id = g.message_id"
            " WHERE g.id = %s",
            id,
        )
        return row

    async def heal(self) -> None:
        """Start what a test has ended."""
        for service in (self.site.postgres, self.site.redis):
            if not service.running:
                service.start()
        await self.site.database_ready()
        await self.site.redis_ready()
        for app in self.site.apps:
            if not app.steady:
                await app.end(signal.SIGKILL)
                app.start()
            await app.ready()


def _door(app: App) -> Door:
    return Door(f"http://127.0.0.1:{app.port}", f"ws://127.0.0.1:{app.port}")
