"""Order events and order lines as subjects of ``bench partitions``, with what intake, night and pages ask of them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

from django.db.models import Sum

from commissions.models import OrderEvent, OrderLine
from commissions.split import AMOUNTS
from haowu.bench.subjects import BATCH, DAYS, FIRST, SOURCE, Reads, Subject
from haowu.bench.twins import HASHED, MONTHS, Twin
from haowu.ground.bulk import insert_rows, update_rows

SHIPPED_AFTER, RECEIVED_AFTER, SETTLED_AFTER = 2, 8, 16
"""Days after the order. A line of today's night was ordered ``SETTLED_AFTER`` days ago."""


class Events(Subject):
    """Three of an order: paid, shipped after two days, received after eight. Their ids are random, as UUIDs are."""

    table = "commissions_orderevent"
    columns = {MONTHS: "received_at", HASHED: "event_id"}
    event_id = "md5(i::text)::uuid::text"
    history = """
        INSERT INTO {table} (source_id, event_id, order_id, type, occurred_at, facts, verdict, code, received_at)
        SELECT %(source)s, {event_id}, 1000000000 + i / 3 - (ARRAY[0, 2, 8])[1 + i %% 3] * (%(per_day)s / 3),
               (ARRAY['paid', 'shipped', 'received'])[1 + i %% 3], at,
               CASE i %% 3 WHEN 0 THEN {facts}::jsonb ELSE '{{}}' END, 'accepted', '', at
        FROM generate_series(0, %(size)s - 1) AS i
        CROSS JOIN LATERAL (SELECT %(first)s::date::timestamptz + i * (interval '1 day' / %(per_day)s) AS at) AS moment
    """
    facts = (
        '{"ordered_at": "2026-06-01T04:00:00+00:00", "buyer_ref": "b1234567", "freight_fen": 0, '
        '"order_coupon_fen": 0, "lines": [{"line_no": 1, "merchant": "m1234", "product": "p1", "quantity": 1, '
        '"price_fen": 12900, "merchant_coupon_fen": 0, "platform_coupon_fen": 0, "price_subsidy_fen": 0, '
        '"pid": "x12345-1"}]}'
    )

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.history = self.history.replace("{event_id}", self.event_id).replace(
            "{facts}", "'" + self.facts.replace("{", "{{").replace("}", "}}") + "'"
        )

    def batches(self, twin: Twin, day: int) -> Iterator[Callable[[], Any]]:
        numbers = range(day * self.per_day, (day + 1) * self.per_day)
        key = twin.key("source_id", "event_id")
        for start in range(0, len(numbers), BATCH):
            rows = sorted((self._row(number) for number in numbers[start : start + BATCH]), key=_event_id)
            yield lambda rows=rows: insert_rows(OrderEvent, rows, conflict=key, returning="event_id, id")

    def reads(self, day: int) -> Reads:
        columns = ("id", "order_id", "event_id", "type", "occurred_at", "line_no", "facts", "verdict", "code")
        orders = self.per_day // 3

        def fold(chance: Random) -> list:
            """Orders whose goods arrive today, scattered over a day's."""
            first = 1_000_000_000 + (day - RECEIVED_AFTER) * orders
            wanted = {first + chance.randrange(orders) for _ in range(min(BATCH, orders))}
            return list(OrderEvent.objects.filter(order__any_of=wanted).values_list(*columns))

        def log(chance: Random) -> list:
            return list(OrderEvent.objects.filter(source=SOURCE).order_by("-received_at", "-pk")[:50])

        return {"the fold of 500 orders": fold, "the newest fifty of the log": log}

    def _row(self, number: int) -> dict[str, Any]:
        at, kind = self.at(number), number % 3
        facts = {"ordered_at": at.isoformat(), "buyer_ref": f"b{number}", "pad": self.facts[50:]}
        order = 1_000_000_000 + number // 3 - (0, SHIPPED_AFTER, RECEIVED_AFTER)[kind] * (self.per_day // 3)
        return {
            "source_id": SOURCE,
            "event_id": self._event_id(number),
            "order_id": order,
            "line_no": None,
            "type": ("paid", "shipped", "received")[kind],
            "occurred_at": at,
            "facts": facts if kind == 0 else {},
            "verdict": "accepted",
            "code": "",
            "received_at": at,
        }

    def _event_id(self, number: int) -> str:
        bits = f"{Random(number).getrandbits(128):032x}"
        return "-".join((bits[:8], bits[8:12], bits[12:16], bits[16:20], bits[20:]))


class OrderedEvents(Events):
    """The same with ids that grow with time, as order numbers do."""

    event_id = "'e' || lpad(i::text, 12, '0')"

    def _event_id(self, number: int) -> str:
        return f"e{number:012}"


def _event_id(row: dict[str, Any]) -> str:
    return row["event_id"]


