"""Acts about cases: corrections, resettlement, reconciliation, holds, disputes."""

from collections.abc import Iterator
from datetime import date

from commissions.cases import corrections, deadlines, disputes, holds, reconciliation, resettlement
from commissions.models import Correction, OrderLine, ReconciliationItem
from commissions.payments import top_ups
from haowu.ground import days
from haowu.ledger.models import Posting
from haowu.tenants.models import Tenant
from tests import build
from tests.build import member, merchant, moment, settle
from tests.casework import open_market, sell, staff
from tests.recorded_acts.kept import AT, Kept, Line

SETTLED = moment("2024-06-09 10:00")
MONTH_LATER = moment("2024-08-01 10:00")


def of_corrections(it: Kept) -> Iterator[Line]:
    market = open_market()
    for number in (1, 2):
        sell(market, f"o{number}", "2024-06-01 12:00")
    settle("2024-06-09")
    maker, checker, at = staff("maker"), staff("checker"), moment("2024-06-11 10:00")
    fee = Posting.objects.get(kind="tech_fee").reference
    yield (
        "commissions.cases.corrections.propose",
        "correction",
        "proposed",
        lambda: top_ups.propose(merchant("m2"), "B1", 100, by=maker, at=at),
    )
    yield (
        "commissions.cases.corrections.refuse",
        "correction",
        "rejected",
        lambda: corrections.refuse(Correction.objects.get(), "有误", by=checker, at=at),
    )
    yield (
        "commissions.cases.corrections.reverse",
        "correction",
        "proposed",
        lambda: it.keep(made=corrections.reverse(fee, "重复", maker, at=at)),
    )
    yield (
        "commissions.cases.corrections.approve",
        "correction",
        "approved",
        lambda: corrections.approve(it.made, by=checker, at=at),
    )
    right = build.policy(effective_from=moment("2024-07-01 00:00"), tech_bps=600)
    ninth = date(2024, 6, 9)
    yield (
        "commissions.cases.resettlement.preview",
        "resettlement",
        "proposed",
        lambda: it.keep(seen=resettlement.preview(ninth, ninth, right, reason="版本有误", by=maker, at=at)),
    )
    yield (
        "commissions.cases.resettlement.discard",
        "resettlement",
        "rejected",
        lambda: resettlement.discard(it.seen.pk, "再核", checker, at=at),
    )
    it.seen = resettlement.preview(ninth, ninth, right, reason="版本有误", by=maker, at=at)
    yield (
        "commissions.cases.resettlement.apply",
        "resettlement",
        "approved",
        lambda: resettlement.apply(it.seen.pk, checker, at=at),
    )


