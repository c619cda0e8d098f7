"""A merchant's products: the list, the form, listing and delisting."""

import pytest

from haowu.tenants.models import Tenant
from merchants import plans
from merchants.models import Category, Product, Sku
from tests import build
from tests.browser import browser, shown_messages, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


def product_form(code: str = "nut-1", **changes: str) -> dict[str, str]:
    leaf = Category.objects.get(code="uncategorised")
    return {
        "code": code,
        "title": "每日坚果",
        "category": str(leaf.pk),
        "brand": "",
        "description": "",
        "skus-TOTAL_FORMS": "2",
        "skus-INITIAL_FORMS": "0",
        "skus-0-code": "box",
        "skus-0-spec": "礼盒",
        "skus-0-price_fen": "129.00",
        "skus-0-stock": "5",
        "skus-1-code": "bag",
        "skus-1-spec": "",
        "skus-1-price_fen": "59.9",
        "skus-1-stock": "0",
    } | changes


class TestProducts:
    def test_the_list_shows_price_stock_rate_and_the_decrease_of_tomorrow(self, merchant):
        product = build.product(merchant, "p1", price_fen=12_900, stock=88)
        plan = build.normal_plan(product, 2000)
        plans.set_rate(plan, 1500, at=build.moment("2024-06-20 09:00"))
        page = text(browser(merchant).get("/products/"))
        for shown in ("¥129.00", "88", "20%", "明日 15%", "明日 00:00 降佣", "共 1 条", "推广中"):
            assert shown in page

    def test_an_empty_list_says_what_will_appear_and_the_next_step(self, merchant):
        page = text(browser(merchant).get("/products/"))
        assert "还没有商品" in page and 'href="/products/new/"' in page

    def test_filters_stand_in_the_address_and_can_be_removed_one_by_one(self, merchant):
        build.product(merchant, "nut-1")
        build.product(merchant, "nut-2", listed=False)
        build.product(merchant, "tea-1")
        page = browser(merchant).get("/products/?q=nut&status=listed&sort=price")
        assert [row.product.code for row in page.context["rows"]] == ["nut-1"]
        assert [(str(chip.label), chip.value, chip.without) for chip in page.context["chips"]] == [
            ("标题或编号", "nut", "status=listed&sort=price"),
            ("状态", "已上架", "q=nut&sort=price"),
        ]

    def test_pages_follow_each_other_without_gap_or_repetition(self, merchant):
        for number in range(30):
            build.product(merchant, f"p{number:02}", price_fen=1000 + number // 2)
        client, seen, address = browser(merchant), [], "/products/?sort=price"
        while address:
            page = client.get(address)
            seen += [row.product.code for row in page.context["rows"]]
            cursor = page.context["next_cursor"]
            address = f"/products/?sort=price&after={cursor}" if cursor else None
        assert seen == [f"p{number:02}" for number in range(30)]

    def test_a_cursor_that_nobody_handed_out_begins_at_the_first_page(self, merchant):
        build.product(merchant, "p1")
        page = browser(merchant).get("/products/?after=WyJ4Il0:forged")
        assert [row.product.code for row in page.context["rows"]] == ["p1"]

    def test_the_list_asks_as_many_questions_for_twelve_products_as_for_two(self, merchant, django_assert_num_queries):
        client = browser(merchant)
        streamer = build.streamer("s1")
        for number in range(12):
            product = build.product(merchant)
            build.normal_plan(product, 2000)
            build.listed_plan(product, "item_targeted", {streamer: 1800})
            if number in (1, 11):
                with django_assert_num_queries(17):
                    client.get("/products/")

    def test_a_new_product_is_a_draft_with_its_skus_in_fen(self, merchant):
        answer = browser(merchant).post("/products/new/", product_form())
        product = Product.objects.get()
        assert answer.url == f"/products/{product.public_id}/"
        assert (product.merchant, product.code, product.title, product.status) == (
            merchant,
            "nut-1",
            "每日坚果",
            "draft",
        )
        assert list(product.skus.order_by("pk").values_list("code", "spec", "price_fen", "stock")) == [
            ("box", "礼盒", 12_900, 5),
            ("bag", "", 5_990, 0),
        ]

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"code": "taken"}, "商品编号「taken」已被使用"),
            ({"skus-1-code": "box"}, "规格编号「box」出现了两次"),
            ({"skus-0-price_fen": "0"}, "0.01"),
            ({"skus-0-price_fen": "1.234"}, "金额最多两位小数"),
            ({"title": ""}, "该字段是必填项"),
        ],
    )
    def test_a_product_that_cannot_be_is_refused_in_words_and_nothing_is_kept(self, merchant, changes, said):
        build.product(merchant, "taken")
        assert said in text(browser(merchant).post("/products/new/", product_form(**changes)))
        assert list(Product.objects.values_list("code", flat=True)) == ["taken"]
        assert Sku.objects.count() == 1

    def test_saving_replaces_the_skus_and_keeps_the_code(self, merchant):
        product = build.product(merchant, "p1", price_fen=5000)
        rows = {"skus-INITIAL_FORMS": "1", "skus-0-code": "p1", "skus-0-DELETE": "on"}
        browser(merchant).post(f"/products/{product.public_id}/", product_form("another", **rows))
        product.refresh_from_db()
        assert (product.code, product.title) == ("p1", "每日坚果")
        assert list(product.skus.values_list("code", "price_fen")) == [("bag", 5_990)]

    def test_listing_says_what_is_missing_and_changes_nothing(self, merchant):
        client = browser(merchant)
        product = build.product(merchant, "p1", listed=False, stock=0)
        answer = client.post(f"/products/{product.public_id}/listing/", follow=True)
        assert shown_messages(answer) == ["所有规格的库存都是 0。请先补充库存再上架。"]
        product.refresh_from_db()
        assert (product.status, product.listed_at) == ("draft", None)

    def test_listing_and_delisting(self, merchant):
        client = browser(merchant)
        product = build.product(merchant, "p1", listed=False)
        client.post(f"/products/{product.public_id}/listing/")
        product.refresh_from_db()
        assert (product.status, product.listed_at) == ("listed", build.moment("2024-06-20 14:00"))
        client.post(f"/products/{product.public_id}/delisting/")
        product.refresh_from_db()
        assert product.status == "delisted"

    def test_a_listed_product_cannot_lose_its_category(self, merchant):
        product = build.product(merchant, "p1")
        answer = browser(merchant).post(f"/products/{product.public_id}/", product_form("p1", category=""))
        assert "商品没有类目" in text(answer)
        product.refresh_from_db()
        assert (product.title, product.category.code) == ("p1", "uncategorised")
