"""``/brands``: the shared library. ``/brand-introductions``: what the calling base brought."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bases import introducing
from bases.api.filters import IntroductionFilters
from bases.api.stock import BASES
from bases.models import Brand, Introduction
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.partners.fields import CodeField, DayField, TextField
from haowu.partners.idempotency import idempotent
from haowu.partners.views import PartnerListView


class BrandOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class BrandIn(serializers.Serializer):
    name = TextField(max_length=64)
    document_no = CodeField(help_text=_("品牌方授权书编号"))
    authorised_from = DayField()
    authorised_to = DayField(help_text=_("含当日"))


class IntroductionsIn(serializers.Serializer):
    brands = serializers.ListField(child=BrandIn(), min_length=1, max_length=introducing.BATCH_LIMIT)


class IntroductionOut(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    brand = BrandOut()
    document_no = serializers.CharField()
    authorised_from = serializers.DateField()
    authorised_to = serializers.DateField()
    status = serializers.ChoiceField(choices=Introduction.Status.choices)
    reason = serializers.CharField(allow_blank=True)
    submitted_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class IntroducedOut(serializers.Serializer):
    id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=["submitted", "duplicate", "rejected"])
    code = serializers.CharField(allow_blank=True, help_text=_("rejected 的稳定原因码，其他为空"))
    message = serializers.CharField(allow_blank=True)


class IntroductionResultsOut(serializers.Serializer):
    results = IntroducedOut(many=True, help_text=_("顺序与 brands 相同"))


@extend_schema(tags=["brands"])
class BrandsView(PartnerListView):
    """Every party's to read: the library belongs to all bases, and streamers choose from it."""

    required_scopes = {"GET": ["brands:read"]}
    queryset = Brand.objects.none()
    ordering = ("pk",)
    serializer_class = BrandOut

    def get_queryset(self) -> QuerySet[Brand]:
        return Brand.objects.shared(days.day_of(days.now()))

    @extend_schema(operation_id="list_brands", summary=_("共享品牌库：授权有效的品牌"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


@extend_schema(tags=["brands"])
class IntroductionsView(PartnerListView):
    required_scopes = {"GET": ["brands:read"], "POST": ["brands:write"]}
    kinds = BASES
    queryset = Introduction.objects.none()
    filterset_class = IntroductionFilters
    ordering = ("-submitted_at", "-pk")
    serializer_class = IntroductionOut

    def get_queryset(self) -> QuerySet[Introduction]:
        return Introduction.objects.visible_to(self.tenant).select_related("brand")

    @extend_schema(operation_id="list_brand_introductions", summary=_("本基地提交的品牌，新的在前"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="introduce_brands",
        summary=_("引进品牌"),
        description=_("一次 1 到 100 个，逐个回答。duplicate 表示已有基地引进，不占额度。"),
        request=IntroductionsIn,
        responses={200: IntroductionResultsOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = IntroductionsIn(data=request.data)
        body.is_valid(raise_exception=True)
        wishes = [introducing.Authorised(**facts) for facts in body.validated_data["brands"]]
        answers = introducing.introduce_many(self.tenant, wishes, at=days.now())
        return Response(IntroductionResultsOut({"results": [_result(answer) for answer in answers]}).data)


def _result(answer: Introduction | Refused) -> dict[str, Any]:
    if isinstance(answer, Refused):
        return {"id": None, "status": "rejected", "code": answer.code, "message": answer.message}
    return {"id": answer.public_id, "status": answer.status, "code": "", "message": ""}
