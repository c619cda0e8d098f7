"""What a streamer may narrow the selection list by."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bases.forms import cities
from bases.models import Base
from haowu.ground import days
from haowu.ground.fields import PercentFilter, SearchFilter, YuanFilter
from haowu.tenants.models import Tenant
from merchants.models import Category, Product
from streamers.models import Pick
from streamers.selection import in_category, not_on_shelf
from tuanzhang.models import Recommendation


class CategoryField(django_filters.fields.ModelChoiceField):
    def label_from_instance(self, category: Category) -> str:
        return "　" * (category.level - 1) + category.name


class CategoryFilter(django_filters.ModelChoiceFilter):
    field_class = CategoryField


def working_bases() -> QuerySet[Tenant]:
    return Tenant.objects.filter(base__in=Base.objects.working()).select_related("base").order_by("base__city", "pk")


class BaseField(django_filters.fields.ModelChoiceField):
    def label_from_instance(self, base: Tenant) -> str:
        return f"{base.base.city_name} · {base.name}"


class BaseFilter(django_filters.ModelChoiceFilter):
    field_class = BaseField


class SelectionFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("关键词"), field_name="title", lookup_expr="icontains")
    category = CategoryFilter(
        label=_("类目"),
        queryset=lambda request: Category.objects.in_order(),
        method="within",
        empty_label=_("全部类目"),
    )
    price_from = YuanFilter(label=_("最低价（元）"), field_name="price_fen", lookup_expr="gte")
    price_to = YuanFilter(label=_("最高价（元）"), field_name="price_fen", lookup_expr="lte")
    rate_from = PercentFilter(label=_("佣金率不低于（%）"), field_name="commission_bps", lookup_expr="gte")
    city = django_filters.ChoiceFilter(
        label=_("基地城市"), choices=cities, method="lying_in", empty_label=_("全部城市")
    )
    base = BaseFilter(
        label=_("基地"), queryset=lambda request: working_bases(), method="lying_at", empty_label=_("全部基地")
    )
    fresh = django_filters.BooleanFilter(label=_("不在我的货架上"), method="not_picked", widget=forms.CheckboxInput)

    class Meta:
        model = Product
        fields: list[str] = []

    def within(self, products: QuerySet, name: str, category: Category) -> QuerySet:
        return in_category(products, category)

    def lying_in(self, products: QuerySet, name: str, city: str) -> QuerySet:
        return products.lying_in(city, days.now())

    def lying_at(self, products: QuerySet, name: str, base: Tenant) -> QuerySet:
        return products.lying_at(base, days.now())

    def not_picked(self, products: QuerySet, name: str, wanted: bool | None) -> QuerySet:
        return not_on_shelf(products, self.request.tenant) if wanted else products


class ActivityGoodsFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("关键词"), field_name="title", lookup_expr="icontains")

    class Meta:
        model = Product
        fields: list[str] = []


class RecommendedFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("团长或推荐语"), method="matching")
    fresh = django_filters.BooleanFilter(label=_("只看没看过的"), method="not_seen", widget=forms.CheckboxInput)
    mine = django_filters.BooleanFilter(label=_("只看推荐给我的"), method="to_me", widget=forms.CheckboxInput)

    class Meta:
        model = Recommendation
        fields: list[str] = []

    def matching(self, rows: QuerySet, name: str, words: str) -> QuerySet:
        return rows.filter(Q(note__icontains=words) | Q(leader__name__icontains=words))

    def not_seen(self, rows: QuerySet, name: str, wanted: bool | None) -> QuerySet:
        return rows.filter(seen_at__isnull=True) if wanted else rows

    def to_me(self, rows: QuerySet, name: str, wanted: bool | None) -> QuerySet:
        return rows.filter(audience=Recommendation.Audience.NAMED) if wanted else rows


class ShelfFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("关键词"), field_name="product__title", lookup_expr="icontains")

    class Meta:
        model = Pick
        fields: list[str] = []
