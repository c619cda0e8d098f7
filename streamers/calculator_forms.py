"""What a streamer types into the calculator of a product's page. What cannot be used is said, and the rest counts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from haowu.ground.fields import WholeField, YuanField
from merchants.models import Sku
from streamers.calculation import MAX_UNITS

UNITS = (100, 500, 1_000)
UNASKED = UNITS[1]


class CalculatorForm(forms.Form):
    """``units`` is one of the buttons, ``other`` a number that was typed, ``kept`` what was asked for before.

    Without a price the SKU's own counts.
    """

    units = WholeField(label=_("预计卖多少单"), required=False, min_value=1, max_value=MAX_UNITS)
    other = WholeField(label=_("自己填预计卖多少单"), required=False, min_value=1, max_value=MAX_UNITS)
    kept = WholeField(required=False, min_value=1, max_value=MAX_UNITS)
    sku = forms.ChoiceField(label=_("规格"), required=False)
    price = YuanField(label=_("我卖的价（元）"), required=False)
    coupon = YuanField(label=_("每单用券（元）"), required=False)

    def __init__(self, query: Mapping[str, Any], skus: Sequence[Sku]) -> None:
        super().__init__(query)
        self._skus = {sku.code: sku for sku in skus}
        self.fields["sku"].choices = [(sku.code, str(sku)) for sku in skus]
        self.full_clean()

    @property
    def sku_in_use(self) -> Sku | None:
        """The one that was chosen, else the cheapest."""
        chosen = self._skus.get(self.cleaned_data.get("sku", ""))
        return chosen or next(iter(self._skus.values()), None)

    @property
    def is_own(self) -> bool:
        """Whether something else than a number of the cheapest SKU was asked for."""
        is_other_sku = self.sku_in_use is not next(iter(self._skus.values()), None)
        return is_other_sku or any(self.data.get(name) for name in ("price", "coupon"))

    @property
    def money(self) -> list[forms.BoundField]:
        return [self["price"], self["coupon"]]

    @property
    def units_in_use(self) -> int:
        asked = (self.cleaned_data.get(name) for name in ("units", "other", "kept"))
        return next((units for units in asked if units), UNASKED)

    @property
    def price_fen(self) -> int:
        own = self.sku_in_use.price_fen if self.sku_in_use else 0
        return self.cleaned_data.get("price") or own

    @property
    def coupon_fen(self) -> int:
        return self.cleaned_data.get("coupon") or 0
