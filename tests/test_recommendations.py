"""Leaders recommend goods; what came of it is counted; streamers ask for goods and are answered with a list."""

import pytest

from haowu.analytics.leaders import recommendation_counts
from haowu.analytics.leaders.recommendation_counts import RecommendationCounts
from haowu.ground.errors import Refused
from haowu.tenants.scope import enter_scope
from merchants.models import Category
from streamers.models import Channel, Pick
from tests import build
from tests.browser import NOW, browser, chinese_left, shown_messages, text
from tuanzhang import recommending
from tuanzhang.models import GoodsRequest, Recipient, Recommendation, StreamerGroup
from tuanzhang.recommending import NewRecommendation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
AT = build.moment(NOW)


@pytest.fixture
def lead():
    return build.leader("l1", name="领头羊")


@pytest.fixture
def items(lead):
    """Two products of one activity."""
    shop, activity = build.merchant("m1"), build.activity(lead)
    return [build.enrolled(build.product(shop, f"p{number}"), activity) for number in range(2)]


def refused(leader, *items, note="好卖", **terms) -> str:
    with pytest.raises(Refused) as caught:
        recommending.recommend(leader, NewRecommendation(items, note, **terms), at=AT)
    assert not Recommendation.objects.exists()
    return caught.value.code


def test_named_streamers_see_it_once_it_is_sent_and_others_do_not(lead, items):
    seller, other = build.streamer("s1"), build.streamer("s2")
    made = recommending.recommend(lead, NewRecommendation(items[::-1], "适合早餐场", [seller, seller]), at=AT)
    page = text(browser(seller).get("/selection/recommended/"))
    for shown in ("领头羊", "适合早餐场", "推荐给你", ">没看过<", "2 件商品"):
        assert shown in page
    goods = text(browser(seller).get(f"/selection/recommended/{made.public_id}/"))
    assert goods.index(">p1<") < goods.index(">p0<"), "in the leader's order"
    assert ">没看过<" not in text(browser(seller).get("/selection/recommended/"))
    assert "适合早餐场" not in text(browser(other).get("/selection/recommended/"))
    assert browser(other).get(f"/selection/recommended/{made.public_id}/").status_code == 404
    (recipient,) = Recipient.objects.all()
    assert recipient.seen_at == AT


def test_the_database_too_keeps_a_recommendation_from_who_is_not_named(lead, items):
    seller, other = build.streamer("s1"), build.streamer("s2")
    made = recommending.recommend(lead, NewRecommendation(items, "好卖", [seller]), at=AT)
    enter_scope(other.pk)
    assert not Recommendation.objects.exists()
    assert not made.items.exists()
    with pytest.raises(Exception, match="row-level security"):
        Recipient.objects.create(recommendation=made, leader=lead, streamer=other)


def test_one_for_all_is_seen_by_everybody_until_it_is_taken_back(lead, items):
    made = recommending.recommend(lead, NewRecommendation(items, "都能卖", to_all=True), at=AT)
    for number in range(3):
        assert "都能卖" in text(browser(build.streamer(f"s{number}")).get("/selection/recommended/"))
    seller = browser(build.streamer("s9"))
    page = f"/selection/recommended/{made.public_id}/"
    seller.get(page), seller.get(page)
    assert Recipient.objects.count() == 1, "those who only saw the list have not seen the goods"
    leading = browser(lead)
    messages = shown_messages(leading.post(f"/recommendations/{made.public_id}/ending/", follow=True))
    assert messages == ["已撤下。已经选入的商品不受影响，之后的成交仍记在这次推荐上。"]
    assert seller.get(page).status_code == 404
    again = shown_messages(leading.post(f"/recommendations/{made.public_id}/ending/", follow=True))
    assert again == ["这次推荐已经撤下。"]


def test_what_cannot_be_recommended_is_refused_and_nothing_is_sent(lead, items):
    seller = build.streamer("s1")
    twice = build.enrolled(items[0].product, build.activity(lead))
    others = build.enrolled(build.product(build.merchant("m2"), "p9"), build.activity(build.leader("l2")))
    assert refused(lead, streamers=[seller]) == "NOTHING_RECOMMENDED"
    assert refused(lead, *items) == "RECIPIENTS_MISSING"
    assert refused(lead, *items, note=" ", streamers=[seller]) == "NOTE_MISSING"
    assert refused(lead, others, streamers=[seller]) == "NOT_RUNNING"
    assert refused(lead, items[0], twice, streamers=[seller]) == "RECOMMENDED_TWICE"
    assert refused(lead, *items * 26, streamers=[seller]) == "TOO_MANY_RECOMMENDED"
    build.enrolling.end(items[0], at=build.moment("2024-06-19 12:00"))
    assert refused(lead, items[0], streamers=[seller]) == "NOT_RUNNING"


