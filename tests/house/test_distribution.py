"""What stands between the schema and Citus (docs/scale.md): a distributed table has its column in every key.

The schema of today satisfies that for the tables that grow with every line; the others are listed with the keys that
would have to change. A new violation fails here, and so does one that was repaired and is still listed.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

pytestmark = pytest.mark.django_db
ROOT = Path(settings.BASE_DIR)

DISTRIBUTED = {
    "commissions_orderline": "merchant_id",
    "commissions_settlement": "merchant_id",
    "commissions_adjustment": "merchant_id",
    "commissions_steppedline": "merchant_id",
    "commissions_resettledline": "merchant_id",
    "merchants_product": "merchant_id",
    "merchants_plan": "merchant_id",
    "commissions_order": "source_id",
    "commissions_orderevent": "source_id",
}
LARGE = ("settlement", "orderline", "adjustment", "steppedline", "resettledline")
NOT_YET = {
    "merchants_product": {"merchants_product_pkey", "merchants_product_public_id_key"},
    "merchants_plan": {
        "merchants_plan_pkey",
        "merchants_plan_public_id_key",
        "plan_one_open_per_product_and_type",
    },
    "commissions_order": {"commissions_order_pkey"},
    "commissions_orderevent": {"commissions_orderevent_pkey"},
}
"""By table: unique keys without the column. Identities that a sequence makes: each would take the column in front."""

READ_BY_SUBQUERY = {"commissions_order", "commissions_orderevent"}
"""Whose policies hold the scope as a subquery: they stay on the coordinator at first."""

KEYS = """
SELECT index.relname, array_agg(attribute.attname) FROM pg_index
JOIN pg_class AS index ON index.oid = indexrelid
JOIN pg_attribute AS attribute ON attribute.attrelid = indrelid AND attribute.attnum = ANY(indkey)
WHERE indrelid = %s::regclass AND (indisunique OR indisexclusion) GROUP BY 1
"""


def violations(table: str, column: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [table])
        found = {name for name, columns in cursor.fetchall() if column not in columns}
        cursor.execute(
            "SELECT 1 FROM information_schema.columns WHERE table_name = %s AND column_name = %s", [table, column]
        )
        return found if cursor.fetchone() else found | {"no column"}


@pytest.mark.parametrize("table", DISTRIBUTED)
def test_keys_hold_the_distribution_column_or_are_listed(table):
    assert violations(table, DISTRIBUTED[table]) == NOT_YET.get(table, set())


@pytest.mark.parametrize("table", [table for table in DISTRIBUTED if table.startswith("commissions_")])
def test_policies_ask_no_other_table_and_no_subquery(table):
    """A node of its own evaluates them, and refuses both."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concat(qual, with_check) FROM pg_policies WHERE tablename = %s", [table])
        policies = [policy for (policy,) in cursor.fetchall()]
    assert len(policies) == 4
    found = {"subquery" for policy in policies if "SELECT" in policy}
    assert found == ({"subquery"} if table in READ_BY_SUBQUERY else set())


def test_what_a_line_settles_by_is_ready():
    """The tables that grow with every line have the merchant in their keys."""
    ready = {table for table, column in DISTRIBUTED.items() if not violations(table, column)}
    assert ready == {f"commissions_{each}" for each in LARGE}


@pytest.mark.parametrize("table", ["commissions_adjustment", "commissions_resettledline"])
def test_a_row_of_a_line_names_that_lines_merchant(table):
    query = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass"
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        definitions = " ".join(definition for (definition,) in cursor.fetchall())
    assert "FOREIGN KEY (line_id, merchant_id) REFERENCES commissions_orderline(id, merchant_id)" in definitions


SQL_OF_LINES = (
    "nights/sql.py", "nights/stepping.py", "nights/report.py", "nights/postponing.py", "postings/freezing.py",
    "cases/reconciliation_sql.py", "leaders/results.py", "migrations/_nights_by_functions.py",
)  # fmt: skip
JOINED = re.compile(r"line_id = (?:\w+\.)?(?:line_id|id)\b|\.id = \w+\.line_id", re.I)


@pytest.mark.parametrize("module", SQL_OF_LINES)
def test_a_lines_rows_are_joined_by_its_merchant_too(module):
    """Where two distributed tables meet, both hold the column: each node joins its own."""
    text = " ".join((ROOT / "commissions" / module).read_text().split())
    joins = [text[match.start() : match.end() + 60] for match in JOINED.finditer(text)]
    assert [join for join in joins if "merchant_id" not in join] == []


def test_the_page_names_every_table_and_key_that_is_listed():
    page = (ROOT / "docs" / "scale.md").read_text()
    named = {*DISTRIBUTED, *(key for keys in NOT_YET.values() for key in keys if key != "no column")}
    assert [name for name in sorted(named) if name not in page] == []
