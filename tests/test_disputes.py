"""One party of a line disputes another's share: before the seal the line waits, after it the money does."""

from datetime import date

import pytest

from commissions.cases import deadlines, disputes, holds
from commissions.cases.casework import CaseClosed, DeadlinePassed, trail_of
from commissions.models import Dispute, OrderLine
from haowu.approvals.models import Trail
from haowu.approvals.rules import ReasonMissing, SecondPersonNeeded, StaffOnly
from haowu.ledger.books import Transfer, post
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import Tenant
from haowu.tenants.scope import enter_scope
from tests.build import member, merchant, moment, nets, settle, story_of, streamer
from tests.casework import audit_is_clean, balance, everything, open_market, refund, sell, spend, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return open_market()


def party(code: str) -> Tenant:
    return Tenant.objects.get(code=code)


def raised(at: str, *, claimant: str = "m1", against: str = "s1", order_no: str = "o1", **fields) -> Dispute:
    line = OrderLine.objects.get(order_no=order_no)
    sides = {"claimant": party(claimant), "against": party(against)}
    by = fields.pop("by", None) or member(party(claimant))
    return disputes.open_dispute(line, **sides, reason="货不对版", by=by, at=moment(at), **fields)


def settled(market) -> None:
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")


def money() -> tuple[int, int, int]:
    """The streamer's available and frozen, the merchant's funding."""
    return balance("available"), balance("frozen"), balance("funding", "m1")


def acts(dispute: Dispute) -> list[str]:
    rows = trail_of(dispute)
    return list(rows.values_list("act", flat=True))


def test_a_disputed_line_waits_and_settles_the_night_after_the_dispute_is_rejected(market):
    sell(market, "o1", "2024-06-01 12:00")
    dispute = raised("2024-06-05 09:00")
    settle("2024-06-09")
    assert (story_of("o1")["phases"], story_of("o1")["held"]["reason"]) == ([], "DISPUTE")
    disputes.reject(dispute, "证据不足", by=staff(), at=moment("2024-06-10 15:00"))
    settle("2024-06-11")
    assert nets("o1") == [(1250, 125, 1125)]
    assert money() == (1125, 0, 0)
    assert acts(dispute) == ["opened", "rejected"]
    assert audit_is_clean()


def test_a_settled_lines_dispute_freezes_the_net_and_gives_it_back_when_rejected(market):
    settled(market)
    dispute = raised("2024-06-09 10:00")
    assert (dispute.amount_fen, dispute.frozen_fen, money()) == (1125, 1125, (0, 1125, 0))
    disputes.reject(dispute, "证据不足", by=staff(), at=moment("2024-06-09 15:00"))
    assert money() == (1125, 0, 0)
    settle("2024-06-10")
    assert audit_is_clean()


def test_a_dispute_upheld_by_two_people_takes_what_was_decided_and_releases_the_rest(market):
    settled(market)
    dispute = raised("2024-06-09 10:00")
    disputes.propose(dispute, 800, "部分成立", by=staff("maker"), at=moment("2024-06-09 11:00"))
    assert money() == (0, 1125, 0)
    disputes.uphold(dispute, by=staff("checker"), at=moment("2024-06-09 12:00"))
    assert money() == (325, 0, 800)
    dispute.refresh_from_db()
    assert (dispute.status, dispute.take_fen, dispute.taken_fen, dispute.frozen_fen) == ("upheld", 800, 800, 0)
    assert (dispute.proposed_by, dispute.decided_by) == (staff("maker"), staff("checker"))
    assert acts(dispute) == ["opened", "proposed", "approved"]
    settle("2024-06-10")
    assert money() == (325, 0, 800)
    assert audit_is_clean()


def test_a_dispute_upheld_before_the_seal_takes_from_the_line_when_it_settles(market):
    sell(market, "o1", "2024-06-01 12:00")
    sell(market, "o2", "2024-06-01 12:00")
    dispute = raised("2024-06-05 09:00")
    settle("2024-06-09")
    disputes.propose(dispute, 1000, "成立", by=staff("maker"), at=moment("2024-06-10 09:00"))
    disputes.uphold(dispute, by=staff("checker"), at=moment("2024-06-10 10:00"))
    assert money() == (1125, 0, 0)
    settle("2024-06-11")
    assert nets("o1") == [(1250, 125, 1125)]
    assert money() == (1250, 0, 1000)
    assert audit_is_clean()


def test_what_is_missing_to_freeze_is_frozen_by_the_following_nights(market):
    sell(market, "o2", "2024-06-02 12:00", price_fen=4_000)
    settled(market)
    first = raised("2024-06-09 10:00")
    disputes.propose(first, 1125, "成立", by=staff("maker"), at=moment("2024-06-09 11:00"))
    disputes.uphold(first, by=staff("checker"), at=moment("2024-06-09 12:00"))
    assert money() == (0, 0, 1125)
    second = raised("2024-06-09 13:00")
    assert (second.amount_fen, second.frozen_fen) == (1125, 0)
    settle("2024-06-10")
    second.refresh_from_db()
    assert (second.frozen_fen, money()) == (450, (0, 450, 1125))
    assert audit_is_clean()