def of_reconciliation(it: Kept) -> Iterator[Line]:
    sell(open_market(), "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    maker, checker, at = staff("maker"), staff("checker"), moment("2024-06-11 10:00")
    file = it.folder / "upstream.csv"
    file.write_text("order_no,line_no,paid_fen,refunded_fen,commission_fen,settled_on\no1,1,10000,0,1300,2024-06-09\n")
    yield "commissions.cases.reconciliation.read", "upstream-file", "recorded", lambda: reconciliation.read(file, at=at)
    item = ReconciliationItem.objects.get
    yield (
        "commissions.cases.reconciliation.propose",
        "reconciliation",
        "proposed",
        lambda: reconciliation.propose(item(), "上游有误", by=maker, at=at),
    )
    yield (
        "commissions.cases.reconciliation.send_back",
        "reconciliation",
        "rejected",
        lambda: reconciliation.send_back(item(), "再核", by=checker, at=at),
    )
    reconciliation.propose(item(), "上游有误", by=maker, at=at)
    yield (
        "commissions.cases.reconciliation.resolve",
        "reconciliation",
        "approved",
        lambda: reconciliation.resolve(item(), by=checker, at=at),
    )


def of_holds(it: Kept) -> Iterator[Line]:
    market, clerk = open_market(), staff("clerk")
    for number in (1, 2):
        sell(market, f"o{number}", "2024-06-01 12:00")
    seller = Tenant.objects.get(code="s1")
    line = OrderLine.objects.get(order_no="o1")
    yield (
        "commissions.cases.holds.hold_line commissions.cases.holds.open_line_hold",
        "line-hold",
        "opened",
        lambda: it.keep(hold=holds.hold_line(line, "查验", by=clerk, at=AT)),
    )
    yield (
        "commissions.cases.holds.extend_hold",
        "line-hold",
        "extended",
        lambda: holds.extend_hold(it.hold, days.END, "再查", by=clerk, at=AT),
    )
    yield (
        "commissions.cases.holds.release_line commissions.cases.holds.close_line_hold",
        "line-hold",
        "released",
        (lambda: holds.release_line(it.hold, "无误", by=clerk, at=AT)),
    )
    yield (
        "commissions.cases.holds.freeze_tenant",
        "tenant-hold",
        "opened",
        lambda: it.keep(hold=holds.freeze_tenant(seller, "核实", by=clerk, at=AT)),
    )
    yield (
        "commissions.cases.holds.release_tenant commissions.cases.holds.close_tenant_hold", "tenant-hold", "released",
        lambda: holds.release_tenant(it.hold, "无误", by=clerk, at=AT),
    )  # fmt: skip
    holds.freeze_tenant(seller, "核实", by=clerk, at=AT)
    yield (
        "commissions.cases.deadlines.release_expired",
        "tenant-hold",
        "expired",
        lambda: deadlines.release_expired(at=moment("2025-06-01 00:00")),
    )


def of_disputes(it: Kept) -> Iterator[Line]:
    market, maker, checker = open_market(), staff("maker"), staff("checker")
    for number in range(1, 5):
        sell(market, f"o{number}", "2024-06-01 12:00")
    settle("2024-06-09")
    shop, seller = (Tenant.objects.get(code=code) for code in ("m1", "s1"))
    by = member(shop)

    def opened(number: int) -> disputes.Dispute:
        line = OrderLine.objects.get(order_no=f"o{number}")
        return disputes.open_dispute(line, claimant=shop, against=seller, reason="货不对版", by=by, at=SETTLED)

    yield "commissions.cases.disputes.open_dispute", "dispute", "opened", lambda: it.keep(case=opened(1))
    yield (
        "commissions.cases.disputes.propose",
        "dispute",
        "proposed",
        lambda: disputes.propose(it.case, 100, "部分成立", by=maker, at=SETTLED),
    )
    yield (
        "commissions.cases.disputes.send_back",
        "dispute",
        "rejected",
        lambda: disputes.send_back(it.case, "再议", by=checker, at=SETTLED),
    )
    yield (
        "commissions.cases.disputes.extend",
        "dispute",
        "extended",
        lambda: disputes.extend(it.case, MONTH_LATER, "待举证", by=maker, at=SETTLED),
    )
    disputes.propose(it.case, 100, "部分成立", by=maker, at=SETTLED)
    yield (
        "commissions.cases.disputes.uphold",
        "dispute",
        "approved",
        lambda: disputes.uphold(it.case, by=checker, at=SETTLED),
    )
    second, third, fourth = (opened(number) for number in (2, 3, 4))
    yield (
        "commissions.cases.disputes.reject",
        "dispute",
        "rejected",
        lambda: disputes.reject(second, "证据不足", by=maker, at=SETTLED),
    )
    yield (
        "commissions.cases.disputes.retract",
        "dispute",
        "withdrawn",
        lambda: disputes.retract(third, "已协商", claimant=shop, by=by, at=SETTLED),
    )
    yield (
        "commissions.cases.disputes.expire",
        "dispute",
        "expired",
        lambda: disputes.expire(fourth, at=moment("2025-01-01 00:00")),
    )
