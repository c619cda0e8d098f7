"""/styleguide/ where DEBUG is on: every component in each of its states, in both themes and languages."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView

from haowu.ground.fields import TextField
from haowu.web.charts import Chart, Series

DAYS = [f"11-{day:02}" for day in range(1, 15)]
NOW = [8.3, 8.4, 7.9, 8.0, 9.9, 10.7, 24.3, 14.8, 11.9, 10.3, 9.6, 10.4, 13.5, 9.2]
BEFORE = [7.4, 7.3, 8.3, 10.8, 13.0, 11.7, 10.1, 9.5, 7.9, 8.3, 7.3, 8.5, 9.1, 8.2]
LOOKS = [
    ("good", "推广中"),
    ("wait", "明日降佣"),
    ("bad", "缺货"),
    ("off", "已暂停"),
    ("link", "活动中"),
    ("plain", "计划"),
]


class SampleForm(forms.Form):
    title = TextField(label="商品标题", help_text="30 个字以内，写清楚是什么", max_length=30)
    price = TextField(label="售价", required=False, max_length=20)
    kind = forms.ChoiceField(label="计划", choices=[("normal", "普通计划"), ("targeted", "商品定向")])
    note = TextField(label="说明", required=False, max_length=200, widget=forms.Textarea)
    agreed = forms.BooleanField(label="我已读过规则", required=False)


class StyleGuide(TemplateView):
    template_name = "styleguide.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEBUG:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        wrong = SampleForm({"title": "", "price": "12", "kind": "none"})
        return super().get_context_data(
            form=SampleForm(),
            wrong=wrong,
            lines=Chart(
                "付款 GMV", "万元", DAYS, [Series("本期", NOW), Series("前 14 天", BEFORE, role="before")], "日期"
            ),
            fall=Chart(
                "钱怎么走的",
                "元",
                ["期初余额", "充值", "佣金", "期末余额"],
                [
                    Series(
                        "金额",
                        [32640.18, 20000, -15978.27, 36661.91],
                        "waterfall",
                        totals=[0, 3],
                        colors=["ink-2", "jade", "chart-1", "ink-2"],
                        says=["¥32,640.18", "+¥20,000.00", "−¥15,978.27", "¥36,661.91"],
                    )
                ],
                "项",
            ),
            looks=[
                ("good", "推广中"),
                ("wait", "明日降佣"),
                ("bad", "缺货"),
                ("off", "已暂停"),
                ("link", "活动中"),
                ("plain", "计划"),
            ],
            trend=[3, 4, 3, 5, 6, 7, 6, 9],
            fall_trend=[9, 7, 8, 5, 4, 4, 3],
            **context,
        )