def test_a_second_leader_recommends_what_he_carries_and_his_link_speaks(lead):
    partner, seller = build.leader("l2"), build.streamer("s1")
    item = build.enrolled(build.product(build.merchant("m1"), "p1"), build.activity(lead, joining="all"))
    assert refused(partner, item, streamers=[seller]) == "NOT_RUNNING"
    build.second(partner, item, 500)
    made = recommending.recommend(partner, NewRecommendation([item], "好卖", [seller]), at=AT)
    page = text(browser(seller).get(f"/selection/recommended/{made.public_id}/"))
    assert f'name="via" value="{partner.public_id}"' in page
    picking(seller, item, made, via=partner.public_id)
    (channel,) = Channel.objects.all()
    assert (channel.second_leader, channel.recommendation) == (partner, made)


def picking(seller, item, made: Recommendation, via: str = "") -> None:
    body = {"activity": item.activity.share_token, "via": via, "recommendation": made.public_id, "next": "/shelf/"}
    browser(seller).post(f"/selection/{item.product.public_id}/pick/", body)


def test_picks_orders_and_fees_are_counted_until_the_streamer_picks_another_way(lead, items, clock):
    """100.00 at 6 %, refunded by 40.00; another order at 6 %; then picked again through the bare link."""
    seller, idle = build.streamer("s1"), build.streamer("s2")
    made = recommending.recommend(lead, NewRecommendation(items, "好卖", [seller, idle]), at=AT)
    picking(seller, items[0], made)
    pick = Pick.objects.get()
    other = build.activity(lead)
    build.enrolled(pick.product, other)
    clock("2024-06-21 12:00")
    browser(seller).post(f"/selection/{pick.product.public_id}/pick/", {"activity": other.share_token})
    clock("2024-06-22 12:00")
    by = build.source()
    sold = {"price_fen": 10_000}
    build.push(by, [build.paid("before", "2024-06-20 13:00", [build.bought(pick.product, pick.pid, **sold)])])
    for number, moment in (("o1", "2024-06-20 15:00"), ("o2", "2024-06-20 16:00"), ("o3", "2024-06-21 16:00")):
        build.push(by, [build.paid(number, moment, [build.bought(pick.product, pick.pid, **sold)])])
    build.push(by, [build.event("refunded", "o1", "2024-06-20 18:00", refund_no="r1", goods_fen=4_000, freight_fen=0)])
    assert recommendation_counts.by_product(lead, [made.pk]) == {
        made.pk: {pick.product_id: RecommendationCounts(1, 1, 2, 20_000, 16_000, 360 + 600, 324 + 540)}
    }
    assert recommendation_counts.by_product(build.leader("l9"), [made.pk]) == {}
    client = browser(lead)
    page = text(client.get(f"/recommendations/{made.public_id}/"))
    for shown in ("¥200.00", "¥160.00", "¥8.64", "还没看"):
        assert shown in page
    ((row, outcome),) = client.get("/recommendations/").context["rows"]
    assert (row.sent, row.seen, outcome.picks, outcome.orders) == (2, 0, 1, 2)
    assert browser(build.leader("l8")).get(f"/recommendations/{made.public_id}/").status_code == 404


def test_a_pick_carries_no_recommendation_that_does_not_name_it(lead, items):
    seller = build.streamer("s1")
    made = recommending.recommend(lead, NewRecommendation(items[:1], "好卖", [seller]), at=AT)
    others = recommending.recommend(lead, NewRecommendation(items, "好卖", [build.streamer("s2")]), at=AT)
    picking(seller, items[1], made)
    picking(seller, items[0], others)
    assert [channel.recommendation for channel in Channel.objects.all()] == [None, None]


