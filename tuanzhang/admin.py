"""Staff's view of leaders' activities, and of what waits too long. They belong to leaders and merchants: staff look."""

from django.contrib import admin

from haowu.tenants.admin import LookOnly, LookOnlyAdmin
from tuanzhang import level_admin  # noqa: F401  registers its own
from tuanzhang.models import (
    Activity,
    ActivityMinimum,
    ChangeRequest,
    Enrolment,
    EnrolmentRate,
    LeaderFigures,
    ListedStreamer,
    SecondLevel,
)


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
    list_filter = ["status", "end_reason"]
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
    list_filter = ["status", "whole_item"]
    list_select_related = ["enrolment__product", "enrolment__activity", "first_leader", "second_leader"]
    search_fields = ["first_leader__name", "second_leader__name"]


@admin.register(LeaderFigures)
class LeaderFiguresAdmin(LookOnlyAdmin):
    list_display = ["leader", "orders", "streamers", "gmv_fen", "counted_at"]
    list_select_related = ["leader"]
    search_fields = ["leader__name", "=leader__code"]
