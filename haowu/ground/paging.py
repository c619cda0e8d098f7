"""Pages by keyset: the next page begins after the last row shown, at the same cost however deep.

The cursor is signed, so that what comes back is what was handed out; anything else begins at the first page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet

COUNT_LIMIT = 1000


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next_cursor: str | None


def page_of(queryset: QuerySet, order: Sequence[str], cursor: str, size: int) -> Page:
    """The ``size`` rows after ``cursor`` in ``order``: names with ``-`` for descending, never null, unique together."""
    salt = "page:" + ",".join(order)
    rows = queryset.order_by(*order)
    if last := _last_seen(cursor, salt, len(order)):
        rows = rows.filter(_beyond(order, last))
    found = list(rows[: size + 1])
    if len(found) <= size:
        return Page(found, None)
    values = [_value(found[size - 1], name) for name in order]
    return Page(found[:size], signing.dumps(values, salt=salt))


def capped_count(queryset: QuerySet) -> tuple[int, bool]:
    """The number of rows up to COUNT_LIMIT, and whether there are more."""
    number = queryset.order_by()[: COUNT_LIMIT + 1].count()
    return min(number, COUNT_LIMIT), number > COUNT_LIMIT


def _last_seen(cursor: str, salt: str, length: int) -> list[Any] | None:
    try:
        values = signing.loads(cursor, salt=salt)
    except signing.BadSignature:
        return None
    return values if len(values) == length else None


def _beyond(order: Sequence[str], last: list[Any]) -> Q:
    """Rows that follow ``last``: equal in the first keys and past it in the next, for every number of first keys."""
    beyond = Q()
    equal = Q()
    for name, value in zip(order, last, strict=True):
        column = name.lstrip("-")
        beyond |= equal & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{column: value})
    return beyond


def _value(row: Any, name: str) -> Any:
    value = row
    for part in name.lstrip("-").split("__"):
        value = getattr(value, part)
    return value.isoformat() if hasattr(value, "isoformat") else value
