"""What a streamer may narrow the lists beside the selection centre by."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from haowu.ground.fields import SearchFilter
from merchants.models import Product
from streamers.models import Link, LiveSession, Pick
from tuanzhang.models import Recommendation


class ActivityGoodsFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("关键词"), columns=("title",))

    class Meta:
        model = Product
        fields: list[str] = []


class RecommendedFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("团长或推荐语"), columns=("note", "leader__name"))
    fresh = django_filters.BooleanFilter(label=_("只看没看过的"), method="not_seen", widget=forms.CheckboxInput)
    mine = django_filters.BooleanFilter(label=_("只看推荐给我的"), method="to_me", widget=forms.CheckboxInput)

    class Meta:
        model = Recommendation
        fields: list[str] = []

    def not_seen(self, rows: QuerySet, name: str, wanted: bool | None) -> QuerySet:
        return rows.filter(seen_at__isnull=True) if wanted else rows

    def to_me(self, rows: QuerySet, name: str, wanted: bool | None) -> QuerySet:
        return rows.filter(audience=Recommendation.Audience.NAMED) if wanted else rows


class ShelfFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("关键词"), columns=("product__title",))

    class Meta:
        model = Pick
        fields: list[str] = []


class LinkFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("商品或渠道标记"), columns=("product__title", "sub_id"))

    class Meta:
        model = Link
        fields: list[str] = []


class SessionFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("场次名称"), columns=("title",))
    status = django_filters.ChoiceFilter(label=_("状态"), choices=LiveSession.Status.choices, empty_label=_("全部状态"))

    class Meta:
        model = LiveSession
        fields: list[str] = []
