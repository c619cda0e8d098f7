"""Promise 8 for bases: what one has handed in is no other's to see or change, whatever the code forgets."""

import pytest
from django.db import ProgrammingError, transaction

from bases import booking, introducing, pulling, reserving
from bases.models import (
    Application,
    Booking,
    Document,
    Feed,
    FeedPart,
    Introduction,
    Movement,
    PullSource,
    QuarantinedRow,
    QuotaPeriod,
    Reservation,
    Room,
    Stock,
)
from haowu.tenants.scope import PLATFORM, enter_scope
from tests.bases import AT, authorised, base, feed, want
from tests.build import merchant, moment, streamer

pytestmark = pytest.mark.django_db
PRIVATE = [
    Application, Document, QuotaPeriod, Introduction, Feed, FeedPart, QuarantinedRow, Reservation, Movement, PullSource,
    Booking,
]  # fmt: skip


@pytest.fixture
def two_bases():
    """Two bases with a row of everything each, and a streamer who booked the first one's room."""
    shop, seller = merchant("m1"), streamer("s1")
    made = []
    for code, city in (("b1", "linyi"), ("b2", "yiwu")):
        one = base(code, city=city, agreed_by=["m1"])
        feed(one, 1, [("m1", "p1", "k1", 100, 5), ("m1", "p1", "k2", 100, -1)])
        reserving.reserve(want(f"o-{code}", shop, city=city), at=AT)
        introducing.introduce(one.base, authorised(f"brand {code}"), at=AT)
        pulling.register(one.base, "https://wms.example/stock.csv", 60, at=AT)
        hours = (moment("2024-06-02 10:00"), moment("2024-06-02 12:00"))
        booking.book(Room.objects.filter(base=one.base).first(), seller if code == "b1" else one.base, *hours, at=AT)
        made.append(one)
    return made


def test_a_forgotten_filter_shows_only_own_rows(two_bases):
    for model in PRIVATE:
        seen = []
        for one in two_bases:
            enter_scope(one.founder_id if model in (Application, Document) else one.pk)
            seen.append(set(model.objects.values_list("pk", flat=True)))
        enter_scope(PLATFORM)
        everything = set(model.objects.values_list("pk", flat=True))
        assert seen[0] and seen[1] and not seen[0] & seen[1], model
        assert seen[0] | seen[1] == everything, model


def test_without_a_scope_and_to_strangers_nothing_private_is_shown(two_bases):
    for scope in ("", "0", str(merchant("m9").pk)):
        enter_scope(scope)
        assert [model.objects.count() for model in PRIVATE] == [0] * len(PRIVATE)
        enter_scope(PLATFORM)


def test_a_streamer_sees_his_own_bookings_alone(two_bases):
    enter_scope(Booking.objects.get(base=two_bases[0].pk).streamer_id)
    assert [each.base_id for each in Booking.objects.all()] == [two_bases[0].pk]


def test_stock_is_everybodys_to_read_and_its_bases_to_write(two_bases):
    first, second = two_bases
    enter_scope(first.pk)
    assert Stock.objects.count() == 2
    assert Stock.objects.filter(base=second.pk).update(quantity=99) == 0
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Stock.objects.create(
            base_id=second.pk,
            merchant=merchant("m2"),
            product_code="p",
            sku_code="k",
            price_fen=1,
            quantity=1,
            sequence=1,
        )
    assert Reservation.objects.update(quantity=9) == 0
    enter_scope(PLATFORM)
    assert sorted(Stock.objects.values_list("quantity", "reserved")) == [(5, 1), (5, 1)]
