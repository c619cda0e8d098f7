"""A merchant's pages: products, plans, rates with their effect, orders and statements."""

import csv
import re
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from haowu.ledger import books
from haowu.tenants.models import Tenant
from merchants import plans
from merchants.models import Category, Plan, Product, Sku
from tests import build
from tests.browser import browser, clock, shown_messages, text  # noqa: F401

HAN = re.compile(r"[\u4e00-\u9fff]+")
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


def plan_form(**changes: str) -> dict[str, str]:
    rows = {"streamers-TOTAL_FORMS": "1", "streamers-INITIAL_FORMS": "0"}
    return {"type": "normal", "product_code": "p1", "commission_bps": "20", **rows} | changes


def listing(code: str, rate: str) -> dict[str, str]:
    """Form values that list one streamer."""
    return {"streamers-0-streamer": code, "streamers-0-bps": rate, "commission_bps": ""}


def picture(name: str = "a.jpg", size: tuple[int, int] = (1600, 800)) -> SimpleUploadedFile:
    drawn = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a camera that knows where I live"
    Image.new("RGB", size, "red").save(drawn, "JPEG", exif=exif)
    return SimpleUploadedFile(name, drawn.getvalue(), "image/jpeg")


class TestProducts:
    def test_the_list_shows_price_stock_rate_and_the_decrease_of_tomorrow(self, merchant):
        product = build.product(merchant, "p1", price_fen=12_900, stock=88)
        plan = build.normal_plan(product, 2000)
        plans.set_rate(plan, 1500, at=build.moment("2024-06-20 09:00"))
        page = text(browser(merchant).get("/products/"))
        for shown in ("¥129.00", "88", "20%", "明日（6/21）0 点起 15%", "共 1 条", "已上架"):
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
                with django_assert_num_queries(13):
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

    def test_a_picture_is_drawn_anew_smaller_and_without_what_the_camera_wrote(self, merchant, settings, tmp_path):
        settings.MEDIA_ROOT = str(tmp_path)
        client, product = browser(merchant), build.product(merchant, "p1")
        client.post(f"/products/{product.public_id}/pictures/", {"picture": picture()})
        kept = product.images.get()
        with Image.open(kept.image) as drawn:
            assert (drawn.format, drawn.size, dict(drawn.getexif())) == ("WEBP", (1200, 600), {})
        client.post(f"/products/{product.public_id}/pictures/{kept.pk}/removal/")
        assert not product.images.exists()

    def test_what_is_no_picture_is_refused(self, merchant, settings, tmp_path):
        settings.MEDIA_ROOT = str(tmp_path)
        client, product = browser(merchant), build.product(merchant, "p1")
        page = SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>", "image/jpeg")
        answer = client.post(f"/products/{product.public_id}/pictures/", {"picture": page}, follow=True)
        assert shown_messages(answer)[0].startswith("这个文件不是可用的图片")
        assert not product.images.exists() and not list(tmp_path.rglob("*.*"))


class TestWhoMayDoWhat:
    def test_a_strangers_product_and_plan_do_not_exist(self, merchant):
        product = build.product(build.merchant("m2"), "p1", listed=False)
        plan = build.normal_plan(product, 2000)
        client = browser(merchant)
        assert client.get(f"/products/{product.public_id}/").status_code == 404
        assert client.post(f"/products/{product.public_id}/listing/").status_code == 404
        assert client.get(f"/plans/{plan.public_id}/").status_code == 404
        assert client.get(f"/plans/{plan.public_id}/rate/?rate=30").status_code == 404
        assert client.post(f"/plans/{plan.public_id}/rate/", {"rate": "30"}).status_code == 404
        assert client.post(f"/plans/{plan.public_id}/ending/").status_code == 404
        product.refresh_from_db()
        plan.refresh_from_db()
        assert (product.status, plan.ends_at, plan.rates.count()) == ("draft", None, 1)

    @pytest.mark.parametrize("role", ["viewer", "finance"])
    def test_who_only_reads_sees_no_forms_and_changes_nothing(self, merchant, role):
        product = build.product(merchant, "p1", listed=False)
        plan = build.normal_plan(product, 2000)
        client = browser(merchant, role)
        assert "新建商品" not in text(client.get("/products/"))
        assert "保存" not in text(client.get(f"/products/{product.public_id}/"))
        assert "结束计划" not in text(client.get(f"/plans/{plan.public_id}/"))
        for path in ("/products/new/", "/plans/new/", f"/plans/{plan.public_id}/rate/?rate=30"):
            assert client.get(path).status_code == 403
        for path in (
            "/products/new/",
            f"/products/{product.public_id}/",
            f"/products/{product.public_id}/listing/",
            f"/plans/{plan.public_id}/rate/",
            f"/plans/{plan.public_id}/ending/",
        ):
            assert client.post(path, {"rate": "30"}).status_code == 403
        product.refresh_from_db()
        plan.refresh_from_db()
        assert (product.status, plan.ends_at, plan.rates.count()) == ("draft", None, 1)

    def test_a_streamer_has_no_such_pages(self):
        client = browser(build.streamer("s1"))
        for path in ("/products/", "/products/new/", "/plans/", "/plans/new/", "/split-preview/"):
            assert client.get(path).status_code == 404


