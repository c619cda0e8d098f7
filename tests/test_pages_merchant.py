"""A merchant's plans, their rates with their effect, and who may do what on a merchant's pages."""

import pytest

from haowu.tenants.models import Tenant
from merchants.models import Plan
from tests import build
from tests.browser import browser, chinese_left, shown_messages, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


def plan_form(**changes: str) -> dict[str, str]:
    rows = {"streamers-TOTAL_FORMS": "1", "streamers-INITIAL_FORMS": "0"}
    return {"type": "normal", "product_code": "p1", "commission_bps": "20", **rows} | changes


def listing(code: str, rate: str) -> dict[str, str]:
    """Form values that list one streamer."""
    return {"streamers-0-streamer": code, "streamers-0-bps": rate, "commission_bps": ""}


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
            ({"ends_at": "2024-06-20T13:59", "product_code": "p2"}, "计划的结束时间须在将来，三年以内。"),
        ],
    )
    def test_a_plan_that_cannot_be_is_refused_in_words_and_nothing_opens(self, merchant, changes, said):
        build.normal_plan(build.product(merchant, "p1"), 1000)
        build.product(merchant, "p2")
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

    def test_a_decrease_in_the_last_ten_minutes_is_refused(self, merchant, clock):
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
        assert second.name in page and "28%" in page and "2024-06-21 00:00 起结束" in page

    def test_a_plan_ends_at_midnight(self, merchant):
        plan = build.normal_plan(build.product(merchant, "p1"), 2000)
        client = browser(merchant)
        client.post(f"/plans/{plan.public_id}/ending/")
        plan.refresh_from_db()
        assert plan.ends_at == build.moment("2024-06-21 00:00")
        assert "2024-06-21 00:00 结束" in text(client.get("/plans/"))

    def test_the_list_asks_as_many_questions_for_eight_plans_as_for_two(self, merchant, django_assert_num_queries):
        client, streamer = browser(merchant), build.streamer("s1")
        for number in range(4):
            product = build.product(merchant)
            build.normal_plan(product, 2000)
            build.listed_plan(product, "item_targeted", {streamer: 1800})
            if number in (0, 3):
                with django_assert_num_queries(14):
                    client.get("/plans/")


