"""Pages of bases, of streamers who book, of leaders who found; and the goods of silent bases in the selection list."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bases import feeding, founding, introducing, reserving
from bases.models import Application, Base, Booking, Feed, Introduction, PullSource, QuarantinedRow, Room, Stock
from commissions.models import OrderLine
from commissions.orders.intake import receive
from haowu.tenants.models import Tenant
from tests import build
from tests.bases import AT, authorised, base, feed, introduced, stock_of
from tests.browser import NOW, browser, clock, shown_messages, text  # noqa: F401
from tuanzhang.models import LevelPolicy, QuarterLevel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = build.moment(NOW)


def row(sku: str, quantity: int, price: int = 1_000) -> tuple:
    return ("m1", "p1", sku, price, quantity)


@pytest.fixture
def made() -> Base:
    build.merchant("m1", name="山野集")
    return base("b1", name="临沂基地")


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

    def test_a_duplicate_is_told_kindly(self, made):
        introduced(base(), ["安克"])
        facts = {"name": "安克", "document_no": "A-1", "authorised_from": "2024-01-01", "authorised_to": "2025-01-01"}
        page = browser(made.base).post("/base/brands/", facts, follow=True)
        assert shown_messages(page) == ["「安克」已由别的基地引进，可以直接使用，不占额度。"]

    def test_the_library_is_everybodys_and_says_who_brought_what(self, made):
        introduced(made, ["安克", "小米"])
        for reader in (build.streamer(), build.merchant(), build.tenant("tuanzhang"), base().base):
            page = text(browser(reader).get("/brands/"))
            assert "安克" in page and "临沂基地 · 临沂" in page
        assert "共 1 条" in text(browser(build.streamer()).get("/brands/?q=小米"))

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

    def test_a_csv_by_hand_fills_the_stock_and_shows_what_waits(self, made):
        client = browser(made.base)
        assert "还没有上报" in text(client.get("/base/stock/"))
        page = self.upload(client, "merchant,product,sku,price_fen,quantity\nm1,p1,a,1000,5\nm1,p1,b,x,5\n")
        assert shown_messages(page) == ["第 1 号上报：已生效，2 行，待复核 1 行。"]
        assert stock_of(made) == {"a": (1_000, 5)}
        assert Feed.objects.get().counted_at == build.moment("2024-06-20 13:00")
        assert "1 行待复核" in text(client.get("/base/stock/"))

    def test_a_file_that_is_none_loses_nothing_and_says_why(self, made):
        client = browser(made.base)
        page = text(self.upload(client, "a,b\n1,2\n"))
        assert "第一行须有列名，缺少：merchant、product、sku、price_fen、quantity" in page
        assert not Feed.objects.exists()

    def test_freshness_is_told_in_the_very_instant(self, made, clock):  # noqa: F811
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


class TestSelection:
    def test_goods_of_a_silent_base_leave_and_come_back_in_the_same_instant(self, made, clock):  # noqa: F811
        shop = made.base.__class__.objects.get(code="m1")
        held, own = build.product(shop, "p1"), build.product(shop, "p2")
        for product in (held, own):
            build.normal_plan(product, 2000)
        feed(made, 1, [row("k1", 5)], at=TODAY)
        client = browser(build.streamer())

        def shown() -> set[str]:
            page = text(client.get("/selection/"))
            return {product.public_id for product in (held, own) if product.public_id in page}

        assert shown() == {held.public_id, own.public_id}
        clock("2024-06-21 14:00:00")
        assert shown() == {own.public_id}
        feed(made, 2, [], "changes", at=build.moment("2024-06-21 14:00"))
        assert shown() == {held.public_id, own.public_id}
        founding.close(made, "停业", at=TODAY)
        assert shown() == {own.public_id}
        other = base("b2")
        feed(other, 1, [row("k1", 1)], at=build.moment("2024-06-21 13:00"))
        assert shown() == {held.public_id, own.public_id}

    def test_goods_are_found_by_city_and_base_as_long_as_these_have_any(self, made):
        shop = Tenant.objects.get(code="m1")
        here, there, nowhere = (build.product(shop, code) for code in ("p1", "p2", "p3"))
        for product in (here, there, nowhere):
            build.normal_plan(product, 2000)
        other = base("b2", city="yiwu", name="义乌基地")
        feed(made, 1, [row("k1", 5), ("m1", "p3", "k1", 1_000, 0)], at=TODAY)
        feed(other, 1, [("m1", "p2", "k1", 1_000, 1)], at=TODAY)
        client = browser(build.streamer())

        def shown(query: str) -> set[str]:
            page = text(client.get(f"/selection/?{query}"))
            return {product.code for product in (here, there, nowhere) if product.public_id in page}

        assert shown("") == {"p1", "p2", "p3"}
        assert (shown("city=linyi"), shown("city=yiwu"), shown("city=xian")) == ({"p1"}, {"p2"}, set())
        assert (shown(f"base={made.pk}"), shown(f"base={other.pk}&city=linyi")) == ({"p1"}, set())
        reserving.reserve(reserving.Want("o1", shop.pk, "p2", "k1", 1), at=TODAY)
        assert shown("city=yiwu") == set()


class TestSupply:
    @pytest.fixture
    def ordered(self, made):
        """One line kept at the base, one that found nobody with so much."""
        goods = build.product(Tenant.objects.get(code="m1"), "p1")
        feed(made, 1, [row("k1", 5)], at=TODAY)
        by = build.source("shop")
        for number, quantity in (("o1", 2), ("o2", 9)):
            line = build.bought(goods, quantity=quantity, sku="k1")
            receive(by, [build.paid(number, "2024-06-20 13:00", [line], city="临沂")], now=TODAY)
        return goods

    def test_a_base_sees_what_orders_hold_of_its_stock(self, made, ordered):
        client = browser(made.base)
        page = text(client.get("/base/reservations/"))
        assert "1 个订单行的货已在你处预留" in page and "shop:o1:1" in page and "shop:o2:1" not in page
        assert "shop:o1:1" in text(client.get("/base/reservations/?status=open&q=o1"))
        assert "没有符合筛选的预留" in text(client.get("/base/reservations/?status=dispatched"))
        assert "shop:o1:1" not in text(browser(base("b2").base).get("/base/reservations/"))
        assert browser(build.streamer()).get("/base/reservations/").status_code == 404

    def test_a_merchant_sees_where_its_goods_lie_and_what_waits_for_goods(self, made, ordered, clock):  # noqa: F811
        client = browser(Tenant.objects.get(code="m1"))
        page = text(client.get("/stock/"))
        for shown in ("p1/k1", "临沂基地 · 临沂", "接单", "1 个订单行没有基地有足够的现货", "shop:o2:1"):
            assert shown in page
        assert "p1/k1" in text(client.get("/stock/?q=p1&city=linyi&sort=least"))
        assert "没有符合筛选的库存" in text(client.get("/stock/?city=yiwu"))
        clock("2024-06-22 14:00")
        assert "基地失联或关闭" in text(client.get("/stock/"))
        assert "还没有基地有你的货" in text(browser(build.merchant()).get("/stock/"))

    def test_an_order_line_tells_its_merchant_alone_which_base_sends_it(self, made, ordered):
        pages = {}
        for line in OrderLine.objects.order_by("order_no"):
            pages[line.order_no] = text(browser(line.merchant).get(f"/orders/lines/{line.pk}/"))
        assert "临沂基地 · 临沂 · 已预留" in pages["o1"] and "缺货待补" in pages["o2"]


class TestRooms:
    def book(self, client, room: Room, first: str, last: str):
        return client.post(f"/rooms/{room.public_id}/", {"starts_at": first, "ends_at": last}, follow=True)

    def test_a_streamer_finds_a_room_by_city_and_books_it(self, made):
        base("b2", city="yiwu", name="义乌基地")
        client = browser(build.streamer(name="小禾"))
        page = text(client.get("/rooms/?city=linyi"))
        assert "临沂基地" in page and "义乌基地" not in page
        room = Room.objects.filter(base=made.base).first()
        assert shown_messages(self.book(client, room, "2024-06-21T10:00", "2024-06-21T12:00")) == [
            "已预订。开始之前可以取消。"
        ]
        booked = Booking.objects.get()
        assert (booked.starts_at, booked.streamer.name) == (build.moment("2024-06-21 10:00"), "小禾")
        assert "小禾" in text(browser(made.base).get("/base/rooms/"))

    def test_taken_hours_are_shown_without_a_name_and_cannot_be_booked_again(self, made):
        room = Room.objects.filter(base=made.base).first()
        self.book(browser(build.streamer(name="小禾")), room, "2024-06-21T10:00", "2024-06-21T12:00")
        other = browser(build.streamer(name="阿力"))
        page = text(other.get(f"/rooms/{room.public_id}/"))
        assert "2024-06-21 10:00–06-21 12:00" in page and "小禾" not in page
        assert "这个时段已被预订" in text(self.book(other, room, "2024-06-21T11:30", "2024-06-21T12:30"))
        self.book(other, room, "2024-06-21T12:00", "2024-06-21T12:30")
        self.book(other, room, "2024-06-21T09:30", "2024-06-21T10:00")
        assert Booking.objects.count() == 3

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            ("2024-06-20T13:59", "2024-06-20T15:00"),
            ("2024-06-21T10:00", "2024-06-21T10:29"),
            ("2024-06-21T10:00", "2024-06-21T22:01"),
            ("2024-06-21T10:00", "2024-06-21T09:00"),
            ("2024-08-19T13:30", "2024-08-19T14:01"),
        ],
    )
    def test_hours_that_cannot_be_booked(self, made, first, last):
        page = text(self.book(browser(build.streamer()), Room.objects.first(), first, last))
        assert "请选择 30 分钟到 12 小时、从现在起 60 天以内的时段" in page
        assert not Booking.objects.exists()

    def test_either_side_cancels_before_it_starts_and_a_stranger_never(self, made, clock):  # noqa: F811
        room = Room.objects.filter(base=made.base).first()
        client = browser(build.streamer())
        for hour in ("10", "12"):
            self.book(client, room, f"2024-06-21T{hour}:00", f"2024-06-21T{hour}:30")
        first, second = Booking.objects.order_by("starts_at")
        assert browser(build.streamer()).post(f"/bookings/{first.public_id}/cancellation/").status_code == 404
        browser(made.base).post(f"/bookings/{first.public_id}/cancellation/")
        clock("2024-06-21 12:00")
        page = client.post(f"/bookings/{second.public_id}/cancellation/", follow=True)
        assert shown_messages(page) == ["这次预订已开始、结束或已取消。"]
        assert list(Booking.objects.order_by("starts_at").values_list("cancelled_by", flat=True)) == [
            made.base.pk,
            None,
        ]

    def test_a_base_opens_and_closes_rooms_and_keeps_hours_for_itself(self, made):
        client = browser(made.base)
        client.post("/base/rooms/", {"name": "大厅", "equipment": "三机位"})
        assert "已有名为「大厅」的直播间" in text(client.post("/base/rooms/", {"name": "大厅"}))
        hall = Room.objects.get(name="大厅")
        self.book(client, hall, "2024-06-21T10:00", "2024-06-21T12:00")
        client.post(f"/base/rooms/{hall.public_id}/closing/")
        assert browser(build.streamer()).get(f"/rooms/{hall.public_id}/").status_code == 404
        assert Booking.objects.get().streamer == made.base
        stranger = browser(base().base)
        assert stranger.post(f"/base/rooms/{hall.public_id}/closing/").status_code == 404

    def test_the_database_itself_refuses_an_overlap(self, made):
        from django.db import IntegrityError, transaction

        room = Room.objects.first()
        window = {"starts_at": TODAY, "ends_at": TODAY + timedelta(hours=2), "booked_at": TODAY}
        facts = {"room": room, "base": room.base, "streamer": build.streamer()}
        Booking.objects.create(**facts, **window)
        with pytest.raises(IntegrityError, match="booking_one_at_a_time"), transaction.atomic():
            Booking.objects.create(**facts, **window | {"starts_at": TODAY + timedelta(minutes=119)})
        Booking.objects.create(**facts | {"room": Room.objects.last()}, **window)
        Booking.objects.create(
            **facts, **window | {"starts_at": window["ends_at"], "ends_at": TODAY + timedelta(hours=3)}
        )


def gold(leader: Tenant) -> Tenant:
    """``leader`` whose quarter before ``NOW`` was closed as gold."""
    QuarterLevel.objects.create(
        leader=leader,
        quarter=date(2024, 1, 1),
        policy=LevelPolicy.objects.in_force(date(2024, 1, 1)),
        lines=1,
        settled_fen=300_000_000_00,
        refunded_fen=0,
        gmv_fen=300_000_000_00,
        brands=1,
        promoters=1,
        score_bps=5_000,
        level="gold",
        closed_at=build.moment("2024-04-01 03:00"),
    )
    return leader


class TestFounding:
    def form(self, **changes: str) -> dict[str, str]:
        papers = {"papers-TOTAL_FORMS": "3", "papers-INITIAL_FORMS": "0", "papers-2-kind": ""}
        for number, kind in enumerate(("licence", "property")):
            for name, value in (
                ("kind", kind),
                ("number", f"N{number}"),
                ("valid_from", "2020-01-01"),
                ("valid_to", "2030-01-01"),
            ):
                papers[f"papers-{number}-{name}"] = value
        site = {"name": "临沂基地", "level": "gold", "city": "linyi", "address": "兰山区", "live_rooms": "2"}
        return site | {"guides": "3", "property_sqm": "900"} | papers | changes

    def test_a_gold_leader_applies_and_reads_how_it_stands(self):
        leader = gold(build.tenant("tuanzhang", "g"))
        client = browser(leader)
        assert "全国 10 个名额，已用 0 个" in text(client.get("/bases/founding/"))
        assert "审核中" in text(client.post("/bases/founding/", self.form(), follow=True))
        asked = Application.objects.get()
        assert (asked.city, asked.documents.count()) == ("linyi", 2)
        founding.send_back(asked, "请补充消防验收", by=None, at=TODAY)
        assert "请补充消防验收" in text(client.get("/bases/founding/"))
        client.post("/bases/founding/", self.form(guides="9"))
        asked.refresh_from_db()
        assert (asked.status, asked.guides) == ("submitted", 9)

    def test_gold_holds_for_the_quarter_after(self, clock):  # noqa: F811
        client = browser(gold(build.tenant("tuanzhang", "g")))
        for day, is_gold in (("2024-03-31", False), ("2024-04-01", True), ("2024-06-30", True), ("2024-07-01", False)):
            clock(f"{day} 12:00")
            assert ("需要金牌团长" not in text(client.get("/bases/founding/"))) == is_gold, day

    def test_a_revision_after_an_appeal_is_what_counts(self):
        leader = gold(build.tenant("tuanzhang", "g"))
        known = QuarterLevel.objects.get()
        known.pk, known.revision, known.level, known.reason = None, 1, "silver", "复核"
        known.save()
        assert "需要金牌团长" in text(browser(leader).get("/bases/founding/"))

    def test_others_are_told_what_it_takes(self):
        client = browser(build.tenant("tuanzhang", "s"))
        assert "需要金牌团长" in text(client.get("/bases/founding/"))
        assert "须为本季金牌团长" in text(client.post("/bases/founding/", self.form()))
        assert not Application.objects.exists()
        assert browser(build.merchant()).get("/bases/founding/").status_code == 404

    def test_a_paper_that_is_missing_is_named(self):
        blank = {f"papers-1-{name}": "" for name in ("kind", "number", "valid_from", "valid_to")}
        page = text(browser(gold(build.tenant("tuanzhang", "g"))).post("/bases/founding/", self.form(**blank)))
        assert "缺少在有效期内的「房产证或租赁合同」" in page
        assert not Application.objects.exists()


class TestStaff:
    @pytest.fixture
    def staff(self):
        from django.test import Client

        from haowu.tenants.models import User

        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(User.objects.create_superuser("staff", password=build.PASSWORD))
        return client

    def act(self, client, model, action: str, *rows, **facts):
        address = f"/admin/bases/{model._meta.model_name}/"
        return client.post(address, {"action": action, "_selected_action": [r.pk for r in rows]} | facts, follow=True)

    def test_the_queue_of_applications_founds_bases(self, staff):
        from tests.bases import application

        first, second = application(name="一号"), application(name="二号")
        assert "请在「基地编号」里填写" in text(self.act(staff, Application, "approve", first))
        self.act(staff, Application, "approve", first, code="b1")
        self.act(staff, Application, "refuse", second, reason="场地太小")
        assert [(each.status, each.reason) for each in Application.objects.order_by("pk")] == [
            ("approved", ""), ("refused", "场地太小"),
        ]  # fmt: skip
        made = Base.objects.get()
        assert made.base.code == "b1"
        assert "请写明原因" in text(self.act(staff, Base, "close", made))
        self.act(staff, Base, "close", made, reason="停业")
        made.refresh_from_db()
        assert made.status == "closed"

    def test_brands_feeds_and_rows_are_decided(self, staff, made):
        wish = introducing.introduce(made.base, authorised("安克"), at=AT)
        self.act(staff, Introduction, "accept", wish)
        feed(made, 1, [row("a", 5)], at=TODAY)
        feed(made, 2, [row("a", 6, 9_000)], at=TODAY)
        self.act(staff, QuarantinedRow, "take", QuarantinedRow.objects.get())
        wish.refresh_from_db()
        assert (wish.status, stock_of(made)) == ("accepted", {"a": (9_000, 6)})

    @pytest.mark.parametrize(
        "model", [Application, Base, Introduction, Feed, QuarantinedRow, Stock, Room, Booking, PullSource]
    )
    def test_every_queue_opens(self, staff, made, model):
        feed(made, 1, [row("a", 5), row("b", -1)], at=TODAY)
        assert staff.get(f"/admin/bases/{model._meta.model_name}/").status_code == 200
        assert staff.get("/admin/bases/basepolicy/add/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/base/", "/base/brands/", "/base/stock/", "/base/stock/review/", "/base/rooms/", "/base/reservations/"]
)
def test_only_a_base_sees_its_pages_in_as_many_queries_however_much_there_is(made, path, django_assert_max_num_queries):
    feed(made, 1, [row(f"k{number}", -1) for number in range(30)], at=TODAY)
    introduced(made, [f"b{number}" for number in range(12)], last="2024-07-01")
    client = browser(made.base)
    with django_assert_max_num_queries(17):
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
