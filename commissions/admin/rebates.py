"""Staff's queue of rebates: a quarter's batch is proposed, looked through, and posted by a second person."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.admin.casework import AskingForm, CaseAdmin
from commissions.leaders import rebates
from commissions.models import Rebate, RebateBatch
from haowu.approvals.queues import Offer, reason_of
from haowu.ground import days
from haowu.ground.fields import TextField
from haowu.ground.money import yuan
from haowu.tenants.admin import LookOnlyAdmin, yuan_column
from tuanzhang import periods
from tuanzhang.models import LevelLabel


class QuarterForm(AskingForm):
    name = TextField(
        label=gettext_lazy("季度"), max_length=6, help_text=gettext_lazy("例如 2024Q2。申诉期过后才能提出。")
    )

    class Meta:
        model = RebateBatch
        fields: ClassVar[list[str]] = []

    def clean_name(self) -> Any:
        try:
            return periods.quarter_named(self.cleaned_data["name"].strip().upper())
        except ValueError:
            raise ValidationError(_("请写成 2024Q2 的样子。")) from None


@admin.register(RebateBatch)
class RebateBatchAdmin(CaseAdmin):
    add_form = QuarterForm
    waiting_since = "made_at"
    waiting = frozenset({RebateBatch.Status.PROPOSED})
    offers: ClassVar[dict[str, Offer]] = {
        "approve": Offer(RebateBatch.MOVES["post"][0], not_by="made_by"),
        "refuse": Offer(RebateBatch.MOVES["refuse"][0]),
    }
    actions: ClassVar[list[str]] = ["approve", "refuse"]
    gmv = yuan_column("gmv_fen", gettext_lazy("净成交额合计"))
    total = yuan_column("sum_fen", gettext_lazy("返点合计"))
    list_display: ClassVar[list] = ["__str__", "status", "count", gmv, total, "made_by", "made_at", "checked_by", "day"]
    list_filter: ClassVar[list] = ["status", "quarter"]
    list_select_related: ClassVar[list[str]] = ["made_by", "checked_by"]
    ordering: ClassVar[list[str]] = ["-pk"]
    readonly_fields: ClassVar[list[str]] = ["looked_through", "trail"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = super().get_fields(request, obj)
        return fields if obj is None else ["looked_through", *fields]

    def opened(self, request: HttpRequest, asked: dict[str, Any]) -> RebateBatch:
        return rebates.propose(asked["name"], by=request.user, at=days.now())

    @admin.display(description=gettext_lazy("预览"))
    def looked_through(self, batch: RebateBatch) -> str:
        """What approving it would post, by level; each rebate stands in the list behind the link."""
        rows = batch.rebates.values("level").annotate(n=Count("pk"), gmv=Sum("gmv_fen"), fen=Sum("amount_fen"))
        lines = (
            (LevelLabel(row["level"]).label, row["n"], yuan(int(row["gmv"])), yuan(int(row["fen"])))
            for row in rows.order_by("-fen")
        )
        shown = format_html_join("", "<p>{} × {} · ¥{} → <b>¥{}</b></p>", lines)
        link = f"{reverse('admin:commissions_rebate_changelist')}?batch__id__exact={batch.pk}"
        return format_html('{}<p><a href="{}">{}</a></p>', shown, link, _("逐位查看"))

    @admin.action(description=gettext_lazy("复核通过，入账"), permissions=["decide"])
    def approve(self, request: HttpRequest, chosen: Any) -> None:
        self.each(request, chosen, lambda batch: rebates.approve(batch, by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("驳回（写明原因）"), permissions=["decide"])
    def refuse(self, request: HttpRequest, chosen: Any) -> None:
        reason = reason_of(request)
        self.each(request, chosen, lambda batch: rebates.refuse(batch, reason, by=request.user, at=days.now()))


@admin.register(Rebate)
class RebateAdmin(LookOnlyAdmin):
    gmv = yuan_column("gmv_fen", gettext_lazy("净成交额"))
    amount = yuan_column("amount_fen", gettext_lazy("返点"))
    list_display: ClassVar[list] = [
        "leader", "quarter", "level", "score_bps", gmv, "mode", amount, "batch", "is_live", "posted_on",
    ]  # fmt: skip
    list_filter: ClassVar[list] = ["quarter", "level", "is_live", "batch"]
    list_select_related: ClassVar[list[str]] = ["leader", "batch"]
    search_fields: ClassVar[list[str]] = ["leader__name", "=leader__code"]
    ordering: ClassVar[list[str]] = ["-quarter", "-amount_fen", "pk"]
