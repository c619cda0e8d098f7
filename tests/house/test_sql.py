"""Written SQL keeps to its floor: it never names a table from above, and what it names from below is listed here."""

import ast
import re
from pathlib import Path

from django.apps import apps

from tests.house.test_floors import ROOT, floors

READS_BELOW = {
    "bases.merging": {"haowu.tenants"},
    "commissions.leaders.activity_counts": {"haowu.tenants", "tuanzhang"},
    "commissions.leaders.results": {"haowu.tenants", "merchants", "tuanzhang"},
    "commissions.nights.stepping": {"merchants"},
    "commissions.orders.module_orders": {"streamers"},
    "commissions.orders.service": {"merchants"},
    "commissions.orders.crediting": {"streamers"},
    "commissions.postings.netting": {"haowu.ledger", "merchants"},
    "commissions.postings.reserves": {"haowu.ledger"},
    "haowu.analytics.archive": {"commissions"},
    "haowu.analytics.leaders.recommendation_counts": {"commissions", "streamers", "tuanzhang"},
    "haowu.analytics.leaders.service_record": {"commissions"},
    "streamers.centre.figures": {"merchants"},
    "streamers.centre.statements": {"tuanzhang"},
    "tuanzhang.recorded": {"haowu.tenants"},
}
"""``{module: apps whose tables its SQL names}``: a change of these tables must look here."""
READ_ALL = ("haowu.audit.", "haowu.bench.")
"""Invariants and measurements look at every table; the demo and the tests would show a change."""


def tables() -> dict[str, str]:
    """``{table: module of its app}``"""
    ours = floors()
    return {
        model._meta.db_table: model._meta.app_config.name
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_config.name in ours
    }


def written_in(path: Path) -> set[str]:
    """Every word of the string literals of a module; docstrings too, which name no tables."""
    constants = (node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
    return {word for text in constants if isinstance(text, str) for word in re.findall(r"[a-z]\w+_\w+", text)}


def app_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:2]) if parts[0] == "haowu" else parts[0]


def named_tables() -> dict[str, set[str]]:
    """``{module: apps of the tables that its SQL names, other than its own}``"""
    owner, found = tables(), {}
    for path in ROOT.glob("*/**/*.py"):
        here = app_of(path)
        if here.split(".")[0] not in {"haowu", "bases", "merchants", "tuanzhang", "streamers", "commissions"}:
            continue
        if "migrations" in path.parts or here not in floors():
            continue
        if others := {owner[word] for word in written_in(path) & owner.keys()} - {here}:
            found[".".join(path.relative_to(ROOT).with_suffix("").parts)] = others
    return found


def test_no_sql_names_a_table_of_a_floor_above():
    floor = floors()
    climbing = [
        f"{module} names {there}"
        for module, others in named_tables().items()
        for there in others
        if floor[there]
        > floor[".".join(module.split(".")[:2]) if module.startswith("haowu.") else module.split(".")[0]]
    ]
    assert climbing == []


def test_sql_that_names_tables_below_is_listed():
    others = {module: apps for module, apps in named_tables().items() if not module.startswith(READ_ALL)}
    assert others == READS_BELOW
