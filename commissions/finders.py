"""What every party finds of its orders, and of the people it earns with."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commissions.models import OrderLine
from haowu.tenants.models import Tenant
from haowu.web.finding import LIMIT, Hit, finder
from haowu.web.templatetags.trade import yuan

Kind = Tenant.Kind
MIN_DIGITS = 4
"""An order number is looked up from its beginning, once so much of it is typed."""


@finder(_("订单"), Kind.MERCHANT, Kind.STREAMER, Kind.TUANZHANG, Kind.PROVIDER)
def orders(tenant: Tenant, words: list[str]) -> Iterator[Hit]:
    if len(words) != 1 or len(words[0]) < MIN_DIGITS:
        return
    mine = OrderLine.objects.visible_to(tenant).filter(order_no__startswith=words[0]).select_related("product")
    for line in mine.order_by("order_no", "line_no")[:LIMIT]:
        note = f"{line.product} · {yuan(line.paid_fen)}"
        yield Hit(f"{line.order_no} / {line.line_no}", note, reverse("line", args=[line.pk]))
