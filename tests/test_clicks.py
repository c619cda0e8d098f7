"""Clicks on share links: who counts, once within half an hour, in any order; nobody learns who clicked."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haowu.ground import days
from haowu.tenants.scope import enter_scope
from streamers.clicks import door, upkeep, visitors, waiting
from streamers.clicks.counting import counted
from streamers.clicks.storing import NewClick, store
from streamers.links import making
from streamers.models import Click, Link, LinkDay, ListingFigures, VisitorSecret
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "clicks_alone")]

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0"
NOON = build.moment("2024-06-20 12:00")
CLICKS = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 100)), min_size=1, max_size=12)
"""``(visitor, minute)``"""


@pytest.fixture
def clicks_alone():
    """A stream of this test's own; what processes remember of links and secrets is forgotten."""
    memory = waiting.client()
    memory.delete(waiting.STREAM)
    door._kept.clear()
    visitors._secret_of.cache_clear()
    yield
    memory.delete(waiting.STREAM)


@pytest.fixture
def link() -> Link:
    return made("s1", "nut")


def made(streamer: str, code: str, sub_id: str = "") -> Link:
    goods = build.product(build.merchant(), code)
    build.normal_plan(goods, 2000)
    seller = build.streamer(streamer)
    pick = build.pick(seller, goods, f"pid-{streamer}")
    return making.make(seller, pick.pid, sub_id, at=NOON)


def click(link: Link, address: str = "1.2.3.4", browser: str = IPHONE, **headers: str):
    return Client(headers={"user-agent": browser} | headers).get(f"/s/{link.code}", REMOTE_ADDR=address)


def counts(link: Link) -> tuple[int, int]:
    """Clicks and visitors of all days."""
    while waiting.store_waiting():
        pass
    rows = LinkDay.objects.filter(link=link)
    return sum(row.clicks for row in rows), sum(row.visitors for row in rows)


@pytest.mark.parametrize(
    ("minutes", "which"),
    [([0], [0]), ([0, 29], [0]), ([0, 30], [0, 30]), ([0, 10, 30, 40], [0, 30]), ([0, 20, 40, 60], [0, 40]), ([], [])],
)
def test_the_same_visitor_counts_once_within_half_an_hour(minutes, which):
    assert counted(NOON + timedelta(minutes=each) for each in minutes) == {
        NOON + timedelta(minutes=each) for each in which
    }


def test_a_click_leads_to_the_product_with_its_pid_and_mark_and_is_never_cached(clock):
    marked = made("s1", "nut", "粉丝群 1")
    answer = click(marked)
    assert (answer.status_code, answer["Cache-Control"]) == (302, "no-store")
    assert answer.url == f"/g/{marked.product.public_id}?pid=pid-s1&sub_id=%E7%B2%89%E4%B8%9D%E7%BE%A4+1"
    assert counts(marked) == (1, 1)


def test_visitors_are_told_apart_by_address_and_browser_and_repeated_clicks_count_once(link, clock):
    for address in ("1.2.3.4", "1.2.3.4", "1.2.3.5"):
        click(link, address)
    click(link, browser=IPHONE.replace("17_0", "16_2"))
    clock("2024-06-20 14:29")
    click(link)
    assert counts(link) == (3, 3)
    clock("2024-06-20 14:30")
    click(link)
    assert counts(link) == (4, 3)


@pytest.mark.parametrize("browser", ["Googlebot/2.1", "Baiduspider", "curl/8.0", "python-requests/2.31", "", "  "])
def test_crawlers_and_programs_are_led_on_and_not_counted(link, browser):
    assert click(link, browser=browser).status_code == 302
    assert counts(link) == (0, 0)


def test_what_is_fetched_ahead_or_only_asked_about_is_not_counted(link):
    assert click(link, **{"sec-purpose": "prefetch;prerender"}).status_code == 302
    assert Client(headers={"user-agent": IPHONE}).head(f"/s/{link.code}").status_code == 302
    assert counts(link) == (0, 0)


@pytest.mark.parametrize("code", ["ABCDEFGHJ", "0OIl", "ABCDEFGHJ/more", "%00", "../"])
def test_a_code_that_is_none_is_not_found(code):
    assert Client(headers={"user-agent": IPHONE}).get(f"/s/{code}").status_code == 404
    assert not Click.objects.exists()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(clicks=CLICKS, data=st.data())
