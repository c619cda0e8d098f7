"""Importing a table of products: the file, what it would do row by row, applying it, and what is to be mended."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from haowu.approvals.act_views import ActView, went_through
from haowu.ground import days
from haowu.ground.tables import Column, Table
from haowu.tenants.files import as_csv, as_xlsx
from merchants.importing import applying, columns, reading
from merchants.importing.judging import Effect, Judged, Row
from merchants.models import ProductUpload
from merchants.views.products import OfMerchant

PAGE_SIZE = 50
VIEWS = {
    Effect.BAD: gettext_lazy("要改的"),
    Effect.NEW: gettext_lazy("新增"),
    Effect.CHANGED: gettext_lazy("修改"),
    Effect.SAME: gettext_lazy("不变"),
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("商品表格"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        help_text=gettext_lazy("CSV（UTF-8、GBK 都行）或 XLSX，最多 10,000 行、5 MB。"),
    )


class ImportPage(OfMerchant, TemplateView):
    """The way in: template, file, and the uploads of the last day. A file changes nothing before it is applied."""

    template_name = "merchants/import.html"
    writes = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = ProductUpload.objects.visible_to(self.request.tenant).kept(days.now()).newest_first()
        waiting = waiting.defer("content").select_related("uploaded_by")
        return super().get_context_data(
            **{"form": UploadForm(), "uploads": waiting, "explained": columns.explained()} | context
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        kept: list[ProductUpload] = []
        if went_through(form, lambda: kept.append(self._keep(form))):
            return redirect("product-upload", kept[0].public_id)
        return self.render_to_response(self.get_context_data(form=form))

    def _keep(self, form: UploadForm) -> ProductUpload:
        return applying.keep_upload(self.request.tenant, form.cleaned_data["file"], by=self.request.user, at=days.now())


class ImportTemplate(OfMerchant, View):
    """The file to fill in."""

    def get(self, request: HttpRequest, ending: str) -> HttpResponseBase:
        name = "products-template"
        if ending == "csv":
            return as_csv(name, request.tenant.pk, lambda: [columns.template()])
        return as_xlsx(name, [columns.template()])


class OwnUpload(OfMerchant):
    @cached_property
    def upload(self) -> ProductUpload:
        kept = ProductUpload.objects.visible_to(self.request.tenant).kept(days.now()).select_related("merchant")
        return get_object_or_404(kept, public_id=self.kwargs["public_id"])

    @cached_property
    def judged(self) -> Judged:
        return applying.judged(self.upload)


class UploadPage(OwnUpload, TemplateView):
    """What each row would do, or what is wrong with it; judged against the goods of this moment at every look."""

    template_name = "merchants/import_preview.html"
    writes = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        counts = self.judged.counts
        asked = self.request.GET.get("show")
        show = asked if asked in VIEWS else next((each for each in VIEWS if counts[each]), Effect.SAME)
        views = [(key.value, label, counts[key]) for key, label in VIEWS.items()]
        page = Paginator(self.judged.having(show), PAGE_SIZE).get_page(self.request.GET.get("page"))
        good = counts[Effect.NEW] + counts[Effect.CHANGED]
        facts = {"upload": self.upload, "counts": counts, "views": views, "show": str(show), "page": page, "good": good}
        return super().get_context_data(**facts, **context)


class ApplyUpload(OwnUpload, ActView):
    def act(self) -> str:
        done = applying.apply_upload(self.upload, at=days.now())
        said = _("已导入：新商品 {products} 件，新规格 {skus} 个，修改 {changed} 件。").format(
            products=done.products, skus=done.skus, changed=done.changed
        )
        return said + (_("还有 {n} 行要改，改好再传一次就行。").format(n=done.bad) if done.bad else "")

    def back(self) -> str:
        return reverse("product-upload", args=[self.upload.public_id])


class RemoveUpload(OwnUpload, ActView):
    back_to = "import-products"

    def act(self) -> str:
        applying.remove_upload(self.upload)
        return _("文件已删除，商品没有变化。")


class BadRows(OwnUpload, View):
    """The rows that could not be used, as they were sent, each with what to do: to be mended and sent again."""

    def get(self, request: HttpRequest, ending: str, **kwargs: Any) -> HttpResponseBase:
        table = self._table()
        if ending == "csv":
            return as_csv("products-to-mend", request.tenant.pk, lambda: [table])
        return as_xlsx("products-to-mend", [table])

    def _table(self) -> Table:
        head = reading.unpacked(self.upload.content).head
        labels = [*(Column(label) for label in head), Column(_("行号"), width=8), Column(_("要做什么"), width=60)]
        return Table(_("要改的行"), labels, self._rows(self.judged.having(Effect.BAD)))

    def _rows(self, bad: Sequence[Row]) -> Iterator[list[Any]]:
        for row in bad:
            yield [*row.cells, row.number, " ".join(f"{each.column}：{each.why}" for each in row.problems)]
