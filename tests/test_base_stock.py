"""Feeds of bases: sequences, parts, bands, staleness; whatever order they come in."""

import io
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bases import feeding, founding, refusals
from bases.feed_rows import from_csv, pack
from bases.models import BasePolicy, Feed, Feeder, QuarantinedRow, Stock
from haowu.ground import days
from tests.bases import AT, agreed, base, feed, reasons, row, stock_of
from tests.build import merchant, moment
from tests.campaign import parts

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    merchant("m1")
    return base("b1", agreed_by=["m1"])


class TestSequences:
    def test_a_snapshot_says_all_and_changes_say_some(self, made):
        feed(made, 1, [row("a", 5), row("b", 7)])
        assert stock_of(made) == {"a": (1_000, 5), "b": (1_000, 7)}
        feed(made, 2, [row("b", 6, 1_100), row("c", 1)], "changes")
        assert stock_of(made) == {"a": (1_000, 5), "b": (1_100, 6), "c": (1_000, 1)}
        feed(made, 3, [row("a", 5)])
        assert stock_of(made) == {"a": (1_000, 5)}
        assert list(Feed.objects.order_by("sequence").values_list("changed", "emptied")) == [(2, 0), (2, 0), (0, 2)]

    def test_a_late_feed_is_acknowledged_and_ignored(self, made):
        feed(made, 5, [row("a", 5)])
        late = feed(made, 4, [row("a", 4), row("b", 4)], "changes")
        assert (late.feed.status, late.missing) == ("superseded", [])
        assert stock_of(made) == {"a": (1_000, 5)}

    def test_a_repeated_feed_is_acknowledged_and_ignored(self, made):
        feed(made, 1, [row("a", 5)])
        feed(made, 2, [row("a", 4)], "changes")
        again = feed(made, 1, [row("a", 5)])
        assert (again.is_repeated, again.feed.status) == (True, "applied")
        assert stock_of(made) == {"a": (1_000, 4)}
        assert Feed.objects.count() == 2

    def test_a_number_is_used_for_one_content_only(self, made):
        feed(made, 1, [row("a", 5)])
        for other in ({"rows": [row("a", 6)]}, {"rows": [row("a", 5)], "kind": "changes"}):
            with pytest.raises(refusals.SequenceReused):
                feed(made, 1, **other)
        assert stock_of(made) == {"a": (1_000, 5)}

    def test_an_old_snapshot_fills_what_newer_changes_did_not_say(self, made):
        feed(made, 7, [row("b", 70)], "changes")
        feed(made, 5, [row("a", 5), row("b", 5)])
        assert stock_of(made) == {"a": (1_000, 5), "b": (1_000, 70)}
        feed(made, 6, [row("a", 60), row("b", 60)], "changes")
        assert stock_of(made) == {"a": (1_000, 60), "b": (1_000, 70)}

    def test_a_closed_base_and_a_clock_in_the_future_are_refused(self, made):
        with pytest.raises(refusals.CountedInFuture):
            feed(made, 1, [row("a", 1)], at=AT, counted_at=AT + timedelta(minutes=5, seconds=1))
        feed(made, 1, [row("a", 1)], at=AT, counted_at=AT + timedelta(minutes=5))
        founding.close(made, "停业", at=AT)
        with pytest.raises(refusals.BaseNotWorking):
            feed(made, 2, [row("a", 2)])

    def test_two_bases_count_for_themselves(self, made):
        other = base("b2", agreed_by=["m1"])
        feed(made, 1, [row("a", 5)])
        feed(other, 1, [row("a", 9)])
        feed(other, 2, [])
        assert (stock_of(made), stock_of(other)) == ({"a": (1_000, 5)}, {})


