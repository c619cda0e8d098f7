"""The replay with its nights. Where it stands is read from PostgreSQL: the last sealed day.

Day by day: the events of day D are sent once night D is sealed, while a Celery worker still settles it. So a night
takes what was due before its 00:00 and nothing that happened later, as it would have been at the time.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import zip_longest

from commissions.models import OrderEvent, Run
from commissions.tasks import settle_night
from haowu.demo import quarters
from haowu.demo.retail import replay
from haowu.demo.retail.replay import Day, Sent
from haowu.embedded.programs import Programs
from haowu.ground import days

ASK_AGAIN_SECONDS = 20
"""After a lost queue the night is asked for again; it settles once all the same."""


def remaining(calendar: list[Day]) -> list[Day]:
    """The days whose events were not all sent: night D + 1 is sealed only after them."""
    frontier = Run.objects.frontier()
    return [day for day in calendar if frontier is None or day.day >= frontier]


def overtaken(calendar: list[Day]) -> date | None:
    """The night that sealed the days of a replay cut short, such as the real one at 02:00; None where there is none."""
    frontier = Run.objects.frontier()
    if frontier is None or frontier <= calendar[-1].day + days.ONE_DAY:
        return None
    sent = OrderEvent.objects.filter(source=replay.source()).count()
    return frontier if sent < sum(len(day.parcels) for day in calendar) else None


def play(calendar: list[Day], programs: Programs, sent: Sent) -> Iterator[int]:
    """Replay what remains of ``calendar``, each night through the worker. Yields the number of events stored."""
    partner = replay.source()
    frontier = Run.objects.frontier()
    if frontier is not None:
        _ask(frontier)
        _until_closed(frontier, programs)
    todo = remaining(calendar)
    events = replay.written(todo[0]) if todo else []
    for day, following in zip_longest(todo, todo[1:]):
        yield from replay.send(partner, events, sent, now=days.now())
        night = day.day + days.ONE_DAY
        _until_closed(day.day, programs)
        quarters.on(day.day)
        _ask(night)
        events = replay.written(following) if following else []
        _until_sealed(night, programs)
    if todo:
        _until_closed(todo[-1].day + days.ONE_DAY, programs)


def _ask(night: date) -> None:
    settle_night.delay(night.isoformat())


def _until_sealed(night: date, programs: Programs) -> None:
    _until(night, programs, lambda: Run.objects.filter(day=night).exists())


def _until_closed(night: date, programs: Programs) -> None:
    _until(night, programs, lambda: not Run.objects.filter(day=night).exclude(status=Run.Status.CLOSED).exists())


def _until(night: date, programs: Programs, reached: Callable[[], bool]) -> None:
    asked = time.monotonic()
    while not reached():
        programs.check()
        if time.monotonic() - asked > ASK_AGAIN_SECONDS:
            _ask(night)
            asked = time.monotonic()
        time.sleep(0.005)
