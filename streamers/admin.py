"""Staff's view of recommendations: the policy in versions, and the models that were trained."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from haowu.approvals.words import Subject
from haowu.ground import days
from haowu.tenants.admin import EditedAdmin, LookOnlyAdmin
from haowu.tenants.recorded_admin import RecordedAdmin
from streamers.models import MatchingPolicy, MatchModel


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
