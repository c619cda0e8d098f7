"""One leader's quarter from the first draft to the rebate in his account, through the doors and nothing else."""

from base64 import b64encode
from typing import Any

import pytest
from django.test import Client

from commissions.tasks import judge_leaders
from haowu.audit.invariants import run_audit
from haowu.partners.clients import register_client
from haowu.tenants.models import User
from merchants.models import Product
from streamers.models import Pick
from tests import build
from tests.browser import browser, shown_messages, text
from tests.test_commands import run
from tests.test_pages_leader import FORM
from tuanzhang.models import Activity, Enrolment

pytestmark = pytest.mark.django_db

LEVELS = {
    "effective_from": "2024-04-01", "mode": "whole", "credited_to": "first", "note": "试点",
    "target_gmv_fen": "300.00", "target_brands": "2", "target_promoters": "1",
} | {f"{level}_{name}": "0" for level in ("bronze", "silver", "gold") for name in ("brands", "promoters")} | {
    "bronze_gmv_fen": "100.00", "silver_gmv_fen": "300.00", "gold_gmv_fen": "900.00",
    "bronze_rebate_bps": "1", "silver_rebate_bps": "3", "gold_rebate_bps": "5",
}  # fmt: skip


def office(name: str) -> Client:
    """A person of the staff."""
    client = Client()
    client.force_login(User.objects.create_superuser(name))
    return client


