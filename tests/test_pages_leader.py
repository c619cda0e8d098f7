"""The story of an activity through the pages: a leader opens it, merchants enrol, a streamer picks through the link."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from merchants import listing
from tests import build
from tests.activity_pages import FORM, opened
from tests.browser import NOW, browser, chinese_left, shown_messages, text, words
from tuanzhang import changes, enrolling
from tuanzhang.models import Activity, ChangeRequest, Enrolment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_goods_to_enrol_are_searched_and_what_is_chosen_stays(clock):
    shop = build.merchant("m1")
    for number in range(30):
        build.product(shop, f"tea-{number:02}")
    cup = build.product(shop, "cup")
    activity = opened(browser(build.leader("l1")))
    client, page = browser(shop), f"/open-activities/{activity.public_id}/"
    assert text(client.get(page)).count('name="products"') == 24
    fragment = text(client.get(page, {"q": "29 tea", "products": [cup.public_id]}, headers={"HX-Request": "true"}))
    assert [code in fragment for code in (">cup<", ">tea-29<", ">tea-28<", "<html")] == [True, True, False, False]
    assert fragment.count("checked") == 1


def test_goods_that_were_refused_say_why_and_stay_chosen(clock):
    shop = build.merchant("m1")
    first, second = build.product(shop, "p1"), build.product(shop, "p2")
    activity = opened(browser(build.leader("l1")))
    wish = {"products": [first.public_id, second.public_id], "commission_bps": "20", "service_fee_bps": "6"}
    wish |= {"starts_at": "2020-06-01T00:00", "ends_at": "2024-06-30T00:00"}
    page = browser(shop).post(f"/open-activities/{activity.public_id}/", wish)
    assert words(page).count("开始时间已过去三年以上") == 2 and text(page).count("checked") == 2
    assert Enrolment.objects.count() == 0


@pytest.fixture
def desk():
    """A leader's activity in which two goods wait for him, and the first has left the shelf meanwhile."""
    shop, lead = build.merchant("m1", name="山野集"), build.leader("l1")
    activity = build.activity(lead)
    goods = [build.product(shop, f"p{number}", price_fen=10_000) for number in range(3)]
    at = build.moment("2024-06-10 09:00")
    items = [enrolling.enrol(activity, each, commission_bps=2000, service_fee_bps=600, at=at) for each in goods]
    listing.delist_product(goods[0], at=build.moment("2024-06-15 09:00"))
    return browser(lead), f"/activities/{activity.public_id}/", items


def test_what_stops_stays_chosen_in_its_row_and_the_others_are_done(desk):
    leading, page, items = desk
    named = [each.public_id for each in items[:2]]
    again = leading.post(f"{page}audit/", {"enrolment": named, "decision": "pass"})
    assert list(again.context["stopped"]) == [items[0].public_id]
    assert "没有上架" in again.context["stopped"][items[0].public_id]
    assert text(again).count("checked") == 1, "the one that failed"
    assert [each.status for each in Enrolment.objects.order_by("pk")] == ["pending", "passed", "pending"]


def test_refusing_without_a_reason_keeps_the_ticks_and_says_where(desk):
    leading, page, items = desk
    named = [each.public_id for each in items[1:]]
    again = leading.post(f"{page}audit/", {"enrolment": named, "decision": "reject", "reason": " "})
    assert set(again.context["stopped"]) == set(named)
    assert again.context["reason_error"] == {"queue": "请写明原因，当事方会看到。"}
    assert {each.status for each in Enrolment.objects.all()} == {"pending"}
    one = {"enrolment": named[:1], "item": named[0], "decision": "reject", "reason": ""}
    again = leading.post(f"{page}audit/", one)
    assert again.context["open"]["now"].item.public_id == named[0]
    assert again.context["reason_error"] == {"item": "请写明原因，当事方会看到。"}


def test_an_item_opens_beside_the_queue_with_what_a_sale_leaves_each(desk):
    leading, page, items = desk
    whole = leading.get(page, {"item": items[1].public_id})
    sale = whole.context["open"]["sale"]
    assert (sale.price_fen, sale.streamer_fen, sale.leader_fen) == (10_000, 1_800, 540)
    fragment = leading.get(page, {"item": items[1].public_id}, headers={"HX-Request": "true"})
    assert "<html" not in text(fragment) and "¥18.00" in text(fragment)
    assert leading.get(page, {"item": "nobody"}).status_code == 404


