"""The test database, made and cleaned by the owner: the tests themselves run as the app, which may do neither.

One process of a test run migrates a template, and each clones it. After a test with real commits, all tables are
emptied and what the migrations had inserted is put back, from copies in the schema ``before``.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections

TEMPLATE = "test_haowu_template"
ENABLE = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}


@contextmanager
def made(name: str, run: str, *, reuse: bool) -> Iterator[None]:
    """Both Django connections lead to a fresh database ``name`` of the test run ``run``. Dropped after.

    ``reuse`` an earlier run's template, for the impatient whose migrations have not changed.
    """
    maintenance = settings.DATABASES["owner"]["NAME"]
    with _owner(maintenance) as held:
        held.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name])
        if not held.fetchone()[0]:
            raise RuntimeError(f"another test run is using the database {name}")
        held.execute("SELECT pg_advisory_lock(hashtext(%s))", [TEMPLATE])
        held.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [TEMPLATE])
        found = held.fetchone()
        if not found or (found[0] != run and not reuse):
            _make_template(held, run)
        _drop(held, name)
        held.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        held.execute("SELECT pg_advisory_unlock(hashtext(%s))", [TEMPLATE])
        _connect_to(name)
        yield
        _connect_to(maintenance)
        _drop(held, name)


def clean() -> None:
    """Bring the test database back to where the migrations left it, except for sequences."""
    with _owner(settings.DATABASES["owner"]["NAME"], atomic=True) as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        for table in _column(cursor, f"SELECT relation FROM ({TABLES}) t EXCEPT SELECT relation FROM before._tables"):
            cursor.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
        cursor.execute(TRIGGERS)
        triggers = cursor.fetchall()
        for table in {table for table, _, _ in triggers}:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        kept = dict(_rows(cursor, "SELECT relation, columns FROM before._kept"))
        filled = _filled(cursor, _column(cursor, "SELECT relation FROM before._tables"))
        cursor.execute(f"TRUNCATE {', '.join({*filled, *kept})} CASCADE")
        for table, columns in kept.items():
            copy = table.replace("public.", "before.", 1)
            cursor.execute(f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {copy}")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, trigger, state in triggers:
            if state in ENABLE:
                cursor.execute(f"ALTER TABLE {table} {ENABLE[state]} TRIGGER {trigger}")


TABLES = """
    SELECT oid, format('public.%I', relname) AS relation FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
TRIGGERS = f"""
    SELECT relation, quote_ident(tgname), tgenabled FROM pg_trigger JOIN ({TABLES}) t ON t.oid = tgrelid
    WHERE NOT tgisinternal
"""
WRITABLE_COLUMNS = f"""
    SELECT relation, string_agg(quote_ident(attname), ', ' ORDER BY attnum)
    FROM pg_attribute JOIN ({TABLES}) t ON t.oid = attrelid
    WHERE attnum > 0 AND NOT attisdropped AND attgenerated = '' GROUP BY relation
"""


def _make_template(held, run: str) -> None:
    _drop(held, TEMPLATE)
    held.execute(f"CREATE DATABASE {TEMPLATE}")
    _connect_to(TEMPLATE)
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()
    with _owner(TEMPLATE, atomic=True) as cursor:
        _remember(cursor)
    held.execute(f"COMMENT ON DATABASE {TEMPLATE} IS %s", [run])


def _remember(cursor) -> None:
    cursor.execute(f"CREATE SCHEMA before; CREATE TABLE before._tables AS SELECT relation FROM ({TABLES}) t")
    cursor.execute("CREATE TABLE before._kept (relation text, columns text)")
    columns = dict(_rows(cursor, WRITABLE_COLUMNS))
    for table in _filled(cursor, _column(cursor, "SELECT relation FROM before._tables")):
        cursor.execute(f"CREATE TABLE {table.replace('public.', 'before.', 1)} AS TABLE {table}")
        cursor.execute("INSERT INTO before._kept VALUES (%s, %s)", [table, columns[table]])


def _filled(cursor, tables: list[str]) -> list[str]:
    return _column(cursor, " UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables))


def _connect_to(name: str) -> None:
    connections.close_all()
    for alias in connections:
        connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = name


def _drop(cursor, name: str) -> None:
    cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def _owner(name: str, *, atomic: bool = False) -> Iterator:
    """A cursor that Django does not know of, since its test cases forbid the alias ``owner``."""
    connection = psycopg2.connect(**{**connections["owner"].get_connection_params(), "dbname": name})
    connection.autocommit = not atomic
    try:
        with connection.cursor() as cursor:
            yield cursor
        connection.commit()
    finally:
        connection.close()


def _column(cursor, query: str) -> list:
    return [row[0] for row in _rows(cursor, query)]


def _rows(cursor, query: str) -> list[tuple]:
    cursor.execute(query)
    return cursor.fetchall()
