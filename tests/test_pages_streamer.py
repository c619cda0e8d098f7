"""A streamer's shelf, and who may do what on a streamer's pages."""

import pytest

from haowu.tenants.models import Tenant
from merchants import listing, plans
from merchants.models import Plan, Product
from streamers.centre import sync
from streamers.models import Pick
from tests import build
from tests.browser import NOW, browser, chinese_left, shown_messages, text, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1", name="小禾")


def offered(merchant: Tenant, code: str, bps: int = 2000, **fields) -> Product:
    """A listed product under a normal plan."""
    product = build.product(merchant, code, **fields)
    build.normal_plan(product, bps)
    return product


class TestShelf:
    def test_picking_leads_back_and_puts_the_product_on_the_shelf_with_its_pid(self, merchant, streamer):
        product, client = offered(merchant, "nut"), browser(streamer)
        answer = client.post(f"/selection/{product.public_id}/pick/", {"next": "/selection/?q=nut"})
        assert answer.url == "/selection/?q=nut"
        pick = Pick.objects.get()
        assert (pick.streamer, pick.product, pick.picked_at) == (streamer, product, build.moment(NOW))
        assert pick.pid in text(client.get("/shelf/"))
        assert "已在货架" in text(client.get("/selection/"))

    def test_no_other_site_is_led_back_to(self, merchant, streamer):
        product = offered(merchant, "nut")
        answer = browser(streamer).post(f"/selection/{product.public_id}/pick/", {"next": "https://elsewhere.example"})
        assert answer.url == "/shelf/"

    def test_what_is_kept_for_others_is_refused_in_words(self, merchant, streamer):
        product = build.product(merchant, "nut")
        build.listed_plan(product, "exclusive", {build.streamer("s2"): 2000})
        client = browser(streamer)
        assert "独家推广" in text(client.get(f"/selection/{product.public_id}/"))
        answer = client.post(f"/selection/{product.public_id}/pick/", follow=True)
        assert shown_messages(answer) == ["「nut」正由商家指定的达人独家推广，名单外不能选入。"]
        assert not Pick.objects.exists()

    def test_unpicking_takes_it_off_and_a_second_time_is_refused(self, merchant, streamer):
        product, client = offered(merchant, "nut"), browser(streamer)
        build.pick(streamer, product)
        client.post(f"/selection/{product.public_id}/unpick/")
        assert Pick.objects.get().unpicked_at == build.moment(NOW)
        answer = client.post(f"/selection/{product.public_id}/unpick/", follow=True)
        assert shown_messages(answer)[-1] == "该商品不在货架上。"

    def test_tomorrows_changes_are_said_today(self, merchant, streamer):
        goods = {code: offered(merchant, code) for code in ("lower", "ending", "gone", "kept", "same")}
        for product in goods.values():
            build.pick(streamer, product)
        today = build.moment("2024-06-20 09:00")
        plans.set_rate(Plan.objects.get(product=goods["lower"]), 1500, at=today)
        plans.end_plan(Plan.objects.get(product=goods["ending"]), at=today)
        listing.delist_product(goods["gone"], at=build.moment(NOW))
        build.listed_plan(goods["kept"], "exclusive", {build.streamer("s2"): 2000}, build.moment("2024-06-21 00:00"))
        page = browser(streamer).get("/shelf/")
        said = {each.card.product.code: (each.kind, each.new_bps) for each in page.context["changes"]}
        assert said == {
            "lower": ("falls", 1500),
            "ending": ("ends", None),
            "gone": ("gone", None),
            "kept": ("kept_soon", None),
        }
        assert [row.card.product.code for row in page.context["rows"]] == ["same"]
        read = " ".join(words(page).split())
        for shown in (
            "佣金明天降",
            "佣金结束",
            "商家下架了它",
            "将由他人独家推广",
            "20% 变成 15%",
            "5 款里 4 款要你定",
        ):
            assert read.count(shown) == 1, shown

    def test_the_shelf_asks_as_many_questions_for_twelve_picks_as_for_two(
        self, merchant, streamer, django_assert_num_queries
    ):
        client = browser(streamer)
        client.get("/shelf/")
        for number in range(12):
            build.pick(streamer, offered(merchant, f"p{number}"))
            if number in (1, 11):
                with django_assert_num_queries(16):
                    client.get("/shelf/")


class TestWhoMayDoWhat:
    def test_a_viewer_sees_no_buttons_and_changes_nothing(self, merchant, streamer):
        picked, fresh = offered(merchant, "picked"), offered(merchant, "fresh")
        build.pick(streamer, picked)
        client = browser(streamer, "viewer")
        sync.in_step()
        page = words(client.get("/selection/"))
        assert "fresh" in page and "选入货架" not in text(client.get("/selection/"))
        assert "移出货架" not in text(client.get("/shelf/"))
        assert client.post(f"/selection/{fresh.public_id}/pick/").status_code == 403
        assert client.post(f"/selection/{picked.public_id}/unpick/").status_code == 403
        assert list(Pick.objects.on_shelf().values_list("product__code", flat=True)) == ["picked"]

    def test_anothers_shelf_is_not_shown_and_not_touched(self, merchant, streamer):
        product = offered(merchant, "nut")
        build.pick(streamer, product)
        other = browser(build.streamer("s2"))
        assert other.get("/shelf/").context["rows"] == []
        other.post(f"/selection/{product.public_id}/unpick/")
        assert Pick.objects.get().unpicked_at is None

    def test_a_merchant_has_no_such_pages(self, merchant):
        client = browser(merchant)
        for path in ("/selection/", "/shelf/", "/earnings/"):
            assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/selection/", ["Selection centre", "Nothing to pick yet"]),
        ("/shelf/", ["Shelf", "Your shelf is empty"]),
        ("/earnings/", ["Earnings", "Available"]),
    ],
)
def test_pages_speak_english_too(streamer, path, words):
    page = text(browser(streamer, language="en").get(path))
    for shown in words:
        assert shown in page
    assert chinese_left(page, streamer.name, "未分类") == []
