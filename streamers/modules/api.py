"""``/selection-modules``: the modules of the selection centre's front page, and their goods for this streamer."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from haowu.ground.errors import NotFound
from streamers.api import PAGING, OfCentre, SelectionOut, answered, documented, read_query
from streamers.centre.filters import Filters
from streamers.models import Module
from streamers.modules import counting
from streamers.modules.rules import filters_of

PAGED = {name: each for name, each in PAGING.items() if name != "facets"}


class ModuleOut(serializers.Serializer):
    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=Module.Kind.choices)
    name = serializers.CharField()
    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text=_("null：没有定结束"))
    rule = serializers.CharField(source="query", allow_blank=True, help_text=_("现在的规则，同选品中心地址里的筛选"))


class ModulesOut(serializers.Serializer):
    results = ModuleOut(many=True)


@extend_schema(tags=["selection"])
class ModulesView(OfCentre):
    serializer_class = ModulesOut

    @extend_schema(operation_id="list_selection_modules", summary=_("选品栏目"))
    def get(self, request: Request) -> Response:
        at = self.looker.at
        running = Module.objects.running(at).with_rules(at).in_order()
        return Response({"results": ModuleOut(running, many=True).data})


@extend_schema(tags=["selection"])
class ModuleProductsView(OfCentre):
    serializer_class = SelectionOut
    query_parameters = tuple(PAGED)

    @extend_schema(
        operation_id="list_selection_module_products",
        summary=_("一个选品栏目里你可以推广的商品"),
        parameters=documented(PAGED),
        responses=SelectionOut,
    )
    def get(self, request: Request, code: str) -> Response:
        looker, sent = self.looker, read_query(request.query_params, PAGED)
        module = Module.objects.called(code, looker.at)
        if module is None:
            raise NotFound(_("没有正在展示的选品栏目「{code}」。"), code=code)
        if "cursor" not in sent:
            counting.looked(module.code, looker.at)
        filters = Filters(module=module.code, sort=filters_of(module.query).sort)
        return answered(request, looker, filters, **sent)
