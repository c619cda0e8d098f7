"""A leader's market in a few lines: goods in its activity, picked and sold through it, months and quarters closed."""

from datetime import date, timedelta
from itertools import count

from bases.branding import brand_products
from commissions.leaders import levelling, rebates
from commissions.models import RebateBatch, Settlement
from haowu.approvals.versions import publish
from haowu.audit.invariants import run_audit
from haowu.ground import days
from haowu.ledger.models import Account
from haowu.tenants.models import Tenant
from merchants.models import Brand, Product
from streamers.models import Pick
from tests.build import (
    activity,
    bought,
    enrolled,
    event,
    merchant,
    moment,
    paid,
    pick,
    product,
    push,
    settle,
    source,
    staff,
    streamer,
)
from tuanzhang import periods
from tuanzhang.models import Activity, LevelPolicy, MonthlyAssessment, QuarterLevel

Q2_CLOSED, APPEALS_OVER = "2024-07-01 04:00", "2024-07-15 00:00"
_numbers = count(1)


def golden(leader: Tenant) -> Tenant:
    """``leader`` whose first quarter of 2024 was closed as gold."""
    QuarterLevel.objects.create(
        leader=leader,
        quarter=date(2024, 1, 1),
        policy=LevelPolicy.objects.in_force(date(2024, 1, 1)),
        lines=1,
        settled_fen=300_000_000_00,
        refunded_fen=0,
        gmv_fen=300_000_000_00,
        brands=1,
        promoters=1,
        score_bps=5_000,
        level="gold",
        closed_at=moment("2024-04-01 03:00"),
    )
    return leader


class Stall:
    """What ``leader`` sells: one product of one shop by one streamer unless said otherwise."""

    def __init__(self, leader: Tenant, **terms) -> None:
        self.leader = leader
        self.by = source()
        self.activity: Activity = activity(leader, **terms)
        self.goods = self.another_product()
        self.pick = self.another_seller()

    def another_product(self, of: Tenant | None = None, brand: str = "", code: str = "") -> Product:
        made = product(of or merchant(), code)
        if brand:
            made.brand = Brand.objects.get_or_create(code=brand, defaults={"name": brand})[0]
            made.save(update_fields=["brand"])
            brand_products(made.merchant, {made.code: made.brand})
        enrolled(made, self.activity)
        return made

    def another_seller(self, of: Product | None = None, **through) -> Pick:
        goods = of or self.goods
        return pick(streamer(), goods, f"q{next(_numbers)}", activity=self.activity, **through)

    def sell(
        self, at: str, price_fen: int = 10_000, *, received: str = "", shipped: str = "", by: Pick | None = None
    ) -> str:
        """One order of one line at ``at``, received at once unless said; its number."""
        number, by = f"no{next(_numbers)}", by or self.pick
        events = [paid(number, at, [bought(by.product, by.pid, price_fen=price_fen)])]
        if shipped:
            events.append(event("shipped", number, shipped))
        if received != "never":
            events.append(event("received", number, received or at))
        assert {receipt.status for receipt in push(self.by, events)} == {"accepted"}
        return number

    def refund(self, number: str, at: str, amount_fen: int) -> None:
        given = event("refunded", number, at, refund_no=f"r{next(_numbers)}", goods_fen=amount_fen, freight_fen=0)
        assert {receipt.status for receipt in push(self.by, [given])} == {"accepted"}

    def sell_many(self, n: int, at: str, price_fen: int = 10_000, *, by: Pick | None = None, shipped: str = "") -> None:
        """``n`` orders of ``at``, not received."""
        by, events = by or self.pick, []
        for _each in range(n):
            number = f"no{next(_numbers)}"
            events.append(paid(number, at, [bought(by.product, by.pid, price_fen=price_fen)]))
            if shipped:
                events.append(event("shipped", number, shipped))
        for first in range(0, len(events), 500):
            assert {receipt.status for receipt in push(self.by, events[first : first + 500])} == {"accepted"}


def q(name: str) -> date:
    return periods.quarter_named(name)


def closed(name: str, *, settled: bool = False) -> list[QuarterLevel]:
    """Close a quarter on the day after it, all its nights settled in one unless they are ``settled`` already."""
    quarter = q(name)
    if not settled:
        settle(str(periods.last_day(quarter)))
    levelling.close_quarter(quarter, at=days.start_of(periods.next_quarter(quarter)) + timedelta(hours=4))
    return list(QuarterLevel.objects.of_quarter(quarter).order_by("leader"))


def level_of(leader: Tenant, name: str) -> QuarterLevel:
    return QuarterLevel.objects.of_quarter(q(name)).last_revisions().get(leader=leader)


def assessed(month: str) -> list[MonthlyAssessment]:
    """Assess ``2024-06`` on the 1st of the month after it."""
    first = date.fromisoformat(f"{month}-01")
    levelling.assess_month(first, at=days.start_of(periods.next_month(first)) + timedelta(hours=4))
    return list(MonthlyAssessment.objects.of_month(first).order_by("leader"))


def policy(**fields) -> LevelPolicy:
    version = LevelPolicy(**{"effective_from": date(1970, 1, 2)} | fields)
    return publish(version, "level-policy", at=days.BEGINNING)


def bases(leader: Tenant) -> list[int]:
    return list(Settlement.objects.filter(first_leader=leader).order_by("pk").values_list("base_fen", flat=True))


def balance(owner: Tenant | None, kind: str) -> int:
    """None: the platform."""
    found = Account.objects.filter(kind=kind, **({"owner": owner} if owner else {"owner__kind": "platform"})).first()
    return found.balance_fen if found else 0


def proposed(name: str = "2024Q2", at: str = APPEALS_OVER) -> RebateBatch:
    return rebates.propose(q(name), by=staff(), at=moment(at))


def approved(batch: RebateBatch, at: str = "2024-07-16 10:00") -> RebateBatch:
    rebates.approve(batch, by=staff(), at=moment(at))
    batch.refresh_from_db()
    return batch


def holds() -> list[str]:
    return [finding.code for finding in run_audit() if not finding.holds]


def full_score(mode: str, **thresholds) -> LevelPolicy:
    return policy(mode=mode, target_brands=1, target_promoters=1, **thresholds)


def good_month(stall: Stall, month: str, *, shipped: int = 200, sellers: int = 3) -> None:
    """200 orders of 50.00 by three new streamers, each shipped in time, unless said otherwise."""
    picks = [stall.another_seller() for _each in range(sellers)]
    for number, by in enumerate(picks):
        n = 200 // sellers + (200 % sellers if number == 0 else 0)
        stall.sell_many(n, f"{month}-10 10:00", 50_00, by=by, shipped=f"{month}-12 10:00")
