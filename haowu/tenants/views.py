"""The doors: signing in and out, and choosing the tenant to act for."""

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView, View

from haowu.ground import days, inputs
from haowu.tenants.middleware import SESSION_KEY
from haowu.tenants.models import Tenant
from haowu.web.paths import local

HOMES = {
    Tenant.Kind.MERCHANT: "dashboard",
    Tenant.Kind.STREAMER: "selection",
    Tenant.Kind.TUANZHANG: "dashboard",
    Tenant.Kind.PROVIDER: "dashboard",
    Tenant.Kind.BASE: "base-home",
}
"""The first page of each kind of tenant; the other kinds begin with their statements."""


class SignIn(LoginView):
    template_name = "tenants/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **context):
        return super().get_context_data(demo_logins=settings.DEMO_LOGINS, **context)


class TenantChooser(LoginRequiredMixin, TemplateView):
    """The tenants of the user; POST ``tenant`` (a public id) acts for it from then on, on the page of ``next``."""

    template_name = "tenants/choose.html"

    def get_context_data(self, **context):
        tenants, asked = Tenant.objects.of_member(self.request.user), local(self.request, self.request.GET.get("next"))
        return super().get_context_data(tenants=tenants, next=asked, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        mine = Tenant.objects.of_member(request.user)
        chosen = get_object_or_404(mine, public_id=inputs.key(request.POST.get("tenant")))
        return self.enter(chosen, request.POST.get("next"))

    def enter(self, tenant: Tenant, asked: str | None) -> HttpResponse:
        """Act for ``tenant``: on the page that was ``asked`` for before signing in, else on its first page."""
        if not self.request.viewing:
            self.request.session[SESSION_KEY] = tenant.public_id
        home = reverse(HOMES.get(tenant.kind, "statements"))
        return HttpResponseRedirect(local(self.request, asked) or home)


class Home(TenantChooser):
    """The first page of the tenant in use, or of the only one; the chooser when there are several."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        tenants = [request.tenant] if request.tenant else list(Tenant.objects.of_member(request.user)[:2])
        if len(tenants) == 1:
            return self.enter(tenants[0], request.GET.get("next"))
        return super().get(request, *args, **kwargs)


class CloseGuide(LoginRequiredMixin, View):
    """The first steps are shown no more."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("staff") and request.user.is_staff:
            request.user.close_guide(days.now())
            return HttpResponseRedirect(reverse("admin:index"))
        if request.membership:
            request.membership.close_guide(days.now())
        return HttpResponseRedirect(reverse("home"))
