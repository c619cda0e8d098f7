"""Row-level security as migration operations.

FORCE binds the table's owner too; the roles are in ``haowu.tenants.roles``. Conditions use ``=`` on ``bigint``
and ``text`` only: these operators are leakproof, so that policies do not switch indexes off.
"""

from django.db import migrations

SCOPE = "(SELECT current_setting('app.tenant', true))"
IS_PLATFORM = f"{SCOPE} = 'platform'"
TENANT_ID = "(SELECT nullif(nullif(current_setting('app.tenant', true), 'platform'), '')::bigint)"


def owned_by(*columns: str) -> str:
    """A condition: the tenant in scope stands in one of ``columns``."""
    return " OR ".join(f"{column} = {TENANT_ID}" for column in columns)


def protect(table: str, *, read: str, write: str | None = None) -> migrations.RunSQL:
    """Show rows where ``read`` holds, let rows be changed where ``write`` does (default: as ``read``).

    ``read="true"`` is for the public catalogue, ``write="false"`` for rows that only the platform writes.
    The platform scope passes both.
    """
    write = read if write is None else write
    reading = "true" if read == "true" else f"{IS_PLATFORM} OR {read}"
    writing = IS_PLATFORM if write == "false" else f"{IS_PLATFORM} OR {write}"
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY readers ON {table} FOR SELECT USING ({reading});
        CREATE POLICY inserts ON {table} FOR INSERT WITH CHECK ({writing});
        CREATE POLICY updates ON {table} FOR UPDATE USING ({writing}) WITH CHECK ({writing});
        CREATE POLICY deletes ON {table} FOR DELETE USING ({writing});
        """,
        f"""
        DROP POLICY readers ON {table}; DROP POLICY inserts ON {table};
        DROP POLICY updates ON {table}; DROP POLICY deletes ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def change_readers(table: str, *, before: str, after: str) -> migrations.RunSQL:
    """Let other tenants read the rows of ``table``: where ``after`` holds rather than ``before``."""
    alter = f"ALTER POLICY readers ON {table} USING ({IS_PLATFORM} OR {{}});"
    return migrations.RunSQL(alter.format(after), alter.format(before))


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on ``table``, whoever asks (promise 2)."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """,
        f"DROP TRIGGER append_only ON {table};",
    )
