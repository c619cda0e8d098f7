"""What the lists of bases, brands and rooms may be narrowed by."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bases.forms import cities
from bases.models import Base, BaseLevel, Brand, Consent, Reservation, Room, Stock
from haowu.ground import days
from haowu.ground.fields import SearchFilter
from haowu.tenants.models import Tenant


class BaseFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("基地名称"), columns=("base__name",))
    city = django_filters.ChoiceFilter(label=_("城市"), choices=cities, empty_label=_("全部城市"))
    level = django_filters.ChoiceFilter(label=_("级别"), choices=BaseLevel.choices, empty_label=_("全部级别"))

    class Meta:
        model = Base
        fields: list[str] = []


class ConsentFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("对方名称"), method="named")
    state = django_filters.ChoiceFilter(
        label=_("状态"), method="in_state", choices=Consent.State.choices, empty_label=_("全部状态")
    )

    class Meta:
        model = Consent
        fields: list[str] = []

    def named(self, rows: QuerySet, name: str, text: str) -> QuerySet:
        other = "merchant" if self.request.tenant.kind == Tenant.Kind.BASE else "base"
        return rows.filter(**{f"{other}__name__icontains": text})

    def in_state(self, rows: QuerySet, name: str, state: str) -> QuerySet:
        return rows.in_state(state, days.now())


class BrandFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("品牌"), columns=("name",))

    class Meta:
        model = Brand
        fields: list[str] = []


class RoomFilter(django_filters.FilterSet):
    city = django_filters.ChoiceFilter(
        label=_("城市"), field_name="base__base__city", choices=cities, empty_label=_("全部城市")
    )

    class Meta:
        model = Room
        fields: list[str] = []


class ReservationFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("订单号或商品编号"), method="named")
    status = django_filters.ChoiceFilter(label=_("状态"), choices=Reservation.Status.choices, empty_label=_("全部状态"))

    class Meta:
        model = Reservation
        fields: list[str] = []

    def named(self, rows: QuerySet, name: str, text: str) -> QuerySet:
        return rows.filter(Q(reference__contains=text) | Q(stock__product_code=text) | Q(stock__sku_code=text))


class OwnStockFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("商品、规格编号或商家"), method="named")
    free = django_filters.ChoiceFilter(
        label=_("现货"), choices=[("yes", _("有现货")), ("no", _("已售空"))], method="with_free", empty_label=_("不限")
    )

    class Meta:
        model = Stock
        fields: list[str] = []

    def named(self, rows: QuerySet, name: str, text: str) -> QuerySet:
        return rows.about(text)

    def with_free(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(available__gt=0) if value == "yes" else rows.filter(available__lte=0)


class MerchantStockFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("商品或规格编号"), method="named")
    city = django_filters.ChoiceFilter(
        label=_("城市"), field_name="base__base__city", choices=cities, empty_label=_("全部城市")
    )

    class Meta:
        model = Stock
        fields: list[str] = []

    def named(self, rows: QuerySet, name: str, text: str) -> QuerySet:
        return rows.filter(Q(product_code=text) | Q(sku_code=text))
