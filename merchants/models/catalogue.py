"""The shared catalogue: categories, brands, products with SKUs and pictures. Read by all, written by their merchant."""

from collections.abc import Iterable
from datetime import datetime

from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Exists, Max, Min, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bases.cities import name_of
from bases.models import Brand, Stock
from haowu.ground.lookups import all_words
from haowu.ground.states import HasStates
from haowu.tenants.models import Tenant, public_id


class CategoryQuerySet(models.QuerySet["Category"]):
    def leaves(self) -> "CategoryQuerySet":
        """The third level with its path, in the order of a menu."""
        leaves = self.filter(level=Category.LEAF_LEVEL).select_related("parent__parent")
        return leaves.order_by("parent__parent__code", "parent__code", "code")

    def in_order(self) -> "CategoryQuerySet":
        return self.order_by("code")


class Category(models.Model):
    """Three levels; products hang on the third. ``hold_days`` here overrules the platform's, the leaf first."""

    LEAF_LEVEL = 3

    code = models.CharField(_("编号"), max_length=255, unique=True)
    name = models.CharField(_("名称"), max_length=64)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级类目")
    )
    level = models.PositiveSmallIntegerField(_("层级"))
    hold_days = models.PositiveSmallIntegerField(_("结算冻结天数"), null=True, blank=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("类目")
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="category_level_1_to_3"),
            models.CheckConstraint(
                condition=Q(level=1, parent__isnull=True) | Q(level__gt=1, parent__isnull=False),
                name="category_parent_unless_root",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """``服饰 / 女装 / 连衣裙``; a name that repeats the one above it is said once."""
        names = [self.name]
        if self.parent:
            names = [self.parent.path, *names] if self.parent.name != self.name else [self.parent.path]
        return " / ".join(names)


class ProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, tenant: Tenant) -> "ProductQuerySet":
        """A merchant sees its own products in every state; everyone else sees what is listed."""
        if tenant.kind == Tenant.Kind.MERCHANT:
            return self.filter(merchant=tenant)
        return self.listed()

    def newest_first(self) -> "ProductQuerySet":
        return self.order_by("-created_at", "-pk")

    def of_merchant(self, merchant: Tenant) -> "ProductQuerySet":
        return self.filter(merchant=merchant)

    def after(self, pk: int) -> "ProductQuerySet":
        """In the order in which they were made, for who goes through all of them."""
        return self.filter(pk__gt=pk).order_by("pk")

    def named(self, public_ids: Iterable[str]) -> "ProductQuerySet":
        return self.filter(public_id__in=public_ids)

    def of_codes(self, merchants: Iterable[str], codes: Iterable[str]) -> "ProductQuerySet":
        """Those with one of ``codes``, of merchants with one of ``merchants``."""
        return self.filter(merchant__code__in=set(merchants), code__in=set(codes))

    def matching(self, typed: str) -> "ProductQuerySet":
        """Those in whose title or code every word of ``typed`` stands."""
        return self.filter(all_words(typed.split(), "title", "code"))

    def with_codes(self, codes: Iterable[str]) -> "ProductQuerySet":
        return self.filter(code__any_of=list(codes))

    def coded(self, code: str) -> "Product | None":
        return self.filter(code=code).first()

    def locked_statuses(self, products: "Iterable[Product]") -> dict[int, str]:
        """``{id: status}`` of ``products`` as it is now; nobody else moves them until the transaction ends."""
        rows = self.filter(pk__in=[product.pk for product in products]).order_by("pk")
        return dict(rows.select_for_update(no_key=True, of=("self",)).values_list("pk", "status"))

    def by_code(self, pairs: "Iterable[tuple[int, str]]") -> "dict[tuple[int, str], Product]":
        """``{(merchant id, code): product}`` with its pictures, of those pairs that are known."""
        wanted = set(pairs)
        merchants, codes = {merchant for merchant, _code in wanted}, {code for _merchant, code in wanted}
        found = self.filter(merchant__in=merchants, code__in=codes).prefetch_related("images")
        return {(each.merchant_id, each.code): each for each in found if (each.merchant_id, each.code) in wanted}

    def listed(self) -> "ProductQuerySet":
        """What the selection centre shows: not of shops that are suspended or whose deposit cannot pay commission."""
        return self.filter(
            status=Product.Status.LISTED,
            merchant__shop__suspended_at__isnull=True,
            merchant__shop__deposit_exhausted_at__isnull=True,
        )

    def supplied(self, at: datetime) -> "ProductQuerySet":
        """Without the goods of silent bases: what bases hold is shown while one of them works and its feed is fresh.

        Stock of a base that may not sell these goods is no stock: it hides nothing. Asked at the moment of reading, so
        that a feed that goes stale takes its goods out in the same instant.
        """
        held = Stock.objects.of_product(OuterRef("merchant"), OuterRef("code")).permitted(at)
        return self.filter(~Exists(held) | Exists(held.sold_by_working(at)))

    def sold_out(self, at: datetime) -> "ProductQuerySet":
        """None of its SKUs has stock, and no working base has any of it free."""
        in_stock = self.model.objects.filter(skus__stock__gt=0).values("pk")
        free = Stock.objects.of_product(OuterRef("merchant"), OuterRef("code")).in_stock().sold_by_working(at)
        return self.filter(~Q(pk__in=in_stock), ~Exists(free))

    def with_standing(self, at: datetime) -> "ProductQuerySet":
        """Adds ``is_shown``, in the selection centre at ``at``, and ``is_sold_out``."""
        goods = self.model.objects.filter(pk=OuterRef("pk"))
        return self.annotate(is_shown=Exists(goods.listed().supplied(at)), is_sold_out=Exists(goods.sold_out(at)))

    def with_cover(self) -> "ProductQuerySet":
        """Adds ``cover``, the path of the first picture, small: for lists that need no other."""
        pictures = ProductImage.objects.filter(product=OuterRef("pk")).order_by("position", "pk")
        path = Coalesce(NullIf("small", Value("")), "image", output_field=models.CharField())
        return self.prefetch_related(None).annotate(cover=Subquery(pictures.values_list(path)[:1]))

    def alike(self, product: "Product") -> "ProductQuerySet":
        """Others of its category, the newest first."""
        return self.filter(category=product.category_id).exclude(pk=product.pk).order_by("-listed_at", "-pk")

    def with_offer_facts(self) -> "ProductQuerySet":
        """Adds ``price_fen`` (lowest SKU), ``price_to_fen`` and ``stock`` over SKUs."""
        return self.annotate(
            price_fen=Min("skus__price_fen"), price_to_fen=Max("skus__price_fen"), stock=Sum("skus__stock")
        )