def test_a_refund_of_a_disputed_line_is_paid_out_of_what_is_frozen_for_it(market):
    settled(market)
    dispute = raised("2024-06-09 10:00")
    refund(market, "o1", "2024-06-09 12:00", 4_000)
    settle("2024-06-10")
    dispute.refresh_from_db()
    assert (dispute.amount_fen, dispute.frozen_fen) == (675, 675)
    assert (*money(), balance("debt")) == (0, 675, 500, 0)
    assert audit_is_clean()


def test_a_dispute_raised_while_its_night_is_open_freezes_when_the_night_closes(market):
    from commissions.nights import night

    sell(market, "o1", "2024-06-01 12:00")
    night.open_run(night.date(2024, 6, 9), now=night.days.now())
    dispute = raised("2024-06-09 02:00")
    assert (dispute.hold, dispute.amount_fen, dispute.frozen_fen) == (None, 1125, 0)
    settle("2024-06-09")
    assert money() == (0, 1125, 0)
    assert audit_is_clean()


def test_the_deadline_releases_at_its_moment_and_not_before(market):
    settled(market)
    dispute = raised("2024-06-09 10:00", until=moment("2024-06-12 10:00"))
    disputes.propose(dispute, 800, "部分成立", by=staff("maker"), at=moment("2024-06-10 11:00"))
    assert deadlines.release_expired(at=moment("2024-06-12 09:59:59.999999")) == 0
    assert money() == (0, 1125, 0)
    assert deadlines.release_expired(at=moment("2024-06-12 10:00")) == 1
    assert deadlines.release_expired(at=moment("2024-06-12 10:00")) == 0
    assert money() == (1125, 0, 0)
    dispute.refresh_from_db()
    assert (dispute.status, dispute.decided_by) == ("expired", None)
    assert acts(dispute)[-1] == "expired"
    assert audit_is_clean()


def test_an_extended_dispute_keeps_its_line_waiting_until_the_later_deadline(market):
    sell(market, "o1", "2024-06-01 12:00")
    dispute = raised("2024-06-05 09:00", until=moment("2024-06-08 09:00"))
    disputes.extend(dispute, moment("2024-06-12 09:00"), "等待物流", by=staff(), at=moment("2024-06-07 09:00"))
    assert deadlines.release_expired(at=moment("2024-06-11 09:00")) == 0
    settle("2024-06-09")
    assert story_of("o1")["phases"] == []
    assert deadlines.release_expired(at=moment("2024-06-12 09:00")) == 1
    assert str(OrderLine.objects.get().settles_on) == "2024-06-13"
    assert audit_is_clean()


def test_the_claimant_takes_a_dispute_back_and_nobody_else_does(market):
    settled(market)
    dispute = raised("2024-06-09 10:00")
    before = everything()
    with pytest.raises(disputes.NoSuchLine):
        disputes.retract(dispute, "x", claimant=party("s1"), by=staff(), at=moment("2024-06-09 11:00"))
    assert everything() == before
    disputes.retract(dispute, "已和解", claimant=party("m1"), by=dispute.opened_by, at=moment("2024-06-09 11:00"))
    assert money() == (1125, 0, 0)
    assert acts(dispute) == ["opened", "withdrawn"]


def test_a_party_frozen_meanwhile_keeps_frozen_what_a_dispute_lets_go_and_the_other_way(market):
    settled(market)
    dispute = raised("2024-06-09 10:00")
    sell(market, "o2", "2024-06-02 12:00", price_fen=4_000)
    settle("2024-06-10")
    kept = holds.freeze_tenant(party("s1"), "异常", by=staff(), at=moment("2024-06-10 10:00"))
    assert money() == (0, 1575, 0)
    disputes.reject(dispute, "不成立", by=staff(), at=moment("2024-06-10 11:00"))
    assert money() == (0, 1575, 0)
    again = raised("2024-06-10 12:00")
    assert again.frozen_fen == 0
    holds.release_tenant(kept, "无误", by=staff(), at=moment("2024-06-10 13:00"))
    assert money() == (450, 1125, 0)
    settle("2024-06-11")
    assert audit_is_clean()


def test_a_proposal_sent_back_is_open_again(market):
    settled(market)
    dispute = raised("2024-06-09 10:00")
    disputes.propose(dispute, 800, "部分成立", by=staff("maker"), at=moment("2024-06-09 11:00"))
    disputes.send_back(dispute, "金额有误", by=staff("checker"), at=moment("2024-06-09 12:00"))
    dispute.refresh_from_db()
    assert (dispute.status, dispute.take_fen, money()) == ("open", 0, (0, 1125, 0))


