"""The first ten minutes: three steps on a role's first page, and the logins that the demo alone offers."""

import pytest
from django.conf import settings as django_settings

from haowu.demo import people
from haowu.tenants.models import Membership, User
from tests import build
from tests.browser import browser, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ROLES = {
    "merchant": (build.merchant, "/dashboard/", ("看看商品", "开推广计划", "对一遍账")),
    "streamer": (build.streamer, "/selection/", ("选一件货", "取推广位", "看收益")),
    "leader": (build.leader, "/dashboard/", ("开招商活动", "推荐给达人", "看等级")),
}


@pytest.mark.parametrize("role", ROLES)
def test_whoever_comes_first_sees_three_steps_until_they_are_closed_and_never_again(role):
    made, home, steps = ROLES[role]
    client = browser(made("x1"))
    page = text(client.get(home))
    assert "三步就上手" in page
    assert [step for step in steps if step in page] == list(steps)
    assert client.post("/guide/closure/").url == "/"
    assert "三步就上手" not in text(client.get(home))
    assert Membership.objects.get().guide_closed_at is not None


def test_the_steps_stand_on_the_first_page_alone_and_are_closed_for_one_member_alone():
    shop = build.merchant("m1")
    mine, theirs = browser(shop), browser(shop)
    assert "三步就上手" not in text(mine.get("/plans/"))
    mine.post("/guide/closure/")
    assert "三步就上手" not in text(mine.get("/dashboard/"))
    assert "三步就上手" in text(theirs.get("/dashboard/"))


def test_staff_see_three_steps_on_their_first_page_until_they_close_them(client, settings):
    settings.STAFF_SECOND_STEP = False
    person = User.objects.create_superuser("boss", password=build.PASSWORD)
    client.force_login(person)
    page = text(client.get("/admin/"))
    assert [step for step in ("清队列", "看昨夜", "查来由") if step in page] == ["清队列", "看昨夜", "查来由"]
    assert client.post("/guide/closure/", {"staff": "1"}).url == "/admin/"
    assert "三步就上手" not in text(client.get("/admin/"))


def test_looking_at_the_closure_closes_nothing():
    client = browser(build.merchant("m1"))
    assert client.get("/guide/closure/").status_code == 405
    assert "三步就上手" in text(client.get("/dashboard/"))


def test_the_sign_in_page_offers_logins_only_where_the_demo_says_so(client, settings):
    assert django_settings.DEMO_LOGINS == []
    assert "演示账号" not in text(client.get("/sign-in/"))
    build.member(build.streamer("s1", name="小禾"), username="streamer")
    login = {"role": "达人 小禾", "username": "streamer", "password": build.PASSWORD, "task": "选货", "path": "/"}
    settings.DEMO_LOGINS = [login]
    page = text(client.get("/sign-in/"))
    assert "演示账号" in page and "达人 小禾" in page and f"streamer / {build.PASSWORD}" in page
    client.post("/sign-in/", {"username": "streamer", "password": build.PASSWORD, "next": "/"})
    assert client.get("/").url == "/selection/"


def test_what_the_demo_offers_is_everybody_who_signs_in_there_and_no_secret_of_an_api_client():
    ways = [
        people.Way("商家 山野", "/", "merchant", people.PASSWORD, "看账"),
        people.Way("订单来源", "/api/docs/", "client", "a-secret-of-its-own", "推送"),
        people.Way("平台运营", "/admin/", "", "", "看结算"),
    ]
    offered = people.sign_in_offers(ways)
    assert '"username": "merchant"' in offered and "secret" not in offered and "admin" not in offered
