"""Closed nights as Parquet files, and reports over many of them that leave PostgreSQL alone.

A file holds the settlement rows of one night, whole (``settlements/2026-06-09.parquet`` under the archive's folder).
It is written beside its place, read back, compared with the report of the night, and only then put there. DuckDB
writes and reads; rows reach it through a pipe, so memory does not grow with the night.
"""

import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from django.db import connection
from django.utils.translation import gettext_lazy as _

from commissions.models import Run
from commissions.nights.sql import PARTIES
from commissions.split import COLUMNS, ROLES
from haowu.ground.errors import Refused
from haowu.tenants.models import Tenant

MEMORY = "256MB"
GROSS_OF = {"merchant": "cost_fen"} | {role: f"{role}_fen" for role in ROLES}
_TYPES = {"line_id": "BIGINT", "phase": "SMALLINT", "day": "DATE"} | dict.fromkeys(
    (*PARTIES, "cost_fen", *COLUMNS), "BIGINT"
)


class NightNotClosed(Refused):
    code = "NIGHT_NOT_CLOSED"
    text = _("{day} 没有已关账的结算批次，不能归档。请先运行 settle --day {day}。")
    status = 409


class ArchiveDiffers(Refused):
    code = "ARCHIVE_DIFFERS"
    text = _("{day} 的归档文件与该夜报告不一致（{what}），没有保留。请检查磁盘后重新归档。")


class NightsNotArchived(Refused):
    code = "NIGHTS_NOT_ARCHIVED"
    text = _("这些结算夜还没有归档：{days}。请先运行 archive export。")
    status = 409


@dataclass(frozen=True)
class Earned:
    """What ``tenant`` came to in one role over a range of nights, before and after fees; of a merchant, its costs."""

    tenant: Tenant
    rows: int
    gross_fen: int
    fee_fen: int

    @property
    def net_fen(self) -> int:
        return self.gross_fen - self.fee_fen


def path_of(day: date, folder: Path) -> Path:
    return folder / "settlements" / f"{day}.parquet"


def export_night(day: date, folder: Path) -> Path:
    """Write the file of the closed night of ``day``; one that is there already is kept. Refuses an open night."""
    place = path_of(day, folder)
    run = Run.objects.closed().filter(day=day).first()
    if run is None:
        raise NightNotClosed(day=day)
    if place.exists():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=place.parent, prefix=".writing-") as beside:
        written = Path(beside) / place.name
        with _rows_of(day, Path(beside) / "rows") as pipe, _duck() as duck:
            columns = ", ".join(f"'{name}': '{kind}'" for name, kind in _TYPES.items())
            duck.execute(
                f"COPY (FROM read_csv({_quoted(pipe)}, auto_detect = false, header = false, parallel = false,"
                f" columns = {{{columns}}})) TO {_quoted(written)} (FORMAT parquet, COMPRESSION zstd)"
            )
        _compare(run, written)
        os.replace(written, place)
    return place


def largest(role: str, first: date, last: date, folder: Path, limit: int = 100) -> list[Earned]:
    """Who moved most as ``role`` (``merchant`` or one of ``ROLES``) in the closed nights ``first`` … ``last``.

    Refuses where a night of these has no file. Ties go by tenant.
    """
    nights = Run.objects.closed().filter(day__range=(first, last)).order_by("day").values_list("day", flat=True)
    paths = {day: path_of(day, folder) for day in nights}
    missing = [str(day) for day, path in paths.items() if not path.exists()]
    if missing:
        raise NightsNotArchived(days=", ".join(missing[:10]))
    if not paths:
        return []
    fee = "0" if role == "merchant" else f"{role}_fee_fen"
    with _duck() as duck:
        found = duck.execute(
            f"SELECT {role}_id, count(*), sum({GROSS_OF[role]})::BIGINT AS gross, sum({fee})::BIGINT"
            f" FROM read_parquet(?) WHERE {role}_id IS NOT NULL GROUP BY 1 ORDER BY gross DESC, 1 LIMIT ?",
            [[str(path) for path in paths.values()], limit],
        ).fetchall()
    tenants = Tenant.objects.in_bulk([party for party, *_amounts in found])
    return [Earned(tenants[party], *amounts) for party, *amounts in found]


def _compare(run: Run, written: Path) -> None:
    """Raises ArchiveDiffers unless the file's sums are those of the night's report, role by role."""
    reported = _sums_of(run)
    sums = ", ".join("count(*)" if name == "rows" else f"coalesce(sum({name}), 0)::BIGINT" for name in reported)
    with _duck() as duck:
        (found,) = duck.execute(f"SELECT {sums} FROM read_parquet(?)", [str(written)]).fetchall()
    wrong = [name for name, fen in zip(reported, found, strict=True) if fen != reported[name]]
    if wrong:
        raise ArchiveDiffers(day=run.day, what=", ".join(wrong))


def _sums_of(run: Run) -> dict[str, int]:
    """``{column: fen}`` over all rows of the night as its report has them, and ``rows``."""
    reported: dict[str, int] = defaultdict(int)
    for phase in run.report["totals"].values():
        reported["rows"] += phase["rows"]
        reported["base_fen"] += phase["base_fen"]
        reported["cost_fen"] += phase["merchant_cost_fen"]
        for role, amounts in phase["roles"].items():
            reported[f"{role}_fen"] += amounts["gross_fen"]
            reported[f"{role}_fee_fen"] += amounts["tech_fee_fen"]
    return reported


@contextmanager
def _rows_of(day: date, pipe: Path) -> Iterator[Path]:
    """A named pipe from which the night's rows can be read once, as CSV. What breaks the copy is raised at the end."""
    os.mkfifo(pipe)
    broken: list[Exception] = []
    query = connection.cursor().mogrify(
        f"COPY (SELECT {', '.join(_TYPES)} FROM commissions_settlement WHERE day = %s) TO STDOUT (FORMAT csv)", [day]
    )
    with connection.cursor() as cursor:

        def send() -> None:
            try:
                with pipe.open("wb") as end:
                    cursor.copy_expert(query.decode(), end)
            except Exception as error:  # raised again in the reader's thread
                broken.append(error)

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        yield pipe
        sender.join()
    if broken:
        raise broken[0]


def _quoted(path: Path) -> str:
    """``path`` as SQL text: COPY takes no parameters."""
    return "'" + str(path).replace("'", "''") + "'"


@contextmanager
def _duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"memory_limit": MEMORY, "autoinstall_known_extensions": "false"}) as duck:
        yield duck
