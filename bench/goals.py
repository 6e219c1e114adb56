"""What must be reached, and what is wished for, in the order in which it is printed."""

from dataclasses import dataclass

SDK, BYTES, NGINX = "FastAPI + openai SDK", "FastAPI, bytes", "nginx, bytes"
DATABASES = ("SQLite", "PostgreSQL")
SUBJECTS = ("Chatsite", SDK, BYTES, NGINX)


@dataclass(frozen=True)
class Line:
    """One figure: what it must be and should be, both None if it is only of interest.

    They are the most that it may be; of a figure that is `better` when it is more, the least.
    """

    metric: str
    says: str
    unit: str
    must: float | None = None
    goal: float | None = None
    better: bool = False

    def reaches(self, value: float, limit: float | None) -> bool:
        """Whether a value is as good as a limit, if there is one."""
        if limit is None:
            return True
        return value >= limit if self.better else value <= limit

    def mark(self, value: float) -> str:
        """What to say of a value."""
        if self.must is None and self.goal is None:
            return ""
        if not self.reaches(value, self.must):
            return "MISSED"
        if self.reaches(value, self.goal):
            return "met"
        return "goal missed" if self.must is None else "met, goal missed"

    def limit(self, limit: float | None) -> str:
        """A limit in words."""
        return "" if limit is None else f"{'≥' if self.better else '≤'} {shown(limit)}"


LINES = (
    Line("Chatsite/reached", "send → model reached, p50", "ms", 5),
    Line("Chatsite/first", "first delta, added, p50", "ms", 1),
    Line("Chatsite/1/p50", "1 stream: added, p50", "ms"),
    Line("Chatsite/1/p99", "1 stream: added, p99", "ms", 20),
    Line("Chatsite/1/p99/all", "… with what is not visible alone", "ms"),
    Line("Chatsite/100/p50", "100 streams: added, p50", "ms"),
    Line("Chatsite/100/p99", "100 streams: added, p99", "ms", 100),
    Line("Chatsite/100/cost", "100 streams: server CPU per delta", "µs", 100),
    Line(f"ratio/{SDK}/100", "… as a share of FastAPI + openai SDK", "×", 0.5),
    Line(f"ratio/{BYTES}/100", "… of FastAPI, bytes", "×"),
    Line("Chatsite/200/p50", "200 streams: added, p50", "ms"),
    Line("Chatsite/200/p99", "200 streams: added, p99", "ms", 150),
    Line("Chatsite/200/cost", "200 streams: server CPU per delta", "µs", 70, 45),
    Line(f"ratio/{BYTES}/200", "… of FastAPI, bytes", "×"),
    Line(f"ratio/{NGINX}/200", "… of nginx, bytes", "×"),
    Line("holds", "most streams with p99 ≤ 150 ms", "streams", 250, 400, better=True),
    Line("Chatsite/250/p99", "250 streams: added, p99", "ms", 150),
    Line("Chatsite/300/p99", "300 streams: added, p99", "ms", None, 150),
    Line("Chatsite/400/p99", "400 streams: added, p99", "ms", None, 150),
    Line("Chatsite/400/cost", "400 streams: server CPU per delta", "µs"),
    Line("stop/idle/p50", "stop → upstream closed, idle, p50", "ms"),
    Line("stop/idle/p99", "stop → upstream closed, idle, p99", "ms", 10),
    Line("stop/200/p50", "stop → upstream closed, 200 streams, p50", "ms"),
    Line("stop/200/p99", "stop → upstream closed, 200 streams, p99", "ms", 10),
    Line("snapshot/ms", "connect → snapshot of 10,000 tokens", "ms", 50),
    Line("snapshot/loop", "… of it in the event loop", "ms"),
    Line("Chatsite/firehose", "one stream as fast as it goes", "deltas/s", 12_000, 30_000, True),
    Line("firehose/bytes", "… bytes to the tab, of the HTML's", "×", 3),
    Line("firehose/stall", "… longest wait of another tab's ping", "ms", 50),
    Line("site/first", "first start of the server", "s"),
    Line("site/start", "start of the server", "s", 3),
    Line("site/memory", "memory after the start", "MB", 150),
    Line("site/tab", "memory of an idle tab, of 2,000", "kB", 60),
    Line("site/left", "memory that 200 finished answers leave", "MB", 2),
    Line("page/task", "10,000 tokens in Chromium: longest task", "ms", 50),
    Line("page/busy", "… main thread's share", "%", 20),
    Line("page/input", "… longest wait of a key", "ms", 50),
    Line("page/heap", "… growth of the heap beside the text's", "MB", 5),
    Line("page/scroll", "1,000 messages scrolled: longest task", "ms", 50),
    *(
        Line(f"history/{database}/{metric}", f"{says}, {database}", unit, must)
        for database in DATABASES
        for metric, says, unit, must in (
            ("page", "5,000 messages: their page, p95", "ms", 100),
            ("snapshot", "… connect → their snapshot, p95", "ms", 100),
            ("grown", "… memory after 400 openings, more than after 200", "MB", 10),
            ("list", "10,000 conversations: a page of the list, p95", "ms", 50),
            ("search", "… the slowest of five searches, p95", "ms", 50),
            (
                "search/worst",
                "… of a part that is everywhere and one of two characters",
                "ms",
                None,
            ),
        )
    ),
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
    ("200 streams p99, ms", "200/p99"),
    ("200 streams, µs a delta", "200/cost"),
    ("one stream, deltas/s", "firehose"),
)


def shown(value: float) -> str:
    """A figure with as many digits as it is worth."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}"
