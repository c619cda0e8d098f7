"""Staff's first ten minutes by pressing what one sees: what waits, a second person, a night, viewing, the trail."""

import pytest
from django.test import Client

from commissions.models import Withdrawal
from commissions.payments import withdrawals
from haowu.ground import days
from haowu.tenants.models import Tenant, User
from tests import build
from tests.screens.crawling import DESK
from tests.screens.seen import Screen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("screens")]
PHONE = 390
LIST = "/admin/commissions/withdrawal/"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def asked_through(person: User) -> Tenant:
    """A shop that sold once, and its streamer, whose withdrawal ``person`` wrote down for it."""
    build.policy(checked_above_fen=0, min_withdrawal_fen=1)
    shop, streamer, by = build.merchant("m1", name="山野集"), build.streamer("s1", name="小禾"), build.source("youzan")
    product = build.product(shop, "nut")
    build.normal_plan(product, 2_000)
    build.pick(streamer, product, "x1")
    build.push(by, [build.paid("o1", "2024-06-01 08:00", [build.bought(product, "x1")])])
    build.push(by, [build.event("received", "o1", "2024-06-01 12:00")])
    build.settle("2024-06-19")
    build.bank_account(streamer)
    withdrawals.request(streamer, "n1", 1_000, person, days.now())
    return shop


def ticks_the_only_row(seen: Screen) -> None:
    seen.page.locator("[name=_selected_action]:visible").first.check()


def is_stopped_as_the_first_person(seen: Screen) -> None:
    seen.open(f"{LIST}?q=n1")
    ticks_the_only_row(seen)
    assert not seen.page.get_by_role("button", name="复核通过").is_visible()
    seen.press("拒绝")
    seen.reads("请写明原因，当事方会看到。")
    assert Withdrawal.objects.get().status == "requested"


def passes_as_the_second(seen: Screen) -> None:
    seen.open("/admin/")
    seen.reads("1 件事在等")
    seen.press("提现，待第二人复核", "main")
    ticks_the_only_row(seen)
    seen.press("复核通过")
    seen.reads("已处理 1 项。")


def reads_the_night(seen: Screen) -> None:
    seen.open("/admin/commissions/run/")
    seen.press("2024", "main tbody")
    seen.reads("商家支出")
    seen.reads("¥20.00", "main")


def looks_with_the_shops_eyes(seen: Screen, shop: Tenant) -> None:
    seen.open(f"/admin/tenants/tenant/{shop.pk}/change/")
    seen.press("以其身份查看")
    seen.fill(reason="商家来电：看不到商品")
    seen.press("开始查看", "main")
    seen.reads("你正以「山野集」的身份查看，只能看")
    seen.open("/products/")
    seen.reads("nut", "main")
    seen.press("结束查看")
    seen.open("/admin/approvals/trail/")
    seen.reads("商家来电：看不到商品", "main")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_what_waits_is_decided_by_a_second_person_and_everything_can_be_read_afterwards(width, looking, clock):
    lin, mei = User.objects.create_superuser("lin"), User.objects.create_superuser("mei")
    shop = asked_through(lin)
    is_stopped_as_the_first_person(looking(signed_in(lin), width=width))
    seen = looking(signed_in(mei), width=width)
    passes_as_the_second(seen)
    assert Withdrawal.objects.get().status == "approved"
    reads_the_night(seen)
    looks_with_the_shops_eyes(seen, shop)
    assert not seen.said
