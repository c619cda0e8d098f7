"""A streamer's own page: what waits today, the money that the books hold, the way to everything else."""

from datetime import timedelta

import pytest

from bases import booking
from bases.models import Room
from haowu.tenants.models import Tenant
from merchants import plans
from merchants.models import Plan
from streamers.models import Profile
from tests import build
from tests.bases import base
from tests.browser import NOW, browser, chinese_left, text, words
from tuanzhang import recommending
from tuanzhang.recommending import NewRecommendation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
AT = build.moment(NOW)


@pytest.fixture
def streamer() -> Tenant:
    made = build.streamer("s1", name="小禾")
    Profile.objects.update(fans=426_000)
    return made


def test_a_quiet_day_says_so(streamer):
    page = words(browser(streamer).get("/me/"))
    for shown in ("小禾", "42.6万 粉丝", "今天没有要你办的事", "¥0.00"):
        assert shown in page


def test_what_waits_today_is_listed_with_where_it_leads(streamer):
    merchant, lead = build.merchant("m1"), build.leader("l1", name="领头羊")
    product = build.product(merchant, "nut")
    plan = build.normal_plan(product, 2000)
    build.pick(streamer, product)
    plans.set_rate(Plan.objects.get(pk=plan.pk), 1500, at=AT)
    item = build.enrolled(build.product(merchant, "tea"), build.activity(lead))
    recommending.recommend(lead, NewRecommendation([item], "适合早餐场", [streamer]), at=AT)
    room = Room.objects.filter(base=base("b1", name="临沂基地").base).first()
    booking.book(room, streamer, AT + timedelta(hours=5), AT + timedelta(hours=6), at=AT)
    build.money(streamer, 128_640)
    page = browser(streamer).get("/me/")
    shelf, account = "1 款没有佣金、明天降佣或已下架", "登记后才能提走 ¥1,286.40"
    for shown in (shelf, "领头羊推荐给你", "去基地直播", "6/20 19:00", account):
        assert shown in words(page), shown
    for path in ("/shelf/", "/selection/recommended/", f"/rooms/{room.public_id}/", "/bank-account/"):
        assert f'href="{path}"' in text(page)


def test_every_page_of_the_menu_can_be_reached_from_here(streamer):
    page = browser(streamer).get("/me/")
    for _group, items in page.context["menu"].groups:
        for item in items:
            assert f'href="{item.url}"' in text(page), item.url


def test_it_is_the_streamers_alone(streamer):
    assert browser(build.merchant("m1")).get("/me/").status_code == 404


def test_it_speaks_english(streamer):
    page = text(browser(streamer, language="en").get("/me/"))
    assert "Nothing waits for you today" in page
    assert chinese_left(page, streamer.name) == []
