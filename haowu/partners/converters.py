"""Path converters. What cannot be an id does not match, and is a 404 like any address that is none.

Django takes a ``ValueError`` for "no match", and ``InputInvalid`` is one.
"""

from datetime import date
from typing import Any

from django.urls.converters import PathConverter

from haowu.ground import inputs
from haowu.partners.fields import DAY_SCHEMA, MONTH_SCHEMA, code_schema

MAX_LENGTH = 128
"""The longest number of another system that we keep: an event's id."""
MAX_NUMBER = 2**63 - 1


class TextConverter(PathConverter):
    """Any visible text, slashes too: the numbers of other systems are theirs to choose."""

    def to_python(self, value: str) -> str:
        return inputs.text(value, max_length=MAX_LENGTH)


class NumberConverter:
    """What a ``bigint`` column may hold."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        return inputs.whole_text(value, high=MAX_NUMBER)

    def to_url(self, value: int) -> str:
        return str(value)


class DayConverter:
    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return inputs.day(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class MonthConverter:
    """``2024-06`` → its first day."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return inputs.day(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


CONVERTERS = {"text": TextConverter, "number": NumberConverter, "day": DayConverter, "month": MonthConverter}

SCHEMAS: dict[str, dict[str, Any]] = {
    "text": code_schema(MAX_LENGTH),
    "number": {"type": "integer", "format": "int64", "minimum": 0, "maximum": MAX_NUMBER},
    "day": DAY_SCHEMA,
    "month": MONTH_SCHEMA,
}
"""What OpenAPI says of each."""
