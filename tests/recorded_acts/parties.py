"""Acts about tenants, members, personal data, shops, the catalogue and its plans."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from commissions.payments import deposit
from commissions.postings import funding
from haowu.partners.clients import register_client
from haowu.tenants import opening, personal
from haowu.tenants.models import Membership, User
from merchants import bulk_rates, categories, editing, listing, plan_periods, plans, providers, shops
from merchants.importing import applying
from merchants.models import Category
from tests import build
from tests.build import merchant, product, tenant
from tests.recorded_acts.kept import AT, LATER, Kept, Line


def of_parties(it: Kept) -> Iterator[Line]:
    shop, user, new = merchant("m1"), User.objects.create_user("lin"), {}
    account = personal.BankAccount("张三丰", "招商银行", "6222020000001234")
    path = categories.path_of("服饰/女装/连衣裙")
    new_key = override_settings(DATA_KEYS=f"new:{'B' * 43}=,{settings.DATA_KEYS}")
    yield (
        "haowu.tenants.opening.open_tenants haowu.tenants.opening.opened",
        "tenant",
        "created",
        lambda: new.update(opening.open_tenants("merchant", {"m2": "m2"}, at=AT)),
    )
    yield "merchants.shops.open_shops", "shop", "created", lambda: shops.open_shops(new.values(), at=AT)
    yield (
        "haowu.tenants.opening.add_members",
        "membership",
        "added",
        lambda: opening.add_members([Membership(user=user, tenant=shop, role="owner")], at=AT),
    )
    yield (
        "haowu.tenants.opening.add_buyer_identities",
        "buyer-identity",
        "added",
        lambda: opening.add_buyer_identities([(shop, "b1")], at=AT),
    )
    yield (
        "haowu.tenants.personal.record",
        "personal-record",
        "recorded",
        lambda: personal.record(shop, account, by=None, at=AT),
    )
    yield (
        "haowu.tenants.personal.rotate",
        "personal-record",
        "changed",
        lambda: new_key(lambda: list(personal.rotate()))(),
    )
    yield "haowu.partners.clients.register_client", "api-client", "created", lambda: register_client(shop, "erp", [])
    yield "haowu.approvals.versions.publish", "policy", "created", lambda: build.policy(tech_bps=700)
    yield "merchants.categories.leaves_of", "category", "created", lambda: categories.leaves_of([path])
    yield (
        "commissions.postings.funding.top_up",
        "top-up",
        "recorded",
        lambda: funding.top_up(shop, number="t1", amount_fen=100, at=AT),
    )
    yield (
        "commissions.payments.deposit.set_low_balance",
        "shop",
        "changed",
        lambda: deposit.set_low_balance(shop, 5_000, at=AT),
    )


def of_merchants(it: Kept) -> Iterator[Line]:
    shop, care = merchant("m1"), tenant("provider", "care")
    leaf = Category.objects.get(code="uncategorised")
    goods = product(shop, "p1", listed=False)
    details = editing.Details("新标题", "", leaf, None)
    yield (
        "merchants.listing.list_products merchants.listing.list_product",
        "product",
        "listed",
        lambda: it.keep(goods=listing.list_product(goods, at=AT)),
    )
    yield (
        "merchants.editing.change_product",
        "product",
        "changed",
        lambda: editing.change_product(it.goods, details, [editing.SkuWish("p1", "", 12_900, 5)], at=AT),
    )
    yield (
        "merchants.plans.open_plans merchants.plans.open_plan",
        "plan",
        "created",
        lambda: it.keep(plan=build.normal_plan(it.goods, 2000, AT)),
    )
    yield (
        "merchants.plans.set_rates merchants.plans.set_rate",
        "plan",
        "rate_changed",
        lambda: plans.set_rate(it.plan, 2500, at=LATER),
    )
    yield (
        "merchants.bulk_rates.change_many",
        "plan",
        "rate_changed",
        lambda: bulk_rates.change_many([it.goods], bulk_rates.RateWish(by_bps=500), at=LATER),
    )
    yield (
        "merchants.plan_periods.set_end",
        "plan",
        "changed",
        lambda: plan_periods.set_end(it.plan, LATER + timedelta(days=9), at=LATER),
    )
    yield "merchants.plans.end_plan", "plan", "ended", lambda: plans.end_plan(it.plan, at=LATER)
    file = SimpleUploadedFile("goods.csv", b"code,price\np1,12.50")
    upload = applying.keep_upload(shop, file, by=None, at=LATER)
    yield (
        "merchants.importing.applying.apply_upload",
        "product",
        "changed",
        lambda: applying.apply_upload(upload, at=LATER),
    )
    names = "merchants.listing.delist_products merchants.listing.delist_product"
    yield names, "product", "delisted", lambda: listing.delist_product(it.goods, at=LATER)
    yield (
        "merchants.providers.engage",
        "engagement",
        "agreed",
        lambda: it.keep(engagement=providers.engage(shop, care, services="代运营", bps=300, at=AT)),
    )
    yield "merchants.providers.disengage", "engagement", "ended", lambda: providers.disengage(it.engagement, at=LATER)
