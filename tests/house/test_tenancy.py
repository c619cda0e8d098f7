"""Promise 8: a tenant never reads or changes another's rows, even where the code forgets a filter."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, transaction

from commissions.models import OrderLine, Settlement
from haowu.ledger.models import Account, DailyBalance, Posting
from haowu.tenants.models import BuyerIdentity, Tenant
from haowu.tenants.scope import PLATFORM, current_scope, enter_scope, platform_scope, refuse_lost_scope
from merchants import listing
from merchants.models import Plan, PlanRate, Product
from streamers.models import Pick
from tests.build import (
    bought,
    event,
    listed_plan,
    merchant,
    normal_plan,
    paid,
    pick,
    product,
    push,
    settle,
    source,
    streamer,
)
from tests.house.test_floors import ROOT

pytestmark = pytest.mark.django_db

OPEN_TABLES = {
    "tenants_user",
    "tenants_user_groups",
    "tenants_user_user_permissions",
    "tenants_tenant",
    "tenants_membership",
    "partners_apiclient",
}
"""Read before a scope can be known: who signs in, and for whom."""

OUR_APPS = (
    "tenants", "approvals", "partners", "ledger", "merchants", "streamers", "tuanzhang", "bases", "commissions",
    "analytics",
)  # fmt: skip


@pytest.fixture
def two_shops():
    """Two merchants with a streamer each, one settled sale each."""
    by = source()
    shops = []
    for name in ("a", "b"):
        shop, seller = merchant(f"m-{name}", buyer_ref=f"buyer-{name}"), streamer(f"s-{name}")
        goods = product(shop)
        normal_plan(goods, 2000)
        listed_plan(goods, "item_targeted", {seller: 3000})
        pick(seller, goods, f"pid-{name}")
        push(by, [paid(f"o-{name}", "2024-06-01 08:00", [bought(goods, f"pid-{name}")])])
        push(by, [event("received", f"o-{name}", "2024-06-01 12:00")])
        shops.append((shop, seller))
    settle("2024-06-09")
    return shops


def test_the_tests_themselves_are_bound_by_row_level_security():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("haowu_app", False, False)
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        )
        assert cursor.fetchone() == (0,)


def test_every_table_of_ours_is_forced_under_row_level_security_or_named_as_open():
    tables = {
        model._meta.db_table
        for app in OUR_APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relrowsecurity AND relforcerowsecurity"
        )
        forced = {name for (name,) in cursor.fetchall()}
    assert tables - forced == OPEN_TABLES & tables


PRIVATE = [OrderLine, Settlement, Account, Posting, DailyBalance, PlanRate, Pick, BuyerIdentity]


@pytest.mark.parametrize("model", PRIVATE, ids=lambda model: model.__name__)
def test_a_forgotten_filter_shows_only_own_rows(two_shops, model):
    everything = model.objects.count()
    seen = []
    for shop, seller in two_shops:
        for tenant in (shop, seller):
            enter_scope(tenant.pk)
            seen.append(set(model.objects.values_list("pk", flat=True)))
    mine_a, sells_a, mine_b, sells_b = seen
    assert (mine_a | sells_a) & (mine_b | sells_b) <= shared(model)
    assert len(mine_a | sells_a) < everything


def shared(model) -> set[int]:
    """Rates of normal plans are everybody's to read."""
    if model is not PlanRate:
        return set()
    enter_scope(PLATFORM)
    return set(PlanRate.objects.filter(streamer=None).values_list("pk", flat=True))


def test_the_rates_of_listed_streamers_are_between_the_merchant_and_them(two_shops):
    (shop_a, seller_a), (_shop_b, seller_b) = two_shops
    enter_scope(seller_a.pk)
    assert set(PlanRate.objects.exclude(streamer=None).values_list("streamer", flat=True)) == {seller_a.pk}
    enter_scope(seller_b.pk)
    assert not Plan.objects.filter(merchant=shop_a, type="item_targeted").exists()


@pytest.mark.parametrize("model", [Product, Plan, Pick], ids=lambda model: model.__name__)
def test_anothers_row_cannot_be_changed_or_deleted(two_shops, model):
    (shop_a, seller_a), (shop_b, seller_b) = two_shops
    theirs = {"streamer": seller_b} if model is Pick else {"merchant": shop_b}
    before = list(model.objects.filter(**theirs).values())
    enter_scope(seller_a.pk if model is Pick else shop_a.pk)
    column = {"Product": {"title": "taken"}, "Plan": {"type": "normal"}, "Pick": {"pid": "taken"}}[model.__name__]
    assert model.objects.filter(**theirs).update(**column) == 0
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = ANY(%s)", [[row["id"] for row in before]])
    enter_scope(PLATFORM)
    assert list(model.objects.filter(**theirs).values()) == before


def test_a_row_cannot_be_written_in_anothers_name(two_shops):
    (shop_a, _seller_a), (shop_b, _seller_b) = two_shops
    enter_scope(shop_a.pk)
    draft = listing.ProductDraft(code="smuggled", title="x", category=None, price_fen=1, stock=1)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        listing.add_products(shop_b, [draft])
    enter_scope(PLATFORM)
    assert not Product.objects.filter(code="smuggled").exists()


@pytest.mark.parametrize("scope", ["", "0", "999999999"])
def test_without_a_scope_no_private_row_is_seen(two_shops, scope):
    enter_scope(scope)
    assert [model.objects.count() for model in PRIVATE if model is not PlanRate] == [0] * (len(PRIVATE) - 1)


def test_nobody_but_the_platform_writes_orders_settlements_and_daily_balances(two_shops):
    (shop_a, _seller_a), _b = two_shops
    enter_scope(shop_a.pk)
    assert OrderLine.objects.update(due_base_fen=1) == 0
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        DailyBalance.objects.create(
            account=Account.objects.first(), day="2024-01-01", opening_fen=0, inflow_fen=0, outflow_fen=0, closing_fen=0
        )


def test_a_platform_block_ends_where_it_ends(two_shops):
    shop = two_shops[0][0]
    enter_scope(shop.pk)
    with platform_scope():
        assert current_scope() == "platform"
    assert current_scope() == str(shop.pk)


@pytest.mark.django_db(transaction=True)
def test_a_scope_ends_with_its_transaction():
    with connection.cursor() as cursor:
        cursor.execute("SET app.tenant = ''")
    with transaction.atomic():
        enter_scope(7)
        assert current_scope() == "7"
    assert current_scope() == ""
    with pytest.raises(RuntimeError):
        enter_scope(7)


def test_a_process_of_the_platform_whose_scope_was_lost_on_the_way_says_what_to_set(settings):
    settings.HAOWU_SCOPE = "platform"
    refuse_lost_scope(connection)
    enter_scope("")
    with pytest.raises(ImproperlyConfigured, match="set DATABASE_JOBS_URL"):
        refuse_lost_scope(connection)


def test_the_catalogue_is_everybodys_to_read(two_shops):
    enter_scope(two_shops[0][1].pk)
    assert Product.objects.count() == 2
    assert Tenant.objects.of_kind("merchant").count() == 2


def test_a_scope_is_set_by_a_statement_in_all_our_code_and_sql():
    """The function that would set it too never reaches the other nodes of a distributed database."""
    function = "set_" + "config("
    modules = [path for package in ROOT.glob("*/__init__.py") for path in package.parent.rglob("*.py")]
    assert len(modules) > 400
    assert [path for path in modules if function in path.read_text()] == []
