"""What it takes to open what is long: a conversation, the list of them, and a search in all."""

import asyncio
import re
import uuid
from html import unescape
from time import perf_counter_ns

import aiohttp

from bench.quantiles import percentile
from bench.rig import Metrics, Rig
from bench.site import Site
from tests import servers

MESSAGES, CONVERSATIONS = 5000, 10_000
TIMES = 40
# What requests leave in cycles waits for the collector: its coming and going is no growth.
OPENINGS = 200
PERSON = 0
# Found once, in all answers, in many, in parts of words, and nowhere.
SEARCHES = ("question 4711", "the", "latency buffer", "uestio", "zebra")
# Parts of words, of which the one is nearly everywhere; the other is rare or nowhere, and too short
# for an index.
WORST = ("uestio 77", "uestio xq")
MORE = re.compile(r"/conversations/\?before=[^\"]+")


async def measure(rig: Rig) -> Metrics:
    """On both databases, in the first run only; PostgreSQL only where it is installed."""
    if rig.run:
        return {}
    metrics = await _measure(rig, "SQLite", "")
    if servers.has_postgres():
        with servers.postgres() as url:
            metrics |= await _measure(rig, "PostgreSQL", url)
    return metrics


async def _measure(rig: Rig, name: str, database: str) -> Metrics:
    part = 4 if rig.quick else 1
    messages, conversations = MESSAGES // part, CONVERSATIONS // part
    directory = rig.site.var.parent / name
    directory.mkdir()
    site = await asyncio.to_thread(Site, directory, rig.model.base_url, 1, database)
    try:
        conversation = await asyncio.to_thread(site.history, PERSON, messages)
        await asyncio.to_thread(site.archive, PERSON, conversations)
        async with _browser(site) as browser:
            metrics = await _conversation(rig, site, browser, conversation)
            metrics["list"] = await _list(browser)
            metrics["search"] = await _search(browser, SEARCHES)
            metrics["search/worst"] = await _search(browser, WORST)
    finally:
        site.process.end()
    rig.say(
        f"  {name}: {messages:,} messages open in {metrics['page']:.0f} ms, their snapshot in "
        f"{metrics['snapshot']:.0f} ms, memory {metrics['grown']:+.1f} MB; of {conversations:,} "
        f"conversations a list in {metrics['list']:.0f} ms, a search in {metrics['search']:.0f} ms "
        f"({metrics['search/worst']:.0f} ms)"
    )
    return {f"history/{name}/{metric}": value for metric, value in metrics.items()}


def _browser(site: Site) -> aiohttp.ClientSession:
    cookies = {"sessionid": site.session(PERSON)}
    jar = aiohttp.CookieJar(unsafe=True)
    return aiohttp.ClientSession(f"http://127.0.0.1:{site.port}", cookies=cookies, cookie_jar=jar)


async def _conversation(rig: Rig, site: Site, browser: aiohttp.ClientSession, id: str) -> Metrics:
    pages, snapshots, sizes = [], [], []
    for _ in range(2):
        for _ in range(TIMES if rig.quick else OPENINGS):
            pages.append((await _get(browser, f"/c/{id}/"))[0])
            began = perf_counter_ns()
            tab = await site.open(uuid.UUID(id), PERSON)
            snapshots.append((tab.frames[0][0] - began) / 1e6)
            tab.socket.abort()
        sizes.append(site.process.memory())
    return {
        "page": percentile(pages, 0.95),
        "snapshot": percentile(snapshots, 0.95),
        "grown": sizes[1] - sizes[0],
    }


async def _list(browser: aiohttp.ClientSession) -> float:
    """The 95th percentile of its pages, from the first one on."""
    taken, path = [], "/conversations/"
    for _ in range(TIMES):
        took, html = await _get(browser, path)
        taken.append(took)
        path = unescape(MORE.search(html)[0])  # type: ignore[index]
    return percentile(taken, 0.95)


async def _search(browser: aiohttp.ClientSession, searches: tuple[str, ...]) -> float:
    """The 95th percentile of the words that take longest."""
    slowest = 0.0
    for words in searches:
        taken = [(await _get(browser, "/search/", q=words))[0] for _ in range(TIMES)]
        slowest = max(slowest, percentile(taken, 0.95))
    return slowest


async def _get(browser: aiohttp.ClientSession, path: str, **query: str) -> tuple[float, str]:
    """The milliseconds until the whole page is there, and its HTML."""
    began = perf_counter_ns()
    async with browser.get(path, params=query) as response:
        response.raise_for_status()
        html = await response.text()
    return (perf_counter_ns() - began) / 1e6, html
