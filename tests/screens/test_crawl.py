"""Every page that a role can reach, as a browser draws it: quiet, inside the house, not too wide, readable by all."""

import re
from collections.abc import Iterator

import pytest
from django.urls import resolve

from tests.screens.seen import Screen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("screens")]
FILES = re.compile(r"\.(csv|xlsx)$|^/(media|static|api)/|^/admin/")
NARROWEST = 360


def crawl(screen: Screen, start: str) -> Iterator[str]:
    """Opens each page once: one of each route, breadth first."""
    waiting, routes = [start], set()
    while waiting:
        path = waiting.pop(0)
        route = resolve(path.partition("?")[0]).url_name
        if route in routes or FILES.search(path.partition("?")[0]):
            continue
        routes.add(route)
        status = screen.open(path)
        assert status == 200, f"{path} answers {status}"
        yield path
        waiting += screen.links()


@pytest.mark.parametrize("kind", ["merchant", "streamer", "tuanzhang", "base"])
def test_every_page_of_a_role_is_sound_on_a_phone_and_on_a_desk(kind, screen):
    seen = screen(kind, width=NARROWEST)
    faults: list[str] = []
    pages = 0
    for path in crawl(seen, "/"):
        pages += 1
        if (wide := seen.at(NARROWEST).overflow()) > 0:
            faults.append(f"{path}: {wide} px too wide at {NARROWEST}")
        faults += [f"{path}: {flaw}" for flaw in seen.flaws()]
        seen.page.emulate_media(color_scheme="dark")
        faults += [f"{path} (dark): {flaw}" for flaw in seen.at(1440).flaws()]
        if (wide := seen.overflow()) > 0:
            faults.append(f"{path}: {wide} px too wide at 1440")
        seen.page.emulate_media(color_scheme="light")
        faults += [f"{path}: {said}" for said in seen.said]
    assert not faults, "\n".join(faults)
    assert pages >= 10


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
