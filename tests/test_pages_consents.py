"""基地合作: a merchant finds a base, agrees and takes it back; a base sees what it may feed and why rows wait."""

import re
from datetime import timedelta

import pytest

from bases import consenting, founding, introducing
from bases.models import Base, Consent, Permit, Stock
from haowu.tenants.models import Tenant
from tests import build
from tests.bases import AT, agreed, authorised, base, feed, introduced
from tests.browser import HAN, NOW, browser, shown_messages, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = build.moment(NOW)


@pytest.fixture
def shop() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.fixture
def made(shop) -> Base:
    return base("b1", name="临沂基地")


class TestMerchant:
    def test_a_base_is_found_by_name_and_city_and_agreed_to(self, made, shop):
        base("b2", name="义乌基地", city="yiwu")
        client = browser(shop)
        assert "还没有同意任何基地" in text(client.get("/consents/"))
        for query, found in (("q=临沂", {"临沂基地"}), ("city=yiwu", {"义乌基地"}), ("", {"临沂基地", "义乌基地"})):
            page = text(client.get(f"/consents/bases/?{query}"))
            assert {name for name in ("临沂基地", "义乌基地") if name in page} == found
        page = client.post(
            f"/consents/bases/{made.base.public_id}/", {"begins_on": "", "ends_on": "2024-12-31"}, follow=True
        )
        assert shown_messages(page) == ["已同意「临沂基地」存放你的货。它下一次上报后，库存会出现在「基地库存」。"]
        consent = Consent.objects.get()
        assert (consent.begins_at, consent.ends_at) == (TODAY, build.moment("2025-01-01 00:00"))
        assert (consent.given_at, consent.given_by.membership_set.get().tenant) == (TODAY, shop)
        for shown in ("临沂基地", "合作中", "到 2025-01-01 00:00 止", "撤回同意"):
            assert shown in text(page)
        assert "已同意" in text(client.get("/consents/bases/?q=临沂"))

    @pytest.mark.parametrize(
        ("days", "said"),
        [
            ({"begins_on": "2024-06-19"}, "合作期不能从过去开始"),
            ({"begins_on": "2024-07-02", "ends_on": "2024-07-01"}, "合作期不能从过去开始"),
            ({"ends_on": "2200-01-01"}, "1970 到 2199 之间"),
            ({"ends_on": "9999-12-31"}, "1970 到 2199 之间"),
            ({"begins_on": "0001-01-01"}, "1970 到 2199 之间"),
        ],
    )
    def test_a_window_that_cannot_be_stays_on_the_form(self, made, shop, days, said):
        assert said in text(browser(shop).post(f"/consents/bases/{made.base.public_id}/", days))
        assert not Permit.objects.exists()

    def test_a_consent_is_retracted_after_saying_what_follows(self, made, shop):
        (consent,) = agreed(made, "m1")
        feed(made, 1, [("m1", "p1", "a", 100, 5), ("m1", "p1", "b", 100, 5)], at=TODAY)
        Stock.objects.filter(sku_code="a").update(reserved=3)
        client, address = browser(shop), f"/consents/{consent.public_id}/retraction/"
        page = text(client.get(address))
        assert "它上报的 2 个规格" in page and "预留的 3 件" in page
        consent.refresh_from_db()
        assert consent.withdrawn_at is None
        assert "没有许可，或合作已到期" not in text(client.get("/stock/"))
        said = shown_messages(client.post(address, follow=True))
        assert said == ["已撤回对「临沂基地」的同意，立即生效。已预留的订单照常发出。"]
        consent.refresh_from_db()
        assert (consent.withdrawn_at, consent.withdrawn_by.membership_set.get().tenant) == (TODAY, shop)
        assert text(client.get("/stock/")).count("没有许可，或合作已到期") == 2
        assert "已撤回" in text(client.get("/consents/?state=withdrawn"))
        again = shown_messages(client.post(address, follow=True))
        assert again == ["这项合作已到期或已撤回，不必再撤回。"]
        assert "这项合作已到期或已撤回" in text(client.get(address))

    def test_every_state_says_what_comes_next(self, shop):
        for code, window in (
            ("live", {}),
            ("upcoming", {"begins_at": TODAY + timedelta(days=1)}),
            ("ended", {"ends_at": TODAY}),
        ):
            agreed(base(code), "m1", at=AT, **window)
        (closed,) = agreed(base("closed"), "m1")
        founding.close(Base.objects.get(base=closed.base), "停业", at=TODAY)
        page = text(browser(shop).get("/consents/"))
        for shown in ("基地上报后", "到开始时间自动生效", "它的库存不再计入；要继续请重新同意", "基地已关闭，不再接单"):
            assert shown in page
        for state, count in (("live", 2), ("upcoming", 1), ("ended", 1), ("withdrawn", 0)):
            assert len(browser(shop).get(f"/consents/?state={state}").context["rows"]) == count

    def test_a_viewer_agrees_to_nothing_and_strangers_find_nothing(self, made, shop):
        (consent,) = agreed(made, "m1")
        viewer, stranger = browser(shop, role="viewer"), browser(build.merchant("m2"))
        agree, retract = f"/consents/bases/{base('b2').base.public_id}/", f"/consents/{consent.public_id}/retraction/"
        assert "撤回同意" not in text(viewer.get("/consents/"))
        assert [viewer.post(agree).status_code, viewer.post(retract).status_code] == [403, 403]
        assert [stranger.get(retract).status_code, stranger.post(retract).status_code] == [404, 404]
        assert "临沂基地" not in text(stranger.get("/consents/"))
        for path in ("/consents/", "/consents/bases/", agree, retract):
            assert browser(made.base).get(path).status_code == 404
        founding.close(made, "停业", at=TODAY)
        assert browser(shop).get(f"/consents/bases/{made.base.public_id}/").status_code == 404
        assert Consent.objects.count() == 1
        consent.refresh_from_db()
        assert consent.withdrawn_at is None


