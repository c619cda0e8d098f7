"""The floor of a night: the same rows by bare SQL in one session, without checks, policies, proofs or statements.

Wide ``INSERT … SELECT``, a primary key, one row for each account, balances carried.
What no settlement can go below.
"""

import time
from datetime import date

from commissions.nights.sql import PARTIES
from commissions.split import COLUMNS, FROM_MERCHANT, ROLES
from haowu.bench.house import processor_seconds, superuser


def bare_night(night: date) -> tuple[float, float]:
    """``(seconds, processor seconds)`` that the night's rows cost the bare server. What it wrote is dropped again."""
    with superuser() as cursor:
        cursor.execute(_PREPARE)
        cursor.execute(_TABLE, {"night": night})
        cursor.execute("SET max_parallel_workers_per_gather = 0; SET max_parallel_maintenance_workers = 0; CHECKPOINT")
        started, used = time.monotonic(), processor_seconds()
        for statement in (_ROWS, _KEY, _ACCOUNTS, _BALANCES):
            cursor.execute(statement, {"night": night})
        seconds, used = time.monotonic() - started, processor_seconds() - used
        cursor.execute(_DROP)
    return seconds, used


_PREPARE = """
DROP SCHEMA IF EXISTS floor CASCADE; CREATE SCHEMA floor;
CREATE TABLE floor.balance (party bigint PRIMARY KEY, fen bigint NOT NULL);
INSERT INTO floor.balance SELECT id, 0 FROM tenants_tenant;
CREATE TABLE floor.posting (party bigint, role text, gross bigint, fee bigint);
"""
_DROP = "DROP SCHEMA floor CASCADE"

_WIDE = f"""
SELECT id AS line_id, 0::smallint AS phase, %(night)s::date AS day, {", ".join(PARTIES)},
       {" + ".join(f"due_{role}_fen" for role in FROM_MERCHANT)} AS cost_fen,
       {", ".join(f"due_{column} AS {column}" for column in COLUMNS)}
FROM commissions_orderline WHERE settles_on = %(night)s
"""
_TABLE = f"CREATE TABLE floor.settlement AS {_WIDE} LIMIT 0"
_ROWS = f"INSERT INTO floor.settlement {_WIDE}"
_KEY = "ALTER TABLE floor.settlement ADD PRIMARY KEY (line_id, phase)"
_ACCOUNTS = "INSERT INTO floor.posting " + " UNION ALL ".join(
    f"SELECT {party}_id, '{party}', sum({gross}), sum({fee}) FROM floor.settlement"
    f" WHERE {party}_id IS NOT NULL GROUP BY 1"
    for party, gross, fee in (
        ("merchant", "-cost_fen", "0"),
        *((role, f"{role}_fen", f"{role}_fee_fen") for role in ROLES),
    )
)
_BALANCES = """
UPDATE floor.balance SET fen = balance.fen + net.fen
FROM (SELECT party, sum(gross - fee) AS fen FROM floor.posting GROUP BY 1) AS net WHERE net.party = balance.party
"""
