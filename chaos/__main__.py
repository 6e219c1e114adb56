"""Break a site at random and count what is lost: `python -m chaos`, or `make chaos`."""

import argparse
import asyncio
import random
import signal
import sys
import time
from typing import Any

from . import report
from .drive import Pace
from .faults import HEAVY, LIGHT, ORDERLY
from .run import Setting, run


def main() -> int:
    """Run what is asked for; gives 1 unless everything counted is zero."""
    given = _arguments()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    setting = Setting(
        seed=seed,
        seconds=given.seconds,
        faults=given.faults,
        only=frozenset(given.only or ()),
        rooms=given.conversations,
        people=max(1, -(-given.conversations // 5)),
        heavy_pause=given.heavy,
        light_pause=given.light,
        pace=Pace(rate=(given.rate / 2, given.rate), tabs=given.tabs),
    )
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {line}", flush=True)

    say(f"SEED={seed}")
    result = asyncio.run(run(setting, say, keep=True))
    print(report.text(result))
    if result.counts.all_zero:
        print(f"\nAll zero (SEED={seed}).")
        return 0
    print(f"\n{report.failure(result)}")
    return 1


def _leave(number: int, frame: Any) -> None:
    """End what was started; a second signal must not interrupt that."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="the same faults in the same order again")
    parser.add_argument("--seconds", type=float, default=600, help="how long to break things")
    parser.add_argument("--faults", type=int, default=0, help="end after so many faults")
    parser.add_argument("--only", nargs="+", choices=[*LIGHT, *HEAVY, *ORDERLY], metavar="FAULT")
    parser.add_argument("--conversations", type=int, default=50, help="how many go on at a time")
    parser.add_argument("--tabs", type=int, default=4, help="of each conversation, at least two")
    parser.add_argument("--rate", type=float, default=15, help="tokens per second of an answer")
    parser.add_argument("--heavy", type=float, default=4, help="seconds between heavy faults")
    parser.add_argument("--light", type=float, default=0.6, help="seconds between light faults")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
