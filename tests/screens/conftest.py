"""A real browser on a real server, signed in as a member of the market of ``tests.hostile_market``."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from tests import hostile_market
from tests.screens.seen import Screen

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


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
def screen(chromium, live_server, market) -> Iterator[Callable[..., Screen]]:
    """``screen("merchant", width=390, theme="dark", language="en")``: a page signed in as that kind of tenant."""
    contexts = []

    def opened(kind: str, *, width: int = 1440, theme: str = "light", language: str = "zh-CN") -> Screen:
        context = chromium.new_context(
            viewport={"width": width, "height": 844 if width < 800 else 900},
            locale=language,
            color_scheme=theme,
            reduced_motion="reduce",
            base_url=live_server.url,
        )
        contexts.append(context)
        client: Client = market.client(kind)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return Screen(context.new_page(), live_server.url)

    yield opened
    for context in contexts:
        context.close()
