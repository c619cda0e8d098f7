"""One evening through the doors: clicks, orders with marks, the board, refunds, the report; each party its goods."""

from datetime import timedelta

import pytest

from commissions.orders.crediting import SALES
from haowu.tenants.models import Tenant
from haowu.tenants.scope import enter_scope
from streamers.clicks import upkeep
from streamers.clicks.storing import NewClick, store
from streamers.links import making
from streamers.live import running
from streamers.live.board import board_of
from streamers.live.clicks import clicks_of
from streamers.models import Click, LiveSession, SessionItem
from tests import build
from tests.browser import browser, words
from tests.live import AT, EIGHT, ELEVEN, offered, planned, sold

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def shop() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1", name="小禾")


class TestStory:
    """Pick → link → 40 clicks of 11 visitors → session → orders with marks → refunds → report."""

    @pytest.fixture
    def evening(self, shop, streamer, clock):
        clock("2024-07-05 12:00")
        tea, oil = offered(shop, "tea", streamer), offered(shop, "oil", streamer, stock=12)
        session = planned(streamer, "pid-tea", "pid-oil")
        link = making.make(streamer, "pid-tea", session.public_id, at=AT)
        running.start(session, at=EIGHT)
        running.present(session, session.items.get(product=tea).pk, at=EIGHT)
        minutes = [n % 3 for n in range(40)]
        store(NewClick(link.pk, n % 11, EIGHT + timedelta(minutes=minute)) for n, minute in enumerate(minutes))
        by = build.source()
        build.push(by, [sold("o1", "2024-06-20 20:05", tea, "pid-tea", session.public_id, "b1")])
        build.push(by, [sold("o2", "2024-06-20 20:14", tea, "pid-tea", session.public_id, "b2", 20_000)])
        build.push(by, [sold("o3", "2024-06-20 20:15", oil, "pid-oil", "", "b1", 5_000)])
        return session, link, by

    def test_the_board_while_it_runs(self, evening, streamer):
        session, link, _by = evening
        board = board_of(session, streamer, SALES, build.moment("2024-06-20 20:25"))
        assert (board.clicks, clicks_of(session, board.at)) == (11, {link.product_id: 11})
        assert Click.objects.count() > 11
        total = board.total
        assert (total.orders, total.buyers, total.paid, total.gmv_fen) == (3, 2, 3, 35_000)
        assert (total.estimate_fen, total.settled_fen, board.conversion_bps) == (6_300, 0, 2_727)
        assert [(f"{b.astimezone(EIGHT.tzinfo):%H:%M}", s.gmv_fen) for b, s in board.slices] == [
            ("20:00", 10_000), ("20:10", 25_000), ("20:20", 0),
        ]  # fmt: skip
        tea, oil = board.rows
        assert (tea.sold.gmv_fen, tea.left, tea.is_current, tea.is_nearly_out) == (30_000, 98, True, False)
        assert (oil.sold.gmv_fen, oil.left, oil.is_current, oil.is_nearly_out) == (5_000, 11, False, True)
        assert board.next_row == oil

    def test_the_report_after_refunds_and_the_night(self, evening, streamer):
        session, _link, by = evening
        running.end(session, at=ELEVEN)
        for number in ("o1", "o2", "o3"):
            build.push(by, [build.event("received", number, "2024-06-22 10:00")])
        build.push(by, [build.event("refunded", "o1", "2024-06-23 10:00", refund_no="r1", goods_fen=10_000)])
        build.settle("2024-06-30")
        build.push(by, [build.event("refunded", "o2", "2024-07-01 10:00", refund_no="r2", goods_fen=5_000)])
        build.settle("2024-07-02")
        board = board_of(session, streamer, SALES, build.moment("2024-07-02 12:00"))
        total = board.total
        assert (total.gmv_fen, total.kept_fen, total.refunded_fen) == (35_000, 20_000, 15_000)
        assert (total.paid, total.received, total.kept) == (3, 3, 2)
        assert (total.estimate_fen, total.settled_fen) == (6_300, 3_600)
        assert len(board.slices) == 19

    def test_the_merchant_sees_his_goods_and_a_stranger_nothing(self, evening, shop):
        session, *_rest = evening
        page = words(browser(shop).get(f"/sessions/{session.public_id}/"))
        assert "3 单，2 位买家，11 次点击" in page
        assert "晚场" in words(browser(shop).get("/sessions/"))
        other, stranger = build.merchant("m2"), build.streamer("s2")
        assert browser(other).get(f"/sessions/{session.public_id}/").status_code == 404
        assert "晚场" not in words(browser(other).get("/sessions/"))
        for address in (f"/live/{session.public_id}/", f"/live/{session.public_id}/goods/"):
            assert browser(stranger).get(address).status_code == 404
        enter_scope(other.pk)
        assert (LiveSession.objects.count(), SessionItem.objects.count()) == (0, 0)

    def test_a_leader_sees_what_came_by_his_activity(self, shop, streamer, clock):
        clock("2024-06-20 21:00")
        lead, by = build.leader("l1"), build.source()
        tea = build.product(shop, "tea")
        activity = build.activity(lead)
        build.enrolled(tea, activity, 2000, 600)
        build.pick(streamer, tea, "pid-tea", activity=activity)
        oil = offered(shop, "oil", streamer)
        session = planned(streamer, "pid-tea", "pid-oil")
        running.start(session, at=EIGHT)
        build.push(by, [sold("o1", "2024-06-20 20:05", tea, "pid-tea"), sold("o2", "2024-06-20 20:06", oil, "pid-oil")])
        seen = SALES.of_session(session, lead).total
        assert (seen.paid, seen.gmv_fen, seen.estimate_fen) == (1, 10_000, 540)
        paid = SALES.of_session(session, shop).total
        assert (paid.paid, paid.gmv_fen, paid.estimate_fen) == (2, 20_000, 4_600)
        assert "1 单" in words(browser(lead).get(f"/sessions/{session.public_id}/"))

    def test_the_clicks_stay_with_the_session_when_single_clicks_go(self, evening):
        session, link, _by = evening
        running.end(session, at=ELEVEN)
        upkeep.keep_up(at=build.moment("2024-07-30 00:02"))
        session.refresh_from_db()
        assert not Click.objects.exists()
        assert clicks_of(session, AT)[link.product_id] == 11
