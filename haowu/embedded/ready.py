"""What every command that works on a fresh checkout calls first."""

import os
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _


def make_ready() -> None:
    """Migrate the private development database when it is new or behind. Somebody else's is theirs to migrate."""
    if os.environ.get("DATABASE_URL"):
        return
    executor = MigrationExecutor(connection)
    refuse_older_database(executor.loader)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
        connections["owner"].close()


def refuse_older_database(loader: MigrationLoader) -> None:
    """CommandError for a database that migrations of ours made which are gone: none can go on from it."""
    ours = {config.label for config in apps.get_app_configs() if _is_ours(Path(config.path))}
    gone = sorted(key for key in loader.applied_migrations if key[0] in ours and key not in loader.disk_migrations)
    if gone:
        raise CommandError(
            _(
                "此数据库由更早版本的迁移建成（%(migration)s 等已不存在），无法升级。"
                "开发环境请运行 make demo-reset 重建；其他环境请让 DATABASE_URL 指向一个新的空数据库。"
            )
            % {"migration": ".".join(gone[-1])}
        )


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts


def gather_statistics() -> None:
    """What the planner knows of a market just loaded; without it the first selection page takes a minute and a half."""
    if os.environ.get("DATABASE_URL"):
        return
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    connections["owner"].close()
