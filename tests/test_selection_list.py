"""How the selection list moves: what it asks of the database, what htmx gets, and how soon a change is seen."""

import pytest

from haowu.tenants.models import Tenant
from merchants.models import Category, Plan, Product
from streamers.centre import lexicon, sync
from tests import build
from tests.browser import browser, text
from tests.test_pages_selection import codes, offered, selection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1", name="小禾")


BESIDE = 4
"""What the test adds: the client's scope, set and reset; a savepoint and its release in place of the transaction."""


@pytest.mark.parametrize(
    ("query", "whole", "fragment", "next_page"), [("", 11, 10, 8), ("q=nut", 10, 9, 8), ("category=leaf", 10, 9, 8)]
)
def test_the_list_asks_at_most_twelve_questions_however_long_it_is(
    merchant, streamer, django_assert_max_num_queries, query, whole, fragment, next_page
):
    """The front page asks for its tiles and for the list of what suits him; what moves in place for no menu."""
    client, moved = browser(streamer), {"hx-request": "true", "hx-request-type": "partial"}
    leaf = Category.objects.create(code="leaf", name="坚果", level=1)
    for number in range(30):
        product = offered(merchant, f"nut-{number}")
        if number % 2:
            build.listed_plan(product, "item_targeted", {streamer: 1800})
        Product.objects.filter(pk=product.pk).update(category=leaf)
        if number in (1, 29):
            sync.in_step()
            lexicon.recount()
            client.get(f"/selection/?{query}")
            uncounted = 1 if number == 1 else 0  # only a list that goes on is counted
            with django_assert_max_num_queries(whole - uncounted + BESIDE):
                page = client.get(f"/selection/?{query}")
            with django_assert_max_num_queries(fragment - uncounted + BESIDE):
                client.get(f"/selection/?{query}", headers=moved)
    with django_assert_max_num_queries(next_page + BESIDE):
        client.get(f"/selection/?{query}&after={page.context['next_cursor']}", headers=moved)


def test_what_htmx_asks_for_is_the_list_alone_and_then_the_goods_that_follow(merchant, streamer):
    for number in range(30):
        offered(merchant, f"p{number}")
    moved = {"hx-request": "true", "hx-request-type": "partial"}
    page = selection(streamer, "sort=rate")
    part = browser(streamer).get("/selection/?sort=rate", headers=moved)
    assert codes(part) == codes(page) and "<html" in text(page) and "<html" not in text(part)
    assert 'id="rail" hx-swap-oob="true"' in text(part) and 'id="rail" hx-swap-oob' not in text(page)
    after = part.context["next_cursor"]
    following = browser(streamer).get(f"/selection/?sort=rate&after={after}", headers=moved)
    assert len(codes(following)) == 6 and not set(codes(following)) & set(codes(page))
    assert text(following).lstrip().startswith('<li class="good"') and "list-head" not in text(following)
    restored = {"hx-request": "true", "hx-request-type": "full", "hx-history-restore-request": "true"}
    assert "<html" in text(browser(streamer).get("/selection/?sort=rate", headers=restored))


def test_what_leaves_is_gone_and_a_new_price_is_shown_on_the_next_look(merchant, streamer):
    """The merchant's request brings the listing in step before it commits: nothing runs in between."""
    gone, dearer = offered(merchant, "gone"), offered(merchant, "dearer")
    sync.in_step()
    looking, selling = browser(streamer), browser(merchant)
    assert set(codes(looking.get("/selection/"))) == {"gone", "dearer"}
    selling.post(f"/products/{gone.public_id}/delisting/")
    plan = Plan.objects.get(product=dearer)
    selling.post(f"/plans/{plan.public_id}/rate/", {"rate": "25"})
    (card,) = looking.get("/selection/").context["rows"]
    assert (card.code, card.bps) == ("dearer", 2500)
