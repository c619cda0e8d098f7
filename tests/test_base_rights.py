"""Rulebook §19: a base feeds only goods of its brands, or of merchants that agreed to it; others' hide nobody's."""

from datetime import date, timedelta

import pytest

from bases import consenting, feeding, introducing, quotas, refusals
from bases.models import Brand, Consent, Introduction, Permit, QuarantinedRow, Stock
from haowu.approvals.models import Trail
from haowu.approvals.rules import ReasonMissing, StaffOnly
from haowu.ground import days
from haowu.ground.states import MoveRefused
from tests.base_rights import JULY, MS, broken, reasons, row, shown, sold
from tests.bases import AT, agreed, authorised, base, feed, introduced, of_brand, stock_of
from tests.build import member, merchant, moment, product, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return merchant("m1")


class TestStrangers:
    def test_a_strangers_feed_puts_its_rows_up_for_review_and_hides_nobodys_product(self, shop):
        product(shop, "p1")
        stranger = base("b1")
        receipt = feed(stranger, 1, [row("a", 0), row("b", 5)])
        assert (receipt.feed.status, receipt.feed.quarantined, reasons()) == ("applied", 2, ["NOT_YOUR_GOODS"] * 2)
        assert not Stock.objects.exists()
        assert shown(AT) == shown(AT + timedelta(days=9)) == {"p1"}

    def test_what_a_base_may_feed_goes_on_beside_what_it_may_not(self, shop):
        merchant("m2")
        made = base("b1", agreed_by=["m1"])
        receipt = feed(made, 1, [row("a", 5), ("m2", "p1", "a", 1_000, 7), row("b", 6)])
        assert stock_of(made) == {"a": (1_000, 5), "b": (1_000, 6)}
        assert list(QuarantinedRow.objects.values_list("line_no", "merchant_code", "reason")) == [
            (2, "m2", "NOT_YOUR_GOODS")
        ]
        assert (receipt.feed.changed, receipt.feed.quarantined) == (2, 1)

    def test_people_cannot_wave_through_what_a_base_may_not_feed_until_the_merchant_agrees(self, shop):
        made = base("b1")
        feed(made, 1, [row("a", 5)])
        kept = QuarantinedRow.objects.get()
        with pytest.raises(refusals.NotYourGoods):
            feeding.accept(kept, by=None, at=AT)
        kept.refresh_from_db()
        assert (kept.status, Stock.objects.count()) == ("open", 0)
        agreed(made, "m1", at=AT)
        feeding.accept(kept, by=None, at=AT)
        assert (stock_of(made), broken()) == ({"a": (1_000, 5)}, {})

    def test_a_held_snapshot_that_people_confirm_is_judged_by_its_rights_all_the_same(self, shop):
        merchant("m2")
        made = base("b1", agreed_by=["m1", "m2"])
        full = [row(f"k{number}", 1) for number in range(100)]
        feed(made, 1, [*full, ("m2", "p1", "a", 1_000, 7)])
        held = feed(made, 2, [*full[:9], ("m2", "p1", "a", 1_000, 8)]).feed
        assert held.status == "held"
        consenting.retract(Consent.objects.get(merchant__code="m2"), by=None, at=AT)
        feeding.apply(held, at=AT + MS, is_checked=False)
        assert (held.status, reasons()) == ("applied", ["NOT_YOUR_GOODS"])
        assert Stock.objects.get(merchant__code="m2").quantity == 7

    def test_each_base_is_judged_by_its_own_rights(self, shop):
        with_right, without = base("b1", agreed_by=["m1"]), base("b2")
        for each in (with_right, without):
            feed(each, 1, [row("a", 5)])
        assert [stock_of(each) for each in (with_right, without)] == [{"a": (1_000, 5)}, {}]


