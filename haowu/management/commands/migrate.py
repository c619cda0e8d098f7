"""Django's migrate, as the database's owner: roles first, one process at a time, grants after."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from haowu.embedded.ready import refuse_older_database
from haowu.tenants.roles import ensure_roles, grant_existing

LOCK = 0x68616F7775  # "haowu"


class Command(migrate.Command):
    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args, **options) -> None:
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        database = options["database"]
        with _one_at_a_time(database):
            refuse_older_database(MigrationLoader(connections[database]))
            try:
                remarks = ensure_roles(database)
            except ImproperlyConfigured as error:
                raise CommandError(str(error)) from error
            for remark in remarks:
                self.stderr.write(remark)
            super().handle(*args, **options)
            grant_existing(database)


@contextmanager
def _one_at_a_time(database: str) -> Iterator[None]:
    """Polls, because a session that waits inside PostgreSQL would hold up CREATE INDEX CONCURRENTLY, and it us."""
    with connections[database].cursor() as cursor:
        while not _locked(cursor):
            time.sleep(0.2)
        try:
            yield
        finally:
            connections[database].cursor().execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _locked(cursor) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
    return cursor.fetchone()[0]