def shop_system(*events: dict[str, Any]) -> None:
    """Order events over REST, with a token as any client fetches it."""
    client_id, secret = register_client(build.source("youzan"), "shop", ("order-events:write",))
    basic = {"Authorization": "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()}
    token = Client().post("/oauth/token/", {"grant_type": "client_credentials"}, headers=basic).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    body = {"events": list(events)}
    answer = Client().post("/api/v1/order-events", body, content_type="application/json", headers=bearer)
    assert [result["status"] for result in answer.json()["results"]] == ["accepted"] * len(events)


def sold(number: str, goods: Product, pid: str, at: str) -> list[dict[str, Any]]:
    """199.00, received the day after."""
    sale = build.paid(number, f"{at} 10:00", [build.bought(goods, pid, price_fen=199_00)])
    return [sale, build.event("received", number, f"{at} 20:00")]


def test_a_leaders_quarter_from_the_draft_to_the_rebate(clock):
    maker, checker = office("maker"), office("checker")
    clock("2024-03-20 10:00")
    assert maker.post("/admin/tuanzhang/levelpolicy/add/", LEVELS).status_code == 302
    clock("2024-04-01 09:00")
    leading = browser(build.leader("l1", name="领头羊"))
    goods = three_merchants_enrol_and_one_is_refused(leading)
    pids = a_streamer_picks_through_the_link(goods)
    clock("2024-06-20 10:00")
    orders_come_and_are_settled(goods, pids)
    assert "距银牌还差 ¥1.00" in text(leading.get("/levels/"))
    assert "¥299.00" in text(leading.get("/levels/"))
    clock("2024-07-01 04:00")
    the_quarter_ends_as_bronze(leading)
    clock("2024-07-15 10:00")
    one_proposes_the_rebate_and_another_posts_it(maker, checker)
    before = text(leading.get("/earnings/"))
    clock("2024-07-16 03:00")
    the_rebate_stands_on_the_statement(leading, before)
    clock("2024-07-21 10:00")
    a_refund_lowers_the_next_quarter_and_leaves_the_rebate(leading)
    assert [finding.code for finding in run_audit() if not finding.holds] == []


def three_merchants_enrol_and_one_is_refused(leading: Client) -> list[Product]:
    """Their goods, ``p0`` to ``p2``: a leader opens an activity, all three enrol, he refuses the last."""
    shops = [build.merchant(f"m{number}") for number in range(3)]
    goods = [build.product(shop, f"p{number}", price_fen=199_00) for number, shop in enumerate(shops)]
    leading.post("/activities/new/", FORM | {"begins_at": "2024-04-01T00:00", "ends_at": ""})
    activity = Activity.objects.get()
    leading.post(f"/activities/{activity.public_id}/publication/")
    for shop, product in zip(shops, goods, strict=True):
        wish = {"products": [product.public_id], "commission_bps": "20", "service_fee_bps": "6"}
        browser(shop).post(f"/open-activities/{activity.public_id}/", wish)
    items = {item.product.code: item.public_id for item in Enrolment.objects.all()}
    audit = f"/activities/{activity.public_id}/audit/"
    leading.post(audit, {"enrolment": [items["p2"]], "decision": "reject", "reason": "主图不清晰"})
    leading.post(audit, {"enrolment": [items["p0"], items["p1"]], "decision": "pass"})
    assert "主图不清晰" in text(browser(shops[2]).get("/enrolments/"))
    return goods


def a_streamer_picks_through_the_link(goods: list[Product]) -> dict[str, str]:
    """``{product code: pid}`` of what the activity has."""
    selling = browser(build.streamer("s1", name="卖货的"))
    for product in goods[:2]:
        selling.post(f"/selection/{product.public_id}/pick/", {"activity": Activity.objects.get().share_token})
    pids = dict(Pick.objects.values_list("product__code", "pid"))
    assert sorted(pids) == ["p0", "p1"]
    return pids


def orders_come_and_are_settled(goods: list[Product], pids: dict[str, str]) -> None:
    shop_system(
        *sold("o1", goods[0], pids["p0"], "2024-04-10"),
        *sold("o2", goods[1], pids["p1"], "2024-05-10"),
        build.event("refunded", "o2", "2024-05-30 10:00", refund_no="r1", goods_fen=99_00, freight_fen=0, line_no=1),
    )
    for night in ("2024-04-18", "2024-05-18", "2024-05-31"):
        run("settle", "--day", night, "--json")


def the_quarter_ends_as_bronze(leading: Client) -> None:
    """199.00 + 100.00 is bronze, two shops' brands and one streamer, 299 of 300 for the GMV."""
    run("settle", "--day", "2024-06-30", "--json")
    judge_leaders.run()
    opened = text(leading.get("/levels/2024Q2/"))
    for figure in ("¥299.00", "铜牌", "99.83%", "¥2.98"):
        assert figure in opened
    assert "不合格" in text(leading.get("/levels/"))  # two orders are no 200


def one_proposes_the_rebate_and_another_posts_it(maker: Client, checker: Client) -> None:
    maker.post("/admin/commissions/rebatebatch/add/", {"name": "2024Q2"})
    page = "/admin/commissions/rebatebatch/"
    (batch,) = checker.get(page).context["cl"].result_list
    chosen = {"action": "approve", "_selected_action": [batch.pk]}
    assert "另一位同事" in shown_messages(maker.post(page, chosen, follow=True))[-1]
    assert shown_messages(checker.post(page, chosen, follow=True)) == ["已处理 1 项。"]


def the_rebate_stands_on_the_statement(leading: Client, before: str) -> None:
    """``before``: the page of earnings once the rebate was posted. The first fees came to 6 % of 199.00 and of what is
    left of the other, less the tech fee of 10 %."""
    run("settle", "--day", "2024-07-16", "--json")
    fees_fen = (1194 - 119) + (600 - 60)
    available = f"¥{(fees_fen + 298) / 100:.2f}"
    assert available in before
    statement = text(leading.get("/statements/available/2024-07-16/"))
    assert "¥2.98" in statement and available in statement
    why = text(leading.get("/statements/available/2024-07-16/rebate/"))
    assert "2024Q2 返点：净成交额 ¥299.00，铜牌，评分 99.83%" in why
    assert "¥2.98" in text(leading.get("/levels/"))


def a_refund_lowers_the_next_quarter_and_leaves_the_rebate(leading: Client) -> None:
    back = build.event("refunded", "o1", "2024-07-20 10:00", refund_no="r2", goods_fen=199_00, freight_fen=0, line_no=1)
    build.push(build.Tenant.objects.get(code="youzan"), [back])
    run("settle", "--day", "2024-07-21", "--json")
    page = text(leading.get("/levels/"))
    assert "−¥199.00" in page and "¥2.98" in page
