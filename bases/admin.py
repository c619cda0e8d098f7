"""Staff's queues around bases: applications, brands, feeds and rows to review. Rows are looked at; acts change them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from bases import feeding, founding, introducing, refusals
from bases.models import (
    Application,
    Base,
    BasePolicy,
    Booking,
    BrandedProduct,
    Consent,
    Document,
    Feed,
    Introduction,
    Movement,
    PullSource,
    QuarantinedRow,
    Reservation,
    Room,
    Stock,
)
from haowu.approvals.queues import DecisionForm, Offer, StaffQueue, reason_of
from haowu.approvals.words import Subject
from haowu.ground import days
from haowu.ground.fields import TextField
from haowu.tenants import columns
from haowu.tenants.admin import EditedAdmin, LookOnly, LookOnlyAdmin, yuan_column
from haowu.tenants.recorded_admin import RecordedAdmin


class FoundingForm(DecisionForm):
    usual = (
        gettext_lazy("资质材料不全或已过期，请补充。"),
        gettext_lazy("场地与申请所写不符，请更正。"),
        gettext_lazy("本轮名额已满。"),
    )
    code = TextField(label=gettext_lazy("基地编号"), required=False, max_length=64)


class BrandForm(DecisionForm):
    usual = (
        gettext_lazy("授权书无法核实，请提交清晰的原件。"),
        gettext_lazy("授权范围不含本平台销售。"),
        gettext_lazy("品牌名称与授权书不一致。"),
        gettext_lazy("品牌方已撤回授权。"),
    )


@admin.register(BasePolicy)
class BasePolicyAdmin(RecordedAdmin, EditedAdmin):
    """A version is added with the figures of the one before it; none is changed."""

    subject_kind = Subject.BASE_POLICY
    list_display = ["__str__", "gold_seats", "silver_seats", "gold_brands", "silver_brands", "note"]
    ordering = ["-effective_from", "-pk"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        last = BasePolicy.objects.in_force(days.now())
        return {field.name: getattr(last, field.name) for field in self.opts.fields if field.editable} | {
            "effective_from": days.now(), "note": ""}  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DocumentInline(LookOnly, admin.TabularInline):
    model = Document
    extra = 0


@admin.register(Application)
class ApplicationAdmin(StaffQueue):
    action_form = FoundingForm
    waiting_since = "applied_at"
    waiting = frozenset({Application.Status.SUBMITTED})
    offers = {
        "approve": Offer(Application.MOVES["approve"][0]),
        "send_back": Offer(Application.MOVES["return"][0]),
        "refuse": Offer(Application.MOVES["refuse"][0]),
    }
    search_fields = ["name", "applicant__name", "=applicant__code"]
    list_display = ["name", "applicant", "level", "city_name", "live_rooms", "guides", "property_sqm", "status", "age"]
    list_filter = ["status", "level", "applied_at"]
    list_select_related = ["applicant"]
    inlines = [DocumentInline]
    actions = ["approve", "send_back", "refuse"]

    @admin.action(description=gettext_lazy("通过并建立基地（填基地编号）"), permissions=["decide"])
    def approve(self, request: HttpRequest, chosen: QuerySet) -> None:
        code = request.POST.get("code", "").strip()
        self.each(request, chosen, lambda row: self._approve(row, code, request))

    def _approve(self, row: Application, code: str, request: HttpRequest) -> None:
        if not code:
            raise refusals.BaseCodeMissing
        founding.approve(row, code=code, by=request.user, at=days.now())

    @admin.action(description=gettext_lazy("退回补充（写明原因）"), permissions=["decide"])
    def send_back(self, request: HttpRequest, chosen: QuerySet) -> None:
        act = founding.send_back
        self.each(request, chosen, lambda row: act(row, reason_of(request), by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("不予通过（写明原因）"), permissions=["decide"])
    def refuse(self, request: HttpRequest, chosen: QuerySet) -> None:
        act = founding.refuse
        self.each(request, chosen, lambda row: act(row, reason_of(request), by=request.user, at=days.now()))


@admin.register(Base)
class BaseAdmin(StaffQueue):
    offers = {"downgrade": Offer(Base.MOVES["downgrade"][0]), "close": Offer(Base.MOVES["close"][0])}
    list_display = ["base", "level", "city_name", "status", "founder", "activated_at"]
    list_filter = ["status", "level"]
    list_select_related = ["base", "founder"]
    search_fields = ["base__name", "=base__code"]
    actions = ["downgrade", "close"]

    @admin.action(description=gettext_lazy("降为银牌（写明原因）"), permissions=["decide"])
    def downgrade(self, request: HttpRequest, chosen: QuerySet) -> None:
        self.each(request, chosen, lambda row: founding.downgrade(row, reason_of(request), at=days.now()))

    @admin.action(description=gettext_lazy("关闭（写明原因）"), permissions=["decide"])
    def close(self, request: HttpRequest, chosen: QuerySet) -> None:
        self.each(request, chosen, lambda row: founding.close(row, reason_of(request), at=days.now()))


@admin.register(Introduction)
class IntroductionAdmin(StaffQueue):
    action_form = BrandForm
    waiting_since = "submitted_at"
    waiting = frozenset({Introduction.Status.SUBMITTED})
    offers = {name: Offer(Introduction.MOVES[name][0]) for name in ("accept", "authorise", "refuse", "end")}
    list_display = ["brand", "base", "document_no", "authorised_from", "authorised_to", "status", "age"]
    list_filter = ["status", "submitted_at", "authorised_to"]
    list_select_related = ["brand", "base"]
    search_fields = ["brand__name", "base__name", "=document_no"]
    actions = ["accept", "authorise", "refuse", "end"]

    @admin.action(description=gettext_lazy("认可重复品牌的授权书：可供货，不计引进"), permissions=["decide"])
    def authorise(self, request: HttpRequest, chosen: QuerySet) -> None:
        self.each(request, chosen, lambda row: introducing.authorise(row, by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("提前终止授权（写明原因）"), permissions=["decide"])
    def end(self, request: HttpRequest, chosen: QuerySet) -> None:
        act = introducing.end
        self.each(request, chosen, lambda row: act(row, reason_of(request), by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("通过"), permissions=["decide"])
    def accept(self, request: HttpRequest, chosen: QuerySet) -> None:
        self.each(request, chosen, lambda row: introducing.accept(row, by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("不予通过（写明原因）"), permissions=["decide"])
    def refuse(self, request: HttpRequest, chosen: QuerySet) -> None:
        act = introducing.refuse
        self.each(request, chosen, lambda row: act(row, reason_of(request), by=request.user, at=days.now()))


@admin.register(Consent)
class ConsentAdmin(LookOnlyAdmin):
    list_display = ["merchant", "base", "begins_at", "ends_at", "given_at", "given_by", "withdrawn_at", "withdrawn_by"]
    list_select_related = ["merchant", "base", "given_by", "withdrawn_by"]
    search_fields = ["merchant__name", "=merchant__code", "base__name", "=base__code"]
    ordering = ["-given_at", "-pk"]


@admin.register(BrandedProduct)
class BrandedProductAdmin(LookOnlyAdmin):
    list_display = ["merchant", "product_code", "brand"]
    list_select_related = ["merchant", "brand"]
    search_fields = ["=product_code", "=merchant__code", "brand__name"]


@admin.register(Feed)
class FeedAdmin(StaffQueue):
    waiting_since = "received_at"
    waiting = frozenset({Feed.Status.HELD})
    offers = {"confirm": Offer((Feed.Status.HELD, Feed.Status.RECEIVED)), "reject": Offer(Feed.MOVES["reject"][0])}
    list_display = ["base", "sequence", "kind", "status", "counted_at", "rows", "changed", "emptied", "quarantined"]
    list_filter = ["status", "kind", "counted_at"]
    list_select_related = ["base"]
    search_fields = ["base__name", "=base__code"]
    actions = ["confirm", "reject"]

    @admin.action(description=gettext_lazy("确认生效"), permissions=["decide"])
    def confirm(self, request: HttpRequest, chosen: QuerySet) -> None:
        self.each(request, chosen, lambda row: feeding.apply(row, at=days.now(), is_checked=False))

    @admin.action(description=gettext_lazy("作废"), permissions=["decide"])
    def reject(self, request: HttpRequest, chosen: QuerySet) -> None:
        self.each(request, chosen, lambda row: feeding.reject(row, at=days.now()))


@admin.register(QuarantinedRow)
class QuarantinedRowAdmin(StaffQueue):
    waiting_since = "feed__received_at"
    waiting = frozenset({QuarantinedRow.Status.OPEN})
    offers = {name: Offer(QuarantinedRow.MOVES[name][0]) for name in ("accept", "drop")}
    list_display = ["__str__", "base", "reason", "price_shown", "quantity", "feed", "status"]
    list_filter = ["status", "reason"]
    list_select_related = ["base", "feed__base"]
    search_fields = ["=sku_code", "=product_code", "base__name"]
    actions = ["accept", "drop"]

    @admin.display(description=gettext_lazy("价格"), ordering="price")
    def price_shown(self, row: QuarantinedRow) -> str:
        """As a price where it is one; else as it came, since that may be why it stands here."""
        return columns.money(int(row.price)) if row.price.isdecimal() and len(row.price) < 16 else row.price

    def get_fields(self, request: HttpRequest, obj: QuarantinedRow | None = None) -> list:
        return ["price_shown" if name == "price" else name for name in super().get_fields(request, obj)]

    @admin.action(description=gettext_lazy("采用"), permissions=["decide"])
    def accept(self, request: HttpRequest, chosen: QuerySet) -> None:
        self.each(request, chosen, lambda row: feeding.accept(row, by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("放弃"), permissions=["decide"])
    def drop(self, request: HttpRequest, chosen: QuerySet) -> None:
        self.each(request, chosen, lambda row: feeding.drop(row, by=request.user, at=days.now()))


@admin.register(Stock)
class StockAdmin(LookOnlyAdmin):
    list_display = [
        "base", "merchant", "product_code", "sku_code", yuan_column("price_fen", gettext_lazy("价格")), "quantity",
        "reserved", "short", "sequence", "permit",
    ]  # fmt: skip
    list_select_related = ["base", "merchant", "permit__base"]
    search_fields = ["=product_code", "=sku_code"]


@admin.register(Reservation)
class ReservationAdmin(LookOnlyAdmin):
    list_display = ["reference", "base", "stock", "quantity", "status", "reserved_at"]
    list_filter = ["status"]
    list_select_related = ["base", "stock"]
    search_fields = ["=reference"]


@admin.register(Movement)
class MovementAdmin(LookOnlyAdmin):
    list_display = ["at", "kind", "quantity", "reservation", "base", "stock"]
    list_filter = ["kind"]
    list_select_related = ["base", "stock", "reservation"]
    search_fields = ["=reservation__reference"]


@admin.register(PullSource)
class PullSourceAdmin(LookOnlyAdmin):
    list_display = ["base", "url", "every_minutes", "pulled_at", "outcome", "failures", "next_at"]
    list_filter = ["outcome"]
    list_select_related = ["base"]


@admin.register(Room)
class RoomAdmin(LookOnlyAdmin):
    list_display = ["name", "base", "closed_at"]
    list_select_related = ["base"]


@admin.register(Booking)
class BookingAdmin(LookOnlyAdmin):
    list_display = ["room", "base", "streamer", "starts_at", "ends_at", "cancelled_at"]
    list_select_related = ["room", "base", "streamer"]
