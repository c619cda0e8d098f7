"""Pickers: streamers, products, leaders and brands found by name, code and pinyin, of what one may see."""

import re

import pytest

from bases.models import Brand
from haowu.ground import pinyin
from haowu.tenants.models import Tenant
from tests import build
from tests.browser import browser, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
CODES = re.compile(r'data-code="([^"]+)"')


def found(client, path: str) -> list[str]:
    return CODES.findall(text(client.get(path)))


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.mark.parametrize(
    ("typed", "name", "is_found"),
    [
        ("lxm", "林小满", True),
        ("linxiaoman", "林小满", True),
        ("linxm", "林小满", True),
        ("xiaom", "林小满", True),
        ("LXM", "林小满", True),
        ("lmx", "林小满", False),
        ("linxiaomao", "林小满", False),
        ("zhongqing", "重庆火锅", True),
        ("chongqing", "重庆火锅", True),
        ("lv", "绿茶", True),
    ],
)
def test_a_name_is_found_by_its_syllables_or_their_first_letters(typed, name, is_found):
    assert bool(re.search(pinyin.pattern(typed), name)) is is_found


@pytest.mark.parametrize("typed", ["", "林", "a1", "i", "uvw", "x" * 33, "l.*"])
def test_what_is_no_pinyin_has_no_pattern(typed):
    assert pinyin.pattern(typed) == ""


class TestStreamers:
    @pytest.fixture(autouse=True)
    def people(self):
        for code, name in (("s1", "林小满"), ("s2", "阿禾在茶山"), ("tea-3", "老陈茶话")):
            build.streamer(code, name=name)

    @pytest.mark.parametrize(
        ("typed", "codes"),
        [
            ("林", ["s1"]),
            ("lxm", ["s1"]),
            ("茶", ["s2", "tea-3"]),
            ("茶 阿禾", ["s2"]),
            ("chahua lao", ["tea-3"]),
            ("tea", ["tea-3"]),
            ("没有这个人", []),
            ("%5B", []),
        ],
    )
    def test_all_words_match_in_any_order(self, merchant, typed, codes):
        assert sorted(found(browser(merchant), f"/pick/streamers/?q={typed}")) == codes

    def test_codes_are_shown_again_by_name(self, merchant):
        page = text(browser(merchant).get("/pick/streamers/?codes=s2,nobody"))
        assert CODES.findall(page) == ["s2"] and "阿禾在茶山" in page

    def test_they_are_not_shown_to_each_other_nor_to_strangers(self, client):
        assert browser(Tenant.objects.get(code="s1")).get("/pick/streamers/").status_code == 404
        assert client.get("/pick/streamers/").status_code == 302

    def test_eight_are_offered_at_most(self, merchant):
        for number in range(9):
            build.streamer(f"more{number}", name="茶客")
        assert len(found(browser(merchant), "/pick/streamers/?q=茶客")) == 8


def test_a_merchant_finds_its_own_products_and_others_what_is_listed(merchant):
    other = build.merchant("m2")
    build.product(merchant, "draft", listed=False)
    build.product(merchant, "shown")
    build.product(other, "theirs")
    build.product(other, "hidden", listed=False)
    assert sorted(found(browser(merchant), "/pick/products/")) == ["draft", "shown"]
    assert sorted(found(browser(build.leader("l1")), "/pick/products/")) == ["shown", "theirs"]


def test_leaders_and_brands_are_found_by_pinyin(merchant):
    build.leader("l1", name="小飞象团")
    Brand.objects.create(code="b1", name="青瓷坊")
    client = browser(merchant)
    assert found(client, "/pick/leaders/?q=xfx") == ["l1"]
    assert found(client, "/pick/brands/?q=qcf") == ["b1"]
