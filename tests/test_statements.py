"""Statements: every figure opens into what caused it, days follow each other, months are the sum of their days."""

import pytest

from commissions.cases import corrections, disputes, holds
from commissions.models import Dispute, OrderLine, Settlement
from commissions.postings import funding
from commissions.statements import claims, daily, months
from commissions.statements.drilldown import opened
from commissions.statements.line_postings import NightBook
from commissions.statements.posting_sources import movements
from haowu.audit.invariants import run_audit
from haowu.ledger.models import Account, DailyBalance, Posting
from haowu.tenants.models import Tenant
from tests import build
from tests.browser import browser, chinese_left, text
from tests.build import moment, settle
from tests.campaign import SEED
from tests.casework import audit_is_clean, open_market, sell, staff
from tests.foretold import foretold
from tests.histories import make_history, make_market
from tests.world import World, undone

pytestmark = pytest.mark.django_db


def day_of(code: str, account: str, day: str) -> DailyBalance:
    return daily.of_tenant(Tenant.objects.get(code=code)).of_account(account, day).get()


def open_figure(code: str, account: str, day: str, kind: str):
    balance = day_of(code, account, day)
    return opened(balance.account.owner, balance, kind)


def components(figure) -> list[tuple[str, int]]:
    return [(each.label, each.amount_fen) for each in figure.components]


def causes(code: str, account: str, day: str, kind: str) -> list[tuple[str, int]]:
    balance = day_of(code, account, day)
    moved = movements(balance.account, daily.postings(balance).filter(kind=kind))
    return [(each.cause.kind, each.amount_fen) for each in moved]


def test_every_figure_of_random_histories_opens_and_adds_up():
    """Debts, deposits, agencies, kept fees, withdrawals and skipped nights, as the second model's campaign has them."""
    seen, wanted = set(), {"commission", "tech_fee", "clawback", "withheld", "cost", "reimbursed"}
    with undone():
        world = World(make_market(f"{SEED} statements"))
        for number in range(40):
            acts = make_history(world.market, f"{SEED} statements {number}")
            if not (wanted & foretold(world.market, acts)) - {kind for _account, kind in seen}:
                continue
            with undone():
                world.fresh()
                for act in acts:
                    world.act(*act)
                seen |= _everything_opens()
    assert wanted <= {kind for _account, kind in seen}


def _everything_opens() -> set[tuple[str, str]]:
    """The figures seen: all but the platform's own add up from their lines; days and months follow each other."""
    seen = set()
    for tenant in Tenant.objects.exclude(kind="platform"):
        closing: dict[str, int] = {}
        for balance in daily.of_tenant(tenant).order_by("day"):
            assert balance.opening_fen == closing.get(balance.account.kind, 0)
            closing[balance.account.kind] = balance.closing_fen
            statement = daily.statement(balance)
            assert statement.adds_up
            for entry in statement.entries:
                figure = opened(tenant, balance, entry.kind)
                assert figure.adds_up, (tenant, balance, entry, figure.components)
                moved = list(movements(balance.account, figure.postings))
                assert sum(each.amount_fen for each in moved) == entry.amount_fen
                assert "other" not in {each.cause.kind for each in moved}
                seen.add((balance.account.kind, entry.kind))
        _months_are_their_days(tenant)
    _rows_are_their_postings()
    return seen


def _rows_are_their_postings() -> None:
    """The parts of all rows in a night's posting come to it, where a row has a part of its own; none is left out."""
    rows = list(Settlement.objects.all())
    book = NightBook(rows)
    parts: dict[str, list] = {}
    for row in rows:
        for booked in book.booked(row):
            parts.setdefault(booked.reference, []).append(booked)
    for reference, found in parts.items():
        if None not in {each.share_fen for each in found}:
            assert sum(each.share_fen for each in found) == found[0].netted_fen, reference
    of_debts = ("debt_drawn", "debt_repaid")
    nights = Posting.objects.filter(cause__startswith="run:").exclude(kind__in=of_debts)
    nights = nights.exclude(from_account__kind="receivable").values_list("reference", flat=True)
    assert parts.keys() == set(nights)


def _months_are_their_days(tenant: Tenant) -> None:
    closing: dict[str, int] = {}
    for month in reversed(months.of_tenant(tenant)):
        days = months.days_of(tenant, month.account_kind, month.first_on)
        sums: dict[str, int] = {}
        for balance in days:
            for entry in daily.statement(balance).entries:
                sums[entry.kind] = sums.get(entry.kind, 0) + entry.amount_fen
        entries = months.entries(days)
        assert {entry.kind: entry.amount_fen for entry in entries} == sums
        assert (month.opening_fen, month.closing_fen) == (days[0].opening_fen, days[-1].closing_fen)
        assert month.opening_fen == closing.get(month.account_kind, 0)
        assert month.opening_fen + month.inflow_fen - month.outflow_fen == month.closing_fen
        for entry in entries:
            by_day = months.by_day(days, entry.kind)
            assert sum(each.amount_fen for each in by_day) == entry.amount_fen
            assert {each.day for each in by_day} <= {balance.day for balance in days}
        closing[month.account_kind] = month.closing_fen


