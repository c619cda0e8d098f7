"""The admin's own pages: the home with what waits and what upper floors show there, and the search over everything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.admin import ModelAdmin
from django.core.exceptions import FieldError
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from haowu.approvals import staff_waiting
from haowu.approvals.site import StaffSite, list_address
from haowu.approvals.staff_menu import SEARCHED
from haowu.ground import days, inputs

FOUND = 6
LONGEST = 64


@dataclass(frozen=True)
class Panel:
    """A sheet of the home. ``facts`` gives its template what it shows; None where there is nothing to show.

    ``place`` is ``top`` (all the width), ``main`` or ``side``. ``right`` is the permission that it needs.
    """

    place: str
    template: str
    facts: Callable[[HttpRequest], dict[str, Any] | None]
    right: str


panels: list[Panel] = []
"""Filled by the admin modules of upper floors as they are discovered; shown in this order."""


def home(site: StaffSite, request: HttpRequest) -> TemplateResponse:
    waiting = [each for each in staff_waiting.of(site, request).values() if each.count]
    waiting.sort(key=lambda each: (each.due_at or days.END, each.since or days.END))
    shown: dict[str, list] = {"top": [], "main": [], "side": []}
    for panel in panels:
        if request.user.has_perm(panel.right) and (facts := panel.facts(request)) is not None:
            shown[panel.place].append((panel.template, facts))
    context = site.each_context(request) | {
        "title": _("联盟总览"),
        "waiting": waiting,
        "total": sum(each.count for each in waiting),
        "oldest": min((each.since for each in waiting if each.since), default=None),
        "overdue": [each for each in waiting if each.due_at and each.due_at < days.now() + days.ONE_DAY],
        "now": days.now(),
        "panels": shown,
    }
    return TemplateResponse(request, "admin/home.html", context)


def search(site: StaffSite, request: HttpRequest) -> TemplateResponse:
    query = request.GET.get("q", "").strip()
    query = query[:LONGEST] if inputs.is_storable(query) else ""
    found = [each for each in (_found(site, request, label, query) for label in SEARCHED) if each] if query else []
    context = site.each_context(request) | {"title": _("搜索"), "query": query, "found": found}
    return TemplateResponse(request, "admin/search.html", context)


def _found(site: StaffSite, request: HttpRequest, label: str, query: str) -> dict[str, Any] | None:
    shown = next((each for model, each in site._registry.items() if model._meta.label_lower == label), None)
    if shown is None or not shown.has_view_or_change_permission(request):
        return None
    rows = list(_rows(shown, request, query))
    if not rows:
        return None
    address = list_address(shown.model)
    return {
        "name": shown.opts.verbose_name_plural,
        "rows": [(row, f"{address}{row.pk}/change/") for row in rows[:FOUND]],
        "more": f"{address}?q={query}" if len(rows) > FOUND else "",
    }


def _rows(shown: ModelAdmin, request: HttpRequest, query: str) -> Any:
    try:
        rows, _doubled = shown.get_search_results(request, shown.get_queryset(request), query)
        return rows.select_related(*cast(list[str], shown.list_select_related or []))[: FOUND + 1]
    except (FieldError, ValueError):  # what the text cannot be, such as a number
        return []
