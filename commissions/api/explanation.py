"""The shape of a line's explanation: what happened, what is in its way, where it was booked, what comes next."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from commissions.models import Dispute, LineHold, OrderEvent
from haowu.ledger.models import Account, Posting


class EventOut(serializers.Serializer):
    """As received; ``code`` says why it was parked or rejected.

    Of a refund of the whole order a party of the line sees what it took off this line.
    """

    event_id = serializers.CharField()
    type = serializers.CharField()
    line_no = serializers.IntegerField(allow_null=True, help_text=_("null 表示整单"))
    occurred_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    verdict = serializers.ChoiceField(choices=OrderEvent.Verdict.choices)
    code = serializers.CharField(allow_blank=True)
    quantity = serializers.IntegerField(required=False)
    price_fen = serializers.IntegerField(required=False)
    merchant_coupon_fen = serializers.IntegerField(required=False)
    platform_coupon_fen = serializers.IntegerField(required=False)
    price_subsidy_fen = serializers.IntegerField(required=False)
    refund_no = serializers.CharField(required=False)
    amount_fen = serializers.IntegerField(required=False)
    goods_fen = serializers.IntegerField(required=False)
    freight_fen = serializers.IntegerField(required=False)
    case_no = serializers.CharField(required=False)


class LineHoldOut(serializers.Serializer):
    kind = serializers.ChoiceField(choices=LineHold.Kind.choices)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(help_text=_("最迟解除的时间"))
    released_at = serializers.DateTimeField(allow_null=True)


class LineDisputeOut(serializers.Serializer):
    """Only for its two sides."""

    id = serializers.CharField()
    claimant = serializers.CharField()
    respondent = serializers.CharField()
    status = serializers.ChoiceField(choices=Dispute.Status.choices)
    reason = serializers.CharField()
    decision = serializers.CharField(allow_blank=True)
    amount_fen = serializers.IntegerField()
    frozen_fen = serializers.IntegerField()
    take_fen = serializers.IntegerField()
    taken_fen = serializers.IntegerField()
    opened_at = serializers.DateTimeField()
    until = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class LineStepOut(serializers.Serializer):
    """From the night of ``day`` on the plan's step gives the line this rate."""

    day = serializers.DateField()
    commission_bps = serializers.IntegerField()


class WaitingAdjustmentOut(serializers.Serializer):
    """What the line comes to in all once the night of ``day`` has booked the difference."""

    day = serializers.DateField()
    base_fen = serializers.IntegerField()
    tech_bps = serializers.IntegerField(allow_null=True, help_text=_("更正后的技术服务费率；null 为冻结的费率"))
    streamer_net_fen = serializers.IntegerField(required=False)
    first_leader_net_fen = serializers.IntegerField(required=False)
    second_leader_net_fen = serializers.IntegerField(required=False)
    provider_net_fen = serializers.IntegerField(required=False)
    agency_net_fen = serializers.IntegerField(required=False)
    merchant_cost_fen = serializers.IntegerField(required=False)


class LinePostingOut(serializers.Serializer):
    """A netted posting of the caller's account that holds a phase of the line."""

    day = serializers.DateField()
    phase = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Posting.Kind.choices)
    party = serializers.CharField()
    account = serializers.ChoiceField(choices=Account.Kind.choices)
    amount_fen = serializers.IntegerField(allow_null=True, help_text=_("本行的部分；null 表示只有整晚的合计"))
    reference = serializers.CharField()
    netted_fen = serializers.IntegerField(help_text=_("当晚这笔记账的合计"))


class CreditOut(serializers.Serializer):
    """What a night counted for the calling leader's quarter."""

    quarter = serializers.CharField()
    day = serializers.DateField()
    leader = serializers.CharField()
    gmv_fen = serializers.IntegerField(help_text=_("追回为负"))


class NextOut(serializers.Serializer):
    what = serializers.ChoiceField(
        choices=["WAITS_FOR_RECEIPT", "HELD", "SETTLES", "SETTLING", "ADJUSTS", "DONE", "INVALID"]
    )
    night = serializers.DateField(allow_null=True, help_text=_("结算夜；HELD 时为不早于的结算夜"))
    until = serializers.DateTimeField(allow_null=True, help_text=_("HELD 时最迟自动解除的时间"))


class ExplanationOut(serializers.Serializer):
    trace = serializers.ListField(child=serializers.CharField(), help_text=_("逐条判断过的规则"))
    sentences = serializers.ListField(child=serializers.CharField(), help_text=_("给人看的说明"))
    settles_on = serializers.DateField(allow_null=True, help_text=_("结算夜；未收货或暂缓为 null；不给订单来源"))
    events = EventOut(many=True)
    holds = LineHoldOut(many=True)
    disputes = LineDisputeOut(many=True)
    steps = LineStepOut(many=True, help_text=_("阶梯佣金从哪个结算夜起改变了本行的佣金率"))
    adjustments = WaitingAdjustmentOut(many=True)
    postings = LinePostingOut(many=True)
    credits = CreditOut(many=True, help_text=_("计入哪一季的团长成交额，只给该团长"))
    next = NextOut(allow_null=True, help_text=_("不给订单来源"))
