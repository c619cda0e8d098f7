"""Pages of a base: its brands, its stock and what waits for review there."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bases import feeding, introducing
from bases.models import Base, Feed, Introduction, PullSource, QuarantinedRow, Room
from haowu.tenants.models import Tenant
from tests import build
from tests.bases import AT, authorised, base, feed, introduced, of_brand, stock_of
from tests.browser import NOW, browser, shown_messages, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = build.moment(NOW)


def row(sku: str, quantity: int, price: int = 1_000) -> tuple:
    return ("m1", "p1", sku, price, quantity)


@pytest.fixture
def made() -> Base:
    build.merchant("m1", name="山野集")
    return base("b1", name="临沂基地", agreed_by=["m1"])


class TestBrands:
    def test_brands_stand_against_the_quota_with_what_ends_soon(self, made):
        introduced(made, ["安克"], last="2024-07-10")
        introducing.introduce(made.base, authorised("小米"), at=AT)
        page = text(browser(made.base).get("/base/brands/"))
        for shown in ("本期额度", ">28<", ">26<", "安克", "授权即将到期", "2024-07-10", "小米", "审核中"):
            assert shown in page

    def test_a_brand_is_handed_in_and_a_refusal_stands_on_the_form(self, made):
        client = browser(made.base)
        facts = {"name": "安克", "document_no": "A-1", "authorised_from": "2024-01-01", "authorised_to": "2025-01-01"}
        page = client.post("/base/brands/", facts, follow=True)
        assert shown_messages(page) == ["「安克」已提交，审核通过后立即进入共享品牌库。"]
        assert "「安克」已提交，正在审核" in text(client.post("/base/brands/", facts))
        assert Introduction.objects.count() == 1

    def test_a_duplicate_is_explained_kindly(self, made):
        introduced(base(), ["安克"])
        facts = {"name": "安克", "document_no": "A-1", "authorised_from": "2024-01-01", "authorised_to": "2025-01-01"}
        page = browser(made.base).post("/base/brands/", facts, follow=True)
        assert shown_messages(page) == ["「安克」已由别的基地引进，不占额度。平台核对授权书后，你也可以上报它的货。"]

    def test_the_library_is_everybodys_and_says_who_brought_what(self, made):
        introduced(made, ["安克", "小米"])
        for reader in (build.streamer(), build.merchant(), build.tenant("tuanzhang"), base().base):
            page = text(browser(reader).get("/brands/"))
            assert "安克" in page and "临沂基地 · 临沂" in page
        assert "共 1 条" in text(browser(build.streamer()).get("/brands/?q=小米"))

    def test_a_brand_opens_into_what_lies_free_in_which_city(self, made):
        shop = Tenant.objects.get(code="m1")
        other = base("b2", city="yiwu", name="义乌基地", agreed_by=["m1"])
        (brand,) = (each.brand for each in introduced(made, ["安克"]))
        of_brand(brand, shop, "p1")
        of_brand(brand, shop, "p9")
        feed(made, 1, [row("a", 5), row("b", 2)], at=TODAY)
        feed(other, 1, [row("a", 40)], at=TODAY)
        seen = browser(other.base).get(f"/brands/?brand={brand.code}").context["table"]
        assert [(city.code, city.is_own) for city in seen.cities] == [("yiwu", True), ("linyi", False)]
        assert [([cell.free for cell in each.cells], each.free) for each in seen.rows] == [([40, 7], 47), ([0, 0], 0)]
        assert [each.nearest and each.nearest.code for each in seen.rows] == ["yiwu", None]
        assert (seen.totals, seen.free) == ([40, 7], 47)
        assert browser(other.base).get("/brands/?brand=nobody").status_code == 404

    def test_a_viewer_hands_nothing_in(self, made):
        facts = {"name": "安克", "document_no": "A-1", "authorised_from": "2024-01-01", "authorised_to": "2025-01-01"}
        viewer = browser(made.base, role="viewer")
        assert "提交审核" not in text(viewer.get("/base/brands/"))
        assert viewer.post("/base/brands/", facts).status_code == 403
        assert not Introduction.objects.exists()


class TestStock:
    def upload(self, client, content: str, **facts):
        known = {"upload-kind": "snapshot", "upload-sequence": "1", "upload-counted_at": "2024-06-20T13:00"} | facts
        file = SimpleUploadedFile("stock.csv", content.encode(), "text/csv")
        return client.post("/base/stock/upload/", known | {"upload-file": file}, follow=True)

    def confirm(self, client, sequence: int = 1):
        return client.post(f"/base/stock/feeds/{sequence}/confirmation/", follow=True)

    def test_a_csv_by_hand_fills_the_stock_and_shows_what_waits(self, made):
        client = browser(made.base)
        assert "还没有上报" in text(client.get("/base/stock/"))
        page = self.upload(client, "merchant,product,sku,price_fen,quantity\nm1,p1,a,1000,5\nm1,p1,b,x,5\n")
        assert "会改变 1 个规格，归零 0 个" in text(page) and "内容不完整或不是数字" in text(page)
        assert stock_of(made) == {}, "only seen so far"
        assert shown_messages(self.confirm(client)) == ["第 1 号上报：已生效，2 行，待复核 1 行。"]
        assert stock_of(made) == {"a": (1_000, 5)}
        assert Feed.objects.get().counted_at == build.moment("2024-06-20 13:00")
        assert "1 行待复核" in text(client.get("/base/stock/"))

    def test_a_file_that_is_none_loses_nothing_and_says_why(self, made):
        client = browser(made.base)
        page = text(self.upload(client, "a,b\n1,2\n"))
        assert "第一行须有列名，缺少：商家编号（merchant）、商品编号（product）、规格编号（sku）" in page
        assert not Feed.objects.exists()

    def test_the_preview_says_row_by_row_what_will_not_count_and_takes_everything_back(self, made):
        feed(made, 1, [row("a", 5), row("b", 5)], at=TODAY)
        content = "商家编号,商品编号,规格编号,价格（元）,库存\nm1,p1,a,90.00,6\nm9,p1,x,1,1\nm1,p1,c,12.00,7\n"
        page = text(self.upload(browser(made.base), content, **{"upload-sequence": "2"}))
        assert "读到 3 行：会改变 1 个规格，归零 1 个" in page
        for shown in ("价格变动过大", "平台没有这个商家", "¥90.00"):
            assert shown in page
        assert stock_of(made) == {"a": (1_000, 5), "b": (1_000, 5)}
        assert not QuarantinedRow.objects.exists()
        assert (Feed.objects.get(sequence=2).status, Feed.objects.get(sequence=2).changed) == ("partial", 0)

    def test_a_file_that_is_thrown_away_leaves_nothing_to_review(self, made):
        client = browser(made.base)
        self.upload(client, "merchant,product,sku,price_fen,quantity\nm1,p1,a,1000,5\nm1,p1,b,x,5\n")
        assert "没有待复核的行" in text(client.get("/base/stock/review/")), "it is not let in yet"
        messages = shown_messages(client.post("/base/stock/feeds/1/rejection/", follow=True))
        assert messages == ["第 1 号上报已作废，库存没有改变。"]
        assert (stock_of(made), Feed.objects.get().status) == ({}, "rejected")
        assert [each.status for each in QuarantinedRow.objects.all()] == ["dropped"]

    def test_a_feed_of_another_base_is_not_found_and_a_viewer_confirms_nothing(self, made):
        self.upload(browser(made.base), "merchant,product,sku,price_fen,quantity\nm1,p1,a,1000,5\n")
        stranger, viewer = browser(base().base), browser(made.base, "viewer")
        for path in ("", "confirmation/"):
            act = stranger.post if path else stranger.get
            assert act(f"/base/stock/feeds/1/{path}").status_code == 404
        assert self.confirm(viewer).status_code == 403
        assert "确认生效" not in text(viewer.get("/base/stock/feeds/1/"))
        assert stock_of(made) == {}

    def test_ones_own_stock_is_searched_and_filtered(self, made):
        feed(made, 1, [row("a", 5), row("b", 0), ("m1", "p2", "c", 700, 3)], at=TODAY)
        client = browser(made.base)

        def shown(query: str) -> set[str]:
            return {each["stock"].sku_code for each in client.get(f"/base/stock/?{query}").context["rows"]}

        assert shown("") == {"a", "b", "c"}
        assert (shown("q=p2"), shown("q=山野"), shown("free=no")) == ({"c"}, {"a", "b", "c"}, {"b"})

    def test_freshness_is_judged_in_the_very_instant(self, made, clock):
        feed(made, 1, [row("a", 5)], at=TODAY)
        client = browser(made.base)
        clock("2024-06-21 13:59:59")
        assert "有效" in text(client.get("/base/"))
        clock("2024-06-21 14:00:00")
        assert "已失联" in text(client.get("/base/"))

    def test_rows_are_reviewed_one_by_one(self, made):
        feed(made, 1, [row("a", 5), row("b", 5)], at=TODAY)
        feed(made, 2, [row("a", 6, 9_000), row("b", 6, 9_000)], at=TODAY)
        client = browser(made.base)
        assert "价格变动过大" in text(client.get("/base/stock/review/"))
        first, second = QuarantinedRow.objects.order_by("sku_code")
        client.post(f"/base/stock/review/{first.pk}/taking/")
        client.post(f"/base/stock/review/{second.pk}/dropping/")
        assert stock_of(made) == {"a": (9_000, 6), "b": (1_000, 5)}
        assert "没有待复核的行" in text(client.get("/base/stock/review/"))

    def test_another_base_reviews_nothing_of_ours(self, made):
        feed(made, 1, [row("a", 5)], at=TODAY)
        feed(made, 2, [row("a", 6, 9_000)], at=TODAY)
        kept = QuarantinedRow.objects.get()
        stranger = browser(base().base)
        assert stranger.post(f"/base/stock/review/{kept.pk}/taking/").status_code == 404
        assert stranger.post("/base/stock/feeds/1/rejection/").status_code == 404
        assert stock_of(made) == {"a": (1_000, 5)}

    def test_a_held_snapshot_is_confirmed_or_thrown_away(self, made):
        full = [row(f"k{number}", 1) for number in range(100)]
        feed(made, 1, full, at=TODAY)
        feed(made, 2, full[:10], at=TODAY)
        client = browser(made.base)
        assert "确认生效" in text(client.get("/base/stock/"))
        client.post("/base/stock/feeds/2/rejection/")
        assert len(stock_of(made)) == 100
        feed(made, 3, full[:10], at=TODAY)
        client.post("/base/stock/feeds/3/confirmation/")
        assert len(stock_of(made)) == 10

    def test_an_address_is_registered_replaced_and_forgotten(self, made):
        client = browser(made.base)
        facts = {"pull-url": "https://wms.example/stock.csv", "pull-every_minutes": "30"}
        assert "一分钟内" in shown_messages(client.post("/base/stock/pull/", facts, follow=True))[0]
        assert "不能使用这个地址" in text(client.post("/base/stock/pull/", facts | {"pull-url": "http://wms.example/"}))
        assert PullSource.objects.get().url == "https://wms.example/stock.csv"
        client.post("/base/stock/pull/removal/")
        assert not PullSource.objects.exists()


@pytest.mark.parametrize(
    "path", ["/base/", "/base/brands/", "/base/stock/", "/base/stock/review/", "/base/rooms/", "/base/reservations/"]
)
def test_only_a_base_sees_its_pages_in_as_many_queries_however_much_there_is(made, path, django_assert_max_num_queries):
    feed(made, 1, [row(f"k{number}", -1) for number in range(30)], at=TODAY)
    introduced(made, [f"b{number}" for number in range(12)], last="2024-07-01")
    client = browser(made.base)
    with django_assert_max_num_queries(19):  # the menu's counts and the notices take one each
        text(client.get(path))
    for other in (build.streamer(), build.merchant()):
        assert browser(other).get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/bases/",
        "/brands/",
        "/base/",
        "/base/brands/",
        "/base/stock/",
        "/base/stock/review/",
        "/base/rooms/",
        "/base/reservations/",
    ],
)
def test_pages_are_whole_in_english(made, path):
    import re

    made.base.name = "Linyi"
    made.base.save()
    for room in Room.objects.all():
        room.name = f"Room {room.pk}"
        room.save()
    page = text(browser(made.base, language="en").get(path))
    shown = re.sub(r"<option.*?</option>|<a[^>]*lang[^>]*>.*?</a>|简体中文|中文", "", page)
    left = set(re.findall(r"[\u4e00-\u9fff]+", shown)) - {"临沂", "好物联盟"}
    assert left == set()


def test_a_feed_is_applied_by_the_sweep_of_the_workers(made, monkeypatch):
    from bases import tasks

    monkeypatch.setattr(feeding, "AT_ONCE", 0)
    feed(made, 1, [row("a", 5)], at=TODAY)
    tasks.apply_waiting()
    assert stock_of(made) == {"a": (1_000, 5)}
