"""What a streamer may narrow and sort the selection centre by: as typed values, as a form, as a query string.

To add

* a filter on a column of the listing: its field in ``Filters``, ``SelectionForm`` and ``streamers.api.FILTERS``, and
  its line in ``conditions.BOUNDS``; a box that is ticked is a bound without a value;
* a filter that finds by index what few rows have: a tag in ``rows._tags`` and its line in ``conditions.TAGGED``;
* a sort: its line in ``SORTS``, and its column in ``models.listing.SORT_COLUMNS``, which makes the index;
* counts beside a filter: its line in ``facets.FACETS``.

Lists, cursors, chips, the address, saved views, loosening and the API read these tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from bases.forms import cities
from bases.models import Base, Brand
from haowu.ground import inputs
from haowu.ground.fields import SEARCH_LENGTH, PercentField, SearchBox, TextField, WholeField, YuanField
from haowu.ground.money import percent, yuan
from haowu.tenants.models import Tenant
from merchants.models import Category, Product
from streamers.models import Module
from streamers.offers import Kind

MAX_NEW_DAYS = 365


@dataclass(frozen=True)
class SortWay:
    """By ``column`` of the listing, then by the age of the product; both from the largest unless ``is_ascending``."""

    key: str
    label: Any
    column: str
    is_ascending: bool = False


FOR_YOU = "for_you"
SORTS = {
    sort.key: sort
    for sort in (
        SortWay(FOR_YOU, _("为你推荐"), "place", is_ascending=True),
        SortWay("best", _("综合"), "popularity"),
        SortWay("sales", _("近 30 天销量"), "sales_30d"),
        SortWay("rate", _("佣金率最高"), "bps"),
        SortWay("per_sale", _("每单赚得最多"), "per_sale_fen"),
        SortWay("price", _("价格从低到高"), "price_fen", is_ascending=True),
        SortWay("price_down", _("价格从高到低"), "price_fen"),
        SortWay("newest", _("最新上架"), "listed_at"),
        SortWay("conversion", _("转化率最高"), "conversion_bps"),
        SortWay("value", _("性价比最高"), "value"),
    )
}
PLAN_TYPES = [
    (Kind.NORMAL.value, _("普通计划")),
    (Kind.NORMAL_ACTIVITY.value, _("团长活动")),
    (Kind.ITEM_TARGETED.value, _("商品定向计划")),
    (Kind.SHOP_TARGETED.value, _("店铺定向计划")),
    (Kind.EXCLUSIVE.value, _("专属计划")),
    (Kind.EXCLUSIVE_ACTIVITY.value, _("专属活动")),
]


@dataclass(frozen=True)
class Filters:
    """Whole fen, bps, hundredths of a score, codes. ``per_sale_from`` is net, as cards show it. Empty: no bound."""

    q: str = ""
    category: str = ""
    price_from: int | None = None
    price_to: int | None = None
    rate_from: int | None = None
    per_sale_from: int | None = None
    sales_from: int | None = None
    score_from: int | None = None
    plan_type: str = ""
    brand: str = ""
    city: str = ""
    base: str = ""
    leader: str = ""
    in_stock: bool = False
    new_days: int | None = None
    not_on_shelf: bool = False
    provenance: str = ""
    origin: str = ""
    module: str = ""
    sort: str = "best"

    @property
    def way(self) -> SortWay:
        return SORTS[self.sort]

    @property
    def in_force(self) -> dict[str, Any]:
        """The filters that narrow, by name."""
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "sort"}
        return {name: value for name, value in values.items() if value not in ("", None, False)}

    def without(self, *names: str) -> "Filters":
        return replace(self, **{name: getattr(EVERYTHING, name) for name in names})

    def query_string(self, **changes: Any) -> str:
        """As the page's address writes it, in one order, so that the same filters are the same text."""
        changed = replace(self, **changes)
        sort = {} if changed.sort == EVERYTHING.sort else {"sort": changed.sort}
        return urlencode({name: _written(name, value) for name, value in changed.in_force.items()} | sort)


EVERYTHING = Filters()


def working_bases() -> QuerySet[Tenant]:
    return Tenant.objects.filter(base__in=Base.objects.working()).select_related("base").order_by("base__city", "pk")