def test_goods_streamers_and_figures_are_searched(desk):
    leading, page, items = desk
    enrolling.pass_many(items[1:], at=build.moment(NOW))

    def found(words: str) -> list[str]:
        return [row["now"].item.product.code for row in leading.get(page, {"q": words}).context["items"]]

    assert (found("p1"), found("山野"), found("nothing")) == (["p1"], ["p2", "p1"], [])
    build.streamer("s1", name="阿禾"), build.streamer("s2", name="大鹏")
    shown = leading.get("/streamers/found/", {"who": "阿禾", "streamers": ["s2"]}).context
    assert ([each.code for each in shown["people"]], shown["chosen_ids"]) == (["s2", "s1"], {shown["people"][0].pk})
    choice = leading.get("/recommendations/new/", {"q": "p1", "items": [items[2].public_id], "note": "好"})
    assert [row.item.product.code for row in choice.context["items"]] == ["p2", "p1"], "what is chosen stays"
    assert "好" in choice.context["form"]["note"].value()


def test_the_menu_counts_what_waits_for_the_leader(desk):
    leading, _page, items = desk
    (enrolment,) = enrolling.pass_many(items[1:2], at=build.moment("2024-06-11 09:00"))
    changes.ask_lower(enrolment, 1000, 500, at=build.moment("2024-06-18 09:00"))
    waiting = {item.entry.route: item.waiting for item in leading.get("/levels/").context["menu"].waiting}
    assert waiting == {"activities": 3}


def test_a_merchant_raises_at_once_and_asks_to_lower_and_to_leave():
    shop, lead = build.merchant("m1"), build.leader("l1")
    item = build.enrolled(build.product(shop, "p1"), build.activity(lead))
    merchant, leading = browser(shop), browser(lead)
    page = f"/enrolments/{item.public_id}/"
    shown = shown_messages(
        merchant.post(f"{page}rates/", {"commission_bps": "25", "service_fee_bps": "6"}, follow=True)
    )
    assert shown == ["新费率现在生效，此后的订单按它计。"]
    shown = shown_messages(
        merchant.post(f"{page}rates/", {"commission_bps": "15", "service_fee_bps": "6"}, follow=True)
    )
    assert shown == ["已向团长申请。2024-06-27 14:00 前未答复视为同意。"]
    assert "申请待答复" in text(merchant.get("/enrolments/"))
    request = ChangeRequest.objects.get()
    answer = f"/change-requests/{request.public_id}/answer/"
    assert browser(build.leader("l9")).post(answer, {"decision": "agree"}).status_code == 404
    assert merchant.post(answer, {"decision": "agree"}).status_code == 404
    assert "前未答复视为同意" in text(leading.get(f"/activities/{item.activity.public_id}/"))
    leading.post(answer, {"decision": "refuse", "reason": "再等等"})
    assert "再等等" in text(merchant.get(page))
    merchant.post(f"{page}cancellation/", {"reason": "断货"})
    cancel = ChangeRequest.objects.get(kind="cancel")
    leading.post(f"/change-requests/{cancel.public_id}/answer/", {"decision": "agree"})
    item.refresh_from_db()
    assert item.ended_at == build.moment("2024-06-21 00:00")
    assert "商家取消" in text(merchant.get(page))


def test_what_a_form_gets_wrong_is_said_at_its_field_and_nothing_is_kept():
    client = browser(build.leader("l1"))
    wrong = FORM | {"ends_at": "2024-06-20T00:00"}
    assert "结束时间须晚于开始时间" in text(client.post("/activities/new/", wrong))
    assert "没有这些编号：s9" in text(client.post("/activities/new/", FORM | {"type": "exclusive", "streamers": "s9"}))
    assert "请填写百分比" in text(client.post("/activities/new/", FORM | {"commission_bps": "lots"}))
    assert not Activity.objects.exists()


