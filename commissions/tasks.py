"""Celery wakes workers; what there is to do stands in PostgreSQL.

Tasks are short, since one that outlasts the broker's visibility timeout runs twice: a worker takes what it can for
``TURN_SECONDS``, then hands on. Only transient errors are retried; a night that waits for a person wakes nobody.
"""

import logging
import time
from datetime import date

from celery import shared_task
from kombu.exceptions import OperationalError as BrokerError

from commissions.cases import deadlines
from commissions.leaders import activity_counts, goods_served, levelling
from commissions.models import Run
from commissions.nights import night
from commissions.orders import module_orders, sales, service
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.transient import RETRIES
from streamers.exposure import weighing
from tuanzhang import periods, permission
from tuanzhang.level_refusals import QuarterNotOver

log = logging.getLogger(__name__)

HELPERS = 7
"""How many more workers a night wakes at most; the sweep wakes others later."""
TURN_SECONDS = 30
SWEPT_SECONDS = 10


@shared_task(**RETRIES)
def settle_night(day: str | None = None) -> None:
    """Settle ``day`` (ISO; by default today in Shanghai, whose lines fell due before its 00:00)."""
    run = night.open_run(date.fromisoformat(day) if day else days.day_of(days.now()), now=days.now())
    wake(min(run.shards.count() - 1, HELPERS))
    turn_ends = time.monotonic() + TURN_SECONDS
    while (oldest := Run.objects.unfinished().first()) and oldest.day <= run.day:
        if not night.work_on(oldest):
            try:
                night.require_workable(oldest)
            except Refused as refused:
                log.warning("%s", refused)
                return
            time.sleep(0.05)  # other workers have the rest; one of them may die
        if time.monotonic() > turn_ends:
            wake()
            return


@shared_task(**RETRIES)
def help_with_nights() -> None:
    """Take shards of the oldest night that is not closed, until there is none to take."""
    turn_ends = time.monotonic() + TURN_SECONDS
    while (oldest := Run.objects.unfinished().first()) and night.work_on(oldest):
        if time.monotonic() > turn_ends:
            wake()
            return


@shared_task
def sweep() -> None:
    """Wake a worker while a night is not closed: after a lost worker, a lost queue, an outage."""
    if Run.objects.unfinished().exists():
        wake(expires=SWEPT_SECONDS)


def wake(helpers: int = 1, expires: float | None = None) -> None:
    """Ask for ``helpers`` workers, in vain after ``expires`` seconds. Where Redis is away the sweep asks again."""
    try:
        for _ in range(helpers):
            help_with_nights.apply_async(expires=expires)
    except BrokerError as error:
        log.warning("workers not woken, the sweep will: %s", error)


@shared_task(**RETRIES)
def release_expired() -> None:
    """Release the holds and disputes whose deadline has passed."""
    deadlines.release_expired(at=days.now())


@shared_task(**RETRIES)
def agree_quiet_requests() -> None:
    """Merchants' requests about goods without an order for thirty days need no answer."""
    activity_counts.agree_quiet_requests(at=days.now())


@shared_task(**RETRIES)
def count_leaders() -> None:
    """The figures by which merchants weigh leaders."""
    activity_counts.count_leaders(at=days.now())


@shared_task(**RETRIES)
def count_sales() -> None:
    """The morning's count for the selection centre: what goods sold, how they and their shops were served, the rest."""
    now = days.now()
    sales.count_sales(at=now)
    sales.count_settled()
    goods_served.count_service(at=now)
    service.score_shops(at=now)
    weighing.weigh_listings(at=now)
    module_orders.count_modules(at=now)


@shared_task(**RETRIES)
def judge_leaders() -> None:
    """Assess the month that is over, and close the quarter that is, once each; on the 1st where nothing is late.

    A quarter whose last night has not closed is asked for again the next day.
    """
    now = days.now()
    today = days.day_of(now)
    levelling.assess_month(periods.month_before(today), at=now)
    try:
        levelling.close_quarter(periods.quarter_before(today), at=now)
    except QuarterNotOver as refused:
        log.warning("%s", refused)


@shared_task(**RETRIES)
def revoke_permissions() -> None:
    """Revoke the permissions that were announced for today, the 15th, or are overdue."""
    now = days.now()
    permission.revoke_due(days.day_of(now), at=now)
