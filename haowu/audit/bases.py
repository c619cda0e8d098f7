"""I19: what is reserved is there, and is what the movements say. Searches for ``haowu.audit.invariants``."""

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
]
