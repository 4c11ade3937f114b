"""Who wants what, and when: a few sessions that everybody asks for, many that have room."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from festival.domain.demonstration.synthetic.chance import Chance
from festival.domain.demonstration.synthetic.sessions import Run

HOT, COLD = 0.1, 0.3  # parts of all runs
HOT_ASKED = (5.0, 2.0)  # times their places, from the most wanted down
COLD_ASKED = (0.45, 0.08)
MIDDLE_FALLS = 0.25  # the least wanted of the others to the most wanted of them
PARTY = 2.1  # places of one party, about
# Some who ask find nothing and do not wait: so many ask for each order that is made.
ASKS_FOR_AN_ORDER = 1.32

# When orders come, from the opening of booking until now.
FIRST_HOUR, LAUNCH_WEEK, LAST_DAYS = 0.2, 0.45, 0.15
WEEK, LAST = timedelta(days=7), timedelta(days=3)


def asked_for(chance: Chance, runs: Sequence[Run], orders: int) -> Iterator[Run]:
    """The run that each party in turn asks for, without end."""
    ranked = [run for run in runs if not run.drop_in]
    chance.random.shuffle(ranked)
    hot, cold = round(len(ranked) * HOT), round(len(ranked) * COLD)
    middle = ranked[hot : len(ranked) - cold]
    asks = [
        *_slope(ranked[:hot], *HOT_ASKED),
        *_slope(ranked[len(ranked) - cold :], *COLD_ASKED),
    ]
    curve = list(_curve(middle))
    left = max(len(middle), orders * ASKS_FOR_AN_ORDER - sum(count for _, count in asks))
    scale = left / sum(count for _, count in curve)
    asks += [(run, count * scale) for run, count in curve]
    line = [run for run, count in asks for _ in range(round(count))]
    chance.random.shuffle(line)
    yield from line
    while True:  # what cold sessions lack is not made up for
        yield chance.one_of(middle)


def _slope(runs: Sequence[Run], highest: float, lowest: float) -> Iterator[tuple[Run, float]]:
    """How many parties ask: places times a number that falls evenly."""
    for place, run in enumerate(runs):
        times = highest + (lowest - highest) * place / max(1, len(runs) - 1)
        yield run, run.capacity * times / PARTY


def _curve(runs: Sequence[Run]) -> Iterator[tuple[Run, float]]:
    """The same, falling by the same factor from each to the next; to be scaled."""
    for place, run in enumerate(runs):
        yield run, run.capacity * MIDDLE_FALLS ** (place / max(1, len(runs) - 1))


def moments(chance: Chance, count: int, opened_at: datetime, now: datetime) -> list[datetime]:
    """When so many orders came, in their order: a fifth within the first hour."""
    week, last = opened_at + WEEK, now - LAST
    hour = opened_at + timedelta(hours=1)
    spans = ((opened_at, hour), (hour, week), (week, last), (last, now))
    middle = 1 - LAUNCH_WEEK - LAST_DAYS
    weights = (FIRST_HOUR, LAUNCH_WEEK - FIRST_HOUR, middle, LAST_DAYS)
    found = []
    for begins, ends in chance.random.choices(spans, weights, k=count):
        found.append(begins + (ends - begins) * chance.random.random())
    return sorted(found)
