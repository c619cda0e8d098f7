"""Form fields in which people write yuan and percent; what comes out is whole fen and bps."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from haowu.ground.money import percent, yuan

MAX_YUAN = Decimal(1_000_000_000)


class HundredthsField(forms.DecimalField):
    """A number with at most two decimals, taken times 100 as an ``int``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"decimal_places": 2, "min_value": Decimal(0)} | options)
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

    def prepare_value(self, value: Any) -> Any:
        return percent(value).rstrip("%") if isinstance(value, int) else value


class SearchBox(forms.TextInput):
    input_type = "search"


class DayBox(forms.DateInput):
    """The browser's own calendar, which speaks ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
