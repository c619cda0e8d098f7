"""Staff's view of API clients. They are registered by the command ``api_client``, which shows the secret once."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from haowu.approvals.words import Subject
from haowu.tenants.admin import LookOnlyAdmin
from haowu.tenants.recorded_admin import RecordedAdmin


class ApiClientAdmin(RecordedAdmin, LookOnlyAdmin):
    """Registered by the toolkit for its own model, by name in the settings. No secret, nor its hash, is shown.

    A client that is not used any more may be deleted, and with it its tokens.
    """

    subject_kind = Subject.API_CLIENT
    fields: ClassVar[list[str]] = ["name", "tenant", "client_id", "allowed_scopes", "created", "updated"]
    list_display: ClassVar[list[str]] = ["name", "tenant", "client_id", "allowed_scopes", "created"]
    list_select_related: ClassVar[list[str]] = ["tenant"]
    search_fields: ClassVar[list[str]] = ["name", "=client_id", "tenant__name", "=tenant__code"]
    ordering: ClassVar[list[str]] = ["-pk"]
    view_on_site = False

    def subject_of(self, row: Any) -> str:
        return row.client_id

    def party_of(self, row: Any) -> int:
        return row.tenant_id

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)
