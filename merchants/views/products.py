"""Products of a merchant: the list, the form, listing and delisting, pictures."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from haowu.approvals.act_views import ActView
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.models import Tenant
from merchants import editing, listing, pictures
from merchants.filters import ProductFilter
from merchants.forms import PictureForm, ProductForm, SkuFormSet, SkuRows, sku_rows
from merchants.models import Product
from merchants.overview import offered


class OfMerchant(TenantRequiredMixin):
    kind = Tenant.Kind.MERCHANT


class OwnProduct(OfMerchant):
    """Pages about one product of the merchant in use."""

    @cached_property
    def product(self) -> Product:
        mine = Product.objects.visible_to(self.request.tenant)
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])


class ProductList(OfMerchant, ListPage):
    template_name = "merchants/product_list.html"
    filterset_class = ProductFilter
    sorts = [
        Sort("newest", gettext_lazy("最新建立"), ("-created_at", "-pk")),
        Sort("title", gettext_lazy("标题"), ("title", "pk")),
        Sort("price", gettext_lazy("价格从低到高"), ("price_fen", "pk")),
        Sort("price_down", gettext_lazy("价格从高到低"), ("-price_fen", "-pk")),
        Sort("stock", gettext_lazy("库存从少到多"), ("stock", "pk")),
    ]

    def queryset(self):
        return Product.objects.visible_to(self.request.tenant).with_offer_facts().prefetch_related("images")

    def rows(self, found: list[Product]) -> list[Any]:
        return offered(found, days.now())


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
                form.add_error(None, refused.message)
        return self.render_to_response(self.get_context_data(form=form, skus=skus))


class NewProduct(ProductPage):
    writes = True

    def save(self, form: ProductForm, skus: SkuRows) -> Product:
        return editing.add_product(self.request.tenant, form.cleaned_data["code"], form.details, skus.wishes)


class EditProduct(OwnProduct, ProductPage):
    def get_context_data(self, **context: Any) -> dict[str, Any]:
        pictured = {"pictures": self.product.images.all(), "picture_form": PictureForm()}
        (offer,) = offered([self.product], days.now())
        return super().get_context_data(**pictured, offer=offer, **context)

    def save(self, form: ProductForm, skus: SkuRows) -> Product:
        return editing.change_product(self.product, form.details, skus.wishes, at=days.now())


class ProductAct(OwnProduct, ActView):
    def back(self) -> str:
        return reverse("product", args=[self.product.public_id])


class ListProduct(ProductAct):
    def act(self) -> str:
        listing.list_product(self.product, at=days.now())
        return _("已上架，达人现在可以在选品中心看到它。")


class DelistProduct(ProductAct):
    def act(self) -> str:
        listing.delist_product(self.product, at=days.now())
        return _("已下架。之前的订单和分享出去的链接仍按原来的条款。")


class AddPicture(ProductAct):
    def act(self) -> str:
        form = PictureForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            raise Refused(_("请先选择一个图片文件。"))
        pictures.add_picture(self.product, form.cleaned_data["picture"])
        return _("图片已添加。")


class RemovePicture(ProductAct):
    def act(self) -> str:
        pictures.remove_picture(get_object_or_404(self.product.images, pk=self.kwargs["picture"]))
        return _("图片已删除。")
