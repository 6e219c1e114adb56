"""Everything that runs during a benchmark, and what is known of the answers so far."""

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from bench.baselines import Relay, byte_relay, raw_relay, sdk_relay
from bench.model import Model
from bench.process import ROOT
from bench.site import Site
from bench.subjects import Answer, Subject

Metrics = dict[str, float]


@dataclass
class Rig:
    """The model, the site and the relays, all running."""

    model: Model
    site: Site
    relays: list[Relay]
    quick: bool = False
    slack: float = 1.0
    """Seconds that answers go on after they were measured, should they take long to begin."""
    streams: tuple[int, ...] = (1, 100, 200, 250, 300, 400)
    say: Callable[[str], None] = print
    answers: int = 0
    run: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def subjects(self) -> list[Subject]:
        """The site and what it is compared with."""
        return [self.site, *self.relays]

    def check(self, subject: Subject, answers: Iterable[Answer]) -> None:
        """Note which complete answers are not exactly the expected ones."""
        for answer in answers:
            self.answers += 1
            if problem := answer.problem():
                self.problems.append(f"{subject.name}, {answer.prompt.text}: {problem}")


@contextlib.contextmanager
def rig(*, people: int, relays: bool = True, quick: bool = False) -> Iterator[Rig]:
    """A running rig on this machine's disk; everything of it is gone afterwards."""
    (ROOT / "var").mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        directory = tempfile.mkdtemp(prefix="bench-", dir=ROOT / "var")
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        at = ROOT / "var" / directory
        model = Model(at)
        stack.callback(model.process.end)
        site = Site(at, model.base_url, people)
        stack.callback(site.process.end)
        others: list[Relay] = []
        for start in (sdk_relay, byte_relay, raw_relay) if relays else ():
            if relay := start(at, model.base_url):
                stack.callback(relay.process.end)
                others.append(relay)
        yield Rig(model, site, others, quick)
