"""A real browser on a real server, signed in as a member of the market of ``tests.hostile_market``."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from tests import hostile_market
from tests.screens.crawling import DESK, NARROWEST
from tests.screens.seen import CHROMIUM, QUIET, Screen


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: pages are not looked at")
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread of the tests
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, "--disable-component-update"])
        yield browser
        browser.close()


@pytest.fixture
def market(clock) -> hostile_market.Market:
    return hostile_market.market()


@pytest.fixture
def screen(market, looking) -> Callable[..., Screen]:
    """``screen("merchant", width=390, theme="dark", language="en")``: a page signed in as that kind of tenant."""
    clients: dict[str, Client] = {}

    def opened(kind: str, *, width: int = 1440, theme: str = "light", language: str = "zh-CN") -> Screen:
        clients[kind] = clients.get(kind) or market.client(kind)
        return looking(clients[kind], width=width, theme=theme, language=language)

    return opened


@pytest.fixture
def looking(chromium, live_server) -> Iterator[Callable[..., Screen]]:
    """``looking(client, width=390)``: the screen of whoever is signed in with ``client``; of a stranger with None."""
    contexts = []

    def opened(client: Client | None, *, width: int = 1440, theme: str = "light", language: str = "zh-CN") -> Screen:
        context = chromium.new_context(
            viewport={"width": width, "height": 844 if width < 800 else 900},
            locale=language,
            color_scheme=theme,
            reduced_motion="reduce",
            base_url=live_server.url,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        if client:
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return Screen(context.new_page(), live_server.url, theme=theme)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def screens(screen) -> Callable[[str], dict[str, Screen]]:
    """The same member at two screens: in Chinese on a phone, in English on a desk."""

    def opened(kind: str) -> dict[str, Screen]:
        return {"zh-CN": screen(kind, width=NARROWEST), "en": screen(kind, width=DESK, language="en")}

    return opened
