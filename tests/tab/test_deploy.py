"""The files of deploy/ and the commands of docs/deployment.md, as they are, with real servers."""

import asyncio
import json
import re
import shlex
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from chat import demo
from tests import servers

from .conftest import Open
from .machine import DEPLOY, Machine, nginx
from .model import Model, held
from .page import Closed, Page, reloaded
from .served import PASSWORD, Person, Served

GUIDE = (servers.ROOT / "docs" / "deployment.md").read_text()
LATER = "bench tokens=1200 rate=100"


def commands(heading: str) -> list[str]:
    """The commands under a heading of the page, one text for each block."""
    section = GUIDE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def machine(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: str, model: Model
) -> Iterator[Machine]:
    """Two processes on PostgreSQL and Redis behind nginx."""
    parts = urlsplit(postgres_url)
    database = {"PGHOST": "127.0.0.1", "PGPORT": str(parts.port), "PGUSER": str(parts.username)}
    with servers.redis() as redis, pytest.MonkeyPatch.context() as patch:
        settings = {"REDIS_URL": redis, "OPENAI_BASE_URL": model.base_url, "LOG_FORMAT": "text"}
        machine = Machine(tmp_path_factory.mktemp("machine"), **settings, **database)
        for name, value in database.items():
            patch.setenv(name, value)
        (create,) = [
            line
            for block in commands("Install")
            for line in block.splitlines()
            if "createdb" in line
        ]
        asyncio.run(machine.run(f"{create}\nsystemctl start chatsite-prepare"))
        try:
            machine.start(2)
            with nginx(machine):
                yield machine
        finally:
            machine.stop()


@pytest.fixture
def behind(machine: Machine) -> Served:
    """The site as one sees it through nginx."""
    return Served(machine)  # type: ignore[arg-type]


def browser(machine: Machine, address: str = "127.0.0.1", **headers: str) -> httpx2.Client:
    """A client on https whose own address is this one."""
    context = ssl.create_default_context(cafile=machine.directory / "fullchain.pem")
    transport = httpx2.HTTPTransport(verify=context, local_address=address)
    referer = {"Referer": f"{machine.https}/", **headers}
    return httpx2.Client(
        base_url=machine.https, transport=transport, headers=referer, timeout=servers.PATIENCE
    )


def sign_in(browser: httpx2.Client, name: str, password: str) -> bool:
    page = browser.get("/accounts/login/").text
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    form = {"login": name, "password": password, "csrfmiddlewaretoken": token}
    return browser.post("/accounts/login/", data=form).status_code == 302


def test_pages_and_static_files_come_over_https_only(machine: Machine) -> None:
    with browser(machine) as client:
        page = client.get("/accounts/login/")
        assert page.status_code == 200
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        assert "Secure" in page.headers["set-cookie"]
        (style,) = re.findall(r'href="(/static/css/tokens\.\w+\.css)"', page.text)
        got = client.get(style, headers={"Accept-Encoding": "br"})
        assert got.status_code == 200 and "immutable" in got.headers["cache-control"]
        assert got.headers["content-encoding"] == "br"
        assert client.get("/readyz").json()["state"] == "ready"
    plain = httpx2.get(f"http://127.0.0.1:{machine.redirecting}/c/?a=b", trust_env=False)
    assert plain.status_code == 301
    assert plain.headers["location"] == "https://127.0.0.1/c/?a=b"


async def test_an_answer_streams_through_nginx(
    behind: Served, open_tab: Open, model: Model
) -> None:
    tab = await open_tab(behind.person())
    label, generation = await held(tab, model, "code")
    shown = tab.frames[-1]["position"]
    await model.go(label)
    end = await tab.end(generation)
    assert end["status"] == "complete" and 0 < shown < end["position"]
    assert tab.dom.turns() == (await reloaded(tab)).turns()


async def test_each_process_shows_what_the_other_writes(
    machine: Machine, behind: Served, open_tab: Open, model: Model
) -> None:
    tab = await open_tab(behind.person())
    label, generation = await held(tab, model, "code")
    others = [await open_tab(tab.person, tab.conversation) for _ in machine.processes]
    await model.go(label)
    for page in (tab, *others):
        assert (await page.end(generation))["position"] == len(demo.expected("code"))


