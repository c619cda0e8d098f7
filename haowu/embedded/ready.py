"""What every command that works on a fresh checkout calls first."""

import os

from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor


def make_ready() -> None:
    """Migrate the private development database when it is new or behind. Somebody else's is theirs to migrate."""
    if os.environ.get("DATABASE_URL"):
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
        connections["owner"].close()


def gather_statistics() -> None:
    """What the planner knows of a market just loaded; without it the first selection page takes a minute and a half."""
    if os.environ.get("DATABASE_URL"):
        return
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    connections["owner"].close()
