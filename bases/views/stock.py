"""A base's feeds: how fresh they are, a CSV by hand, an address to read, and what waits for review."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bases import feed_rows, feeding, pulling
from bases.forms import PullForm, UploadForm
from bases.models import Feed, Feeder, PullSource, QuarantinedRow, Stock
from bases.views.acts import OfBase
from haowu.approvals.act_views import ActView, went_through
from haowu.ground import days

SHOWN = 100


class StockPage(OfBase, TemplateView):
    template_name = "bases/stock.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine, at = self.request.tenant, days.now()
        feeder = Feeder.objects.visible_to(mine).first()
        source = PullSource.objects.visible_to(mine).first()
        following = {"sequence": feeder.last_sequence + 1 if feeder else 1, "counted_at": at}
        address = {"url": source.url, "every_minutes": source.every_minutes} if source else None
        known = {
            "profile": self.profile,
            "feeder": feeder,
            "is_fresh": feeder is not None and feeder.is_fresh(at),
            "skus": Stock.objects.of_base(mine).count(),
            "feeds": Feed.objects.visible_to(mine).newest_first()[:20],
            "to_review": QuarantinedRow.objects.visible_to(mine).open().count(),
            "upload": UploadForm(initial=following, prefix="upload"),
            "pull": PullForm(initial=address, prefix="pull"),
            "source": source,
        }
        return super().get_context_data(**known | context)


class Upload(StockPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES, prefix="upload")
        if went_through(form, lambda: self.receive(form)):
            return redirect("base-stock")
        return self.render_to_response(self.get_context_data(upload=form))

    def receive(self, form: UploadForm) -> None:
        facts = form.cleaned_data
        packed = feed_rows.pack(feed_rows.from_csv(facts["file"].file))
        count = feeding.Count(facts["kind"], facts["sequence"], facts["counted_at"])
        receipt = feeding.receive(self.request.tenant, count, packed, at=days.now())
        said = _("第 {sequence} 号上报：{status}，{rows} 行，待复核 {quarantined} 行。")
        facts = {name: getattr(receipt.feed, name) for name in ("sequence", "rows", "quarantined")}
        messages.success(self.request, said.format(status=receipt.feed.get_status_display(), **facts))


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


class FeedAct(OfBase, ActView):
    back_to = "base-stock"

    @property
    def feed(self) -> Feed:
        return get_object_or_404(Feed.objects.visible_to(self.request.tenant), sequence=self.kwargs["sequence"])


class ConfirmFeed(FeedAct):
    def act(self) -> str:
        feed = feeding.apply(self.feed, at=days.now(), is_checked=False)
        return _("第 {sequence} 号上报：{status}。").format(sequence=feed.sequence, status=feed.get_status_display())


class RejectFeed(FeedAct):
    def act(self) -> str:
        feeding.reject(self.feed, at=days.now())
        return _("第 {sequence} 号上报已作废，库存没有改变。").format(sequence=self.kwargs["sequence"])


class Review(OfBase, TemplateView):
    template_name = "bases/review.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = QuarantinedRow.objects.visible_to(self.request.tenant).open()
        rows = waiting.select_related("feed").newest_first()[:SHOWN]
        return super().get_context_data(rows=rows, total=waiting.count(), **context)


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
