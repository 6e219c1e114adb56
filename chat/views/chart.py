"""The bars of the usage chart: one for each day, in it a piece for each model."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from chat.models.usage import Used

COLOURS = 5
WIDTH, HEIGHT, GAP = 10, 100, 1.5


@dataclass(frozen=True)
class Piece:
    """A rectangle: numbers as SVG writes them, and which of the colours."""

    y: str
    height: str
    colour: int


@dataclass
class Bar:
    """One day."""

    day: date
    tokens: int
    x: str
    pieces: list[Piece] = field(default_factory=list)


@dataclass
class Chart:
    """Bars within `width` by 100, the legend by colour, and the tokens that 100 stand for."""

    bars: list[Bar]
    legend: list[tuple[int, str]]
    most: int
    width: int
    bar_width: str = f"{WIDTH - 2 * GAP:g}"


def chart(used: list[Used], today: date, days: int) -> Chart:
    """The bars of so many days up to today; the sixth model and those after it share a colour."""
    models = Counter[str]()
    by_day: dict[date, Counter[str]] = defaultdict(Counter)
    for each in used:
        models[each.model] += each.tokens
        by_day[each.day][each.model] += each.tokens
    named = [model for model, _tokens in models.most_common(COLOURS)]
    colours = {model: number for number, model in enumerate(named, 1)}
    most = max((counts.total() for counts in by_day.values()), default=0)
    first = today - timedelta(days=days - 1)
    bars = [
        _bar(number, first + timedelta(days=number), by_day, colours, most)
        for number in range(days)
    ]
    legend = list(enumerate(named, 1))
    if len(models) > COLOURS:
        legend.append((COLOURS + 1, _("Others")))
    return Chart(bars, legend, most, width=days * WIDTH)


def _bar(
    number: int,
    day: date,
    by_day: dict[date, Counter[str]],
    colours: dict[str, int],
    most: int,
) -> Bar:
    counts = by_day.get(day, Counter())
    by_colour = Counter[int]()
    for model, tokens in counts.items():
        by_colour[colours.get(model, COLOURS + 1)] += tokens
    bar = Bar(day, counts.total(), x=f"{number * WIDTH + GAP:g}")
    top = float(HEIGHT)
    for colour, tokens in sorted(by_colour.items()):
        height = tokens * HEIGHT / most if most else 0
        top -= height
        bar.pieces.append(Piece(f"{top:.2f}", f"{height:.2f}", colour))
    return bar
