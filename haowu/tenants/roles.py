"""The database's roles: the owner migrates, ``haowu_app`` is bound by row-level security, ``haowu_backup`` reads all.

``haowu_jobs`` is ``haowu_app`` in the platform's scope, for commands and workers: the scope is a setting of the role,
which a connection through a pooler and a session on another node have too, unlike start-up options.

Made by the owner before it migrates, where no administrator has made them. What is there already is left alone, so
that two databases of one cluster can be migrated at once.
"""

import os
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connections, transaction
from django.db.backends.utils import CursorWrapper
from psycopg2.extensions import encrypt_password

APP = "haowu_app"
JOBS = "haowu_jobs"
BACKUP = "haowu_backup"


def ensure_roles(alias: str = "owner") -> list[str]:
    """Make the roles and the owner's default grants to them. Returns remarks for the operator.

    ImproperlyConfigured: the owner may not create what is missing, or ``haowu_app`` would not be bound, or the login
    ``DATABASE_JOBS_URL`` would not see the platform's rows.
    """
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        _ensure_login(cursor, APP, "DATABASE_APP_URL", f"CREATE ROLE {APP} LOGIN")
        _ensure_login(cursor, JOBS, "DATABASE_JOBS_URL", f"CREATE ROLE {JOBS} LOGIN IN ROLE {APP}")
        remarks = [*_ensure_scope(cursor), *_ensure_backup(cursor)]
        for role in (APP, BACKUP):
            _let_owner_become(cursor, role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP}, {BACKUP}")
        for role, on_tables, on_sequences in (
            (APP, "SELECT, INSERT, UPDATE, DELETE", "USAGE, SELECT"),
            (BACKUP, "SELECT", "SELECT"),
        ):
            for rights in (f"{on_tables} ON TABLES", f"{on_sequences} ON SEQUENCES"):
                cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} TO {role}")
    return remarks


def grant_existing(alias: str = "owner") -> None:
    """Grant what default privileges came too late for: only on tables and sequences without any grant."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(
            """
            SELECT format('%s %I.%I', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, nspname, relname),
                   relkind = 'S'
            FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = 'public' AND relkind IN ('r', 'p', 'S') AND relacl IS NULL
              AND pg_has_role(relowner, 'USAGE')
            """
        )
        for relation, is_sequence in cursor.fetchall():
            to_app = "USAGE, SELECT" if is_sequence else "SELECT, INSERT, UPDATE, DELETE"
            cursor.execute(f"GRANT {to_app} ON {relation} TO {APP}; GRANT SELECT ON {relation} TO {BACKUP}")


def _ensure_login(cursor: CursorWrapper, role: str, variable: str, creation: str) -> None:
    login = urlsplit(os.environ.get(variable, ""))
    if login.username not in {None, role}:
        raise ImproperlyConfigured(f"{variable} must sign in as {role}, not as {login.username}.")
    if not _exists(cursor, role):
        _require_create_role(cursor, creation)
        cursor.execute(creation)
        if login.password:
            secret = encrypt_password(unquote(login.password), role, cursor.connection, "scram-sha-256")
            cursor.execute(f"ALTER ROLE {role} PASSWORD %s", [secret])
    cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [role])
    if cursor.fetchone()[0]:
        raise ImproperlyConfigured(f"ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS: row-level security has to bind it.")


def _ensure_scope(cursor: CursorWrapper) -> list[str]:
    """The platform's scope as a setting of the roles that work for it. A superuser's to give since PostgreSQL 15."""
    remarks = []
    cursor.execute("SELECT current_user")
    for role in (JOBS, cursor.fetchone()[0]):
        statement = f"ALTER ROLE {cursor.db.ops.quote_name(role)} SET app.tenant = 'platform'"
        if _has_scope(cursor, role):
            continue
        try:
            with transaction.atomic(using=cursor.db.alias):
                cursor.execute(statement)
        except ProgrammingError as error:
            if role == JOBS and os.environ.get("DATABASE_JOBS_URL"):
                raise ImproperlyConfigured(f"As a superuser run: {statement};") from error
            if role == JOBS:
                remarks.append(f"To let jobs sign in as {JOBS} (DATABASE_JOBS_URL), run as a superuser: {statement};")
    return remarks


def _has_scope(cursor: CursorWrapper, role: str) -> bool:
    cursor.execute(
        """
        SELECT EXISTS (SELECT FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole
            WHERE rolname = %s AND setdatabase = 0 AND 'app.tenant=platform' = ANY(setconfig))
        """,
        [role],
    )
    return cursor.fetchone()[0]


def _ensure_backup(cursor: CursorWrapper) -> list[str]:
    """A role without login that pg_dump can become. BYPASSRLS is a superuser's to give, since 16 also its holders'."""
    if not _exists(cursor, BACKUP):
        _require_create_role(cursor, f"CREATE ROLE {BACKUP} BYPASSRLS")
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        superuser, bypasses = cursor.fetchone()
        bypassing = "BYPASSRLS" if superuser or (bypasses and _since_16(cursor)) else ""
        cursor.execute(f"CREATE ROLE {BACKUP} {bypassing}")
    cursor.execute("SELECT rolbypassrls FROM pg_roles WHERE rolname = %s", [BACKUP])
    if cursor.fetchone()[0]:
        return []
    return [f"A backup would miss rows until a superuser runs: ALTER ROLE {BACKUP} BYPASSRLS;"]


def _let_owner_become(cursor: CursorWrapper, role: str) -> None:
    """So that ``role=haowu_app`` works as a connection option and ``pg_dump --role=haowu_backup`` as a backup."""
    needed, options = ("SET", " WITH INHERIT FALSE, SET TRUE") if _since_16(cursor) else ("MEMBER", "")
    cursor.execute("SELECT pg_has_role(current_user, %s, %s), current_user", [role, needed])
    may, owner = cursor.fetchone()
    if may:
        return
    try:
        cursor.execute(f"GRANT {role} TO CURRENT_USER{options}")
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"As a superuser run: GRANT {role} TO {owner}; ({str(error).strip()})") from error


def _require_create_role(cursor: CursorWrapper, statement: str) -> None:
    cursor.execute("SELECT current_user, rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    owner, may = cursor.fetchone()
    if not may:
        raise ImproperlyConfigured(
            f"{owner} may not create roles. As a superuser run: {statement}; GRANT {statement.split()[2]} TO {owner};"
        )


def _exists(cursor: CursorWrapper, role: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    return cursor.fetchone() is not None


def _since_16(cursor: CursorWrapper) -> bool:
    """PostgreSQL 16 set SET ROLE apart from inheriting, and let CREATEROLE give what it has."""
    return cursor.connection.server_version >= 160_000