def test_a_debt_opens_into_the_clawback_behind_it_and_the_claim_that_it_repays(short):
    drawn = open_figure("s1", "available", "2024-06-12", "debt_drawn")
    assert (drawn.entry.amount_fen, [row.line.order_no for row in drawn.lines]) == (1_125, ["o1"])
    owed = open_figure("m1", "receivable", "2024-06-12", "owed")
    assert components(owed) == [("当晚未能从对方余额追回", 1_125)]
    assert [(claim.debtor.code, claim.amount_fen) for claim in owed.claims] == [("s1", 1_125)]
    back = open_figure("m1", "funding", "2024-06-20", "reimbursed")
    assert components(back) == [("订单行合计", 0), ("对方偿还之前的欠款", 1_125)]
    assert [(str(each.claim.day), each.fen) for each in back.repayments] == [("2024-06-12", 1_125)]
    assert audit_is_clean()


def test_what_is_reimbursed_says_what_is_still_owed(short):
    """12.50 were clawed back, of which the platform's 1.25 came back at once."""
    figure = open_figure("m1", "funding", "2024-06-12", "reimbursed")
    assert components(figure) == [("订单行合计", 1_250), ("其中对方余额不足，转入待返还", -1_125)]
    assert figure.adds_up


def test_which_claims_a_repayment_went_to_follows_from_the_order_of_the_claims(short):
    assert claims.repaid(Tenant.objects.get(code="m1"), day_of("m1", "funding", "2024-06-12").day) == []


def test_a_withdrawal_a_hold_and_a_top_up_are_shown_by_name(short):
    assert causes("s1", "available", "2024-06-12", "withdrawal") == [("withdrawal", -1_125)]
    balance = day_of("s1", "withdrawing", "2024-06-12")
    (moved,) = movements(balance.account, daily.postings(balance))
    assert moved.cause.facts["number"] == "n1" and "n1" in moved.cause.text
    funding.top_up(Tenant.objects.get(code="m1"), number="t1", amount_fen=500, at=moment("2024-06-20 12:00"))
    holds.freeze_tenant(Tenant.objects.get(code="s1"), "疑似自买自卖", by=staff(), at=moment("2024-06-20 12:00"))
    sell(short, "o3", "2024-06-13 12:00")
    settle("2024-06-21")
    assert causes("m1", "funding", "2024-06-21", "top_up") == [("top_up", 500)]
    assert causes("s1", "available", "2024-06-21", "frozen") == [("tenant_hold", -1_125)]
    assert opened(Tenant.objects.get(code="s1"), day_of("s1", "frozen", "2024-06-21"), "frozen").adds_up
    _everything_opens()


def test_a_dispute_a_correction_and_a_reversal_are_shown_with_their_reasons():
    market = open_market()
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    line, m1, s1 = OrderLine.objects.get(), *(Tenant.objects.get(code=code) for code in ("m1", "s1"))
    at = moment("2024-06-10 12:00")
    disputes.open_dispute(line, claimant=m1, against=s1, reason="刷单", by=build.member(m1), at=at)
    disputes.propose(Dispute.objects.get(), 800, "核实", by=staff("a"), at=at)
    disputes.uphold(Dispute.objects.get(), by=staff("b"), at=at)
    commission = Posting.objects.get(kind="tech_fee")
    reversal = corrections.reverse(commission.reference, "费率有误", staff("a"), at=at)
    corrections.approve(reversal, by=staff("b"), at=at)
    settle("2024-06-12")
    balance = day_of("s1", "available", "2024-06-12")
    by_kind = {each.posting.kind: each.cause for each in movements(balance.account, daily.postings(balance))}
    assert {kind: cause.kind for kind, cause in by_kind.items()} == {
        "frozen": "dispute",
        "released": "dispute",
        "reversal": "correction",
    }
    assert by_kind["frozen"].line == line and "刷单" in by_kind["frozen"].text
    assert (
        "冲正 2024-06-09 的「技术服务费」¥1.25" in by_kind["reversal"].text and "费率有误" in by_kind["reversal"].text
    )
    assert causes("m1", "funding", "2024-06-12", "correction") == [("dispute", 800)]
    _everything_opens()
    page = text(browser(s1).get("/statements/available/2024-06-12/frozen/"))
    assert "刷单" in page and f"/orders/lines/{line.pk}/" in page