class CategoryField(forms.ModelChoiceField):
    def label_from_instance(self, category: Category) -> str:
        return "　" * (category.level - 1) + category.name


class BaseField(forms.ModelChoiceField):
    def label_from_instance(self, base: Tenant) -> str:
        return f"{base.base.city_name} · {base.name}"


class CodeField(TextField):
    """The code of a row of ``rows``, which are too many for a menu; its name is what a chip shows."""

    def __init__(self, rows: QuerySet, **options: Any) -> None:
        super().__init__(**{"max_length": inputs.MAX_KEY, "required": False, "widget": forms.HiddenInput} | options)
        self.rows = rows

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if not code:
            return None
        found = self.rows.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("没有编号为「%(code)s」的选项。") % {"code": code}, code="unknown")
        return found

    def prepare_value(self, value: Any) -> Any:
        return str(value) if value is not None else ""


def _box(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class SelectionForm(forms.Form):
    """People write yuan, percent and points. What cannot be used narrows nothing and says why."""

    q = TextField(label=_("关键词"), max_length=SEARCH_LENGTH, required=False, widget=SearchBox)
    category = CategoryField(
        label=_("类目"),
        queryset=Category.objects.in_order(),
        required=False,
        to_field_name="code",
        empty_label=_("全部类目"),
    )
    price_from = YuanField(label=_("最低价（元）"), required=False)
    price_to = YuanField(label=_("最高价（元）"), required=False)
    rate_from = PercentField(label=_("佣金率不低于（%）"), required=False)
    per_sale_from = YuanField(label=_("每单净赚不低于（元）"), required=False)
    sales_from = WholeField(label=_("近 30 天销量不低于"), required=False)
    score_from = YuanField(label=_("店铺分不低于"), required=False, max_value=5)
    plan_type = forms.ChoiceField(label=_("佣金来源"), required=False, choices=[("", _("全部")), *PLAN_TYPES])
    brand = CodeField(Brand.objects.all(), label=_("品牌"))
    city = forms.ChoiceField(label=_("基地城市"), required=False, choices=lambda: [("", _("全部城市")), *cities()])
    base = BaseField(
        label=_("基地"),
        queryset=working_bases(),
        required=False,
        to_field_name="code",
        empty_label=_("全部基地"),
    )
    leader = CodeField(Tenant.objects.filter(kind=Tenant.Kind.TUANZHANG), label=_("团长"))
    in_stock = _box(_("有货"))
    new_days = WholeField(label=_("几天内上架"), required=False, min_value=1, max_value=MAX_NEW_DAYS)
    not_on_shelf = _box(_("不在我的货架上"))
    provenance = forms.ChoiceField(
        label=_("货源"), required=False, choices=[("", _("全部")), *Product.Provenance.choices]
    )
    origin = forms.ChoiceField(label=_("产业带"), required=False, choices=lambda: [("", _("全部产业带")), *cities()])
    module = CodeField(Module.objects.all(), label=_("栏目"))

    def __init__(self, query: Mapping[str, Any], *, is_shown: bool = True) -> None:
        """Where the form is not ``is_shown``, it has the fields that ``query`` fills and no others."""
        if not is_shown:
            self.base_fields = {name: field for name, field in self.base_fields.items() if query.get(name)}
        super().__init__(query)
        self.sort = query.get("sort") if query.get("sort") in SORTS else EVERYTHING.sort
        self.full_clean()

    @property
    def known(self) -> dict[tuple[str, str], int]:
        """The ids of the rows that codes name, by field and code."""
        rows = {name: value for name, value in self.cleaned_data.items() if isinstance(value, Model)}
        return {(name, row.code): row.pk for name, row in rows.items()}

    @property
    def filters(self) -> Filters:
        """What could be read."""
        read = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        return Filters(**{name: getattr(value, "code", value) for name, value in read.items()}, sort=self.sort)


def _written(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "on"
    if name in ("price_from", "price_to", "per_sale_from", "score_from"):
        return yuan(value).replace(",", "").replace("¥", "")
    return percent(value).rstrip("%") if name == "rate_from" else str(value)
