"""What the acts of merchants write into the trail: one row for each plan, product and engagement."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from haowu.approvals.trail import Changed, Entry, Sides, facts, record, record_many
from haowu.approvals.words import Act, Subject
from haowu.tenants.models import Tenant
from merchants.models import Engagement, Plan, PlanRate, Product, Sku

EVERYBODY = "*"
Bps = tuple[int | None, int | None]


def plans_opened(opened: Iterable[tuple[Plan, dict[Tenant | None, int]]]) -> None:
    """Each plan with its first rates."""
    entries = []
    for plan, rates in opened:
        terms = facts(
            plan, "type", "starts_at", "ends_at", "step_threshold", "step_bps", "step_mode", "step_comparator"
        )
        terms = {name: value for name, value in terms.items() if value not in (None, "")}
        terms["rates"] = {streamer.code if streamer else EVERYBODY: bps for streamer, bps in rates.items()}
        if plan.product is not None:
            terms["product"] = plan.product.code
        entries.append(Entry(Subject.PLAN, plan.public_id, plan.merchant_id, after=terms, at=plan.starts_at))
    record_many(Act.CREATED, entries)


def rate_entry(plan: Plan, streamer: Tenant | None, bps: Bps, rate: PlanRate | None, at: datetime) -> Entry:
    """``bps`` in force and asked for; ``rate`` None where the latter only called off what was pending."""
    before_bps, after_bps = bps
    after: dict[str, Any] = {"commission_bps": after_bps}
    if streamer is not None:
        after["streamer"] = streamer.code
    if rate is not None:
        after["effective_from"] = rate.effective_from
    before = {"commission_bps": before_bps}
    return Entry(Subject.PLAN, plan.public_id, plan.merchant_id, streamer, before=before, after=after, at=at)


def plan_ended(plan: Plan, at: datetime) -> None:
    record(Act.ENDED, Subject.PLAN, plan.public_id, at=at, tenant=plan.merchant_id, after=facts(plan, "ends_at"))


def plan_period_changed(plan: Plan, before: datetime | None, at: datetime) -> None:
    sides = Changed(before={"ends_at": before}, after=facts(plan, "ends_at"))
    record(Act.CHANGED, Subject.PLAN, plan.public_id, at=at, tenant=plan.merchant_id, **sides)


def products_listed(products: Iterable[Product], at: datetime) -> None:
    """What was offered: title and price as they stand. Drafts are offered to nobody and do not enter the trail."""
    record_many(
        Act.LISTED,
        [
            Entry(
                Subject.PRODUCT,
                product.code,
                product.merchant_id,
                before={"status": product.last_move[0]["status"]},
                after={"status": Product.Status.LISTED, "title": product.title, "skus": _prices(product.skus.all())},
            )
            for product in products
        ],
        at=at,
    )


def products_delisted(products: Iterable[Product], at: datetime) -> None:
    before, after = {"status": Product.Status.LISTED}, {"status": Product.Status.DELISTED}
    record_many(
        Act.DELISTED,
        [Entry(Subject.PRODUCT, product.code, product.merchant_id, before=before, after=after) for product in products],
        at=at,
    )


def terms_of(product: Product) -> dict[str, Any]:
    """What an edit of ``product`` may change of what is offered."""
    skus = sorted(product.skus.all(), key=lambda sku: sku.code)
    return facts(product, "title", "category_id", "brand_id", "provenance", "origin") | {"skus": _prices(skus)}


def terms_by_code(merchant: Tenant, codes: Collection[str]) -> dict[str, dict[str, Any]]:
    """``terms_of`` many, by code."""
    products = Product.objects.of_merchant(merchant).with_codes(codes).prefetch_related("skus")
    return {product.code: terms_of(product) for product in products}


def product_changed(product: Product, before: dict[str, Any], at: datetime) -> None:
    record_many(Act.CHANGED, _changed(product.code, product.merchant_id, before, terms_of(product)), at=at)


def products_changed(merchant: Tenant, before: dict[str, dict[str, Any]], at: datetime) -> None:
    """``before``: ``terms_by_code`` of what may have changed."""
    after = terms_by_code(merchant, before)
    entries = [entry for code in before for entry in _changed(code, merchant.pk, before[code], after[code])]
    record_many(Act.CHANGED, entries, at=at)


def _changed(code: str, merchant_id: int, before: dict[str, Any], after: dict[str, Any]) -> list[Entry]:
    """An entry with what differs; none where nothing does."""
    names = [name for name in after if after[name] != before[name]]
    sides = [{name: side[name] for name in names} for side in (before, after)]
    return [Entry(Subject.PRODUCT, code, merchant_id, before=sides[0], after=sides[1])] if names else []


def engaged(engagement: Engagement, at: datetime) -> None:
    terms = facts(engagement, "services", "basis", "bps", "starts_at", "ends_at")
    record(Act.AGREED, Subject.ENGAGEMENT, engagement.pk, at=at, after=terms, **_sides(engagement))


def disengaged(engagement: Engagement, before: datetime | None, at: datetime) -> None:
    changed = Changed(before={"ends_at": before}, after=facts(engagement, "ends_at"))
    record(Act.ENDED, Subject.ENGAGEMENT, engagement.pk, at=at, **changed, **_sides(engagement))


def _sides(engagement: Engagement) -> Sides:
    return Sides(tenant=engagement.client_id, counterparty=engagement.provider_id)


def _prices(skus: Iterable[Sku]) -> dict[str, int]:
    """``{code: price_fen}``; stock moves all day and is no term."""
    return {sku.code: sku.price_fen for sku in skus}
