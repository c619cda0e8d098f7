"""Staff keep lines and parties still: with a reason, until a deadline; what is released settles or comes back."""

from datetime import timedelta

import pytest

from commissions.cases import deadlines, holds
from commissions.cases.casework import CaseClosed, DeadlineNotLater, DeadlinePassed, trail_of
from commissions.models import LineHold, OrderLine, TenantHold, Withdrawal
from commissions.payments import payouts, withdrawals
from haowu.approvals.rules import ReasonMissing, StaffOnly
from haowu.tenants.models import Tenant
from tests.build import bank_account, event, moment, money, nets, paid, policy, push, settle, story_of
from tests.casework import ONE_DAY, audit_is_clean, balance, everything, open_market, refund, sell, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return open_market()


def line(order_no: str = "o1", line_no: int = 1) -> OrderLine:
    return OrderLine.objects.get(order_no=order_no, line_no=line_no)


def hold(at: str = "2024-06-03 09:00", **fields) -> LineHold:
    return holds.hold_line(line(), "查验发票", by=staff(), at=moment(at), **fields)


def trail(case) -> list[tuple]:
    rows = trail_of(case)
    return [(row.act, row.user and row.user.username, row.reason) for row in rows]


def test_a_held_line_is_left_out_of_its_night_and_settles_the_night_after_its_release(market):
    sell(market, "o1", "2024-06-01 12:00")
    kept = hold()
    settle("2024-06-09")
    assert story_of("o1")["held"] == {"reason": "STAFF_HOLD", "since": "2024-06-03T09:00:00+08:00"}
    assert story_of("o1")["phases"] == []
    holds.release_line(kept, "发票无误", by=staff("checker"), at=moment("2024-06-10 15:00"))
    assert (str(line().settles_on), line().held_reason) == ("2024-06-11", "")
    settle("2024-06-10")
    assert story_of("o1")["phases"] == []
    settle("2024-06-11")
    assert nets("o1") == [(1250, 125, 1125)]
    assert trail(kept) == [("opened", "staff", "查验发票"), ("released", "checker", "发票无误")]
    assert audit_is_clean()


def test_a_hold_released_before_the_line_is_due_changes_nothing(market):
    sell(market, "o1", "2024-06-01 12:00")
    holds.release_line(hold(), "无误", by=staff(), at=moment("2024-06-04 09:00"))
    assert str(line().settles_on) == "2024-06-09"


def test_a_release_on_a_sealed_day_waits_for_the_next_night(market):
    sell(market, "o1", "2024-06-01 12:00")
    kept = hold()
    settle("2024-06-20")
    holds.release_line(kept, "无误", by=staff(), at=moment("2024-06-10 15:00"))
    assert str(line().settles_on) == "2024-06-21"
    settle("2024-06-21")
    assert nets("o1") == [(1250, 125, 1125)]
    assert audit_is_clean()


def test_events_that_come_in_do_not_lift_a_hold_and_a_case_beside_it_holds_on(market):
    _goods, by = market
    sell(market, "o1", "2024-06-01 12:00")
    kept = hold()
    refund(market, "o1", "2024-06-04 12:00", 4_000)
    push(by, [event("after_sale_opened", "o1", "2024-06-05 09:00", line_no=1, case_no="c1")])
    assert (line().held_reason, line().settles_on, line().due_base_fen) == ("STAFF_HOLD", None, 6_000)
    holds.release_line(kept, "无误", by=staff(), at=moment("2024-06-10 15:00"))
    assert (line().held_reason, line().settles_on) == ("AFTER_SALE_OPEN", None)
    push(by, [event("after_sale_closed", "o1", "2024-06-12 09:00", case_no="c1")])
    assert (line().held_reason, str(line().settles_on)) == ("", "2024-06-13")


def test_a_hold_outlives_the_row_of_its_line_when_an_earlier_payment_comes_in(market):
    goods, by = market
    sell(market, "o1", "2024-06-01 12:00")
    hold()
    before = line().pk
    earlier = paid("o1", "2024-05-31 08:00", [{"line_no": 1, "product": {"merchant": "m1", "code": goods.code},
                                               "quantity": 1, "price_fen": 5_000, "pid": "x1"}])  # fmt: skip
    push(by, [earlier])
    assert line().pk != before
    assert (line().paid_fen, line().held_reason, line().settles_on) == (5_000, "STAFF_HOLD", None)


