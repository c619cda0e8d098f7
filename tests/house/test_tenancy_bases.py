"""Promise 8 for bases: what one has handed in is no other's to see or change, whatever the code forgets."""

import pytest
from django.db import ProgrammingError, transaction

from bases import booking, branding, consenting, introducing, pulling, reserving
from bases.models import (
    Application,
    Booking,
    Brand,
    BrandedProduct,
    Consent,
    Document,
    Feed,
    FeedPart,
    Introduction,
    Movement,
    Permit,
    PullSource,
    QuarantinedRow,
    QuotaPeriod,
    Reservation,
    Room,
    Stock,
)
from haowu.tenants.models import Tenant
from haowu.tenants.scope import PLATFORM, enter_scope
from tests.bases import AT, agreed, authorised, base, feed, introduced, want
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


def test_a_consent_is_its_two_parties_to_read_and_its_merchants_to_write(two_bases):
    first, second = two_bases
    shop, other = (Tenant.objects.get(code="m1"), merchant("m2"))
    agreed(second, "m2")
    own = Consent.objects.get(merchant=shop, base=first.base)
    for scope, seen in ((shop.pk, 2), (other.pk, 1), (first.pk, 1), (second.pk, 2), (0, 0), ("", 0)):
        enter_scope(scope)
        assert Consent.objects.count() == seen, scope
    for scope in (first.pk, second.pk, other.pk):
        enter_scope(scope)
        assert Consent.objects.filter(pk=own.pk).update(withdrawn_at=AT) == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Consent.objects.create(merchant=shop, base=second.base, permit=own.permit, begins_at=AT, given_at=AT)
    enter_scope(shop.pk)
    assert Consent.objects.filter(pk=own.pk).update(withdrawn_at=AT) == 1


def test_a_permit_is_everybodys_to_read_and_nobodys_to_stretch(two_bases):
    first, _second = two_bases
    own = Permit.objects.get(base=first.base)
    for scope in (first.pk, Tenant.objects.get(code="m1").pk, merchant("m9").pk):
        enter_scope(scope)
        assert Permit.objects.count() == 2
        assert Permit.objects.filter(pk=own.pk).update(until=AT) == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Permit.objects.create(base=first.base, since=AT, until=own.until)
        enter_scope(PLATFORM)


def test_the_brand_of_goods_is_everybodys_to_read_and_their_merchants_to_say(two_bases):
    shop, brand = Tenant.objects.get(code="m1"), Brand.objects.first()
    enter_scope(shop.pk)
    BrandedProduct.objects.create(merchant=shop, product_code="p1", brand=brand)
    enter_scope(two_bases[0].pk)
    assert BrandedProduct.objects.count() == 1
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        BrandedProduct.objects.create(merchant=shop, product_code="p2", brand=brand)


def test_acts_hold_in_the_scope_of_whoever_uses_the_page(two_bases):
    """As on the web: a merchant agrees, the base feeds, a streamer sees what counts."""
    shop, made, reader = Tenant.objects.get(code="m1"), base("b3"), streamer()
    of_base = Stock.objects.of_base(made.base)
    enter_scope(made.pk)
    feed(made, 1, [("m1", "p1", "k9", 100, 5)])
    assert not of_base.exists()
    enter_scope(shop.pk)
    consent = consenting.agree(shop, made.base, by=None, at=AT)
    enter_scope(made.pk)
    feed(made, 2, [("m1", "p1", "k9", 100, 5)])
    enter_scope(reader.pk)
    assert of_base.sold_by_working(AT).count() == 1
    enter_scope(shop.pk)
    consenting.retract(consent, by=None, at=AT)
    enter_scope(reader.pk)
    assert of_base.sold_by_working(AT).count() == 0


def test_a_merchant_that_changes_the_brand_ends_what_bases_fed_for_it(two_bases):
    shop, made = Tenant.objects.get(code="m1"), base("b3")
    introduced(made, ["安克"])
    brand = Brand.objects.get(name="安克")
    enter_scope(shop.pk)
    branding.brand_products(shop, {"p1": brand})
    enter_scope(made.pk)
    feed(made, 1, [("m1", "p1", "k9", 100, 5)])
    assert Stock.objects.of_base(made.base).get().permit is not None
    enter_scope(shop.pk)
    branding.brand_products(shop, {"p1": None})
    assert Stock.objects.of_base(made.base).get().permit is None
