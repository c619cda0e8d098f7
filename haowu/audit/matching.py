"""I23: what "for you" is served from is whole, and lists name only what was on sale when they were made."""

SEARCHES: list[tuple[str, str, str]] = [
    (
        "I23",
        "使用中的推荐模型是完整的",
        """
        SELECT model.id FROM streamers_matchmodel AS model
        LEFT JOIN LATERAL (
            SELECT count(*) AS goods, coalesce(sum(cardinality(others)), 0) AS pairs,
                count(*) FILTER (WHERE cardinality(others) <> cardinality(weights)) AS uneven
            FROM streamers_companions WHERE model_id = model.id
        ) AS learned ON true
        WHERE model.status = 'served' AND (
            learned.goods <> model.goods OR learned.pairs <> model.pairs OR learned.uneven > 0
            OR model.categories <> (SELECT count(*) FROM streamers_categorypool WHERE model_id = model.id)
        )
        """,
    ),
    (
        "I23.1",
        "为你推荐的每件商品只出现一次，各有得分和理由",
        """
        SELECT mine.id FROM streamers_foryou AS mine
        WHERE cardinality(goods) <> (SELECT count(DISTINCT product) FROM unnest(goods) AS product)
           OR cardinality(goods) <> cardinality(scores) OR cardinality(goods) <> cardinality(whys)
           OR cardinality(goods) <> cardinality(details) OR cardinality(sources) <> cardinality(source_titles)
        """,
    ),
    (
        "I23.2",
        "为你推荐里没有生成时已下架的商品",
        """
        SELECT mine.id, product.code FROM streamers_foryou AS mine
        CROSS JOIN LATERAL unnest(mine.goods) AS named (product_id)
        JOIN merchants_product AS product ON product.id = named.product_id
        WHERE product.status <> 'listed' AND (
            SELECT max(off.at) FROM merchants_delisting AS off WHERE off.product_id = product.id
        ) < mine.made_at
        """,
    ),
]
