"""Postings reversed once, by two people; nights settled again with the right policy, also under later refunds."""

from datetime import date

import pytest

from commissions.cases import corrections, resettlement
from commissions.cases.casework import trail_of
from commissions.models import Adjustment, OrderLine, Policy, ResettledLine, Resettlement
from haowu.approvals.rules import ReasonMissing, SecondPersonNeeded, StaffOnly
from haowu.audit.invariants import run_audit
from haowu.ground.states import MoveRefused
from haowu.ledger.models import Posting
from tests.build import event, moment, nets, policy, push, settle, story_of
from tests.casework import audit_is_clean, balance, everything, open_market, refund, sell, staff

pytestmark = pytest.mark.django_db
AT = moment("2024-06-09 10:00")


@pytest.fixture
def market():
    return open_market()


def settled(market) -> None:
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")


def reference(kind: str) -> str:
    return Posting.objects.get(kind=kind).reference


def test_a_posting_is_reversed_once_by_two_people(market):
    settled(market)
    wrong = reference("tech_fee")
    made = corrections.reverse(wrong, "重复收取", staff("maker"), at=AT)
    assert (balance("available"), balance("revenue", "platform")) == (1125, 125)
    corrections.approve(made, by=staff("checker"), at=moment("2024-06-09 11:00"))
    assert (balance("available"), balance("revenue", "platform")) == (1250, 0)
    posted = Posting.objects.get(kind="reversal")
    assert (posted.reference, posted.amount_fen, str(posted.day)) == (f"reversal:{wrong}", 125, "2024-06-10")
    before = everything()
    with pytest.raises(MoveRefused):
        corrections.approve(made, by=staff("checker"), at=moment("2024-06-09 12:00"))
    with pytest.raises(corrections.AlreadyCorrected):
        corrections.reverse(wrong, "再冲一次", staff("maker"), at=moment("2024-06-09 12:00"))
    assert everything() == before
    rows = trail_of(made)
    assert [(row.act, row.user.username, row.reason) for row in rows] == [
        ("proposed", "maker", "重复收取"),
        ("approved", "checker", "重复收取"),
    ]
    settle("2024-06-10")
    assert audit_is_clean()


def test_a_reversal_leaves_the_clearing_account_of_a_closed_night_at_zero(market):
    settled(market)
    made = corrections.reverse(reference("commission"), "刷单", staff("maker"), at=AT)
    before = everything()
    with pytest.raises(corrections.PayerBalanceTooLow):
        corrections.approve(made, by=staff("checker"), at=AT)
    assert everything() == before
    sell(market, "o2", "2024-06-02 12:00", price_fen=4_000)
    settle("2024-06-10")
    corrections.approve(made, by=staff("checker"), at=moment("2024-06-10 10:00"))
    assert (balance("available"), balance("correction", "platform")) == (1125 + 450 - 1250, 1250)
    settle("2024-06-11")
    assert audit_is_clean()


@pytest.mark.parametrize(
    ("refusal", "act"),
    [
        (SecondPersonNeeded, lambda made: corrections.approve(made, by=staff("maker"), at=AT)),
        (StaffOnly, lambda made: corrections.approve(made, by=staff("guest", is_staff=False), at=AT)),
        (corrections.NoSuchPosting, lambda made: corrections.reverse("nothing", "x", staff("maker"), at=AT)),
        (ReasonMissing, lambda made: corrections.reverse(reference("cost"), "", staff("maker"), at=AT)),
        (corrections.AlreadyCorrected, lambda made: corrections.reverse(made.corrects, "x", staff("maker"), at=AT)),
    ],
    ids=["same person", "guest", "unknown", "no reason", "twice"],
)
def test_a_refused_correction_changes_nothing(market, refusal, act):
    settled(market)
    staff("checker"), staff("guest", is_staff=False)
    made = corrections.reverse(reference("tech_fee"), "重复收取", staff("maker"), at=AT)
    before = everything()
    with pytest.raises(refusal):
        act(made)
    assert everything() == before


def test_a_refused_proposal_may_be_made_again(market):
    settled(market)
    made = corrections.reverse(reference("tech_fee"), "重复收取", staff("maker"), at=AT)
    corrections.refuse(made, "没有重复", by=staff("checker"), at=AT)
    assert balance("available") == 1125
    again = corrections.reverse(reference("tech_fee"), "确有重复", staff("maker"), at=AT)
    corrections.approve(again, by=staff("checker"), at=AT)
    assert balance("available") == 1250


