"""``/balances`` and ``/withdrawals``: what the calling party has, by bucket, and how it gets it paid out."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.api.filters import WithdrawalFilters
from commissions.models import Withdrawal
from commissions.payments import withdrawal_story, withdrawals
from commissions.payments.allowance import allowance
from commissions.statements.earnings import buckets
from haowu.ground import days
from haowu.ground.errors import NotFound
from haowu.partners.fields import AmountField, PlainCodeField
from haowu.partners.idempotency import idempotent
from haowu.partners.schema import ProblemOut
from haowu.partners.views import PartnerListView, PartnerView
from haowu.tenants.models import Tenant

PAYEES = frozenset({Tenant.Kind.STREAMER, Tenant.Kind.TUANZHANG, Tenant.Kind.PROVIDER, Tenant.Kind.BASE})


class AllowanceOut(serializers.Serializer):
    """What a withdrawal asked for now has to keep to."""

    min_fen = serializers.IntegerField(help_text=_("单笔最低"))
    most_fen = serializers.IntegerField(help_text=_("这次最多：可提现余额与今日剩余额度中较小的"))
    daily_fen = serializers.IntegerField(help_text=_("每日上限"))
    left_today_fen = serializers.IntegerField(help_text=_("今日还可提，Asia/Shanghai"))
    checked_above_fen = serializers.IntegerField(help_text=_("超过此数由第二人复核"))
    bank_account = serializers.CharField(allow_null=True, source="bank_account.masked", help_text=_("已脱敏"))
    obstacle = serializers.CharField(
        allow_null=True, source="obstacle.code", help_text=_("现在提现会得到的原因码；null 为可以提现")
    )


class BalancesOut(serializers.Serializer):
    pending_fen = serializers.IntegerField(help_text=_("已付款未收货，预估净额"))
    holding_fen = serializers.IntegerField(help_text=_("已收货未结算，净额"))
    available_fen = serializers.IntegerField(help_text=_("可提现"))
    frozen_fen = serializers.IntegerField(help_text=_("争议或账户冻结"))
    withdrawing_fen = serializers.IntegerField(help_text=_("已申请提现，未到账"))
    paid_fen = serializers.IntegerField(help_text=_("累计已到账"))
    debt_fen = serializers.IntegerField(help_text=_("欠款，正数"))
    withdrawal = AllowanceOut()


class WithdrawalIn(serializers.Serializer):
    number = PlainCodeField(help_text=_("你的提现单号，一个单号只提一笔"))
    amount_fen = AmountField(low=1)


class WithdrawalOut(serializers.Serializer):
    number = serializers.CharField()
    reference = serializers.CharField(help_text=_("流水号，银行附言里的号码"))
    amount_fen = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Withdrawal.Status.choices)
    bank_account = serializers.CharField(source="bank_account.masked", help_text=_("已脱敏"))
    requested_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField(source="touched_at")
    expected_on = serializers.SerializerMethodField(help_text=_("下一步最迟的工作日，节假日顺延；已了结为 null"))
    may_cancel = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True, help_text=_("拒绝或失败的原因"))
    next = serializers.SerializerMethodField(help_text=_("给人看的下一步"))

    def get_expected_on(self, withdrawal: Withdrawal) -> date | None:
        return withdrawal_story.expected_on(withdrawal)

    def get_next(self, withdrawal: Withdrawal) -> str:
        return withdrawal_story.next_step(withdrawal)


def refusals(*codes: str) -> OpenApiResponse:
    return OpenApiResponse(ProblemOut, "、".join(("IDEMPOTENCY_KEY_RUNNING", *codes)))


@extend_schema(tags=["money"])
class BalancesView(PartnerView):
    required_scopes = {"GET": ["earnings:read"]}
    kinds = PAYEES
    queryset = Withdrawal.objects.none()
    serializer_class = BalancesOut

    @extend_schema(operation_id="read_balances", summary=_("各桶余额与现在可提多少"))
    def get(self, request: Request) -> Response:
        body = vars(buckets(self.tenant)) | {"withdrawal": allowance(self.tenant, days.now())}
        return Response(BalancesOut(body).data)


class _Withdrawals(PartnerView):
    kinds = PAYEES
    queryset = Withdrawal.objects.none()
    serializer_class = WithdrawalOut

    def get_queryset(self) -> QuerySet[Withdrawal]:
        return Withdrawal.objects.visible_to(self.tenant).with_account()

    def one(self, number: str) -> Withdrawal:
        found = self.get_queryset().numbered(number)
        if found is None:
            raise NotFound(_("没有单号为「{number}」的提现。"), number=number)
        return found


@extend_schema(tags=["money"])
class WithdrawalsView(_Withdrawals, PartnerListView):
    required_scopes = {"GET": ["earnings:read"], "POST": ["withdrawals:write"]}
    filterset_class = WithdrawalFilters
    ordering = ("-requested_at", "-pk")

    @extend_schema(operation_id="list_withdrawals", summary=_("提现，新申请的在前"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="request_withdrawal",
        summary=_("申请提现"),
        description=_("同一单号、同一金额重发得到同一笔提现，不会重复提。"),
        request=WithdrawalIn,
        responses={
            201: WithdrawalOut,
            (409, "application/problem+json"): refusals(
                "WITHDRAWAL_NUMBER_TAKEN", "ACCOUNT_FROZEN", "IN_DEBT", "BALANCE_TOO_LOW"
            ),
        },
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = WithdrawalIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        made = withdrawals.request(self.tenant, asked["number"], asked["amount_fen"], None, days.now())
        return Response(WithdrawalOut(made).data, 201)


@extend_schema(tags=["money"])
class WithdrawalView(_Withdrawals):
    required_scopes = {"GET": ["earnings:read"]}

    @extend_schema(operation_id="read_withdrawal", summary=_("一笔提现现在的状态"))
    def get(self, request: Request, number: str) -> Response:
        return Response(WithdrawalOut(self.one(number)).data)


@extend_schema(tags=["money"])
class CancellationView(_Withdrawals):
    required_scopes = {"POST": ["withdrawals:write"]}

    @extend_schema(
        operation_id="cancel_withdrawal",
        summary=_("取消一笔还没有交给银行的提现"),
        request=None,
        responses={201: WithdrawalOut, (409, "application/problem+json"): refusals("STATE_REFUSED")},
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        ended = withdrawals.cancel(self.one(number), None, days.now())
        return Response(WithdrawalOut(ended).data, 201)