def test_a_body_that_is_too_large_is_refused(machine: Machine) -> None:
    with browser(machine) as client:
        assert client.post("/accounts/login/", content=b"x" * 2_100_000).status_code == 413


def test_sign_in_is_throttled_by_the_clients_address(machine: Machine, behind: Served) -> None:
    person = behind.person("dora")
    for guess in range(10):
        claimed = {"X-Forwarded-For": f"10.0.0.{guess}"}
        with browser(machine, "127.0.0.2", **claimed) as attacker:
            assert not sign_in(attacker, f"guess{guess}", "wrong")
    with browser(machine, "127.0.0.2", **{"X-Forwarded-For": "10.0.0.99"}) as attacker:
        assert not sign_in(attacker, person.name, PASSWORD)
    with browser(machine, "127.0.0.3") as client:
        assert sign_in(client, person.name, PASSWORD)


def test_while_one_process_is_dead_the_other_serves(machine: Machine, behind: Served) -> None:
    dead = machine.processes[0]
    dead.kill()
    try:
        with browser(machine) as client:
            for _ in range(20):
                began = time.monotonic()
                assert client.get("/accounts/login/").status_code == 200
                assert time.monotonic() - began < 5
    finally:
        dead.start()


async def test_a_command_by_a_plain_form_passes(behind: Served) -> None:
    person = behind.person()
    async with person.browser() as client:
        page = (await client.get("/")).text
        (conversation,) = re.findall(r'data-conversation="([^"]+)"', page)
        token = await behind.token(client)
        form = {"csrfmiddlewaretoken": token, "text": "list rate=0", "key": conversation}
        sent = await client.post(f"/conversations/{conversation}/send", data=form)
        assert sent.status_code == 302, sent.text
        assert (await client.get(sent.headers["location"])).status_code == 200


def test_a_static_file_that_only_one_process_knows_is_found(machine: Machine) -> None:
    """As in the middle of an upgrade: the new release has put its files beside the old ones."""
    static = machine.var / "static"
    manifest = json.loads((static / "staticfiles.json").read_text())
    old, new = manifest["paths"]["css/tokens.css"], "new.0123456789ab.css"
    for name in ("new.css", new):
        shutil.copy2(static / old, static / name)
        manifest["stats"][name] = manifest["stats"][old]
    manifest["paths"]["new.css"] = new
    (static / "staticfiles.json").write_text(json.dumps(manifest))
    process = machine.processes[1]
    process.stop()
    process.start()
    with browser(machine) as client:
        codes = [client.get(f"/static/{new}").status_code for _ in range(6)]
        assert codes == [200] * 6
        assert client.get("/static/nobodys.css").status_code == 404


async def read_on(page: Page, generation: int) -> tuple[dict[str, Any], int]:
    """Read an answer to its end as the page does, told to go elsewhere or not; and how often."""
    moves = 0
    while True:
        try:
            return await page.end(generation), moves
        except Closed:
            assert page.frames[-1]["type"] == "bye" and page.frames[-1]["reason"] == "deploy"
            moves += 1
            await page.move()
            ends = [each for each in page.frames if each["type"] == "end"]
            if page.frames[-1]["running"] is None and not ends:
                return {"status": page.person.served.generation(generation)["status"]}, moves


async def test_a_rolling_restart_cuts_no_answer(
    machine: Machine, behind: Served, open_tab: Open
) -> None:
    tabs = [await open_tab(behind.person()) for _ in range(8)]
    asked = [await tab.ask(LATER) for tab in tabs]
    readers = [asyncio.create_task(read_on(tab, id)) for tab, id in zip(tabs, asked, strict=True)]
    before = [process.process for process in machine.processes]
    (restart,) = [each for each in commands("Restart and upgrade") if each.count("\n") == 1]
    printed = await machine.run(restart)
    assert printed.count("is ready") == 2
    assert all(b is not p.process for b, p in zip(before, machine.processes, strict=True))
    for tab, reader in zip(tabs, readers, strict=True):
        end, moves = await reader
        assert end["status"] == "complete"
        assert moves <= 2, "nobody is sent back to a process that ends"
        assert tab.dom.turns() == (await reloaded(tab)).turns()
    for id in asked:
        row = behind.message(behind.generation(id)["message_id"])
        assert row["text"] == demo.expected(LATER)


