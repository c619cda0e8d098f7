"""The admin's site: its menu with what waits, its home, its search. Desks of upper floors put their panels here."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from haowu.approvals.staff_menu import GROUPS
from haowu.tenants import second_step, second_step_views
from haowu.tenants.staff_pages import end_view

LIBRARIES = frozenset({"auth", "oauth2_provider", "otp_static", "otp_totp"})
Page = Callable[["StaffSite", HttpRequest], Any]


class StaffSite(AdminSite):
    """``pages`` are filled in by ``haowu.approvals.admin``: they look at queues, which are registered on this site."""

    site_header = site_title = _("好物联盟 · 平台后台")
    index_title = _("联盟总览")
    enable_nav_sidebar = False
    pages: dict[str, Page]
    count_waiting: Callable[[HttpRequest], dict[str, Any]]

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.pages = {}

    def register(self, model_or_iterable: Any, *rest: Any, **options: Any) -> None:
        """Without what libraries register for themselves: tokens and secrets are nobody's to look at."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        ours = [model for model in models if model._meta.app_label not in LIBRARIES]
        super().register(ours, *rest, **options)

    def get_urls(self) -> list:
        own = [
            path("second-step/", self._bare(second_step_views.verify), name="second_step"),
            path("second-step/enrol/", self._bare(second_step_views.enrol), name="second_step_enrol"),
            path("second-step/codes/", self.admin_view(self._bare(second_step_views.codes)), name="second_step_codes"),
            path("view-as/end/", self.admin_view(end_view), name="view_as_end"),
            path("search/", self.admin_view(self._page("search")), name="search"),
            path("lists/", self.admin_view(self.lists), name="lists"),
        ]
        return [*own, *super().get_urls()]

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and second_step.is_passed(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Whoever has signed in and not passed the second step goes there."""
        if super().has_permission(request) and not self.has_permission(request):
            return redirect(second_step_views.address(request))
        return super().login(request, {"second_step": settings.STAFF_SECOND_STEP} | (extra_context or {}))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return self.pages["home"](self, request)

    def lists(self, request: HttpRequest) -> HttpResponse:
        """Every list there is; the menu holds those of every day."""
        return super().index(request, {"title": _("全部列表")})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"menu": SimpleLazyObject(lambda: self.menu(request))}

    def menu(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Groups of places that the user may look at, each with how much waits there."""
        waiting = self.count_waiting(request)
        registry = {model._meta.label_lower: shown for model, shown in self._registry.items()}
        groups = []
        for name, places in GROUPS:
            seen = [each for each in places if each.model in registry]
            seen = [each for each in seen if registry[each.model].has_view_or_change_permission(request)]
            items = [self._item(request, each, waiting.get(each.model)) for each in seen]
            groups += [{"name": name, "places": items}] if items else []
        return groups

    def _item(self, request: HttpRequest, place: Any, waiting: Any) -> dict[str, Any]:
        address = reverse(place.route)
        href = waiting.address if waiting is not None and waiting.count else address
        is_here = request.path.startswith(address)
        return {"place": place, "href": href, "waiting": waiting and waiting.count, "is_here": is_here}

    def _bare(self, view: Page) -> Callable[[HttpRequest], HttpResponse]:
        """Pages that stand before the permission to look at anything."""

        @never_cache
        def page(request: HttpRequest) -> HttpResponse:
            return view(self, request)

        return page

    def _page(self, name: str) -> Callable[[HttpRequest], HttpResponse]:
        def page(request: HttpRequest) -> HttpResponse:
            return self.pages[name](self, request)

        return page


def list_address(model: Any, query: str = "") -> str:
    """Where the list of ``model`` stands; empty for one that has none."""
    try:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    except NoReverseMatch:
        return ""
    return f"{address}?{query}" if query else address
