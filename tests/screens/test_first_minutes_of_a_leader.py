"""A leader's first ten minutes by pressing what one sees: an activity, its enrolments judged, what it brought."""

import pytest

from merchants.models import Product
from tests import build
from tests.browser import browser
from tests.screens.crawling import DESK
from tests.screens.seen import Screen
from tuanzhang import enrolling
from tuanzhang.models import Activity, Enrolment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("screens")]
PHONE = 390


def publishes_an_activity(seen: Screen) -> None:
    seen.open("/")
    seen.reads("三步就上手")
    seen.press("开招商活动", ".guide")
    seen.press("新建活动", "main")
    seen.page.check("[name=type][value=normal]")
    seen.fill(title="夏季好物", begins_at="2024-06-20T14:01", ends_at="2024-07-20T00:00")
    seen.fill(commission_bps="5", service_fee_bps="1")
    seen.press("保存草稿")
    seen.reads("草稿，只有你看得到")
    seen.press("发布")
    seen.reads("还没有商家报名")


def judges(seen: Screen) -> None:
    """Passes one, is stopped at refusing another without a reason, and refuses it with one."""
    seen.page.reload()
    seen.reads("2 件报名等你审核")
    seen.page.locator(".lib-l [name=enrolment]").first.check()
    seen.press("通过选中的")
    seen.reads("1 件报名等你审核")
    seen.page.locator(".lib-l [name=enrolment]").first.check()
    seen.press("拒绝选中的")
    seen.reads("请写明原因，当事方会看到。", "#desk")
    assert seen.page.locator(".lib-l [name=enrolment]").first.is_checked()
    seen.page.fill("#id_reason", "图片不清楚，换一张再报")
    seen.press("拒绝选中的")
    seen.reads("1 件商品在合作")


def sell_through(activity: Activity, product: Product, clock) -> None:
    """A streamer picks it through the leader's link, and somebody buys it."""
    clock("2024-06-20 20:00")
    build.pick(build.streamer("s1", name="小禾"), product, "x1", at=build.moment("2024-06-20 15:00"), activity=activity)
    build.push(build.source("youzan"), [build.paid("o1", "2024-06-20 19:00", [build.bought(product, "x1")])])


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_leader_publishes_judges_enrolments_and_sees_what_they_bring(width, looking, clock):
    shop, leader = build.merchant("m1", name="山野集"), build.leader("l1", name="领头羊")
    goods = [build.product(shop, code) for code in ("nut", "tea")]
    seen = looking(browser(leader), width=width)
    publishes_an_activity(seen)
    activity = Activity.objects.get()
    for product in goods:
        enrolling.enrol(activity, product, commission_bps=2_000, service_fee_bps=600, at=clock("2024-06-20 14:02"))
    judges(seen)
    refused = Enrolment.objects.get(status="rejected")
    assert (refused.product.code, refused.reason) == ("tea", "图片不清楚，换一张再报")
    sell_through(activity, goods[0], clock)
    seen.open("/effect/")
    seen.reads("nut", "main")
    seen.open("/levels/")
    seen.reads("银牌", "main")
    assert not seen.said
