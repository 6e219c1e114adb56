"""What a page costs in Chromium: while a long answer streams, and when a long history scrolls."""

import asyncio
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.model import Prompt
from bench.rig import Metrics, Rig

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Page

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
INSTALLED = CHROMIUM.exists()
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
TOKENS, RATE = 10_000, 200
MESSAGES = 1000
PERSON = 0
LET_SETTLE = 2.0
# Chromium tells tasks longer than 50 ms, and how long a key waited for its paint, in steps of 8 ms.
OBSERVE = """
window.tasks = [0]; window.waits = [0];
const watch = (type, into, more) => new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (type !== "event" || entry.name.startsWith("key")) into.push(entry.duration);
}).observe({type, ...more});
watch("longtask", window.tasks);
watch("event", window.waits, {durationThreshold: 16});
"""


async def measure(rig: Rig) -> Metrics:
    """Stream and scroll, in the first run only; nothing without Playwright or Chromium."""
    if rig.run or not INSTALLED:
        return {}
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            return await _stream(rig, browser) | await _scroll(rig, browser)
        finally:
            await browser.close()


async def _open(rig: Rig, browser: "Browser", path: str) -> "Page":
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    address = f"http://127.0.0.1:{rig.site.port}"
    session = rig.site.session(PERSON)
    await context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    page = await context.new_page()
    await page.goto(address + path)
    await asyncio.sleep(LET_SETTLE)
    # What the page did until it was ready is not what is measured here.
    await page.evaluate(f"() => {{ {OBSERVE} }}")
    return page


async def _stream(rig: Rig, browser: "Browser") -> Metrics:
    prompt = Prompt.new(TOKENS // 5 if rig.quick else TOKENS, RATE)
    page = await _open(rig, browser, "/")
    await page.locator("#text").fill(prompt.text)
    await page.keyboard.press("Enter")
    await page.locator(".answer .part.text").wait_for()
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Performance.enable")
    lasts = prompt.tokens / RATE
    await _type(page, lasts * 0.25)
    early = await _heap(devtools)
    began, busy = time.monotonic(), await _metric(devtools, "TaskDuration")
    await _type(page, lasts * 0.6)
    share = (await _metric(devtools, "TaskDuration") - busy) / (time.monotonic() - began)
    tasks, waits = await page.evaluate("() => [window.tasks, window.waits]")
    grown = await _heap(devtools) - early
    answer = page.locator(".answer .part.text")
    await page.locator("#send[data-mode=send]").wait_for(timeout=60_000)
    shown = len(await answer.inner_text())
    rig.site.asked(page.url.rstrip("/").rpartition("/")[2], prompt)
    if shown < len(prompt.answer) / 2:
        rig.problems.append(f"the page showed {shown} characters of {prompt.text}")
    await page.context.close()
    rig.say(
        f"  10,000 tokens: longest task {max(tasks):.0f} ms of {len(tasks) - 1} over 50, "
        f"{share:.0%} of the main thread, longest wait of a key {max(waits):.0f} ms, "
        f"heap {early:.1f} MB and {grown:+.1f}"
    )
    return {
        "page/task": max(tasks),
        "page/busy": share * 100,
        "page/input": max(waits),
        "page/heap": grown,
    }


async def _type(page: "Page", seconds: float) -> None:
    """Write a letter and take it away, twice a second."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await page.keyboard.press("a")
        await asyncio.sleep(0.25)
        await page.keyboard.press("Backspace")
        await asyncio.sleep(0.25)


async def _scroll(rig: Rig, browser: "Browser") -> Metrics:
    conversation = await asyncio.to_thread(rig.site.history, PERSON, MESSAGES)
    page = await _open(rig, browser, f"/c/{conversation}/")
    await page.mouse.move(700, 400)
    for step in range(60 if rig.quick else 240):
        await page.mouse.wheel(0, 900 if step % 8 == 7 else -900)
        await asyncio.sleep(0.05)
    tasks: list[float] = await page.evaluate("() => window.tasks")
    shown = await page.locator(".turn").count()
    await page.context.close()
    rig.say(f"  scrolled back to {shown} turns: longest task {max(tasks):.0f} ms")
    return {"page/scroll": max(tasks), "page/scrolled": float(shown)}


async def _heap(devtools: "CDPSession") -> float:
    """Megabytes of the JavaScript heap that are in use."""
    await devtools.send("HeapProfiler.collectGarbage")
    return await _metric(devtools, "JSHeapUsedSize") / 1e6


async def _metric(devtools: "CDPSession", name: str) -> float:
    found: list[dict[str, Any]] = (await devtools.send("Performance.getMetrics"))["metrics"]
    return float(next(metric["value"] for metric in found if metric["name"] == name))
