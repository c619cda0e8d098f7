"""A base's stock and its feeds: a CSV by hand, seen before it counts; an address to read; what waits for review."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from bases import beat, feed_rows, feeding, pulling
from bases.filters import OwnStockFilter
from bases.forms import PullForm, UploadForm
from bases.models import Base, Feed, QuarantinedRow, Stock
from bases.views.acts import OfBase, WithGoods
from haowu.approvals.act_views import ActView, went_through
from haowu.ground import days
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.models import Tenant
from haowu.web.menus import count_of_each

PAGE_SIZE = 24
PREVIEWED = 200
"""Problems of a feed that its page lists one by one; the others are counted."""


class StockPage(OfBase, WithGoods, ListPage):
    """What the base has, and how it says so: a file by hand, an address, the last feeds."""

    template_name = "bases/stock.html"
    filterset_class = OwnStockFilter
    sorts = [
        Sort("goods", gettext_lazy("商品编号"), ("product_code", "sku_code", "pk")),
        Sort("least", gettext_lazy("可售最少"), ("available", "pk")),
        Sort("most", gettext_lazy("可售最多"), ("-available", "pk")),
    ]

    def queryset(self):
        return Stock.objects.of_base(self.request.tenant).with_available().select_related("merchant", "permit")

    def rows(self, found: list[Stock]) -> list[dict[str, Any]]:
        at = days.now()
        names = self.goods((row.merchant_id, row.product_code) for row in found)
        return [
            {
                "stock": row,
                "goods": names.get((row.merchant_id, row.product_code)),
                "is_permitted": row.permit is not None and row.permit.is_live(at),
            }
            for row in found
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine, at = self.request.tenant, days.now()
        profile = Base.objects.with_sources().of(mine)
        feeder = getattr(profile.base, "feeder", None) if profile else None
        source = getattr(profile.base, "pull_source", None) if profile else None
        following = {"sequence": feeder.last_sequence + 1 if feeder else 1, "counted_at": at}
        address = {"url": source.url, "every_minutes": source.every_minutes} if source else None
        known = {
            "profile": profile,
            "feeder": feeder,
            "is_fresh": feeder is not None and feeder.is_fresh(at),
            "feeds": Feed.objects.visible_to(mine).newest_first()[:8],
            "beat": beat.of_base(mine, at=at),
            "upload": UploadForm(initial=following, prefix="upload"),
            "pull": PullForm(initial=address, prefix="pull"),
            "source": source,
        }
        counts = {
            "skus": Stock.objects.of_base(mine),
            "to_review": QuarantinedRow.objects.visible_to(mine).to_review(),
        }
        return super().get_context_data(**known | count_of_each(mine, counts) | context)


class Upload(StockPage):
    """A file is read and kept; it changes nothing before it is confirmed on the page of its feed."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES, prefix="upload")
        if went_through(form, lambda: self.receive(form)):
            return redirect("base-feed", form.cleaned_data["sequence"])
        return self.render_to_response(self.get_context_data(upload=form))

    def receive(self, form: UploadForm) -> None:
        facts = form.cleaned_data
        packed = feed_rows.pack(feed_rows.from_csv(facts["file"].file))
        count = feeding.Count(facts["kind"], facts["sequence"], facts["counted_at"])
        feeding.receive(self.request.tenant, count, packed, at=days.now(), is_to_be_confirmed=True)


class Template(OfBase, View):
    """The file to fill in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        answer = HttpResponse(feed_rows.template(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="stock-template.csv"'
        return answer


class RegisterPull(StockPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        form = PullForm(request.POST, prefix="pull")
        if went_through(form, lambda: pulling.register(request.tenant, **form.cleaned_data, at=days.now())):
            messages.success(request, _("已登记，平台会在一分钟内第一次读取。"))
            return redirect("base-stock")
        return self.render_to_response(self.get_context_data(pull=form))


class ForgetPull(OfBase, ActView):
    back_to = "base-stock"

    def act(self) -> str:
        pulling.forget(self.request.tenant, at=days.now())
        return _("不再读取这个地址。")


class OwnFeed(OfBase):
    @cached_property
    def feed(self) -> Feed:
        return get_object_or_404(Feed.objects.visible_to(self.request.tenant), sequence=self.kwargs["sequence"])


class FeedPage(OwnFeed, TemplateView):
    """One feed: before it is confirmed what it would change, row by row what cannot be read; after, what it did."""

    template_name = "bases/feed.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waits = self.feed.status == Feed.Status.PARTIAL and not feeding.missing(self.feed)
        is_small = self.feed.rows <= feeding.AT_ONCE
        preview = feeding.preview(self.feed, at=days.now()) if waits and is_small else None
        kept = QuarantinedRow.objects.of_feed(self.feed).open().order_by("line_no", "pk")
        problems = preview.problems if preview else list(kept[:PREVIEWED])
        known = {
            "feed": self.feed,
            "waits": waits,
            "preview": preview,
            "problems": problems[:PREVIEWED],
            "problem_count": len(problems) if preview else kept.count(),
        }
        return super().get_context_data(**known | context)


class FeedAct(OwnFeed, ActView):
    back_to = "base-stock"


class ConfirmFeed(FeedAct):
    def act(self) -> str:
        feed = feeding.confirm(self.feed, at=days.now())
        said = _("第 {sequence} 号上报：{status}，{rows} 行，待复核 {quarantined} 行。")
        facts = {name: getattr(feed, name) for name in ("sequence", "rows", "quarantined")}
        return said.format(status=feed.get_status_display(), **facts)


class RejectFeed(FeedAct):
    def act(self) -> str:
        feeding.reject(self.feed, at=days.now())
        return _("第 {sequence} 号上报已作废，库存没有改变。").format(sequence=self.kwargs["sequence"])


class Review(OfBase, WithGoods, TemplateView):
    template_name = "bases/review.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = QuarantinedRow.objects.visible_to(self.request.tenant).to_review()
        reasons = waiting.counted_by_reason()
        asked = self.request.GET.get("reason", "")
        shown = waiting.because(asked) if asked in QuarantinedRow.Reason.values else waiting
        page = Paginator(shown.select_related("feed").newest_first(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        merchants = Tenant.objects.coded(Tenant.Kind.MERCHANT, {row.merchant_code for row in page})
        names = self.goods(
            (merchants[row.merchant_code].pk, row.product_code) for row in page if row.merchant_code in merchants
        )
        rows = [
            {"row": row, "merchant": found, "goods": names.get((found.pk, row.product_code)) if found else None}
            for row in page
            for found in [merchants.get(row.merchant_code)]
        ]
        known = {"rows": rows, "page": page, "reasons": reasons, "reason": asked, "total": sum(reasons.values())}
        labels = [(code, QuarantinedRow.Reason(code).label, n) for code, n in reasons.items()]
        return super().get_context_data(**known, labels=labels, **context)


class RowAct(OfBase, ActView):
    back_to = "base-review"

    @property
    def row(self) -> QuarantinedRow:
        return get_object_or_404(QuarantinedRow.objects.visible_to(self.request.tenant), pk=self.kwargs["pk"])


class TakeRow(RowAct):
    def act(self) -> str:
        feeding.accept(self.row, by=self.request.user, at=days.now())
        return _("已采用这一行。")


class DropRow(RowAct):
    def act(self) -> str:
        feeding.drop(self.row, by=self.request.user, at=days.now())
        return _("已放弃这一行，库存不变。")
