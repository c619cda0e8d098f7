"""What the admin's own templates ask: rows with the names of their columns and what an act said of them; ages."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers, results
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from haowu.ground import days

register = template.Library()
_VOID = ("", "-", "–")
"""What says that there is nothing: left out where a row is folded into a card."""
_CELL = re.compile(r"<(td|th)\b")


@register.simple_tag
def staff_rows(cl: Any) -> Iterator[dict[str, Any]]:
    """``cells`` (HTML), ``answer`` and ``chosen`` of each row. A cell knows its column's name, for narrow screens."""
    names = [escape(strip_tags(str(header["text"]))) for header in result_headers(cl)]
    for row, cells in zip(cl.result_list, results(cl), strict=True):
        answer = cl.answers.get(str(row.pk), "") if hasattr(cl, "answers") else ""
        yield {
            "cells": [_cell(cell, name, row, cl, bool(answer)) for cell, name in zip(cells, names, strict=True)],
            "answer": answer,
            "width": len(names),
        }


def _cell(cell: Any, name: str, row: Any, cl: Any, is_chosen: bool) -> SafeString:
    """Escaped by Django's own templates; only attributes are added."""
    html = str(cell)
    if 'class="action-checkbox"' in html:
        if hasattr(cl, "may_be_chosen") and not cl.may_be_chosen(row):
            return mark_safe('<td class="action-checkbox"></td>')
        return mark_safe(html.replace('class="action-select"', 'class="action-select" checked') if is_chosen else html)
    html = _CELL.sub(lambda found: f'{found[0]} data-label="{name}"', html, count=1)
    is_void = strip_tags(html).strip() in _VOID
    return mark_safe(html.replace('class="', 'class="void ', 1) if is_void else html)


@register.filter
def waited(since: datetime | None) -> str:
    """How long ago, in the largest unit that it fills: 3 天, 5 小时, 12 分钟."""
    if since is None:
        return "–"
    minutes = max(0, int((days.now() - since).total_seconds() // 60))
    if minutes >= 24 * 60:
        return _("{n} 天").format(n=minutes // (24 * 60))
    return _("{n} 小时").format(n=minutes // 60) if minutes >= 60 else _("{n} 分钟").format(n=minutes)


@register.filter
def percent_of(amount: int, whole: int) -> str:
    """How wide a bar is: 0 to 100, with one decimal, for an SVG whose view is 100 wide."""
    return f"{min(100.0, abs(amount) * 100 / whole):.1f}" if whole else "0"
