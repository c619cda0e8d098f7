"""Who can sign in to the demo: owners of the busiest shop, streamer and leader, of a base, staff, the order source.

People's password is public, so they exist in development only.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from commissions.models import OrderLine
from haowu.demo import desk
from haowu.demo.retail import replay
from haowu.ground import days, inputs
from haowu.partners.clients import register_client
from haowu.partners.models import ApiClient
from haowu.tenants import opening
from haowu.tenants.models import Membership, Tenant, User

PASSWORD = "haowu-demo-2011"
CLIENT = "demo"


@dataclass(frozen=True)
class Way:
    """One row of the table that the demo prints. ``path`` begins with a slash; no ``username``: one's own account."""

    role: str
    path: str
    username: str
    password: str
    task: str

    @property
    def login(self) -> str:
        return f"{self.username} / {self.password}" if self.username else ""


def ways_in() -> list[Way]:
    """Sign up whoever is missing, and say where each begins."""
    task = _("查看结算批次、账户与记账")
    if not settings.DEVELOPMENT:
        return [Way(_("平台运营"), "/admin/", "", "", task)]
    merchant, streamer = busiest("merchant"), busiest("streamer")
    _sign_up_staff("admin")
    ways = [
        _way(_("商家 {name}"), "/", "merchant", merchant, _("打开昨日结算单，点开一笔佣金看为什么是这个数")),
        _way(_("达人 {name}"), "/", "streamer", streamer, _("在选品中心搜「圣诞」，再看收益里的待结算与可提现")),
        *_leader(),
        *_bases(),
        Way(_("平台运营"), "/admin/", "admin", PASSWORD, task),
        _source(),
    ]
    desk.furnish(_user("merchant"), at=days.now())
    return ways


def sign_in_offers(ways: list[Way]) -> str:
    """What the sign-in page offers (``settings.DEMO_LOGINS``): those who sign in there, with the public password."""
    offered = [
        {"role": way.role, "username": way.username, "password": way.password, "task": way.task, "path": way.path}
        for way in ways
        if way.password == PASSWORD
    ]
    return inputs.json_line(offered)


def _leader() -> list[Way]:
    """None in a demo that was replayed before it had leaders."""
    if not Tenant.objects.of_kind(Tenant.Kind.TUANZHANG).exists():
        return []
    task = _("看离下一等级还差多少，再打开上一季看返点怎么来的")
    return [_way(_("团长 {name}"), "/levels/", "leader", busiest("first_leader"), task)]


def _bases() -> list[Way]:
    """The first base, where leaders have founded any."""
    task = _("看品牌额度、刚按买家城市预留的订单，再上传一份库存")
    bases = Tenant.objects.of_kind(Tenant.Kind.BASE).order_by("pk")[:1]
    return [_way(_("基地 {name}"), "/base/", "base", base, task) for base in bases]


def _source() -> Way:
    role = _("订单来源 {name}").format(name=replay.source().name)
    name, secret = _client(replay.source())
    return Way(role, "/api/docs/", name, secret, _("凭密钥取令牌（/oauth/token/），推送一个订单事件"))


def _way(role: str, path: str, username: str, tenant: Tenant, task: str) -> Way:
    _sign_up(username, tenant)
    return Way(role.format(name=tenant.name), path, username, PASSWORD, task)


def busiest(role: str) -> Tenant:
    """The tenant with the most order lines as ``role``; any of its kind while there are none."""
    kind = Tenant.Kind.TUANZHANG if role == "first_leader" else Tenant.Kind(role)
    counted = OrderLine.objects.filter(**{f"{role}__isnull": False}).values_list(role).annotate(lines=Count("pk"))
    busiest = counted.order_by("-lines", role).first()
    tenants = Tenant.objects.of_kind(kind)
    return tenants.get(pk=busiest[0]) if busiest else tenants.order_by("pk")[0]


@transaction.atomic
def _sign_up(username: str, tenant: Tenant) -> None:
    """A user who owns ``tenant``; one from an earlier demo keeps what they own."""
    user = _user(username)
    if not Membership.objects.filter(user=user).exists():
        opening.add_members([Membership(user=user, tenant=tenant, role=Membership.Role.OWNER)], at=days.now())


def _sign_up_staff(username: str) -> None:
    _user(username, is_staff=True, is_superuser=True)


@transaction.atomic
def _client(partner: Tenant) -> tuple[str, str]:
    """An API client that is new with each demo, since a secret is kept as a hash only; the last demo's ends."""
    ApiClient.objects.filter(tenant=partner, name=CLIENT).delete()
    scopes = ("order-events:write", "order-events:read", "orders:read")
    return register_client(partner, CLIENT, scopes)


def _user(username: str, **rights: bool) -> User:
    return User.objects.filter(username=username).first() or User.objects.create_user(
        username, password=PASSWORD, **rights
    )
