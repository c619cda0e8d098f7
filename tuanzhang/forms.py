"""Forms of leaders and of merchants towards them: they read what people write; whether it may be is for the acts."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from haowu.ground.fields import MomentField, PercentField, TextField, YuanField
from haowu.tenants.models import Tenant
from merchants.models import Category, Product
from tuanzhang.activities import ActivityDraft
from tuanzhang.models import Activity, GoodsRequest, GroupMember, StreamerGroup
from tuanzhang.recommending import NewRecommendation

EXPLAINED = {
    Activity.Type.NORMAL: _("所有达人都能经你的分享链接选入，成交按活动的佣金率和服务费率计。"),
    Activity.Type.EXCLUSIVE: _("只准名单里的达人推广。活动期内，这些商品的普通计划、定向计划对其他达人都不生效。"),
}


class CodesBox(forms.Textarea):
    """A box for codes; boxes of the same name that were ticked beside it are added to what it holds."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        values = data.getlist(name) if hasattr(data, "getlist") else [data.get(name)]
        return "\n".join(value for value in values if value)


class TenantsField(TextField):
    """Codes of tenants of one kind, separated by spaces, commas or lines, or ticked."""

    default_error_messages = {"unknown": _("没有这些编号：%(codes)s。请检查后再提交。")}

    def __init__(self, *, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(**{"required": False, "widget": CodesBox(attrs={"rows": 3})} | options)

    def clean(self, value: Any) -> list[Tenant]:
        codes = list(dict.fromkeys(re.split(r"[\s,，、;；]+", super().clean(value).strip())) if value else [])
        codes = [code for code in codes if code]
        found = Tenant.objects.coded(self.kind, codes)
        if unknown := [code for code in codes if code not in found]:
            raise forms.ValidationError(self.error_messages["unknown"], params={"codes": "、".join(unknown[:10])})
        return [found[code] for code in codes]


class AnyCategoryField(forms.ModelChoiceField):
    def label_from_instance(self, category: Category) -> str:
        return "　" * (category.level - 1) + category.name


class MinimumForm(forms.Form):
    category = AnyCategoryField(label=_("类目"), queryset=Category.objects.none())
    commission_bps = PercentField(label=_("最低佣金率（%）"))
    service_fee_bps = PercentField(label=_("最低服务费率（%）"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].queryset = Category.objects.in_order()


MinimumFormSet = forms.formset_factory(MinimumForm, extra=2, max_num=100)


class ActivityForm(forms.Form):
    type = forms.ChoiceField(label=_("活动类型"), choices=Activity.Type.choices, widget=forms.RadioSelect)
    title = TextField(label=_("标题"), max_length=120)
    description = TextField(
        label=_("招商说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    begins_at = MomentField(label=_("推广开始"))
    ends_at = MomentField(
        label=_("推广结束"), required=False, help_text=_("留空：直到你关闭。这一刻起不再计活动的佣金。")
    )
    commission_bps = PercentField(label=_("最低佣金率（%）"), initial=0)
    service_fee_bps = PercentField(label=_("最低服务费率（%）"), initial=0)
    streamers = TenantsField(
        label=_("达人编号"), kind=Tenant.Kind.STREAMER, help_text=_("只用于专属活动，一行一个。发布后可以增减。")
    )
    joining = forms.ChoiceField(label=_("二级团长"), choices=Activity.Joining.choices)
    partners = TenantsField(
        label=_("可申请的团长编号"), kind=Tenant.Kind.TUANZHANG, help_text=_("只用于「仅名单内团长可申请」。")
    )

    def draft(self, minimums: forms.BaseFormSet) -> ActivityDraft:
        cleaned = self.cleaned_data
        rows = [row.cleaned_data for row in minimums.forms if row.cleaned_data]
        return ActivityDraft(
            type=cleaned["type"],
            title=cleaned["title"],
            description=cleaned["description"],
            begins_at=cleaned["begins_at"],
            ends_at=cleaned["ends_at"],
            minimum=(cleaned["commission_bps"], cleaned["service_fee_bps"]),
            minimums={row["category"]: (row["commission_bps"], row["service_fee_bps"]) for row in rows},
            joining=cleaned["joining"],
            streamers=cleaned["streamers"],
            partners=cleaned["partners"],
        )


def written(activity: Activity) -> dict[str, Any]:
    """A draft as the form shows it again."""
    return {
        "type": activity.type,
        "title": activity.title,
        "description": activity.description,
        "begins_at": activity.begins_at,
        "ends_at": activity.ends_at,
        "commission_bps": activity.min_commission_bps,
        "service_fee_bps": activity.min_service_fee_bps,
        "joining": activity.second_level,
        "streamers": "\n".join(row.streamer.code for row in activity.listed.select_related("streamer")),
        "partners": "\n".join(row.partner.code for row in activity.partners.select_related("partner")),
    }


def minimums_of(activity: Activity) -> list[dict[str, Any]]:
    return [
        {
            "category": row.category_id,
            "commission_bps": row.min_commission_bps,
            "service_fee_bps": row.min_service_fee_bps,
        }
        for row in activity.minimums.all()
    ]


class ExtensionForm(forms.Form):
    ends_at = MomentField(label=_("新的结束时间"), required=False, help_text=_("留空：不设结束时间。"))


class StreamersForm(forms.Form):
    streamers = TenantsField(label=_("达人编号"), kind=Tenant.Kind.STREAMER)


class RatesForm(forms.Form):
    """Both rates, and why. A raise needs no reason."""

    commission_bps = PercentField(label=_("佣金率（%）"))
    service_fee_bps = PercentField(label=_("服务费率（%）"))
    reason = TextField(label=_("理由"), max_length=200, required=False, help_text=_("下调时团长会看到。"))


class EnrolForm(forms.Form):
    products = forms.ModelMultipleChoiceField(
        label=_("商品"),
        queryset=Product.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一件商品。")},
    )
    commission_bps = PercentField(label=_("佣金率（%）"))
    service_fee_bps = PercentField(label=_("服务费率（%）"))
    starts_at = MomentField(label=_("合作开始"), required=False, help_text=_("留空：与活动相同。"))
    ends_at = MomentField(label=_("合作结束"), required=False, help_text=_("留空：与活动相同。"))

    def __init__(self, *args: Any, products: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["products"].queryset = products


class SecondForm(forms.Form):
    bps = PercentField(label=_("二级服务费率（%）"))
    whole_item = forms.BooleanField(
        label=_("该商品经此活动的全部成交都算"), required=False, help_text=_("不勾选：只算经你的链接选入的成交。")
    )


class LeaderField(TextField):
    """One leader by code."""

    default_error_messages = {"unknown": _("没有编号为「%(code)s」的团长。")}

    def clean(self, value: Any) -> Tenant:
        code = super().clean(value).strip()
        leader = Tenant.objects.coded(Tenant.Kind.TUANZHANG, [code]).get(code)
        if leader is None:
            raise forms.ValidationError(self.error_messages["unknown"], params={"code": code})
        return leader


class GoodsRequestForm(forms.Form):
    """What a streamer asks a leader for."""

    leader = LeaderField(label=_("团长编号"), max_length=64, help_text=_("在活动页和推荐里可以看到。"))
    wish = TextField(label=_("想要什么样的商品"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    category = AnyCategoryField(
        label=_("类目（可不选）"), queryset=Category.objects.none(), required=False, empty_label=_("不限")
    )
    price_to_fen = YuanField(label=_("价格不超过（元，可不填）"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].queryset = Category.objects.in_order()


class RecommendationForm(forms.Form):
    """``items`` keep the order of the page. Groups and codes add up; an answer goes to its streamer alone."""

    items = forms.MultipleChoiceField(label=_("商品"), error_messages={"required": _("请至少选一件正在合作的商品。")})
    note = TextField(
        label=_("推荐语"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("为什么适合他们。")
    )
    to_all = forms.BooleanField(
        label=_("推荐给所有达人"), required=False, help_text=_("列在选品中心的「团长推荐」里。")
    )
    groups = forms.ModelMultipleChoiceField(
        label=_("达人分组"),
        queryset=StreamerGroup.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    streamers = TenantsField(label=_("达人编号"), kind=Tenant.Kind.STREAMER, help_text=_("一行一个。"))

    def __init__(self, *args: Any, items: Any, groups: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._items = {item.public_id: item for item in items}
        self.fields["items"].choices = [(key, str(item.product)) for key, item in self._items.items()]
        self.fields["groups"].queryset = groups

    def recommendation(self, answers: GoodsRequest | None) -> NewRecommendation:
        cleaned = self.cleaned_data
        members = Tenant.objects.filter(
            pk__in=GroupMember.objects.filter(group__in=cleaned["groups"]).values("streamer")
        )
        chosen = set(cleaned["items"])
        return NewRecommendation(
            items=[item for key, item in self._items.items() if key in chosen],
            note=cleaned["note"],
            streamers=[*cleaned["streamers"], *members],
            to_all=cleaned["to_all"],
            answers=answers,
        )


class GroupForm(forms.Form):
    name = TextField(label=_("名称"), max_length=40)
    streamers = TenantsField(label=_("达人编号"), kind=Tenant.Kind.STREAMER, help_text=_("一行一个。"))
