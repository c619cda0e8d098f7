"""A party's own trail; and what a member keeps for himself: notices, views of lists, columns that he wants to see."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from haowu.approvals import naming, notices, reading
from haowu.approvals.act_views import ActView
from haowu.approvals.filters import TrailFilter
from haowu.approvals.models import Trail
from haowu.ground import inputs
from haowu.ground.fields import TextField
from haowu.ground.tables import Column
from haowu.tenants import saved_views
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort, minute
from haowu.tenants.models import SavedView


class TrailPage(ListPage):
    """Everything that was done to what is the tenant's, newest first, and by whom."""

    template_name = "approvals/trail.html"
    filterset_class = TrailFilter
    title = gettext_lazy("操作记录")
    file_columns = [
        Column(gettext_lazy("时间"), width=18),
        Column(gettext_lazy("谁"), width=20),
        Column(gettext_lazy("动作")),
        Column(gettext_lazy("对象类型")),
        Column(gettext_lazy("对象"), width=32),
        Column(gettext_lazy("原因"), width=48),
    ]
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

    def file_rows(self, found: list[Trail]) -> Iterator[tuple[Any, ...]]:
        for each in self.rows(found):
            row = each["row"]
            yield (minute(row.at), each["who"].name, row.act_label, row.subject_label, row.subject, row.reason)


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


class ViewForm(forms.Form):
    name = TextField(label=gettext_lazy("视图名称"), max_length=32)


def list_of(route: str | None) -> Any:
    """The list page whose route is ``route``: its class. Http404 where there is none that can be saved."""
    try:
        view = resolve(reverse(inputs.key(route))).func
    except NoReverseMatch:
        raise Http404 from None
    page = getattr(view, "view_class", None)
    if page is None or getattr(page, "route", "") != route:
        raise Http404
    return page


class OfEveryMember(TenantRequiredMixin):
    """Every member may: it changes nothing but what he sees himself."""

    def has_right(self) -> bool:
        return True


class SavedViews(OfEveryMember, TemplateView):
    template_name = "approvals/saved_views.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = SavedView.objects.visible_to(self.request.tenant).of(self.request.user).with_a_name().in_order()
        lists = [
            {"address": reverse(route), "title": list_of(route).title, "views": list(views)}
            for route, views in groupby(mine, key=lambda view: view.page)
        ]
        return super().get_context_data(lists=lists, most=saved_views.MOST, **context)


class KeepView(OfEveryMember, ActView):
    """POST ``page`` (a route), ``query`` and ``name``: keep what the page shows."""

    def act(self) -> str:
        page, name = list_of(self.request.POST.get("page")), self.read(ViewForm(self.request.POST))["name"]
        query = self.request.POST.get("query", "")
        saved_views.keep_view(self.request.tenant, self.request.user, page.route, name, query)
        return _("已存为视图「{name}」。").format(name=name)

    def back(self) -> str:
        address = reverse(list_of(self.request.POST.get("page")).route)
        query = saved_views.canonical(self.request.POST.get("query", ""))
        return f"{address}?{query}" if query else address


class ChooseColumns(KeepView):
    """POST ``page`` and ``columns``: those to be shown. ``usual``: back to the list's own."""

    def act(self) -> str:
        page, shown = list_of(self.request.POST.get("page")), self.request.POST.getlist("columns")
        if not getattr(page, "columns", ()):
            raise Http404
        if self.request.POST.get("usual"):
            hidden = [column.key for column in page.columns if column.is_extra]
        else:
            hidden = [column.key for column in page.columns if column.key not in shown]
        saved_views.choose_columns(self.request.tenant, self.request.user, page.route, hidden)
        return ""


class OwnView(OfEveryMember, ActView):
    back_to = "saved-views"

    @cached_property
    def saved(self) -> SavedView:
        mine = SavedView.objects.visible_to(self.request.tenant).of(self.request.user).with_a_name()
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])


class RenameView(OwnView):
    def act(self) -> str:
        saved_views.rename_view(self.saved, self.read(ViewForm(self.request.POST))["name"])
        return _("已改名。")


class RemoveView(OwnView):
    def act(self) -> str:
        saved_views.remove_view(self.saved)
        return _("已删除视图「{name}」。").format(name=self.saved.name)
