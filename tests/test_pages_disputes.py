"""Disputes on the console: raised from a line, seen by both sides with deadline and trail, taken back."""

import pytest

from commissions.cases import disputes, holds
from commissions.models import Dispute, OrderLine
from haowu.tenants.models import Tenant
from tests import build
from tests.browser import NOW, browser, chinese_left, text
from tests.casework import balance, everything, open_market, sell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def books():
    """o1 settled at 12.50 (net 11.25) on 9 June, o2 waits."""
    market = open_market()
    sell(market, "o1", "2024-06-01 12:00")
    sell(market, "o2", "2024-06-15 12:00")
    build.settle("2024-06-09")


def party(code: str) -> Tenant:
    return Tenant.objects.get(code=code)


def page_of(order_no: str) -> str:
    return f"/orders/lines/{OrderLine.objects.get(order_no=order_no).pk}/"


def asked(against: str, reason: str = "货不对版，见聊天记录") -> dict[str, str]:
    return {"against": party(against).public_id, "reason": reason}


def raised(claimant: str = "m1", against: str = "s1", order_no: str = "o1") -> Dispute:
    line = OrderLine.objects.get(order_no=order_no)
    sides = {"claimant": party(claimant), "against": party(against)}
    by = build.member(party(claimant))
    return disputes.open_dispute(line, **sides, reason="货不对版", by=by, at=build.moment(NOW))


def test_a_settled_line_is_disputed_from_its_page_and_the_other_sides_net_is_frozen(books):
    client = browser(party("m1"))
    page = text(client.get(page_of("o1")))
    assert "没有暂缓，也没有争议。" in page and "2024-07-09 之前可以发起" in page
    form = text(client.get(page_of("o1") + "dispute/"))
    assert "对方在这一行的净所得会被冻结" in form and "s1（达人）" in form and "m1（" not in form
    answer = client.post(page_of("o1") + "dispute/", asked("s1"))
    case = Dispute.objects.get()
    assert answer.url == f"/disputes/{case.public_id}/"
    assert (case.claimant.code, case.respondent.code, case.amount_fen, case.frozen_fen) == ("m1", "s1", 1125, 1125)
    assert (balance("available"), balance("frozen")) == (0, 1125)
    shown = text(client.get(answer.url))
    for each in ("处理中", "货不对版，见聊天记录", "¥11.25", "最迟 2024-07-05 14:00 裁定", "发起"):
        assert each in shown


def test_a_line_that_waits_is_kept_waiting_and_says_until_when(books):
    client = browser(party("s1"))
    client.post(page_of("o2") + "dispute/", asked("m1"))
    case = Dispute.objects.get()
    assert (case.amount_fen, case.frozen_fen, case.hold.kind) == (0, 0, "DISPUTE")
    page = text(browser(party("m1")).get(page_of("o2")))
    for each in ("争议处理中", "最迟 2024-07-05 14:00 解除，当晚结算", "s1 对 m1 的所得有异议"):
        assert each in page


def test_a_hold_by_staff_shows_its_deadline_and_keeps_its_reason_to_the_platform(books):
    line = OrderLine.objects.get(order_no="o2")
    until = build.moment("2024-06-28 18:00")
    holds.hold_line(line, "疑似自买自卖", by=build.staff(), at=build.moment(NOW), until=until)
    for each in ("s1", "m1"):
        page = text(browser(party(each)).get(page_of("o2")))
        assert "2024-06-20 14:00 起，最迟 2024-06-28 18:00 解除" in page
        assert "疑似自买自卖" not in page


def test_the_respondent_sees_the_case_and_where_its_money_is(books):
    case = raised()
    client = browser(party("s1"))
    page = text(client.get("/earnings/"))
    for shown in (f"/disputes/{case.public_id}/", "o1 / 1", "到 2024-07-05 14:00 没有裁定就自动解冻"):
        assert shown in page
    page = text(client.get(f"/disputes/{case.public_id}/"))
    assert "货不对版" in page and "撤回争议" not in page
    assert [row.public_id for row in client.get("/disputes/").context["rows"]] == [case.public_id]


