"""The bench's order lines, as intake would have left them: set-based, two writers, indexes made afterwards."""

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from haowu.bench import extras as extra
from haowu.bench.crowd import LEADER_ID, MERCHANT_ID, PROVIDER_ID, SOURCE_ID, STREAMER_ID, Crowd
from haowu.bench.house import superuser
from haowu.ground import days

BATCH = 250_000
WRITERS = 2
BARE_FROM = 500_000
"""From so many lines on, unless as many are there already, indexes are made after the rows."""
ROLES = ("streamer", "first_leader", "second_leader", "provider", "agency")


def write_lines(
    crowd: Crowd, first: int, count: int, night: date, *, with_events: bool = False, extras: Collection[str] = ()
) -> None:
    """Lines with ids ``first`` … that the night of ``night`` takes. ``with_events``: with what intake would hold."""
    batches = [(start, min(start + BATCH, first + count)) for start in range(first, first + count, BATCH)]

    def write(batch: tuple[int, int]) -> None:
        with superuser() as cursor:
            cursor.execute("SET session_replication_role = replica; SET work_mem = '64MB'")  # no foreign-key triggers
            cursor.execute(_SHARE)
            cursor.execute(_ORDERS, {"first": batch[0], "end": batch[1], "source": SOURCE_ID})
            cursor.execute(_LINES, _arguments(crowd, batch, night) | extra.of_lines(extras))
            if with_events:
                cursor.execute(_EVENTS, {"first": batch[0], "end": batch[1]})

    with _bare_tables(count), ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, batches))
    with superuser() as cursor:
        for table in ("commissions_order", "commissions_orderline"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), %s)", [first + count])
        cursor.execute("VACUUM (ANALYZE) commissions_orderline")


def refund_half(first: int, end: int, night: date, *, with_events: bool = False) -> None:
    """Lines that earlier nights settled lose half of their base: adjustments for ``night``."""
    with superuser() as cursor:
        cursor.execute(_SHARE)
        at = _moment(night - timedelta(days=1), 12)
        cursor.execute(_REFUNDS, {"first": first, "end": end, "night": night, "at": at})
        if with_events:
            cursor.execute(_REFUND_EVENTS, {"first": first, "end": end, "at": at})
        cursor.execute("VACUUM (ANALYZE) commissions_adjustment")


@contextmanager
def _bare_tables(count: int) -> Iterator[None]:
    """Without secondary indexes while many rows are written into a table with fewer."""
    with superuser() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM commissions_orderline")
        held = cursor.fetchone()[0]
    if count < max(BARE_FROM, held):
        yield
        return
    with superuser() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = 'commissions_orderline'::regclass"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)"
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield

    def make(definition: str) -> None:
        with superuser() as cursor:
            cursor.execute("SET maintenance_work_mem = '512MB'; SET max_parallel_maintenance_workers = 0")
            cursor.execute(definition)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(make, [definition for _name, definition in indexes]))


def _arguments(crowd: Crowd, batch: tuple[int, int], night: date) -> dict:
    received = _moment(night - timedelta(days=8), 0)
    return {
        "first": batch[0],
        "end": batch[1],
        "source": SOURCE_ID,
        "night": night,
        "received": received,
        "merchant": MERCHANT_ID,
        "merchants": crowd.merchants,
        "streamer": STREAMER_ID,
        "streamers": crowd.streamers,
        "leader": LEADER_ID,
        "leaders": crowd.leaders,
        "provider": PROVIDER_ID,
        "providers": crowd.providers,
    }


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), days.SHANGHAI)


_SHARE = """
CREATE OR REPLACE FUNCTION pg_temp.share(amount bigint, bps bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
    RETURN (amount * bps + 5000) / 10000
"""

_ORDERS = """
INSERT INTO commissions_order (id, source_id, order_no)
SELECT g, %(source)s, 'B' || g FROM generate_series(%(first)s, %(end)s - 1) AS g
"""

