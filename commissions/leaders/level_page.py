"""What the page of levels draws: the road from level to level, the quarter by night, rebates by band, dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commissions.leaders import results
from commissions.leaders.level_story import Progress
from haowu.ground import days
from haowu.tenants.models import Tenant
from haowu.web.charts import Chart, Series
from tuanzhang import levels, periods
from tuanzhang.levels import WEIGHTS, LevelStep
from tuanzhang.models import LevelLabel, QuarterLevel

TEN_THOUSAND_YUAN_FEN = 1_000_000
ROAD = 1000
"""Length of the drawn road; each stretch between two levels is as long as the others."""


@dataclass(frozen=True)
class Stop:
    """A level on the road, at ``x`` of ROAD. ``mark`` is the class of its medal."""

    mark: str
    label: str
    step: LevelStep | None
    x: int
    is_reached: bool

    @property
    def sign(self) -> str:
        return self.label[:1]


@dataclass(frozen=True)
class Road:
    """``x``: how far one has come; ``next_x``: where the next level stands, None past the last."""

    stops: list[Stop]
    x: int
    next_x: int | None


def road(progress: Progress) -> Road:
    """Where the GMV stands between the levels' thresholds; what else a level takes stands in ``gap``."""
    steps, gmv_fen = progress.policy.steps, max(0, progress.brought.quarter.gmv_fen)
    stretch = ROAD // len(steps)
    order = list(levels.LeaderLevel)
    reached = order.index(progress.reached)
    stops = [Stop("p", str(LevelLabel.POTENTIAL.label), None, 0, True)]
    for place, step in enumerate(steps, start=1):
        label = str(LevelLabel(step.level).label)
        stops.append(Stop(step.level.value[:1], label, step, place * stretch, order.index(step.level) <= reached))
    bounds = [0, *(step.gmv_fen for step in steps)]
    x, next_x = ROAD, None
    for place, (low, high) in enumerate(pairwise(bounds)):
        if gmv_fen < high:
            x, next_x = place * stretch + stretch * (gmv_fen - low) // (high - low), (place + 1) * stretch
            break
    return Road(stops, x, next_x)


@dataclass(frozen=True)
class Component:
    """One of the three figures of the score: what there is, the target, its weight and its points."""

    label: str
    unit: str
    now: int
    target: int
    weight: int

    @property
    def is_money(self) -> bool:
        return not self.unit

    @property
    def points(self) -> str:
        return f"{self.weight * max(0, min(self.now, self.target)) / self.target:.2f}"


def components(progress: Progress) -> list[Component]:
    brought, policy = progress.brought, progress.policy
    brands, gmv, promoters = WEIGHTS
    return [
        Component(_("净成交额"), "", brought.quarter.gmv_fen, policy.target_gmv_fen, gmv),
        Component(_("引入品牌"), _("个"), brought.brands, policy.target_brands, brands),
        Component(_("推广者"), _("位"), brought.promoters, policy.target_promoters, promoters),
    ]


@dataclass(frozen=True)
class Need:
    """One condition of the next level, and what is missing of it."""

    label: str
    unit: str
    wanted: int
    missing: int

    @property
    def is_money(self) -> bool:
        return not self.unit


def gap(progress: Progress) -> list[Need]:
    """What the next level takes; empty for the highest. What it does not ask for is left out."""
    missing = progress.missing
    if missing is None:
        return []
    step = next(step for step in progress.policy.steps if step.level == missing.level)
    needs = [
        Need(_("净成交额"), "", step.gmv_fen, missing.gmv_fen),
        Need(_("品牌"), _("个"), step.brands, missing.brands),
        Need(_("推广者"), _("位"), step.promoters, missing.promoters),
    ]
    return [need for need in needs if need.wanted]


