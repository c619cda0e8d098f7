"""Migrations are history: nothing that changes later changes them, and a database of another history is refused."""

import ast
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from haowu.embedded.ready import make_ready

ROOT = Path(__file__).resolve().parents[2]
OURS = {path.parent.name for path in ROOT.glob("*/__init__.py")}


def imported(source: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(source)))
    return {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)} | {
        name.name for node in nodes if isinstance(node, ast.Import) for name in node.names
    }


def test_migrations_import_only_what_is_frozen_beside_them():
    """But for the functions that are defaults of fields: Django names them in migrations."""
    living = []
    for path in (path for name in OURS for path in (ROOT / name).glob("**/migrations/*.py")):
        source = path.read_text()
        for module in imported(source):
            is_frozen = ".migrations._" in module
            defaults = source.count(f"default={module}.")
            is_default = defaults > 0 and source.count(module) == 1 + defaults
            if (module.split(".")[0] in OURS and not is_frozen and not is_default) or module == "importlib":
                living.append(f"{path.relative_to(ROOT)}: {module}")
    assert living == []


@pytest.mark.django_db
@pytest.mark.parametrize("go", [make_ready, lambda: call_command("migrate", database="default")])
def test_a_database_of_migrations_that_are_gone_is_refused_and_the_refusal_says_what_to_do(go, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    MigrationRecorder(connection).record_applied("commissions", "0029_index_of_prepaid_lines")
    with pytest.raises(CommandError, match=r"commissions\.0029_index_of_prepaid_lines .*make demo-reset"):
        go()


@pytest.mark.django_db
def test_a_library_that_dropped_migrations_it_had_replaced_refuses_nobody(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    MigrationRecorder(connection).record_applied("oauth2_provider", "0000_of_an_older_release")
    make_ready()
