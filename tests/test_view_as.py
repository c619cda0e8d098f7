"""Staff see the site as a tenant sees it: what it sees, nothing to change, in its own trail, and for an hour."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import include, path

from haowu.approvals.models import Trail
from haowu.ground import days
from haowu.tenants.models import Tenant, User
from merchants.models import Product
from tests import build
from tests.browser import browser, text, words
from tuanzhang import recommending
from tuanzhang.models import Recipient
from tuanzhang.recommending import NewRecommendation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Tenant:
    made = build.merchant("m1", name="山野集")
    build.product(made, "p1")
    build.product(build.merchant("m2", name="别家"), "p2")
    return made


def staff(**rights) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(User.objects.create_user("lin", is_staff=True, **rights))
    return client


@pytest.fixture
def lin() -> Client:
    return staff(is_superuser=True)


def begin(client: Client, tenant: Tenant, reason: str = "商家来电：看不到商品"):
    return client.post(f"/admin/tenants/tenant/{tenant.pk}/view-as/", {"reason": reason})


def recorded() -> list[tuple]:
    rows = Trail.objects.filter(act__startswith="viewing_").order_by("pk")
    return [(row.act, row.subject, row.actor, row.reason, row.tenant.code) for row in rows]


def test_staff_see_a_tenants_pages_under_a_banner_and_it_reads_in_its_own_trail(lin, shop):
    assert begin(lin, shop).url == "/"
    page = words(lin.get("/", follow=True))
    assert "你正以「山野集」的身份查看，只能看" in page and "p1" in page and "p2" not in page
    assert lin.post("/admin/view-as/end/").url == f"/admin/tenants/tenant/{shop.pk}/change/"
    assert recorded() == [
        ("viewing_began", "merchant:m1", "lin", "商家来电：看不到商品", "m1"),
        ("viewing_ended", "merchant:m1", "lin", "", "m1"),
    ]
    assert "开始以其身份查看" in words(browser(shop).get("/trail/"))
    assert "你正以" not in words(lin.get("/", follow=True))


def test_whatever_is_posted_is_refused_and_nothing_changes(lin, shop):
    begin(lin, shop)
    product = Product.objects.get(code="p1")
    before = list(Product.objects.order_by("pk").values())
    for page in (f"/products/{product.public_id}/delisting/", "/products/new/", "/plans/new/", "/tenants/"):
        answer = lin.post(page, {"title": "改了"})
        assert answer.status_code == 403 and "这次提交没有执行" in answer.content.decode(), page
    assert list(Product.objects.order_by("pk").values()) == before


def writes(request):
    Tenant.objects.filter(code="m1").update(name="改了")


urlpatterns = [path("writes/", writes), path("", include("haowu.urls"))]


def test_a_page_that_would_write_as_it_is_read_cannot(lin, shop, settings):
    begin(lin, shop)
    settings.ROOT_URLCONF = "tests.test_view_as"
    answer = lin.get("/writes/")
    assert answer.status_code == 403 and "这次提交没有执行" in answer.content.decode()
    assert Tenant.objects.get(code="m1").name == "山野集"


def test_a_recommendation_that_staff_look_at_counts_as_not_seen(lin):
    leader, seller = build.leader("l1"), build.streamer("s1")
    item = build.enrolled(build.product(build.merchant("m3"), "p3"), build.activity(leader))
    made = recommending.recommend(leader, NewRecommendation([item], "好卖", [seller]), at=days.now())
    begin(lin, seller)
    assert "p3" in words(lin.get(f"/selection/recommended/{made.public_id}/"))
    assert Recipient.objects.get().seen_at is None


def test_no_page_of_any_role_breaks_while_it_is_viewed(lin):
    pages = {
        "merchant": ["/products/", "/plans/", "/orders/", "/funding/", "/open-activities/", "/statements/", "/trail/"],
        "streamer": ["/selection/", "/shelf/", "/earnings/", "/orders/", "/statements/", "/recommended/"],
        "tuanzhang": ["/activities/", "/levels/", "/effect/", "/second-levels/", "/earnings/"],
    }
    makers = {"merchant": build.merchant, "streamer": build.streamer, "tuanzhang": build.leader}
    for kind, addresses in pages.items():
        begin(lin, makers[kind](f"{kind}-seen"))
        for each in addresses:
            assert lin.get(each).status_code in (200, 404), each


def test_it_needs_a_reason_the_right_and_a_tenant_that_has_pages(lin, shop):
    assert "必填" in words(begin(lin, shop, reason=" "))
    assert "平台自己没有前台页面可看" in words(begin(lin, Tenant.objects.get(kind="platform")))
    assert recorded() == [] and "你正以" not in words(lin.get("/", follow=True))
    User.objects.filter(username="lin").update(username="boss")
    assert begin(staff(), shop).status_code == 403 and recorded() == []


def test_it_ends_by_itself_after_an_hour_and_with_the_right(lin, shop, monkeypatch):
    begin(lin, shop)
    now = days.now()
    monkeypatch.setattr(days, "now", lambda: now + timedelta(hours=1))
    assert "你正以" not in words(lin.get("/", follow=True))
    assert recorded()[1] == ("viewing_ended", "merchant:m1", "lin", "时间到，自动结束", "m1")
    begin(lin, shop)
    User.objects.filter(username="lin").update(is_staff=False)
    assert "你正以" not in text(lin.get("/", follow=True))
