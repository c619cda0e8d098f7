"""Segments of a path, and which path is one of this site.

A segment that cannot be what it names does not match its converter: 404, before a view is asked. Days, months and the
numbers of other systems have theirs beside the API (``haowu.partners.converters``). ``<int:…>`` and ``<slug:…>`` are
Django's own, for row numbers and for the names of accounts and kinds.
"""

from datetime import date

from django.http import HttpRequest
from django.urls import register_converter
from django.utils.http import url_has_allowed_host_and_scheme

from haowu.ground import days, inputs


class IdConverter:
    """A public id or a share token: 16 URL-safe characters at most."""

    regex = "[A-Za-z0-9_-]{1,16}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class QuarterConverter:
    """``2024Q2`` → its first day, 1 April."""

    regex = "[0-9]{4}Q[1-4]"

    def to_python(self, value: str) -> date:
        return days.day(f"{value[:4]}-{3 * int(value[5]) - 2:02}-01")

    def to_url(self, value: date) -> str:
        return f"{value.year}Q{(value.month + 2) // 3}"


class TableConverter:
    """How the name of a table's file ends."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


CONVERTERS: dict[str, type[IdConverter | QuarterConverter | TableConverter]] = {
    "id": IdConverter,
    "quarter": QuarterConverter,
    "table": TableConverter,
}


def register() -> None:
    """Called once, before the first address is read."""
    for name, converter in CONVERTERS.items():
        register_converter(converter, name)


def local(request: HttpRequest, asked: str | None) -> str:
    """``asked`` where it is an address of this site, such as the page to go back to; else ''."""
    asked = asked or ""
    is_ours = url_has_allowed_host_and_scheme(asked, request.get_host(), require_https=request.is_secure())
    return asked if is_ours and asked.startswith("/") and inputs.is_storable(asked) else ""