def test_only_the_held_line_of_an_order_waits(market):
    goods, by = market
    push(by, [paid("o1", "2024-06-01 08:00", [bought_line(goods, 1), bought_line(goods, 2)])])
    push(by, [event("received", "o1", "2024-06-01 12:00")])
    hold()
    settle("2024-06-09")
    assert (story_of("o1", 1)["status"], story_of("o1", 2)["status"]) == ("received", "settled")


def bought_line(goods, line_no: int) -> dict:
    named = {"merchant": goods.merchant.code, "code": goods.code}
    return {"line_no": line_no, "product": named, "quantity": 1, "price_fen": 10_000, "pid": "x1"}


def test_a_deadline_releases_at_its_moment_and_not_before_whenever_the_sweep_comes(market):
    sell(market, "o1", "2024-06-01 12:00")
    kept = hold(until=moment("2024-06-10 09:00"))
    settle("2024-06-09")
    assert deadlines.release_expired(at=moment("2024-06-10 08:59:59.999999")) == 0
    assert line().held_reason == "STAFF_HOLD"
    assert deadlines.release_expired(at=moment("2024-06-10 23:00")) == 1
    assert deadlines.release_expired(at=moment("2024-06-10 23:00")) == 0
    kept.refresh_from_db()
    assert (kept.closed_at, kept.closed_by, str(line().settles_on)) == (moment("2024-06-10 09:00"), None, "2024-06-11")
    assert trail(kept)[-1] == ("expired", None, "处理期限已过，自动解除")


def test_an_extended_hold_is_released_at_the_later_deadline(market):
    sell(market, "o1", "2024-06-01 12:00")
    kept = hold(until=moment("2024-06-10 09:00"))
    holds.extend_hold(kept, moment("2024-06-12 09:00"), "等待回复", by=staff(), at=moment("2024-06-10 08:00"))
    assert deadlines.release_expired(at=moment("2024-06-11 09:00")) == 0
    assert deadlines.release_expired(at=moment("2024-06-12 09:00")) == 1
    assert [row[0] for row in trail(kept)] == ["opened", "extended", "expired"]


@pytest.mark.parametrize(
    ("change", "at", "refusal"),
    [
        ({"reason": "  "}, "2024-06-05 09:00", ReasonMissing),
        ({"until": "2024-06-10 09:00"}, "2024-06-05 09:00", DeadlineNotLater),
        ({}, "2024-06-10 09:00", DeadlinePassed),
        ({"is_staff": False}, "2024-06-05 09:00", StaffOnly),
    ],
    ids=["no reason", "not later", "too late", "not staff"],
)
def test_a_refused_extension_changes_nothing(market, change, at, refusal):
    sell(market, "o1", "2024-06-01 12:00")
    kept = hold(until=moment("2024-06-10 09:00"))
    by = staff("other", is_staff=change.get("is_staff", True))
    before = everything()
    with pytest.raises(refusal):
        until = moment(change.get("until", "2024-06-20 09:00"))
        holds.extend_hold(kept, until, change.get("reason", "再查"), by=by, at=moment(at))
    assert everything() == before


def test_a_sealed_line_a_held_one_and_a_released_one_refuse(market):
    sell(market, "o1", "2024-06-01 12:00")
    kept = hold()
    before = everything()
    with pytest.raises(holds.LineAlreadyHeld):
        hold()
    assert everything() == before
    holds.release_line(kept, "无误", by=staff(), at=moment("2024-06-04 09:00"))
    before = everything()
    with pytest.raises(CaseClosed):
        holds.release_line(kept, "无误", by=staff(), at=moment("2024-06-04 10:00"))
    assert everything() == before
    settle("2024-06-09")
    before = everything()
    with pytest.raises(holds.LineSealed):
        hold("2024-06-09 10:00")
    assert everything() == before


def freeze(at: str, **fields) -> TenantHold:
    return holds.freeze_tenant(seller(), "账户异常", by=staff(), at=moment(at), **fields)


def seller() -> Tenant:
    return Tenant.objects.get(code="s1")