class Lines(Subject):
    """One of an order: paid, shipped after two days, received after eight, settled after sixteen."""

    table = "commissions_orderline"
    columns = {MONTHS: "ordered_at", HASHED: "order_id"}
    history = """
        INSERT INTO {table} (order_id, order_no, source_id, line_no, paid_event_id, ordered_at, buyer_ref, merchant_id,
            product_id, quantity, pid, streamer_id, first_leader_id, offer_kind, offer_id, offer_version, activity,
            policy_id, commission_bps, service_fee_bps, second_bps, provider_bps, tech_bps, agency_bps, hold_days,
            trace, paid_fen, due_base_fen, refunded_fen, {amounts}, status, shipped_at, received_at, due_at, settles_on,
            held_reason)
        SELECT i, 'B' || i, %(source)s, 1, 'B' || i || 'p', at, 'buyer', 1000000 + party, 1000000 + party, 1,
            'pid' || party, 2000000 + party / 2, CASE WHEN i %% 10 < 7 THEN 3000000 + party %% 2000 END, 'normal', 1, 1,
            '', 1, 2000, 500, 0, 0, 1000, 0, 7, ARRAY['normal'], 12900, 12900, 0, {values},
            CASE WHEN age >= 8 THEN 'received' WHEN age >= 2 THEN 'shipped' ELSE 'paid' END,
            CASE WHEN age >= 2 THEN at + interval '2 days' END, CASE WHEN age >= 8 THEN at + interval '8 days' END,
            CASE WHEN age >= 8 THEN at + interval '15 days' END, CASE WHEN age >= 8 THEN at::date + 16 END, ''
        FROM generate_series(0, %(size)s - 1) AS i
        CROSS JOIN LATERAL (
            SELECT %(first)s::date::timestamptz + i * (interval '1 day' / %(per_day)s) AS at,
                   %(days)s - i / %(per_day)s AS age,
                   floor(%(parties)s * power((hashint8(i) & 1048575) / 1048576.0, 3))::bigint AS party
        ) AS drawn
    """

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.parties = max(100, self.size // 50)
        self.amounts = [f"{prefix}_{column}" for prefix in ("estimate", "due") for column in AMOUNTS]
        values = ", ".join(str(100 + number) for number, _ in enumerate(self.amounts))
        self.history = self.history.replace("{amounts}", ", ".join(self.amounts)).replace("{values}", values)

    def parameters(self) -> dict[str, Any]:
        return super().parameters() | {"days": DAYS, "parties": self.parties}

    def batches(self, twin: Twin, day: int) -> Iterator[Callable[[], Any]]:
        numbers = range(day * self.per_day, (day + 1) * self.per_day)
        for start in range(0, len(numbers), BATCH):
            rows = [self._row(number) for number in numbers[start : start + BATCH]]
            yield lambda rows=rows: insert_rows(OrderLine, rows)

    def changes(self, day: int) -> Iterator[Callable[[], Any]]:
        """Lines of two days before are shipped, of eight days before received and given a night."""
        for age, status in ((SHIPPED_AFTER, "shipped"), (RECEIVED_AFTER, "received")):
            first = (day - age) * self.per_day
            pks = [1 + first + number for number in range(self.per_day)]  # identities begin at 1
            Random(day).shuffle(pks)
            for start in range(0, len(pks), BATCH):
                rows = [self._changed(pk, status) for pk in pks[start : start + BATCH]]
                yield lambda rows=rows: update_rows(OrderLine, rows, key="id")

    def reads(self, day: int) -> Reads:
        def fold(chance: Random) -> list:
            first = (day - RECEIVED_AFTER) * self.per_day
            orders = {first + chance.randrange(self.per_day) for _ in range(min(BATCH, self.per_day))}
            columns = ("id", "order_id", "line_no", "due_base_fen", "status", "due_at", "settles_on", "held_reason")
            return list(OrderLine.objects.filter(order__any_of=orders).values_list(*columns))

        def one(chance: Random) -> list:
            return list(OrderLine.objects.numbered(f"B{chance.randrange(self.size)}", 1).values_list("pk"))

        def night(chance: Random) -> dict:
            due = OrderLine.objects.filter(settles_on=FIRST + timedelta(days=day))
            return due.aggregate(*(Sum(f"due_{column}") for column in AMOUNTS))

        def page(chance: Random) -> list:
            """Any merchant of the largest fifth."""
            merchant = 1_000_000 + chance.randrange(self.parties // 5)
            return list(OrderLine.objects.filter(merchant=merchant).newest_first()[:50].values_list("pk"))

        names = ("the fold of 500 orders", "one line by order and number", "a night's due lines", "a merchant's page")
        return dict(zip(names, (fold, one, night, page), strict=True))

    def _row(self, number: int) -> dict[str, Any]:
        party = int(self.parties * Random(number).random() ** 3)
        return {
            "order_id": number, "order_no": f"B{number}", "source_id": SOURCE, "line_no": 1,
            "paid_event_id": f"B{number}p", "ordered_at": self.at(number), "buyer_ref": "buyer",
            "merchant_id": 1_000_000 + party, "product_id": 1_000_000 + party, "quantity": 1, "pid": f"pid{party}",
            "streamer_id": 2_000_000 + party // 2,
            "first_leader_id": 3_000_000 + party % 2_000 if number % 10 < 7 else None,
            "offer_kind": "normal", "offer_id": 1, "offer_version": 1, "activity": "", "policy_id": 1,
            "commission_bps": 2000, "service_fee_bps": 500, "second_bps": 0, "provider_bps": 0, "tech_bps": 1000,
            "agency_bps": 0, "hold_days": 7, "trace": ["normal"], "paid_fen": 12900, "due_base_fen": 12900,
            "refunded_fen": 0, "status": "paid", "held_reason": "",
        } | {column: 100 + place for place, column in enumerate(self.amounts)}  # fmt: skip

    def _changed(self, pk: int, status: str) -> dict[str, Any]:
        at = self.at(pk - 1)
        row = {"id": pk, "updated_at": "now", "status": status}
        if status == "shipped":
            return row | {"shipped_at": at + timedelta(days=SHIPPED_AFTER)}
        received = at + timedelta(days=RECEIVED_AFTER)
        due = received + timedelta(days=7)
        return row | {"received_at": received, "due_at": due, "settles_on": at.date() + timedelta(days=SETTLED_AFTER)}
