"""Draws all of a market while the demo goes on: in processes of its own, what is seen first and what sells most first.

A picture is published (its row made) once its files are there. What is not drawn when the demo ends is drawn by the
next.
"""

import multiprocessing
import os
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor

from django.conf import settings

from haowu.demo import cast
from haowu.demo.goods.catalogue import Good
from haowu.demo.pictures import jobs
from haowu.demo.pictures.jobs import Avatar, Goods, Job
from haowu.demo.profiles import KINDS
from haowu.demo.retail.sample import sample_number
from haowu.tenants.models import Tenant
from merchants.models import Product, ProductImage

EDITION = 1
"""Raised when drawings change, so that they are drawn anew."""
CHUNK = 6
SHOWN_FIRST = 12
"""Products of a shop that are drawn before all others: those that its list and the selection centre begin with."""
SEALS = {
    "家居": ("heart", "owl", "deer"), "收纳": ("tree", "elephant"), "箱包": ("butterfly", "fish"),
    "餐厨": ("apple", "leaf"), "茶具": ("leaf", "bird"), "烘焙": ("berry",), "香薰灯饰": ("star",),
    "文具": ("bird", "cat"), "派对": ("snow", "star"), "家纺": ("rose",), "亲子": ("horse",), "手作": ("cat",),
    "园艺": ("flower",), "个护": ("fish",), "首饰": ("flower",),
}  # fmt: skip
BASE_SEAL = "tree"


class Studio:
    """As a context: what is being drawn when it ends is finished, nothing more is begun."""

    def __init__(self) -> None:
        self._drawing: list[Future] = []
        self._asked: set[Job] = set()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Studio":
        return self

    def __exit__(self, error: type[BaseException] | None, *_details: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            if error is None:
                self.publish()

    def begin(self, goods: Iterable[Good]) -> None:
        """Ask for every picture that is missing."""
        wanted = [job for job in (*_avatars(), *_pictures(goods)) if job not in self._asked]
        self._asked.update(wanted)
        if wanted and self._pool is None:
            self._pool = ProcessPoolExecutor(
                min(2, os.cpu_count() or 1), multiprocessing.get_context("spawn"), jobs.work_quietly
            )
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            self._drawing.append(self._pool.submit(jobs.draw, str(settings.MEDIA_ROOT), chunk))

    def publish(self) -> int:
        """Make the rows of what was drawn since; answers how many pictures are still to come."""
        done = [each for each in self._drawing if each.done()]
        if done:
            self._drawing = [each for each in self._drawing if not each.done()]
            drawn = [job for each in done if not each.cancelled() for job in each.result()]
            _publish_goods([job for job in drawn if isinstance(job, Goods)])
            _publish_avatars([job for job in drawn if isinstance(job, Avatar)])
        if self._pool and not self._drawing:
            self._pool.shutdown(wait=False)
            self._pool = None
        return len(self._drawing) * CHUNK


def _pictures(goods: Iterable[Good]) -> list[Job]:
    """What stands on the first page of a shop, then what sells most."""
    bare = set(Product.objects.filter(images=None).values_list("merchant__code", "code"))
    wanted = [good for good in goods if (good.shop, good.code) in bare]
    newest: dict[str, list[str]] = defaultdict(list)
    for good in reversed(wanted):
        newest[good.shop].append(good.code)
    shown_first = {code for codes in newest.values() for code in codes[:SHOWN_FIRST]}
    wanted.sort(key=lambda good: (good.code not in shown_first, -good.lines, good.code))
    return [_job(good) for good in wanted]


def _job(good: Good) -> Goods:
    title = good.title
    key = f"{sample_number(EDITION, good.code, title.kind, title.colours, title.motif):016x}"
    return Goods(key, good.code, title.kind, title.colours, title.motif)


def _avatars() -> list[Job]:
    found: list[Job] = []
    for role, kind in KINDS.items():
        players = cast.players(role)
        bare = Tenant.objects.of_kind(kind).filter(code__in=players, avatar="").values_list("code", flat=True)
        for code in sorted(bare):
            found.append(_avatar(players[code], is_shop=role == "shop"))
    bases = Tenant.objects.of_kind(Tenant.Kind.BASE).filter(avatar="").values_list("code", flat=True)
    return [*found, *(Avatar(code, motif=BASE_SEAL) for code in sorted(bases))]


def _avatar(player: cast.Player, *, is_shop: bool) -> Avatar:
    choices = SEALS[player.field] if is_shop else ("",)
    return Avatar(player.code, player.is_man, choices[sample_number("motif", player.code) % len(choices)])


def _publish_goods(drawn: list[Goods]) -> None:
    """Codes are one shop's in the demo. A product that somebody gave a picture meanwhile keeps that alone."""
    by_code = {job.code: job for job in drawn}
    bare = Product.objects.filter(code__in=by_code, merchant__code__in=cast.players("shop"), images=None)
    ProductImage.objects.bulk_create(
        ProductImage(product=product, image=by_code[product.code].name, small=by_code[product.code].small_name)
        for product in bare
    )


def _publish_avatars(drawn: list[Avatar]) -> None:
    kinds = [*KINDS.values(), Tenant.Kind.BASE]
    by_code = {job.key: job for job in drawn}
    bare = list(Tenant.objects.filter(kind__in=kinds, code__in=by_code, avatar=""))
    for tenant in bare:
        tenant.avatar = by_code[tenant.code].name
    Tenant.objects.bulk_update(bare, ["avatar"])