class TestBase:
    def test_a_base_sees_its_brands_and_who_agreed(self, made, shop):
        build.merchant("m2", name="海边人")
        introduced(made, ["安克"])
        introduced(base("b2"), ["小米"])
        (duplicate,) = introduced(made, ["小米"])
        introducing.introduce(made.base, authorised("未审"), at=AT)
        page = text(browser(made.base).get("/base/goods/"))
        assert "安克" in page and "小米" not in page and "还没有商家同意" in page
        introducing.authorise(duplicate, by=None, at=AT)
        first, _second = agreed(made, "m1", "m2")
        consenting.retract(first, by=None, at=TODAY)
        client = browser(made.base)
        page = text(client.get("/base/goods/"))
        for shown in ("由你引进", "授权供货", "山野集", "海边人", "合作中", "已撤回", "请商家重新同意"):
            assert shown in page
        assert "未审" not in page
        assert [row["consent"].merchant.code for row in client.get("/base/goods/?q=海边").context["rows"]] == ["m2"]
        assert browser(shop).get("/base/goods/").status_code == 404

    def test_rows_that_it_may_not_feed_wait_with_what_to_do_and_are_taken_once_the_merchant_agrees(self, made, shop):
        feed(made, 1, [("m1", "p1", "a", 100, 5)], at=TODAY)
        client = browser(made.base)
        page = text(client.get("/base/stock/review/"))
        assert "商家也没有同意你存放" in page and "请商家在「基地合作」里同意你" in page
        address = re.search(r"/base/stock/review/\d+/taking/", page)[0]
        refused = client.post(address, follow=True)
        assert shown_messages(refused)[0].startswith("你不能上报「m1」的这件货。")
        assert not Stock.objects.exists()
        agreed(made, "m1")
        client.post(address)
        assert Stock.objects.get().quantity == 5


@pytest.mark.parametrize("path", ["/consents/", "/consents/bases/", "/base/goods/"])
def test_lists_ask_as_much_however_long_they_are(made, shop, path, django_assert_max_num_queries):
    for number in range(15):
        build.merchant(f"x{number}")
        agreed(base(), "m1")
    agreed(made, "m1", *(f"x{number}" for number in range(15)))
    introduced(made, [f"b{number}" for number in range(12)])
    client = browser(made.base if "base/" in path else shop)
    with django_assert_max_num_queries(13):
        text(client.get(path))


def test_pages_are_whole_in_english(made, shop):
    (consent,) = agreed(made, "m1")
    introduced(made, ["Anker"])
    Tenant.objects.filter(pk=made.pk).update(name="Linyi")
    Tenant.objects.filter(pk=shop.pk).update(name="Shan")
    feed(made, 1, [("m2", "p1", "a", 100, 5)], at=TODAY)
    of_merchant = ["/consents/", "/consents/bases/", f"/consents/bases/{made.base.public_id}/",
                   f"/consents/{consent.public_id}/retraction/", "/stock/"]  # fmt: skip
    for tenant, paths in ((shop, of_merchant), (made.base, ["/base/goods/", "/base/stock/review/"])):
        client = browser(tenant, language="en")
        for path in paths:
            page = re.sub(r"<option.*?</option>|<a[^>]*lang[^>]*>.*?</a>|简体中文|中文", "", text(client.get(path)))
            assert set(HAN.findall(page)) <= {"临沂", "好物联盟"}, path
