"""The menu of each role, as data. Each app adds its pages in its ``menu.py``, found as it starts; the shells draw it.

A count beside an entry is what waits there for somebody's decision. All counts of a page come from one query.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerField, Model, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

Waiting = Callable[[Any], QuerySet[Any]]
"""What waits for a tenant, as rows to be counted."""


@dataclass(frozen=True)
class Entry:
    """``route`` is where it leads, ``pages`` names further routes that belong to it; ``place`` orders a group.

    ``waiting_for`` says in words what is counted.
    """

    route: str
    label: str | Promise
    icon: str
    group: str = ""
    pages: tuple[str, ...] = ()
    waiting: Waiting | None = None
    waiting_for: str | Promise = ""
    on_phone: bool = False
    place: int = 50

    def holds(self, route: str) -> bool:
        return route == self.route or route in self.pages


GROUPS = {"goods": _("货"), "people": _("人"), "money": _("钱"), "shop": _("店")}
"""One character each, in this order; entries without a group stand above them."""

_entries: dict[str, list[Entry]] = {}


def add(kind: str, *entries: Entry) -> None:
    """Called by the apps' ``menu.py``."""
    known = _entries.setdefault(kind, [])
    known.extend(entry for entry in entries if entry not in known)
    known.sort(key=lambda entry: entry.place)


@dataclass(frozen=True)
class Item:
    """An entry on one page: whether it is the page one is on, and how much waits there."""

    entry: Entry
    is_here: bool
    waiting: int

    @property
    def url(self) -> str:
        return reverse(self.entry.route)


@dataclass(frozen=True)
class Drawn:
    """``groups``: ``[(character, items)]``. ``five``: at most four items for a phone's bar; the fifth is "more"."""

    groups: list[tuple[str, list[Item]]]
    five: list[Item]

    @property
    def waiting(self) -> list[Item]:
        """Where somebody's decision waits."""
        return [item for _name, items in self.groups for item in items if item.waiting]


Beside = Callable[[Any, Any], QuerySet[Any]]
"""Rows that concern a user in a tenant."""
_beside: dict[str, tuple[Beside, frozenset[str]]] = {}


def count_beside(name: str, rows: Beside, *, but_not: frozenset[str] = frozenset()) -> None:
    """Let the menu's query count ``rows`` too, for kinds of tenants whose pages all show it (``counted_beside``)."""
    _beside[name] = (rows, but_not)


def draw(kind: str, tenant: Model, route: str, counts: dict[str, int]) -> Drawn:
    """The menu for one page, with what waits."""
    entries = _entries.get(kind, [])
    items = [Item(entry, entry.holds(route), counts.get(entry.route, 0)) for entry in entries]
    names = {"": "", **GROUPS}
    grouped = [(str(name), [item for item in items if item.entry.group == key]) for key, name in names.items()]
    on_phone = [item for _name, of_group in grouped for item in of_group if item.entry.on_phone]
    return Drawn([group for group in grouped if group[1]], on_phone[:4])


def counted_beside(request: HttpRequest, name: str) -> int | None:
    """What ``count_beside`` counts under ``name``; None for whom it does not."""
    return _counts_of(request).get(name)


def _counts_of(request: HttpRequest) -> dict[str, int]:
    """Asked once in a request."""
    if not hasattr(request, "menu_counts"):
        request.menu_counts = _counts(request)  # type: ignore[attr-defined]
    counts: dict[str, int] = request.menu_counts  # type: ignore[attr-defined]
    return counts


def _counts(request: HttpRequest) -> dict[str, int]:
    """By route what waits there, and by name what is counted beside it, in one query."""
    tenant, user = request.tenant, request.user  # type: ignore[attr-defined]
    counted = {entry.route: entry.waiting(tenant) for entry in _entries.get(tenant.kind, []) if entry.waiting}
    for name, (rows, but_not) in _beside.items():
        if tenant.kind not in but_not:
            counted[name] = rows(user, tenant)
    return count_of_each(tenant, counted)


def count_of_each(tenant: Any, counted: dict[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows each of ``counted`` holds, in one query."""
    if not counted:
        return {}
    columns = {f"n{place}": _NumberOf(_unordered(rows).values("pk")) for place, rows in enumerate(counted.values())}
    row = type(tenant).objects.filter(pk=tenant.pk).annotate(**columns).values(*columns).get()
    return dict(zip(counted, row.values(), strict=True))


def _unordered(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows if rows.query.is_sliced else rows.order_by()


class _NumberOf(Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def of_request(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``menu`` for the tenant in use, drawn when a template asks for it, and ``theme``."""
    tenant = getattr(request, "tenant", None)
    route = request.resolver_match.url_name if request.resolver_match else ""
    theme = request.COOKIES.get("theme")
    return {
        "menu": SimpleLazyObject(lambda: draw(tenant.kind, tenant, route or "", _counts_of(request)))
        if tenant
        else None,
        "theme": theme if theme in ("light", "dark") else "",
    }
