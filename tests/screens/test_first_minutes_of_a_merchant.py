"""A merchant's first ten minutes by pressing what one sees: from the guide to why a statement says what it says."""

import pytest

from haowu.tenants.models import Tenant
from streamers.models import Pick
from tests import build
from tests.browser import browser
from tests.screens.crawling import DESK
from tests.screens.seen import Screen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("screens")]
PHONE = 390


def sell(shop: Tenant, clock) -> None:
    """Somebody buys the box through its only pick; received at once, settled when the after-sale days are over."""
    pick, by = Pick.objects.get(), build.source("youzan")
    line = build.bought(pick.product, pick.pid, price_fen=19_900)
    clock("2024-06-20 20:00")
    build.push(by, [build.paid("o1", "2024-06-20 15:00", [line])])
    build.push(by, [build.event("received", "o1", "2024-06-20 18:00")])
    clock("2024-06-29 08:00")
    build.settle("2024-06-28")


def lists_a_product(seen: Screen) -> None:
    seen.open("/")
    seen.reads("三步就上手")
    seen.press("看看商品", ".guide")
    seen.press("新建商品")
    seen.fill(code="box", title="云南小粒咖啡礼盒")
    seen.page.select_option("[name=category]", index=1)
    seen.fill(skus__0__code="k1", skus__0__price_fen="199", skus__0__stock="50")
    seen.press("保存")
    seen.reads("云南小粒咖啡礼盒")
    seen.press("上架")
    seen.reads("还没有推广计划，也没进活动")


def opens_a_plan(seen: Screen) -> None:
    """20 % of 199.00 is 39.80, of which the platform keeps a tenth."""
    seen.press("开设计划")
    seen.page.check("[name=type][value=normal]", force=True)
    seen.fill(commission_bps="20")
    seen.reads("¥35.82", ".pv")
    seen.press("开设计划", "form.plan")
    seen.reads("20%")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_merchant_lists_a_product_sees_it_live_and_reads_why_a_sale_cost_what_it_did(width, looking, clock):
    shop, streamer = build.merchant("m1", name="山野集"), build.streamer("s1", name="小禾")
    seen, selling = looking(browser(shop), width=width), looking(browser(streamer), width=PHONE)
    lists_a_product(seen)
    opens_a_plan(seen)
    selling.open("/selection/")
    selling.reads("云南小粒咖啡礼盒")
    selling.reads("35", ".good-earn")
    selling.page.click("[aria-label^='选入货架']")
    selling.reads("已在货架")
    sell(shop, clock)
    seen.open("/")
    seen.go("订单")
    seen.reads("云南小粒咖啡礼盒")
    seen.reads("¥39.80", "main")
    seen.go("对账单")
    seen.press("2024-06-28", "main")
    seen.reads("期初加各项等于期末。")
    seen.press("推广费支出", "#entries")
    seen.press("−¥39.80", "#entries")
    seen.reads("为什么是这个数", "#why")
    seen.reads("¥199.00", "#why")
    assert not seen.said
