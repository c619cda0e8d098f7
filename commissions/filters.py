"""What parties may narrow orders and statements by."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from commissions.models import Dispute, OrderLine, Withdrawal
from haowu.ground import days
from haowu.ground.fields import DayFilter, SearchFilter
from haowu.ledger.models import Account, DailyBalance

AWAITING_RECEIPT = "awaiting"
STATUSES = [*OrderLine.Status.choices, (AWAITING_RECEIPT, _("待收货（已付款、已发货）"))]


class LineFilter(django_filters.FilterSet):
    q = SearchFilter(
        label=_("订单号、商品、达人"), columns=("order_no__startswith", "product__title", "streamer__name")
    )
    status = django_filters.ChoiceFilter(
        label=_("状态"), choices=STATUSES, method="in_status", empty_label=_("全部状态")
    )
    product = SearchFilter(label=_("商品编号"), field_name="product__code")
    activity = SearchFilter(label=_("活动编号"))
    ordered_from = DayFilter(label=_("下单日从"), method="from_day")
    ordered_to = DayFilter(label=_("下单日到"), method="to_day")

    class Meta:
        model = OrderLine
        fields: list[str] = []

    def in_status(self, lines: QuerySet, name: str, status: str) -> QuerySet:
        """Settled is what the night wrote, whatever the line says; the other statuses are of lines not settled yet."""
        if status == OrderLine.Status.SETTLED:
            return lines.filter(is_settled=True)
        if status == AWAITING_RECEIPT:
            return lines.filter(is_settled=False, status__in=[OrderLine.Status.PAID, OrderLine.Status.SHIPPED])
        return lines.filter(is_settled=False, status=status)

    def from_day(self, lines: QuerySet, name: str, day) -> QuerySet:
        return lines.filter(ordered_at__gte=days.start_of(day))

    def to_day(self, lines: QuerySet, name: str, day) -> QuerySet:
        return lines.filter(ordered_at__lt=days.start_of(day + days.ONE_DAY))


class StatementFilter(django_filters.FilterSet):
    account = django_filters.ChoiceFilter(
        label=_("账户"), field_name="account__kind", choices=Account.Kind.choices, empty_label=_("全部账户")
    )
    day_from = DayFilter(label=_("从"), field_name="day", lookup_expr="gte")
    day_to = DayFilter(label=_("到"), field_name="day", lookup_expr="lte")

    class Meta:
        model = DailyBalance
        fields: list[str] = []


class WithdrawalFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(label=_("状态"), choices=Withdrawal.Status.choices, empty_label=_("全部状态"))
    day_from = DayFilter(label=_("申请日从"), field_name="requested_on", lookup_expr="gte")
    day_to = DayFilter(label=_("申请日到"), field_name="requested_on", lookup_expr="lte")

    class Meta:
        model = Withdrawal
        fields: list[str] = []


class DisputeFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(label=_("状态"), choices=Dispute.Status.choices, empty_label=_("全部状态"))

    class Meta:
        model = Dispute
        fields: list[str] = []
