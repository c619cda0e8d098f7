"""A live table's twins, each in a schema of its own: as it is, in months, in hashed partitions.

A twin has the live table's columns, checks, indexes, triggers, policies and storage, read from the catalogue, and
its name: with the twin's schema first on the path, the product's own code reads and writes it. Foreign keys are
left out, and every unique key takes the column of the partitions, as PostgreSQL asks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

PLAIN, MONTHS, HASHED = "plain", "months", "hashed"
HASH_PARTS = 16


@dataclass(frozen=True)
class Twin:
    """``table`` in the schema ``form``, parted by ``column`` (empty: not at all)."""

    table: str
    form: str
    column: str = ""

    @property
    def name(self) -> str:
        return f"{self.form}.{self.table}"

    @property
    def live(self) -> str:
        return f"public.{self.table}"

    def partition_of(self, month: date) -> str:
        """The name of the table that holds the rows of ``month``: one of the partitions, or the only one."""
        return f"{self.name}_{month:%Y_%m}" if self.form == MONTHS else self.name

    def key(self, *columns: str) -> list[str]:
        """A unique key of the live table as this twin can hold it."""
        return [*columns, *([self.column] if self.column and self.column not in columns else [])]


def build(cursor, twin: Twin, months: Iterable[date]) -> None:
    """The table and its partitions, without rows and without what ``furnish`` adds."""
    cursor.execute(f"DROP SCHEMA IF EXISTS {twin.form} CASCADE")
    cursor.execute(f"CREATE SCHEMA {twin.form}")
    cursor.execute("SELECT array_to_string(reloptions, ', ') FROM pg_class WHERE oid = %s::regclass", [twin.live])
    stored = cursor.fetchone()[0]
    storage = f" WITH ({stored})" if stored else ""
    kinds = {PLAIN: storage, MONTHS: f" PARTITION BY RANGE ({twin.column})"}
    kind = kinds.get(twin.form, f" PARTITION BY HASH ({twin.column})")
    like = " ".join(f"INCLUDING {each}" for each in ("DEFAULTS", "IDENTITY", "CONSTRAINTS", "STORAGE"))
    cursor.execute(f"CREATE TABLE {twin.name} (LIKE {twin.live} {like}){kind}")
    for name, bounds in _partitions(twin, months):
        cursor.execute(f"CREATE TABLE {name} PARTITION OF {twin.name} FOR VALUES {bounds}{storage}")


def furnish(cursor, twin: Twin) -> None:
    """The live table's indexes, triggers and policies, and the application's rights; vacuumed and analysed."""
    cursor.execute("SET maintenance_work_mem = '512MB'")
    cursor.execute("SET max_parallel_maintenance_workers = 0")
    cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s", [twin.table])
    for (definition,) in cursor.fetchall():
        cursor.execute(_keyed(twin, definition.replace(" ON ONLY ", " ON ", 1)))  # of a live table that has partitions
    cursor.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [twin.live]
    )
    for (definition,) in cursor.fetchall():
        cursor.execute(definition.replace(twin.live, twin.name, 1))
    cursor.execute(_POLICIES, [twin.table])
    for name, command, using, checked in cursor.fetchall():
        clauses = (f" USING ({using})" if using else "") + (f" WITH CHECK ({checked})" if checked else "")
        cursor.execute(f"CREATE POLICY {name} ON {twin.name} FOR {command}{clauses}")
    cursor.execute("SELECT pg_stat_force_next_flush()")  # or the rows behind would count as not vacuumed yet
    for statement in (
        f"ALTER TABLE {twin.name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {twin.name} FORCE ROW LEVEL SECURITY",
        f"GRANT USAGE ON SCHEMA {twin.form} TO haowu_app",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {twin.name} TO haowu_app",
        f"VACUUM (ANALYZE) {twin.name}",
    ):
        cursor.execute(statement)


_POLICIES = "SELECT policyname, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public' AND tablename = %s"


def _partitions(twin: Twin, months: Iterable[date]) -> Iterator[tuple[str, str]]:
    """``(name, bounds)`` of each partition; a month's ends where the next one begins."""
    if twin.form == MONTHS:
        for month in months:
            yield twin.partition_of(month), f"FROM ('{month}') TO ('{next_month(month)}')"
    elif twin.form == HASHED:
        for number in range(HASH_PARTS):
            yield f"{twin.name}_{number}", f"WITH (MODULUS {HASH_PARTS}, REMAINDER {number})"


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _keyed(twin: Twin, definition: str) -> str:
    """The index ``definition`` of the live table for ``twin``: a unique one with the column of the partitions."""
    head, _, columns = definition.replace(twin.live, twin.name, 1).partition(" USING btree (")
    if not definition.startswith("CREATE UNIQUE INDEX") or not columns:
        return definition.replace(twin.live, twin.name, 1)
    return f"{head} USING btree ({', '.join(twin.key(*columns.removesuffix(')').split(', ')))})"
