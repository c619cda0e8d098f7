"""The business day is Asia/Shanghai's whatever the host's time zone, to the millisecond; decreases close at 23:50."""

import os
import time
from datetime import timedelta

import pytest

from commissions.models import OrderLine, Settlement
from commissions.nights import night
from haowu.ground import days
from haowu.ground.errors import Refused
from merchants import plans
from tests.build import bought, event, merchant, moment, normal_plan, paid, pick, product, push, source, streamer
from tests.faults.market import DAY_DATE, audit_complaints
from tests.faults.processes import forked
from tests.faults.rows import catches, row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.campaign]
ZONES = ["UTC", "America/New_York", "Asia/Shanghai"]
BOUNDARY = "day boundary ±1 ms under host time zones"
LOWERED = "rate lowered at 23:49:59, 23:50:00, 23:59:59, 00:00:00"
MIDNIGHT = moment("2024-06-02 00:00")
OFFSETS = {-1: "2024-06-09", 0: "2024-06-10", 1: "2024-06-10"}
"""Received so many milliseconds after midnight of 2 June, settled in the night of 9 or 10 June."""


def in_zone(zone: str, act, patch=None) -> int | None:
    """``act`` in a process of a host in ``zone``; its exit code."""

    def there() -> None:
        os.environ["TZ"] = zone
        time.tzset()
        if patch:
            patch()
        act()

    process = forked(there)
    process.join(120)
    return process.exitcode


def by_the_hosts_clock() -> None:
    """The broken variant: days of the host's own zone."""
    days.day_of = lambda at: at.astimezone().date()
    days.decreases_closed = lambda at: at.astimezone().time() >= days.DECREASES_CLOSE_AT


@pytest.fixture
def shop(transactional_db):
    goods, by = product(merchant("m1")), source()
    pick(streamer("s1"), goods, "x1")
    return goods, by, normal_plan(goods, 2000)


def around_the_boundary(shop) -> None:
    goods, by, _plan = shop
    for offset in OFFSETS:
        order_no = f"o{offset}"
        push(by, [paid(order_no, "2024-06-01 08:00", [bought(goods, "x1")])])
        received = event("received", order_no, "2024-06-02 00:00")
        received["occurred_at"] = (MIDNIGHT + timedelta(milliseconds=offset)).isoformat()
        push(by, [received])
    for day in (DAY_DATE, DAY_DATE + days.ONE_DAY):
        night.settle(day, now=days.now())


def wrong_nights() -> list[str]:
    found = dict(Settlement.objects.values_list("line__order_no", "day"))
    return [
        f"{offset} ms: {found.get(f'o{offset}')}"
        for offset, day in OFFSETS.items()
        if str(found.get(f"o{offset}")) != day
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_a_millisecond_decides_the_night_on_every_host(zone, shop, record_property):
    with row(record_property, BOUNDARY) as case:
        assert in_zone(zone, lambda: around_the_boundary(shop)) == 0
        complaints, checks = audit_complaints()
        case.holds(wrong_nights() + complaints, checks + len(OFFSETS))


def test_days_of_the_hosts_zone_would_be_noticed(shop, record_property):
    assert in_zone("America/New_York", lambda: around_the_boundary(shop), by_the_hosts_clock) == 0
    catches(record_property, BOUNDARY, "the host's own midnight", wrong_nights())


ASKED = {
    "2024-06-01 23:49:59": "2024-06-02 00:00",
    "2024-06-01 23:50:00": None,
    "2024-06-01 23:59:59": None,
    "2024-06-02 00:00:00": "2024-06-03 00:00",
}
"""When a decrease from 20% to 15% is asked for, and from when it holds; None where it is refused."""


def lower(shop, asked: str) -> None:
    """Ask for it, then order at the last second before each midnight and at midnight itself."""
    goods, by, plan = shop
    try:
        plans.set_rate(plan, 1500, at=moment(asked))
    except Refused as refused:
        assert refused.code == "DECREASES_CLOSED"
    for at in ("2024-06-01 23:59:59", "2024-06-02 00:00:00", "2024-06-02 23:59:59", "2024-06-03 00:00:00"):
        push(by, [paid(f"o {at}", "2024-06-03 08:00", [bought(goods, "x1")], ordered=at)])


def wrong_rates(asked: str) -> list[str]:
    begins, wrong = ASKED[asked], []
    for line in OrderLine.objects.all():
        expected = 1500 if begins and line.ordered_at >= moment(begins) else 2000
        if line.commission_bps != expected:
            wrong.append(f"{line.order_no}: {line.commission_bps}")
    return wrong if OrderLine.objects.count() == 4 else [*wrong, "orders are missing"]


@pytest.mark.parametrize(
    ("zone", "asked"), list(zip(["UTC", "America/New_York", "Asia/Shanghai", "UTC"], ASKED, strict=True))
)
def test_a_rate_lowered_around_ten_to_midnight(zone, asked, shop, record_property):
    with row(record_property, LOWERED) as case:
        assert in_zone(zone, lambda: lower(shop, asked)) == 0
        case.holds(wrong_rates(asked), 4)


def test_ten_to_midnight_by_the_hosts_clock_would_be_noticed(shop, record_property):
    asked = "2024-06-01 23:50:00"
    assert in_zone("America/New_York", lambda: lower(shop, asked), by_the_hosts_clock) == 0
    catches(record_property, LOWERED, "ten to midnight by the host's clock", wrong_rates(asked))
