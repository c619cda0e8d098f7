"""``/consents``: which bases may hold a merchant's goods; given and retracted by the merchant, read by both."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bases import consenting, refusals
from bases.models import Consent
from haowu.ground import days
from haowu.ground.errors import NotFound
from haowu.partners.access import KindRefused
from haowu.partners.fields import CodeField, MomentField
from haowu.partners.filters import CodeFilter, MomentFilter
from haowu.partners.idempotency import idempotent
from haowu.partners.views import PartnerListView, PartnerView
from haowu.tenants.models import Tenant

MERCHANTS = frozenset({Tenant.Kind.MERCHANT})
PARTIES = MERCHANTS | {Tenant.Kind.BASE}


class ConsentIn(serializers.Serializer):
    base = CodeField(help_text=_("基地编号"))
    begins_at = MomentField(
        required=False, allow_null=True, default=None, help_text=_("带时区，不早于现在；缺省为现在")
    )
    ends_at = MomentField(required=False, allow_null=True, default=None, help_text=_("带时区，不含；缺省为长期"))


class ConsentOut(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    merchant = serializers.CharField(source="merchant.code", help_text=_("商家编号"))
    base = serializers.CharField(source="base.code", help_text=_("基地编号"))
    base_name = serializers.CharField(source="base.name")
    city = serializers.CharField(source="base.base.city", help_text=_("基地所在城市"))
    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text=_("不含；null 为长期"))
    state = serializers.SerializerMethodField()
    given_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=Consent.State.choices))
    def get_state(self, consent: Consent) -> str:
        return consent.state_at(days.now()).value


class ConsentFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=Consent.State.choices, method="in_state")
    merchant = CodeFilter(field_name="merchant__code")
    base = CodeFilter(field_name="base__code")
    given_from = MomentFilter(field_name="given_at", lookup_expr="gte")
    given_to = MomentFilter(field_name="given_at", lookup_expr="lt")

    def in_state(self, rows: QuerySet[Consent], name: str, state: str) -> QuerySet[Consent]:
        return rows.in_state(state, days.now())


@extend_schema(tags=["consents"])
class ConsentsView(PartnerListView):
    required_scopes = {"GET": ["consents:read"], "POST": ["consents:write"]}
    kinds = PARTIES
    queryset = Consent.objects.none()
    filterset_class = ConsentFilters
    ordering = ("-given_at", "-pk")
    serializer_class = ConsentOut

    def get_queryset(self) -> QuerySet[Consent]:
        return Consent.objects.visible_to(self.tenant).with_parties()

    @extend_schema(
        operation_id="list_consents", summary=_("同意过的基地（商家），或同意本基地的商家（基地），新的在前")
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="agree_to_base",
        summary=_("商家同意一个基地存放并上报自己的货"),
        request=ConsentIn,
        responses={201: ConsentOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        if self.tenant.kind not in MERCHANTS:
            raise KindRefused(kind=self.tenant.get_kind_display())
        body = ConsentIn(data=request.data)
        body.is_valid(raise_exception=True)
        code = body.validated_data.pop("base")
        base = Tenant.objects.coded(Tenant.Kind.BASE, [code]).get(code)
        if base is None:
            raise refusals.BaseUnknown(base=code)
        made = consenting.agree(self.tenant, base, **body.validated_data, by=None, at=days.now())
        return Response(ConsentOut(made).data, status=201)


@extend_schema(tags=["consents"])
class RetractionOfConsentView(PartnerView):
    required_scopes = {"POST": ["consents:write"]}
    kinds = MERCHANTS
    queryset = Consent.objects.none()
    serializer_class = ConsentOut

    @extend_schema(
        operation_id="withdraw_consent",
        summary=_("撤回同意，立即生效"),
        description=_("基地的这些货立即不再计入库存；已预留的订单照常发出或释放。"),
        request=None,
        responses={201: ConsentOut},
    )
    @idempotent
    def post(self, request: Request, public_id: str) -> Response:
        consent = Consent.objects.visible_to(self.tenant).with_parties().filter(public_id=public_id).first()
        if consent is None:
            raise NotFound(_("没有你给出的同意「{id}」。"), id=public_id)
        consenting.retract(consent, by=None, at=days.now())
        return Response(ConsentOut(consent).data, status=201)
