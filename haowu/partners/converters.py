"""Path converters. What cannot be an id does not match, and is a 404 like any address that is none."""

from datetime import date

from django.urls.converters import PathConverter

from haowu.ground import inputs


class TextConverter(PathConverter):
    """Any visible text, slashes too: the numbers of other systems are theirs to choose."""

    regex = r"[^\x00-\x1f\x7f-\x9f]+?"


class DayConverter:
    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return inputs.day(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class MonthConverter:
    """``2024-06`` → its first day. What is no month is no address of ours: 404."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return inputs.day(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"
