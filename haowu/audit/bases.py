"""I19: what is reserved is there, and is what the movements say; what is in stock, its base might feed.

Searches for ``haowu.audit.invariants``.
"""

SEARCHES: list[tuple[str, str, str]] = [
    (
        "I19",
        "预留不超过库存",
        "SELECT base_id, product_code, sku_code FROM bases_stock WHERE reserved > quantity OR reserved < 0",
    ),
    (
        "I19.1",
        "每个规格的预留等于未结的预留之和，也等于其变动之和",
        """
        SELECT stock.id, stock.reserved, coalesce(kept.quantity, 0), coalesce(moved.quantity, 0)
        FROM bases_stock AS stock
        LEFT JOIN (
            SELECT stock_id, sum(quantity) AS quantity FROM bases_reservation WHERE status = 'open' GROUP BY stock_id
        ) AS kept ON kept.stock_id = stock.id
        LEFT JOIN (
            SELECT stock_id, sum(CASE kind WHEN 'reserved' THEN quantity ELSE -quantity END) AS quantity
            FROM bases_movement GROUP BY stock_id
        ) AS moved ON moved.stock_id = stock.id
        WHERE stock.reserved <> coalesce(kept.quantity, 0) OR stock.reserved <> coalesce(moved.quantity, 0)
        """,
    ),
    (
        "I19.2",
        "每笔预留的变动交替：预留一次，至多结束一次，如此反复",
        """
        SELECT reservation_id FROM (
            SELECT reservation_id, kind = 'reserved' AS keeps,
                   row_number() OVER (PARTITION BY reservation_id ORDER BY id) % 2 = 1 AS should_keep
            FROM bases_movement
        ) AS moves WHERE keeps <> should_keep
        """,
    ),
    (
        "I19.3",
        "已留到货的订单行不再等货",
        """
        SELECT shortage.reference FROM bases_shortage AS shortage
        JOIN bases_reservation AS kept ON kept.reference = shortage.reference
        WHERE shortage.status = 'waiting' AND kept.status = 'open'
        """,
    ),
    (
        "I19.4",
        "库存所凭的许可是该基地的，并且管到这件货：商家同意，或其品牌",
        """
        SELECT stock.id, base.code, stock.product_code || '/' || stock.sku_code
        FROM bases_stock AS stock
        JOIN tenants_tenant AS base ON base.id = stock.base_id
        LEFT JOIN bases_permit AS permit ON permit.id = stock.permit_id
        LEFT JOIN bases_consent AS consent ON consent.permit_id = permit.id
        LEFT JOIN bases_introduction AS introduction ON introduction.permit_id = permit.id
        LEFT JOIN bases_brandedproduct AS goods
            ON goods.merchant_id = stock.merchant_id AND goods.product_code = stock.product_code
        WHERE stock.permit_id IS NOT NULL AND (
            permit.base_id IS DISTINCT FROM stock.base_id
            OR consent.merchant_id IS DISTINCT FROM stock.merchant_id
               AND (introduction.id IS NULL OR introduction.brand_id IS DISTINCT FROM goods.brand_id)
        )
        """,
    ),
    (
        "I19.5",
        "每个供货许可的期限就是约定的期限",
        """
        WITH agreed AS (
            SELECT permit_id, base_id, begins_at AS since,
                   greatest(begins_at, least(withdrawn_at, ends_at, '2200-01-01 00:00Z')) AS until FROM bases_consent
            UNION ALL
            SELECT permit_id, base_id, authorised_from::timestamp AT TIME ZONE 'Asia/Shanghai',
                   greatest(authorised_from::timestamp AT TIME ZONE 'Asia/Shanghai',
                            least(ended_at, (authorised_to + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'))
            FROM bases_introduction
            WHERE permit_id IS NOT NULL
        )
        SELECT permit.id FROM bases_permit AS permit LEFT JOIN agreed ON agreed.permit_id = permit.id
        WHERE (permit.base_id, permit.since, permit.until)
              IS DISTINCT FROM (agreed.base_id, agreed.since, agreed.until)
        """,
    ),
    (
        # A retraction and a feed of one moment may not see each other; what the feed wrote counts for nothing then.
        "I19.6",
        "每行库存都是在许可期内写入的（上报生效，或复核后采用）",
        """
        SELECT stock.id, base.code, stock.product_code || '/' || stock.sku_code
        FROM bases_stock AS stock
        JOIN tenants_tenant AS base ON base.id = stock.base_id
        JOIN bases_permit AS permit ON permit.id = stock.permit_id
        JOIN bases_feed AS feed ON feed.base_id = stock.base_id AND feed.sequence = stock.sequence
        WHERE stock.quantity > stock.reserved
          AND NOT (feed.applied_at >= permit.since AND feed.applied_at < permit.until + interval '5 minutes')
          AND NOT EXISTS (
            SELECT FROM bases_quarantinedrow AS row JOIN tenants_tenant AS merchant ON merchant.id = stock.merchant_id
            WHERE row.feed_id = feed.id AND row.status = 'taken' AND row.decided_at >= permit.since
              AND row.decided_at < permit.until + interval '5 minutes'
              AND (row.merchant_code, row.product_code, row.sku_code)
                  = (merchant.code, stock.product_code, stock.sku_code)
          )
        """,
    ),
    (
        "I19.7",
        "基地所知的商品品牌就是商品的品牌",
        """
        SELECT merchant.code, coalesce(product.code, goods.product_code)
        FROM (SELECT * FROM merchants_product WHERE brand_id IS NOT NULL) AS product
        FULL JOIN bases_brandedproduct AS goods
            ON goods.merchant_id = product.merchant_id AND goods.product_code = product.code
        JOIN tenants_tenant AS merchant ON merchant.id = coalesce(product.merchant_id, goods.merchant_id)
        WHERE product.brand_id IS DISTINCT FROM goods.brand_id
        """,
    ),
]
