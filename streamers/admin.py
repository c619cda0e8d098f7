"""Staff's view of links, live sessions and recommendations. Sessions are their streamers' own: staff look. Who clicked
nobody sees.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from haowu.approvals.words import Subject
from haowu.ground import days
from haowu.tenants.admin import EditedAdmin, LookOnly, LookOnlyAdmin
from haowu.tenants.recorded_admin import RecordedAdmin
from streamers.models import Link, LinkDay, LiveSession, MatchingPolicy, MatchModel, SessionItem
from streamers.modules import admin as modules  # noqa: F401  Django's autodiscovery imports this module alone


class LinkDayInline(LookOnly, admin.TabularInline):
    model = LinkDay
    extra = 0
    fields = ["day", "clicks", "visitors"]
    ordering = ["-day"]
    max_num = 31


@admin.register(Link)
class LinkAdmin(LookOnlyAdmin):
    list_display = ["code", "streamer", "product", "sub_id", "made_at"]
    list_select_related = ["streamer", "product"]
    search_fields = ["=code", "=sub_id", "=pick__pid", "streamer__name"]
    inlines = [LinkDayInline]


class ItemInline(LookOnly, admin.TabularInline):
    model = SessionItem
    extra = 0
    fields = ["position", "product", "minutes", "presented_at", "clicks"]
    ordering = ["position"]


@admin.register(LiveSession)
class LiveSessionAdmin(LookOnlyAdmin):
    list_display = ["title", "streamer", "status", "starts_at", "started_at", "ended_at"]
    list_filter = ["status"]
    list_select_related = ["streamer"]
    search_fields = ["=public_id", "title", "streamer__name"]
    inlines = [ItemInline]


@admin.register(MatchingPolicy)
class MatchingPolicyAdmin(RecordedAdmin, EditedAdmin):
    """A version is added with the figures of the one before it; none is changed."""

    subject_kind = Subject.MATCHING_POLICY
    list_display = ["__str__", "reserved_of_ten", "quiet_sales", "note"]
    ordering = ["-effective_from", "-pk"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        last = MatchingPolicy.objects.in_force(days.now())
        return {
            "reserved_of_ten": last.reserved_of_ten,
            "quiet_sales": last.quiet_sales,
            "effective_from": days.now(),
        }

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(MatchModel)
class MatchModelAdmin(LookOnlyAdmin):
    list_display = [
        "__str__",
        "status",
        "started_at",
        "served_at",
        "streamers",
        "events",
        "goods",
        "pairs",
        "categories",
    ]
    list_filter = ["status"]
    ordering = ["-started_at", "-pk"]
