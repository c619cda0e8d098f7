"""The money of a party by bucket: what is coming, what has come, what has been paid out."""

import pytest

from commissions.cases import holds
from commissions.payments import payouts, withdrawals
from haowu.ledger.models import Account
from haowu.tenants.models import Tenant
from tests import build
from tests.browser import NOW, browser, text
from tests.test_payouts import results

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1", name="小禾")


class TestEarnings:
    @pytest.fixture
    def sold(self, merchant, streamer) -> Tenant:
        """100.00 at 20% three times: one only paid, one received, one settled on 10 June."""
        product, source = build.product(merchant, "nut"), build.source("shop")
        build.normal_plan(product, 2000)
        build.pick(streamer, product, "x1")
        for order_no, paid, received in (
            ("settled", "2024-06-01 10:00", "2024-06-02 10:00"),
            ("received", "2024-06-15 10:00", "2024-06-16 10:00"),
            ("paid", "2024-06-19 10:00", ""),
        ):
            build.push(source, [build.paid(order_no, paid, [build.bought(product, "x1")])])
            if received:
                build.push(source, [build.event("received", order_no, received)])
        build.settle("2024-06-10")
        return streamer

    def test_the_buckets_add_up_what_is_coming_and_what_has_come(self, sold):
        page = browser(sold).get("/earnings/")
        buckets = page.context["buckets"]
        assert (buckets.pending_fen, buckets.holding_fen, buckets.available_fen, buckets.debt_fen) == (
            1800,
            1800,
            1800,
            0,
        )
        assert [row["line"].order_no for row in page.context["upcoming"]] == ["received", "paid"]
        assert "6/24 凌晨结算" in text(page) and "等待买家收货" in text(page)

    def test_money_that_was_asked_for_paid_out_and_frozen_stands_in_its_own_bucket(self, sold):
        """18.00 settled: 5.00 on its way, 3.00 paid out, of the rest 10.00 all frozen; the ledger says the same."""
        build.policy(min_withdrawal_fen=1)
        build.bank_account(sold)
        withdrawals.request(sold, "n1", 500, None, build.moment(NOW))
        paid = withdrawals.request(sold, "n2", 300, None, build.moment(NOW))
        by = build.staff()
        payouts.make_batch(by, build.moment(NOW), only=[paid.pk])
        payouts.read_results(results((paid, 300, True, "")), by, build.moment(NOW))
        until = build.moment("2024-07-05 14:00")
        holds.freeze_tenant(sold, "核查收款账户", by=by, at=build.moment(NOW), until=until)
        page = browser(sold).get("/earnings/")
        found = page.context["buckets"]
        assert vars(found) == {
            "pending_fen": 1800,
            "holding_fen": 1800,
            "available_fen": 0,
            "frozen_fen": 1000,
            "withdrawing_fen": 500,
            "paid_fen": 300,
            "debt_fen": 0,
        }
        kinds = dict(Account.objects.visible_to(sold).values_list("kind", "balance_fen"))
        assert {kind: fen for kind, fen in kinds.items() if fen} == {"frozen": 1000, "withdrawing": 500, "paid": 300}
        for shown in ("¥10.00", "核查收款账户", "到 2024-07-05 14:00 自动解冻", "¥5.00"):
            assert shown in text(page)

    def test_a_reserve_says_which_night_kept_it_and_which_gives_it_back(self, merchant, streamer):
        """10 % of 18.00 for 30 days."""
        build.policy(reserve_bps=1000, reserve_days=30)
        product, source = build.product(merchant, "nut"), build.source("shop")
        build.normal_plan(product, 2000)
        build.pick(streamer, product, "x1")
        build.push(source, [build.paid("o1", "2024-06-01 10:00", [build.bought(product, "x1")])])
        build.push(source, [build.event("received", "o1", "2024-06-02 10:00")])
        build.settle("2024-06-10")
        page = browser(streamer).get("/earnings/")
        assert (page.context["buckets"].available_fen, page.context["buckets"].frozen_fen) == (1_620, 180)
        assert "¥1.80" in text(page) and "2024-06-10 结算夜留下，2024-07-10 结算夜转回可提现" in text(page)

    def test_a_statement_opens_into_the_lines_that_made_it(self, sold):
        page = browser(sold).get("/statements/available/2024-06-10/")
        statement = page.context["statement"]
        assert [(entry.label, entry.amount_fen) for entry in statement.entries] == [
            ("佣金", 2000),
            ("技术服务费", -200),
        ]
        assert (statement.balance.opening_fen, statement.balance.closing_fen) == (0, 1800)
        parts = [(each["row"].line.order_no, each["part"].gross_fen) for each in page.context["parts"]]
        assert parts == [("settled", 2000)]

    def test_earnings_of_nobody_say_what_will_appear(self, streamer):
        page = text(browser(streamer).get("/earnings/"))
        assert "没有等待结算的订单" in page and "¥0.00" in page

    def test_another_streamer_sees_nothing_of_it(self, sold):
        other = browser(build.streamer("s2"))
        assert other.get("/earnings/").context["buckets"].available_fen == 0
        assert other.get("/orders/").context["rows"] == []
        assert other.get("/statements/available/2024-06-10/").status_code == 404
