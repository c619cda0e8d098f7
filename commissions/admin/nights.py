"""The operators' desk: nights and shards with leases and errors; acts on them, each with a reason that is kept."""

import json
from collections import Counter
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.admin.casework import AskingForm, CaseAdmin
from commissions.models import PostponedLine, Run, Shard
from commissions.nights import operating
from commissions.tasks import wake
from haowu.approvals.queues import reason_of
from haowu.ground import days
from haowu.ground.fields import TextField
from haowu.tenants.admin import LookOnly, LookOnlyAdmin

PROOFS = {
    "shards_equal_rows": gettext_lazy("各分片行数之和等于明细行数"),
    "every_due_line_settled": gettext_lazy("到期的订单行全部结算"),
    "merchants_pay_what_others_get": gettext_lazy("商家支出等于各方所得"),
    "clearing_ends_at_zero": gettext_lazy("清分过渡账户归零"),
}


class BackfillForm(AskingForm):
    reason = TextField(label=gettext_lazy("原因"), max_length=500)

    class Meta:
        model = Run
        fields: ClassVar[list[str]] = ["day"]


class ShardInline(LookOnly, admin.TabularInline):
    model = Shard
    extra = 0
    show_change_link = True
    fields: ClassVar[list[str]] = [
        "no", "status", "worker", "lease_until", "attempts", "failures", "retry_at", "lines", "seconds", "error",
    ]  # fmt: skip


@admin.register(Run)
class RunAdmin(CaseAdmin):
    """Adding one backfills its day; the acts on shards are on their own list."""

    add_form = BackfillForm
    actions: ClassVar[list[str]] = ["pause", "resume", "retry"]
    list_display: ClassVar[list] = ["day", "status", "stands", "lines", "proofs_hold", "opened_at", "closed_at"]
    list_filter: ClassVar[list] = ["status"]
    date_hierarchy = "day"
    ordering: ClassVar[list[str]] = ["-day"]
    inlines: ClassVar[list] = [ShardInline]
    readonly_fields: ClassVar[list[str]] = ["proofs", "report_text", "trail"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return super().get_fields(request, obj)
        return [
            "day", "covers_after", "status", "opened_at", "closed_at", "failures", "retry_at", "error", "trail",
            "proofs", "report_text", "checksum",
        ]  # fmt: skip

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list:
        return self.inlines if obj else []

    def opened(self, request: HttpRequest, asked: dict[str, Any]) -> Run:
        done = operating.backfill(asked["day"], asked["reason"], by=request.user, at=days.now())
        if done.is_new:
            transaction.on_commit(wake)
            text = _("它结算上一夜之后的 {count} 天：{first} 至 {day}。")
            taken = done.days_taken
            self.message_user(request, text.format(count=len(taken), first=taken[0], day=taken[-1]))
        else:
            text = _("{day} 的结算夜早已开始，没有任何改动。")
            self.message_user(request, text.format(day=done.run.day), messages.WARNING)
        return done.run

    @admin.action(description=gettext_lazy("暂停（写明原因）"), permissions=["decide"])
    def pause(self, request: HttpRequest, chosen: Any) -> None:
        self.each(request, chosen, lambda run: operating.pause(run, reason_of(request), by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("恢复（写明原因）"), permissions=["decide"])
    def resume(self, request: HttpRequest, chosen: Any) -> None:
        self.each(
            request, chosen, lambda run: operating.resume(run, reason_of(request), by=request.user, at=days.now())
        )
        transaction.on_commit(wake)

    @admin.action(description=gettext_lazy("重试失败的分片和关账（写明原因）"), permissions=["decide"])
    def retry(self, request: HttpRequest, chosen: Any) -> None:
        self.each(request, chosen, lambda run: operating.retry(run, reason_of(request), by=request.user, at=days.now()))
        transaction.on_commit(wake)

    @admin.display(description=gettext_lazy("分片"))
    def stands(self, run: Run) -> str:
        counts = Counter(shard.get_status_display() for shard in run.shards.all())
        return "  ".join(f"{status} {count}" for status, count in counts.items()) or "–"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("shards")

    @admin.display(description=gettext_lazy("行数"))
    def lines(self, run: Run) -> Any:
        return run.report.get("lines", "–")

    @admin.display(description=gettext_lazy("校验"), boolean=True)
    def proofs_hold(self, run: Run) -> bool | None:
        proofs = run.report.get("proofs")
        return all(proofs.values()) if proofs else None

    @admin.display(description=gettext_lazy("逐项校验"))
    def proofs(self, run: Run) -> str:
        proofs = run.report.get("proofs", {})
        rows = (("✓" if holds else "✗", PROOFS.get(name, name)) for name, holds in proofs.items())
        return format_html_join(" ", "<p>{} {}</p>", rows) or "–"

    @admin.display(description=gettext_lazy("报告"))
    def report_text(self, run: Run) -> str:
        return format_html("<pre>{}</pre>", json.dumps(run.report, ensure_ascii=False, indent=2))


@admin.register(Shard)
class ShardAdmin(CaseAdmin):
    actions: ClassVar[list[str]] = ["retry", "skip"]
    list_display: ClassVar[list] = [
        "run", "no", "status", "worker", "lease_until", "attempts", "failures", "retry_at", "lines", "seconds",
        "last_error",
    ]  # fmt: skip
    list_filter: ClassVar[list] = ["status"]
    list_select_related: ClassVar[list[str]] = ["run"]
    ordering: ClassVar[list[str]] = ["-run", "no"]

    @admin.action(description=gettext_lazy("马上重试（写明原因）"), permissions=["decide"])
    def retry(self, request: HttpRequest, chosen: Any) -> None:
        self.each(
            request,
            chosen,
            lambda shard: operating.retry_shard(shard, reason_of(request), by=request.user, at=days.now()),
        )
        transaction.on_commit(wake)

    @admin.action(description=gettext_lazy("跳过，订单行推迟到下一夜（写明原因）"), permissions=["decide"])
    def skip(self, request: HttpRequest, chosen: Any) -> None:
        self.each(
            request, chosen, lambda shard: operating.skip(shard, reason_of(request), by=request.user, at=days.now())
        )
        transaction.on_commit(wake)

    @admin.display(description=gettext_lazy("最近错误"))
    def last_error(self, shard: Shard) -> str:
        return shard.error.partition("\n")[0][:120] or "–"


@admin.register(PostponedLine)
class PostponedLineAdmin(LookOnlyAdmin):
    list_display: ClassVar[list] = ["order", "line_no", "shard", "day", "to_day"]
    list_select_related: ClassVar[list[str]] = ["order", "shard__run"]
    date_hierarchy = "day"
    ordering: ClassVar[list[str]] = ["-pk"]
    search_fields: ClassVar[list[str]] = ["=order__order_no"]
