"""The operators' desk: nights and shards with leases and errors; acts on them, each with a reason that is kept."""

from collections import Counter
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.admin import run_page
from commissions.admin.casework import AskingForm, CaseAdmin
from commissions.models import PostponedLine, Run, Shard
from commissions.nights import operating
from commissions.tasks import wake
from haowu.approvals.queues import Offer, reason_of
from haowu.ground import days
from haowu.ground.fields import TextField
from haowu.tenants import columns
from haowu.tenants.admin import LookOnlyAdmin


class BackfillForm(AskingForm):
    reason = TextField(label=gettext_lazy("原因"), max_length=500)

    class Meta:
        model = Run
        fields: ClassVar[list[str]] = ["day"]


@admin.register(Run)
class RunAdmin(CaseAdmin):
    """Adding one backfills its day. A run has a page of its own, on which its shards can be retried and skipped."""

    add_form = BackfillForm
    change_form_template = "admin/commissions/run/page.html"
    offers: ClassVar[dict[str, Offer]] = {
        "pause": Offer(
            Run.MOVES["pause"][0], effect=gettext_lazy("正在做的分片做完为止，不再领取新的；后面的夜等这一夜。")
        ),
        "resume": Offer(Run.MOVES["resume"][0], effect=gettext_lazy("马上叫醒工作进程，从停下的地方继续。")),
        "retry": Offer(
            (Run.Status.SETTLING, Run.Status.PAUSED),
            among=Q(failures__gt=0) | Q(Exists(Shard.objects.filter(run=OuterRef("pk"), failures__gt=0))),
            effect=gettext_lazy("失败的分片和关账马上再试，次数重新计；做完的不动。"),
        ),
    }
    actions: ClassVar[list[str]] = ["pause", "resume", "retry"]
    list_display: ClassVar[list] = ["day", "status", "stands", "lines", "cost", "proofs_hold", "opened_at", "closed_at"]
    list_filter: ClassVar[list] = ["status", "day"]
    ordering: ClassVar[list[str]] = ["-day"]
    fields: ClassVar[list[str]] = ["day"]

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

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **options: Any) -> Any:
        if run := options.get("obj"):
            context |= run_page.facts(run, ShardAdmin.may_decide(request))
        return super().render_change_form(request, context, **options)

    @admin.action(description=gettext_lazy("暂停"), permissions=["decide"])
    def pause(self, request: HttpRequest, chosen: Any) -> None:
        self.each(request, chosen, lambda run: operating.pause(run, reason_of(request), by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("恢复"), permissions=["decide"])
    def resume(self, request: HttpRequest, chosen: Any) -> None:
        self.each(
            request, chosen, lambda run: operating.resume(run, reason_of(request), by=request.user, at=days.now())
        )
        transaction.on_commit(wake)

    @admin.action(description=gettext_lazy("重试失败的分片和关账"), permissions=["decide"])
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
        return f"{run.report['lines']:,}" if run.report else "–"

    @admin.display(description=gettext_lazy("商家支出"))
    def cost(self, run: Run) -> str:
        return columns.money(run.report["totals"]["settlement"]["merchant_cost_fen"]) if run.report else "–"

    @admin.display(description=gettext_lazy("核对"))
    def proofs_hold(self, run: Run) -> str:
        proofs = run.report.get("proofs")
        if not proofs:
            return "–"
        held = sum(proofs.values())
        return columns.badge("done" if held == len(proofs) else "failed", f"{held} / {len(proofs)}")


@admin.register(Shard)
class ShardAdmin(CaseAdmin):
    waiting_since = "run__opened_at"
    waiting = frozenset({Shard.Status.FAILED})
    offers: ClassVar[dict[str, Offer]] = {
        "retry": Offer(Shard.MOVES["retry"][0], effect=gettext_lazy("马上再试，次数重新计；写下一半的从不算数。")),
        "skip": Offer(
            Shard.MOVES["skip"][0],
            effect=gettext_lazy("这一夜不等它就关账；它的订单行推迟到下一个没有封账的夜，一行也不丢。"),
        ),
    }
    actions: ClassVar[list[str]] = ["retry", "skip"]
    list_display: ClassVar[list] = ["run", "no", "status", "attempts", "retry_at", "lines", "seconds", "last_error"]
    list_filter: ClassVar[list] = ["status", "run__day"]
    search_fields: ClassVar[list[str]] = ["=worker"]
    fields: ClassVar[list[str]] = [
        "run", "no", "status", "worker", "lease_until", "attempts", "failures", "retry_at", "lines", "seconds", "error",
        "trail",
    ]  # fmt: skip
    list_select_related: ClassVar[list[str]] = ["run"]
    ordering: ClassVar[list[str]] = ["-run", "no"]

    @staticmethod
    def may_decide(request: HttpRequest) -> bool:
        return request.user.has_perm("commissions.change_shard")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.fields

    @admin.action(description=gettext_lazy("马上重试"), permissions=["decide"])
    def retry(self, request: HttpRequest, chosen: Any) -> None:
        self.each(
            request,
            chosen,
            lambda shard: operating.retry_shard(shard, reason_of(request), by=request.user, at=days.now()),
        )
        transaction.on_commit(wake)

    @admin.action(description=gettext_lazy("跳过"), permissions=["decide"])
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
    list_filter = ["day"]
    list_display: ClassVar[list] = ["order", "line_no", "shard", "day", "to_day"]
    list_select_related: ClassVar[list[str]] = ["order", "shard__run"]
    ordering: ClassVar[list[str]] = ["-pk"]
    search_fields: ClassVar[list[str]] = ["=order__order_no"]