class TestBrands:
    @pytest.fixture
    def branded(self, shop):
        """Product p1 of the brand 安克, which b1 introduced until 31 December 2025."""
        made = base("b1")
        introduced(made, ["安克"])
        of_brand(Brand.objects.get(), shop)
        return made

    def test_goods_of_a_brand_that_it_introduced(self, branded):
        feed(branded, 1, [row("a", 5), row("b", 5, code="p2")])
        assert (stock_of(branded), reasons()) == ({"a": (1_000, 5)}, ["NOT_YOUR_GOODS"])

    def test_an_introduction_that_is_not_accepted_gives_no_right(self, shop):
        made = base("b1")
        waiting = introducing.introduce(made.base, authorised("安克"), at=AT)
        of_brand(waiting.brand, shop)
        feed(made, 1, [row("a", 5)])
        introducing.refuse(waiting, "授权书不清楚", by=None, at=AT)
        feed(made, 2, [row("a", 5)])
        assert (stock_of(made), Permit.objects.count()) == ({}, 0)

    def test_the_last_day_of_the_authorisation_counts_whole_and_the_next_not_at_all(self, branded):
        end = moment("2026-01-01 00:00")
        for number, (at, counts) in enumerate(((end - MS, True), (end, False)), 1):
            feed(branded, number, [row("a", number)], at=at)
            assert Stock.objects.sold_by_working(at).exists() is counts
        assert (Stock.objects.get().quantity, reasons()) == (1, ["NOT_YOUR_GOODS"])

    def test_another_base_feeds_a_brand_once_its_own_authorisation_is_accepted(self, branded):
        other = base("b2")
        (asked,) = introduced(other, ["安克"])
        feed(other, 1, [row("a", 5)])
        assert (asked.status, stock_of(other)) == ("duplicate", {})
        introducing.authorise(asked, by=None, at=AT)
        feed(other, 2, [row("a", 5)])
        assert (asked.status, asked.period, stock_of(other)) == ("authorised", None, {"a": (1_000, 5)})
        assert list(Introduction.objects.accepted().values_list("base__code", flat=True)) == ["b1"]

    def test_only_a_duplicate_whose_document_still_holds_is_authorised(self, branded):
        accepted = Introduction.objects.get()
        with pytest.raises(MoveRefused):
            introducing.authorise(accepted, by=None, at=AT)
        (lapsed,) = introduced(base("b2"), ["安克"], last="2024-06-30")
        with pytest.raises(refusals.AuthorisationExpired):
            introducing.authorise(lapsed, by=None, at=JULY)
        lapsed.refresh_from_db()
        assert (lapsed.status, Permit.objects.count()) == ("duplicate", 1)

    def test_staff_end_an_authorisation_before_its_last_day(self, branded):
        feed(branded, 1, [row("a", 5)])
        given, end = Introduction.objects.get(), moment("2024-06-10 15:00")
        introducing.end(given, "品牌方已撤回授权", by=staff("clerk"), at=end)
        assert (given.status, given.permit_id and Permit.objects.get().until) == ("ended", end)
        assert [Stock.objects.permitted(at).count() for at in (end - MS, end)] == [1, 0]
        feed(branded, 2, [row("a", 6)], at=end)
        assert (reasons(), Stock.objects.get().quantity, broken()) == (["NOT_YOUR_GOODS"], 5, {})
        written = Trail.objects.get(subject_kind="introduction", act="ended")
        assert (written.actor, written.tenant, written.reason) == ("clerk", branded.base, "品牌方已撤回授权")
        assert (written.before, written.after) == (
            {"status": "accepted", "reason": "", "ended_at": None},
            {"status": "ended", "reason": "品牌方已撤回授权", "ended_at": end.isoformat()},
        )

    def test_a_brand_whose_authorisation_ended_is_another_bases_at_once_and_its_place_stays_used(self, branded):
        given, end = Introduction.objects.get(), moment("2024-06-10 15:00")
        before = quotas.current(branded.base, date(2024, 6, 10))
        introducing.end(given, "品牌方已撤回授权", by=staff(), at=end)
        assert not Brand.objects.shared(date(2024, 6, 10)).exists()
        (other,) = introduced(base("b2"), ["安克"])
        assert (other.status, other.period is None) == ("accepted", False)
        after = quotas.current(branded.base, date(2024, 6, 10))
        assert (before.credited, before.left) == (after.credited, after.left) == (1, 27)

    def test_one_that_has_not_begun_never_begins_and_one_beside_anothers_ends_too(self, shop, branded):
        (later,) = introduced(base("b2"), ["小米"], first="2025-01-01")
        introducing.end(later, "授权书作废", by=staff(), at=AT)
        assert not Permit.objects.live(moment("2025-06-01 00:00")).filter(pk=later.permit_id).exists()
        (beside,) = introduced(base("b3"), ["安克"])
        introducing.authorise(beside, by=None, at=AT)
        introducing.end(beside, "授权书作废", by=staff("other"), at=AT + MS)
        assert (beside.status, Introduction.objects.accepted().count(), broken()) == ("ended", 1, {})

    def test_only_staff_with_a_reason_end_what_still_holds(self, branded):
        given = Introduction.objects.get()
        waiting = introducing.introduce(base("b2").base, authorised("小米"), at=AT)
        owner = member(branded.base, "owner", "lin")
        before = list(Trail.objects.values()), list(Permit.objects.values())
        for refused, introduction, reason, by, at in (
            (StaffOnly, given, "作废", owner, AT),
            (ReasonMissing, given, " ", staff("a"), AT),
            (refusals.AuthorisationOver, given, "作废", staff("b"), moment("2026-01-01 00:00")),
            (MoveRefused, waiting, "作废", staff("c"), AT),
        ):
            with pytest.raises(refused):
                introducing.end(introduction, reason, by=by, at=at)
        given.refresh_from_db()
        assert (given.status, given.ended_at) == ("accepted", None)
        assert (list(Trail.objects.values()), list(Permit.objects.values())) == before

    def test_goods_that_change_their_brand_are_its_goods_no_more(self, shop, branded):
        feed(branded, 1, [row("a", 5)])
        assert sold(AT) == 1
        (other,) = introduced(base("b2"), ["小米"])
        of_brand(other.brand, shop)
        assert (sold(AT), Stock.objects.get().permit) == (0, None)
        of_brand(Brand.objects.get(name="安克"), shop)
        assert sold(AT) == 0
        feed(branded, 2, [row("a", 5)])
        assert (sold(AT), broken()) == (1, {})

    def test_goods_that_lose_their_brand_on_the_form_are_the_brands_no_more(self, shop, branded):
        of_brand(Brand.objects.get(), shop, "p9")
        feed(branded, 1, [row("a", 5, code="p9")])
        assert sold(AT) == 1
        of_brand(None, shop, "p9")
        assert sold(AT) == 0
        feed(branded, 2, [row("a", 6, code="p9")])
        assert (reasons(), broken()) == (["NOT_YOUR_GOODS"], {})

    def test_a_retracted_consent_does_not_touch_what_is_fed_by_a_brand(self, branded):
        (consent,) = agreed(branded, "m1", at=AT)
        feed(branded, 1, [row("a", 5)])
        consenting.retract(consent, by=None, at=AT + MS)
        assert sold(AT + MS) == 1


def test_the_days_of_an_authorisation_are_shanghais_days(shop):
    introduced(base("b1"), ["安克"], first="2024-06-01", last="2024-06-30")
    permit = Permit.objects.get()
    assert (permit.since, permit.until) == (moment("2024-06-01 00:00"), JULY)
    assert days.day_of(permit.until - MS) == date(2024, 6, 30)
