"""The menu of each role, as data. Each app adds its pages in its ``menu.py``, found as it starts; the shells draw it.

A count beside an entry is what waits there for somebody's decision. All counts of a page come from one query.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, Model, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
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


def draw(kind: str, tenant: Model, route: str) -> Drawn:
    """The menu for one page. Counts what waits, in one query."""
    entries = _entries.get(kind, [])
    counts = _counts(tenant, entries)
    items = [Item(entry, entry.holds(route), counts.get(entry.route, 0)) for entry in entries]
    names = {"": "", **GROUPS}
    grouped = [(str(name), [item for item in items if item.entry.group == key]) for key, name in names.items()]
    on_phone = [item for _name, of_group in grouped for item in of_group if item.entry.on_phone]
    return Drawn([group for group in grouped if group[1]], on_phone[:4])


def _counts(tenant: Any, entries: list[Entry]) -> dict[str, int]:
    return count_of_each(tenant, {entry.route: entry.waiting(tenant) for entry in entries if entry.waiting})


def count_of_each(tenant: Any, counted: dict[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows each of ``counted`` holds, in one query."""
    if not counted:
        return {}
    columns = {f"n{place}": _number_of(rows) for place, rows in enumerate(counted.values())}
    row = type(tenant).objects.filter(pk=tenant.pk).annotate(**columns).values(*columns).get()
    return dict(zip(counted, row.values(), strict=True))


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    one = rows.order_by().annotate(all_of_them=Value(1)).values("all_of_them").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(one, output_field=IntegerField()), 0)


def of_request(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``menu`` for the tenant in use, drawn when a template asks for it, and ``theme``."""
    tenant = getattr(request, "tenant", None)
    route = request.resolver_match.url_name if request.resolver_match else ""
    theme = request.COOKIES.get("theme")
    return {
        "menu": SimpleLazyObject(lambda: draw(tenant.kind, tenant, route or "")) if tenant else None,
        "theme": theme if theme in ("light", "dark") else "",
    }
