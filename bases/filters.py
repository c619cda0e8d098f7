"""What the lists of bases, brands and rooms may be narrowed by."""

import django_filters
from django.utils.translation import gettext_lazy as _

from bases.forms import cities
from bases.models import Base, Brand, Level, Room
from haowu.fields import SearchBox


class BaseFilter(django_filters.FilterSet):
    city = django_filters.ChoiceFilter(label=_("城市"), choices=cities, empty_label=_("全部城市"))
    level = django_filters.ChoiceFilter(label=_("级别"), choices=Level.choices, empty_label=_("全部级别"))

    class Meta:
        model = Base
        fields: list[str] = []


class BrandFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("品牌"), field_name="name", lookup_expr="icontains", max_length=64, widget=SearchBox
    )

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
