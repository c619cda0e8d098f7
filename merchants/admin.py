"""Staff's view of shops and the catalogue. Products and plans belong to their merchants: staff look."""

from django.contrib import admin
from django.http import HttpRequest

from haowu.approvals.words import Subject
from haowu.tenants.admin import EditedAdmin, LookOnly, LookOnlyAdmin
from haowu.tenants.recorded_admin import RecordedAdmin
from merchants.models import Brand, Category, Plan, PlanRate, Product, Shop, ShopScore, Sku


@admin.register(Shop)
class ShopAdmin(RecordedAdmin, EditedAdmin):
    subject_kind = Subject.SHOP
    list_display = ["merchant", "score", "scored_lines", "hold_days", "suspended_at"]
    list_filter = [("suspended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["merchant"]
    search_fields = ["merchant__name", "merchant__code"]
    autocomplete_fields = ["merchant"]
    readonly_fields = ["score", "scored_lines"]

    def has_delete_permission(self, request: HttpRequest, obj: Shop | None = None) -> bool:
        return False

    def subject_of(self, row: Shop) -> str:
        return row.merchant.code

    def party_of(self, row: Shop) -> int:
        return row.merchant_id


@admin.register(ShopScore)
class ShopScoreAdmin(LookOnlyAdmin):
    """Counted each night; no hand writes one."""

    list_display = ["day", "merchant", "total", "goods", "delivery", "service", "lines"]
    list_select_related = ["merchant"]
    search_fields = ["=merchant__code", "merchant__name"]
    ordering = ["-day", "-pk"]


@admin.register(Category)
class CategoryAdmin(RecordedAdmin, EditedAdmin):
    subject_kind = Subject.CATEGORY
    list_display = ["path", "level", "code", "hold_days"]
    list_filter = ["level"]
    list_select_related = ["parent__parent"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["parent"]

    def subject_of(self, row: Category) -> str:
        return row.code


@admin.register(Brand)
class BrandAdmin(RecordedAdmin, EditedAdmin):
    subject_kind = Subject.BRAND
    list_display = ["name", "code"]
    search_fields = ["name", "code"]

    def subject_of(self, row: Brand) -> str:
        return row.code


class SkuInline(LookOnly, admin.TabularInline):
    model = Sku
    extra = 0


@admin.register(Product)
class ProductAdmin(LookOnlyAdmin):
    list_display = ["title", "merchant", "code", "status", "listed_at"]
    list_filter = ["status"]
    list_select_related = ["merchant"]
    search_fields = ["title", "=code", "merchant__name"]
    inlines = [SkuInline]


class PlanRateInline(LookOnly, admin.TabularInline):
    model = PlanRate
    extra = 0
    fields = ["streamer", "commission_bps", "effective_from", "announced_at", "cancelled_at"]


@admin.register(Plan)
class PlanAdmin(LookOnlyAdmin):
    list_display = ["merchant", "type", "product", "starts_at", "ends_at"]
    list_filter = ["type"]
    list_select_related = ["merchant", "product"]
    search_fields = ["merchant__name", "=product__code"]
    inlines = [PlanRateInline]
