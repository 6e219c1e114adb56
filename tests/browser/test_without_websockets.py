"""A proxy that lets no WebSocket through: the page takes server-sent events, and lacks nothing."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from chat.demo import expected
from tests import servers
from tests.tab.served import Served

from .conftest import Know
from .model import Model
from .person import Browsers, Tab
from .watch import LOST

CONFIGURATION = """
{user} daemon off; pid {directory}/nginx.pid; events {{ worker_connections 256; }}
http {{
  access_log off; {paths}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{target};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
    }}
  }}
}}
"""


@contextlib.contextmanager
def refusing(directory: Path, target: int) -> Iterator[int]:
    """The port of nginx in front of a server, as it is when nobody told it of upgrades."""
    port = servers.free_port()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    (directory / "nginx.conf").write_text(
        CONFIGURATION.format(
            user="user root;" if os.geteuid() == 0 else "",
            paths="".join(f"{kind}_temp_path {directory}/{kind};" for kind in kinds),
            directory=directory,
            port=port,
            target=target,
        )
    )
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    command = [program, "-c", f"{directory}/nginx.conf", "-e", f"{directory}/error.log"]
    with subprocess.Popen(command) as process:
        try:
            servers.wait_until(lambda: servers.listens(port), "nginx")
            yield port
        finally:
            process.terminate()


@pytest.fixture
def behind(tmp_path: Path, served: Served, browsers: Browsers, know: Know) -> Iterator[Tab]:
    """Alice's tab, which reaches the site through such a proxy."""
    browsers.watch.expect(LOST)
    # What Chromium says of the socket that it is refused.
    browsers.watch.expect("Unexpected response code")
    browsers.watch.expect("502")
    with refusing(tmp_path, served.server.port) as port:
        site = f"127.0.0.1:{port}"
        yield browsers.of(know("alice"), site).open(origin=f"http://{site}")
        browsers.close()


def test_asking_stopping_a_second_tab_and_a_reload_work_without_websockets(
    behind: Tab, model: Model
) -> None:
    assert behind.page.evaluate("() => WebSocket.name") == "EventsSocket"
    tag = model.tag()
    behind.ask(f"code rate=0 hold=60 tag={tag}")
    model.request(tag, "held")
    behind.writing("from collections import")
    beside = behind.another()  # remembers, and is not kept waiting
    beside.writing("from collections import")
    behind.page.reload()
    behind.connected().writing("from collections import")
    model.go(tag)
    for tab in (behind, beside):
        tab.ended()
        tab.shows_the_row()
    assert behind.row["text"] == expected("code")
    expect(behind.prompts).to_have_count(1)
    tag = model.tag()
    beside.ask(f"long rate=0 hold=50 tag={tag}")
    stopped = model.request(tag, "held")
    beside.writing()
    behind.writing()
    behind.button.click()
    for tab in (behind, beside):
        tab.ended("stopped")
        expect(tab.stopped).to_be_visible()
    model.request(tag, "ended")
    beside.action("Regenerate").click()
    expect(beside.answer).to_have_attribute("aria-busy", "true")
    model.request(tag, "held", after=stopped["number"])
    behind.writing()
    model.go(tag)
    for tab in (behind, beside):
        tab.ended()
        tab.shows_the_row()


def test_a_command_that_is_answered_after_the_end_leaves_nothing_under_way(behind: Tab) -> None:
    def late(route: Route) -> None:
        taken = route.fetch()
        expect(behind.answer).to_have_attribute("data-status", "complete")
        route.fulfill(response=taken)

    behind.page.route("**/send", late)
    behind.ask("echo quick")
    expect(behind.text).to_have_value("")
    behind.ended()
    expect(behind.button).to_have_accessible_name("Send")
    expect(behind.echo).to_have_count(0)


def test_it_reconnects_to_a_restarted_server_and_sends_what_was_typed_meanwhile(
    behind: Tab, served: Served
) -> None:
    behind.ask("echo before")
    behind.ended()
    served.server.kill()
    expect(behind.link).to_have_attribute("data-state", "lost")
    behind.ask("echo meanwhile")
    expect(behind.echo).to_have_count(1)
    served.server.start()
    expect(behind.prompts).to_have_count(2)
    expect(behind.link).to_have_attribute("data-state", "open")
    behind.ended()
    behind.shows_the_row()
    expect(behind.echo).to_have_count(0)


def test_a_browsers_own_event_source_understands_the_stream(alice: Tab) -> None:
    alice.ask("echo one")
    alice.ended()
    types = alice.page.evaluate(
        """(id) => new Promise((resolve) => {
          const types = [];
          const source = new EventSource(`/conversations/${id}/events`);
          const hear = ({ data }) => {
            types.push(JSON.parse(data).type);
            source.close();
            resolve(types);
          };
          for (const type of ["snapshot", "delta", "close"]) source.addEventListener(type, hear);
        })""",
        alice.conversation,
    )
    assert types == ["snapshot"]
