"""Share links: a pick under a short address, with the mark that each order brings back."""

import secrets
from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant
from merchants.models import Product
from streamers.models.pick import Pick

SUB_ID_LENGTH = 64
CODE_LENGTH = 9
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
"""Without what is misread when a code is copied from paper: 0 and O, 1, I and l, o."""
CODE_PATTERN = f"[{ALPHABET}]{{{CODE_LENGTH}}}"


def new_code() -> str:
    """56⁹ ≈ 5 · 10¹⁵ of them: with a hundred million links one try in fifty million finds one."""
    return "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))


class LinkQuerySet(models.QuerySet["Link"]):
    def visible_to(self, tenant: Tenant) -> "LinkQuerySet":
        return self.filter(streamer=tenant)

    def coded(self, codes: Iterable[str]) -> "LinkQuerySet":
        return self.filter(code__any_of=list(codes))

    def of_pids(self, pids: Iterable[str]) -> "LinkQuerySet":
        return self.filter(pick__pid__any_of=list(pids))

    def of_products(self, products: Iterable[int]) -> "LinkQuerySet":
        return self.filter(product__any_of=list(products))

    def marked(self, sub_id: str) -> "LinkQuerySet":
        return self.filter(sub_id=sub_id)

    def with_goods(self) -> "LinkQuerySet":
        return self.select_related("pick", "product__merchant__shop").prefetch_related("product__images")

    def with_channels(self) -> "LinkQuerySet":
        """With what their picks stand through."""
        return self.prefetch_related("pick__channels__activity")

    def newest_first(self) -> "LinkQuerySet":
        return self.order_by("-made_at", "-pk")


class Link(models.Model):
    """``sub_id`` is the streamer's own mark (a group, a poster, a live session), given back on every order line.

    What the pick stands through (a leader's activity) the link stands through: it names the pick, not the activity.
    """

    code = models.CharField(_("短码"), max_length=16, unique=True, default=new_code, editable=False)
    pick = models.ForeignKey(Pick, on_delete=models.PROTECT, related_name="links", verbose_name=_("选品"))
    streamer = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("达人")
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("商品"))
    sub_id = models.CharField(_("渠道标记"), max_length=SUB_ID_LENGTH, blank=True)
    made_at = models.DateTimeField(_("生成时间"))

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("推广链接")
        constraints = [models.UniqueConstraint(fields=["pick", "sub_id"], name="link_once_for_a_mark")]
        indexes = [
            models.Index(fields=["streamer", "-made_at", "-id"], name="link_of_streamer"),
            models.Index(fields=["streamer", "sub_id"], condition=~Q(sub_id=""), name="link_by_mark"),
        ]

    def __str__(self) -> str:
        return self.code
