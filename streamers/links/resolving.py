"""What a pasted link or 口令 leads to: its good, and the leader's activity that its streamer picked it through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused, single
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Product
from streamers.links.texts import code_in
from streamers.models import Link
from tuanzhang.models import Activity

MOST = 100


class LinkUnknown(Refused):
    code = "LINK_UNKNOWN"
    text = _("没有找到这条链接或口令。请整段复制后再粘贴。")
    status = 404


@dataclass(frozen=True)
class Resolved:
    """``sub_id`` is the streamer's own mark: '' to everybody else. ``activity``: open to whoever resolves it."""

    code: str
    product: Product
    activity: Activity | None
    is_listed: bool
    is_mine: bool
    sub_id: str
    pid: str


def resolve_many(pasted: Sequence[str], reader: Tenant, at: datetime) -> list[Resolved | Refused]:
    """One answer for each text, in order. Inside a transaction: links are their streamers' own."""
    codes = [code_in(text) for text in pasted]
    with platform_scope():
        links = Link.objects.coded({code for code in codes if code}).with_goods().with_channels()
        found = {link.code: (link, _activity(link, at)) for link in links}
    goods = [link.product_id for link, _through in found.values()]
    listed = set(Product.objects.listed().filter(pk__any_of=goods).values_list("pk", flat=True))
    return [_resolved(*found[code], reader, listed) if code in found else LinkUnknown() for code in codes]


def resolve(pasted: str, reader: Tenant, at: datetime) -> Resolved:
    """``resolve_many`` for one, its refusal raised."""
    return single(resolve_many([pasted], reader, at))


def _resolved(link: Link, activity: Activity | None, reader: Tenant, listed: set[int]) -> Resolved:
    is_mine = link.streamer_id == reader.pk
    return Resolved(
        code=link.code,
        product=link.product,
        activity=activity,
        is_listed=link.product_id in listed,
        is_mine=is_mine,
        sub_id=link.sub_id if is_mine else "",
        pid=link.pick.pid if is_mine else "",
    )


def _activity(link: Link, at: datetime) -> Activity | None:
    """What the pick stands through now, where everybody may pick through it."""
    through = link.pick.through(at)
    activity = link.pick.activity_called(through.activity) if through else None
    return None if activity is None or activity.is_exclusive else activity
