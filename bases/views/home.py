"""A base at a glance, the bases by city, and the shared library of brands."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from bases import introducing, quotas
from bases.filters import BaseFilter, BrandFilter
from bases.forms import IntroductionForm
from bases.models import Base, BasePolicy, Booking, Brand, Feeder, Introduction, QuarantinedRow, Reservation
from bases.views.acts import OfBase
from haowu.approvals.act_views import went_through
from haowu.ground import days
from haowu.tenants.lists import ListPage, Sort


class BaseHome(OfBase, TemplateView):
    template_name = "bases/home.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine, at = self.request.tenant, days.now()
        feeder = Feeder.objects.visible_to(mine).first()
        known = {
            "profile": self.profile,
            "progress": quotas.current(mine, days.day_of(at)),
            "expiring": _expiring(mine, at),
            "feeder": feeder,
            "is_fresh": feeder is not None and feeder.is_fresh(at),
            "to_review": QuarantinedRow.objects.visible_to(mine).open().count(),
            "to_send": Reservation.objects.visible_to(mine).open().count(),
            "bookings": Booking.objects.visible_to(mine).ahead(at).select_related("room", "streamer")[:5],
        }
        return super().get_context_data(**known | context)


class BaseBrands(OfBase, TemplateView):
    """Brands against quota, what waits, and the form for one more."""

    template_name = "bases/brands.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine, at = self.request.tenant, days.now()
        known = {
            "profile": self.profile,
            "form": IntroductionForm(),
            "progress": quotas.current(mine, days.day_of(at)),
            "introductions": Introduction.objects.visible_to(mine).select_related("brand").newest_first()[:200],
            "expiring": _expiring(mine, at),
            "today": days.day_of(at),
        }
        return super().get_context_data(**known | context)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = IntroductionForm(request.POST)
        if went_through(form, lambda: self.introduce(form)):
            return redirect("base-brands")
        return self.render_to_response(self.get_context_data(form=form))

    def introduce(self, form: IntroductionForm) -> None:
        wish = introducing.Authorised(**form.cleaned_data)
        made = introducing.introduce(self.request.tenant, wish, at=days.now())
        if made.status == Introduction.Status.DUPLICATE:
            said = _("「{brand}」已由别的基地引进，不占额度。平台核对授权书后，你也可以上报它的货。")
            messages.warning(self.request, said.format(brand=made.brand))
        else:
            messages.success(
                self.request, _("「{brand}」已提交，审核通过后立即进入共享品牌库。").format(brand=made.brand)
            )


def _expiring(base: Any, at: Any) -> Any:
    ahead = BasePolicy.objects.in_force(at).notice_days
    mine = Introduction.objects.visible_to(base).expiring(days.day_of(at), ahead)
    return mine.select_related("brand").order_by("authorised_to", "pk")


class Library(ListPage):
    template_name = "bases/library.html"
    filterset_class = BrandFilter
    sorts = [Sort("name", gettext_lazy("名称"), ("name", "pk")), Sort("newest", gettext_lazy("最新引进"), ("-pk",))]
    page_size = 60

    def queryset(self):
        return Brand.objects.shared(days.day_of(days.now()))

    def rows(self, found: list[Brand]) -> list[dict[str, Any]]:
        today = days.day_of(days.now())
        current = Introduction.objects.accepted().authorised(today).of_brands(found)
        by_brand = {each.brand_id: each for each in current.select_related("base__base")}
        return [{"brand": brand, "by": by_brand.get(brand.pk)} for brand in found]


class BaseList(ListPage):
    template_name = "bases/base_list.html"
    filterset_class = BaseFilter
    sorts = [Sort("city", gettext_lazy("城市"), ("city", "level", "pk"))]

    def queryset(self):
        return Base.objects.working().select_related("base", "founder")
