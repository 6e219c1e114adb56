"""Measure: `python -m bench`, or `make bench`."""

import argparse
import asyncio
import contextlib
import gc
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator

from bench import report
from bench.rig import Metrics, Rig, rig
from bench.scenarios import (
    browser,
    firehose,
    history,
    idle,
    memory,
    single,
    snapshot,
    stop,
    streams,
)

SCENARIOS: dict[str, Callable[[Rig], Awaitable[Metrics]]] = {
    "idle": idle.measure,
    "memory": memory.measure,
    "single": single.measure,
    "streams": streams.measure,
    "stop": stop.measure,
    "snapshot": snapshot.measure,
    "firehose": firehose.measure,
    "browser": browser.measure,
    "history": history.measure,
}
PEOPLE = 450
RUNS = 3


def main() -> int:
    """Run what is asked for; gives 1 if an answer was not exactly the expected one."""
    given = _arguments()
    names = given.only or list(SCENARIOS)
    runs = given.runs or (1 if given.quick else RUNS)
    print(f"On {report.machine()}")
    with (
        rig(people=PEOPLE, relays=not given.alone, quick=given.quick) as running,
        _profile(running, given.profile),
    ):
        running.streams = tuple(given.streams)
        measured = asyncio.run(_measure(running, names, runs))
        running.problems += running.site.problems()
    found = report.figures(measured)
    print(f"\n{report.text(found)}\n")
    print(f"{running.answers} answers, {len(running.problems)} not exact.")
    print("\n".join(running.problems[:10]))
    print(f"Saved as {report.save(measured, running.problems)}")
    if runs >= RUNS and not given.only:
        report.document(found, runs)
        print(f"Written into {report.DOCUMENT}")
    return 1 if running.problems else 0


async def _measure(running: Rig, names: list[str], runs: int) -> list[Metrics]:
    print("Warming up")
    running.say = lambda line: None
    warm = Rig(running.model, running.site, running.relays, quick=True, say=running.say)
    await single.measure(warm)
    running.say = print
    # What was started stays; nothing of it needs to be looked at again and again.
    gc.freeze()
    measured = []
    for run in range(runs):
        metrics: Metrics = {}
        running.run = run
        for name in names:
            print(f"Run {run + 1} of {runs}: {name}")
            metrics |= await SCENARIOS[name](running)
            gc.collect()
        measured.append(metrics)
    return measured


@contextlib.contextmanager
def _profile(running: Rig, wanted: bool) -> Iterator[None]:
    """Record the server with py-spy while this context is open."""
    if not wanted:
        yield
        return
    report.RESULTS.mkdir(exist_ok=True)
    path = str(report.RESULTS / "profile.svg")
    pid = str(running.site.process.pid)
    with subprocess.Popen(["py-spy", "record", "-p", pid, "-r", "200", "-o", path]) as recorder:
        try:
            yield
        finally:
            recorder.send_signal(signal.SIGINT)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="short measurements, one run: about a minute"
    )
    parser.add_argument("--runs", type=int, help="how many; from 3 on the documentation is written")
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, help="these scenarios")
    parser.add_argument(
        "--streams",
        nargs="+",
        type=int,
        default=[1, 100, 200, 250, 300, 400],
        help="how many at once: 1 to 400 by default",
    )
    parser.add_argument("--alone", action="store_true", help="without the relays")
    parser.add_argument("--profile", action="store_true", help="record the server with py-spy")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
