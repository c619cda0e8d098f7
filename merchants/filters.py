"""What a merchant may narrow its lists by. The state stands in the address."""

import django_filters
from django.utils.translation import gettext_lazy as _

from haowu.ground.fields import SearchFilter, YuanFilter
from merchants.models import Plan, Product


class ProductFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("标题或编号"), columns=("title", "code"))
    status = django_filters.ChoiceFilter(label=_("状态"), choices=Product.Status.choices, empty_label=_("全部状态"))
    price_from = YuanFilter(label=_("售价不低于（元）"), field_name="price_fen", lookup_expr="gte")
    price_to = YuanFilter(label=_("售价不高于（元）"), field_name="price_fen", lookup_expr="lte")

    class Meta:
        model = Product
        fields: list[str] = []


class PlanFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("商品标题或编号"), columns=("product__title", "product__code"))
    type = django_filters.ChoiceFilter(label=_("计划类型"), choices=Plan.Type.choices, empty_label=_("全部类型"))

    class Meta:
        model = Plan
        fields: list[str] = []
