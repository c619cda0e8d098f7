"""A small market as a file, of one merchant and those around it, and loading it."""

import json
from typing import Any

from commissions.models import Policy
from haowu.ground import inputs
from haowu.market import loading
from haowu.tenants.models import BuyerIdentity, Tenant
from merchants.models import Category, Plan, PlanRate, Product, Sku
from streamers.models import Channel, Pick, Profile
from tuanzhang.models import Activity, Enrolment, SecondLevel

MODELS = (
    Activity, BuyerIdentity, Category, Channel, Enrolment, Pick, Plan, PlanRate, Policy, Product, Profile, SecondLevel,
    Sku, Tenant,
)  # fmt: skip


def entries(who: str) -> dict[str, Any]:
    """One entry of each kind with every field, all of whose codes end in ``who``."""
    product = {"merchant": f"m-{who}", "code": "p1"}
    at = "2024-06-01T00:00:00+08:00"
    return {
        "merchants": [
            {
                "code": f"m-{who}",
                "name": "店",
                "at": at,
                "buyer_ref": f"bm-{who}",
                "products": [
                    {"code": "p1", "title": "一", "category": f"甲/乙/{who}", "price_fen": 9900, "stock": 5},
                    {"code": "p2", "title": "二", "category": who, "price_fen": 9900, "stock": 5},
                ],
            }
        ],
        "streamers": [{"code": f"s-{who}", "name": "达", "fans": 7, "buyer_ref": f"bs-{who}"}],
        "leaders": [{"code": f"l-{who}", "name": "团"}, {"code": f"l2-{who}"}],
        "plans": [
            {
                "merchant": f"m-{who}",
                "type": "normal",
                "product": "p1",
                "rates": [{"bps": 1000, "at": at}, {"bps": 1100, "at": "2024-06-02T00:00:00+08:00"}],
                "step": {"threshold": 5, "bps": 2000, "mode": "retroactive", "comparator": ">="},
            },
            {"merchant": f"m-{who}", "type": "shop_targeted", "at": at, "streamers": {f"s-{who}": 1500}},
        ],
        "activities": [
            {
                "code": f"a-{who}",
                "leader": f"l-{who}",
                "type": "exclusive",
                "title": "活动",
                "begins_at": at,
                "ends_at": "2024-08-01T00:00:00+08:00",
                "min_commission_bps": 500,
                "min_service_fee_bps": 100,
                "streamers": [f"s-{who}"],
                "closed_at": "2024-07-30T00:00:00+08:00",
                "items": [
                    {
                        "product": product,
                        "commission_bps": 2000,
                        "service_fee_bps": 600,
                        "from": at,
                        "until": "2024-07-01T00:00:00+08:00",
                        "second": {"leader": f"l2-{who}", "bps": 300},
                    }
                ],
            }
        ],
        "picks": [
            {"pid": f"x-{who}", "streamer": f"s-{who}", "product": product, "activity": f"a-{who}", "at": at},
            {"pid": f"y-{who}", "streamer": f"s-{who}", "product": product | {"code": "p2"}, "at": at},
        ],
    }


POLICY = {
    "at": "2024-06-01T00:00:00+08:00", "tech_bps": 900, "hold_days": 8, "return_tech_fee": False,
    "front_clawbacks": True, "subsidy_in_base": True, "reserve_bps": 100, "reserve_days": 3,
}  # fmt: skip


def joined(each: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: [entry for lists in each for entry in lists[name]] for name in each[0]}


def market(*who: str) -> dict[str, Any]:
    return {"policy": POLICY} | joined([entries(each) for each in who])


def refusals_of(file: dict[str, Any]) -> list[dict[str, str]]:
    """Load ``file`` as the command does; what it says can be printed."""
    document = json.dumps(file).encode()
    answer = loading.load(inputs.json_of_entries(document)).as_json()
    inputs.json_line(answer).encode()
    assert all(refusal["entry"] and refusal["code"] and refusal["message"] for refusal in answer["refusals"])
    return answer["refusals"]
