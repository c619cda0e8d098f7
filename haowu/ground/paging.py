"""Pages by keyset: the next page begins after the last row shown, at the same cost however deep.

The one pager of the house: pages and the API both use it. The cursor is signed, so that what comes back is what was
handed out, for the same list in the same order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet

COUNT_LIMIT = 1000


class CursorInvalid(ValueError):
    """Text that this list never handed out as a cursor."""


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next_cursor: str | None


def page_of(queryset: QuerySet[Any], order: Sequence[str], cursor: str, size: int) -> Page:
    """``page_after`` for people: a cursor that is none of this list's begins at the first page."""
    try:
        return page_after(queryset, order, cursor, size)
    except CursorInvalid:
        return page_after(queryset, order, "", size)


def page_after(queryset: QuerySet[Any], order: Sequence[str], cursor: str, size: int, *, of: str = "") -> Page:
    """The ``size`` rows after ``cursor`` (``""``: the first ones) in ``order``; ``of`` names the list.

    ``order`` is names with ``-`` for descending, never null, unique together. Raises CursorInvalid.
    """
    signer = signing.Signer(salt=f"page of {of}:{','.join(order)}")
    rows = queryset.order_by(*order)
    if cursor:
        rows = rows.filter(_beyond(order, _last_seen(cursor, signer, len(order))))
    found = list(rows[: size + 1])
    if len(found) <= size:
        return Page(found, None)
    return Page(found[:size], signer.sign_object([_value(found[size - 1], name) for name in order]))


def capped_count(queryset: QuerySet[Any]) -> tuple[int, bool]:
    """The number of rows up to COUNT_LIMIT, and whether there are more."""
    number = queryset.order_by()[: COUNT_LIMIT + 1].count()
    return min(number, COUNT_LIMIT), number > COUNT_LIMIT


def _last_seen(cursor: str, signer: signing.Signer, length: int) -> list[Any]:
    try:
        values: list[Any] = signer.unsign_object(cursor)
    except (signing.BadSignature, ValueError):
        raise CursorInvalid from None
    if len(values) != length:
        raise CursorInvalid
    return values


def _beyond(order: Sequence[str], last: Sequence[Any]) -> Q:
    """Rows that follow ``last``, written so that an index on ``order`` can begin there: ``a <= x AND (a < x OR …)``."""
    (name, *order), (value, *last) = order, last
    column, way = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
    past = Q(**{f"{column}__{way}": value})
    if not order:
        return past
    return Q(**{f"{column}__{way}e": value}) & (past | _beyond(order, last))


def _value(row: Any, name: str) -> Any:
    value = row
    for attribute in name.lstrip("-").split("__"):
        value = getattr(value, attribute)
    return value.isoformat() if hasattr(value, "isoformat") else value
