"""What of a market is built already, so that building it again asks for nothing twice."""

from typing import Any

from haowu.tenants.models import Tenant
from merchants.models import Plan, Product
from streamers.models import Pick
from tuanzhang.models import Activity


def without_existing(market: dict[str, Any]) -> dict[str, Any]:
    """``market`` less the tenants, products, plans, activities and picks that are there.

    An activity that stands takes no more goods: new ones are picked without it.
    """
    tenants = set(Tenant.objects.values_list("kind", "code"))
    products = set(Product.objects.values_list("merchant__code", "code"))
    plans = set(Plan.objects.values_list("merchant__code", "type", "product__code"))
    existing = set(Activity.objects.values_list("code", flat=True))
    pids = set(Pick.objects.values_list("pid", flat=True))
    merchants = []
    for entry in market["merchants"]:
        new = [product for product in entry["products"] if (entry["code"], product["code"]) not in products]
        if new or (Tenant.Kind.MERCHANT, entry["code"]) not in tenants:
            merchants.append(entry | {"products": new})
    return {
        "merchants": merchants,
        "streamers": [one for one in market["streamers"] if (Tenant.Kind.STREAMER, one["code"]) not in tenants],
        "plans": [one for one in market["plans"] if (one["merchant"], one["type"], one.get("product")) not in plans],
        "leaders": [one for one in market["leaders"] if (Tenant.Kind.TUANZHANG, one["code"]) not in tenants],
        "activities": [one for one in market["activities"] if one["code"] not in existing],
        "picks": [
            one | ({"activity": None} if one["activity"] in existing else {})
            for one in market["picks"]
            if one["pid"] not in pids
        ],
    }
