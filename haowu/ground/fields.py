"""Fields of forms and filters. Text, days and moments pass the one door (``inputs``); people write yuan and percent,
what comes out is whole fen and bps.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from haowu.ground import days, inputs
from haowu.ground.money import percent, yuan

MAX_YUAN = Decimal(1_000_000_000)
MAX_PERCENT = Decimal(100)
SEARCH_LENGTH = 64
OUTSIDE = _("年份须在 1970 到 2199 之间。")


class SearchBox(forms.TextInput):
    input_type = "search"


class DayBox(forms.DateInput):
    """The browser's own calendar, which speaks ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentBox(forms.DateTimeInput):
    """The browser's own calendar and clock, in Shanghai's time."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class TextField(forms.CharField):
    """Text that the database can keep; over several lines only where its box has several."""

    default_error_messages = {"unstorable": _("含有控制字符或残缺的字符（例如被截断的表情）。请去掉后重试。")}

    def validate(self, value: str) -> None:
        super().validate(value)
        if not inputs.is_storable(value, lines=isinstance(self.widget, forms.Textarea)):
            raise ValidationError(self.error_messages["unstorable"], code="unstorable")


class WholeField(forms.IntegerField):
    """A whole number, not negative and no larger than a column holds."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": inputs.MAX_WHOLE} | options)


class DayField(forms.DateField):
    """A day of 1970 to 2199, as ``2024-06-01`` or as the reader's language writes it."""

    widget = DayBox
    default_error_messages = {"outside": OUTSIDE}

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not days.BEGINNING.year <= value.year < days.END.year:
            raise ValidationError(self.error_messages["outside"], code="outside")


class MomentField(forms.DateTimeField):
    """A minute of 1970 to 2199 in Shanghai's time, as an aware datetime."""

    widget = MomentBox
    default_error_messages = {"outside": OUTSIDE}

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value is not None and not days.BEGINNING <= value < days.END:
            raise ValidationError(self.error_messages["outside"], code="outside")


class SplitMomentField(forms.SplitDateTimeField):
    """``MomentField`` as the admin asks for it: a day, and a time of day."""

    default_error_messages = {**forms.SplitDateTimeField.default_error_messages, "outside": OUTSIDE}

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value is not None and not days.BEGINNING <= value < days.END:
            raise ValidationError(self.error_messages["outside"], code="outside")


class HundredthsField(forms.DecimalField):
    """A number with at most two decimals, taken times 100 as an ``int``."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("decimal_places", 2)
        options.setdefault("min_value", Decimal(0))
        super().__init__(**options)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def clean(self, value: Any) -> int | None:
        number = super().clean(value)
        return None if number is None else int(number * 100)


class YuanField(HundredthsField):
    """``12.90`` → 1290 fen. More than two decimals are refused rather than rounded: a form can ask again."""

    default_error_messages = {
        "invalid": _("请填写金额，例如 129.00。"),
        "max_decimal_places": _("金额最多两位小数。"),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_value": MAX_YUAN} | options)

    def prepare_value(self, value: Any) -> Any:
        return yuan(value).replace(",", "") if isinstance(value, int) else value


class PercentField(HundredthsField):
    """``15.5`` → 1550 bps."""

    default_error_messages = {
        "invalid": _("请填写百分比，例如 15 或 15.5。"),
        "max_decimal_places": _("百分比最多两位小数。"),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_value": MAX_PERCENT} | options)

    def prepare_value(self, value: Any) -> Any:
        return percent(value).rstrip("%") if isinstance(value, int) else value


class SearchFilter(django_filters.CharFilter):
    """What somebody looks for, in a box of its own."""

    field_class = TextField

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": SEARCH_LENGTH, "widget": SearchBox} | options)


class DayFilter(django_filters.DateFilter):
    field_class = DayField


class YuanFilter(django_filters.Filter):
    field_class = YuanField


class PercentFilter(django_filters.Filter):
    field_class = PercentField