class TestPlans:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, ("normal", "p1", [(None, 2000)])),
            ({"type": "item_targeted", **listing("s1", "18")}, ("item_targeted", "p1", [("s1", 1800)])),
            (
                {"type": "shop_targeted", "product_code": "", **listing("s1", "15.5")},
                ("shop_targeted", None, [("s1", 1550)]),
            ),
            ({"type": "exclusive", **listing("s1", "30")}, ("exclusive", "p1", [("s1", 3000)])),
        ],
    )
    def test_each_of_the_four_types_opens_at_once(self, merchant, changes, expected):
        build.product(merchant, "p1")
        build.streamer("s1")
        answer = browser(merchant).post("/plans/new/", plan_form(**changes))
        plan = Plan.objects.get()
        assert answer.url == f"/plans/{plan.public_id}/"
        rates = [(rate.streamer and rate.streamer.code, rate.commission_bps) for rate in plan.rates.all()]
        assert (plan.type, plan.product and plan.product.code, rates) == expected
        assert plan.starts_at == build.moment("2024-06-20 14:00")

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({}, "已有一个进行中的「普通计划」"),
            ({"product_code": "nope"}, "没有编号为「nope」的商品。"),
            ({"type": "exclusive", **listing("nobody", "20")}, "没有编号为「nobody」的达人。"),
            ({"type": "exclusive", "commission_bps": ""}, "这种计划要至少列出一位达人和他的佣金率。"),
            ({"type": "exclusive", **listing("s1", "95")}, "佣金率须在 0% 到 90% 之间"),
            ({"type": "shop_targeted", **listing("s1", "20")}, "店铺定向计划对全店商品生效，不能指定商品。"),
        ],
    )
    def test_a_plan_that_cannot_be_is_refused_in_words_and_nothing_opens(self, merchant, changes, said):
        build.normal_plan(build.product(merchant, "p1"), 1000)
        build.streamer("s1")
        assert said in text(browser(merchant).post("/plans/new/", plan_form(**changes)))
        assert Plan.objects.count() == 1

    def test_before_a_rate_changes_the_page_shows_who_gets_what_and_from_when(self, merchant):
        plan = build.normal_plan(build.product(merchant, "p1", price_fen=12_900), 2500)
        page = text(browser(merchant).get(f"/plans/{plan.public_id}/rate/?rate=20"))
        for shown in ("¥129.00", "¥23.22", "¥2.58", "¥25.80", "¥103.20", "下调：2024-06-21 00:00 生效"):
            assert shown in page
        assert plan.rates.count() == 1

    def test_a_raise_begins_at_once_and_a_decrease_tomorrow(self, merchant):
        client = browser(merchant)
        plan = build.normal_plan(build.product(merchant, "p1"), 2000)
        client.post(f"/plans/{plan.public_id}/rate/", {"rate": "25"})
        client.post(f"/plans/{plan.public_id}/rate/", {"rate": "15"})
        assert list(plan.rates.values_list("commission_bps", "effective_from"))[1:] == [
            (2500, build.moment("2024-06-20 14:00")),
            (1500, build.moment("2024-06-21 00:00")),
        ]

    def test_a_decrease_in_the_last_ten_minutes_is_refused(self, merchant, clock):  # noqa: F811
        client = browser(merchant)
        plan = build.normal_plan(build.product(merchant, "p1"), 2000)
        clock("2024-06-20 23:50")
        assert "23:50 到 24:00 不受理下调" in text(client.get(f"/plans/{plan.public_id}/rate/?rate=15"))
        assert "23:50 到 24:00 不受理下调" in text(client.post(f"/plans/{plan.public_id}/rate/", {"rate": "15"}))
        answer = client.post(f"/plans/{plan.public_id}/ending/", follow=True)
        assert shown_messages(answer)[0].startswith("23:50 到 24:00")
        plan.refresh_from_db()
        assert (plan.ends_at, plan.rates.count()) == (None, 1)

    def test_streamers_join_at_once_and_leave_tomorrow(self, merchant):
        client = browser(merchant)
        first, second = build.streamer("s1", name="小禾"), build.streamer("s2", name="阿威")
        plan = build.listed_plan(build.product(merchant, "p1"), "exclusive", {first: 3000})
        client.post(f"/plans/{plan.public_id}/rate/", {"streamer": "s2", "rate": "28"})
        client.post(f"/plans/{plan.public_id}/taking-off/", {"streamer": "s1"})
        assert list(plan.rates.values_list("streamer__code", "commission_bps", "effective_from"))[1:] == [
            ("s2", 2800, build.moment("2024-06-20 14:00")),
            ("s1", None, build.moment("2024-06-21 00:00")),
        ]
        page = text(client.get(f"/plans/{plan.public_id}/"))
        assert second.name in page and "28%" in page and "6/21 0 点起结束" in page

    def test_a_plan_ends_at_midnight(self, merchant):
        plan = build.normal_plan(build.product(merchant, "p1"), 2000)
        client = browser(merchant)
        client.post(f"/plans/{plan.public_id}/ending/")
        plan.refresh_from_db()
        assert plan.ends_at == build.moment("2024-06-21 00:00")
        assert "进行中，6/21 0 点结束" in text(client.get("/plans/"))

    def test_the_list_asks_as_many_questions_for_eight_plans_as_for_two(self, merchant, django_assert_num_queries):
        client, streamer = browser(merchant), build.streamer("s1")
        for number in range(4):
            product = build.product(merchant)
            build.normal_plan(product, 2000)
            build.listed_plan(product, "item_targeted", {streamer: 1800})
            if number in (0, 3):
                with django_assert_num_queries(12):
                    client.get("/plans/")