def test_a_frozen_party_keeps_what_it_has_and_each_nights_earnings_until_its_release(market):
    sell(market, "o1", "2024-06-01 12:00")
    sell(market, "o2", "2024-06-02 12:00")
    settle("2024-06-09")
    kept = freeze("2024-06-09 10:00")
    assert (balance("available"), balance("frozen"), holds.is_frozen(seller())) == (0, 1125, True)
    run = settle("2024-06-10")
    assert (balance("available"), balance("frozen")) == (0, 2250)
    assert run.report["postings"] == 4
    assert audit_is_clean()
    holds.release_tenant(kept, "核实无误", by=staff("checker"), at=moment("2024-06-10 15:00"))
    assert (balance("available"), balance("frozen"), holds.is_frozen(seller())) == (2250, 0, False)
    settle("2024-06-11")
    assert audit_is_clean()
    assert [row[0] for row in trail(kept)] == ["opened", "released"]


def test_a_party_frozen_before_it_ever_earned_has_its_first_night_frozen(market):
    sell(market, "o1", "2024-06-01 12:00")
    freeze("2024-06-03 10:00")
    settle("2024-06-09")
    assert (balance("available"), balance("frozen")) == (0, 1125)
    assert audit_is_clean()


def test_a_clawback_is_paid_out_of_frozen_money_before_it_becomes_a_debt(market):
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    freeze("2024-06-09 10:00")
    refund(market, "o1", "2024-06-09 12:00", 4_000)
    settle("2024-06-10")
    assert (balance("available"), balance("frozen"), balance("debt")) == (0, 675, 0)
    assert balance("funding", "m1") == 500
    assert audit_is_clean()


def test_a_frozen_party_is_released_by_its_deadline(market):
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    kept = freeze("2024-06-09 10:00", until=moment("2024-06-12 10:00"))
    assert deadlines.release_expired(at=moment("2024-06-12 09:59:59")) == 0
    assert balance("frozen") == 1125
    assert deadlines.release_expired(at=moment("2024-06-12 10:00")) == 1
    assert (balance("available"), balance("frozen")) == (1125, 0)
    assert trail(kept)[-1][:2] == ("expired", None)
    assert audit_is_clean()


def test_without_a_deadline_a_hold_lasts_fifteen_days(market):
    assert freeze("2024-06-09 10:00").expires_at - moment("2024-06-09 10:00") == 15 * ONE_DAY == timedelta(days=15)


def test_a_second_freeze_and_a_second_release_are_refused_and_change_nothing(market):
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    kept = freeze("2024-06-09 10:00")
    before = everything()
    with pytest.raises(holds.TenantAlreadyHeld):
        freeze("2024-06-09 11:00")
    with pytest.raises(StaffOnly):
        holds.release_tenant(kept, "x", by=staff("nobody", is_staff=False), at=moment("2024-06-09 12:00"))
    assert everything() == before
    holds.release_tenant(kept, "无误", by=staff(), at=moment("2024-06-09 12:00"))
    before = everything()
    with pytest.raises(CaseClosed):
        holds.release_tenant(kept, "无误", by=staff(), at=moment("2024-06-09 12:00"))
    assert everything() == before


def test_a_frozen_party_withdraws_nothing_and_what_it_asked_for_is_neither_approved_nor_sent(market):
    party, at = seller(), moment("2024-06-10 12:00")
    policy(min_withdrawal_fen=1, checked_above_fen=500)
    bank_account(party)
    money(party, 3_000)
    small = withdrawals.request(party, "n1", 400, None, at)
    large = withdrawals.request(party, "n2", 1_000, None, at)
    kept = freeze("2024-06-10 13:00")
    before = [everything(), list(Withdrawal.objects.order_by("pk").values())]
    for refused, act in [
        (withdrawals.AccountFrozen, lambda: withdrawals.request(party, "n3", 100, None, at)),
        (withdrawals.AccountFrozen, lambda: withdrawals.approve(large, staff(), at)),
        (payouts.NothingToPay, lambda: payouts.make_batch(staff(), at)),
    ]:
        with pytest.raises(refused):
            act()
    assert [everything(), list(Withdrawal.objects.order_by("pk").values())] == before
    assert (balance("available"), balance("frozen"), balance("withdrawing")) == (0, 1_600, 1_400)
    holds.release_tenant(kept, "无误", by=staff(), at=moment("2024-06-10 14:00"))
    assert payouts.make_batch(staff(), at).withdrawals.get() == small
