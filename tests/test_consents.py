"""A merchant agrees per base, with a window (rulebook §19): to the millisecond, retracted, and many hands at once."""

from datetime import timedelta

import pytest

from bases import consenting, founding, refusals, reserving
from bases.models import Brand, Consent, Permit, Reservation, Stock
from haowu.ground import days
from merchants.models import Product
from tests.base_rights import JULY, JUNE, MS, broken, reasons, row, shown, sold
from tests.bases import AT, agreed, base, feed, introduced, of_brand, stock_of, want
from tests.build import in_threads, merchant, product

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return merchant("m1")


class TestConsents:
    def test_a_window_is_half_open_to_the_millisecond(self, shop):
        made = base("b1")
        agreed(made, "m1", at=AT, begins_at=JUNE, ends_at=JULY)
        for number, (at, taken) in enumerate(((JUNE - MS, False), (JUNE, True), (JULY - MS, True), (JULY, False)), 1):
            feed(made, number, [row("a", number)], at=at)
            assert Stock.objects.filter(quantity=number).exists() is taken, at
        assert [sold(at) for at in (JULY - MS, JULY)] == [1, 0]

    def test_the_state_follows_from_time_alone_in_python_and_in_the_database(self, shop):
        made = base("b1")
        (consent,) = agreed(made, "m1", at=AT, begins_at=JUNE, ends_at=JULY)
        moments = {JUNE - MS: "upcoming", JUNE: "live", JULY - MS: "live", JULY: "ended"}
        for at, state in moments.items():
            assert consent.state_at(at) == state
            states = [each for each in Consent.State if Consent.objects.in_state(each, at).exists()]
            assert states == [state], at
        consenting.retract(consent, by=None, at=JUNE)
        assert [consent.state_at(at) for at in (JUNE - MS, JUNE, JULY)] == ["upcoming", "withdrawn", "withdrawn"]
        for at, state in ((JUNE - MS, "upcoming"), (JUNE, "withdrawn"), (JULY, "withdrawn")):
            assert [each for each in Consent.State if Consent.objects.in_state(each, at).exists()] == [state]

    def test_stock_of_an_ended_consent_counts_no_more_and_hides_nothing(self, shop):
        product(shop, "p1")
        made = base("b1")
        agreed(made, "m1", at=AT, ends_at=JULY)
        feed(made, 1, [row("a", 5)], at=JULY - timedelta(hours=1))
        stale = JULY + timedelta(days=2)
        assert [(sold(at), shown(at)) for at in (JULY - MS, JULY, stale)] == [(1, {"p1"}), (0, {"p1"}), (0, {"p1"})]

    def test_a_silent_base_takes_out_goods_only_while_it_may_sell_them(self, shop):
        product(shop, "p1")
        made = base("b1", agreed_by=["m1"])
        feed(made, 1, [row("a", 5)])
        stale = AT + timedelta(days=3)
        assert (shown(AT), shown(stale)) == ({"p1"}, set())
        consenting.retract(Consent.objects.get(), by=None, at=stale)
        assert shown(stale) == {"p1"}

    def test_after_a_retraction_open_reservations_stay_and_new_ones_are_refused(self, shop):
        made = base("b1", agreed_by=["m1"])
        feed(made, 1, [row("k1", 5)])
        reserving.reserve(want("o1", shop), at=AT)
        reserving.reserve(want("o2", shop), at=AT)
        consenting.retract(Consent.objects.get(), by=None, at=AT)
        with pytest.raises(refusals.OutOfBaseStock):
            reserving.reserve(want("o3", shop), at=AT)
        assert [reserving.dispatch(["o1"], at=AT), reserving.release(["o2"], at=AT)] == [1, 1]
        assert dict(Reservation.objects.values_list("reference", "status")) == {"o1": "dispatched", "o2": "released"}
        assert broken() == {}

    def test_stock_counts_again_once_it_is_fed_afresh(self, shop):
        made = base("b1", agreed_by=["m1"])
        feed(made, 1, [row("a", 5)])
        consenting.retract(Consent.objects.get(), by=None, at=AT)
        feed(made, 2, [row("a", 4)])
        assert (Stock.objects.get().quantity, reasons()) == (5, ["NOT_YOUR_GOODS"])
        agreed(made, "m1", at=AT + timedelta(minutes=2))
        assert sold(AT + timedelta(minutes=3)) == 0
        feed(made, 3, [row("a", 5)])
        assert (sold(AT + timedelta(minutes=3)), reasons(), broken()) == (1, [], {})

    def test_what_it_may_not_sell_any_more_holds_up_no_snapshot(self, shop):
        merchant("m2")
        made = base("b1", agreed_by=["m1", "m2"])
        of_both = [row(f"k{n}", 1) for n in range(120)], [("m2", "p", f"k{n}", 1_000, 1) for n in range(140)]
        feed(made, 1, of_both[0] + of_both[1])
        consenting.retract(Consent.objects.get(merchant__code="m2"), by=None, at=AT)
        assert feed(made, 2, of_both[0]).feed.status == "applied"
        assert (len(stock_of(made)), reasons()) == (120, [])

    def test_a_consent_is_given_from_now_for_good_unless_said(self, shop):
        made = base("b1")
        consent = consenting.agree(shop, made.base, by=None, at=AT)
        assert (consent.begins_at, consent.ends_at, consent.permit.since, consent.permit.until) == (
            AT, None, AT, days.END,
        )  # fmt: skip

    @pytest.mark.parametrize(
        "window",
        [
            {"begins_at": AT - MS},
            {"ends_at": AT},
            {"begins_at": JULY, "ends_at": JULY},
            {"begins_at": JULY, "ends_at": JUNE},
            {"ends_at": days.END + MS},
            {"begins_at": days.END},
        ],
    )
    def test_a_window_that_cannot_be_is_refused_and_leaves_nothing(self, shop, window):
        with pytest.raises(refusals.ConsentWindowInvalid):
            consenting.agree(shop, base("b1").base, **window, by=None, at=AT)
        assert (Consent.objects.count(), Permit.objects.count()) == (0, 0)

    def test_one_consent_at_a_time_and_another_after_it(self, shop):
        made = base("b1")
        (first,) = agreed(made, "m1", at=AT, ends_at=JULY)
        with pytest.raises(refusals.AlreadyAgreed):
            agreed(made, "m1", at=AT, begins_at=JULY - MS)
        assert (Consent.objects.count(), Permit.objects.count()) == (1, 1)
        agreed(made, "m1", at=AT, begins_at=JULY)
        consenting.retract(first, by=None, at=AT)
        agreed(made, "m1", at=AT, ends_at=JULY)
        assert Consent.objects.count() == 3

    def test_a_base_that_is_closed_or_none_cannot_be_agreed_to(self, shop):
        closed = base("b1")
        founding.close(closed, "停业", at=AT)
        for tenant in (closed.base, shop):
            with pytest.raises(refusals.BaseUnknown):
                consenting.agree(shop, tenant, by=None, at=AT)
        assert not Permit.objects.exists()

    def test_what_is_over_is_not_retracted_again(self, shop):
        first, second = base("b1"), base("b2")
        (ended,) = agreed(first, "m1", at=AT, ends_at=JUNE)
        (coming,) = agreed(second, "m1", at=AT, begins_at=JULY)
        with pytest.raises(refusals.ConsentOver):
            consenting.retract(ended, by=None, at=JUNE)
        ended.refresh_from_db()
        assert (ended.withdrawn_at, ended.permit.until) == (None, JUNE)
        consenting.retract(coming, by=None, at=JUNE)
        with pytest.raises(refusals.ConsentOver):
            consenting.retract(coming, by=None, at=JUNE + MS)
        permit = Permit.objects.get(pk=coming.permit_id)
        assert (coming.withdrawn_at, permit.since, permit.until, broken()) == (JUNE, JULY, JULY, {})


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_ten_hands_that_agree_at_once_one_does(self):
        shop, made = merchant("m1"), base("b1")
        answers = in_threads(10, lambda number: consenting.agree(shop, made.base, by=None, at=AT))
        assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyAgreed"] * 9 + ["Consent"]
        assert (Consent.objects.count(), Permit.objects.count()) == (1, 1)

    def test_feeds_retractions_and_brands_that_change_at_once_leave_no_stock_without_its_right(self):
        shop, made = merchant("m1"), base("b1")
        introduced(made, ["安克", "小米"])
        brands = list(Brand.objects.order_by("pk"))
        for code in ("p1", "p2"):
            of_brand(brands[0], shop, code)

        def act(number: int) -> None:
            at = AT + timedelta(seconds=number)
            match number % 4:
                case 0 | 1:
                    rows = [row(f"k{number % 7}", number + 1), row("x", 1, code="p2")]
                    feed(made, number + 1, rows, "changes", at=at)
                case 2:
                    of_brand([None, *brands][number % 3], shop, "p1")
                    of_brand(brands[number % 2], shop, "p2")
                case 3:
                    (consent,) = agreed(made, "m1", at=at)
                    consenting.retract(consent, by=None, at=at + MS)

        answers = in_threads(48, act, at_once=8)
        assert {type(answer) for answer in answers} <= {type(None), refusals.AlreadyAgreed}
        assert (Stock.objects.exists(), broken()) == (True, {})


class TestAudit:
    @pytest.fixture
    def made(self, shop):
        made = base("b1", agreed_by=["m1"])
        feed(made, 1, [row("a", 5)])
        assert broken() == {}
        return made

    def test_it_names_stock_under_a_permit_of_something_else(self, made):
        other = merchant("m2")
        Stock.objects.update(merchant=other)
        assert broken() == {"I19.4": [f"{Stock.objects.get().pk} b1 p1/a"]}

    def test_it_names_stock_that_was_fed_outside_of_its_permit(self, made):
        Permit.objects.update(since=JULY)
        Consent.objects.update(begins_at=JULY)
        assert broken() == {"I19.6": [f"{Stock.objects.get().pk} b1 p1/a"]}

    def test_it_names_a_permit_that_does_not_say_what_was_agreed(self, made):
        Permit.objects.update(until=JULY)
        assert broken() == {"I19.5": [str(Permit.objects.get().pk)]}

    def test_it_names_goods_whose_brand_the_bases_do_not_know(self, made, shop):
        goods = product(shop, "p9")
        Product.objects.filter(pk=goods.pk).update(brand=Brand.objects.create(name="安克"))
        assert broken() == {"I19.7": ["m1 p9"]}