def test_clicks_in_any_order_in_any_sets_and_repeated_give_the_same_counts(market_of_links, clicks, data):
    link = next(market_of_links)
    arrived = data.draw(st.permutations(clicks + data.draw(st.lists(st.sampled_from(clicks), max_size=4))))
    cut = data.draw(st.integers(0, len(arrived)))
    for part in (arrived[:cut], arrived[cut:]):
        store(NewClick(link.pk, visitor, NOON + timedelta(minutes=minute)) for visitor, minute in part)
    of = {visitor: [NOON + timedelta(minutes=m) for v, m in clicks if v == visitor] for visitor, _minute in clicks}
    right = sum(len(counted(moments)) for moments in of.values())
    assert counts(link) == (right, len(of))
    rows = Click.objects.filter(link=link)
    assert (rows.count(), rows.counted().count()) == (len(set(clicks)), right)


@pytest.fixture
def market_of_links():
    """Links without end, of one pick each with a mark of its own."""
    first = made("s1", "nut")

    def endless():
        number = 0
        while True:
            number += 1
            yield making.make(first.streamer, first.pick.pid, f"mark {number}", at=NOON)

    return endless()


def test_a_day_ends_at_midnight_in_shanghai(link):
    store(
        [NewClick(link.pk, 7, build.moment("2024-06-20 23:50")), NewClick(link.pk, 7, build.moment("2024-06-21 00:05"))]
    )
    assert list(LinkDay.objects.order_by("day").values_list("clicks", flat=True)) == [1, 1]


def test_what_a_killed_worker_had_read_is_stored_by_another(link, monkeypatch):
    click(link)
    monkeypatch.setattr(waiting, "store", lambda clicks: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        waiting.store_waiting()
    monkeypatch.undo()
    monkeypatch.setattr(waiting, "ABANDONED_MS", 0)
    assert waiting.store_waiting() == 1
    assert LinkDay.objects.get().clicks == 1
    assert waiting.client().xlen(waiting.STREAM) == 0


def test_a_set_that_was_stored_and_not_acknowledged_counts_once(link):
    clicks = [NewClick(link.pk, 1, NOON), NewClick(link.pk, 2, NOON)]
    assert (store(clicks), store(clicks)) == (2, 0)
    assert counts(link) == (2, 2)


def test_while_redis_does_not_answer_the_click_leads_on_and_is_stored_at_once(link, settings, monkeypatch):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    monkeypatch.setattr(waiting, "_away_until", 0.0)
    assert click(link).status_code == 302
    assert LinkDay.objects.get().clicks == 1


def test_no_address_is_kept_anywhere_and_yesterdays_keys_cannot_be_made_again(link, clock):
    click(link, "203.0.113.77")
    assert b"203.0.113" not in repr(waiting.client().xrange(waiting.STREAM)).encode()
    counts(link)
    today = days.day_of(days.now())
    key = Click.objects.get().visitor
    assert visitors.visitor_key(today, "203.0.113.77", IPHONE) == key
    assert visitors.forget_old(today + days.ONE_DAY) == 1
    assert not VisitorSecret.objects.exists()
    assert visitors.visitor_key(today, "203.0.113.77", IPHONE) != key


def test_a_stranger_sees_no_click_and_no_count(link):
    store([NewClick(link.pk, 1, NOON)])
    stranger, owner, shop = build.streamer("s2"), link.streamer, link.product.merchant
    for tenant, seen in ((stranger, 0), (owner, 1), (shop, 1)):
        enter_scope(tenant.pk)
        assert LinkDay.objects.count() == seen
        assert (Click.objects.count(), VisitorSecret.objects.count()) == (0, 0)
        assert Link.objects.count() == (1 if tenant == owner else 0)


def test_a_day_of_clicks_is_a_partition_and_goes_when_it_is_old(link, clock):
    store([NewClick(link.pk, 1, NOON - timedelta(days=40)), NewClick(link.pk, 1, NOON)])
    upkeep.keep_up(at=build.moment("2024-06-21 00:02"))
    assert [row.day.isoformat() for row in Click.objects.all()] == ["2024-06-20"]
    assert LinkDay.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('streamers_click_20240511'), to_regclass('streamers_click_20240620')::text")
        assert cursor.fetchone() == (None, "streamers_click_20240620")


def test_clicks_of_thirty_days_stand_beside_the_sales_of_a_product(link):
    store(NewClick(link.pk, visitor, NOON - timedelta(days=age)) for visitor, age in ((1, 0), (2, 3), (3, 29), (4, 30)))
    upkeep.keep_up(at=build.moment("2024-06-21 00:02"))
    assert ListingFigures.objects.get(product=link.product).clicks_30d == 2 + 1
    upkeep.keep_up(at=build.moment("2024-09-21 00:02"))
    assert ListingFigures.objects.get(product=link.product).clicks_30d == 0


def test_only_the_platform_makes_and_drops_days(link):
    enter_scope(link.streamer.pk)
    for act in ("click_partition", "drop_click_partitions"):
        refused = pytest.raises(DatabaseError, match="clicks are the platform's")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {act}('2024-06-20')")