def test_while_all_are_away_the_page_says_so_and_comes_back(machine: Machine) -> None:
    for process in machine.processes:
        process.stop()
    try:
        with browser(machine) as client:
            answer = client.get("/accounts/login/")
            assert answer.status_code == 503 and answer.headers["retry-after"] == "5"
            assert "starting" in answer.text
    finally:
        for process in machine.processes:
            process.start()
    with browser(machine) as client:
        servers.wait_until(lambda: client.get("/healthz").status_code == 200, "the site")


async def backup_and_restore(machine: Machine, served: Served, restore: str) -> None:
    """A conversation comes back word for word; what was said after the backup does not."""
    person = served.person()
    tab = Page(person)
    await tab.load()
    await tab.finished("table rate=0")
    for block in commands("Back up"):
        printed = await machine.run(block)
    assert "chatsite-" in printed
    shown = (await reloaded(tab)).turns()
    await tab.finished("list rate=0")
    await tab.close()
    await machine.run(restore)
    again = Page(Person(served, person.id, person.name, person.session), tab.conversation)
    await again.load()
    assert again.dom.turns() == shown
    assert (await again.finished("code rate=0"))["status"] == "complete"
    await again.close()


async def test_a_backup_of_postgresql_is_restored(machine: Machine, behind: Served) -> None:
    await backup_and_restore(machine, behind, commands("Restore")[0])


async def test_a_backup_of_sqlite_is_restored(tmp_path: Path, model: Model) -> None:
    settings = {"OPENAI_BASE_URL": model.base_url, "DATABASE_URL": "", "REDIS_URL": ""}
    machine = Machine(tmp_path, **settings)
    await machine.run("systemctl start chatsite-prepare")
    try:
        await asyncio.to_thread(machine.start, 1)
        machine.url, machine.ws_url = machine.processes[0].url, machine.processes[0].ws_url
        await backup_and_restore(machine, Served(machine), commands("Restore")[1])  # type: ignore[arg-type]
        for block in commands("Restore")[2:]:
            await machine.run(block)
    finally:
        machine.stop()


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text().replace("/opt/chatsite/current/deploy/backup", "/bin/true")
        text = text.replace("/opt/chatsite/current/.venv/bin/python", "/bin/true")
        (tmp_path / path.name.replace("@", "@8001")).write_text(text)
    verify = ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.iterdir())]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_waits_longer_than_a_process_drains() -> None:
    unit = (DEPLOY / "systemd" / "chatsite@.service").read_text()
    (stop,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    (drain,) = re.findall(
        r"^DRAIN_SECONDS=(\d+)$", (DEPLOY / "environment.example").read_text(), re.MULTILINE
    )
    assert int(stop) >= int(drain) + 20


def test_a_process_keeps_to_the_release_it_was_started_from(tmp_path: Path) -> None:
    """`current` is a link that an upgrade sets to another release."""
    (tmp_path / "current").symlink_to(servers.ROOT)
    unit = (DEPLOY / "systemd" / "chatsite@.service").read_text()
    lines = re.findall(r"^ExecStart(?:Pre)?=(.+)$", unit, re.MULTILINE)
    check, serve = (line.replace("$$", "$").replace("%i", "8001") for line in lines)
    serve = serve.replace(
        "manage.py serve", '-c "import os, sys; print(sys.prefix, os.environ[\\"PORT\\"])"'
    )
    said = [
        subprocess.run(
            shlex.split(line),
            cwd=tmp_path / "current",
            env=servers.environment(servers.prepared()),
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for line in (check, serve)
    ]
    assert said == ["", f"{servers.ROOT}/.venv 8001"]
