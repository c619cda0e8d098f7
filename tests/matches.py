"""A market for matches: three streamers who sell teas, two who sell lamps, one with a single tea; and what is found."""

from collections.abc import Callable

import pytest

from haowu.tenants.models import Tenant
from merchants.models import Category, Product
from streamers.centre import sync
from streamers.centre.conditions import Looker
from streamers.centre.filters import FOR_YOU, Filters
from streamers.centre.search import find
from streamers.matching import training
from streamers.models import MatchModel
from tests import build
from tests.browser import NOW

TEA, LAMP = "茶具", "灯饰"


@pytest.fixture
def leaves() -> dict[str, Category]:
    found = {}
    for name in (TEA, LAMP):
        top = Category.objects.create(code=name, name=name, level=1)
        middle = Category.objects.create(code=f"{name}/{name}", name=name, level=2, parent=top)
        found[name] = Category.objects.create(code=f"{name}/{name}/{name}", name=name, level=3, parent=middle)
    return found


@pytest.fixture
def goods(leaves) -> dict[str, Product]:
    """Six of tea, six of lamps, of one shop, each at 20%."""
    merchant = build.merchant("m1", name="山野集")
    made = {}
    for letter, name in (("t", TEA), ("l", LAMP)):
        for number in range(6):
            product = build.product(merchant, f"{letter}{number}", price_fen=10_000)
            Product.objects.filter(pk=product.pk).update(
                category=leaves[name], title=f"{name} {number} 号", listed_at=build.moment("2024-01-01 00:00")
            )
            build.normal_plan(product, 2000)
            made[product.code] = product
    sync.in_step()
    return made


def picked(streamer: Tenant, goods: dict[str, Product], *codes: str, at: str = "2024-05-30 12:00") -> Tenant:
    for code in codes:
        build.pick(streamer, goods[code], f"{streamer.code}-{code}", at=build.moment(at))
    return streamer


@pytest.fixture
def market(goods) -> dict[str, Product]:
    """Three streamers sell the first three teas together, two others only lamps."""
    for number in range(3):
        picked(build.streamer(f"tea-{number}"), goods, "t0", "t1", "t2")
    for number in range(2):
        picked(build.streamer(f"lamp-{number}"), goods, "l0", "l1")
    return goods


@pytest.fixture
def learn(clock) -> Callable[..., MatchModel]:
    def train(at: str = NOW) -> MatchModel:
        for _progress in training.train(at=clock(at)):
            pass
        return MatchModel.objects.served().get()

    return train


@pytest.fixture
def mine(market) -> Tenant:
    """One tea on his shelf: what others have beside it goes with it."""
    return picked(build.streamer("s1", name="小禾"), market, "t0")


def looker(streamer: Tenant, at: str = NOW) -> Looker:
    return Looker(streamer, build.moment(at), 1000)


def found(streamer: Tenant, at: str = NOW, **filters) -> list[str]:
    """All pages of the sort, by product code."""
    codes: list[str] = []
    cursor = ""
    while True:
        page = find(looker(streamer, at), Filters(sort=FOR_YOU, **filters), cursor=cursor, size=3)
        codes += [card.code for card in page.cards]
        if page.next_cursor is None:
            return codes
        cursor = page.next_cursor


def reasons(streamer: Tenant, **filters) -> dict[str, str | None]:
    cards = find(looker(streamer), Filters(sort=FOR_YOU, **filters), size=100).cards
    return {card.code: card.why.text if card.why else None for card in cards}