def test_a_request_is_answered_with_a_list_or_declined_with_a_reason(lead, items):
    seller = build.streamer("s1", name="小禾")
    selling, leading = browser(seller), browser(lead)
    asked = {"leader": "l1", "wish": "早餐场，50 元以内", "price_to_fen": "50"}
    messages = shown_messages(selling.post("/selection/requests/", asked, follow=True))
    assert messages == ["已发给团长「领头羊」。答复后会列在这里。"]
    assert "还没有答复" in text(selling.post("/selection/requests/", asked))
    request = GoodsRequest.objects.get()
    assert request.price_to_fen == 5_000
    assert "达人要货待答复" in text(leading.get("/activities/"))
    page = text(leading.get("/goods-requests/"))
    assert "小禾" in page and "早餐场，50 元以内" in page
    form = f"/recommendations/new/?request={request.public_id}"
    assert browser(build.leader("l2")).get(form).status_code == 404
    assert "请写推荐语" not in text(leading.get(form))
    leading.post(form, {"items": [items[0].public_id], "note": "这款正好", "to_all": "on"})
    made = Recommendation.objects.get()
    assert (made.audience, [each.streamer for each in made.recipients.all()]) == ("named", [seller])
    request.refresh_from_db()
    assert request.status == "answered"
    assert "看推荐清单" in text(selling.get("/selection/requests/"))
    assert "答复你的要货" in text(selling.get("/selection/recommended/"))
    assert leading.post(form, {"items": [items[0].public_id], "note": "再来"}).status_code == 404

    selling.post("/selection/requests/", asked)
    second = GoodsRequest.objects.get(status="open")
    decline = f"/goods-requests/{second.public_id}/decline/"
    assert shown_messages(leading.post(decline, {"reason": " "}, follow=True))[-1] == "请写明原因，当事方会看到。"
    leading.post(decline, {"reason": "最近没有早餐"})
    assert "最近没有早餐" in text(selling.get("/selection/requests/"))


def test_a_request_is_taken_back_and_says_what_is_wrong_with_it(lead):
    seller = build.streamer("s1")
    client = browser(seller)
    assert "没有编号为「x」的团长" in text(client.post("/selection/requests/", {"leader": "x", "wish": "鞋"}))
    client.post("/selection/requests/", {"leader": "l1", "wish": "鞋", "category": Category.objects.first().pk})
    request = GoodsRequest.objects.get()
    stranger = browser(build.streamer("s2"))
    assert stranger.post(f"/selection/requests/{request.public_id}/retraction/").status_code == 404
    client.post(f"/selection/requests/{request.public_id}/retraction/")
    request.refresh_from_db()
    assert request.status == "withdrawn"
    assert client.post(f"/selection/requests/{request.public_id}/retraction/", follow=True).status_code == 200


def test_groups_are_kept_and_recommended_to(lead, items):
    sellers = [build.streamer(f"s{number}") for number in range(3)]
    client = browser(lead)
    client.post("/streamer-groups/", {"name": "早餐场", "streamers": "s0 s1"})
    assert "已有名为「早餐场」的分组" in text(client.post("/streamer-groups/", {"name": "早餐场", "streamers": "s2"}))
    group = StreamerGroup.objects.get()
    change = f"/streamer-groups/?group={group.public_id}"
    assert "s0\ns1" in text(client.get(change))
    assert browser(build.leader("l2")).get(change).status_code == 404
    client.post(change, {"name": "早餐", "streamers": "s1 s2"})
    body = {"items": [items[1].public_id], "note": "好卖", "groups": [group.public_id], "streamers": "s2"}
    client.post("/recommendations/new/", body)
    made = Recommendation.objects.get()
    assert {each.streamer for each in made.recipients.all()} == set(sellers[1:])
    client.post(f"/streamer-groups/{group.public_id}/deletion/")
    assert not StreamerGroup.objects.exists()
    assert made.recipients.count() == 2


@pytest.mark.parametrize("role", ["finance", "viewer"])
def test_who_may_only_read_sends_nothing(lead, items, role):
    made = recommending.recommend(lead, NewRecommendation(items, "好卖", to_all=True), at=AT)
    reading = browser(lead, role)
    assert reading.get("/recommendations/new/").status_code == 403
    for path in (
        "recommendations/new",
        f"recommendations/{made.public_id}/ending",
        "streamer-groups",
        "service/endings",
    ):
        assert reading.post(f"/{path}/").status_code == 403
    assert "好卖" in text(reading.get("/recommendations/"))
    assert browser(build.streamer("s1"), role).post("/selection/requests/").status_code == 403


def test_the_pages_speak_english(lead, items):
    seller = build.streamer("s1")
    made = recommending.recommend(lead, NewRecommendation(items, "good", to_all=True), at=AT)
    recommending.ask(seller, lead, "shoes", at=build.moment("2024-06-01 08:00"))
    recommending.keep_group(lead, "group", [seller])
    pages = {
        lead: ["/recommendations/", f"/recommendations/{made.public_id}/", "/recommendations/new/", "/goods-requests/",
               "/streamer-groups/", "/service/", "/activities/"],
        seller: ["/selection/recommended/", f"/selection/recommended/{made.public_id}/", "/selection/requests/"],
    }  # fmt: skip
    for tenant, paths in pages.items():
        client = browser(tenant, language="en")
        for path in paths:
            left = chinese_left(text(client.get(path)), "未分类", "领头羊")
            assert not left, (path, left[:5])
