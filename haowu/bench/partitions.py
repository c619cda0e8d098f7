"""``bench partitions``: what native partitions would cost and give order events, order lines and postings.

Each table is built in three forms (``twins``) over a year of rows: as it is, by month, and by hash. Then days are
added, changed and read by the product's own code, the forms taking turns, and the oldest month is exported and removed.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from django.db import connection

from haowu.bench import twins
from haowu.bench.house import processor_seconds, superuser
from haowu.bench.orders_behind import Events, Lines, OrderedEvents
from haowu.bench.postings_behind import Postings
from haowu.bench.report import Figures
from haowu.bench.subjects import DAYS, FIRST, TODAY, Subject, in_transactions
from haowu.bench.twins import HASHED, MONTHS, PLAIN, Twin

ROUNDS = 3
CALLS = 60
NAMES = {PLAIN: "as it is", MONTHS: "by month", HASHED: f"{twins.HASH_PARTS} by hash"}

SUBJECTS: dict[str, tuple[type[Subject], int]] = {
    "events": (Events, 1),
    "events-in-order": (OrderedEvents, 1),
    "lines": (Lines, 5),
    "postings": (Postings, 1),
}
"""What is measured, and by what the bench's ``--size`` is divided: lines are wide and have 16 indexes."""


def measure(figures: Figures, size: int, only: str = "") -> None:
    """``size`` rows behind in each table, or in ``only`` this one; a fifth of it for the wide lines."""
    for name, (subject, divisor) in SUBJECTS.items():
        if only in {"", name}:
            measure_table(figures, name, subject(size // divisor))


def measure_table(figures: Figures, name: str, subject: Subject) -> None:
    figures.progress(f"{name}: {subject.size:,} rows behind, {subject.per_day:,} a day")
    forms = [Twin(subject.table, form, {PLAIN: "", **subject.columns}[form]) for form in NAMES]
    with superuser() as cursor:
        if subject.needs:
            cursor.execute(subject.needs, subject.parameters())
    with ThreadPoolExecutor(len(forms)) as pool:
        list(pool.map(lambda twin: _fill(subject, twin), forms))
    seen = Seen()
    for round in range(ROUNDS):
        for twin in forms[round:] + forms[:round]:
            figures.progress(f"{name}: day {round + 1}, {NAMES[twin.form]}")
            _one_day(subject, twin, DAYS + round, seen)
    for twin in forms:
        figures.progress(f"{name}: the oldest month, {NAMES[twin.form]}")
        _oldest_month(twin, subject, seen)
    seen.report(figures, name)
    with superuser() as cursor:
        for twin in forms:
            seen_bytes = _index_bytes(cursor, twin)
            figures.add(f"{name} · {NAMES[twin.form]}: indexes, MB", seen_bytes // 2**20)
            cursor.execute(f"DROP SCHEMA {twin.form} CASCADE")


def months() -> list:
    found = [FIRST]
    while found[-1] < TODAY.replace(day=1):
        found.append(twins.next_month(found[-1]))
    return found


def _fill(subject: Subject, twin: Twin) -> None:
    with superuser() as cursor:
        cursor.execute("SET client_min_messages = warning")
        twins.build(cursor, twin, months())
        cursor.execute(subject.history.format(table=twin.name), subject.parameters())
        twins.furnish(cursor, twin)


def _one_day(subject: Subject, twin: Twin, day: int, seen: "Seen") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path TO {twin.form}, public")
    with seen.at(twin, "a day's rows added", subject.per_day):
        in_transactions(subject.batches(twin, day))
    changes = list(subject.changes(day))
    if changes:
        with seen.at(twin, "a day's changes of state", 2 * subject.per_day):
            in_transactions(iter(changes))
    with superuser() as cursor, seen.at(twin, "vacuum after the day", 1):
        for table in _touched(cursor, twin):
            cursor.execute(f"VACUUM {table}")
    for name, read in subject.reads(day).items():
        chance = Random(day)
        read(chance)
        with seen.at(twin, name, CALLS):
            for _call in range(CALLS):
                read(chance)


def _touched(cursor, twin: Twin) -> list[str]:
    """The tables with rows that the day added or changed, as autovacuum would find them."""
    cursor.execute(
        "SELECT relid::regclass::text FROM pg_stat_all_tables"
        " WHERE schemaname = %s AND (n_dead_tup > 0 OR n_ins_since_vacuum > 0)",
        [twin.form],
    )
    return [name for (name,) in cursor.fetchall()]


def _oldest_month(twin: Twin, subject: Subject, seen: "Seen") -> None:
    """As the owner's night job would do it: append-only triggers would refuse the DELETE to everybody else."""
    end = twins.next_month(FIRST)
    column = subject.columns[MONTHS]
    rows = subject.per_day * (end - FIRST).days
    partition = twin.partition_of(FIRST)
    with superuser() as cursor:
        cursor.execute("SET session_replication_role = replica")
        with seen.at(twin, "the oldest month read for its export", rows):
            cursor.execute(f"COPY (SELECT * FROM {partition} WHERE {column} < '{end}') TO '/dev/null'")
        with seen.at(twin, "the oldest month removed", rows):
            if twin.form == MONTHS:
                cursor.execute(f"ALTER TABLE {twin.name} DETACH PARTITION {partition} CONCURRENTLY")
                cursor.execute(f"DROP TABLE {partition}")
            else:
                cursor.execute(f"DELETE FROM {twin.name} WHERE {column} < '{end}'")
                cursor.execute(f"VACUUM {twin.name}")


def _index_bytes(cursor, twin: Twin) -> int:
    cursor.execute("SELECT sum(pg_indexes_size(relid)) FROM pg_stat_all_tables WHERE schemaname = %s", [twin.form])
    return int(cursor.fetchone()[0])


@dataclass
class Cost:
    """Of one case in one form, over all rounds. ``blocks``: read from outside of shared buffers; ``log``: bytes."""

    n: int = 0
    seconds: float = 0
    processor_seconds: float = 0
    blocks: int = 0
    log: int = 0


@dataclass
class Seen:
    costs: dict[tuple[str, str], Cost] = field(default_factory=dict)

    @contextmanager
    def at(self, twin: Twin, case: str, n: int) -> Iterator[None]:
        """Adds what the block costs the server, begun right after a checkpoint."""
        cost = self.costs.setdefault((case, twin.form), Cost())
        with superuser() as cursor:
            cursor.execute("CHECKPOINT")
            blocks, log = _counters(cursor)
            used, started = processor_seconds(), time.monotonic()
            yield
            cost.seconds += time.monotonic() - started
            cost.processor_seconds += processor_seconds() - used
            after = _counters(cursor)
        cost.n += n
        cost.blocks += after[0] - blocks
        cost.log += after[1] - log

    def report(self, figures: Figures, name: str) -> None:
        """Each case in each form beside the form that is: seconds, processor seconds, blocks read, log."""
        for (case, form), cost in self.costs.items():
            plain = self.costs[case, PLAIN]
            called = f"{name} · {NAMES[form]}: {case}"
            for what, mine, theirs in (
                ("", cost.seconds, plain.seconds),
                (", processor s", cost.processor_seconds, plain.processor_seconds),
            ):
                beside = {} if form == PLAIN or not theirs else {"peer": NAMES[PLAIN], "peer_per_s": plain.n / theirs}
                figures.add(called + what, cost.n, mine, **beside)
            for what, value in ((", blocks read", cost.blocks), (", log MB", cost.log // 2**20)):
                if value:
                    figures.add(called + what, value)


def _counters(cursor) -> tuple[int, int]:
    with connection.cursor() as own:
        own.execute("SELECT pg_stat_force_next_flush()")
    cursor.execute("SELECT pg_stat_force_next_flush()")
    cursor.execute(
        "SELECT (SELECT blks_read FROM pg_stat_database WHERE datname = current_database()),"
        " pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
    )
    return cursor.fetchone()