class TestParts:
    def test_a_half_snapshot_waits_and_is_continued(self, made):
        feed(made, 1, [row("a", 1)])
        half = feed(made, 2, [row("b", 2)], part=1, parts=3)
        assert (half.feed.status, half.missing) == ("partial", [2, 3])
        assert feed(made, 2, [row("d", 4)], part=3, parts=3).missing == [2]
        assert feed(made, 2, [row("b", 2)], part=1, parts=3).is_repeated
        assert stock_of(made) == {"a": (1_000, 1)}
        whole = feed(made, 2, [row("c", 3)], part=2, parts=3)
        assert (whole.feed.status, whole.missing, whole.feed.rows) == ("applied", [], 3)
        assert set(stock_of(made)) == {"b", "c", "d"}

    def test_a_half_snapshot_that_a_newer_one_overtook_changes_nothing(self, made):
        feed(made, 1, [row("old", 1)], part=1, parts=2)
        feed(made, 2, [row("new", 2)])
        assert feed(made, 1, [row("older", 1)], part=2, parts=2).feed.status == "superseded"
        assert set(stock_of(made)) == {"new"}

    def test_a_part_cannot_change_its_content(self, made):
        feed(made, 1, [row("a", 1)], part=1, parts=2)
        with pytest.raises(refusals.SequenceReused):
            feed(made, 1, [row("a", 2)], part=1, parts=2)

    def test_a_large_feed_waits_for_a_worker_and_is_applied_once(self, made, monkeypatch):
        monkeypatch.setattr(feeding, "AT_ONCE", 1)
        assert feed(made, 1, [row("a", 1), row("b", 2)]).feed.status == "received"
        assert stock_of(made) == {}
        assert [feeding.apply_waiting(at=AT) for _ in range(2)] == [1, 0]
        assert set(stock_of(made)) == {"a", "b"}


class TestBands:
    def test_a_price_on_the_band_is_taken_and_one_beyond_it_is_kept_back(self, made):
        feed(made, 1, [row("a", 5, 1_000), row("b", 5, 1_000)])
        feed(made, 2, [row("a", 6, 1_500), row("b", 6, 500)])
        assert stock_of(made) == {"a": (1_500, 6), "b": (500, 6)}
        feed(made, 3, [row("a", 7, 749), row("b", 7, 751)])
        assert stock_of(made) == {"a": (1_500, 6), "b": (500, 6)}
        assert reasons() == ["PRICE_OUT_OF_BAND"] * 2

    def test_a_reviewed_row_is_taken(self, made):
        feed(made, 1, [row("a", 5, 1_000)])
        feed(made, 2, [row("a", 7, 9_999)])
        feeding.accept(QuarantinedRow.objects.get(), by=None, at=AT)
        assert stock_of(made) == {"a": (9_999, 7)}
        assert reasons() == []

    def test_a_newer_count_settles_what_was_kept_back(self, made):
        feed(made, 1, [row("a", 5, 1_000)])
        feed(made, 2, [row("a", 7, 9_999)], "changes")
        feed(made, 3, [row("a", 8, 1_001)], "changes")
        assert (stock_of(made), reasons()) == ({"a": (1_001, 8)}, [])

    def test_a_stock_beyond_the_limit_is_kept_back(self, made):
        limit = BasePolicy.objects.in_force(AT).stock_limit
        feed(made, 1, [row("a", limit), row("b", limit + 1)])
        assert (set(stock_of(made)), reasons()) == ({"a"}, ["STOCK_OUT_OF_BAND"])

    def test_rows_that_cannot_be_are_kept_and_spoil_no_other(self, made):
        bad = [("nobody", "p1", "a", 1, 1), row("c", -1), row("d", 1, 0), ("m1", "p1"), row("e" * 65, 1), row("a", 9)]
        receipt = feed(made, 1, [row("a", 5), *bad, row("b", 6)])
        assert set(stock_of(made)) == {"a", "b"}
        assert sorted(reasons()) == ["MERCHANT_UNKNOWN", *["ROW_UNREADABLE"] * 4, "SKU_REPEATED"]
        assert (receipt.feed.quarantined, receipt.feed.rows) == (6, 8)
        assert sorted(QuarantinedRow.objects.filter(reason="ROW_UNREADABLE").values_list("line_no", flat=True)) == [
            3, 4, 5, 6,
        ]  # fmt: skip

    def test_a_row_of_an_unknown_merchant_is_taken_once_he_is_there_and_has_agreed(self, made):
        feed(made, 1, [("m2", "p1", "a", 100, 3)])
        kept = QuarantinedRow.objects.get()
        with pytest.raises(refusals.MerchantUnknown):
            feeding.accept(kept, by=None, at=AT)
        merchant("m2")
        kept.refresh_from_db()
        with pytest.raises(refusals.NotYourGoods):
            feeding.accept(kept, by=None, at=AT)
        assert stock_of(made) == {}
        agreed(made, "m2")
        kept.refresh_from_db()
        feeding.accept(kept, by=None, at=AT)
        assert stock_of(made) == {"a": (100, 3)}

    def test_a_snapshot_that_would_empty_most_of_a_base_is_held_for_people(self, made):
        full = [row(f"k{number}", 1) for number in range(100)]
        feed(made, 1, full)
        assert feed(made, 2, full[:50]).feed.status == "applied"
        feed(made, 3, full)
        held = feed(made, 4, full[:49]).feed
        assert (held.status, len(stock_of(made))) == ("held", 100)
        assert not Feeder.objects.get().is_fresh(held.counted_at + timedelta(days=1, minutes=-1))
        feeding.apply(held, at=AT)
        assert held.status == "held"
        feeding.apply(held, at=AT, is_checked=False)
        assert (held.status, len(stock_of(made))) == ("applied", 49)


