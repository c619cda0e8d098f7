"""A catalogue for ``bench selection``: products with prices, plans, activities and sales, written by COPY.

Nine goods in ten have a normal plan; one in twenty is offered only through a leader's activity; one in ten has a plan
that lists a streamer, one in fifty an exclusive one.
"""

import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from haowu.bench.crowd import LEADER_ID, MERCHANT_ID, STREAMER_ID
from haowu.bench.titles import Trade

BRANDS = 3_000
STREAMERS, LEADERS = 400, 20
PER_SHOP = 200
CHUNK = 50_000
NOW = datetime.now(UTC)
BEGUN = NOW - timedelta(days=400)
CATEGORY_ID, BRAND_ID, PRODUCT_ID = 10_000, 10_000, 10_000_000


def stock_shelves(cursor: Any, trade: Trade, size: int) -> None:
    """Write ``size`` products and all that they need."""
    cursor.execute("SET session_replication_role = replica")
    _write_parties(cursor, max(20, size // PER_SHOP))
    leaf_ids = _write_categories(cursor, trade)
    rows = enumerate(trade.brands)
    _copy(cursor, "bases_brand (id, code, name, normal_name)", ((BRAND_ID + n, f"b{n}", x, x.lower()) for n, x in rows))
    for start in range(0, size, CHUNK):
        _write_goods(cursor, trade, leaf_ids, range(start, min(start + CHUNK, size)), max(20, size // PER_SHOP))
    cursor.execute("SET session_replication_role = origin")
    for table in ("tenants_tenant", "merchants_product", "merchants_sku", "merchants_plan", "merchants_planrate",
                  "tuanzhang_activity", "tuanzhang_enrolment", "tuanzhang_enrolmentrate"):  # fmt: skip
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1000000000)")
        cursor.execute(f"ANALYZE {table}")


def _write_parties(cursor: Any, shops: int) -> None:
    kinds = (("merchant", MERCHANT_ID, shops), ("streamer", STREAMER_ID, STREAMERS), ("tuanzhang", LEADER_ID, LEADERS))
    for kind, first, count in kinds:
        rows = ((first + n, kind, f"{kind}{n}", f"{kind[:2]}{n}", _name(kind, n), NOW) for n in range(count))
        _copy(cursor, "tenants_tenant (id, kind, code, public_id, name, created_at)", rows)
    shops_rows = ((MERCHANT_ID + n, 380 + n % 121, "withheld", 0) for n in range(shops))
    _copy(cursor, "merchants_shop (merchant_id, score, funding, low_balance_fen)", shops_rows)
    _copy(cursor, "streamers_profile (streamer_id, fans)", ((STREAMER_ID + n, n) for n in range(STREAMERS)))
    activities = (
        (n, LEADER_ID + n, f"act{n}", f"act{n}", f"token{n}", "normal", f"招商{n}", "", BEGUN, 0, 0, "none",
         "published", BEGUN, BEGUN)
        for n in range(LEADERS)
    )  # fmt: skip
    _copy(
        cursor,
        "tuanzhang_activity (id, leader_id, code, public_id, share_token, type, title, description, begins_at,"
        " min_commission_bps, min_service_fee_bps, second_level, status, published_at, created_at)",
        activities,
    )


def _name(kind: str, number: int) -> str:
    return {"merchant": f"百货{number}旗舰店", "streamer": f"主播{number}", "tuanzhang": f"团长{number}"}[kind]


def _write_categories(cursor: Any, trade: Trade) -> list[int]:
    """Ids of the leaves, in order."""
    ids: dict[tuple[str, ...], int] = {}
    rows = []
    for leaf in trade.leaves:
        for level in (1, 2, 3):
            path = leaf.path[:level]
            if path not in ids:
                ids[path] = CATEGORY_ID + len(ids)
                rows.append((ids[path], "/".join(path), path[-1], ids.get(path[:-1]), level))
    _copy(cursor, "merchants_category (id, code, name, parent_id, level)", rows)
    return [ids[leaf.path] for leaf in trade.leaves]


def _write_goods(cursor: Any, trade: Trade, leaf_ids: list[int], numbers: range, shops: int) -> None:
    chance = trade.chance
    products, skus, plans, rates, items, item_rates, figures = [], [], [], [], [], [], []
    for number in numbers:
        made, pk = trade.goods(), PRODUCT_ID + number
        merchant, bps = MERCHANT_ID + number % shops, chance.randrange(100, 5000, 50)
        brand = None if made.brand is None else BRAND_ID + made.brand
        listed_at = NOW - timedelta(seconds=chance.randrange(60, 400 * 86400))
        products.append(
            (
                pk,
                merchant,
                f"p{number}",
                f"g{number:x}",
                made.title,
                "",
                leaf_ids[made.leaf],
                brand,
                "listed",
                listed_at,
                NOW,
            )
        )
        skus.append((pk, pk, "1", "", made.price_fen, chance.choice((0, 50, 500, 3000))))
        draw = chance.random()
        if draw < 0.95:
            plans.append((pk, merchant, "normal", pk, f"n{number:x}", BEGUN))
            rates.append((pk, pk, merchant, None, bps, BEGUN, BEGUN))
        else:
            items.append((pk, number % LEADERS, LEADER_ID + number % LEADERS, merchant, pk, f"e{number:x}", BEGUN))
            item_rates.append((pk, pk, LEADER_ID + number % LEADERS, merchant, bps, 300, BEGUN, BEGUN))
        if draw < 0.12:
            kind = "exclusive" if draw < 0.02 else "item_targeted"
            own, streamer = pk + 10**8, STREAMER_ID + chance.randrange(STREAMERS)
            plans.append((own, merchant, kind, pk, f"x{number:x}", BEGUN))
            rates.append((own, own, merchant, streamer, bps + 500, BEGUN, BEGUN))
        figures.append((pk, min(10**6, int(chance.paretovariate(0.8)) - 1), NOW.date()))
    _copy(
        cursor,
        "merchants_product (id, merchant_id, code, public_id, title, description, category_id, brand_id, status,"
        " listed_at, created_at)",
        products,
    )
    _copy(cursor, "merchants_sku (id, product_id, code, spec, price_fen, stock)", skus)
    opened = ((*plan, "", "", NOW) for plan in plans)
    _copy(
        cursor,
        "merchants_plan (id, merchant_id, type, product_id, public_id, starts_at, step_mode, step_comparator,"
        " created_at)",
        opened,
    )
    _copy(
        cursor,
        "merchants_planrate (id, plan_id, merchant_id, streamer_id, commission_bps, effective_from, announced_at)",
        rates,
    )
    _copy(
        cursor,
        "tuanzhang_enrolment (id, activity_id, leader_id, merchant_id, product_id, public_id, starts_at, enrolled_at,"
        " decided_at, passed_at, status, reason, end_reason)",
        ((*item, BEGUN, BEGUN, BEGUN, "passed", "", "") for item in items),
    )
    _copy(
        cursor,
        "tuanzhang_enrolmentrate (id, enrolment_id, leader_id, merchant_id, commission_bps, service_fee_bps,"
        " effective_from, announced_at)",
        item_rates,
    )
    _copy(cursor, "streamers_listingfigures (product_id, sales_30d, counted_on)", figures)


def _copy(cursor: Any, table: str, rows: Iterable[tuple]) -> None:
    cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO("".join(_line(row) for row in rows)))


def _line(row: tuple) -> str:
    return "\t".join("\\N" if value is None else str(value).replace("\\", "\\\\") for value in row) + "\n"
