"""What plans and activities pay to one streamer, laid over the listing, which says what everybody may earn.

The rule is ``streamers.offers.choose``, written here as one statement, since a streamer may have hundreds of such
goods and every look asks for them; tests hold the two together. A product is *decided* for this streamer alone where a
plan on it or an exclusive activity lists him, or where his pick stands through an activity. A plan on a whole shop may
be about thousands of products: it counts for all of the shop's that are not decided by something of their own.

Only his own rows are read, in his own scope. That others have a product for themselves, and the normal plan's rate,
are in the listing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from haowu.ground import days
from haowu.tenants.models import Tenant
from streamers.offers import Kind

PERSONAL = """
WITH moment (place, at) AS (VALUES (0, %(now)s::timestamptz), (1, %(midnight)s)),
plan_offer AS (
    SELECT DISTINCT ON (moment.place, plan.id)
        moment.place, plan.product_id, plan.merchant_id, plan.type AS kind, rate.commission_bps AS bps
    FROM merchants_planrate AS rate
    JOIN merchants_plan AS plan ON plan.id = rate.plan_id
    JOIN moment ON plan.starts_at <= moment.at AND (plan.ends_at IS NULL OR plan.ends_at > moment.at)
    WHERE rate.streamer_id = %(streamer)s AND rate.cancelled_at IS NULL AND rate.effective_from <= moment.at
    ORDER BY moment.place, plan.id, rate.effective_from DESC, rate.id DESC
),
way AS (
    SELECT DISTINCT ON (pick.id) pick.product_id, channel.activity_id
    FROM streamers_pick AS pick
    JOIN streamers_channel AS channel ON channel.pick_id = pick.id
    WHERE pick.streamer_id = %(streamer)s AND pick.unpicked_at IS NULL AND channel.effective_from <= %(now)s
    ORDER BY pick.id, channel.effective_from DESC, channel.id DESC
),
item AS (
    SELECT moment.place, moment.at, enrolment.*
    FROM moment CROSS JOIN way
    JOIN tuanzhang_enrolment AS enrolment USING (product_id, activity_id)
    UNION ALL
    SELECT moment.place, moment.at, enrolment.*
    FROM tuanzhang_listedstreamer AS listed
    JOIN moment ON listed.listed_at <= moment.at AND (listed.unlisted_at IS NULL OR listed.unlisted_at > moment.at)
    JOIN tuanzhang_activity AS activity ON activity.id = listed.activity_id AND activity.type = 'exclusive'
    JOIN tuanzhang_enrolment AS enrolment ON enrolment.activity_id = activity.id
    WHERE listed.streamer_id = %(streamer)s
),
item_offer AS (
    SELECT DISTINCT ON (item.place, item.id) item.place, item.product_id,
        CASE activity.type WHEN 'exclusive' THEN 'exclusive_activity' ELSE 'activity' END AS kind,
        rate.commission_bps AS bps, rate.commission_bps + rate.service_fee_bps AS cost_bps
    FROM item
    JOIN tuanzhang_activity AS activity ON activity.id = item.activity_id
    JOIN tuanzhang_enrolmentrate AS rate ON rate.enrolment_id = item.id
    WHERE item.status = 'passed'
        AND greatest(item.passed_at, item.starts_at, activity.begins_at, activity.published_at) <= item.at
        AND least(item.ends_at, item.ended_at, activity.ends_at, activity.closed_at, 'infinity') > item.at
        AND NOT EXISTS (
            SELECT FROM merchants_delisting AS gone
            WHERE gone.product_id = item.product_id AND gone.at BETWEEN item.passed_at AND item.at
        )
        AND rate.cancelled_at IS NULL AND rate.effective_from <= item.at
    ORDER BY item.place, item.id, rate.effective_from DESC, rate.id DESC
),
own AS (
    SELECT place, product_id, kind, bps, bps AS cost_bps FROM plan_offer
    WHERE product_id IS NOT NULL AND bps IS NOT NULL
    UNION ALL SELECT place, product_id, kind, bps, cost_bps FROM item_offer
),
shop AS (SELECT place, merchant_id, bps FROM plan_offer WHERE product_id IS NULL AND bps IS NOT NULL),
shown AS (
    SELECT moment.place, listing.product_id, listing.merchant_id, listing.is_exclusive, listing.offer, listing.bps
    FROM (SELECT DISTINCT product_id FROM own) AS decided
    JOIN streamers_listing AS listing USING (product_id)
    JOIN moment ON listing.valid_from <= moment.at AND listing.valid_until > moment.at
),
speaking (place, product_id, kind, bps, cost_bps, rank) AS (
    SELECT place, product_id, kind, bps, cost_bps,
        CASE WHEN kind IN ('exclusive', 'exclusive_activity') THEN 1 WHEN kind = 'item_targeted' THEN 2 ELSE 4 END
    FROM own
    UNION ALL
    SELECT place, product_id, 'shop_targeted', shop.bps, shop.bps, 3 FROM shown JOIN shop USING (place, merchant_id)
    UNION ALL
    SELECT place, product_id, 'normal', bps, bps, 5 FROM shown WHERE offer = 'normal'
),
best AS (
    SELECT DISTINCT ON (shown.product_id, shown.place)
        shown.product_id, shown.place, speaking.kind, speaking.bps, shown.is_exclusive
    FROM shown
    LEFT JOIN speaking ON speaking.product_id = shown.product_id AND speaking.place = shown.place
        AND (speaking.rank = 1 OR NOT shown.is_exclusive)
    ORDER BY shown.product_id, shown.place, speaking.rank, speaking.bps DESC, speaking.cost_bps, speaking.kind
)
SELECT true AS is_product, product_id, place, kind, bps, is_exclusive AND kind IS NULL FROM best
UNION ALL SELECT false, merchant_id, place, 'shop_targeted', bps, false FROM shop
"""
"""The best offer on each decided product, and the rate of each shop that lists him: now (place 0) and from midnight on
(1). Ranks are those of ``choose``; of exclusive offers the highest rate, then the cheaper one for the merchant.

