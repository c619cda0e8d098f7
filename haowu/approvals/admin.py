"""Staff search the trail; nobody writes it by hand."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from haowu.approvals.models import Trail
from haowu.approvals.words import Act, Subject
from haowu.tenants.admin import LookOnlyAdmin


class WordFilter(admin.SimpleListFilter):
    """Narrows by a code, shown by its label."""

    words: type[Act] | type[Subject]

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return self.words.choices

    def queryset(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        return rows.filter(**{self.parameter_name: self.value()}) if self.value() else rows


class SubjectFilter(WordFilter):
    title = _("对象类型")
    parameter_name = "subject_kind"
    words = Subject


class ActFilter(WordFilter):
    title = _("动作")
    parameter_name = "act"
    words = Act


@admin.register(Trail)
class TrailAdmin(LookOnlyAdmin):
    list_display = [
        "recorded_at", "actor", "actor_kind", "acting_for", "subject_kind_shown", "subject", "act_shown", "reason",
        "request_id",
    ]  # fmt: skip
    list_filter = [SubjectFilter, ActFilter, "actor_kind"]
    list_select_related = ["acting_for"]
    date_hierarchy = "day"
    ordering = ["-pk"]
    search_fields = ["=subject", "=actor", "=request_id", "=tenant__code", "=counterparty__code"]
    search_help_text = _("对象编号、操作者、请求编号或当事方编号（完整）")

    @admin.display(description=_("对象类型"), ordering="subject_kind")
    def subject_kind_shown(self, row: Trail) -> str:
        return row.subject_label

    @admin.display(description=_("动作"), ordering="act")
    def act_shown(self, row: Trail) -> str:
        return row.act_label
