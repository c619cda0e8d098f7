"""I22: clicks are what their rows say, once in half an hour; a line belongs to one live session at most.

Searches for ``haowu.audit.invariants``. Counts of days whose single clicks were thrown away are left out.
"""

from commissions.orders.crediting import BELONGS

SEARCHES: list[tuple[str, str, str]] = [
    (
        "I22",
        "每条链接每天的点击与访客等于逐条点击里计入的",
        """
        SELECT coalesce(kept.day, shown.day), coalesce(kept.link_id, shown.link_id), kept.clicks, shown.clicks
        FROM (
            SELECT day, link_id, count(*) FILTER (WHERE is_counted) AS clicks, count(DISTINCT visitor) AS visitors
            FROM streamers_click GROUP BY day, link_id
        ) AS kept
        FULL JOIN (
            SELECT day, link_id, clicks, visitors FROM streamers_linkday
            WHERE day >= (SELECT min(day) FROM streamers_click)
        ) AS shown ON (shown.day, shown.link_id) = (kept.day, kept.link_id)
        WHERE (kept.clicks, kept.visitors) IS DISTINCT FROM (shown.clicks::bigint, shown.visitors::bigint)
        """,
    ),
    (
        "I22.1",
        "同一访客在同一链接 30 分钟内至多计入一次",
        """
        SELECT link_id, visitor, clicked_at FROM (
            SELECT link_id, visitor, clicked_at,
                clicked_at - lag(clicked_at) OVER (PARTITION BY day, link_id, visitor ORDER BY clicked_at) AS since
            FROM streamers_click WHERE is_counted
        ) AS counted WHERE since < interval '30 minutes'
        """,
    ),
    (
        "I22.2",
        "一行订单至多属于一场直播",
        f"""
        SELECT line.order_no, line.line_no, count(*)
        FROM streamers_livesession AS session JOIN commissions_orderline AS line ON {BELONGS}
        GROUP BY line.order_no, line.line_no, line.source_id HAVING count(*) > 1
        """,
    ),
    (
        "I22.3",
        "链接、排品与其选品是同一达人、同一商品",
        """
        SELECT link.code FROM streamers_link AS link JOIN streamers_pick AS pick ON pick.id = link.pick_id
        WHERE (link.streamer_id, link.product_id) <> (pick.streamer_id, pick.product_id)
        UNION ALL
        SELECT session.public_id FROM streamers_sessionitem AS item
        JOIN streamers_livesession AS session ON session.id = item.session_id
        JOIN streamers_pick AS pick ON pick.id = item.pick_id
        WHERE (item.streamer_id, item.product_id) <> (pick.streamer_id, pick.product_id)
           OR item.streamer_id <> session.streamer_id
        """,
    ),
]
