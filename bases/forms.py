"""Forms of bases: they read what people write; whether it may be is for the acts to say."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bases import feeding, pulling
from bases.cities import choices
from bases.founding import Paper, Site
from bases.models import BaseLevel, Document
from haowu.ground import days
from haowu.ground.fields import DayField, MomentField, TextField, WholeField

UPLOAD_MB = 100


def cities() -> list[tuple[str, str]]:
    return choices(get_language() or "zh")


class IntroductionForm(forms.Form):
    name = TextField(label=_("品牌名称"), max_length=64)
    document_no = TextField(label=_("授权书编号"), max_length=64)
    authorised_from = DayField(label=_("授权期自"))
    authorised_to = DayField(label=_("授权期至（含当日）"))


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("内容"), choices=[("snapshot", _("全量：没有列出的规格归零")), ("changes", _("变化：只更新列出的规格"))]
    )
    sequence = WholeField(
        label=_("序号"), min_value=1, max_value=feeding.MAX_SEQUENCE, help_text=_("每次盘点递增，与接口上报共用。")
    )
    counted_at = MomentField(label=_("盘点时间"))
    file = forms.FileField(
        label=_("CSV 文件"),
        help_text=_("列名：商家编号、商品编号、规格编号、价格（元）、库存。英文列名、以分计的 price_fen 也行。"),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > UPLOAD_MB * 1024 * 1024:
            raise forms.ValidationError(_("文件超过 {limit} MB，请改用接口分部分上报。").format(limit=UPLOAD_MB))
        return file


class PullForm(forms.Form):
    url = TextField(label=_("HTTPS 地址"), max_length=500, widget=forms.URLInput)
    every_minutes = WholeField(
        label=_("每隔多少分钟读取"), min_value=pulling.LEAST_MINUTES, max_value=pulling.MOST_MINUTES, initial=60
    )


class ConsentForm(forms.Form):
    """Days, which people think in; from today and for good where they are left out."""

    begins_on = DayField(label=_("从哪天起"), required=False, help_text=_("不填即现在起。"))
    ends_on = DayField(label=_("到哪天止（含当日）"), required=False, help_text=_("不填即长期，可随时撤回。"))

    def window(self, at: datetime) -> dict[str, datetime | None]:
        """As ``consenting.agree`` takes it."""
        first, last = self.cleaned_data["begins_on"], self.cleaned_data["ends_on"]
        return {
            "begins_at": None if first in (None, days.day_of(at)) else days.start_of(first),
            "ends_at": last and days.start_of(last + days.ONE_DAY),
        }


class RoomForm(forms.Form):
    name = TextField(label=_("直播间名称"), max_length=64)
    equipment = TextField(label=_("设备与说明"), max_length=200, required=False)


class BookingForm(forms.Form):
    starts_at = MomentField(label=_("开始"))
    ends_at = MomentField(label=_("结束"))


class SiteForm(forms.Form):
    name = TextField(label=_("基地名称"), max_length=120)
    level = forms.ChoiceField(label=_("级别"), choices=BaseLevel.choices)
    city = forms.ChoiceField(label=_("城市"), choices=cities)
    address = TextField(label=_("地址"), max_length=200)
    live_rooms = WholeField(label=_("直播间数"), min_value=1, max_value=1000)
    guides = WholeField(label=_("导购人数"), min_value=1, max_value=10_000)
    property_sqm = WholeField(label=_("场地面积（平方米）"), min_value=1, max_value=10_000_000)

    @property
    def site(self) -> Site:
        return Site(**self.cleaned_data)


class PaperForm(forms.Form):
    kind = forms.ChoiceField(label=_("材料"), choices=[("", "–"), *Document.Kind.choices])
    number = TextField(label=_("编号"), max_length=64)
    valid_from = DayField(label=_("有效期自"))
    valid_to = DayField(label=_("有效期至（含当日）"))

    def clean(self) -> dict[str, Any]:
        facts = super().clean()
        if not self.errors and facts and facts["valid_to"] < facts["valid_from"]:
            self.add_error("valid_to", _("止日早于起日。"))
        return facts


class PaperRows(forms.BaseFormSet):
    @property
    def papers(self) -> list[Paper]:
        return [Paper(**row.cleaned_data) for row in self.forms if row.has_changed() and row.cleaned_data]


PaperFormSet = forms.formset_factory(PaperForm, formset=PaperRows, extra=3, max_num=10)
