"""Plans of a market file: opened with their first rates, then the later rates by the rules of change."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from haowu.market.answer import Market
from haowu.market.entries import (
    EntryInvalid,
    amount,
    chunks,
    code_of,
    inside,
    list_of,
    moment,
    object_of,
    step_of,
    text,
)
from haowu.tenants.models import Tenant
from merchants import plans
from merchants.models import Plan, Product
from merchants.refusals import PlanTypeUnknown


@dataclass(frozen=True)
class _Rate:
    at: datetime
    place: str
    bps: int


@dataclass(frozen=True)
class _Wish:
    place: str
    plan: plans.NewPlan
    later: list[_Rate] = field(default_factory=list)


def load_plans(market: Market, entries: Any) -> None:
    _look_up(market, entries)
    wishes: list[_Wish] = []
    for place, entry in market.entries("plans", entries):
        with market.reading(place):
            wishes.append(_wish(market, place, entry))
    for chunk in chunks(wishes):
        answers = plans.open_plans([wish.plan for wish in chunk])
        opened = dict(market.answered([wish.place for wish in chunk], answers))
        market.loaded["plan"] += len(opened)
        later = [(wish.place, rate) for wish in chunk if wish.place in opened for rate in wish.later]
        changes = [plans.NewRate(opened[place], rate.bps, rate.at) for place, rate in later]
        market.answered([f"{place}.{rate.place}" for place, rate in later], plans.set_rates(changes))


def _look_up(market: Market, entries: Any) -> None:
    """Everything that the plans name, whatever else is wrong with them."""
    objects = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    market.look_up_tenants(Tenant.Kind.MERCHANT, (entry.get("merchant") for entry in objects))
    market.look_up_tenants(
        Tenant.Kind.STREAMER,
        (code for entry in objects if isinstance(entry.get("streamers"), dict) for code in entry["streamers"]),
    )
    market.look_up_products(
        product if isinstance(product, dict) else {"merchant": entry.get("merchant"), "code": product}
        for entry in objects
        for product in [entry.get("product")]
    )


def _wish(market: Market, place: str, entry: dict[str, Any]) -> _Wish:
    """The plan to open and the rates to ask for afterwards, in the order of time."""
    merchant = market.tenant(Tenant.Kind.MERCHANT, text(entry, "merchant"))
    kind = text(entry, "type")
    if kind not in Plan.Type.values:
        raise PlanTypeUnknown(type=kind)
    rates = sorted(
        (_rate(f"rates[{index}]", value) for index, value in enumerate(list_of(entry, "rates"))),
        key=lambda rate: rate.at,
    )
    plan = plans.NewPlan(
        merchant=merchant,
        type=kind,
        at=rates[0].at if rates else moment(entry, "at"),
        product=_product(market, merchant, entry.get("product")),
        commission_bps=rates[0].bps if rates else None,
        streamers=_streamers(market, entry),
        step=step_of(entry["step"]) if entry.get("step") is not None else None,
    )
    return _Wish(place, plan, rates[1:])


def _rate(place: str, value: Any) -> _Rate:
    entry = object_of(value, place)
    with inside(place):
        return _Rate(moment(entry, "at"), place, amount(entry, "bps"))


def _product(market: Market, merchant: Tenant, value: Any) -> Product | None:
    """Named by its code, or as everywhere else by ``{"merchant", "code"}``: of the plan's own merchant."""
    if value is None or value == "":
        return None
    if isinstance(value, dict):
        product = market.product(value)
        if product.merchant_id != merchant.pk:
            raise EntryInvalid(field="product.merchant", why=_("须为本计划的商家。"))
        return product
    return market.product_of(merchant, code_of(value, "product"))


def _streamers(market: Market, entry: dict[str, Any]) -> dict[Tenant, int]:
    listed = entry.get("streamers")
    if listed is None:
        return {}
    if not isinstance(listed, dict):
        raise EntryInvalid(field="streamers", why=_("须为 {达人编号: 佣金率} 的对象。"))
    streamers = {}
    for code in listed:
        streamer = market.tenant(Tenant.Kind.STREAMER, code_of(code, "streamers"))
        with inside("streamers"):
            streamers[streamer] = amount(listed, code)
    return streamers
