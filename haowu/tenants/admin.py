"""Staff's view of who is who. ``LookOnly`` is for rows that no hand may write, ``EditedAdmin`` for those staff do."""

from dataclasses import asdict
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.ground.fields import DayField, PercentField, SplitMomentField, TextField, YuanField
from haowu.tenants import columns, personal
from haowu.tenants.columns import yuan_column as yuan_column
from haowu.tenants.models import BuyerIdentity, Membership, PersonalDataAccess, PersonalRecord, Tenant, User
from haowu.tenants.recorded_admin import HIDDEN, RecordedAdmin
from haowu.tenants.staff_fields import DayAndTime, KeySelect, PermissionChoices
from haowu.tenants.staff_lists import CappedPaginator, PrudentList
from haowu.tenants.staff_pages import SecondStepPages, ViewAsPages


class Readable(admin.options.BaseModelAdmin):
    """Fields read as people speak of them (``columns``). ``labels`` names those that have no name for people."""

    view_on_site = False
    labels: ClassVar[dict[str, Any]] = {}

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return columns.shown(self.model, super().get_list_display(request), self.labels)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only where nothing is typed: a column is no field of a form."""
        sets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return sets
        return [
            (name, rest | {"fields": columns.shown(self.model, rest["fields"], self.labels)}) for name, rest in sets
        ]


class LookOnly(Readable):
    """No adding, changing or deleting, also for superusers; what may be viewed follows the usual permissions."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        """Of inlines: nothing in them is typed, so their form has no fields."""
        return super().get_formset(request, obj, **{"fields": []} | options)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StaffList(admin.ModelAdmin):
    """What every list of ours has in common."""

    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    paginator = CappedPaginator

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return PrudentList


class LookOnlyAdmin(LookOnly, StaffList):
    pass


class Edited(Readable):
    """What staff type into the fields of a model passes the same door as every other form."""

    formfield_overrides: ClassVar[dict] = {
        models.CharField: {"form_class": TextField},
        models.TextField: {"form_class": TextField},
        models.DateField: {"form_class": DayField},
        models.DateTimeField: {"form_class": SplitMomentField, "widget": DayAndTime},
    }

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Fen are asked for in yuan and basis points in percent, as staff speak of them."""
        if "form_class" in options or not db_field.name.endswith(("_fen", "bps")):
            return super().formfield_for_dbfield(db_field, request, **options)
        kind, unit = (YuanField, _("（元）")) if db_field.name.endswith("_fen") else (PercentField, _("（%）"))
        label = format_lazy("{}{}", columns.FieldLabel(db_field), unit)
        asked = {"label": label, "required": not db_field.blank, "help_text": db_field.help_text}
        return kind(**asked, initial=db_field.get_default() if db_field.has_default() else None)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            options.setdefault("widget", KeySelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **options)


class EditedAdmin(Edited, StaffList):
    pass


class MembershipInline(Edited, admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user", "tenant"]


class BuyerIdentityInline(Edited, admin.TabularInline):
    model = BuyerIdentity
    extra = 0


@admin.register(User)
class PersonAdmin(RecordedAdmin, SecondStepPages, EditedAdmin, UserAdmin):
    change_form_template = "admin/tenants/user/change_form.html"
    subject_kind = "user"
    inline_kinds = {Membership: "membership"}
    hidden = frozenset({"password", "email", "first_name", "last_name"})
    unrecorded = RecordedAdmin.unrecorded | {"last_login", "date_joined"}
    inlines = [MembershipInline]
    list_display = ["username", "email", "is_active", "is_staff", "last_login"]
    filter_horizontal: ClassVar[tuple] = ()

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name != "user_permissions":
            return super().formfield_for_manytomany(db_field, request, **options)
        return PermissionChoices(Permission.objects.all(), label=_("权限"), required=False)

    def subject_of(self, row: User) -> str:
        return row.get_username()

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Django saves it here without the form's ways."""
        before = self.get_object(request, unquote(id))
        answer = super().user_change_password(request, id, form_url)
        after = self.get_object(request, unquote(id))
        if after.password != before.password:
            self._record(request, "changed", after, after={"password": HIDDEN})
        return answer


@admin.register(Tenant)
class TenantAdmin(RecordedAdmin, ViewAsPages, EditedAdmin):
    subject_kind = "tenant"
    inline_kinds = {Membership: "membership", BuyerIdentity: "buyer-identity"}
    list_display = ["name", "kind", "code", "created_at"]
    list_filter = ["kind"]
    search_fields = ["name", "code"]
    readonly_fields = ["public_id", "avatar", "created_at"]
    inlines = [MembershipInline, BuyerIdentityInline]

    def get_readonly_fields(self, request: HttpRequest, tenant: Tenant | None = None) -> list[str]:
        """Kind and code are for good: orders and other systems name tenants by them."""
        return [*self.readonly_fields, *(["kind", "code"] if tenant else [])]

    def subject_of(self, row: Tenant) -> str:
        return row.trail_subject

    def party_of(self, row: Tenant) -> int:
        return row.pk

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(RecordedAdmin, EditedAdmin):
    subject_kind = "membership"
    list_display = ["user", "tenant", "role"]
    list_filter = ["role"]
    list_select_related = ["user", "tenant"]
    search_fields = ["user__username", "tenant__name", "tenant__code"]
    autocomplete_fields = ["user", "tenant"]

    def subject_of(self, row: Membership) -> str:
        return row.trail_subject

    def party_of(self, row: Membership) -> int:
        return row.tenant_id


class RevealForm(forms.Form):
    reason = TextField(label=_("查看的原因"), max_length=200)


@admin.register(PersonalRecord)
class PersonalRecordAdmin(LookOnlyAdmin):
    """Masked; in full on a page of its own that asks for the reason. ``admin_view`` keeps it out of caches."""

    list_display = ["tenant", "kind", "masked", "recorded_at", "retired_at"]
    list_filter = ["kind"]
    list_select_related = ["tenant"]
    search_fields = ["tenant__name", "=tenant__code"]
    ordering = ["-pk"]
    fields = ["tenant", "kind", "masked", "recorded_by", "recorded_at", "retired_at", "key_id"]

    def get_urls(self) -> list:
        page = path(
            "<int:pk>/reveal/", self.admin_site.admin_view(self.reveal_view), name="tenants_personalrecord_reveal"
        )
        return [page, *super().get_urls()]

    def reveal_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("tenants.reveal_personalrecord"):
            raise PermissionDenied
        record = get_object_or_404(PersonalRecord, pk=pk)
        form, facts = RevealForm(request.POST or None), None
        if form.is_valid():
            opened = personal.reveal(record, by=request.user, reason=form.cleaned_data["reason"], at=days.now())
            facts = [(LABELS[name], value) for name, value in asdict(opened).items()]
        context = {
            **self.admin_site.each_context(request),
            "title": _("查看完整资料"),
            "opts": self.opts,
            "record": record,
            "form": form,
            "facts": facts,
        }
        return render(request, "admin/tenants/personalrecord/reveal.html", context)


LABELS = {"holder": _("户名"), "bank": _("开户银行"), "name": _("姓名"), "number": _("号码")}


@admin.register(PersonalDataAccess)
class PersonalDataAccessAdmin(LookOnlyAdmin):
    list_filter = ["at"]
    list_display = ["at", "who", "reason", "tenant", "record"]
    list_select_related = ["tenant", "record"]
    ordering = ["-at", "-pk"]
    search_fields = ["=who", "=tenant__code"]
    fields = ["at", "by", "who", "reason", "tenant", "record"]
