"""``/products`` and whether they are listed; ``/categories``, which everybody reads."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from haowu.ground import days, inputs
from haowu.ground.errors import NotFound, Refused
from haowu.partners.fields import AmountField, CodeField, TextField, WholeField
from haowu.partners.filters import CodeFilter, MomentFilter
from haowu.partners.idempotency import idempotent
from haowu.partners.results import ResultsOut, results
from haowu.partners.views import PartnerListView, PartnerView
from haowu.tenants.models import Tenant
from merchants import editing, listing, refusals
from merchants.editing import Details, SkuWish
from merchants.importing.cells import MAX_STOCK
from merchants.importing.known import Known, catalogue
from merchants.models import Category, Product

MERCHANTS = frozenset({Tenant.Kind.MERCHANT})
BATCH = {"min_length": 1, "max_length": 100}


class SkuIn(serializers.Serializer):
    code = CodeField()
    spec = TextField(max_length=120, required=False, default="", allow_blank=True)
    price_fen = AmountField(low=1)
    stock = WholeField(high=MAX_STOCK)


class OwnSkuOut(serializers.Serializer):
    code = serializers.CharField()
    spec = serializers.CharField(allow_blank=True)
    price_fen = serializers.IntegerField()
    stock = serializers.IntegerField()


class DetailsIn(serializers.Serializer):
    title = TextField(max_length=120, required=False, allow_blank=True)
    category = TextField(
        max_length=255, required=False, allow_blank=True, help_text=_("从一级到三级的名称 a/b/c，或三级类目的编号")
    )
    brand = TextField(max_length=64, required=False, allow_blank=True, help_text=_("品牌编号或名称"))
    description = TextField(max_length=2000, required=False, allow_blank=True)
    skus = serializers.ListField(child=SkuIn(), min_length=1, max_length=200, required=False)


class NewProductIn(DetailsIn):
    code = CodeField(help_text=_("商家内唯一，建立后不能更改"))
    skus = serializers.ListField(child=SkuIn(), min_length=1, max_length=200)


class NewProductsIn(serializers.Serializer):
    products = serializers.ListField(child=NewProductIn(), **BATCH)


class CodesIn(serializers.Serializer):
    codes = serializers.ListField(child=CodeField(), **BATCH)


class OwnProductOut(serializers.Serializer):
    code = serializers.CharField()
    id = serializers.CharField(source="public_id")
    title = serializers.CharField(allow_blank=True)
    category = serializers.SerializerMethodField(help_text=_("三级类目的编号；没有时为空"))
    brand = serializers.SerializerMethodField(help_text=_("品牌编号；没有时为空"))
    description = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=Product.Status.choices)
    listed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    skus = OwnSkuOut(many=True)

    def get_category(self, product: Product) -> str:
        return product.category.code if product.category else ""

    def get_brand(self, product: Product) -> str:
        return product.brand.code if product.brand else ""


class CategoryOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.IntegerField(min_value=1, max_value=3)
    parent = serializers.CharField(source="parent.code", allow_null=True, default=None)


class ProductFilters(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=Product.Status.choices)
    brand = CodeFilter(field_name="brand__code")
    created_from = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_to = MomentFilter(field_name="created_at", lookup_expr="lt")


@extend_schema(tags=["products"])
class CategoriesView(PartnerListView):
    required_scopes = {"GET": ["products:read"]}
    queryset = Category.objects.none()
    ordering = ("code",)
    serializer_class = CategoryOut

    def get_queryset(self) -> QuerySet[Category]:
        return Category.objects.select_related("parent")

    @extend_schema(operation_id="list_categories", summary=_("三级类目"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class OwnProducts:
    tenant: Tenant

    def get_queryset(self) -> QuerySet[Product]:
        mine = Product.objects.visible_to(self.tenant).select_related("category", "brand")
        return mine.prefetch_related("skus")


@extend_schema(tags=["products"])
class ProductsView(OwnProducts, PartnerListView):
    required_scopes = {"GET": ["products:read"], "POST": ["products:write"]}
    kinds = MERCHANTS
    queryset = Product.objects.none()
    filterset_class = ProductFilters
    ordering = ("-created_at", "-pk")
    serializer_class = OwnProductOut

    @extend_schema(operation_id="list_products", summary=_("自己的商品，新的在前"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="add_products",
        summary=_("新建商品，存为草稿"),
        description=_("一次 1 到 100 件，逐件回答；一件不行不影响其他。"),
        request=NewProductsIn,
        responses={200: ResultsOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = NewProductsIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data["products"]
        known = catalogue({each.get("brand", "").strip() for each in asked})
        answers = [_refusable(lambda each=each: self._add(each, known)) for each in asked]
        return Response(results(answers, [each["code"] for each in asked]))

    def _add(self, asked: dict[str, Any], known: Known) -> Product:
        return editing.add_product(self.tenant, asked["code"], _details(asked, known), _skus(asked))


@extend_schema(tags=["products"])
class ProductView(OwnProducts, PartnerView):
    required_scopes = {"GET": ["products:read"], "PATCH": ["products:write"]}
    http_method_names = ("get", "patch", "head")
    kinds = MERCHANTS
    queryset = Product.objects.none()
    serializer_class = OwnProductOut

    def get_object(self) -> Product:
        return get_object_or_404(self.get_queryset(), code=self.kwargs["code"])

    @extend_schema(operation_id="read_product", summary=_("一件商品"))
    def get(self, request: Request, code: str) -> Response:
        return Response(OwnProductOut(self.get_object()).data)

    @extend_schema(
        operation_id="change_product",
        summary=_("修改商品：只改写了的；规格写了就以写的为准"),
        request=DetailsIn,
        responses={200: OwnProductOut},
    )
    @idempotent
    def patch(self, request: Request, code: str) -> Response:
        product = self.get_object()
        body = DetailsIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        known = catalogue({asked.get("brand", "").strip()})
        skus = _skus(asked) if "skus" in asked else [_as_is(sku) for sku in product.skus.all()]
        editing.change_product(product, _details(asked, known, product), skus, at=days.now())
        return Response(OwnProductOut(self.get_object()).data)


class ManyView(PartnerView):
    """An act on products by their codes."""

    required_scopes = {"POST": ["products:write"]}
    kinds = MERCHANTS
    queryset = Product.objects.none()
    serializer_class = ResultsOut

    def answers(self, request: Request, act: Callable[..., Sequence[Product | Refused]], at: datetime) -> Response:
        body = CodesIn(data=request.data)
        body.is_valid(raise_exception=True)
        codes = body.validated_data["codes"]
        mine = Product.objects.visible_to(self.tenant).with_codes(codes).order_by("pk")
        products = {product.code: product for product in mine}
        chosen = list(products.values())
        answered = dict(zip(products, act(chosen, at=at), strict=True))
        return Response(results([answered.get(code) or _unknown(code) for code in codes], codes))


@extend_schema(tags=["products"])
class ListingsView(ManyView):
    @extend_schema(operation_id="list_in_selection", summary=_("上架"), request=CodesIn, responses={200: ResultsOut})
    @idempotent
    def post(self, request: Request) -> Response:
        return self.answers(request, listing.list_products, days.now())


@extend_schema(tags=["products"])
class DelistingsView(ManyView):
    @extend_schema(operation_id="delist", summary=_("下架"), request=CodesIn, responses={200: ResultsOut})
    @idempotent
    def post(self, request: Request) -> Response:
        return self.answers(request, listing.delist_products, days.now())


def _unknown(code: str) -> NotFound:
    return NotFound(_("没有商品「{code}」。"), code=code)


def _refusable(act: Callable[[], Product]) -> Product | Refused:
    try:
        return act()
    except Refused as refused:
        return refused


def _details(asked: dict[str, Any], known: Known, product: Product | None = None) -> Details:
    """What is left out stays as ``product`` has it."""
    return Details(
        title=asked.get("title", product.title if product else ""),
        description=asked.get("description", product.description if product else ""),
        category=_category(known, asked["category"]) if "category" in asked else product and product.category,
        brand=_brand(known, asked["brand"]) if "brand" in asked else product and product.brand,
    )


def _category(known: Known, written: str) -> Category | None:
    try:
        return known.category(written)
    except inputs.InputInvalid as error:
        raise refusals.CategoryUnknown(why=error.why) from error


def _brand(known: Known, written: str) -> Any:
    try:
        return known.brand(written)
    except inputs.InputInvalid as error:
        raise refusals.ProductBrandUnknown(why=error.why) from error


def _skus(asked: dict[str, Any]) -> list[SkuWish]:
    return [SkuWish(**sku) for sku in asked["skus"]]


def _as_is(sku: Any) -> SkuWish:
    return SkuWish(sku.code, sku.spec, sku.price_fen, sku.stock)
