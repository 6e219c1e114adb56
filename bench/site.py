"""Chatsite itself: `manage.py serve` in a directory of its own, and its tabs."""

import asyncio
import json
import sqlite3
import subprocess
import uuid
from contextlib import closing
from pathlib import Path

from bench import websocket
from bench.model import Prompt
from bench.page import difference
from bench.process import Process, environment, free_port, python

DELTA, END = b'{"type":"delta"', b'{"type":"end"'
POSITION = b'"position":'
PATIENCE = 60.0


class Tab:
    """One connection to one conversation: every frame it got, and when."""

    def __init__(self, conversation: uuid.UUID) -> None:
        self.conversation = conversation
        self.frames: list[tuple[int, bytes]] = []
        self.more = asyncio.Event()
        self.first = asyncio.Event()
        self.snapshot = asyncio.Event()
        self.ended = asyncio.Event()
        self.notice = ""
        self.socket: websocket.WebSocket

    def take(self, frame: bytes, now: int) -> None:
        """Keep a frame; what it says is read after the measurement."""
        self.frames.append((now, frame))
        self.more.set()
        if frame.startswith(DELTA):
            self.first.set()
        elif frame.startswith(b'{"type":"snapshot"'):
            self.snapshot.set()
        elif frame.startswith(END):
            self.ended.set()
        elif frame.startswith(b'{"type":"notice"'):
            self.notice = frame.decode()
            self.ended.set()
            self.first.set()

    @property
    def bytes(self) -> int:
        """Bytes of all frames."""
        return sum(len(frame) for _, frame in self.frames)


class SiteAnswer:
    """An answer in a new conversation of its own."""

    def __init__(self, tab: Tab, prompt: Prompt) -> None:
        self.tab, self.prompt = tab, prompt
        self._sent = 0
        self.first = tab.first

    @property
    def sent(self) -> int:
        """When the prompt was sent."""
        return self._sent

    def send(self) -> None:
        """Send the prompt."""
        command = {"type": "send", "key": str(uuid.uuid4()), "text": self.prompt.text}
        self._sent = self.tab.socket.send(json.dumps(command).encode())

    def stop(self) -> int:
        """Press Stop."""
        return self.tab.socket.send(b'{"type":"stop"}')

    async def end(self) -> None:
        """Wait for the `end` frame, and leave."""
        async with asyncio.timeout(PATIENCE + self.prompt.tokens / (self.prompt.rate or 1000)):
            await self.tab.ended.wait()
        self.tab.socket.abort()

    async def shows(self, tokens: int) -> None:
        """Return when so many tokens are shown."""
        while not (arrivals := self.arrivals()[-1:]) or arrivals[0][1] < tokens:
            self.tab.more.clear()
            await self.tab.more.wait()

    def arrivals(self) -> list[tuple[int, int]]:
        """When how many tokens were shown, by the positions that the frames tell."""
        return [
            (at, self.prompt.tokens_in(_position(frame)))
            for at, frame in self.tab.frames
            if frame.startswith((DELTA, END))
        ]

    def problem(self) -> str:
        """Compare the page with the canonical HTML."""
        frames = [frame for _, frame in self.tab.frames]
        return self.tab.notice or difference(frames, self.prompt.answer)


class Site:
    """A running site with people who are signed in."""

    name = "Chatsite"

    def __init__(self, directory: Path, base_url: str, people: int, database: str = "") -> None:
        self.port = free_port()
        self.var = directory / "var"
        self._environment = environment(
            VAR_DIR=str(self.var),
            PORT=str(self.port),
            OPENAI_BASE_URL=base_url,
            OPENAI_API_KEY="bench",
            OPENAI_MODELS="demo",
            DRAIN_SECONDS="0",
            TITLES="prompt",  # no requests but those that are measured
            **({"DATABASE_URL": database} if database else {}),
        )
        self._prompts: dict[str, Prompt] = {}
        self._manage("manage.py", "migrate", "-v0")
        self._sessions: list[str] = json.loads(self._manage("-m", "bench.people", str(people)))
        self._log = directory / "site.log"
        self.first_start = self._serve()
        self.process.end()
        self.start = self._serve()

    def _serve(self) -> float:
        """Start the server; gives the seconds until it is ready.

        The first time it has its static files to hash and compress.
        """
        self.process = Process(python("manage.py", "serve"), self._log, self._environment)
        return self.process.wait_for(f"http://127.0.0.1:{self.port}/healthz")

    async def prepare(self, prompt: Prompt, person: int) -> SiteAnswer:
        """Open the page of a new conversation."""
        conversation = uuid.uuid4()
        self._prompts[conversation.hex] = prompt
        return SiteAnswer(await self.open(conversation, person), prompt)

    async def open(self, conversation: uuid.UUID, person: int) -> Tab:
        """A tab whose snapshot has arrived."""
        tab = Tab(conversation)
        tab.socket = await websocket.connect(
            "127.0.0.1",
            self.port,
            f"/ws/conversations/{conversation}/",
            {
                "Origin": f"http://127.0.0.1:{self.port}",
                "Cookie": f"sessionid={self.session(person)}",
            },
            tab.take,
        )
        async with asyncio.timeout(PATIENCE):
            await tab.snapshot.wait()
        return tab

    def session(self, person: int) -> str:
        """The session key of a person."""
        return self._sessions[person % len(self._sessions)]

    def history(self, person: int, messages: int) -> str:
        """The id of a new conversation of a person, with so many messages."""
        return self._manage("-m", "bench.history", str(person + 1), str(messages)).strip()

    def archive(self, person: int, conversations: int) -> None:
        """Let a person have so many more conversations."""
        self._manage("-m", "bench.archive", str(person + 1), str(conversations))

    def asked(self, conversation: str, prompt: Prompt) -> None:
        """Somebody else asked this, whose answer is to be looked for in the database."""
        self._prompts[uuid.UUID(conversation).hex] = prompt

    def problems(self) -> list[str]:
        """What is wrong with the answers in the database, which a reload would show."""
        query = (
            "SELECT m.conversation_id, g.status, m.text FROM chat_generation g "
            "JOIN chat_message m ON m.id = g.message_id"
        )
        with closing(sqlite3.connect(f"file:{self.var}/chatsite.sqlite3?mode=ro", uri=True)) as db:
            saved = db.execute(query).fetchall()
        wrong = [
            f"saved as {status}: {self._prompts[conversation].text}"
            for conversation, status, text in saved
            if not _is_right(status, text, self._prompts[conversation].answer)
        ]
        missing = len(self._prompts) - len(saved)
        return wrong if not missing else [*wrong, f"{missing} answers are not in the database"]

    def _manage(self, *arguments: str) -> str:
        done = subprocess.run(
            python(*arguments),
            cwd=Path(__file__).resolve().parent.parent,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout


def _is_right(status: str, text: str, answer: str) -> bool:
    if status == "stopped":
        return answer.startswith(text) and 0 < len(text) < len(answer)
    return status == "complete" and text == answer


def _position(frame: bytes) -> int:
    start = frame.index(POSITION) + len(POSITION)
    return int(frame[start : frame.index(b",", start)])
