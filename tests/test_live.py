"""Live sessions: planned, run, watched; a line belongs to one at most; each party sees the part of its goods."""

from datetime import timedelta

import pytest

from bases import booking
from commissions.orders.crediting import SALES
from haowu.demo import rehearsal
from haowu.ground.states import MoveRefused
from haowu.tenants.models import Tenant
from streamers import shelf
from streamers.clicks import waiting
from streamers.links import making
from streamers.live import planning, refusals, running
from streamers.live.board import board_of
from streamers.live.clicks import clicks_of
from streamers.live.planning import NewItem
from streamers.models import Link, LiveSession, SessionItem
from tests import build
from tests.bases import base
from tests.browser import browser, shown_messages, text, words
from tests.casework import audit_is_clean
from tests.live import AT, EIGHT, ELEVEN, offered, planned, sold

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def shop() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1", name="小禾")


def order(session: LiveSession) -> list[str]:
    return list(SessionItem.objects.of_session(session).order_by("position").values_list("product__code", flat=True))


class TestPlanning:
    @pytest.mark.parametrize(
        ("begin", "length"),
        [("2024-06-20 20:00", 9), ("2024-06-20 20:00", 721), ("2024-06-20 13:00", 60), ("2024-08-20 20:00", 60)],
    )
    def test_windows_that_are_none_are_refused(self, streamer, begin, length):
        begins_at = build.moment(begin)
        with pytest.raises(refusals.SessionWindowInvalid):
            planning.plan(streamer, "晚场", begins_at, begins_at + timedelta(minutes=length), at=AT)
        assert not LiveSession.objects.exists()

    def test_a_room_is_a_booking_of_ones_own_that_spans_the_session(self, streamer):
        room = booking.open_room(base("b1").base, "1 号间")
        mine = booking.book(room, streamer, EIGHT, ELEVEN, at=AT)
        assert planning.plan(streamer, "晚场", EIGHT, ELEVEN, booking=mine, at=AT).booking == mine
        late = ELEVEN + timedelta(minutes=1)
        theirs = booking.book(room, build.streamer("s2"), ELEVEN, ELEVEN + timedelta(hours=1), at=AT)
        for window, booked in (((EIGHT, late), mine), ((ELEVEN, late + timedelta(minutes=20)), theirs)):
            with pytest.raises(refusals.BookingUnfit):
                planning.plan(streamer, "晚场", *window, booking=booked, at=AT)
        booking.cancel(mine, streamer, at=AT)
        with pytest.raises(refusals.BookingUnfit):
            planning.plan(streamer, "晚场", EIGHT, ELEVEN, booking=mine, at=AT)
        assert LiveSession.objects.count() == 1

    def test_each_good_has_its_own_answer(self, shop, streamer):
        offered(shop, "tea", streamer)
        gone = offered(shop, "oil", streamer)
        shelf.unpick(streamer, gone, at=AT)
        session = planned(streamer)
        wishes = [NewItem("pid-tea", 5), NewItem("pid-tea"), NewItem("pid-oil"), NewItem("none")]
        made, *others = planning.add_items(session, wishes, at=AT)
        assert (made.position, made.minutes) == (1, 5)
        assert [each.code for each in others] == ["ALREADY_IN_SESSION", "NOT_ON_SHELF", "NOT_ON_SHELF"]
        assert order(session) == ["tea"]

    def test_goods_are_moved_changed_and_removed(self, shop, streamer):
        for code in ("a", "b", "c"):
            offered(shop, code, streamer)
        session = planned(streamer, "pid-a", "pid-b", "pid-c")
        a, b, c = SessionItem.objects.order_by("position")
        planning.move_item(session, c.pk, 1)
        assert order(session) == ["c", "a", "b"]
        planning.move_item(session, c.pk, 99)
        assert order(session) == ["a", "b", "c"]
        planning.remove_item(session, b.pk)
        planning.change_item(session, a.pk, minutes=30, points="一\n\n二")
        a.refresh_from_db()
        assert (order(session), a.minutes, a.selling_points) == (["a", "c"], 30, ["一", "二"])
        with pytest.raises(refusals.ItemGone):
            planning.move_item(session, b.pk, 1)

    def test_what_is_over_is_not_changed(self, shop, streamer):
        offered(shop, "tea", streamer)
        session = planned(streamer, "pid-tea")
        planning.cancel(session)
        for act in (
            lambda: planning.add_items(session, [NewItem("pid-tea")], at=AT),
            lambda: planning.remove_item(session, session.items.get().pk),
        ):
            with pytest.raises(refusals.SessionOver):
                act()
        with pytest.raises(MoveRefused):
            running.start(session, at=AT)
        assert order(session) == ["tea"]


