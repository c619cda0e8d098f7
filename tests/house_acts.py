"""What the state machine does to a house: acts that are at hand at any time, on what there happens to be."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from commissions.cases import corrections, disputes
from commissions.models import Dispute, OrderLine
from commissions.split import ROLES
from haowu.ground.errors import Refused
from haowu.ledger.models import Posting
from tests import build
from tests.world import World

WRITTEN = (
    *("ledger_posting", "ledger_account", "ledger_dailybalance", "commissions_settlement", "commissions_orderline"),
    *("commissions_adjustment", "commissions_run", "commissions_orderevent", "commissions_withdrawal"),
    *("commissions_dispute", "commissions_linehold", "commissions_tenanthold", "commissions_correction"),
)
_SEAL = " UNION ALL ".join(
    f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(row::text, 0)::numeric), 0) FROM {table} AS row"
    for table in WRITTEN
)


class House:
    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now
        self.orders: list[tuple[str, str, int]] = []
        self.sent: list[tuple[str, dict]] = []
        self.asked: set[tuple[str, str]] = set()
        self.disputes: dict[int, tuple[Dispute, list | None]] = {}
        self.taken: dict[int, int] = {}
        self.second_person = build.staff()
        self.has_settled = False

    @staticmethod
    def one_of(what: list, number: int) -> Any:
        return what[number % len(what)]

    def act(self, kind: str, *details: Any) -> None:
        self.now += timedelta(seconds=1)
        self.world.act(kind, *details)

    def line(self, order: int, line: int) -> tuple[str, str, int]:
        source, order_no, count = self.one_of(self.orders, order)
        return source, order_no, line % count + 1

    def sent_of(self, kind: str) -> list[tuple[str, dict]]:
        return [(source, event) for source, event in self.sent if event["type"] == kind]

    def buy(self, products: list, price: int, pid: int, buyer: str, coupon: int, ago: timedelta) -> None:
        market, source, order_no = self.world.market, self.one_of(["shop-1", "shop-2"], pid), f"o{len(self.orders)}"
        lines = []
        for number, product in enumerate(products, start=1):
            merchant, code = self.one_of(market["products"], product)
            fitting = [one for one, pick in market["picks"].items() if pick["product"] == (merchant, code)]
            bought = {"product": {"merchant": merchant, "code": code}, "pid": self.one_of([*fitting, ""], pid)}
            lines.append(bought | {"line_no": number, "quantity": 1, "price_fen": price + 299 * number})
        self.orders.append((source, order_no, len(lines)))
        facts = {"ordered_at": (self.now - ago).isoformat(), "buyer_ref": buyer, "order_coupon_fen": coupon}
        self.send(source, "paid", order_no, self.now, lines=lines, freight_fen=800, **facts)

    def tell(self, kind: str, order: int, line: int, at: datetime | None = None, **facts: Any) -> None:
        """An event of one line, or of the whole order where ``line`` is even."""
        source, order_no, line_no = self.line(order, line // 2)
        self.send(source, kind, order_no, at or self.now, **facts, **({"line_no": line_no} if line % 2 else {}))

    def end(self, began: str, ends: str, number: int, name: str) -> None:
        source, event = self.one_of(self.sent_of(began), number)
        same = {key: event[key] for key in (name, "line_no") if key in event}
        self.send(source, ends, event["order_no"], self.now, **same)

    def send(self, source: str, kind: str, order_no: str, at: datetime, **facts: Any) -> None:
        named = {"event_id": f"e{len(self.sent)}", "type": kind, "order_no": order_no, "occurred_at": at.isoformat()}
        self.sent.append((source, named | facts))
        self.act("events", source, [named | facts])

    def send_again(self, events: list[int]) -> None:
        """Events that were sent before: nothing may change by them."""
        before = seal()
        for number in events:
            source, event = self.one_of(self.sent, number)
            self.act("events", source, [event])
        assert seal() == before

    def settle(self) -> None:
        self.act("settle", self.now.date())
        self.has_settled = True
        self.follow_disputes()

    def settle_again(self, night: int) -> None:
        """A night that is closed, or a day that a later one has covered: nothing may change by it."""
        before = seal()
        self.act("settle", self.one_of(self.world.model.nights, night))
        self.act("settle", self.one_of(self.world.model.nights, night) - timedelta(days=1))
        assert seal() == before

    def change_rate(self, plan: int, streamer: str, bps: int | None) -> None:
        key = self.one_of(sorted(self.world.market["plans"]), plan)
        terms = self.world.market["plans"][key]
        at = max(self.now, terms["at"])
        if terms["type"] != "normal":
            self.act("rate", key, streamer, bps, at)
        elif bps is None:
            self.act("end", key, at)
        else:
            self.act("rate", key, None, bps, at)

    def withdraw(self, party: str, number: str, tenths: int) -> None:
        self.asked.add((party, number))
        self.act("withdraw", party, number, tenths)

    def reverse(self, posting: int) -> None:
        """The opposite of any posting, by two people; what the project allows the model books too."""
        postings = list(Posting.objects.select_related("from_account__owner", "to_account__owner").order_by("pk"))
        if not postings:
            return
        chosen, before = self.one_of(postings, posting), seal()
        try:
            made = corrections.reverse(chosen.reference, "记错", self.world.staff, at=self.now)
        except Refused:
            assert seal() == before
            return
        before = seal()
        try:
            corrections.approve(made, by=self.second_person, at=self.now)
        except Refused:
            assert seal() == before
            corrections.refuse(made, "余额不足", by=self.second_person, at=self.now)
            return
        for account, fen in ((chosen.to_account, -chosen.amount_fen), (chosen.from_account, chosen.amount_fen)):
            place = ("platform", "correction") if account.kind == "clearing" else (account.owner.code, account.kind)
            self.world.model.enter(place, {"reversal": fen})

    def dispute(self, order: int, line: int, is_by_merchant: bool) -> None:
        """The merchant disputes a share of the line, or one who shares disputes another's."""
        key = self.line(order, line)
        row = OrderLine.objects.filter(source__code=key[0], order_no=key[1], line_no=key[2]).first()
        sharing = [party for role in ROLES if row and (party := getattr(row, role))]
        if not sharing:
            return
        claimant = row.merchant if is_by_merchant else sharing[-1]
        before, at = seal(), self.now
        try:
            terms = {"reason": "未按约定", "by": self.world.staff, "at": at, "until": at + timedelta(days=900)}
            made = disputes.open_dispute(row, claimant=claimant, against=sharing[0], **terms)
        except Refused:
            assert seal() == before
            return
        hold = [at, None] if made.hold_id else None
        if hold:
            self.world.model.known.disputes[key].append(hold)
        self.disputes[made.pk] = made, hold
        self.now += timedelta(seconds=1)

    def decide(self, which: int, tenths: int) -> None:
        """Reject it, or give the claimant so many tenths of what is disputed."""
        pk = self.one_of(sorted(self.disputes), which)
        made, hold = self.disputes.pop(pk)
        take_fen = Dispute.objects.get(pk=pk).amount_fen * tenths // 10
        if take_fen:
            disputes.propose(made, take_fen, "属实", by=self.world.staff, at=self.now)
            disputes.uphold(made, by=self.second_person, at=self.now)
        else:
            disputes.reject(made, "不属实", by=self.world.staff, at=self.now)
        if hold:
            hold[1] = self.now
        self.now += timedelta(seconds=1)
        self.follow_disputes()

    def follow_disputes(self) -> None:
        """Tell the model what upheld disputes have taken by now: between parties, never more than decided."""
        for case in Dispute.objects.select_related("respondent", "claimant"):
            assert 0 <= case.taken_fen <= case.take_fen
            fen, self.taken[case.pk] = case.taken_fen - self.taken.get(case.pk, 0), case.taken_fen
            kind = "funding" if case.claimant.kind == "merchant" else "available"
            self.world.model.enter((case.respondent.code, "available"), {"correction": -fen})
            self.world.model.enter((case.claimant.code, kind), {"correction": fen})


def seal() -> list[tuple]:
    """Rows and a checksum of every table that money or its causes stand in."""
    with connection.cursor() as cursor:
        cursor.execute(_SEAL)
        return cursor.fetchall()
