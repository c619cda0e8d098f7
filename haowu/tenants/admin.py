"""Staff's view of who is who. ``LookOnly`` is for rows that no hand may write, whoever's it is."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from haowu.money import yuan
from haowu.tenants.models import BuyerIdentity, Membership, Tenant, User

admin.site.site_header = admin.site.site_title = _("好物联盟 · 平台后台")
admin.site.index_title = _("运营与账务")
admin.site.unregister(Group)


class LookOnly(admin.options.BaseModelAdmin):
    """No adding, changing or deleting, also for superusers; what may be viewed follows the usual permissions."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LookOnlyAdmin(LookOnly, admin.ModelAdmin):
    show_full_result_count = False
    list_per_page = 50


def yuan_column(name: str, label: Any) -> Any:
    """A column that shows the fen in ``name`` as yuan."""

    @admin.display(description=label, ordering=name)
    def column(row: Any) -> str:
        fen = getattr(row, name)
        return "–" if fen is None else f"¥{yuan(fen)}"

    column.__name__ = f"{name}_in_yuan"
    return column


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user", "tenant"]


class BuyerIdentityInline(admin.TabularInline):
    model = BuyerIdentity
    extra = 0


@admin.register(User)
class PersonAdmin(UserAdmin):
    inlines = [MembershipInline]
    list_display = ["username", "email", "is_active", "is_staff", "last_login"]
    filter_horizontal = ["user_permissions"]


@admin.register(Tenant)
class TenantAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "code", "created_at"]
    list_filter = ["kind"]
    search_fields = ["name", "code"]
    readonly_fields = ["public_id", "created_at"]
    inlines = [MembershipInline, BuyerIdentityInline]
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, tenant: Tenant | None = None) -> list[str]:
        """Kind and code are for good: orders and other systems name tenants by them."""
        return [*self.readonly_fields, *(["kind", "code"] if tenant else [])]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ["user", "tenant", "role"]
    list_filter = ["role"]
    list_select_related = ["user", "tenant"]
    search_fields = ["user__username", "tenant__name", "tenant__code"]
    autocomplete_fields = ["user", "tenant"]
