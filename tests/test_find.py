"""The search across one's own things."""

import pytest

from haowu.web import finding
from tests import build
from tests.browser import browser, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    shop = build.merchant("m1")
    goods = build.product(shop, "p1")
    goods.title = "手绘青花盖碗 150ml"
    goods.save()
    build.product(shop, "p2")
    return shop


def titles(tenant, typed: str) -> list[str]:
    return [hit.title for group in finding.find(tenant, typed) for hit in group.hits]


def test_every_word_must_occur_in_any_order(shop):
    assert titles(shop, "盖碗 青花") == ["手绘青花盖碗 150ml"]
    assert titles(shop, "盖碗 铁壶") == []


def test_a_leader_finds_activities_and_a_merchant_what_it_enrolled(shop):
    head = build.leader("l1")
    activity = build.activity(head, title="冬日茶席")
    build.enrolled(build.product(shop, "p5"), activity)
    assert titles(head, "茶席 冬日") == ["冬日茶席"]
    assert titles(shop, "冬日") == ["p5"]


def test_a_streamer_finds_what_lies_on_the_shelf(shop):
    seller, goods = build.streamer("s1"), build.product(shop, "p6")
    goods.title = "南部铸铁壶"
    goods.save()
    assert titles(seller, "铁壶") == []
    build.pick(seller, goods, "x6")
    assert titles(seller, "铁壶") == ["南部铸铁壶"]


def test_only_ones_own_things_are_found(shop):
    assert titles(build.merchant("m2"), "盖碗") == []


def test_an_order_is_found_by_the_beginning_of_its_number(shop):
    source, seller = build.source(), build.streamer("s1")
    goods = build.product(shop, "p3")
    build.normal_plan(goods, 1000)
    build.pick(seller, goods, "x1")
    build.push(source, [build.paid("HL2611", "2024-06-01 10:00", [build.bought(goods, "x1")])])
    assert titles(shop, "HL26") == ["HL2611 / 1"]
    assert titles(seller, "HL2611") == ["HL2611 / 1"]
    assert titles(shop, "HL2") == []


def test_the_field_of_every_page_gets_the_hits_alone(shop):
    page = browser(shop)
    alone = page.get("/find/?q=盖碗", headers={"HX-Request": "true"}).content.decode()
    assert "手绘青花盖碗" in alone and "<html" not in alone
    assert "手绘青花盖碗" in words(page.get("/find/?q=盖碗"))
    assert "你的东西里没有「铁壶」" in words(page.get("/find/?q=铁壶"))


def test_who_is_not_signed_in_goes_to_the_door(client):
    assert client.get("/find/?q=x").url.startswith("/sign-in/")
