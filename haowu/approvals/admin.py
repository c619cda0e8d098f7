"""Staff search the trail; nobody writes it by hand."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from haowu.approvals import staff_home, staff_waiting
from haowu.approvals.models import Trail
from haowu.approvals.words import Act, Subject
from haowu.tenants import columns, fact_words
from haowu.tenants.admin import LookOnlyAdmin

CHANGES_SHOWN = 4


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


admin.site.pages |= {"home": staff_home.home, "search": staff_home.search}
admin.site.count_waiting = lambda request: staff_waiting.of(admin.site, request)


@admin.register(Trail)
class TrailAdmin(LookOnlyAdmin):
    list_display: ClassVar[list[Any]] = [
        "recorded_at", "actor", "acting_for", "subject_shown", "act_shown", "reason", "changed",
    ]  # fmt: skip
    list_filter: ClassVar[list[Any]] = [SubjectFilter, ActFilter, "actor_kind", "day"]
    list_select_related: ClassVar[list[str]] = ["acting_for"]
    ordering: ClassVar[list[str]] = ["-pk"]
    search_fields: ClassVar[list[str]] = ["=subject", "=actor", "=request_id", "=tenant__code", "=counterparty__code"]
    search_help_text = _("对象编号、操作者、请求编号或当事方编号（完整）")
    fields: ClassVar[list[Any]] = [
        "recorded_at", "at", "actor", "actor_kind", "role", "acting_for", "subject_shown", "act_shown", "reason",
        "compared", "tenant", "counterparty", "request_id",
    ]  # fmt: skip
    readonly_fields: ClassVar[list[str]] = ["subject_shown", "act_shown", "compared"]

    @admin.display(description=_("对象"), ordering="subject")
    def subject_shown(self, row: Trail) -> str:
        return f"{row.subject_label} {row.subject}"

    @admin.display(description=_("动作"), ordering="act")
    def act_shown(self, row: Trail) -> str:
        return row.act_label

    @admin.display(description=_("改了什么"))
    def changed(self, row: Trail) -> str:
        """The names of what changed; from what to what stands on the row's own page."""
        model = fact_words.model_of(row)
        names = [fact_words.label(name, model) for name in {**row.before, **row.after}]
        return "、".join(names[:CHANGES_SHOWN]) + ("…" if len(names) > CHANGES_SHOWN else "") or "–"

    @admin.display(description=_("变动"))
    def compared(self, row: Trail) -> str:
        return columns.compared(row.before, row.after, fact_words.model_of(row))