def quarter_chart(leader: Tenant, progress: Progress, today: date) -> Chart:
    """The quarter's GMV as its nights add up to it, beside what the next level takes."""
    nights = results.by_night(leader.pk, progress.quarter, progress.policy)
    change = {night: settled - refunded for night, settled, refunded in nights}
    until = min(max([today, *change]), periods.last_day(progress.quarter))
    shown = days.days_between(progress.quarter, until)
    next_level = progress.missing.level if progress.missing else None
    goal_fen = next((step.gmv_fen for step in progress.policy.steps if step.level == next_level), None)
    unit_fen, unit = (TEN_THOUSAND_YUAN_FEN, _("万元")) if (get_language() or "").startswith("zh") else (100, _("元"))
    total, values = 0, []
    for day in shown:
        total += change.get(day, 0)
        values.append(round(total / unit_fen, 2))
    series = [Series(_("净成交额"), values)]
    if goal_fen is not None:
        goal = [goal_fen / unit_fen] * len(shown)
        series.append(Series(_("{level}要").format(level=progress.missing_label), goal, role="before"))
    return Chart(_("本季净成交额"), unit, [f"{day:%m-%d}" for day in shown], series, _("结算夜"))


@dataclass(frozen=True)
class BandRow:
    """A band of GMV with its rate: what lies in it now, and were the next level just reached."""

    low_fen: int
    high_fen: int | None
    rebate_bps: int
    now: int
    then: int

    @property
    def now_rebate_fen(self) -> int:
        return _share(self.now, self.rebate_bps)

    @property
    def then_rebate_fen(self) -> int:
        return _share(self.then, self.rebate_bps)


@dataclass(frozen=True)
class Bands:
    """``rows`` add up to ``now`` and ``then``; times the score that is the rebate. ``then_level`` '' at the top."""

    rows: list[BandRow]
    then_level: str
    then_gmv_fen: int
    then_rebate_fen: int


def bands(progress: Progress) -> Bands:
    policy, gmv_fen = progress.policy, progress.brought.quarter.gmv_fen
    mode, steps, missing = levels.Mode(policy.mode), policy.steps, progress.missing
    then_level = missing.level if missing else progress.reached
    then_gmv_fen = gmv_fen + (missing.gmv_fen if missing else 0)
    now = _by_level(levels.bands(gmv_fen, progress.reached, mode, steps))
    then = _by_level(levels.bands(then_gmv_fen, then_level, mode, steps))
    tops: Sequence[int | None] = [*(step.gmv_fen for step in steps[1:]), None]
    rows = [
        BandRow(step.gmv_fen, top, step.rebate_bps, now.get(step.level, 0), then.get(step.level, 0))
        for step, top in zip(steps, tops, strict=True)
    ]
    rebate_fen = levels.rebate_fen(then_gmv_fen, then_level, progress.score_bps, mode, steps)
    return Bands(rows, str(LevelLabel(then_level).label) if missing else "", then_gmv_fen, rebate_fen)


def _by_level(found: list[levels.Band]) -> dict[levels.LeaderLevel, int]:
    return {band.level: band.gmv_fen for band in found}


def _share(gmv_fen: int, bps: int) -> int:
    """As shown for one band; the rebate itself is rounded once, over all of them."""
    return (2 * gmv_fen * bps + 10_000) // 20_000


@dataclass(frozen=True)
class Coming:
    day: date
    label: str
    text: str


def coming(today: date, quarter: QuarterLevel | None) -> list[Coming]:
    """The next dates: the month judged, the quarter closed, an appeal that ends."""
    month = periods.month_of(today)
    judged, closed = periods.next_month(month), periods.last_day(periods.quarter_of(today))
    rebated = closed + days.ONE_DAY + QuarterLevel.APPEAL_WITHIN
    found = [
        Coming(judged, _("出 {month} 考核").format(month=f"{month:%Y-%m}"), _("不合格会收到通知，14 天内可以申诉")),
        Coming(closed, _("本季最后一夜"), _("关账后按这一刻的净成交额评定等级")),
        Coming(rebated, _("申诉期结束"), _("之后返点由平台两人复核入账")),
    ]
    if quarter is not None and days.day_of(quarter.appeal_until) > today:
        ends = days.day_of(quarter.appeal_until)
        found.append(Coming(ends, _("{quarter} 等级申诉截止").format(quarter=quarter.name), _("过了这天不再受理")))
    return sorted(found, key=lambda each: each.day)