class TestFreshness:
    def test_a_silent_feed_goes_stale_in_the_very_instant(self, made):
        feed(made, 1, [row("a", 5)], at=moment("2024-06-01 10:00"))
        goods = Stock.objects.of_base(made.base)
        assert goods.sold_by_working(moment("2024-06-02 09:59:59")).exists()
        assert not goods.sold_by_working(moment("2024-06-02 10:00:00")).exists()

    def test_an_empty_change_is_a_sign_of_life_a_repeated_feed_is_none(self, made):
        feed(made, 1, [row("a", 5)], at=moment("2024-06-01 10:00"))
        count = feeding.Count("snapshot", 1, moment("2024-06-01 10:00"))
        feeding.receive(made.base, count, pack([row("a", 5)]), at=moment("2024-06-02 09:00"))
        assert not Feeder.objects.get().is_fresh(moment("2024-06-02 10:00"))
        feed(made, 2, [], "changes", at=moment("2024-06-02 09:00"))
        assert Feeder.objects.get().is_fresh(moment("2024-06-03 08:59"))

    def test_a_closed_base_sells_nothing_at_once(self, made):
        feed(made, 1, [row("a", 5)])
        founding.close(made, "停业", at=AT)
        assert not Stock.objects.sold_by_working(AT).exists()


class TestFiles:
    def test_a_csv_may_name_its_columns_in_any_order(self, made):
        text = "﻿quantity,sku,product,merchant,price_fen\n5,a,p1,m1,1000\n\n6,b,p1,m1,x\n7,c,p1\n"
        packed = pack(from_csv(io.BytesIO(text.encode())))
        assert (packed.rows, [line for line, _cells in packed.unreadable]) == (3, [2, 3])

    @pytest.mark.parametrize("file", [b"", b"a,b\n", "商家,商品\n".encode("gbk"), b"merchant,product,sku,price_fen\n"])
    def test_a_file_that_is_none_says_what_is_missing(self, file):
        with pytest.raises(refusals.FeedInvalid):
            pack(from_csv(io.BytesIO(file)))

    def test_codes_with_backslashes_come_through_and_control_characters_do_not(self, made):
        feed(made, 1, [row("a\\tb\\N", 1), row("a\tb", 1), row("a\nb", 1), row("a\0b", 1)])
        assert set(stock_of(made)) == {"a\\tb\\N"}
        assert reasons() == ["ROW_UNREADABLE"] * 3


SKUS = st.sampled_from(["a", "b", "c", "d"])
CONTENT = st.dictionaries(SKUS, st.tuples(st.integers(0, 1_000), st.integers(90, 110)), max_size=4)
FEEDS = st.lists(st.tuples(st.sampled_from(["snapshot", "changes"]), CONTENT), min_size=1, max_size=6)


def expected(feeds: list) -> dict[str, tuple[int, int]]:
    stock: dict[str, tuple[int, int]] = {}
    for kind, content in feeds:
        if kind == "snapshot":
            stock = {}
        stock |= {sku: (price, quantity) for sku, (quantity, price) in content.items()}
    return {sku: (price, quantity) for sku, (price, quantity) in stock.items() if quantity}


@given(FEEDS, st.randoms(use_true_random=False), st.data())
@settings(max_examples=len(parts(20, 300)), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_feeds_in_any_order_and_number_end_in_the_same_stock(db, feeds, chance, data):
    from django.db import transaction

    with transaction.atomic():
        merchant(f"m{chance.random()}")
        merchant("m1")
        made = base(agreed_by=["m1"])
        deliveries = [number for number in range(len(feeds)) for _ in range(chance.randint(1, 3))]
        chance.shuffle(deliveries)
        for number in deliveries:
            kind, content = feeds[number]
            rows = [("m1", "p1", sku, price, quantity) for sku, (quantity, price) in content.items()]
            counted_at = AT + timedelta(minutes=number)
            feed(made, number + 1, rows, kind, at=AT + timedelta(hours=1), counted_at=counted_at)
        assert stock_of(made) == expected(feeds)
        assert Feeder.objects.get(base=made.base).counted_at == AT + timedelta(minutes=len(feeds) - 1)
        transaction.set_rollback(True)


def test_the_beginning_of_time_has_a_policy():
    assert BasePolicy.objects.in_force(days.BEGINNING).gold_seats == 10
