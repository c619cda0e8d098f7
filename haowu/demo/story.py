"""The replay with its nights. Where it stands is read from PostgreSQL: the events that are there, the last sealed day.

Day by day: the events of day D are sent once night D is sealed, while a Celery worker still settles it. So a night
takes what was due before its 00:00 and nothing that happened later, as it would have been at the time. The events of
today are sent as their times come (``Today``).
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import zip_longest

from django.db.models import Max

from commissions.models import OrderEvent, Run
from commissions.tasks import settle_night
from haowu.demo import quarters
from haowu.demo.retail import replay
from haowu.demo.retail.laps import laps
from haowu.demo.retail.orders import Book
from haowu.demo.retail.replay import Day, Sent, Written
from haowu.embedded.programs import Programs
from haowu.ground import days

ASK_AGAIN_SECONDS = 20
"""After a lost queue the night is asked for again; it settles once all the same."""


def calendar(book: Book, shift: timedelta, until: date, *, since: date | None = None) -> list[Day]:
    """The days of ``book`` as they are replayed, as many laps as reach ``until``."""
    return replay.calendar(book, until, since=since, laps=laps(book, shift, until))


def remaining(calendar: list[Day]) -> list[Day]:
    """The days whose events were not all sent, and those whose night is not sealed yet.

    A night that somebody else sealed before its day's events were sent changes nothing: late events are booked in the
    next open night.
    """
    last, frontier = last_day(), Run.objects.frontier()
    if last is None or frontier is None:
        return calendar
    unsent = next((day.day for day in calendar if day.day >= last and not _is_sent(day)), None)
    return [day for day in calendar if day.day >= frontier or (unsent is not None and day.day >= unsent)]


def last_day() -> date | None:
    """Of the events that were sent; None where there are none."""
    last_at = OrderEvent.objects.filter(source=replay.source()).aggregate(last_at=Max("occurred_at"))["last_at"]
    return days.day_of(last_at) if last_at else None


def _is_sent(day: Day) -> bool:
    events = [parcel.event_id for parcel in day.parcels[-1:]]
    return OrderEvent.objects.filter(source=replay.source(), event_id__in=events).count() == len(events)


def play(todo: list[Day], programs: Programs, sent: Sent) -> Iterator[int]:
    """Replay the days of ``todo``, each night through the worker. Yields the number of events stored."""
    partner = replay.source()
    frontier = Run.objects.frontier()
    if frontier is not None:
        _ask(frontier)
        _until_closed(frontier, programs)
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
        quarters.on(todo[-1].day + days.ONE_DAY)


@dataclass
class Today:
    """The events from ``since`` on, each sent once its time has come. It goes on past midnight."""

    book: Book
    shift: timedelta
    since: date
    sent: Sent = field(default_factory=Sent)
    _waiting: list[Written] = field(default_factory=list)

    def send_due(self, now: datetime) -> int:
        """How many were sent."""
        today = days.day_of(now)
        if self.since <= today:
            for day in calendar(self.book, self.shift, today, since=self.since):
                self._waiting += replay.written(day)
            self.since = today + days.ONE_DAY
        due = [each for each in self._waiting if each[0].at <= now]
        self._waiting = self._waiting[len(due) :]
        sum(replay.send(replay.source(), due, self.sent, now=now))
        return len(due)


def _ask(night: date) -> None:
    if not _is_covered(night):
        settle_night.delay(night.isoformat())


def _is_covered(night: date) -> bool:
    """Whether a later night holds it already."""
    return Run.objects.filter(day__gt=night).exists()


def _until_sealed(night: date, programs: Programs) -> None:
    _until(night, programs, lambda: Run.objects.filter(day__gte=night).exists())


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