@pytest.fixture
def settled(merchant) -> Tenant:
    """100.00 at 20% settled on 10 June, 40.00 of it refunded and clawed back on the 12th."""
    product, streamer = build.product(merchant, "p1"), build.streamer("s1", name="小禾")
    build.normal_plan(product, 2000)
    build.pick(streamer, product, "x1")
    source = build.source("shop")
    build.push(
        source,
        [
            build.paid("=1+1", "2024-06-01 10:00", [build.bought(product, "x1")]),
            build.event("received", "=1+1", "2024-06-02 10:00"),
        ],
    )
    build.settle("2024-06-10")
    build.push(source, [build.event("refunded", "=1+1", "2024-06-11 10:00", refund_no="r1", goods_fen=4000)])
    build.settle("2024-06-12")
    return streamer


class TestStatements:
    def test_days_are_listed_newest_first(self, merchant, settled):
        page = browser(merchant).get("/statements/")
        assert [(str(row.day), row.inflow_fen, row.outflow_fen) for row in page.context["rows"]] == [
            ("2024-06-12", 800, 0),
            ("2024-06-10", 2000, 2000),
        ]

    def test_more_days_than_a_page_holds_go_on_on_the_next(self, merchant):
        outside = books.open_accounts([(books.platform().pk, "external")]).popitem()[1]
        funding = books.open_accounts([(merchant.pk, "funding")]).popitem()[1]
        for number in range(33):
            day = date(2024, 5, 1) + timedelta(days=number)
            books.post([books.Transfer(outside, funding, 1, "withheld", f"n{number}", "test")], day=day)
            books.close_day(day, after=day - timedelta(days=1))
        client = browser(merchant)
        first = client.get("/statements/")
        rest = client.get("/statements/", {"after": first.context["next_cursor"]})
        seen = [str(row.day) for page in (first, rest) for row in page.context["rows"]]
        assert (seen[0], seen[-1], len(seen), len(set(seen))) == ("2024-06-02", "2024-05-01", 33, 33)

    def test_a_statement_opens_from_opening_over_entries_to_closing_into_its_lines(self, merchant, settled):
        page = browser(merchant).get("/statements/funding/2024-06-12/")
        statement = page.context["statement"]
        assert [(entry.label, entry.amount_fen) for entry in statement.entries] == [("追回款返还", 800)]
        assert (statement.balance.opening_fen, statement.balance.closing_fen) == (0, 800)
        assert [(each["row"].line.order_no, each["part"].net_fen) for each in page.context["parts"]] == [("=1+1", 800)]
        assert "✓" in text(page)

    def test_lines_export_as_csv_that_no_spreadsheet_takes_for_a_formula(self, settled):
        answer = browser(settled).get("/statements/available/2024-06-10/lines.csv")
        content = b"".join(answer.streaming_content).decode()
        assert content.startswith("\ufeff")
        head, *rows = csv.reader(StringIO(content.lstrip("\ufeff")))
        assert head[-6:] == ["毛额（元）", "毛额（分）", "技术服务费（元）", "技术服务费（分）", "净额（元）", "净额（分）"]
        assert rows == [
            ["2024-06-10", "'=1+1", "1", "0", "结算", *"100.00 10000 20.00 2000 2.00 200 18.00 1800".split()],
            ["合计", "1 行", "", "", "", *"100.00 10000 20.00 2000 2.00 200 18.00 1800".split()],
        ]

    def test_a_line_says_why_it_pays_what_it_pays(self, merchant, settled):
        client = browser(merchant)
        row = client.get("/statements/funding/2024-06-10/").context["parts"][0]["row"]
        page = text(client.get(f"/orders/lines/{row.line_id}/"))
        for shown in ("普通计划有效：按普通计划计佣。", "佣金 20%", "¥60.00", "2024-06-12 追回", "-¥7.20"):
            assert shown in page

    def test_a_strangers_statement_and_line_do_not_exist(self, merchant, settled):
        mine = browser(merchant)
        line = mine.get("/statements/funding/2024-06-10/").context["parts"][0]["row"].line_id
        stranger = browser(build.merchant("m2"))
        assert stranger.get(f"/orders/lines/{line}/").status_code == 404
        for path in ("/statements/funding/2024-06-10/", "/statements/funding/2024-06-10/lines.csv"):
            assert stranger.get(path).status_code == 404
        for path in ("/statements/funding/2024-06-11/", "/statements/nothing/2024-06-10/", "/statements/funding/june/"):
            assert mine.get(path).status_code == 404

    def test_orders_show_the_frozen_terms(self, merchant, settled):
        (row,) = browser(merchant).get("/orders/?status=settled&q==1%2B1").context["rows"]
        line = row["line"]
        assert (line.order_no, line.commission_bps, line.streamer.name, line.is_settled) == ("=1+1", 2000, "小禾", True)
        assert browser(merchant).get("/orders/?status=paid").context["rows"] == []

    def test_orders_ask_as_many_questions_for_nine_lines_as_for_one(self, merchant, settled, django_assert_num_queries):
        client, source = browser(merchant), build.source()
        product = Product.objects.get()
        for number in range(9):
            build.push(source, [build.paid(f"o{number}", "2024-06-15 10:00", [build.bought(product, "x1")])])
            if number in (0, 8):
                with django_assert_num_queries(10):
                    client.get("/orders/")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/products/", ["Products", "No products yet"]),
        ("/plans/", ["Plans", "No plans yet"]),
        ("/plans/new/", ["Open a plan", "Who gets what for each item sold"]),
        ("/orders/", ["Orders", "No orders yet"]),
        ("/statements/", ["Statements", "No statements yet"]),
    ],
)
def test_pages_speak_english_too(merchant, path, words):
    page = text(browser(merchant, language="en").get(path))
    for shown in words:
        assert shown in page
    assert HAN.findall(page.replace(merchant.name, "").replace(">中文<", "")) == []
