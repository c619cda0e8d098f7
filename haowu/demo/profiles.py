"""What the players of the demo say about themselves: field, city, a line; and how their shops are scored."""

from haowu.demo import cast
from haowu.tenants.models import Tenant
from merchants.models import Shop

KINDS = {"shop": Tenant.Kind.MERCHANT, "streamer": Tenant.Kind.STREAMER, "leader": Tenant.Kind.TUANZHANG}


def introduce() -> None:
    """Those who have not said anything yet. Names stay as they are."""
    for role, kind in KINDS.items():
        players = cast.players(role)
        tenants = list(Tenant.objects.of_kind(kind).filter(code__in=players, introduction=""))
        for tenant in tenants:
            player = players[tenant.code]
            tenant.field, tenant.city, tenant.introduction = player.field, player.city, player.introduction
        Tenant.objects.bulk_update(tenants, ["field", "city", "introduction"])
        if role == "shop":
            _score({tenant.pk: players[tenant.code].score for tenant in tenants})


def _score(scores: dict[int, int]) -> None:
    shops = list(Shop.objects.filter(merchant__in=scores))
    for shop in shops:
        shop.score = scores[shop.pk]
    Shop.objects.bulk_update(shops, ["score"])