_DRAWN = """
    SELECT g, floor(%(merchants)s * power(random(), 4))::bigint AS merchant,
           floor(%(streamers)s * power(random(), 3))::bigint AS streamer,
           floor(%(leaders)s * power(random(), 2))::bigint AS leader,
           (500 + floor(50000 * power(random(), 3)))::bigint AS base,
           random() < 0.95 AS has_offer, (5 + floor(random() * 25))::int * 100 AS commission_bps,
           CASE WHEN random() < 0.7 THEN (2 + floor(random() * 7))::int * 100 ELSE 0 END AS service_bps,
           random() < 0.25 AS has_second, random() < 0.05 AS has_provider, floor(random() * 86399) AS second_of_day
    FROM generate_series(%(first)s, %(end)s - 1) AS g
"""
"""Merchants by the fourth power of chance: of 200,000 the largest has 5 %% of all lines, the ten largest 8 %%."""

_OF_STEPS = """
    SELECT g, merchant, CASE WHEN %(steps)s AND merchant = 0 THEN 0 ELSE streamer END AS streamer, leader, base,
           has_offer, commission_bps, service_bps, has_second, has_provider, second_of_day
    FROM ({drawn} OFFSET 0) AS drawn
"""
"""Where plans step, the largest merchant sells through one streamer: a twelfth of a million lines in one count."""

_TERMS = f"""
    SELECT *, CASE WHEN has_offer THEN commission_bps ELSE 0 END AS c_bps,
           CASE WHEN has_offer THEN service_bps ELSE 0 END AS f_bps,
           CASE WHEN has_offer AND has_second AND service_bps > 0 THEN service_bps / 2 ELSE 0 END AS s_bps,
           CASE WHEN has_offer AND has_provider THEN 200 ELSE 0 END AS p_bps,
           CASE WHEN has_offer AND streamer %% 10 = 0 THEN 1000 ELSE 0 END AS a_bps
    FROM ({_OF_STEPS.format(drawn=_DRAWN)}) AS drawn
"""

_GROSS = f"""
    SELECT *, pg_temp.share(base, c_bps) AS streamer_fen, pg_temp.share(base, s_bps) AS second_leader_fen,
           pg_temp.share(base, f_bps) - pg_temp.share(base, s_bps) AS first_leader_fen,
           pg_temp.share(base, p_bps) AS provider_fen
    FROM ({_TERMS}) AS terms
"""

_AGENCY = f"""
    SELECT *, pg_temp.share(streamer_fen - pg_temp.share(streamer_fen, 1000), a_bps) AS agency_fen
    FROM ({_GROSS}) AS gross
"""

_AMOUNTS = [column for role in ROLES for column in (f"{role}_fen", f"{role}_fee_fen")]
_VALUES = [column for role in ROLES for column in (f"{role}_fen", f"pg_temp.share({role}_fen, 1000)")]

_LINES = f"""
INSERT INTO commissions_orderline (id, order_id, order_no, source_id, line_no, paid_event_id, ordered_at, buyer_ref,
    merchant_id, product_id, quantity, pid, streamer_id, first_leader_id, second_leader_id, provider_id, agency_id,
    offer_kind, offer_id, offer_version, activity, policy_id, commission_bps, service_fee_bps, second_bps,
    provider_bps, tech_bps, agency_bps, step_bps, is_prepaid, hold_days, trace, paid_fen, due_base_fen, refunded_fen,
    {", ".join(f"{prefix}_{column}" for prefix in ("estimate", "due") for column in _AMOUNTS)},
    status, received_at, due_at, settles_on, held_reason)
SELECT g, g, 'B' || g, %(source)s, 1, 'B' || g || 'p', %(received)s - interval '2 days', 'buyer',
    %(merchant)s + merchant, %(merchant)s + merchant, 1, 'pid' || streamer,
    CASE WHEN has_offer THEN %(streamer)s + streamer END,
    CASE WHEN f_bps > 0 THEN %(leader)s + leader END,
    CASE WHEN s_bps > 0 THEN %(leader)s + (leader + 1) %% %(leaders)s END,
    CASE WHEN p_bps > 0 THEN %(provider)s + merchant %% %(providers)s END,
    CASE WHEN a_bps > 0 THEN %(provider)s + streamer %% %(providers)s END,
    CASE WHEN has_offer THEN 'normal' ELSE '' END, CASE WHEN has_offer THEN merchant END,
    CASE WHEN has_offer THEN merchant END, '', (SELECT min(id) FROM commissions_policy), c_bps, f_bps, s_bps,
    p_bps, 1000, a_bps, CASE WHEN %(steps)s AND has_offer AND merchant %% %(stepped_every)s = 0 THEN %(step_bps)s END,
    %(prepaid)s AND merchant %% %(prepaid_every)s = 0, 7, ARRAY['normal'], base, base, 0,
    {", ".join(_VALUES)}, {", ".join(_VALUES)},
    'received', received.at, received.at + interval '7 days', %(night)s, ''
FROM ({_AGENCY}) AS shares
CROSS JOIN LATERAL (SELECT %(received)s + second_of_day * interval '1 second' AS at) AS received
"""

