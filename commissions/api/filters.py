"""The query parameters of the lists. Times name their axis."""

import django_filters
from django.db.models import QuerySet

from commissions.models import OrderEvent, OrderLine, Withdrawal
from haowu.ledger.models import Account, Posting
from haowu.partners.filters import CodeFilter, DayFilter, MomentFilter


class OrderEventFilters(django_filters.FilterSet):
    received_from = MomentFilter(field_name="received_at", lookup_expr="gte")
    received_to = MomentFilter(field_name="received_at", lookup_expr="lt")
    occurred_from = MomentFilter(field_name="occurred_at", lookup_expr="gte")
    occurred_to = MomentFilter(field_name="occurred_at", lookup_expr="lt")
    verdict = django_filters.ChoiceFilter(choices=OrderEvent.Verdict.choices)
    order_no = CodeFilter(field_name="order__order_no")


class OrderFilters(django_filters.FilterSet):
    ordered_from = MomentFilter(field_name="ordered_at", lookup_expr="gte")
    ordered_to = MomentFilter(field_name="ordered_at", lookup_expr="lt")
    updated_from = MomentFilter(field_name="updated_at", lookup_expr="gte")
    updated_to = MomentFilter(field_name="updated_at", lookup_expr="lt")
    status = django_filters.ChoiceFilter(choices=OrderLine.Status.choices, method="in_status")
    order_no = CodeFilter()

    def in_status(self, lines: QuerySet[OrderLine], name: str, status: str) -> QuerySet[OrderLine]:
        return lines.in_status(status)


class StatementFilters(django_filters.FilterSet):
    day_from = DayFilter(field_name="day", lookup_expr="gte")
    day_to = DayFilter(field_name="day", lookup_expr="lte")
    account = django_filters.ChoiceFilter(field_name="account__kind", choices=Account.Kind.choices)


class WithdrawalFilters(django_filters.FilterSet):
    requested_from = MomentFilter(field_name="requested_at", lookup_expr="gte")
    requested_to = MomentFilter(field_name="requested_at", lookup_expr="lt")
    updated_from = MomentFilter(field_name="touched_at", lookup_expr="gte")
    updated_to = MomentFilter(field_name="touched_at", lookup_expr="lt")
    status = django_filters.ChoiceFilter(choices=Withdrawal.Status.choices)


class PostingFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=Posting.Kind.choices)