def test_a_deposit_that_paid_is_what_was_not_withheld():
    market = open_market()
    m1 = Tenant.objects.get(code="m1")
    m1.shop.funding = "prepaid"
    m1.shop.save()
    funding.top_up(m1, number="t1", amount_fen=2_000, at=moment("2024-06-01 12:00"))
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    assert [entry.kind for entry in daily.statement(day_of("m1", "funding", "2024-06-09")).entries] == [
        "cost",
        "top_up",
    ]
    _everything_opens()


def test_statements_follow_each_other_over_gaps_holds_and_debts(short):
    """No row on a day without a posting: the next opening is the closing of the row before."""
    days = daily.of_tenant(Tenant.objects.get(code="s1")).filter(account__kind="available").order_by("day")
    assert [(str(each.day), each.opening_fen, each.closing_fen) for each in days] == [
        ("2024-06-09", 0, 1_125),
        ("2024-06-12", 1_125, 0),
        ("2024-06-20", 0, 0),
    ]
    debt = daily.of_tenant(Tenant.objects.get(code="s1")).filter(account__kind="debt").order_by("day")
    assert [(str(each.day), each.opening_fen, each.closing_fen) for each in debt] == [
        ("2024-06-12", 0, -1_125),
        ("2024-06-20", -1_125, 0),
    ]


def test_the_audit_asks_what_accounts_held_at_moments_in_the_past(short):
    """A posting that slips into a day already closed leaves every balance right today and every day since wrong."""
    assert audit_is_clean()
    build.money(Tenant.objects.get(code="s1"), 100, day="2024-06-05")
    found = {finding.code: finding for finding in run_audit() if not finding.holds}
    assert "I2" not in found
    account = Account.objects.get(owner__code="s1", kind="available").pk
    assert found["I2.2"].broken == 6
    assert str(account) in {example.split()[0] for example in found["I2.2"].examples}


class TestPages:
    def test_a_figure_opens_into_parts_postings_and_lines(self, short):
        page = browser(Tenant.objects.get(code="s1")).get("/statements/available/2024-06-09/commission/")
        shown = text(page)
        assert "+¥12.50" in shown and "2024-06-09 结算夜的净额" in shown and "o1 / 1" in shown and "等于这一项" in shown
        assert [each["row"].figure_fen for each in page.context["rows"]] == [1_250]

    def test_every_entry_of_every_statement_has_its_page_and_english_is_complete(self, short):
        for code in ("s1", "m1"):
            tenant = Tenant.objects.get(code=code)
            client = browser(tenant, language="en")
            for balance in daily.of_tenant(tenant):
                here = f"/statements/{balance.account.kind}/{balance.day}/"
                for path in (here, *(f"{here}{entry.kind}/" for entry in daily.statement(balance).entries)):
                    page = text(client.get(path))
                    assert chinese_left(page) == [], path

    def test_a_strangers_figure_and_month_do_not_exist(self, short):
        stranger = browser(build.streamer("s9"))
        for path in ("available/2024-06-09/commission/", "available/2024-06-09/statement.xlsx",
                     "months/available/2024-06/", "months/available/2024-06/month.csv"):  # fmt: skip
            assert stranger.get(f"/statements/{path}").status_code == 404
        mine = browser(Tenant.objects.get(code="s1"))
        for path in ("available/2024-06-09/rebate/", "available/2024-06-09/nothing/", "months/available/2024-13/",
                     "months/available/2024-07/", "months/nothing/2024-06/", "months/available/june/"):  # fmt: skip
            assert mine.get(f"/statements/{path}").status_code == 404

    def test_a_month_opens_into_its_days(self, short):
        client = browser(Tenant.objects.get(code="s1"))
        (month,) = [
            each for each in client.get("/statements/months/").context["months"] if "avail" in each.account_kind
        ]
        assert (month.days, month.opening_fen, month.closing_fen) == (3, 0, 0)
        page = client.get("/statements/months/available/2024-06/", {"kind": "commission"})
        assert [(str(each.day), each.amount_fen) for each in page.context["by_day"]] == [
            ("2024-06-09", 1_250),
            ("2024-06-20", 1_250),
        ]
        english = text(browser(Tenant.objects.get(code="m1"), language="en").get("/statements/months/"))
        assert chinese_left(english) == []

    def test_a_figure_asks_as_many_questions_for_nine_lines_as_for_one(self, django_assert_num_queries):
        market = open_market()
        sell(market, "o0", "2024-06-01 12:00")
        settle("2024-06-09")
        for number in range(1, 10):
            sell(market, f"o{number}", "2024-06-02 12:00")
        settle("2024-06-10")
        client = browser(Tenant.objects.get(code="s1"))
        client.get("/statements/")  # what waits on the shelf is counted once a minute
        for day in ("09", "10"):
            with django_assert_num_queries(20):
                client.get(f"/statements/available/2024-06-{day}/tech_fee/")
