"""What may stand in an address: converters for the parts of a path, and which address is one of this site.

A part that cannot be an id, a day or a number of anything does not match its converter: 404, before a view is asked.
``<int:…>`` and ``<slug:…>`` are Django's own, for row numbers and for the names of accounts and kinds.
"""

from datetime import date

from django.http import HttpRequest
from django.urls import register_converter
from django.urls.converters import PathConverter
from django.utils.http import url_has_allowed_host_and_scheme

from haowu.ground import days, inputs


class IdConverter:
    """A public id or a share token: 16 URL-safe characters at most."""

    regex = "[A-Za-z0-9_-]{1,16}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TextConverter(PathConverter):
    """Any text that could be stored, slashes too: the numbers of other systems are theirs to choose."""

    regex = r"[^\x00-\x1f\x7f-\x9f]+?"


class DayConverter:
    """``2024-06-01`` → its date."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return days.day(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class MonthConverter:
    """``2024-06`` → its first day."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return days.day(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


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


CONVERTERS = {
    "id": IdConverter,
    "text": TextConverter,
    "day": DayConverter,
    "month": MonthConverter,
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