class Product(HasStates, models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        LISTED = "listed", _("已上架")
        DELISTED = "delisted", _("已下架")

    class Provenance(models.TextChoices):
        """Where goods come from (rulebook §19)."""

        BRAND = "brand", _("品牌")
        FACTORY = "factory", _("源头工厂")
        AGENT = "agent", _("代理")
        STREAMER = "streamer", _("达人自有")

    MOVES = {
        "list": (("draft", "delisted"), "listed"),
        "delist": (("listed",), "delisted"),
    }

    merchant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="products", verbose_name=_("商家"))
    code = models.CharField(_("商品编号"), max_length=64, help_text=_("商家内唯一"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    title = models.CharField(_("标题"), max_length=120, blank=True)
    description = models.TextField(_("卖点"), blank=True, max_length=2000)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("类目")
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("品牌"))
    provenance = models.CharField(_("货源"), max_length=8, choices=Provenance, blank=True, default="", db_default="")
    origin = models.CharField(
        _("产业带城市"), max_length=32, blank=True, default="", db_default="", help_text=_("只有源头工厂的货写明")
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    listed_at = models.DateTimeField(_("上架时间"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("商品")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="product_code_unique_per_merchant"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "listed", "delisted"]), name="product_status_known"
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=["", "brand", "factory", "agent", "streamer"]),
                name="product_provenance_known",
            ),
            models.CheckConstraint(
                condition=Q(provenance="factory") & ~Q(origin="") | ~Q(provenance="factory") & Q(origin=""),
                name="product_origin_of_a_factory",
            ),
        ]
        indexes = [models.Index(fields=["status", "-listed_at"], name="product_newest_listed")]

    def __str__(self) -> str:
        return self.title or self.code

    @property
    def origin_name(self) -> str:
        """The city of its factory as the reader writes it; "" where it comes from none."""
        return name_of(self.origin, get_language() or "zh")

    @property
    def cover_url(self) -> str:
        """The first picture, small; "" where there is none. Read ``with_cover``, or with the pictures prefetched."""
        if hasattr(self, "cover"):
            return default_storage.url(self.cover) if self.cover else ""
        first = next(iter(self.images.all()), None)
        return first.small_url if first else ""

    @property
    def lowest_price_fen(self) -> int | None:
        return min((sku.price_fen for sku in self.skus.all()), default=None)


class Delisting(models.Model):
    """A product left the shelf at ``at``. Listing it again does not bring back what ended with that."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="delistings", verbose_name=_("商品"))
    merchant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("商家"))
    at = models.DateTimeField(_("下架时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("下架记录")

    def __str__(self) -> str:
        return f"{self.product} {self.at:%Y-%m-%d %H:%M}"


class SkuQuerySet(models.QuerySet["Sku"]):
    def of_products(self, products: Iterable[int]) -> "SkuQuerySet":
        return self.filter(product__any_of=list(products))

    def in_order(self) -> "SkuQuerySet":
        return self.order_by("product", "pk")


class Sku(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="skus", verbose_name=_("商品"))
    code = models.CharField(_("规格编号"), max_length=64)
    spec = models.CharField(_("规格"), max_length=120, blank=True)
    price_fen = models.BigIntegerField(_("价格（分）"))
    stock = models.PositiveIntegerField(_("库存"), default=0)

    objects = SkuQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("规格")
        constraints = [
            models.UniqueConstraint(fields=["product", "code"], name="sku_code_unique_per_product"),
            models.CheckConstraint(condition=Q(price_fen__gt=0), name="sku_price_positive"),
        ]

    def __str__(self) -> str:
        return self.spec or self.code


class ProductImage(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images", verbose_name=_("商品"))
    image = models.ImageField(_("图片"), upload_to="products/%Y/%m/", max_length=200)
    small = models.ImageField(
        _("小图"), upload_to="products/%Y/%m/", max_length=200, blank=True, default="", db_default=""
    )
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("商品图片")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.image.name or ""

    @property
    def small_url(self) -> str:
        """For lists. Pictures kept before there were small ones show themselves."""
        return (self.small or self.image).url
