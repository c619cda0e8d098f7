"""基地合作: a merchant finds a base, agrees to it and takes it back; a base sees what it may feed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from bases import consenting
from bases.filters import BaseFilter, ConsentFilter
from bases.forms import ConsentForm
from bases.models import Base, Consent, Introduction, Stock
from bases.views.acts import OfBase
from haowu.approvals.act_views import ActView, went_through
from haowu.ground import days
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.models import Tenant


class ConsentList(ListPage):
    filterset_class = ConsentFilter
    sorts = [
        Sort("newest", gettext_lazy("最近同意"), ("-given_at", "-pk")),
        Sort("oldest", gettext_lazy("最早同意"), ("given_at", "pk")),
    ]

    def queryset(self):
        return Consent.objects.visible_to(self.request.tenant).with_parties()

    def rows(self, found: list[Consent]) -> list[dict[str, Any]]:
        at = days.now()
        return [{"consent": consent, "state": consent.state_at(at), "may_end": not consent.is_over(at)}
                for consent in found]  # fmt: skip


class MerchantConsents(ConsentList):
    kind = Tenant.Kind.MERCHANT
    template_name = "bases/consents.html"


class BaseGoods(OfBase, ConsentList):
    """Brands first, of which there are as many as the quota lets in; then merchants."""

    template_name = "bases/base_goods.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        brands = Introduction.objects.visible_to(self.request.tenant).permitted().select_related("brand", "permit")
        return super().get_context_data(brands=brands.order_by("-permit__until", "pk"), now=days.now(), **context)


class ConsentBases(ListPage):
    """Bases that a merchant may agree to, by name and city."""

    kind = Tenant.Kind.MERCHANT
    template_name = "bases/consent_bases.html"
    filterset_class = BaseFilter
    sorts = [Sort("city", gettext_lazy("城市"), ("city", "level", "pk"))]

    def queryset(self):
        return Base.objects.working().select_related("base")

    def rows(self, found: list[Base]) -> list[dict[str, Any]]:
        mine = Consent.objects.visible_to(self.request.tenant).not_over(days.now())
        agreed = set(mine.filter(base__in=[row.pk for row in found]).values_list("base_id", flat=True))
        return [{"base": row, "is_agreed": row.pk in agreed} for row in found]


class Agree(TenantRequiredMixin, TemplateView):
    """From which day to which day one base may hold the goods."""

    kind = Tenant.Kind.MERCHANT
    writes = True
    template_name = "bases/agree.html"

    @cached_property
    def base(self) -> Base:
        working = Base.objects.working().select_related("base")
        return get_object_or_404(working, base__public_id=self.kwargs["public_id"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": ConsentForm(), "base": self.base} | context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ConsentForm(request.POST)
        if went_through(form, lambda: self.agree(form)):
            said = _("已同意「{base}」存放你的货。它下一次上报后，库存会出现在「基地库存」。")
            messages.success(request, said.format(base=self.base))
            return redirect("consents")
        return self.render_to_response(self.get_context_data(form=form))

    def agree(self, form: ConsentForm) -> None:
        at = days.now()
        consenting.agree(self.request.tenant, self.base.base, **form.window(at), by=self.request.user, at=at)


class RetractConsent(TenantRequiredMixin, ActView, TemplateView):
    """Asks once more, saying what follows, and then does it."""

    http_method_names = ["get", "post"]
    kind = Tenant.Kind.MERCHANT
    writes = True
    template_name = "bases/retract_consent.html"
    back_to = "consents"

    @cached_property
    def consent(self) -> Consent:
        mine = Consent.objects.visible_to(self.request.tenant).with_parties()
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        consent, at = self.consent, days.now()
        counted = Stock.objects.permitted(at).filter(permit=consent.permit_id).totals()
        return super().get_context_data(consent=consent, is_over=consent.is_over(at), counted=counted, **context)

    def act(self) -> str:
        consenting.retract(self.consent, by=self.request.user, at=days.now())
        return _("已撤回对「{base}」的同意，立即生效。已预留的订单照常发出。").format(base=self.consent.base)
