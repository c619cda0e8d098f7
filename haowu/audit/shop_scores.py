"""I25: shop scores are what their counts come to, written a second time in SQL; shops show the newest."""

_PARTS = """
    CROSS JOIN LATERAL (VALUES
        ('goods', refunded, received, leaf_refunded, leaf_received, 4),
        ('delivery', late, shipped, leaf_late, leaf_shipped, 3),
        ('service', disputed, lines, leaf_disputed, leaf_lines, 3)
    ) AS part (name, bad, whole, leaf_bad, leaf_whole, weight)
    CROSS JOIN LATERAL (
        SELECT (bad + 50 * coalesce(leaf_bad::numeric(60, 40) / nullif(leaf_whole, 0), 0)) / (whole + 50)
    ) AS smoothed (badness)
"""
SEARCHES: list[tuple[str, str, str]] = [
    (
        "I25",
        "店铺每日评分由其计数算出：三项各半上取整，总分按 0.4、0.3、0.3",
        f"""
        SELECT scored.merchant_id, scored.day FROM merchants_shopscore AS scored {_PARTS}
        GROUP BY scored.id, scored.merchant_id, scored.day, scored.total, scored.goods, scored.delivery, scored.service
        HAVING abs(scored.total - sum(weight * 50 * (1 - badness))) > 0.5000000001
            OR abs(scored.goods - max(500 * (1 - badness)) FILTER (WHERE name = 'goods')) > 0.5000000001
            OR abs(scored.delivery - max(500 * (1 - badness)) FILTER (WHERE name = 'delivery')) > 0.5000000001
            OR abs(scored.service - max(500 * (1 - badness)) FILTER (WHERE name = 'service')) > 0.5000000001
        """,
    ),
    (
        "I25.1",
        "店铺显示的是最近一天的评分",
        """
        SELECT merchant.code FROM merchants_shop AS shop
        JOIN tenants_tenant AS merchant ON merchant.id = shop.merchant_id
        JOIN LATERAL (
            SELECT total, lines FROM merchants_shopscore AS scored WHERE scored.merchant_id = shop.merchant_id
            ORDER BY day DESC LIMIT 1
        ) AS newest ON true
        WHERE (shop.score, shop.scored_lines) <> (newest.total, newest.lines)
        """,
    ),
]
