"""Staff's view of leaders' activities, and of what waits too long. They belong to leaders and merchants: staff look."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.tenants.admin import LookOnly, LookOnlyAdmin
from tuanzhang import level_admin  # noqa: F401  registers its own
from tuanzhang.models import (
    Activity,
    ActivityMinimum,
    ChangeRequest,
    Enrolment,
    EnrolmentRate,
    GoodsRequest,
    LeaderFigures,
    ListedStreamer,
    Recipient,
    Recommendation,
    RecommendedItem,
    SecondLevel,
)
from tuanzhang.waiting import ESCALATED, REMINDED


class WaitFilter(admin.SimpleListFilter):
    """Narrows to what waits for a leader for long; the staff remind him."""

    title = _("等待团长答复")
    parameter_name = "waits"
    open_status = "pending"
    since = "applied_at"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("any", _("等待中")), (str(REMINDED.days), _("3 天以上")), (str(ESCALATED.days), _("7 天以上"))]

    def queryset(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        if self.value() is None:
            return rows
        waiting = rows.filter(status=self.open_status).order_by(self.since)
        limits = {str(limit.days): limit for limit in (REMINDED, ESCALATED)}
        if limit := limits.get(self.value()):
            return waiting.filter(**{f"{self.since}__lte": days.now() - limit})
        return waiting


class EnrolmentWaitFilter(WaitFilter):
    since = "enrolled_at"


class RequestWaitFilter(WaitFilter):
    open_status = "open"
    since = "asked_at"


class MinimumInline(LookOnly, admin.TabularInline):
    model = ActivityMinimum
    extra = 0


class ListedInline(LookOnly, admin.TabularInline):
    model = ListedStreamer
    extra = 0
    fields = ["streamer", "listed_at", "unlisted_at"]


@admin.register(Activity)
class ActivityAdmin(LookOnlyAdmin):
    list_display = ["code", "title", "leader", "type", "status", "begins_at", "ends_at", "closed_at"]
    list_filter = ["status", "type", "second_level"]
    list_select_related = ["leader"]
    search_fields = ["=code", "title", "leader__name"]
    inlines = [MinimumInline, ListedInline]


class RateInline(LookOnly, admin.TabularInline):
    model = EnrolmentRate
    extra = 0
    fields = ["commission_bps", "service_fee_bps", "effective_from", "announced_at", "cancelled_at"]


@admin.register(Enrolment)
class EnrolmentAdmin(LookOnlyAdmin):
    """The longest waiting first: leaders who leave merchants waiting are the staff's to remind."""

    list_display = ["product", "activity", "merchant", "leader", "status", "enrolled_at", "decided_at", "ended_at"]
    list_filter = [EnrolmentWaitFilter, "status", "end_reason"]
    list_select_related = ["product", "activity", "merchant", "leader"]
    search_fields = ["=product__code", "=activity__code", "merchant__name", "leader__name"]
    ordering = ["enrolled_at"]
    inlines = [RateInline]


@admin.register(ChangeRequest)
class ChangeRequestAdmin(LookOnlyAdmin):
    list_display = ["enrolment", "kind", "merchant", "leader", "asked_at", "answer_by", "answer", "takes_effect_at"]
    list_filter = ["answer", "kind"]
    list_select_related = ["enrolment__product", "enrolment__activity", "merchant", "leader"]
    ordering = ["answer_by"]


@admin.register(SecondLevel)
class SecondLevelAdmin(LookOnlyAdmin):
    list_display = ["enrolment", "first_leader", "second_leader", "bps", "status", "applied_at", "ended_at"]
    list_filter = [WaitFilter, "status", "whole_item"]
    list_select_related = ["enrolment__product", "enrolment__activity", "first_leader", "second_leader"]
    search_fields = ["first_leader__name", "second_leader__name"]


@admin.register(LeaderFigures)
class LeaderFiguresAdmin(LookOnlyAdmin):
    list_display = ["leader", "orders", "streamers", "gmv_fen", "counted_at"]
    list_select_related = ["leader"]
    search_fields = ["leader__name", "=leader__code"]


@admin.register(GoodsRequest)
class GoodsRequestAdmin(LookOnlyAdmin):
    list_display = ["wish", "streamer", "leader", "status", "asked_at", "answered_at"]
    list_filter = [RequestWaitFilter, "status"]
    list_select_related = ["streamer", "leader"]
    search_fields = ["streamer__name", "leader__name"]
    ordering = ["asked_at"]


class RecommendedInline(LookOnly, admin.TabularInline):
    model = RecommendedItem
    extra = 0
    fields = ["place", "enrolment"]


class RecipientInline(LookOnly, admin.TabularInline):
    model = Recipient
    extra = 0
    fields = ["streamer", "seen_at"]


@admin.register(Recommendation)
class RecommendationAdmin(LookOnlyAdmin):
    list_display = ["note", "leader", "audience", "recommended_at", "ended_at"]
    list_filter = ["audience"]
    list_select_related = ["leader"]
    search_fields = ["leader__name", "note"]
    inlines = [RecommendedInline, RecipientInline]