def test_a_reversal_is_not_reversed(market):
    settled(market)
    made = corrections.reverse(reference("tech_fee"), "重复收取", staff("maker"), at=AT)
    corrections.approve(made, by=staff("checker"), at=AT)
    before = everything()
    with pytest.raises(corrections.NotReversible):
        corrections.reverse(reference("reversal"), "x", staff("maker"), at=AT)
    assert everything() == before


def three_nights(market) -> Policy:
    """o1, o2, o3 settle on 9, 10, 11 June at 10%; the right rate would have been 6%."""
    for number, received in enumerate(("2024-06-01", "2024-06-02", "2024-06-03"), start=1):
        sell(market, f"o{number}", f"{received} 12:00", price_fen=9_999)
    for day in (9, 10, 11):
        settle(f"2024-06-{day:02}")
    return policy(effective_from=moment("2024-07-01 00:00"), tech_bps=600)


def previewed(right: Policy, first: int = 9, last: int = 11) -> Resettlement:
    days = (date(2024, 6, first), date(2024, 6, last))
    return resettlement.preview(*days, right, reason="费率版本有误", by=staff("maker"), at=moment("2024-06-11 10:00"))


def applied(right: Policy, first: int = 9, last: int = 11) -> Resettlement:
    made = previewed(right, first, last)
    return resettlement.apply(made.pk, staff("checker"), at=moment("2024-06-11 11:00"))


def totals(made: Resettlement) -> list[tuple]:
    return [
        (row.party.code, row.role, row.lines, row.gross_change_fen, row.fee_change_fen) for row in made.totals.all()
    ]


def test_a_preview_says_what_would_change_and_books_nothing(market):
    right = three_nights(market)
    before = [Posting.objects.count(), Adjustment.objects.count()]
    made = previewed(right)
    assert (made.lines.count(), totals(made)) == (3, [("s1", "streamer", 3, 0, -150)])
    assert [row.net_change_fen for row in made.totals.all()] == [150]
    assert [Posting.objects.count(), Adjustment.objects.count()] == before
    settle("2024-06-12")
    assert nets("o1") == [(1250, 125, 1125)]
    assert audit_is_clean()


def test_three_nights_are_settled_again_and_a_later_refund_uses_the_corrected_rate(market):
    right = three_nights(market)
    made = applied(right)
    assert str(made.books_on) == "2024-06-12"
    run = settle("2024-06-12")
    assert [nets(f"o{number}") for number in (1, 2, 3)] == [[(1250, 125, 1125), (0, -50, 50)]] * 3
    assert story_of("o1")["phases"][1]["kind"] == "settlement"
    assert (balance("available"), balance("revenue", "platform")) == (3 * 1175, 3 * 75)
    assert (run.report["adjustments"], run.report["totals"]["adjustment"]["merchant_cost_fen"]) == (3, 0)
    assert audit_is_clean()
    refund(market, "o1", "2024-06-12 12:00", 3_333)
    settle("2024-06-13")
    assert nets("o1")[-1] == (-417, -25, -392)
    refund(market, "o1", "2024-06-13 12:00", 6_666)
    settle("2024-06-14")
    assert [sum(column) for column in zip(*nets("o1"), strict=True)] == [0, 0, 0]
    assert OrderLine.objects.get(order_no="o1").tech_bps == 1000
    assert audit_is_clean()


def test_a_refund_that_waits_for_the_same_night_is_booked_with_the_corrected_rate(market):
    right = three_nights(market)
    refund(market, "o1", "2024-06-11 09:00", 3_333)
    applied(right)
    settle("2024-06-12")
    assert nets("o1") == [(1250, 125, 1125), (-417, -75, -342)]
    assert audit_is_clean()


def test_a_refund_that_comes_in_before_the_correction_is_booked_keeps_it(market):
    right = three_nights(market)
    applied(right)
    refund(market, "o1", "2024-06-12 09:00", 3_333)
    push(market[1], [event("shipped", "o2", "2024-06-01 09:00")])
    settle("2024-06-12")
    assert (nets("o1"), nets("o2")) == ([(1250, 125, 1125), (0, -50, 50)],) * 2
    settle("2024-06-13")
    assert nets("o1")[-1] == (-417, -25, -392)
    assert audit_is_clean()