def test_a_claimant_is_not_told_what_only_the_respondent_may_know(books):
    """A streamer does not learn a leader's net by disputing it; here the merchant's, which is nothing."""
    case = raised("s1", "m1", "o2")
    assert "争议金额" not in text(browser(party("s1")).get(f"/disputes/{case.public_id}/"))
    assert "争议金额" in text(browser(party("m1")).get(f"/disputes/{case.public_id}/"))


def test_the_claimant_takes_it_back_with_a_reason_and_everything_is_released(books):
    case = raised()
    client = browser(party("m1"))
    before = everything()
    refused = text(client.post(f"/disputes/{case.public_id}/retraction/", {"reason": ""}))
    assert "该字段是必填项" in refused and everything() == before
    client.post(f"/disputes/{case.public_id}/retraction/", {"reason": "已经说清"})
    assert (balance("available"), balance("frozen")) == (1125, 0)
    page = text(client.get(f"/disputes/{case.public_id}/"))
    assert "已撤回" in page and "已经说清" in page and "撤回争议" not in page
    again = text(client.post(f"/disputes/{case.public_id}/retraction/", {"reason": "再撤"}))
    assert "该事项已结束" in again


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": ""}, "该字段是必填项"),
        ({"against": "nobody"}, "选择一个有效的选项"),
        ({"against": ""}, "该字段是必填项"),
    ],
)
def test_what_cannot_be_disputed_is_refused_in_words_and_nothing_is_frozen(books, fields, said):
    client, before = browser(party("m1")), everything()
    assert said in text(client.post(page_of("o1") + "dispute/", asked("s1") | fields))
    assert everything() == before


def test_a_second_dispute_of_the_same_is_refused_and_after_thirty_days_none_is_offered(books, clock):
    raised()
    client, other = browser(party("m1")), browser(party("s1"))
    before = everything()
    assert "正在处理中" in text(client.post(page_of("o1") + "dispute/", asked("s1")))
    clock("2024-07-09 00:00")
    assert "结算超过 30 天，不能再发起争议" in text(client.get(page_of("o1")))
    assert "超过 30 天不能再发起争议" in text(other.post(page_of("o1") + "dispute/", asked("m1")))
    assert everything() == before


class TestWhoMay:
    def test_a_stranger_finds_neither_line_nor_case(self, books):
        case, stranger = raised(), browser(build.merchant("m2"))
        before = everything()
        for path in (page_of("o1"), page_of("o1") + "dispute/", f"/disputes/{case.public_id}/"):
            assert stranger.get(path).status_code == 404
        assert stranger.post(page_of("o1") + "dispute/", asked("s1")).status_code == 404
        retraction = stranger.post(f"/disputes/{case.public_id}/retraction/", {"reason": "x"})
        assert retraction.status_code == 404
        assert stranger.get("/disputes/").context["rows"] == []
        assert everything() == before

    def test_the_respondent_does_not_take_it_back(self, books):
        case, client = raised(), browser(party("s1"))
        before = everything()
        answer = client.post(f"/disputes/{case.public_id}/retraction/", {"reason": "不是我"})
        assert "没有这个订单行" in text(answer)
        assert everything() == before

    def test_a_viewer_reads_and_raises_nothing(self, books):
        client, before = browser(party("m1"), "viewer"), everything()
        assert "有异议？" not in text(client.get(page_of("o1")))
        assert client.get(page_of("o1") + "dispute/").status_code == 403
        assert client.post(page_of("o1") + "dispute/", asked("s1")).status_code == 403
        assert everything() == before


def test_the_list_asks_as_many_questions_for_four_as_for_one(books, django_assert_num_queries):
    client = browser(party("m1"))
    for number, (claimant, against, order_no) in enumerate(
        [("m1", "s1", "o1"), ("s1", "m1", "o1"), ("m1", "s1", "o2"), ("s1", "m1", "o2")]
    ):
        raised(claimant, against, order_no)
        if number in (0, 3):
            with django_assert_num_queries(16):
                client.get("/disputes/")


def test_pages_speak_english_too(books):
    case = raised()
    Dispute.objects.update(reason="not as described")
    client = browser(party("m1"), language="en")
    for path in ("/disputes/", page_of("o1") + "dispute/"):
        assert chinese_left(text(client.get(path))) == []
    shown = text(client.get(f"/disputes/{case.public_id}/")).replace("货不对版", "")
    assert chinese_left(shown) == []
