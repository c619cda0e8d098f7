"""One activity through the doors: opened, enrolled in, audited, shared by a second leader, picked, sold and paid."""

import pytest

from haowu.ledger.models import Account
from haowu.tenants.models import Tenant
from merchants.models import Product
from streamers.models import Pick
from tests import build
from tests.activity_pages import opened
from tests.browser import NOW, browser, shown_messages, text, words
from tuanzhang.models import Activity, Enrolment, SecondLevel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_from_the_draft_to_the_second_leaders_fee_through_the_doors(clock):
    lead, partner = build.leader("l1", name="领头羊"), build.leader("l2", name="二当家")
    shops = [build.merchant(f"m{number}", name=f"商家{number}") for number in range(3)]
    goods = [build.product(shop, f"p{number}", price_fen=20_000) for number, shop in enumerate(shops)]
    leading, joining = browser(lead), browser(partner)
    activity = opened(leading)
    assert activity.state_at(build.moment(NOW)) == "published"

    for shop, product in zip(shops, goods, strict=True):
        enrol(browser(shop), activity, product)
    first, _second, third = audit(leading, activity)
    assert (first.status, third.status) == ("passed", "rejected")
    assert "主图不清晰" in text(browser(shops[2]).get("/enrolments/"))

    join(joining, leading, first)
    picked = pick(browser(build.streamer("s1")), activity, partner, goods[0])
    clock("2024-06-30 02:00")
    sale = build.paid("o1", "2024-06-22 10:00", [build.bought(goods[0], picked.pid, price_fen=19_900)])
    build.push(build.source(), [sale, build.event("received", "o1", "2024-06-22 12:00")])
    build.settle("2024-06-30")
    paid = {account.owner.code: account.balance_fen for account in Account.objects.filter(kind="available")}
    assert (paid["s1"], paid["l1"], paid["l2"]) == (3582, 179, 895)
    assert leading.get("/orders/").context["total"] == 1
    assert "二级合作" in text(joining.get("/second-level/"))


def enrol(merchant, activity: Activity, product: Product) -> None:
    assert "夏季好物" in text(merchant.get("/open-activities/"))
    page = f"/open-activities/{activity.public_id}/"
    assert "领头羊" in text(merchant.get(page))
    wish = {"products": [product.public_id], "commission_bps": "20", "service_fee_bps": "6"}
    assert shown_messages(merchant.post(page, wish, follow=True)) == ["已报名 1 件，等团长审核。"]


def audit(leading, activity: Activity) -> list[Enrolment]:
    """The third is refused with a reason, and stays so when all three are passed. They, by their product."""
    page = f"/activities/{activity.public_id}/"
    assert [row["now"].item.product.code for row in leading.get(page).context["queue"]] == ["p0", "p1", "p2"]
    items = list(Enrolment.objects.order_by("product__code"))
    refused = {"enrolment": [items[2].public_id], "decision": "reject"}
    assert "请写明原因" in shown_messages(leading.post(f"{page}audit/", refused, follow=True))[0]
    leading.post(f"{page}audit/", refused | {"reason": "主图不清晰"})
    passed = {"enrolment": [item.public_id for item in items], "decision": "pass"}
    messages = shown_messages(leading.post(f"{page}audit/", passed, follow=True))
    assert messages[:2] == ["已拒绝 1 件。", "已通过 2 件。"]
    assert messages[2].startswith("p2：")
    return list(Enrolment.objects.order_by("product__code"))


def join(joining, leading, item: Enrolment) -> None:
    assert "夏季好物" in text(joining.get("/joinable-activities/"))
    joining.post(f"/enrolments/{item.public_id}/second-level/", {"bps": "5"})
    applied = SecondLevel.objects.get()
    leading.post(f"/second-level/{applied.public_id}/answer/", {"decision": "pass"})


def pick(selling, activity: Activity, partner: Tenant, product: Product) -> Pick:
    share = f"/selection/activity/{activity.share_token}/?via={partner.public_id}"
    assert "活动 2024-06-21 00:00 开始" in text(selling.get(share))
    on_the_page = words(selling.get(share))
    assert "p0" in on_the_page and "p2" not in on_the_page
    through = {"activity": activity.share_token, "via": partner.public_id, "next": share}
    selling.post(f"/selection/{product.public_id}/pick/", through)
    again = text(selling.get(share))
    assert "已在货架" in again and "改经此活动选入" not in again
    return Pick.objects.get()
