"""A merchant's commission account: warned in time, with what waits and how to pay in."""

import pytest

from commissions.postings import funding
from haowu.tenants.models import Tenant
from merchants.models import Shop
from tests import build
from tests.browser import browser, chinese_left, shown_messages, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def merchant() -> Tenant:
    """Prepaid, warned below 50.00; three lines of 20.00 commission are due in the night of 10 June."""
    made = build.merchant("m1", name="山野集")
    Shop.objects.filter(merchant=made).update(funding="prepaid", low_balance_fen=5_000)
    goods, by = build.product(made, "p1"), build.source("shop")
    build.normal_plan(goods, 2000)
    build.pick(build.streamer("s1"), goods, "x1")
    for number in (1, 2, 3):
        build.push(by, [build.paid(f"o{number}", "2024-06-01 08:00", [build.bought(goods, "x1")])])
        build.push(by, [build.event("received", f"o{number}", f"2024-06-02 1{number}:00")])
    return made


def top_up(merchant: Tenant, fen: int) -> None:
    funding.top_up(merchant, number=f"t{fen}", amount_fen=fen, at=build.moment("2024-06-03 12:00"))


def test_a_low_balance_is_said_on_the_first_page_and_above_the_statements(merchant):
    top_up(merchant, 4_999)
    client = browser(merchant)
    for path in ("/products/", "/statements/", "/funding/"):
        assert "余额 ¥49.99，低于提醒线 ¥50.00" in text(client.get(path))
    top_up(merchant, 1)
    for path in ("/products/", "/statements/", "/funding/"):
        assert "余额偏低" not in text(client.get(path))


def test_what_waits_for_the_deposit_is_listed_with_what_is_missing(merchant, settings):
    settings.TOP_UP_ACCOUNT = "好物联盟 · 招商银行 · 1234 5678"
    top_up(merchant, 2_500)
    build.settle("2024-06-10")
    client = browser(merchant)
    page = client.get("/funding/")
    assert [row["line"].order_no for row in page.context["held"]] == ["o2", "o3"]
    now = page.context["deposit"]
    assert (now.funding_fen, now.held, now.held_fen, now.missing_fen) == (500, 2, 4_000, 3_500)
    for shown in ("至少要到账 <b>¥35.00</b>", "好物联盟 · 招商银行 · 1234 5678", "附言写商家编号 <b>m1</b>"):
        assert shown in text(page)
    assert "2 行订单共 ¥40.00 暂缓结算" in text(client.get("/products/"))
    top_up(merchant, 3_500)
    assert "余额不足" not in text(client.get("/products/"))


def test_without_an_account_named_the_page_says_whom_to_ask(merchant):
    assert "向平台客服索取收款账户" in text(browser(merchant).get("/funding/"))


def test_the_warning_line_is_the_merchants_to_set(merchant):
    client = browser(merchant, "finance")
    answer = client.post("/funding/", {"low_balance_fen": "120.50"}, follow=True)
    assert shown_messages(answer) == ["提醒线已保存。"]
    assert Shop.objects.get(merchant=merchant).low_balance_fen == 12_050
    assert "请填写金额" in text(client.post("/funding/", {"low_balance_fen": "many"}))
    assert browser(merchant, "operator").post("/funding/", {"low_balance_fen": "1"}).status_code == 403
    assert "由所有者或财务设置" in text(browser(merchant, "viewer").get("/funding/"))
    assert Shop.objects.get(merchant=merchant).low_balance_fen == 12_050


def test_who_pays_from_proceeds_is_not_warned(merchant):
    Shop.objects.filter(merchant=merchant).update(funding="withheld")
    client = browser(merchant)
    assert "余额偏低" not in text(client.get("/products/"))
    page = text(client.get("/funding/"))
    assert "从货款代扣" in page and "怎么充值" not in page


def test_nobody_elses_account_is_shown_or_set(merchant):
    top_up(merchant, 4_000)
    other = browser(build.merchant("m2"))
    assert other.get("/funding/").context["deposit"].funding_fen == 0
    other.post("/funding/", {"low_balance_fen": "1"})
    assert Shop.objects.get(merchant=merchant).low_balance_fen == 5_000
    assert browser(build.streamer("s2")).get("/funding/").status_code == 404


def test_the_page_speaks_english_too(merchant):
    top_up(merchant, 2_500)
    build.settle("2024-06-10")
    page = text(browser(merchant, language="en").get("/funding/"))
    assert chinese_left(page, merchant.name) == []