def test_an_exclusive_activity_is_drafted_changed_published_and_closed():
    client = browser(build.leader("l1"))
    build.streamer("s1"), build.streamer("s2")
    client.post("/activities/new/", FORM | {"type": "exclusive", "streamers": "s1"})
    activity = Activity.objects.get()
    page = f"/activities/{activity.public_id}/"
    assert "s1" in text(client.get(f"{page}draft/"))
    client.post(f"{page}draft/", FORM | {"type": "exclusive", "streamers": "s1，s2", "title": "专属"})
    client.post(f"{page}publication/")
    assert "专属" in text(client.get("/activities/?state=published"))
    client.post(f"{page}taking-off/", {"streamer": "s2"})
    assert "06-21 00:00 移出" in text(client.get(page))
    assert "ACTIVITY" not in text(client.post(f"{page}draft/", FORM))
    client.post(f"{page}extension/", {"ends_at": "2024-08-01T00:00"})
    messages = shown_messages(client.post(f"{page}closing/", follow=True))
    assert messages == ["已延长。商家各自的合作期不变。", "活动已关闭。之前的订单仍按原来的条款结算。"]
    activity.refresh_from_db()
    assert (activity.closed_at, activity.title) == (build.moment(NOW), "专属")


@pytest.mark.parametrize("role", ["finance", "viewer"])
def test_who_may_only_read_changes_nothing(role):
    lead, shop = build.leader("l1"), build.merchant("m1")
    activity = build.activity(lead)
    item = build.enrolled(build.product(shop, "p1"), activity)
    reading, looking = browser(lead, role), browser(shop, role)
    assert reading.get("/activities/new/").status_code == 403
    for path in ("closing", "extension", "audit", f"items/{item.public_id}/ending"):
        assert reading.post(f"/activities/{activity.public_id}/{path}/").status_code == 403
    for path in ("rates", "cancellation", "extension", "retraction"):
        assert looking.post(f"/enrolments/{item.public_id}/{path}/").status_code == 403
    assert looking.post(f"/open-activities/{activity.public_id}/").status_code == 403
    activity.refresh_from_db()
    assert activity.closed_at is None


def test_drafts_and_enrolments_of_others_are_not_found():
    lead, other, shop = build.leader("l1"), build.leader("l2"), build.merchant("m1")
    draft = build.activity(lead, published=False)
    item = build.enrolled(build.product(build.merchant("m2"), "p1"), build.activity(lead))
    assert browser(other).get(f"/activities/{draft.public_id}/").status_code == 404
    assert browser(shop).get(f"/open-activities/{draft.public_id}/").status_code == 404
    assert browser(shop).get(f"/enrolments/{item.public_id}/").status_code == 404
    assert browser(build.streamer("s1")).get(f"/selection/activity/{draft.share_token}/").status_code == 404


def test_the_pages_speak_english_whole():
    lead, partner, shop = build.leader("l1"), build.leader("l2"), build.merchant("m1")
    activity = build.activity(lead, "exclusive", streamers=[build.streamer("s1")], joining="all")
    item = build.enrolled(build.product(shop, "p1"), activity)
    build.second(partner, item, 500)
    draft = build.activity(lead, published=False)
    pages = {
        lead: ["/activities/", "/effect/", f"/activities/{activity.public_id}/", "/second-level/", "/activities/new/",
               f"/activities/{draft.public_id}/", "/joinable-activities/"],
        partner: ["/joinable-activities/", f"/joinable-activities/{activity.public_id}/", "/second-level/"],
        shop: ["/open-activities/", f"/open-activities/{activity.public_id}/", "/enrolments/",
               f"/enrolments/{item.public_id}/"],
        build.streamer("s2"): [f"/selection/activity/{activity.share_token}/"],
    }  # fmt: skip
    for tenant, paths in pages.items():
        client = browser(tenant, language="en")
        for path in paths:
            left = chinese_left(text(client.get(path)), "未分类")
            assert not left, (path, left[:5])


def test_lists_ask_as_many_questions_for_ten_rows_as_for_two():
    lead, shop, seller = build.leader("l1"), build.merchant("m1"), build.streamer("s1")
    activity = build.activity(lead)
    clients = {
        "/activities/": browser(lead),
        f"/activities/{activity.public_id}/": browser(lead),
        "/open-activities/": browser(shop),
        f"/open-activities/{activity.public_id}/": browser(shop),
        "/enrolments/": browser(shop),
        f"/selection/activity/{activity.share_token}/": browser(seller),
    }
    asked = []
    for number in range(10):
        goods = build.product(shop)
        build.enrolled(goods, activity)
        build.enrolled(goods, build.activity(lead))
        if number in (1, 9):
            for path, client in clients.items():
                client.get(path)  # what waits is counted once a minute
            asked.append({path: questions(client, path) for path, client in clients.items()})
    assert asked[0] == asked[1]
    assert max(asked[0].values()) < 30


def questions(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        text(client.get(path))
    return len(captured)