class TestCrediting:
    def test_a_line_belongs_to_the_session_that_ran_when_it_was_ordered(self, shop, streamer, clock):
        clock("2024-06-22 12:00")
        tea, by = offered(shop, "tea", streamer), build.source()
        session = planned(streamer, "pid-tea")
        running.start(session, at=EIGHT)
        running.end(session, at=ELEVEN)
        moments = ("2024-06-20 19:59:59", "2024-06-20 20:00:00", "2024-06-20 22:59:59", "2024-06-20 23:00:00")
        build.push(by, [sold(f"o{n}", at, tea, "pid-tea") for n, at in enumerate(moments)])
        assert SALES.of_session(session, streamer).total.paid == 2

    def test_a_mark_names_its_session_before_the_clock_does(self, shop, streamer, clock):
        clock("2024-06-22 12:00")
        tea, by = offered(shop, "tea", streamer), build.source()
        first = planned(streamer, "pid-tea", hours=1)
        second = planned(streamer, "pid-tea", starts_at=EIGHT + timedelta(hours=2), hours=1)
        for session in (first, second):
            running.start(session, at=session.starts_at)
            running.end(session, at=session.ends_at)
        of_first, of_second = first.public_id, second.public_id
        build.push(by, [sold("plain", "2024-06-20 20:10", tea, "pid-tea")])
        build.push(by, [sold("named", "2024-06-20 20:20", tea, "pid-tea", of_second)])
        build.push(by, [sold("later", "2024-06-21 09:00", tea, "pid-tea", of_first)])
        build.push(by, [sold("other", "2024-06-20 22:30", tea, "pid-tea", "群 1")])
        paid = [SALES.of_session(session, streamer).total.paid for session in (first, second)]
        assert (paid, audit_is_clean()) == ([2, 2], True)

    def test_a_mark_of_anothers_session_names_none(self, shop, streamer, clock):
        clock("2024-06-22 12:00")
        other = build.streamer("s2")
        tea, by = offered(shop, "tea", streamer), build.source()
        build.pick(other, tea, "pid-other")
        mine, theirs = planned(streamer, "pid-tea"), planned(other, "pid-other")
        for session in (mine, theirs):
            running.start(session, at=EIGHT)
        build.push(by, [sold("o1", "2024-06-20 20:10", tea, "pid-tea", theirs.public_id)])
        assert SALES.of_session(mine, streamer).total.paid == 1
        assert SALES.of_session(theirs, other).total.paid == 0

    def test_two_real_sessions_of_a_streamer_never_overlap(self, shop, streamer):
        offered(shop, "tea", streamer)
        first, second = planned(streamer, "pid-tea"), planned(streamer, "pid-tea")
        running.start(first, at=EIGHT)
        with pytest.raises(refusals.AnotherSessionLive):
            running.start(second, at=ELEVEN)
        running.end(first, at=ELEVEN)
        with pytest.raises(refusals.AnotherSessionLive):
            running.start(second, at=EIGHT + timedelta(hours=1))
        second.refresh_from_db()
        assert (second.status, second.started_at) == ("planned", None)
        running.start(second, at=ELEVEN)