class TestPlanEditor:
    """The form of a new plan: errors where they are, and who would get what under each type."""

    @pytest.fixture
    def tea(self, merchant):
        product = build.product(merchant, "p1", price_fen=12_900)
        build.normal_plan(product, 1800)
        build.streamer("s1", name="林小满")
        build.streamer("s2", name="老陈茶话")
        return product

    def preview(self, merchant, **asked: str):
        rows = {"streamers-TOTAL_FORMS": "2", "streamers-INITIAL_FORMS": "0"}
        return browser(merchant).get("/split-preview/", {"fragment": "1", "product_code": "p1", **rows, **asked})

    def two(self, first: str, second: str) -> dict[str, str]:
        return {**listing("s1", first), "streamers-1-streamer": "s2", "streamers-1-bps": second}

    def shown(self, answer) -> list[tuple[str, int, int, int]]:
        """Of each kind of seller: what the streamer, the platform and the merchant get."""
        sides = answer.context["preview"].sides
        return [
            (
                side.who,
                side.share.streamer_net_fen,
                side.share.shares.streamer_fee_fen,
                side.share.merchant_keeps_fen,
            )
            for side in sides
        ]

    def test_a_normal_plan_pays_every_streamer_the_same(self, merchant, tea):
        answer = self.preview(merchant, type="normal", commission_bps="20")
        assert self.shown(answer) == [("任何达人卖一件", 2322, 258, 10_320)]
        assert "已有一个进行中的「普通计划」" in text(answer)

    def test_a_targeted_plan_is_held_against_the_normal_one(self, merchant, tea):
        answer = self.preview(merchant, type="item_targeted", **self.two("25", "16"))
        assert self.shown(answer) == [
            ("林小满 卖一件", 2902, 323, 9675),
            ("老陈茶话 卖一件", 1858, 206, 10_836),
            ("名单外的人卖一件", 2090, 232, 10_578),
        ]
        preview = answer.context["preview"]
        assert preview.more == (903, 812, 91)
        assert preview.rows == {"s1": (2902, ""), "s2": (1858, "比普通计划 18% 低，名单里反而少得 ¥2.32")}

    def test_a_plan_of_the_shop_is_shown_at_the_price_that_is_tried(self, merchant, tea):
        answer = self.preview(merchant, type="shop_targeted", price="50", **listing("s1", "20"))
        assert self.shown(answer) == [("林小满 卖一件", 900, 100, 4000)]

    def test_an_exclusive_plan_says_whom_it_shuts_out(self, merchant, tea):
        for _number in range(3):
            build.pick(build.streamer(), tea)
        answer = self.preview(merchant, type="exclusive", **listing("s1", "25"))
        assert self.shown(answer) == [("林小满 卖一件", 2902, 323, 9675)]
        assert "已有 3 位达人选入：名单外的从现在起不能再卖" in text(answer)

    def test_a_step_is_shown_beside_the_rate_it_follows(self, merchant, tea):
        answer = self.preview(merchant, type="normal", commission_bps="20", step_threshold="100", step_bps="25")
        assert [side[:2] for side in self.shown(answer)] == [("任何达人卖一件", 2322), ("满 100 单以后", 2902)]

    @pytest.mark.parametrize(
        "asked", [{"commission_bps": "x"}, {"commission_bps": "95"}, {"streamers-TOTAL_FORMS": "y"}]
    )
    def test_a_form_that_is_not_filled_yet_shows_nobody(self, merchant, tea, asked):
        assert self.shown(self.preview(merchant, type="normal", **asked)) == []

    def test_what_is_wrong_with_a_row_stands_at_the_row(self, merchant, tea):
        rows = {"streamers-TOTAL_FORMS": "2", **self.two("95", "20")}
        page = browser(merchant).post("/plans/new/", plan_form(type="item_targeted", **rows))
        assert [row.errors for row in page.context["streamers"]] == [
            {"bps": ["佣金率须在 0% 到 90% 之间，收到 95%。"]},
            {},
        ]
        twice = {**rows, "streamers-0-bps": "20", "streamers-1-streamer": "s1"}
        page = browser(merchant).post("/plans/new/", plan_form(type="item_targeted", **twice))
        assert [row.errors for row in page.context["streamers"]] == [{}, {"streamer": ["同一位达人列了两次。"]}]
        assert Plan.objects.of_type("item_targeted").count() == 0

    def test_an_end_is_kept_and_may_be_brought_forward(self, merchant, tea):
        client = browser(merchant)
        page = client.post(
            "/plans/new/", plan_form(type="exclusive", ends_at="2024-07-01T00:00", **listing("s1", "25"))
        )
        plan = Plan.objects.of_type("exclusive").get()
        assert (page.url, plan.ends_at) == (f"/plans/{plan.public_id}/", build.moment("2024-07-01 00:00"))
        again = client.post("/plans/new/", plan_form(type="exclusive", **listing("s1", "25")))
        assert "已有一个进行中的「专属计划」" in text(again)
        client.post(f"/plans/{plan.public_id}/ending/")
        plan.refresh_from_db()
        assert plan.ends_at == build.moment("2024-06-21 00:00")

    @pytest.mark.parametrize("ends_at", ["2024-06-20T14:00", "2027-06-24T00:00"])
    def test_an_end_that_is_over_or_far_off_is_refused_at_its_field(self, merchant, tea, ends_at):
        page = browser(merchant).post(
            "/plans/new/", plan_form(type="exclusive", ends_at=ends_at, **listing("s1", "25"))
        )
        assert page.context["form"].errors == {"ends_at": ["计划的结束时间须在将来，三年以内。要更久就不设结束。"]}
        assert Plan.objects.of_type("exclusive").count() == 0

    def test_fields_of_another_type_are_not_read(self, merchant, tea):
        asked = {**listing("s1", "20"), "commission_bps": "50"}
        browser(merchant).post("/plans/new/", plan_form(type="shop_targeted", **asked))
        plan = Plan.objects.of_type("shop_targeted").get()
        assert (plan.product, [rate.commission_bps for rate in plan.rates.all()]) == (None, [2000])


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
    assert chinese_left(page, merchant.name) == []
