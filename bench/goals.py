"""What is to be reached, in the order in which it is printed."""

from dataclasses import dataclass

SDK, BYTES, NGINX = "FastAPI + openai SDK", "FastAPI, bytes", "nginx, bytes"
SUBJECTS = ("Chatsite", SDK, BYTES, NGINX)


@dataclass(frozen=True)
class Line:
    """One figure; `goal` is the most that it may be, None if it is only of interest."""

    metric: str
    says: str
    unit: str
    goal: float | None = None

    def met(self, value: float) -> bool | None:
        """Whether a value reaches the goal; None without one."""
        return None if self.goal is None else value <= self.goal


LINES = (
    Line("Chatsite/reached", "send → model reached, p50", "ms", 8),
    Line("Chatsite/first", "first delta, added, p50", "ms", 2),
    Line("Chatsite/1/p50", "1 stream: added, p50", "ms"),
    Line("Chatsite/1/p99", "1 stream: added, p99", "ms", 50),
    Line("Chatsite/1/p99/all", "1 stream: added, p99 with what is not visible alone", "ms"),
    Line("Chatsite/100/p50", "100 streams: added, p50", "ms"),
    Line("Chatsite/100/p99", "100 streams: added, p99", "ms", 100),
    Line("Chatsite/100/cost", "100 streams: server CPU per delta", "µs", 100),
    Line(f"ratio/{SDK}/100", "… as a share of FastAPI + openai SDK", "×", 0.5),
    Line(f"ratio/{BYTES}/100", "… of FastAPI, bytes", "×"),
    Line(f"ratio/{NGINX}/100", "… of nginx, bytes", "×"),
    Line("stop/idle/p50", "stop → upstream closed, idle, p50", "ms"),
    Line("stop/idle/p99", "stop → upstream closed, idle, p99", "ms", 20),
    Line("stop/100/p50", "stop → upstream closed, 100 streams, p50", "ms"),
    Line("stop/100/p99", "stop → upstream closed, 100 streams, p99", "ms", 20),
    Line("snapshot/ms", "connect → snapshot of 10,000 tokens", "ms", 50),
    Line("snapshot/loop", "… of it in the event loop", "ms"),
    Line("Chatsite/firehose", "one stream as fast as it goes", "deltas/s"),
    Line("firehose/bytes", "… bytes to the tab, of the HTML's", "×"),
    Line("firehose/stall", "… longest wait of another tab's ping", "ms"),
    Line("site/start", "start of the server", "s"),
    Line("site/memory", "memory after the start", "MB"),
    Line("site/tab", "memory of an idle tab", "kB"),
)

# Of each subject: what a column of the comparison says, and the metric behind the subject's name.
COLUMNS = (
    ("send → model, ms", "reached"),
    ("first delta, ms", "first"),
    ("1 stream p50, ms", "1/p50"),
    ("1 stream p99, ms", "1/p99"),
    ("100 streams p50, ms", "100/p50"),
    ("100 streams p99, ms", "100/p99"),
    ("100 streams, µs a delta", "100/cost"),
    ("one stream, deltas/s", "firehose"),
)


def shown(value: float) -> str:
    """A figure with as many digits as it is worth."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}"
