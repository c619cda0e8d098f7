"""What the resources of the shelf take and answer, and how they name goods."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from haowu.ground.errors import NotFound, Refused
from haowu.partners.fields import CodeField, TextField
from haowu.partners.views import PartnerView
from merchants.models import Product
from streamers import shelf
from streamers.api import STREAMERS, ProductRefOut
from streamers.centre.filters import PLAN_TYPES
from streamers.changes import Change, Kind
from streamers.models import Pick
from streamers.models.group import NAME_LENGTH
from streamers.selection import open_to

BATCH: dict[str, Any] = {"min_length": 1, "max_length": shelf.MOST}


class GoodRef(serializers.Serializer):
    merchant = CodeField(help_text=_("商家编号"))
    code = CodeField(help_text=_("商品编号"))


class PickIn(serializers.Serializer):
    product = GoodRef()
    activity = CodeField(required=False, default="", help_text=_("经哪个活动选入（分享口令）；不写就不经活动"))


class PicksIn(serializers.Serializer):
    picks = serializers.ListField(child=PickIn(), **BATCH)


class PickOut(serializers.Serializer):
    product = GoodRef()
    status = serializers.ChoiceField(choices=["accepted", "rejected"])
    code = serializers.CharField(allow_blank=True, help_text=_("rejected 的稳定原因码"))
    message = serializers.CharField(allow_blank=True)
    pid = serializers.CharField(allow_blank=True, help_text=_("推广位"))


class PicksOut(serializers.Serializer):
    results = PickOut(many=True, help_text=_("顺序与请求相同"))


class UnpickIn(serializers.Serializer):
    product = GoodRef()


class UnpicksIn(serializers.Serializer):
    unpicks = serializers.ListField(child=UnpickIn(), **BATCH)


class ReplacementIn(serializers.Serializer):
    product = GoodRef(help_text=_("换下的"))
    by = GoodRef(help_text=_("换上的"))
    activity = CodeField(required=False, default="", help_text=_("换上的经哪个活动选入（分享口令）"))


class ReplacementsIn(serializers.Serializer):
    replacements = serializers.ListField(child=ReplacementIn(), **BATCH)


class MoveIn(serializers.Serializer):
    product = GoodRef()


class MovesIn(serializers.Serializer):
    group = CodeField(max_length=16, required=False, default="", help_text=_("分组的 id；不写就移出分组"))
    moves = serializers.ListField(child=MoveIn(), **BATCH)


class PlaceIn(serializers.Serializer):
    product = GoodRef()
    before = GoodRef(required=False, help_text=_("放到它前面"))
    after = GoodRef(required=False, help_text=_("放到它后面"))

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        if ("before" in sent) == ("after" in sent):
            raise serializers.ValidationError({"before": _("before 和 after 写一个。")}, code="required")
        return sent


class GroupIn(serializers.Serializer):
    name = TextField(max_length=NAME_LENGTH)


class GroupOut(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    products = serializers.IntegerField(source="n", help_text=_("组里有几款"))


class GroupsOut(serializers.Serializer):
    results = GroupOut(many=True)


class ChangeOut(serializers.Serializer):
    kind = serializers.ChoiceField(
        choices=[(kind.value, kind.value) for kind in Kind],
        help_text=_(
            "gone 已下架，hidden 暂不展示，kept 由他人独家，nothing 没有佣金，sold_out 卖完，over 活动已结束；"
            "有 at 的将要发生：kept_soon 将由他人独家，ends 佣金结束，falls 降，replaced 换成别的计划，rises 升"
        ),
    )
    at = serializers.DateTimeField(source="turn.at", allow_null=True, default=None)
    commission_bps = serializers.IntegerField(source="new_bps", allow_null=True, help_text=_("从那时起"))
    per_sale_net_fen = serializers.SerializerMethodField()
    better_activity = serializers.CharField(
        source="better.share_token", allow_null=True, default=None, help_text=_("经它选入会更多的活动（分享口令）")
    )
    better_commission_bps = serializers.IntegerField(source="better_bps", allow_null=True)

    def get_per_sale_net_fen(self, change: Change) -> int | None:
        return change.new_net_fen if change.turn else None


class ShelfItemOut(serializers.Serializer):
    id = serializers.CharField()
    pid = serializers.CharField(help_text=_("推广位"))
    product = ProductRefOut()
    title = serializers.CharField()
    price_fen = serializers.IntegerField()
    stock = serializers.IntegerField()
    offer = serializers.ChoiceField(choices=PLAN_TYPES, allow_null=True, help_text=_("对你生效的佣金来源"))
    commission_bps = serializers.IntegerField(allow_null=True)
    per_sale_net_fen = serializers.IntegerField()
    next_commission_bps = serializers.IntegerField(allow_null=True, help_text=_("明日 0 点起"))
    group = serializers.CharField(allow_null=True, help_text=_("分组的 id"))
    picked_at = serializers.DateTimeField()
    change = ChangeOut(allow_null=True)


class OfShelf:
    """What its resources share: products named by merchant and code, as far as the caller may open them."""

    tenant: Any

    def named(self, refs: Iterable[dict[str, str]]) -> dict[tuple[str, str], Product]:
        wanted = {(ref["merchant"], ref["code"]) for ref in refs}
        merchants, codes = {merchant for merchant, _code in wanted}, {code for _merchant, code in wanted}
        found = open_to(self.tenant).of_codes(merchants, codes)
        return {(each.merchant.code, each.code): each for each in found if (each.merchant.code, each.code) in wanted}


def key_of(ref: dict[str, str]) -> tuple[str, str]:
    return ref["merchant"], ref["code"]


def unknown(ref: dict[str, str]) -> NotFound:
    return NotFound(_("没有你可以推广的商品「{merchant}/{code}」。"), **ref)


def answered(refs: Sequence[dict[str, str]], answers: Sequence[Any]) -> Response:
    return Response({"results": [answer_of(ref, answer) for ref, answer in zip(refs, answers, strict=True)]})


def answer_of(ref: dict[str, str], answer: Any) -> dict[str, Any]:
    if isinstance(answer, Refused):
        return {"product": ref, "status": "rejected", "code": answer.code, "message": answer.message, "pid": ""}
    pid = answer.pid if isinstance(answer, Pick) else ""
    return {"product": ref, "status": "accepted", "code": "", "message": "", "pid": pid}


class Acting(OfShelf, PartnerView):
    required_scopes = {"POST": ["shelf:write"]}
    kinds = STREAMERS
    queryset = Pick.objects.none()
    serializer_class = PicksOut

    def read(self, serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
        body = serializer(data=request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data