@pytest.mark.parametrize(
    ("refusal", "act"),
    [
        (SecondPersonNeeded, lambda d, at: disputes.uphold(d, by=staff("maker"), at=at)),
        (StaffOnly, lambda d, at: disputes.uphold(d, by=staff("guest", is_staff=False), at=at)),
        (StaffOnly, lambda d, at: disputes.reject(d, "x", by=staff("guest", is_staff=False), at=at)),
        (ReasonMissing, lambda d, at: disputes.reject(d, " ", by=staff("checker"), at=at)),
        (DeadlinePassed, lambda d, _at: disputes.uphold(d, by=staff("checker"), at=d.expires_at)),
        (disputes.DisputeOpen, lambda d, _at: raised("2024-06-09 13:00", by=staff("maker"))),
        (disputes.TakeInvalid, lambda d, at: disputes.propose(d, 1126, "x", by=staff("maker"), at=at)),
        (disputes.TakeInvalid, lambda d, at: disputes.propose(d, 0, "x", by=staff("maker"), at=at)),
    ],
    ids=["same person", "guest upholds", "guest rejects", "no reason", "too late", "twice", "too much", "nothing"],
)
def test_a_refused_act_changes_nothing(market, refusal, act):
    settled(market)
    dispute = raised("2024-06-09 10:00")
    staff("checker"), staff("guest", is_staff=False)
    disputes.propose(dispute, 800, "部分成立", by=staff("maker"), at=moment("2024-06-09 11:00"))
    before = everything()
    with pytest.raises(refusal):
        act(dispute, moment("2024-06-09 12:00"))
    assert everything() == before


def test_a_decided_dispute_is_not_decided_again(market):
    settled(market)
    dispute = raised("2024-06-09 10:00")
    disputes.reject(dispute, "不成立", by=staff(), at=moment("2024-06-09 12:00"))
    before = everything()
    with pytest.raises(CaseClosed):
        disputes.reject(dispute, "不成立", by=staff(), at=moment("2024-06-09 13:00"))
    assert everything() == before


def test_strangers_sides_that_are_none_and_lines_settled_long_ago_are_refused(market):
    settled(market)
    stranger, other = merchant("m2"), streamer("s2")
    by = member(stranger)
    before = everything()
    with pytest.raises(disputes.NoSuchLine):
        raised("2024-06-09 10:00", claimant=stranger.code, by=by)
    with pytest.raises(disputes.NoSuchSide):
        raised("2024-06-09 10:00", against=other.code, by=by)
    with pytest.raises(disputes.NoSuchSide):
        raised("2024-06-09 10:00", against="m1", by=by)
    with pytest.raises(disputes.DisputeTooLate):
        raised("2024-07-09 00:00", by=by)
    assert everything() == before
    assert raised("2024-07-08 23:59:59", by=by).status == "open"


def test_both_sides_read_their_dispute_and_its_trail_and_strangers_neither(market):
    settled(market)
    stranger = merchant("m2")
    raised("2024-06-09 10:00")
    sides = [party("m1"), party("s1"), stranger]
    seen = []
    for each in sides:
        enter_scope(each.pk)
        seen.append((Dispute.objects.count(), Trail.objects.filter(subject_kind="dispute").count()))
    assert seen == [(1, 1), (1, 1), (0, 0)]


def test_a_party_disputes_in_its_own_scope(market):
    settled(market)
    claimant, against, by = party("m1"), party("s1"), member(party("m1"))
    line = OrderLine.objects.get()
    enter_scope(claimant.pk)
    dispute = disputes.open_dispute(
        line, claimant=claimant, against=against, reason="货不对版", by=by, at=moment("2024-06-09 10:00")
    )
    assert (dispute.frozen_fen, Dispute.objects.visible_to(claimant).count()) == (1125, 1)


def test_an_upheld_dispute_is_paid_from_what_is_frozen_for_it_and_then_from_what_is_available(market):
    settled(market)
    streamers_money = Account.objects.get(owner=party("s1"), kind="available")
    spend(streamers_money, 625)
    dispute = raised("2024-06-09 10:00")
    assert (dispute.amount_fen, money()) == (1125, (0, 500, 0))
    outside = Account.objects.get(kind="external").pk
    post([Transfer(outside, streamers_money.pk, 625, "correction", "back", "test")], day=date(2024, 6, 10))
    disputes.propose(dispute, 800, "部分成立", by=staff("maker"), at=moment("2024-06-09 11:00"))
    assert money() == (625, 500, 0)
    disputes.uphold(dispute, by=staff("checker"), at=moment("2024-06-09 12:00"))
    assert money() == (325, 0, 800)
    paid = Posting.objects.filter(cause=dispute.cause, kind="correction").order_by("pk")
    assert list(paid.values_list("from_account__kind", "amount_fen")) == [("frozen", 500), ("available", 300)]
    assert audit_is_clean()
