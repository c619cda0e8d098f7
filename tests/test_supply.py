"""Orders take their goods from bases: through the intake, in the transaction that takes their events."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bases import founding, supplying
from bases.models import Movement, Reservation, Shortage, Stock
from commissions.models import OrderLine
from commissions.orders import supply
from commissions.orders.intake import receive
from haowu.audit.invariants import run_audit
from tests.bases import AT, base, feed
from tests.build import bought, event, in_threads, merchant, moment, paid, product, source
from tests.campaign import parts

pytestmark = pytest.mark.django_db
NOW = moment("2024-06-01 12:00")


@pytest.fixture
def market():
    return Market()


class Market:
    """Linyi has 3 of k1, Yiwu 10; both counted at nine."""

    def __init__(self) -> None:
        shop = merchant("m1")
        self.product = product(shop, "p1")
        self.shop = source("shop")
        self.bases = {city: base(city, city=city, agreed_by=["m1"]) for city in ("linyi", "yiwu")}
        for city, quantity in (("linyi", 3), ("yiwu", 10)):
            feed(self.bases[city], 1, [("m1", "p1", "k1", 1_000, quantity)], at=AT)

    def push(self, *events: dict, now=NOW) -> list[str]:
        return [receipt.code or receipt.status for receipt in receive(self.shop, list(events), now=now)]

    def order(self, order_no: str, quantity: int = 1, city: str = "临沂市", sku: str = "k1", **more) -> dict:
        lines = [bought(self.product, quantity=quantity, sku=sku)]
        return paid(order_no, "2024-06-01 11:00", lines, city=city, **more)

    def free(self) -> dict[str, int]:
        return {row.base.code: row.free for row in Stock.objects.select_related("base")}


def kept() -> dict[str, tuple[str, int, str]]:
    rows = Reservation.objects.select_related("base")
    return {row.reference: (row.base.code, row.quantity, row.status) for row in rows}


def moves() -> list[tuple[str, int]]:
    return list(Movement.objects.order_by("pk").values_list("kind", "quantity"))


def missing() -> dict[str, str]:
    return dict(Shortage.objects.values_list("reference", "status"))


class TestOrders:
    def test_a_paid_line_takes_from_the_buyers_city_and_then_from_the_nearest(self, market):
        assert market.push(market.order("o1", 2), market.order("o2", 2)) == ["accepted"] * 2
        assert kept() == {"shop:o1:1": ("linyi", 2, "open"), "shop:o2:1": ("yiwu", 2, "open")}
        assert market.free() == {"linyi": 1, "yiwu": 8}

    @pytest.mark.parametrize("city", ["linyi", "Linyi", "临沂", "临沂市", " 临沂市 "])
    def test_a_city_is_understood_as_shops_write_it(self, market, city):
        market.push(market.order("o1", city=city))
        assert kept()["shop:o1:1"][0] == "linyi"

    @pytest.mark.parametrize("city", ["", "火星", None])
    def test_a_city_that_nobody_knows_leaves_it_to_who_has_most(self, market, city):
        market.push(market.order("o1", city=city))
        assert kept()["shop:o1:1"][0] == "yiwu"

    def test_an_order_without_sku_takes_nothing_and_asks_nothing(self, market, django_assert_num_queries):
        market.push(market.order("o1", sku=""))
        assert (kept(), missing()) == ({}, {})
        with django_assert_num_queries(0):
            supply.sync_reservations(market.shop, [], at=NOW)

    @pytest.mark.parametrize("change", [{"sku": 7}, {"sku": "k" * 65}, {"sku": "k\n"}])
    def test_a_sku_that_is_none_is_refused_by_name(self, market, change):
        assert market.push(market.order("o1") | {"lines": [bought(market.product) | change]}) == ["FIELD_INVALID"]
        assert market.push(market.order("o2", city="x" * 33)) == ["FIELD_INVALID"]
        assert kept() == {}

    def test_the_same_events_again_take_nothing_twice(self, market):
        order = market.order("o1", 2)
        market.push(order, order)
        market.push(order)
        market.push(event("after_sale_opened", "o1", "2024-06-01 11:30", case_no="c1"))
        assert (moves(), market.free()) == ([("reserved", 2)], {"linyi": 1, "yiwu": 10})

    def test_a_rejected_payment_takes_nothing(self, market):
        market.push(market.order("o1"))
        assert market.push(market.order("o1", 3, event_id="z")) == ["LINE_ALREADY_PAID"]
        assert moves() == [("reserved", 1)]

    def test_a_payment_that_turns_out_to_come_first_takes_its_own_goods_instead(self, market):
        market.push(market.order("o1", 3, event_id="b"))
        first = paid("o1", "2024-06-01 10:00", [bought(market.product, quantity=2, sku="k1")], event_id="a")
        market.push(first)
        assert (kept(), moves()[:2]) == ({"shop:o1:1": ("yiwu", 2, "open")}, [("reserved", 3), ("released", 3)])
        lines = [bought(market.product, line_no=2)]
        market.push(paid("o2", "2024-06-01 10:00", [bought(market.product, sku="k1"), *lines], event_id="d"))
        market.push(paid("o2", "2024-06-01 09:00", lines, event_id="c"))
        assert kept()["shop:o2:1"][2] == "released"

    def test_a_line_needs_no_offer_to_take_its_goods(self, market):
        market.push(market.order("o1"))
        assert OrderLine.objects.get().offer_kind == ""
        assert supply.of_line(OrderLine.objects.get()).base.code == "linyi"


class TestRefunds:
    def test_a_full_refund_before_shipping_gives_the_goods_back_and_a_part_does_not(self, market):
        market.push(market.order("o1", 2))
        market.push(event("refunded", "o1", "2024-06-01 11:10", refund_no="r1", goods_fen=9_999))
        assert market.free() == {"linyi": 1, "yiwu": 10}
        market.push(event("refunded", "o1", "2024-06-01 11:20", refund_no="r2", goods_fen=1))
        assert (market.free(), moves()) == ({"linyi": 3, "yiwu": 10}, [("reserved", 2), ("released", 2)])

    def test_a_cancelled_order_gives_its_goods_back(self, market):
        market.push(market.order("o1", 2), event("cancelled", "o1", "2024-06-01 11:10"))
        assert market.free() == {"linyi": 3, "yiwu": 10}
        market.push(market.order("o2", 2))
        market.push(event("cancelled", "o2", "2024-06-01 11:10"))
        assert (market.free(), kept()) == ({"linyi": 3, "yiwu": 10}, {"shop:o2:1": ("linyi", 2, "released")})

    def test_a_refund_taken_back_keeps_the_goods_anew(self, market):
        market.push(market.order("o1", 3))
        market.push(event("refunded", "o1", "2024-06-01 11:10", refund_no="r1", amount_fen=10_000))
        market.push(market.order("o2", 2))
        market.push(event("refund_reversed", "o1", "2024-06-01 11:20", refund_no="r1"))
        assert kept() == {"shop:o1:1": ("yiwu", 3, "open"), "shop:o2:1": ("linyi", 2, "open")}

    def test_after_shipping_a_refund_brings_nothing_back(self, market):
        market.push(market.order("o1", 2))
        market.push(event("shipped", "o1", "2024-06-01 11:10"))
        market.push(event("refunded", "o1", "2024-06-01 11:20", refund_no="r1", amount_fen=10_000))
        linyi = Stock.objects.get(base=market.bases["linyi"].base)
        assert (linyi.quantity, linyi.reserved, moves()) == (1, 0, [("reserved", 2), ("dispatched", 2)])
        assert Movement.objects.get(kind="dispatched").at == moment("2024-06-01 11:10")


class TestShipping:
    def test_a_line_heard_of_after_it_left_takes_from_a_base_that_has_not_counted_since(self, market):
        feed(market.bases["linyi"], 2, [("m1", "p1", "k1", 1_000, 3)], at=moment("2024-06-01 11:30"))
        market.push(market.order("o1"), event("shipped", "o1", "2024-06-01 11:20"))
        market.push(market.order("o2"), event("shipped", "o2", "2024-06-01 11:40"))
        assert kept() == {"shop:o1:1": ("yiwu", 1, "dispatched"), "shop:o2:1": ("linyi", 1, "dispatched")}
        assert {row.base.code: row.quantity for row in Stock.objects.all()} == {"linyi": 2, "yiwu": 9}

    def test_one_that_no_base_can_have_sent_takes_nothing_then_or_later(self, market):
        late = moment("2024-06-01 11:30")
        for city in ("linyi", "yiwu"):
            feed(market.bases[city], 2, [("m1", "p1", "k1", 1_000, 5)], at=late)
        market.push(market.order("o1"), event("shipped", "o1", "2024-06-01 11:20"))
        market.push(event("received", "o1", "2024-06-01 11:50"))
        assert (kept(), missing(), market.free()) == ({}, {"shop:o1:1": "dropped"}, {"linyi": 5, "yiwu": 5})


class TestShortages:
    def test_a_line_that_finds_no_goods_is_accepted_waits_and_is_served_oldest_first(self, market):
        assert market.push(market.order("o1", 11), market.order("o2", 11)) == ["accepted"] * 2
        assert (kept(), missing()) == ({}, {"shop:o1:1": "waiting", "shop:o2:1": "waiting"})
        assert supplying.serve_waiting(at=NOW) == 0
        feed(market.bases["yiwu"], 2, [("m1", "p1", "k1", 1_000, 12)], "changes", at=NOW)
        assert [supplying.serve_waiting(at=NOW) for _ in range(2)] == [1, 0]
        assert kept() == {"shop:o1:1": ("yiwu", 11, "open")}
        assert missing() == {"shop:o1:1": "served", "shop:o2:1": "waiting"}

    def test_who_cancels_or_is_sent_from_elsewhere_waits_no_longer(self, market):
        market.push(market.order("o1", 11), market.order("o2", 11))
        market.push(event("cancelled", "o1", "2024-06-01 11:10"), event("shipped", "o2", "2024-06-01 11:10"))
        assert missing() == {"shop:o1:1": "dropped", "shop:o2:1": "dropped"}
        feed(market.bases["yiwu"], 2, [("m1", "p1", "k1", 1_000, 50)], "changes", at=NOW)
        market.push(event("received", "o2", "2024-06-01 11:50"))
        assert (supplying.serve_waiting(at=NOW), kept()) == (0, {})

    def test_goods_of_a_silent_or_closed_base_serve_nobody(self, market):
        founding.close(market.bases["yiwu"], "停业", at=NOW)
        market.push(market.order("o1", 5))
        late = NOW + timedelta(days=2)
        market.push(market.order("o2", 1), now=late)
        assert missing() == {"shop:o1:1": "waiting", "shop:o2:1": "waiting"}
        assert supplying.serve_waiting(at=late) == 0

    def test_a_line_that_is_served_while_it_is_cancelled_keeps_nothing(self, market):
        market.push(market.order("o1", 11))
        feed(market.bases["yiwu"], 2, [("m1", "p1", "k1", 1_000, 12)], "changes", at=NOW)
        supplying.serve_waiting(at=NOW)
        market.push(event("cancelled", "o1", "2024-06-01 11:10"))
        assert (kept()["shop:o1:1"][2], market.free()["yiwu"]) == ("released", 12)


@pytest.mark.django_db(transaction=True)
class TestCrowds:
    def test_200_parallel_orders_for_the_last_10_get_exactly_10(self):
        market = Market()
        feed(market.bases["yiwu"], 2, [("m1", "p1", "k1", 1_000, 7)], at=NOW)
        answers = in_threads(200, lambda number: market.push(market.order(f"o{number}")), at_once=16)
        assert answers == [["accepted"]] * 200
        assert sorted(Stock.objects.values_list("quantity", "reserved")) == [(3, 3), (7, 7)]
        assert (Reservation.objects.count(), Shortage.objects.waiting().count()) == (10, 190)

    def test_orders_cancellations_feeds_and_waiting_at_once_neither_deadlock_nor_oversell(self):
        market = Market()
        other = product(market.product.merchant, "p2")
        for each in market.bases.values():
            feed(each, 2, [("m1", code, "k1", 1_000, 6) for code in ("p1", "p2")], at=NOW)

        def act(number: int):
            if number % 8 == 0:
                rows = [("m1", code, "k1", 1_000, 5 + number % 3) for code in ("p2", "p1")]
                return feed(market.bases["linyi"], number + 3, rows, "changes", at=NOW)
            if number % 8 == 1:
                return supplying.serve_waiting(at=NOW)
            goods = [market.product, other][:: 1 if number % 2 else -1]
            orders = [
                paid(f"o{number}-{line}", "2024-06-01 11:00", [bought(each, sku="k1")], city="linyi")
                for line, each in enumerate(goods)
            ]
            market.push(*orders)
            return market.push(*(event("cancelled", f"o{number}-{line}", "2024-06-01 11:10") for line in range(1)))

        answers = in_threads(64, act, at_once=8)
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        assert [finding for finding in run_audit() if finding.code.startswith("I19") and not finding.holds] == []
        assert Movement.objects.filter(kind="released").exists()


STEPS = st.lists(
    st.sampled_from(["paid", "shipped", "received", "cancelled", "part", "all", "back"]), min_size=1, max_size=7
)


@given(st.lists(STEPS, min_size=1, max_size=3), st.randoms(use_true_random=False))
@settings(max_examples=len(parts(12, 200)), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_in_whatever_order_what_is_kept_is_what_lines_need(db, lives, chance):
    from django.db import transaction

    with transaction.atomic():
        market = Market()
        events = []
        for number, steps in enumerate(lives):
            for hour, step in enumerate(["paid", *steps]):
                facts = {
                    "part": {"refund_no": f"r{hour}", "goods_fen": 1},
                    "all": {"refund_no": "r", "amount_fen": 10_000},
                    "back": {"refund_no": "r"},
                }.get(step, {})
                kind = {"part": "refunded", "all": "refunded", "back": "refund_reversed"}.get(step, step)
                at = f"2024-06-01 10:{hour:02}"
                made = market.order(f"o{number}", 2) if kind == "paid" else event(kind, f"o{number}", at, **facts)
                events.append(made | {"event_id": f"{number}-{hour}", "occurred_at": moment(at).isoformat()})
        chance.shuffle(events)
        for each in events:
            market.push(each)
        for line in OrderLine.objects.all():
            found = supply.of_line(line)
            stands = getattr(found, "status", None)
            if line.shipped_at or line.received_at:
                assert stands in ("dispatched", "released")
            elif line.status == "invalid":
                assert stands in (None, "released", "dispatched")  # its parcel may have left before we heard
            else:
                assert (stands, found.quantity) == ("open", 2)
        assert [finding for finding in run_audit() if finding.code.startswith("I19") and not finding.holds] == []
        transaction.set_rollback(True)
