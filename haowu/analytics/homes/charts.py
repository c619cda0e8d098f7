"""The sales of a span as a chart beside the span before."""

from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haowu.analytics.homes.sales import Day, Span
from haowu.web.charts import Chart, Series

TEN_THOUSAND_YUAN_FEN = 1_000_000


def sales_chart(sold: dict[date, Day], span: Span) -> Chart:
    """In 万元 where Chinese is read and a day reaches it, else in yuan."""
    shown = [day for day in (*span.all_days, *span.before.all_days) if day in sold]
    is_large = max((sold[day].sold_fen for day in shown), default=0) >= TEN_THOUSAND_YUAN_FEN
    in_ten_thousands = is_large and (get_language() or "").startswith("zh")
    unit_fen = TEN_THOUSAND_YUAN_FEN if in_ten_thousands else 100

    def values(of: Span) -> list[float | None]:
        return [round(sold.get(day, Day()).sold_fen / unit_fen, 2) for day in of.all_days]

    return Chart(
        title=_("付款 GMV"),
        unit=_("万元") if in_ten_thousands else _("元"),
        labels=[f"{day:%m-%d}" for day in span.all_days],
        series=[
            Series(_("本期"), values(span)),
            Series(_("前 {n} 天").format(n=span.length), values(span.before), role="before"),
        ],
        label_name=_("日期"),
    )
