"""Every page that a role can reach, as a browser draws it: quiet, inside the house, not too wide, readable by all."""

import re
import zlib
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import RequestFactory

from haowu.tenants.models import User
from tests import campaign
from tests.screens.crawling import Inspection

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("screens")]
DATA = ("未分类", "断货", "好卖", "早餐场", "早餐", "货不对版", "一号间")
"""What the people of the market wrote in Chinese."""


@pytest.mark.parametrize("kind", ["merchant", "streamer", "tuanzhang", "base"])
def test_every_page_of_a_role_is_sound_in_both_languages_on_a_phone_and_on_a_desk(kind, screens):
    seen = Inspection(screens(kind), names=DATA)
    seen.walk("/", passed_over=re.compile("^/admin/"))
    assert not seen.faults, "\n".join(seen.faults)
    assert seen.pages >= 10


def test_pages_of_staff_are_sound_in_both_languages_on_a_phone_and_on_a_desk(screens):
    """With CAMPAIGN=1 every one that links reach; else the desks, and a share of the lists and forms of models."""
    seen = Inspection(screens("staff"), names=DATA, is_light=False, is_staff=True)
    if campaign.SCALE >= 1:
        seen.walk("/admin/", passed_over=re.compile("^/(?!admin/)"))
    for path in staff_pages(campaign.SEED) if campaign.SCALE < 1 else []:
        assert seen.screens["zh-CN"].open(path) == 200, path
        seen.look(path)
    assert not seen.faults, "\n".join(seen.faults)
    assert seen.pages >= 12


def staff_pages(seed: int) -> Iterator[str]:
    """Those with a template of their own, then one list, one row and one new row in eight, by the seed."""
    yield from (f"/admin/{page}" for page in ("", "lists/", "search/?q=m1", "password_change/", "second-step/enrol/"))
    for model, shown in admin.site._registry.items():
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        row = model._default_manager.order_by("-pk").first()
        every = [address, f"{address}{row.pk}/change/" if row else "", f"{address}add/" if _is_added(shown) else ""]
        yield from (page for page in every if page and zlib.crc32(page.encode()) % 8 == seed % 8)


def _is_added(shown: admin.ModelAdmin) -> bool:
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    return shown.has_add_permission(request)


def test_what_a_press_of_the_theme_button_chose_is_there_on_the_next_page(screen):
    seen = screen("merchant")
    seen.open("/products/")
    seen.page.click("[data-theme-switch] button")
    seen.page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    seen.page.wait_for_timeout(300)
    seen.open("/orders/")
    assert seen.page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_pages_can_be_read_and_their_menu_used_without_javascript(chromium, live_server, market, settings):
    context = chromium.new_context(java_script_enabled=False, base_url=live_server.url, locale="zh-CN")
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": market.client("merchant").cookies[name].value, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto("/dashboard/")
    assert page.is_visible(".chart .twin table")
    assert not page.is_visible(".chart .plot")
    page.click("nav.side >> text=商品")
    assert page.url.endswith("/products/")
    context.close()
