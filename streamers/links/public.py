"""What a buyer sees who follows a link: the good, its price and where it is sold. No sign-in, nothing of the streamer.

Goods here have no address of their own at their source yet, so that this page stands for it. One that is off sale says
so and offers similar goods, of the same streamer's shelf first: what is bought of those is his sale too.
"""

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from haowu.ground import inputs
from haowu.tenants.scope import platform_scope
from haowu.web.media import SHOWN
from merchants.models import Product
from streamers.models import Pick

SIMILAR = 6
KEPT_SECONDS = 3600


class OneGood:
    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def product(self) -> Product:
        shown = Product.objects.with_offer_facts().select_related("merchant__shop", "category__parent")
        return get_object_or_404(shown.exclude(status=Product.Status.DRAFT), public_id=self.kwargs["public_id"])


class PublicGood(OneGood, TemplateView):
    template_name = "streamers/public_good.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        product = self.product
        is_sold = Product.objects.listed().filter(pk=product.pk).exists()
        return super().get_context_data(
            product=product,
            is_sold=is_sold,
            picture=product.images.first(),
            skus=product.skus.order_by("price_fen", "pk") if is_sold else [],
            points=[line.strip() for line in product.description.splitlines() if line.strip()],
            similar=[] if is_sold else self._similar(),
            **context,
        )

    def _similar(self) -> list[tuple[Product, str]]:
        """Goods with their addresses: of the same category, those on the streamer's shelf first."""
        pids = self._pids()
        alike = Product.objects.listed().alike(self.product).with_offer_facts().select_related("merchant")
        on_shelf = list(alike.filter(pk__any_of=list(pids))[:SIMILAR])
        others = alike.exclude(pk__any_of=list(pids))[: SIMILAR - len(on_shelf)]
        return [(each, _address(each, pids.get(each.pk, ""))) for each in [*on_shelf, *others]]

    def _pids(self) -> dict[int, str]:
        """``{product id: pid}`` of what is on the shelf of the streamer whose link led here."""
        pid = inputs.key(self.request.GET.get("pid"))
        with platform_scope():
            pick = Pick.objects.filter(pid=pid).first() if pid else None
            mine = Pick.objects.visible_to(pick.streamer).on_shelf() if pick else Pick.objects.none()
            return dict(mine.filter(product__category=self.product.category).values_list("product", "pid"))


class GoodPicture(OneGood, View):
    """A good's first picture, for strangers: all others are for who has signed in (``haowu.web.media``)."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        picture = self.product.images.first()
        suffix = PurePosixPath(picture.image.name or "").suffix.lower() if picture else ""
        if picture is None or suffix not in SHOWN:
            raise Http404
        try:
            answer = FileResponse(picture.image.open("rb"), content_type=SHOWN[suffix])
        except OSError:
            raise Http404 from None
        answer["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
        return answer


def _address(product: Product, pid: str) -> str:
    address = reverse("public-good", args=[product.public_id])
    return f"{address}?{urlencode({'pid': pid})}" if pid else address
