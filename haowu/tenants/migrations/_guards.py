"""What the migrations of all apps are written with. Frozen with them: another way to guard tables is another file.

FORCE binds the table's owner too; the roles are in ``haowu.tenants.roles``. Conditions use ``=`` on ``bigint``
and ``text`` only: these operators are leakproof, so that policies do not switch indexes off.
"""

from django.db import migrations
from django.db.migrations.operations.base import Operation

SCOPE = "(SELECT current_setting('app.tenant', true))"
IS_PLATFORM = f"{SCOPE} = 'platform'"
TENANT_ID = "(SELECT nullif(nullif(current_setting('app.tenant', true), 'platform'), '')::bigint)"


class Together(Operation):
    """Several operations as one: Django renders every related model after each operation, here once for all of them.

    They are tables of one app, so that nearly all models there are would be rendered for each.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, *operations: Operation) -> None:
        self.operations = operations

    def state_forwards(self, app_label, state) -> None:
        state.__dict__.pop("apps", None)  # rendered again when next asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)


def sql(*statements: tuple[str, str]) -> migrations.RunSQL:
    """One operation of ``(forward, backward)`` statements; backwards they run in reverse."""
    return migrations.RunSQL(
        "\n".join(forward for forward, _ in statements), "\n".join(backward for _, backward in reversed(statements))
    )


def owned_by(*columns: str) -> str:
    """A condition: the tenant in scope stands in one of ``columns``."""
    return " OR ".join(f"{column} = {TENANT_ID}" for column in columns)


def protect(table: str, *, read: str, write: str | None = None) -> tuple[str, str]:
    """Show rows where ``read`` holds, let rows be changed where ``write`` does (default: as ``read``).

    ``read="true"`` is for the public catalogue, ``write="false"`` for rows that only the platform writes.
    The platform scope passes both.
    """
    write = read if write is None else write
    reading = "true" if read == "true" else f"{IS_PLATFORM} OR {read}"
    writing = IS_PLATFORM if write == "false" else f"{IS_PLATFORM} OR {write}"
    return _policies(table, reading, writing)


def protect_large(table: str, *, readers: str = "") -> tuple[str, str]:
    """Rows that only the platform writes, of a table that may be spread over machines: its policies hold no subquery.

    ``readers`` is an array of the tenants that may read: a column, or ``ARRAY[…]`` of several. Other nodes refuse
    subqueries in policies. The scope is then asked for with each row: a scan without index costs the platform 0.1 µs a
    row more, a tenant 0.25; by index it costs nothing.
    """
    scope = "current_setting('app.tenant', true)"
    is_platform = f"{scope} = 'platform'"
    tenant_id = f"nullif(nullif({scope}, 'platform'), '')::bigint"
    return _policies(table, f"{is_platform} OR {tenant_id} = ANY ({readers})" if readers else is_platform, is_platform)


def _policies(table: str, reading: str, writing: str) -> tuple[str, str]:
    return (
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


def append_only(table: str) -> tuple[str, str]:
    """Refuse UPDATE, DELETE and TRUNCATE on ``table``, whoever asks (promise 2)."""
    return (
        f"""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """,
        f"DROP TRIGGER append_only ON {table};",
    )
