"""The doors: signing in and out, and choosing the tenant to act for."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import TemplateView

from haowu.tenants.middleware import SESSION_KEY
from haowu.tenants.models import Tenant

HOMES = {
    Tenant.Kind.MERCHANT: "products",
    Tenant.Kind.STREAMER: "selection",
    Tenant.Kind.TUANZHANG: "activities",
    Tenant.Kind.BASE: "base-home",
}
"""The first page of each kind of tenant; the other kinds begin with their statements."""


class SignIn(LoginView):
    template_name = "tenants/sign_in.html"
    redirect_authenticated_user = True


class TenantChooser(LoginRequiredMixin, TemplateView):
    """The tenants of the user; POST ``tenant`` (a public id) acts for it from then on."""

    template_name = "tenants/choose.html"

    def get_context_data(self, **context):
        return super().get_context_data(tenants=Tenant.objects.of_member(self.request.user), **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        mine = Tenant.objects.of_member(request.user)
        return self.enter(get_object_or_404(mine, public_id=request.POST.get("tenant", "")))

    def enter(self, tenant: Tenant) -> HttpResponse:
        self.request.session[SESSION_KEY] = tenant.public_id
        return redirect(HOMES.get(tenant.kind, "statements"))


class Home(TenantChooser):
    """The first page of the tenant in use, or of the only one; the chooser when there are several."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        tenants = [request.tenant] if request.tenant else list(Tenant.objects.of_member(request.user)[:2])
        if len(tenants) == 1:
            return self.enter(tenants[0])
        return super().get(request, *args, **kwargs)
