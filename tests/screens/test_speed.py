"""How soon a phone shows something: a slow processor, a slow network, nothing kept from before.

What a processor takes depends on who else works on the machine, so the times are judged with CAMPAIGN=1 alone; what
they come from, one style sheet in the way and little weight, is judged on every page of the crawl.
"""

import pytest

from tests import campaign
from tests.screens.crawling import FIRST_PAINT_MS
from tests.screens.seen import Screen

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("screens"),
    pytest.mark.skipif(campaign.SCALE < 1, reason="times of a machine that works alone: CAMPAIGN=1"),
]
PAGES = [
    ("streamer", "/selection/"),
    ("streamer", "/shelf/"),
    ("streamer", "/earnings/"),
    ("merchant", "/dashboard/"),
    ("merchant", "/products/"),
    ("tuanzhang", "/levels/"),
]


def slowed(seen: Screen) -> Screen:
    """Four times slower, on what browsers call fast 3G: 1.44 Mbit/s down, an answer after 0.56 s at the earliest."""
    session = seen.page.context.new_cdp_session(seen.page)
    slow = {"latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", {"offline": False} | slow)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    return seen


@pytest.mark.parametrize(("kind", "path"), PAGES)
def test_the_first_paint_on_a_slow_phone_comes_within_two_seconds(kind, path, screen, record_property):
    seen = slowed(screen(kind, width=390))
    seen.open("/healthz")
    seen.open(path)
    painted = seen.first_paint()
    record_property("first_paint_ms", painted)
    print(f"{path}: first paint after {painted:.0f} ms")
    assert painted <= FIRST_PAINT_MS
