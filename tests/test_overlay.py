"""What is laid over the listing for one streamer is what the rule says, whatever plans, activities and picks there are.

``streamers.centre.overlay`` says ``offers.choose`` a second time, in SQL: random markets hold the two together.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from random import Random

import pytest

from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants import listing, plans
from merchants.models import Plan, Product
from streamers import shelf
from streamers.centre import sync
from streamers.centre.conditions import Looker
from streamers.centre.filters import EVERYTHING
from streamers.centre.overlay import Overlay, Speaks
from streamers.centre.search import find
from streamers.models import Listing
from streamers.offers import Choice
from streamers.terms import OfferBook
from tests import build
from tests.browser import NOW
from tuanzhang import activities, enrolling
from tuanzhang.models import Activity, Enrolment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
MOMENTS = [f"2024-06-{day} {hour}" for day in (12, 15, 18, 19, 20) for hour in ("00:00", "09:00", "13:59")]
ACTS = 90


class RandomMarket:
    """Two shops, three streamers, two open activities and one that is for two of them; acts of all in any order."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.shops = [build.merchant(), build.merchant()]
        self.streamers = [build.streamer() for _number in range(3)]
        self.goods = [build.product(self.shops[number % 2]) for number in range(12)]
        until = build.moment("2024-06-21 00:00")
        self.activities = [
            build.activity(build.leader()),
            build.activity(build.leader(), ends_at=until),
            build.activity(build.leader(), "exclusive", streamers=self.streamers[:2]),
        ]
        for text in sorted(self.chance.choice(MOMENTS) for _act in range(ACTS)):
            with suppress(Refused, IndexError):  # nothing to end or to change yet
                self.chance.choice(self.acts)(build.moment(text))
        sync.in_step()

    @property
    def acts(self) -> list[Callable[[datetime], object]]:
        return [
            self.open_plan, self.open_plan, self.open_plan, self.change_rate, self.change_rate, self.end_plan,
            self.enrol, self.enrol, self.end_enrolment, self.pick, self.pick, self.pick, self.unpick,
            self.take_off_and_list_again, self.unlist,
        ]  # fmt: skip

    def open_plan(self, at: datetime) -> None:
        type, good = self.chance.choice(Plan.Type.values), self.chance.choice(self.goods)
        if type == "normal":
            build.normal_plan(good, self._bps(), at)
        else:
            some = self.chance.sample(self.streamers, 2)
            build.listed_plan(good, type, {each: self._bps() for each in some}, at)

    def change_rate(self, at: datetime) -> None:
        plan = self.chance.choice(Plan.objects.order_by("pk"))
        who = self.chance.choice(self.streamers) if plan.lists_streamers else None
        plans.set_rate(plan, self.chance.choice([None, self._bps()]), at=at, streamer=who)

    def end_plan(self, at: datetime) -> None:
        plans.end_plan(self.chance.choice(Plan.objects.order_by("pk")), at=at)

    def enrol(self, at: datetime) -> None:
        build.enrolled(self.chance.choice(self.goods), self._activity(), self._bps(), at=at)

    def end_enrolment(self, at: datetime) -> None:
        enrolling.end(self.chance.choice(Enrolment.objects.order_by("pk")), at=at)

    def pick(self, at: datetime) -> None:
        through = self.chance.choice([None, self._activity()])
        build.pick(self.chance.choice(self.streamers), self.chance.choice(self.goods), at=at, activity=through)

    def unpick(self, at: datetime) -> None:
        shelf.unpick(self.chance.choice(self.streamers), self.chance.choice(self.goods), at=at)

    def take_off_and_list_again(self, at: datetime) -> None:
        good = Product.objects.get(pk=self.chance.choice(self.goods).pk)
        listing.delist_product(good, at=at)
        listing.list_product(Product.objects.get(pk=good.pk), at=at)

    def unlist(self, at: datetime) -> None:
        activities.unlist_streamer(self.activities[2], self.chance.choice(self.streamers[:2]), at=at)

    def _activity(self) -> Activity:
        return self.chance.choice(self.activities)

    def _bps(self) -> int:
        return self.chance.randrange(1_000, 3_000, 50)


def said_by_the_rule(choice: Choice) -> Speaks:
    offer = choice.offer
    is_kept = "EXCLUSIVE_NOT_LISTED" in choice.trace
    return Speaks(offer.kind, offer.commission_bps) if offer else Speaks(is_kept=is_kept)


def said_by_the_overlay(overlay: Overlay, row: Listing, place: str) -> Speaks:
    """For a product that is not decided: what the whole shop, or the listing, has for it."""
    if row.product_id in overlay.products:
        return getattr(overlay.products[row.product_id], place)
    if row.is_exclusive:
        return Speaks(is_kept=True)
    shop = overlay.shops.get(row.merchant_id)
    if shop and getattr(shop, place).bps is not None:
        return getattr(shop, place)
    return Speaks("normal", row.bps) if row.offer == "normal" else Speaks()


@pytest.mark.parametrize("seed", range(6))
def test_the_overlay_says_what_the_rule_says_now_and_from_midnight_on(seed):
    market = RandomMarket(seed)
    at = build.moment(NOW)
    goods = list(Product.objects.all())
    with platform_scope():
        book = OfferBook(goods)
    decided = 0
    for streamer in market.streamers:
        ways = {pick.product_id: pick.through(at) for pick in streamer.picks.on_shelf()}
        overlay = Overlay(streamer, at)
        decided += len(overlay.products)
        for place, moment in (("now", at), ("tomorrow", days.next_midnight(at))):
            for row in Listing.objects.at(moment):
                choice = book.choose(row.product_id, streamer.pk, moment, ways.get(row.product_id))
                said = said_by_the_overlay(overlay, row, place)
                assert said == said_by_the_rule(choice), (streamer.code, row.code, place, choice.trace)
        _assert_the_list_says_so(streamer, book, ways, at)
    assert decided, "a market without anything personal proves nothing"


def _assert_the_list_says_so(streamer: Tenant, book: OfferBook, ways: dict, at: datetime) -> None:
    """Rates and kinds of cards; and nothing that is for others, by a plan's list or exclusively."""
    shown = {card.product_id: card for card in find(Looker(streamer, at, 1000), EVERYTHING, size=100).cards}
    for row in Listing.objects.at(at):
        choice = book.choose(row.product_id, streamer.pk, at, ways.get(row.product_id))
        card = shown.get(row.product_id)
        if choice.offer is not None:
            assert card is not None and (card.kind, card.bps) == (choice.offer.kind, choice.offer.commission_bps)
        elif "EXCLUSIVE_NOT_LISTED" in choice.trace:
            assert card is None
        else:
            assert card is None or (card.kind, card.bps, bool(card.through)) == ("activity", row.bps, True)
