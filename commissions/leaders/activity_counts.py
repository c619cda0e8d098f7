"""What only the floor of orders knows of leaders: goods without orders, and figures that merchants weigh them by."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from haowu.tenants.scope import platform_scope
from tuanzhang import changes

COUNTED = timedelta(days=30)
"""What a leader's orders and streamers are counted over."""

_QUIET = """
SELECT request.id FROM tuanzhang_changerequest AS request
JOIN tuanzhang_enrolment AS item ON item.id = request.enrolment_id
JOIN tuanzhang_activity AS activity ON activity.id = item.activity_id
WHERE request.answer = '' AND request.answer_by > %(at)s
  AND greatest(item.passed_at, item.starts_at, activity.begins_at, activity.published_at) <= %(since)s
  AND NOT EXISTS (
      SELECT 1 FROM commissions_orderline AS line
      WHERE line.first_leader_id = item.leader_id AND line.offer_id = item.id
        AND line.offer_kind IN ('activity', 'exclusive_activity')
        AND line.ordered_at > %(since)s AND line.ordered_at <= %(at)s
  )
"""

_COUNT = """
INSERT INTO tuanzhang_leaderfigures (leader_id, orders, streamers, gmv_fen, counted_at)
SELECT leader.id, coalesce(sold.orders, 0), coalesce(sold.streamers, 0), coalesce(sold.gmv_fen, 0), %(at)s
FROM tenants_tenant AS leader
LEFT JOIN (
    SELECT first_leader_id, count(DISTINCT order_id) AS orders, count(DISTINCT streamer_id) AS streamers,
           sum(paid_fen - refunded_fen)::bigint AS gmv_fen
    FROM commissions_orderline
    WHERE first_leader_id IS NOT NULL AND ordered_at > %(since)s AND ordered_at <= %(at)s
    GROUP BY first_leader_id
) AS sold ON sold.first_leader_id = leader.id
WHERE leader.kind = 'tuanzhang'
ON CONFLICT (leader_id) DO UPDATE SET orders = excluded.orders, streamers = excluded.streamers,
    gmv_fen = excluded.gmv_fen, counted_at = excluded.counted_at
"""


@transaction.atomic
def agree_quiet_requests(*, at: datetime) -> int:
    """Agree to every waiting request whose goods had no order through their activity for thirty days; how many."""
    with platform_scope():
        with connection.cursor() as cursor:
            cursor.execute(_QUIET, {"at": at, "since": at - changes.QUIET})
            quiet = [pk for (pk,) in cursor.fetchall()]
        return changes.agree_quiet(quiet, at=at)


@transaction.atomic
def count_leaders(*, at: datetime) -> None:
    """Write every leader's orders, streamers and GMV (as ordered, less refunds) of the thirty days before ``at``."""
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_COUNT, {"at": at, "since": at - COUNTED})