class TestPages:
    def test_a_session_is_planned_filled_started_and_ended(self, shop, streamer, clock):
        tea, client = offered(shop, "tea", streamer), browser(streamer)
        sent = {"title": "晚场", "starts_at": "2024-06-20T20:00", "minutes": "180", "booking": ""}
        answer = client.post("/live/new/", sent)
        session = LiveSession.objects.get()
        assert (session.starts_at, session.ends_at, answer.url) == (EIGHT, ELEVEN, f"/live/{session.public_id}/goods/")
        assert tea.public_id in text(client.get(answer.url))
        client.post(answer.url, {"product": tea.public_id})
        at = f"/live/{session.public_id}/"
        assert "还空 170 分钟" in words(client.get(at))
        clock("2024-06-20 20:00")
        client.post(f"{at}start/")
        item = session.items.get()
        client.post(f"{at}items/{item.pk}/presentation/")
        page = text(client.get(at))
        assert 'hx-trigger="every 3s"' in page
        part = text(client.get(at, headers={"HX-Request": "true"}))
        assert part.lstrip().startswith("<div")
        assert "正在讲" in part
        clock("2024-06-20 23:00")
        client.post(f"{at}end/")
        session.refresh_from_db()
        assert (session.status, session.started_at, session.ended_at) == ("ended", EIGHT, ELEVEN)
        assert "hx-trigger" not in text(client.get(at))

    def test_a_window_that_is_none_says_so_on_the_form(self, streamer):
        sent = {"title": "晚场", "starts_at": "2024-06-19T20:00", "minutes": "60", "booking": ""}
        assert "还没结束" in words(browser(streamer).post("/live/new/", sent))
        assert not LiveSession.objects.exists()

    def test_links_of_a_session_name_it(self, shop, streamer):
        offered(shop, "tea", streamer)
        session = planned(streamer, "pid-tea")
        answer = browser(streamer).post(f"/live/{session.public_id}/links/", follow=True)
        assert shown_messages(answer) == ["1 条链接好了。"]
        assert Link.objects.get().sub_id == session.public_id

    def test_pages_ask_few_questions(self, shop, streamer, django_assert_max_num_queries):
        for code in "abcdef":
            offered(shop, code, streamer)
        session = planned(streamer, *(f"pid-{code}" for code in "abcdef"))
        client = browser(streamer)
        client.get("/live/")
        for address in ("/live/", f"/live/{session.public_id}/"):
            client.get(address)
            with django_assert_max_num_queries(22):
                client.get(address)

    def test_only_a_demo_can_rehearse(self, shop, streamer):
        offered(shop, "tea", streamer)
        session = planned(streamer, "pid-tea")
        browser(streamer).post(f"/live/{session.public_id}/rehearsal/")
        session.refresh_from_db()
        assert session.status == "planned"


def test_a_played_session_sells_through_the_real_doors_and_ends_by_itself(shop, streamer):
    offered(shop, "tea", streamer, stock=1_000)
    session = planned(streamer, "pid-tea")
    making.make(streamer, "pid-tea", session.public_id, at=AT)
    running.start(session, at=AT)
    waiting.client().delete(waiting.STREAM)
    turns = [rehearsal.play_turn(session.pk, n, at=AT + timedelta(seconds=3 * n)) for n in range(1, 13)]
    while waiting.store_waiting():
        pass
    at = AT + timedelta(minutes=2)
    board = board_of(session, streamer, SALES, at)
    assert turns == [True] * 12
    assert board.clicks == sum(clicks_of(session, at).values()) >= 12 * rehearsal.VISITORS[0]
    assert 0 < board.total.orders < board.clicks
    assert rehearsal.play_turn(session.pk, rehearsal.TURNS + 1, at=at) is False
    session.refresh_from_db()
    assert (session.status, rehearsal.play_turn(session.pk, 1, at=at)) == ("ended", False)
