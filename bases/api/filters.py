"""The query parameters of the lists. Times name their axis."""

import django_filters

from bases.models import Feed, Introduction
from haowu.partners.filters import CodeFilter, MomentFilter


class FeedFilters(django_filters.FilterSet):
    received_from = MomentFilter(field_name="received_at", lookup_expr="gte")
    received_to = MomentFilter(field_name="received_at", lookup_expr="lt")
    status = django_filters.ChoiceFilter(choices=Feed.Status.choices)


class StockFilters(django_filters.FilterSet):
    merchant = CodeFilter(field_name="merchant__code")
    product = CodeFilter(field_name="product_code")
    sku = CodeFilter(field_name="sku_code")


class IntroductionFilters(django_filters.FilterSet):
    submitted_from = MomentFilter(field_name="submitted_at", lookup_expr="gte")
    submitted_to = MomentFilter(field_name="submitted_at", lookup_expr="lt")
    status = django_filters.ChoiceFilter(choices=Introduction.Status.choices)
