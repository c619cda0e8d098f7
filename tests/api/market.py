"""A market in which every resource of the API has something to show, for callers of every kind."""

from dataclasses import dataclass

from django.test import Client

from bases import introducing
from commissions.cases import corrections, disputes, holds
from commissions.leaders import rebates
from commissions.models import Order, OrderLine
from commissions.payments import withdrawals
from commissions.postings import funding
from haowu.ground import days
from haowu.ledger.models import Posting
from haowu.partners.clients import register_client
from haowu.tenants.models import Tenant
from merchants import providers
from streamers import arranging
from streamers.links import making
from streamers.live import planning, running
from tests import bases, quarters
from tests.api.callers import ALL_SCOPES, basic
from tests.build import (
    activity,
    bank_account,
    bought,
    enrolled,
    event,
    leader,
    listed_plan,
    member,
    merchant,
    moment,
    paid,
    pick,
    policy,
    product,
    push,
    second,
    settle,
    source,
    staff,
    streamer,
    tenant,
)
from tuanzhang import changes, enrolling, second_level


@dataclass(frozen=True)
class Market:
    source: Tenant
    shop: Tenant
    seller: Tenant
    lead: Tenant
    other_lead: Tenant
    agency: Tenant
    base: Tenant

    @property
    def callers(self) -> list[Tenant]:
        return [self.source, self.shop, self.seller, self.lead, self.other_lead, self.agency, self.base]


def build() -> Market:
    """Sales of June 2024 with all that may become of one, a quarter judged and paid for, and a base with its stock."""
    policy(min_withdrawal_fen=1)
    quarters.policy(mode="whole", bronze_gmv_fen=1, silver_gmv_fen=2, gold_gmv_fen=1_000_000_00, target_gmv_fen=2,
                    target_brands=1, target_promoters=1)  # fmt: skip
    market = Market(
        source("youzan"), merchant("m1"), streamer("s1"), leader("l1"), leader("l2"), tenant("provider", "care"),
        bases.base("b1", agreed_by=["m1"]).base,
    )  # fmt: skip
    for party in (market.seller, market.lead, market.other_lead, market.agency, market.base):
        bank_account(party)
    _goods_and_sales(market)
    _links_and_a_session(market)
    _nights_and_cases(market)
    _a_quarter(market)
    _stock(market)
    return market


def token(of: Tenant, *scopes: str) -> str:
    client_id, secret = register_client(of, "market", scopes or ALL_SCOPES)
    answer = Client().post("/oauth/token/", {"grant_type": "client_credentials"}, headers=basic(client_id, secret))
    return answer.json()["access_token"]


def _goods_and_sales(market: Market) -> None:
    providers.engage(market.shop, market.agency, services="代运营", bps=300, at=moment("2024-05-01 00:00"))
    goods, plain = product(market.shop, "p1"), product(market.shop, "p2")
    listed_plan(plain, "item_targeted", {market.seller: 2000})
    promoted = activity(market.lead, code="a1", joining="all")
    activity(market.lead, code="a2", published=False)
    item = enrolled(goods, promoted)
    applied = second(market.other_lead, item, 200)
    second_level.ask_end(applied, market.other_lead, at=moment("2024-06-20 10:00"))
    enrolling.enrol(promoted, plain, commission_bps=1500, service_fee_bps=300, at=moment("2024-06-01 09:00"))
    today = days.start_of(days.day_of(days.now()))  # the last ten minutes of a day refuse it
    changes.ask_lower(item, 1900, 500, reason="成本上升", at=today)
    pick(market.seller, goods, "x1", activity=promoted, second_leader=market.other_lead)
    pick(market.seller, plain, "x2")
    sales = [paid(f"o{n}", "2024-06-01 08:00", [bought(goods, "x1"), bought(plain, "x2", line_no=2)]) for n in range(5)]
    sales[4]["lines"][0]["pid"] = ""
    push(market.source, [
        *sales,
        *(event("received", f"o{n}", "2024-06-02 12:00") for n in range(3)),
        event("after_sale_opened", "o3", "2024-06-02 09:00", line_no=1, case_no="c1"),
        event("received", "o3", "2024-06-02 12:00"),
        event("shipped", "o9", "2024-06-03 12:00"),
        event("refunded", "o4", "2024-06-04 10:00", refund_no="r0", goods_fen=99_000),
    ])  # fmt: skip


def _links_and_a_session(market: Market) -> None:
    """An evening in which the orders came."""
    began = moment("2024-06-01 07:50")
    making.make(market.seller, "x1", "晚场", at=began)
    arranging.add_group(market.seller, "今晚", at=began)
    evening = planning.plan(market.seller, "晚场", began, moment("2024-06-01 09:00"), at=began)
    planning.add_item(evening, planning.NewItem("x1"), at=began)
    running.start(evening, at=began)
    running.end(evening, at=moment("2024-06-01 09:00"))


def _nights_and_cases(market: Market) -> None:
    settle("2024-06-10")
    push(market.source, [event("refunded", "o1", "2024-06-11 09:00", line_no=1, refund_no="r1", goods_fen=4000)])
    settle("2024-06-12")
    maker, checker, at = staff("maker"), staff("checker"), moment("2024-06-12 15:00")
    withdrawals.request(market.seller, "w1", 200, None, at)
    withdrawals.cancel(withdrawals.request(market.seller, "w2", 100, None, at), None, at)
    line = OrderLine.objects.get(order_no="o2", line_no=1)
    sides = {"claimant": market.shop, "against": market.seller}
    upheld = disputes.open_dispute(line, **sides, reason="货不对版", by=member(market.shop), at=at)
    disputes.propose(upheld, 100, "核实", by=maker, at=at)
    disputes.uphold(upheld, by=checker, at=at)
    frozen = holds.freeze_tenant(market.agency, "核查", by=maker, at=at)
    holds.release_tenant(frozen, "查清", by=maker, at=at)
    funding.top_up(market.shop, number="t1", amount_fen=5_000, at=at)
    wrong = Posting.objects.filter(kind="tech_fee", from_account__owner=market.seller).first()
    corrections.approve(corrections.reverse(wrong.reference, "重复收取", maker, at=at), by=checker, at=at)
    holds.hold_line(OrderLine.objects.get(order_no="o4", line_no=2), "核查", by=maker, at=at)
    assert Order.objects.count() == 6


def _a_quarter(market: Market) -> None:
    settle("2024-06-13")
    quarters.closed("2024Q2")
    quarters.assessed("2024-06")
    batch = rebates.propose(quarters.q("2024Q2"), by=staff(), at=moment("2024-07-15 00:00"))
    rebates.approve(batch, by=staff(), at=moment("2024-07-16 10:00"))
    settle("2024-07-20")


def _stock(market: Market) -> None:
    of = market.base.base
    bases.introduced(of, ["安克"], last="2199-01-01")
    introducing.introduce_many(market.base, [bases.authorised("小米", last="2199-01-01")], at=bases.AT)
    bases.feed(of, 1, [("m1", "p1", f"k{n}", 1_000, 5) for n in range(3)])
    bases.feed(of, 2, [("m1", "p1", "k0", 9_000, 4), ("nobody", "p1", "k9", 1_000, 1)], "changes")
    bases.feed(of, 3, [("m1", "p1", "k1", 1_000, 7)], part=1, parts=2)
