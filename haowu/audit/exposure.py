"""I24: exposure is what the numbers beside it come to, written a second time; the centre multiplies by the newest."""

SEARCHES: list[tuple[str, str, str]] = [
    (
        "I24",
        "每日曝光的三项和权重由所列数字算出，权重在 0.20 到 1.00 之间",
        """
        SELECT product_id, day FROM streamers_exposure
        WHERE price_part <> floor(10000 * least(1, coalesce(median_price_fen::numeric / price_fen, 1)))
           OR commission_part <> floor(10000 * least(1, coalesce(bps::numeric / nullif(median_bps, 0), 1)))
           OR all_orders > 0 AND all_clicks > 0 AND abs(conversion_part - 10000 * least(1,
                (orders + 100 * all_orders::numeric / all_clicks) * all_clicks / ((clicks + 100) * all_orders))) >= 1
           OR NOT (all_orders > 0 AND all_clicks > 0) AND conversion_part <> 10000
           OR weight <> floor(20 + 80 * (price_part + commission_part + conversion_part)::numeric / 30000 + 0.5)
        """,
    ),
    (
        "I24.1",
        "选品中心用的是最近一天的曝光权重",
        """
        SELECT listing.public_id FROM streamers_exposure AS exposure
        JOIN streamers_listing AS listing ON listing.product_id = exposure.product_id
        WHERE exposure.day = (SELECT max(day) FROM streamers_exposure) AND listing.exposure <> exposure.weight
        """,
    ),
]