def test_a_higher_rate_takes_more_and_what_is_missing_becomes_debt_but_no_merchants_claim(market):
    right = three_nights(market)
    Policy.objects.filter(pk=right.pk).update(tech_bps=2000)
    right.refresh_from_db()
    empty = corrections.propose(
        kind="correction", reference="emptied", source=account("available"), target=corrections.correction_account(),
        amount_fen=3_300, cause="清空", by=staff("maker"), at=moment("2024-06-11 10:00"),
    )  # fmt: skip
    corrections.approve(empty, by=staff("checker"), at=moment("2024-06-11 10:00"))
    applied(right)
    settle("2024-06-12")
    assert nets("o1") == [(1250, 125, 1125), (0, 125, -125)]
    assert story_of("o1")["phases"][1]["kind"] == "clawback"
    assert (balance("available"), balance("debt"), balance("revenue", "platform")) == (0, -300, 750)
    assert (balance("receivable", "m1"), balance("funding", "m1")) == (0, 0)
    assert audit_is_clean()


def account(kind: str) -> int:
    from haowu.ledger.models import Account

    return Account.objects.get(owner__code="s1", kind=kind).pk


def test_only_the_nights_named_are_settled_again(market):
    right = three_nights(market)
    applied(right, 10, 10)
    settle("2024-06-12")
    assert [len(nets(f"o{number}")) for number in (1, 2, 3)] == [1, 2, 1]
    assert audit_is_clean()


def test_a_resettlement_can_be_resettled(market):
    right = three_nights(market)
    applied(right)
    settle("2024-06-12")
    other = policy(effective_from=moment("2024-08-01 00:00"), tech_bps=1000)
    made = previewed(other)
    assert totals(made) == [("s1", "streamer", 3, 0, 150)]
    resettlement.apply(made.pk, staff("checker"), at=moment("2024-06-12 11:00"))
    settle("2024-06-13")
    assert nets("o1") == [(1250, 125, 1125), (0, -50, 50), (0, 50, -50)]
    assert audit_is_clean()


def test_a_preview_that_no_longer_holds_is_refused(market):
    right = three_nights(market)
    made = previewed(right)
    refund(market, "o1", "2024-06-11 12:00", 3_333)
    settle("2024-06-12")
    before = everything()
    with pytest.raises(resettlement.PreviewStale):
        resettlement.apply(made.pk, staff("checker"), at=moment("2024-06-12 11:00"))
    assert everything() == before


def test_a_resettlement_needs_a_second_person_closed_nights_and_something_to_change(market):
    right = three_nights(market)
    made = previewed(right)
    same = policy(effective_from=moment("2024-08-01 00:00"), tech_bps=1000)
    staff("checker")
    before = everything()
    with pytest.raises(SecondPersonNeeded):
        resettlement.apply(made.pk, staff("maker"), at=moment("2024-06-11 11:00"))
    with pytest.raises(resettlement.RangeNotSettled):
        previewed(right, 11, 12)
    with pytest.raises(resettlement.NothingToResettle):
        previewed(same)
    assert everything() == before
    resettlement.discard(made.pk, "作废", staff("checker"), at=moment("2024-06-11 12:00"))
    before = everything()
    with pytest.raises(MoveRefused):
        resettlement.apply(made.pk, staff("checker"), at=moment("2024-06-11 13:00"))
    assert everything() == before


def test_lines_whose_platform_keeps_its_fee_are_left_out(market):
    policy(return_tech_fee=False)
    right = three_nights(market)
    with pytest.raises(resettlement.NothingToResettle):
        previewed(right)
    assert ResettledLine.objects.count() == 0


def test_the_audit_names_a_corrected_rate_without_a_cause_and_a_fee_by_a_wrong_rate(market):
    right = three_nights(market)
    applied(right)
    settle("2024-06-12")
    assert audit_is_clean()
    Adjustment.objects.update(tech_bps=700)
    assert broken() == ["I10.1"]
    Adjustment.objects.update(tech_bps=600)
    Resettlement.objects.update(tech_bps=700)
    assert broken() == ["I10", "I10.1"]


def broken() -> list[str]:
    return [finding.code for finding in run_audit() if not finding.holds]
