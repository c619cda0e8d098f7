"""A base at a glance, the bases by city, and the shared library of brands."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from bases import beat, introducing, quotas, sharing
from bases.filters import BaseFilter, BrandFilter
from bases.forms import IntroductionForm
from bases.models import (
    Base,
    BasePolicy,
    Booking,
    Brand,
    Introduction,
    QuarantinedRow,
    QuotaPeriod,
    Reservation,
    Stock,
)
from bases.views.acts import OfBase, WithGoods
from haowu.approvals.act_views import went_through
from haowu.ground import days, inputs
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.models import Tenant
from haowu.web.menus import count_of_each

PAGE_SIZE = 24


class BaseHome(OfBase, TemplateView):
    template_name = "bases/home.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine, at = self.request.tenant, days.now()
        profile = Base.objects.with_feeder().of(mine)
        feeder = getattr(mine if profile is None else profile.base, "feeder", None)
        period = QuotaPeriod.objects.visible_to(mine).on(days.day_of(at)).first()
        progress, counted = quotas.opened(period) if period else (None, [])
        reviews = QuarantinedRow.objects.visible_to(mine).to_review()
        known = {
            "profile": profile,
            "progress": progress,
            "seats": _seats(progress, counted),
            "expiring": _expiring(mine, at),
            "feeder": feeder,
            "is_fresh": feeder is not None and feeder.is_fresh(at),
            "beat": beat.of_base(mine, at=at),
            "reviews": reviews.select_related("feed").newest_first()[:5],
            "bookings": Booking.objects.visible_to(mine).ahead(at).select_related("room", "streamer")[:5],
        }
        counts = {
            "to_review": reviews,
            "to_send": Reservation.objects.visible_to(mine).open(),
            "skus": Stock.objects.of_base(mine),
        }
        return super().get_context_data(**known, **count_of_each(mine, counts), **context)


def _seats(progress: quotas.Progress | None, counted: list[Introduction]) -> list[dict[str, str]]:
    """One for each brand of the quota: what is introduced, what waits for an answer, what is free."""
    if progress is None:
        return []
    used = [{"name": str(each.brand), "state": "w" if each.status == "submitted" else ""} for each in counted]
    return used + [{"name": "", "state": "e"}] * max(0, progress.quota - len(used))


class BaseBrands(OfBase, TemplateView):
    """Brands against quota, what waits, and the form for one more."""

    template_name = "bases/brands.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine, at = self.request.tenant, days.now()
        handed_in = Introduction.objects.visible_to(mine).select_related("brand").newest_first()
        page = Paginator(handed_in, PAGE_SIZE).get_page(self.request.GET.get("page"))
        known = {
            "profile": self.profile,
            "form": IntroductionForm(),
            "progress": quotas.current(mine, days.day_of(at)),
            "page": page,
            "introductions": page.object_list,
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


class Library(WithGoods, ListPage):
    """Brands beside the open one: its goods, and how many lie free in which city. ``?brand=`` opens another."""

    template_name = "bases/library.html"
    filterset_class = BrandFilter
    sorts = [
        Sort("name", gettext_lazy("名称"), ("name", "pk")),
        Sort("newest", gettext_lazy("最新引进"), ("-pk",)),
        Sort("goods", gettext_lazy("商品最多"), ("-goods_count", "-pk")),
    ]
    page_size = 20
    goods_size = 12

    def queryset(self):
        return Brand.objects.shared(days.day_of(days.now())).with_goods()

    def rows(self, found: list[Brand]) -> list[dict[str, Any]]:
        today = days.day_of(days.now())
        current = Introduction.objects.accepted().authorised(today).of_brands(found)
        by_brand = {each.brand_id: each for each in current.select_related("base__base")}
        return [{"brand": brand, "by": by_brand.get(brand.pk)} for brand in found]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.headers.get("HX-Request") and "brand" in request.GET:
            return self.response_class(request, "bases/_library_brand.html", self.opened([]))
        return super().get(request, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        known = super().get_context_data(**context)
        return known | self.opened(known["rows"])

    def opened(self, shown: list[dict[str, Any]]) -> dict[str, Any]:
        """The brand asked for, else the first of ``shown``, with a page of its goods."""
        asked = inputs.key(self.request.GET.get("brand"))
        row = shown[0] if shown and not asked else None
        if asked:
            row = self.rows([get_object_or_404(self.queryset(), code=asked)])[0]
        if row is None:
            return {"open": None}
        at, own = days.now(), self.own_city()
        page = Paginator(row["brand"].goods.order_by("pk"), self.goods_size).get_page(self.request.GET.get("page"))
        table = sharing.by_city(page.object_list, own, at=at)
        names = self.goods((each.merchant_id, each.product_code) for each in table.rows)
        goods = [(each, names.get((each.merchant_id, each.product_code))) for each in table.rows]
        return {"open": row, "table": table, "goods": goods, "page": page, "at": at}

    def own_city(self) -> str:
        tenant = self.request.tenant
        base = Base.objects.of(tenant) if tenant.kind == Tenant.Kind.BASE else None
        return base.city if base else ""


class BaseList(ListPage):
    template_name = "bases/base_list.html"
    filterset_class = BaseFilter
    sorts = [Sort("city", gettext_lazy("城市"), ("city", "level", "pk"))]

    def queryset(self):
        return Base.objects.working().select_related("base", "founder")
