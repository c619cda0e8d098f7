"""What streamers find of their own: what lies on their shelf."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from haowu.ground.lookups import all_words
from haowu.tenants.models import Tenant
from haowu.web.finding import LIMIT, Hit, finder
from merchants.models import Product
from streamers.models import Pick


@finder(_("货架上的商品"), Tenant.Kind.STREAMER)
def picked(tenant: Tenant, words: list[str]) -> Iterator[Hit]:
    mine = Pick.objects.visible_to(tenant).on_shelf().values("product")
    found = Product.objects.filter(pk__in=mine).filter(all_words(words, "title", "code"))
    for product in found.prefetch_related("images").order_by("title", "pk")[:LIMIT]:
        url = reverse("selection-product", args=[product.public_id])
        yield Hit(product.title or product.code, product.code, url, product, True)
