"""A streamer's first ten minutes by pressing what one sees: from the guide to money on its way."""

import pytest

from commissions.models import Withdrawal
from streamers.centre import sync
from streamers.models import Pick
from tests import build
from tests.browser import browser
from tests.screens.crawling import DESK
from tests.screens.seen import Screen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("screens")]
PHONE = 390
BAR = "nav.nav"


def finds_and_picks(seen: Screen) -> None:
    seen.open("/")
    seen.reads("三步就上手")
    seen.press("知道了", ".guide")
    seen.fill(q="nut")
    seen.page.keyboard.press("Enter")
    seen.reads("1 件")
    seen.press("筛选")
    seen.fill(rate_from="30")
    seen.page.keyboard.press("Tab")
    seen.reads("没有这样的商品", ".dock")
    seen.fill(rate_from="15")
    seen.page.keyboard.press("Tab")
    seen.press("看 1 件")
    seen.press("nut", "#goods")
    seen.reads("¥100.00 × 20% = ¥20.00，扣技术服务费 ¥2.00")
    seen.press("选入货架")
    seen.reads("移出货架")
    seen.press("货架", ".dock")
    seen.reads("1 款都在计佣")
    seen.reads("nut", ".stocks")


def sell(clock) -> None:
    """Received on the day it was bought; eight days later its 18.00 is there to be withdrawn."""
    pick, by = Pick.objects.get(), build.source("youzan")
    clock("2024-06-20 20:00")
    build.push(by, [build.paid("o1", "2024-06-20 15:00", [build.bought(pick.product, pick.pid)])])
    build.push(by, [build.event("received", "o1", "2024-06-20 18:00")])
    clock("2024-06-29 08:00")
    build.settle("2024-06-28")


def asks_for_the_money(seen: Screen) -> None:
    seen.press("收益", BAR)
    seen.reads("¥18.00", ".buckets")
    seen.press("提现", ".purse")
    seen.reads("还没有登记")
    seen.press("登记收款账户")
    seen.fill(holder="张三丰", bank="招商银行杭州文三路支行", number="6222 0200 0000 1234", password=build.PASSWORD)
    seen.press("登记", "form.form")
    seen.open("/withdrawals/")
    seen.reads("现在最多可提 ¥18.00")
    seen.fill(amount="8")
    seen.press("确认提现")
    seen.reads("已申请提现 ¥8.00。")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_streamer_finds_goods_picks_one_earns_and_asks_for_the_money_once(width, looking, clock):
    shop, streamer = build.merchant("m1", name="山野集"), build.streamer("s1", name="小禾")
    for code, bps in (("nut", 2_000), ("tea", 3_500)):
        build.normal_plan(build.product(shop, code), bps)
    sync.catch_up()
    build.policy(min_withdrawal_fen=1)
    seen = looking(browser(streamer), width=width)
    finds_and_picks(seen)
    sell(clock)
    asks_for_the_money(seen)
    goes_back_and_presses_again(seen)
    assert not seen.said


def goes_back_and_presses_again(seen: Screen) -> None:
    """After "Back" the same press makes nothing again."""
    seen.page.go_back()
    seen.fill(amount="8")
    seen.press("确认提现")
    seen.page.wait_for_load_state("networkidle")
    assert [row.amount_fen for row in Withdrawal.objects.all()] == [800]
