"""A party's own trail."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from haowu.approvals import naming, notices, reading
from haowu.approvals.filters import TrailFilter
from haowu.approvals.models import Trail
from haowu.ground import inputs
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort


class TrailPage(ListPage):
    """Everything that was done to what is the tenant's, newest first, and by whom."""

    template_name = "approvals/trail.html"
    filterset_class = TrailFilter
    sorts = [Sort("newest", gettext_lazy("最近发生"), ("-pk",))]

    def queryset(self):
        return Trail.objects.visible_to(self.request.tenant).select_related("acting_for")

    def rows(self, found: list[Trail]) -> list[dict[str, Any]]:
        tenant = self.request.tenant
        things = naming.things(found, tenant)
        return [
            {
                "row": row,
                "who": reading.who(row, tenant),
                "thing": things.get((row.subject_kind, row.subject)),
                "request_id": reading.request_id(row, tenant),
            }
            for row in found
        ]


class NoticesPage(TenantRequiredMixin, TemplateView):
    """What others did to what is the tenant's. POST says what has been read, or what is to be silent and mailed.

    Every member may: it changes nothing but his own list.
    """

    template_name = "approvals/notices.html"

    def has_right(self) -> bool:
        return True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user, tenant = self.request.user, self.request.tenant
        before = _row_number(self.request.GET.get("before", ""))
        setting = notices.setting_of(user, tenant)
        types = [
            {"type": type, "is_silent": type in setting.silent, "is_mailed": type in setting.mailed}
            for type in notices.NoticeType
        ]
        return super().get_context_data(page=notices.page(user, tenant, before), types=types, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("read"):
            notices.mark_read(request.user, request.tenant)
        else:
            heard = request.POST.getlist("heard")
            silent = [type for type in notices.NoticeType.values if type not in heard]
            notices.change(request.user, request.tenant, silent=silent, mailed=request.POST.getlist("mailed"))
            messages.success(request, _("通知设置已保存。"))
        return redirect("notices")


def _row_number(text: str) -> int | None:
    try:
        return inputs.whole_text(text)
    except inputs.InputInvalid:
        return None