A pick through activity 7 at 20 %, his item-targeted plan at 15 % that ends today, the normal plan at 10 %:
``(true, product, 0, item_targeted, 1500, false), (true, product, 1, activity, 2000, false)``.
"""


@dataclass(frozen=True)
class Speaks:
    """One moment: which kind of offer speaks and what it pays; both None: none does. ``is_kept``: for others alone."""

    kind: Kind | None = None
    bps: int | None = None
    is_kept: bool = False


NOTHING = Speaks()


@dataclass(frozen=True)
class Personal:
    """What speaks for the streamer on a product or a shop, now and from midnight on."""

    now: Speaks = NOTHING
    tomorrow: Speaks = NOTHING

    @property
    def is_decided(self) -> bool:
        """The listing's own offer does not hold for him now."""
        return self.now.bps is not None or self.now.is_kept


class Overlay:
    """``products``: what is decided for the streamer alone, by id. ``shops``: those that list him, by merchant."""

    def __init__(self, streamer: Tenant, at: datetime) -> None:
        self.products: dict[int, Personal] = {}
        self.shops: dict[int, Personal] = {}
        found: dict[tuple[bool, int], list[Speaks]] = {}
        for is_product, pk, place, kind, bps, is_kept in _rows(streamer, at):
            moments = found.setdefault((is_product, pk), [NOTHING, NOTHING])
            moments[place] = Speaks(Kind(kind) if kind else None, bps, is_kept)
        for (is_product, pk), moments in found.items():
            (self.products if is_product else self.shops)[pk] = Personal(*moments)

    def __bool__(self) -> bool:
        return bool(self.products or self.shops)


def _rows(streamer: Tenant, at: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(PERSONAL, {"streamer": streamer.pk, "now": at, "midnight": days.next_midnight(at)})
        return cursor.fetchall()
