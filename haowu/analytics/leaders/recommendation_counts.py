"""What came of a leader's recommendations: picks made from them, and what was sold through these picks.

A pick stands through a recommendation until the streamer picks the product another way: orders before that count here.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope

_SOLD = """
SELECT channel.recommendation_id, pick.product_id, count(DISTINCT pick.id), count(DISTINCT pick.streamer_id),
       count(DISTINCT line.order_id), coalesce(sum(line.paid_fen), 0)::bigint,
       coalesce(sum(line.paid_fen - line.refunded_fen), 0)::bigint,
       coalesce(sum(CASE WHEN line.first_leader_id = %(leader)s THEN line.due_first_leader_fen
                         WHEN line.second_leader_id = %(leader)s THEN line.due_second_leader_fen END), 0)::bigint,
       coalesce(sum(CASE WHEN line.first_leader_id = %(leader)s
                         THEN line.due_first_leader_fen - line.due_first_leader_fee_fen
                         WHEN line.second_leader_id = %(leader)s
                         THEN line.due_second_leader_fen - line.due_second_leader_fee_fen END), 0)::bigint
FROM streamers_channel AS channel
JOIN streamers_pick AS pick ON pick.id = channel.pick_id
JOIN tuanzhang_activity AS activity ON activity.id = channel.activity_id
LEFT JOIN LATERAL (
    SELECT min(later.effective_from) AS at FROM streamers_channel AS later
    WHERE later.pick_id = channel.pick_id AND (later.effective_from, later.id) > (channel.effective_from, channel.id)
) AS changed ON true
LEFT JOIN commissions_orderline AS line
    ON line.streamer_id = channel.streamer_id AND line.pid = pick.pid AND line.activity = activity.code
    AND line.ordered_at >= channel.effective_from AND (changed.at IS NULL OR line.ordered_at < changed.at)
WHERE channel.recommendation_id IN (
    SELECT id FROM tuanzhang_recommendation WHERE leader_id = %(leader)s AND id = ANY(%(ids)s)
)
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class RecommendationCounts:
    """``sold_fen`` as ordered, ``kept_fen`` less refunds; ``fees_fen`` the leader's gross as it stands now, ``net_fen``
    what the platform's fee leaves of it."""

    picks: int = 0
    streamers: int = 0
    orders: int = 0
    sold_fen: int = 0
    kept_fen: int = 0
    fees_fen: int = 0
    net_fen: int = 0

    def __add__(self, other: "RecommendationCounts") -> "RecommendationCounts":
        mine, theirs = vars(self), vars(other)
        return RecommendationCounts(**{name: mine[name] + theirs[name] for name in mine})


def by_product(leader: Tenant, recommendations: Collection[int]) -> dict[int, dict[int, RecommendationCounts]]:
    """``{recommendation id: {product id: counts}}``, of those that are ``leader``'s. Within a transaction."""
    found: dict[int, dict[int, RecommendationCounts]] = defaultdict(dict)
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_SOLD, {"leader": leader.pk, "ids": list(recommendations)})
        for recommendation, product, *figures in cursor.fetchall():
            found[recommendation][product] = RecommendationCounts(*figures)
    return found


def total(products: dict[int, RecommendationCounts]) -> RecommendationCounts:
    """All products together; a streamer who picked several counts once a product."""
    return sum(products.values(), RecommendationCounts())
