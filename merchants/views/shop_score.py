"""A merchant's shop score: what it is, what it is made of, how it went, and which lines pull it down."""

from typing import Any

from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from haowu.web.charts import Chart, Series
from merchants.models import ShopScore
from merchants.scores import FEW_LINES, WEIGHTS
from merchants.views.products import OfMerchant

SHOWN_DAYS = 30


class ShopScorePage(OfMerchant, TemplateView):
    template_name = "merchants/shop_score.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = list(ShopScore.objects.of_shop(self.request.tenant).newest_first().select_related("leaf")[:SHOWN_DAYS])
        newest = rows[0] if rows else None
        return super().get_context_data(
            newest=newest,
            parts=list(zip(newest.parts, WEIGHTS, strict=True)) if newest else [],
            few_lines=FEW_LINES,
            chart=_chart(rows[::-1]) if len(rows) > 1 else None,
            **context,
        )


def _chart(rows: list[ShopScore]) -> Chart:
    return Chart(
        title=_("店铺分"),
        unit=_("分"),
        labels=[f"{row.day:%m-%d}" for row in rows],
        series=[Series(_("店铺分"), [row.total / 100 for row in rows])],
        label_name=_("日期"),
    )
