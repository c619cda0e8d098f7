"""What merchants find of their own: products and plans."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from haowu.ground.lookups import all_words
from haowu.tenants.models import Tenant
from haowu.web.finding import LIMIT, Hit, finder
from merchants.models import Product


@finder(_("商品"), Tenant.Kind.MERCHANT)
def products(tenant: Tenant, words: list[str]) -> Iterator[Hit]:
    mine = Product.objects.visible_to(tenant).filter(all_words(words, "title", "code"))
    for product in mine.prefetch_related("images").order_by("title", "pk")[:LIMIT]:
        url = reverse("product", args=[product.public_id])
        yield Hit(product.title or product.code, product.code, url, product, True)