_EVENTS = """
INSERT INTO commissions_orderevent (source_id, event_id, order_id, type, occurred_at, facts, verdict, code)
SELECT line.source_id, line.paid_event_id, order_id, 'paid', ordered_at, jsonb_build_object(
    'ordered_at', to_char(ordered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'),
    'buyer_ref', buyer_ref, 'freight_fen', 0, 'order_coupon_fen', 0,
    'lines', jsonb_build_array(jsonb_build_object('line_no', 1, 'merchant', merchant.code, 'product', 'p',
        'quantity', 1, 'price_fen', paid_fen, 'merchant_coupon_fen', 0, 'platform_coupon_fen', 0,
        'price_subsidy_fen', 0, 'pid', pid))), 'accepted', ''
FROM commissions_orderline AS line JOIN tenants_tenant AS merchant ON merchant.id = merchant_id
WHERE line.id >= %(first)s AND line.id < %(end)s
UNION ALL
SELECT source_id, order_no || 'r', order_id, 'received', received_at, '{}', 'accepted', ''
FROM commissions_orderline AS line WHERE line.id >= %(first)s AND line.id < %(end)s
"""

_ROLE_IDS = ", ".join(f"{role}_id" for role in ROLES)
_REFUNDS = f"""
INSERT INTO commissions_adjustment (line_id, merchant_id, readers, day, through, base_fen, {", ".join(_AMOUNTS)})
SELECT id, merchant_id, readers, %(night)s, %(at)s, base, {", ".join(_VALUES)} FROM (
    SELECT *, pg_temp.share(streamer_fen - pg_temp.share(streamer_fen, 1000), agency_bps) AS agency_fen FROM (
        SELECT *, pg_temp.share(base, commission_bps) AS streamer_fen,
               pg_temp.share(base, second_bps) AS second_leader_fen,
               pg_temp.share(base, service_fee_bps) - pg_temp.share(base, second_bps) AS first_leader_fen,
               pg_temp.share(base, provider_bps) AS provider_fen
        FROM (SELECT id, merchant_id, array_remove(ARRAY[source_id, merchant_id, {_ROLE_IDS}], NULL) AS readers,
                     due_base_fen - due_base_fen / 2 AS base, commission_bps, service_fee_bps,
                     second_bps, provider_bps, agency_bps
              FROM commissions_orderline WHERE id >= %(first)s AND id < %(end)s) AS halved
    ) AS gross
) AS shares
"""

_REFUND_EVENTS = """
INSERT INTO commissions_orderevent (source_id, event_id, order_id, type, occurred_at, facts, verdict, code)
SELECT source_id, order_no || 'x', order_id, 'refunded', %(at)s,
    jsonb_build_object('refund_no', 'x', 'goods_fen', due_base_fen / 2, 'freight_fen', 0), 'accepted', ''
FROM commissions_orderline WHERE id >= %(first)s AND id < %(end)s
"""
