"""The leaders of the demo in the days of its replay: months assessed, quarters closed, rebates by two people.

What the clock and the staff would have done on each day. Any of it may be asked for again: it happens once.
"""

from datetime import date, datetime, timedelta

from commissions.leaders import levelling, rebates
from commissions.models import Run
from haowu.approvals.versions import publish
from haowu.approvals.words import Subject
from haowu.ground import days
from haowu.tenants.models import User
from tuanzhang import periods, permission
from tuanzhang.models import LevelPolicy

WORKING_HOURS = timedelta(hours=10)
PEOPLE = ("finance-maker", "finance-checker")
TERMS = {
    "bronze_gmv_fen": 30_000_00,
    "silver_gmv_fen": 150_000_00,
    "gold_gmv_fen": 600_000_00,
    "silver_brands": 10,
    "gold_brands": 20,
    "target_gmv_fen": 400_000_00,
    "target_brands": 30,
    "target_promoters": 50,
    "note": "演示：门槛按演示数据的规模",
}


def make_policy(since: date) -> None:
    """Thresholds for a market of a few thousand orders a month; the platform's own would leave everybody below."""
    quarter = periods.quarter_of(since)
    if not LevelPolicy.objects.filter(effective_from=quarter).exists():
        publish(LevelPolicy(effective_from=quarter, **TERMS), Subject.LEVEL_POLICY, at=days.now())


def on(day: date) -> None:
    """What is due on ``day``, whose night has closed. Before the first night there is nothing to judge."""
    if not Run.objects.closed().filter(day__gte=day).exists():
        return
    at = _worked_at(day)
    if day.day == 1:
        levelling.assess_month(periods.month_before(day), at=at)
        if day == periods.quarter_of(day):
            levelling.close_quarter(periods.quarter_before(day), at=at)
    if day.day == 15:
        permission.revoke_due(day, at=at)
        if periods.month_of(day) == periods.quarter_of(day):
            _rebate(periods.quarter_before(day), day)


def _rebate(quarter: date, day: date) -> None:
    at = _worked_at(day)
    if not rebates.preview(quarter, at=at):
        return
    maker, checker = (_person(name) for name in PEOPLE)
    batch = rebates.propose(quarter, by=maker, at=at)
    rebates.approve(batch, by=checker, at=at)


def _worked_at(day: date) -> datetime:
    """In the morning; at once where it is earlier still."""
    return min(days.start_of(day) + WORKING_HOURS, days.now())


def _person(name: str) -> User:
    """One of the staff who signed for it. Nobody can sign in as them."""
    found = User.objects.filter(username=name).first()
    return found or User.objects.create_user(name, password=None, is_staff=True)
