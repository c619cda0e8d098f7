"""A merchant's product list: its views, what a row says, and listing or delisting many with an undo."""

import re

import pytest

from haowu.tenants.models import Tenant
from merchants import plans
from merchants.models import Product
from tests import build
from tests.browser import browser, shown_messages, text, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = build.moment("2024-06-20 14:00")


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.fixture
def goods(merchant) -> dict[str, Product]:
    """One product for each place in the market."""
    made = {code: build.product(merchant, code, price_fen=12_900) for code in ("sold", "falls", "bare", "joined")}
    made["out"] = build.product(merchant, "out")
    made["out"].skus.update(stock=0)
    made["draft"] = build.product(merchant, "draft", listed=False)
    for code in ("sold", "out"):
        build.normal_plan(made[code], 2000)
    falling = build.normal_plan(made["falls"], 2000)
    plans.set_rate(falling, 1800, at=build.moment("2024-06-20 09:00"))
    build.enrolled(made["joined"], build.activity(build.leader("l1")), 1500, 500)
    return made


class TestViews:
    def test_each_view_holds_its_products_and_the_tabs_count_them(self, merchant, goods):
        client = browser(merchant)
        views = {
            "all": set(goods),
            "promoting": {"sold", "falls", "joined"},
            "changes": {"falls"},
            "unseen": {"bare"},
            "out": {"out"},
            "off": {"draft"},
        }
        for view, codes in views.items():
            page = client.get(f"/products/?view={view}")
            assert {row.product.code for row in page.context["rows"]} == codes
            assert {each.tab.key: each.count for each in page.context["tabs"]} == {
                key: len(held) for key, held in views.items()
            }
            assert page.context["total"] == len(codes)

    def test_a_view_nobody_knows_is_the_first(self, merchant, goods):
        assert len(browser(merchant).get("/products/?view=nowhere").context["rows"]) == len(goods)

    def test_a_row_says_where_the_product_stands_and_what_comes_next(self, merchant, goods):
        rows = {row.product.code: row for row in browser(merchant).get("/products/").context["rows"]}
        said = {code: (str(row.standing.word), str(row.standing.note)) for code, row in rows.items()}
        assert said == {
            "sold": ("推广中", "长期有效"),
            "falls": ("推广中", "明日 00:00 降佣"),
            "bare": ("没人能选", "没有推广计划，也没进活动"),
            "joined": ("推广中", "长期有效"),
            "out": ("缺货", "库存是 0，补货后才卖得出去"),
            "draft": ("草稿", "可以上架了"),
        }

    def test_what_a_streamer_gets_is_net_of_the_technical_fee(self, merchant, goods):
        for number in range(2):
            build.pick(build.streamer(f"s{number}"), goods["sold"], at=TODAY)
        rows = {row.product.code: row for row in browser(merchant).get("/products/").context["rows"]}
        assert [(rows[code].bps, rows[code].net_fen, rows[code].pickers) for code in ("sold", "joined", "bare")] == [
            (2000, 2322, 2),
            (1500, 1741, 0),
            (None, None, 0),
        ]


class TestMany:
    def test_what_is_refused_says_so_in_its_row_and_stays_chosen(self, merchant, goods):
        chosen = [goods["draft"].public_id, goods["sold"].public_id]
        page = browser(merchant).post("/products/", {"act": "list", "products": chosen})
        assert shown_messages(page) == ["已上架 1 件。"]
        rows = {row.product.code: row for row in page.context["rows"]}
        assert (rows["sold"].refused, rows["draft"].refused) == ("商品已经上架。", "")
        ticked = re.findall(r'name="products"[^>]*\schecked', text(page))
        assert len(ticked) == 1 and "1 件没有成功" in words(page)
        assert {product.code: product.status for product in Product.objects.filter(code__in=("draft", "sold"))} == {
            "draft": "listed",
            "sold": "listed",
        }

    def test_delisting_is_undone_by_the_form_beside_its_message(self, merchant, goods):
        client = browser(merchant)
        page = client.post("/products/?view=all", {"act": "delist", "products": [goods["sold"].public_id]})
        (message,) = page.context["messages"]
        assert str(message) == "已下架 1 件。" and "data-undo" in text(page)
        goods["sold"].refresh_from_db()
        assert goods["sold"].status == "delisted"
        client.post("/products/?view=all", {"act": "list", "products": [goods["sold"].public_id]})
        goods["sold"].refresh_from_db()
        assert goods["sold"].status == "listed"

    def test_what_left_an_activity_cannot_be_undone_and_says_so(self, merchant, goods):
        page = browser(merchant).post("/products/", {"act": "delist", "products": [goods["joined"].public_id]})
        assert shown_messages(page) == ["已下架 1 件。1 个活动里的合作随之结束；之前的订单照旧。"]
        assert "data-undo" not in text(page)

    def test_a_strangers_products_and_ids_that_are_none_are_left_alone(self, merchant, goods):
        other = build.product(build.merchant("m2"), "theirs", listed=False)
        chosen = [other.public_id, "no\x00thing", ""]
        page = browser(merchant).post("/products/", {"act": "list", "products": chosen})
        other.refresh_from_db()
        assert (shown_messages(page), other.status) == ([], "draft")

    def test_who_only_reads_chooses_nothing(self, merchant, goods):
        client = browser(merchant, "viewer")
        assert 'name="products"' not in text(client.get("/products/"))
        assert client.post("/products/", {"act": "delist", "products": [goods["sold"].public_id]}).status_code == 403
        goods["sold"].refresh_from_db()
        assert goods["sold"].status == "listed"


class TestOne:
    def test_listing_what_nobody_can_find_says_so(self, merchant, goods):
        client = browser(merchant)
        address = f"/products/{goods['draft'].public_id}/listing/"
        assert shown_messages(client.post(address, follow=True)) == [
            "已上架。但它还没有推广计划，也没进活动，达人选不到：先开设一个计划。"
        ]

    def test_listing_what_a_plan_offers_says_that_streamers_see_it(self, merchant, goods):
        build.normal_plan(goods["draft"], 2000)
        page = browser(merchant).post(f"/products/{goods['draft'].public_id}/listing/", follow=True)
        assert shown_messages(page) == ["已上架，达人现在可以在选品中心看到它。"]
        assert f'action="/products/{goods["draft"].public_id}/delisting/"' in text(page)
