"""Staff's desk of the selection centre's modules: names and dates, rules in versions, what is pinned or kept out."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from haowu.approvals.words import Subject
from haowu.ground import days
from haowu.tenants.admin import EditedAdmin, LookOnlyAdmin
from haowu.tenants.models import Tenant
from haowu.tenants.recorded_admin import RecordedAdmin
from streamers.centre.filters import SORTS, SelectionForm
from streamers.models import Module, ModuleDay, ModuleEntry, ModuleRule
from streamers.modules.rules import RULED


@admin.register(Module)
class ModuleAdmin(RecordedAdmin, EditedAdmin):
    subject_kind = Subject.MODULE
    list_display = ["title", "code", "kind", "place", "begins_at", "ends_at"]
    ordering = ["place", "pk"]
    search_fields = ["title", "code"]

    def subject_of(self, row: Module) -> str:
        return row.code

    def get_readonly_fields(self, request: HttpRequest, obj: Module | None = None) -> list[str]:
        """Code and kind are for good: links, picks and counts name a module by its code."""
        return ["code", "kind"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RuleForm(forms.ModelForm):
    class Meta:
        model = ModuleRule
        fields = ("module", "effective_from", "query", "note")
        labels = {"query": _("规则（选品中心地址里 ? 之后的部分）")}
        help_texts = {
            "query": _("先在选品中心筛好、排好，再把地址里的筛选抄来，如 rate_from=20&sort=rate。"),
            "effective_from": _("须晚于现在。之前按原来的规则。"),
        }

    def clean_effective_from(self) -> Any:
        if self.cleaned_data["effective_from"] < days.now():
            raise forms.ValidationError(_("新版本只能从现在或以后生效。"))
        return self.cleaned_data["effective_from"]

    def clean_query(self) -> str:
        """As the list's form reads it, and nothing that the form does not know."""
        typed = QueryDict(self.cleaned_data["query"].lstrip("?"))
        unknown = sorted(set(typed) - {*RULED, "sort"})
        if unknown or typed.get("sort", "best") not in SORTS:
            raise forms.ValidationError(
                _("规则里不能用：%(names)s。"), params={"names": "、".join(unknown) or f"sort={typed['sort']}"}
            )
        form = SelectionForm(typed)
        for name, errors in form.errors.items():
            raise forms.ValidationError(f"{name}：{errors[0]}")
        return form.filters.query_string()


@admin.register(ModuleRule)
class ModuleRuleAdmin(RecordedAdmin, EditedAdmin):
    """Versions are added, and changed only until they begin."""

    subject_kind = Subject.MODULE_RULE
    form = RuleForm
    list_display = ["module", "effective_from", "query", "note"]
    list_filter = ["module"]
    list_select_related = ["module"]
    ordering = ["-effective_from", "-pk"]

    def has_change_permission(self, request: HttpRequest, obj: ModuleRule | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.effective_from > days.now())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EntryForm(forms.ModelForm):
    class Meta:
        model = ModuleEntry
        fields = ("module", "is_excluded", "product", "merchant", "begins_at", "ends_at", "place", "reason")

    def clean_merchant(self) -> Tenant | None:
        merchant = self.cleaned_data["merchant"]
        if merchant is not None and merchant.kind != Tenant.Kind.MERCHANT:
            raise forms.ValidationError(_("只能选商家。"))
        return merchant


@admin.register(ModuleEntry)
class ModuleEntryAdmin(RecordedAdmin, EditedAdmin):
    subject_kind = Subject.MODULE_ENTRY
    form = EntryForm
    list_display = ["module", "is_excluded", "product", "merchant", "begins_at", "ends_at", "place", "reason"]
    list_filter = ["module", "is_excluded"]
    list_select_related = ["module", "product", "merchant"]
    autocomplete_fields = ["product", "merchant"]
    ordering = ["module", "place", "pk"]


@admin.register(ModuleDay)
class ModuleDayAdmin(LookOnlyAdmin):
    list_display = ["day", "module", "looks", "picks", "orders"]
    list_filter = ["module"]
    list_select_related = ["module"]
    ordering = ["-day", "module"]
