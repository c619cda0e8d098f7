"""Goods kept for orders: from the right base, never twice, whatever feeds say meanwhile."""

from datetime import timedelta

import pytest

from bases import founding, refusals, reserving
from bases.models import Stock
from tests.bases import AT, base, feed, reasons, row, stock_of, want
from tests.build import in_threads, merchant

pytestmark = pytest.mark.django_db


class TestReservations:
    @pytest.fixture
    def shop(self):
        return merchant("m1")

    @pytest.fixture
    def near_and_far(self, shop):
        """Linyi has 3, Yiwu 10, Chengdu 20 of k1."""
        made = {}
        for city, quantity in (("linyi", 3), ("yiwu", 10), ("chengdu", 20)):
            made[city] = base(city, city=city, agreed_by=["m1"])
            feed(made[city], 1, [row("k1", quantity)])
        return made

    def city_of(self, shop, city: str, quantity: int = 1) -> str:
        return reserving.reserve(want(f"{city}-{quantity}", shop, quantity=quantity, city=city), at=AT).base.code

    def test_own_city_first_then_the_nearest_with_the_whole_quantity(self, shop, near_and_far):
        assert self.city_of(shop, "linyi") == "linyi"
        assert self.city_of(shop, "linyi", 3) == "yiwu"  # Linyi has 2 left; 650 km, Chengdu 1,400
        assert self.city_of(shop, "hangzhou") == "yiwu"
        assert self.city_of(shop, "xian") == "chengdu"
        assert self.city_of(shop, "", 2) == "chengdu"  # nobody says where: who has most

    def test_no_base_has_the_whole_quantity(self, shop, near_and_far):
        with pytest.raises(refusals.OutOfBaseStock):
            reserving.reserve(want("o", shop, quantity=21), at=AT)
        assert reserving.reserve(want("o", shop, quantity=20), at=AT).base.code == "chengdu"

    def test_a_stale_and_a_closed_base_are_passed_over(self, shop, near_and_far):
        founding.close(near_and_far["linyi"], "停业", at=AT)
        assert self.city_of(shop, "linyi") == "yiwu"
        with pytest.raises(refusals.OutOfBaseStock):
            reserving.reserve(want("o", shop), at=AT + timedelta(days=1, minutes=1))

    def test_a_reference_is_served_once(self, shop, near_and_far):
        wants = [want("o1", shop, city="linyi"), want("o1", shop, city="linyi"), want("o2", shop, city="linyi")]
        answers = reserving.reserve_many(wants, at=AT)
        again = reserving.reserve(wants[0], at=AT)
        assert [answer.pk for answer in answers[:2]] == [again.pk] * 2
        assert Stock.objects.get(base__code="linyi").free == 1

    def test_what_is_released_is_free_again_and_may_be_kept_anew(self, shop, near_and_far):
        reserving.reserve(want("o1", shop, quantity=3, city="linyi"), at=AT)
        assert [reserving.release(["o1", "nobody"], at=AT) for _ in range(2)] == [1, 0]
        assert Stock.objects.get(base__code="linyi").free == 3
        kept = reserving.reserve(want("o1", shop, quantity=2, city="linyi"), at=AT)
        assert (kept.base.code, kept.quantity) == ("linyi", 2)
        assert list(kept.movements.order_by("pk").values_list("kind", "quantity")) == [
            ("reserved", 3), ("released", 3), ("reserved", 2),
        ]  # fmt: skip

    def test_what_was_dispatched_is_gone_and_not_released(self, shop, near_and_far):
        reserving.reserve(want("o1", shop, quantity=2, city="linyi"), at=AT)
        assert reserving.dispatch(["o1"], at=AT) == 1
        assert reserving.release(["o1"], at=AT) == 0
        stock = Stock.objects.get(base__code="linyi")
        assert (stock.quantity, stock.reserved, stock.free) == (1, 0, 1)
        with pytest.raises(refusals.AlreadyDispatched):
            reserving.reserve(want("o1", shop), at=AT)

    def test_a_count_made_before_the_goods_left_does_not_bring_them_back(self, shop, near_and_far):
        linyi = near_and_far["linyi"]
        reserving.reserve(want("o1", shop, quantity=2, city="linyi"), at=AT)
        reserving.dispatch(["o1"], at=AT + timedelta(minutes=30))
        feed(linyi, 20, [row("k1", 3)])
        assert stock_of(linyi) == {"k1": (1_000, 1)}
        feed(linyi, 31, [row("k1", 1)])
        assert stock_of(linyi) == {"k1": (1_000, 1)}

    def test_a_count_below_what_is_reserved_stops_sales_and_is_put_up_for_review(self, shop, near_and_far):
        linyi = near_and_far["linyi"]
        for number in (1, 2, 3):
            reserving.reserve(want(f"o{number}", shop, city="linyi"), at=AT)
        feed(linyi, 2, [row("k1", 1)])
        stock = Stock.objects.get(base=linyi.base)
        assert (stock.quantity, stock.reserved, stock.short, stock.free) == (3, 3, 2, 0)
        assert reasons() == ["BELOW_RESERVED"]
        frees = []
        for number in (1, 2, 3):
            reserving.release([f"o{number}"], at=AT)
            stock.refresh_from_db()
            frees.append(stock.free)
        assert (frees, stock.quantity, stock.short) == ([0, 0, 1], 1, 0)

    def test_a_snapshot_that_leaves_a_reserved_sku_out_keeps_the_promise_and_sells_no_more(self, shop, near_and_far):
        linyi = near_and_far["linyi"]
        reserving.reserve(want("o1", shop, city="linyi"), at=AT)
        feed(linyi, 2, [])
        stock = Stock.objects.get(base=linyi.base)
        assert (stock.quantity, stock.reserved, stock.short, reasons()) == (1, 1, 1, ["BELOW_RESERVED"])

    def test_movements_are_for_good(self, shop, near_and_far):
        from django.db import DatabaseError, transaction

        from bases.models import Movement

        reserving.reserve(want("o1", shop), at=AT)
        for act in (lambda: Movement.objects.update(quantity=9), lambda: Movement.objects.all().delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()

    @pytest.mark.django_db(transaction=True)
    def test_200_parallel_orders_for_the_last_10_get_exactly_10(self, shop):
        for city, quantity in (("linyi", 6), ("yiwu", 4)):
            feed(base(city, city=city, agreed_by=["m1"]), 1, [row("k1", quantity)])
        answers = in_threads(
            200, lambda number: reserving.reserve(want(f"o{number}", shop, city="linyi"), at=AT), at_once=32
        )
        kept = [answer for answer in answers if not isinstance(answer, Exception)]
        assert len(kept) == 10
        assert {type(answer) for answer in answers if isinstance(answer, Exception)} == {refusals.OutOfBaseStock}
        assert sorted(Stock.objects.values_list("quantity", "reserved")) == [(4, 4), (6, 6)]

    @pytest.mark.django_db(transaction=True)
    def test_feeds_and_orders_at_once_neither_deadlock_nor_oversell(self, shop):
        made = base("b1", agreed_by=["m1"])
        skus = [f"k{number}" for number in range(40)]
        feed(made, 1, [row(sku, 5) for sku in skus])

        def act(number: int):
            if number % 4 == 0:
                rows = [row(sku, 4 + number % 3) for sku in skus[::-1]]
                return feed(made, number + 2, rows, "changes", at=AT + timedelta(minutes=1))
            wanted = skus if number % 2 else skus[::-1]
            wants = [want(f"o{number}-{sku}", shop, sku) for sku in wanted]
            return reserving.reserve_many(wants, at=AT + timedelta(minutes=1))

        answers = in_threads(24, act, at_once=8)
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        kept = sum(not isinstance(each, Exception) for answer in answers if isinstance(answer, list) for each in answer)
        assert sum(Stock.objects.values_list("reserved", flat=True)) == kept
        assert kept >= 40 * 4
