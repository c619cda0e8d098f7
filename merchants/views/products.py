"""Products of a merchant: the list, the form, listing and delisting, pictures."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from haowu.approvals.act_views import ActView
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import Tenant
from haowu.web.undo import Undoable
from merchants import editing, listing, pictures, refusals
from merchants.forms import PictureForm, ProductForm, SkuFormSet, SkuRows, sku_rows
from merchants.models import Product
from merchants.overview import offered
from merchants.standing import standing
from merchants.views import listing_said
from merchants.views.above import ShowsKnown


class OfMerchant(TenantRequiredMixin):
    kind = Tenant.Kind.MERCHANT


class OwnProduct(OfMerchant):
    """Pages about one product of the merchant in use."""

    @cached_property
    def product(self) -> Product:
        mine = Product.objects.visible_to(self.request.tenant).with_offer_facts().select_related("category")
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])


class ProductPage(OfMerchant, TemplateView):
    """The form of a product, new or known."""

    template_name = "merchants/product.html"
    product: Product | None = None

    def save(self, form: ProductForm, skus: SkuRows) -> Product:
        raise NotImplementedError

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        skus = SkuFormSet(initial=sku_rows(self.product), prefix="skus")
        context = {"form": ProductForm(product=self.product), "skus": skus, "product": self.product} | context
        return super().get_context_data(**context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ProductForm(request.POST, product=self.product)
        skus = SkuFormSet(request.POST, initial=sku_rows(self.product), prefix="skus")
        if form.is_valid() and skus.is_valid():
            try:
                product = self.save(form, skus)
                messages.success(request, _("已保存。"))
                return redirect("product", product.public_id)
            except Refused as refused:
                _show(refused, form, skus)
        return self.render_to_response(self.get_context_data(form=form, skus=skus))


FIELDS = {
    refusals.ProductCodeTaken: "code",
    refusals.TitleMissing: "title",
    refusals.CategoryMissing: "category",
    refusals.CategoryNotLeaf: "category",
    refusals.OriginOfFactory: "origin",
}
"""Where on the form a refusal is mended."""


def _show(refused: Refused, form: ProductForm, skus: SkuRows) -> None:
    """Put ``refused`` where it is mended: at its field, at the rows that share a code, else above the form."""
    if isinstance(refused, refusals.SkuCodeRepeated):
        for row in skus.forms:
            if row.cleaned_data.get("code") == refused.facts["code"]:
                row.add_error("code", refused.message)
        return
    form.add_error(FIELDS.get(type(refused)), refused.message)


class NewProduct(ProductPage):
    writes = True

    def save(self, form: ProductForm, skus: SkuRows) -> Product:
        return editing.add_product(self.request.tenant, form.cleaned_data["code"], form.details, skus.wishes)


class EditProduct(ShowsKnown, OwnProduct, ProductPage):
    def get_context_data(self, **context: Any) -> dict[str, Any]:
        at = days.now()
        (offer,) = offered([self.product], at)
        running = self.known.running([self.product], at).get(self.product.pk, ())
        bps, price_fen = offer.normal and offer.normal.bps, self.product.price_fen
        sales = [(price_fen, bps)] if bps is not None and price_fen is not None else []
        return super().get_context_data(
            pictures=self.product.images.all(),
            picture_form=PictureForm(),
            offer=offer,
            running=running,
            standing=standing(offer, running, at),
            exposure=self.known.exposures([self.product]).get(self.product.pk),
            normal_share=next(iter(self.known.previews(sales, at=at)), None),
            **context,
        )

    def save(self, form: ProductForm, skus: SkuRows) -> Product:
        return editing.change_product(self.product, form.details, skus.wishes, at=days.now())


class ProductAct(OwnProduct, ActView):
    def back(self) -> str:
        return reverse("product", args=[self.product.public_id])


class ListProduct(ShowsKnown, ProductAct):
    def act(self) -> Undoable:
        at = days.now()
        listing.list_product(self.product, at=at)
        (offer,) = offered([self.product], at)
        is_offered = offer.is_promoted or bool(self.known.running([self.product], at))
        return listing_said.listed(self.product, is_offered=is_offered)


class DelistProduct(ShowsKnown, ProductAct):
    def act(self) -> str | Undoable:
        running = self.known.running([self.product], days.now())
        listing.delist_product(self.product, at=days.now())
        return listing_said.delisted(self.product, len(running.get(self.product.pk, ())))


class AddPicture(ProductAct):
    def act(self) -> str:
        form = PictureForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            raise Refused(_("请先选择一个图片文件。"))
        pictures.add_picture(self.product, form.cleaned_data["picture"])
        return _("图片已添加。")


class MovePicture(ProductAct):
    """POST ``to_front`` to make it the first; otherwise one place forward."""

    def act(self) -> str:
        picture = get_object_or_404(self.product.images, pk=self.kwargs["picture"])
        pictures.move_picture(picture, to_front=bool(self.request.POST.get("to_front")))
        return _("图片顺序已改。")


class RemovePicture(ProductAct):
    def act(self) -> str:
        pictures.remove_picture(get_object_or_404(self.product.images, pk=self.kwargs["picture"]))
        return _("图片已删除。")
