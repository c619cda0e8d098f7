"""How modules do: looks, picks and orders by day.

Looks are counted in Redis, since they come with reads, and written to rows once a minute: what is lost with Redis is
at most the looks of the last minute. Picks name the module that they were made from; from them picks and orders are
counted anew each morning, so that they are exact.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from haowu.ground import days
from haowu.ground.bulk import insert_rows
from haowu.tenants.scope import platform_scope
from streamers.centre.memory import counted, drained
from streamers.models import Module, ModuleDay

Row = tuple[str, date, int]
"""Module, day, how many."""


def looked(code: str, at: datetime) -> None:
    """Somebody opened the goods of the module ``code``."""
    counted(_KEY, f"{days.day_of(at)}:{code}")


def write_looks() -> int:
    """Add what was looked at since the last time to the rows; how many looks."""
    looks = []
    for name, number in drained(_KEY).items():
        day, _colon, code = name.partition(":")
        looks.append((code, date.fromisoformat(day), number))
    with transaction.atomic(), platform_scope():
        for row in _rows(looks, "looks"):
            day_row, _is_new = ModuleDay.objects.get_or_create(module_id=row["module_id"], day=row["day"])
            ModuleDay.objects.filter(pk=day_row.pk).update(looks=day_row.looks + row["looks"])
    return sum(number for _code, _day, number in looks)


def set_counts(name: str, counts: Iterable[Row], *, since: date) -> None:
    """``picks`` or ``orders`` by module and day from ``since`` on, as counted from rows. Platform scope."""
    ModuleDay.objects.filter(day__gte=since).exclude(**{name: 0}).update(**{name: 0})
    insert_rows(ModuleDay, _rows(counts, name), conflict=["module_id", "day"], update=[name])


def _rows(counts: Iterable[Row], name: str) -> list[dict[str, Any]]:
    """Of modules that are known."""
    ids = dict(Module.objects.values_list("code", "pk"))
    return [{"module_id": ids[code], "day": day, name: number} for code, day, number in counts if code in ids]


_KEY = "module-looks"
