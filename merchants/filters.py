"""What a merchant may narrow its lists by. The state stands in the address."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.ground.fields import SearchFilter
from merchants.models import Plan, Product


class ProductFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("标题或编号"), method="matching")
    status = django_filters.ChoiceFilter(label=_("状态"), choices=Product.Status.choices, empty_label=_("全部状态"))

    class Meta:
        model = Product
        fields: list[str] = []

    def matching(self, products: QuerySet, name: str, words: str) -> QuerySet:
        return products.filter(Q(title__icontains=words) | Q(code__icontains=words))


class PlanFilter(django_filters.FilterSet):
    type = django_filters.ChoiceFilter(label=_("计划类型"), choices=Plan.Type.choices, empty_label=_("全部类型"))
    state = django_filters.ChoiceFilter(
        label=_("状态"),
        method="in_state",
        choices=[("open", _("进行中")), ("ended", _("已结束"))],
        empty_label=_("全部状态"),
    )

    class Meta:
        model = Plan
        fields: list[str] = []

    def in_state(self, plans: QuerySet, name: str, state: str) -> QuerySet:
        return plans.ended(days.now()) if state == "ended" else plans.not_ended(days.now())
