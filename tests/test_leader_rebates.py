"""Rebates of a quarter: proposed after the appeals, approved by a second person, posted once."""

import pytest
from django.db import IntegrityError, transaction

from commissions.cases.casework import trail_of
from commissions.leaders import rebates
from commissions.models import Rebate, RebateBatch
from haowu.approvals.rules import SecondPersonNeeded, StaffOnly
from haowu.ground.states import MoveRefused
from haowu.ledger.models import Posting
from haowu.tenants.models import Tenant
from haowu.tenants.scope import PLATFORM, enter_scope
from tests.build import leader, member, merchant, moment, staff
from tests.quarters import APPEALS_OVER, Stall, approved, closed, full_score, holds, level_of, proposed, q
from tuanzhang import appeals
from tuanzhang.models import QuarterLevel

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_leaders() -> list[Tenant]:
    full_score("whole", bronze_gmv_fen=50_00, silver_gmv_fen=100_00, gold_gmv_fen=300_00, target_gmv_fen=50_00)
    both = [leader("l1"), leader("l2")]
    for lead, price_fen in zip(both, (100_00, 200_00), strict=True):
        Stall(lead).sell("2024-06-01 10:00", price_fen)
    closed("2024Q2")
    return both


def test_rebates_wait_until_no_appeal_is_possible_and_leave_out_who_appeals(two_leaders):
    first, other = two_leaders
    with pytest.raises(rebates.NothingToRebate):
        proposed(at="2024-07-14 23:59:59")
    asked = appeals.appeal(first, level_of(first, "2024Q2"), "推广者数不对", by=None, at=moment("2024-07-14 23:59:59"))
    batch = approved(proposed())
    assert [rebate.leader for rebate in batch.rebates.all()] == [other]
    with pytest.raises(rebates.NothingToRebate):
        proposed()
    appeals.refuse(asked, "数据无误", by=staff(), at=moment("2024-07-17 10:00"))
    assert [rebate.leader for rebate in approved(proposed(at="2024-07-18 00:00")).rebates.all()] == [first]
    assert Posting.objects.filter(kind="rebate").count() == 2
    assert holds() == []


def test_a_rebate_takes_two_people_of_the_staff(two_leaders):
    maker = staff()
    with pytest.raises(StaffOnly):
        rebates.propose(q("2024Q2"), by=member(two_leaders[0]), at=moment(APPEALS_OVER))
    batch = rebates.propose(q("2024Q2"), by=maker, at=moment(APPEALS_OVER))
    with pytest.raises(SecondPersonNeeded):
        rebates.approve(batch, by=maker, at=moment(APPEALS_OVER))
    with pytest.raises(StaffOnly):
        rebates.approve(batch, by=member(two_leaders[0]), at=moment(APPEALS_OVER))
    with pytest.raises(IntegrityError), transaction.atomic():
        RebateBatch.objects.update(checked_by=maker)
    assert not Posting.objects.filter(kind="rebate").exists()
    approved(batch)
    trail = trail_of(batch).values_list("act", flat=True)
    assert list(trail) == ["proposed", "approved"]


def test_a_batch_is_posted_once_and_a_leaders_quarter_is_rebated_once(two_leaders):
    batch = approved(proposed())
    posted = list(Posting.objects.filter(kind="rebate").order_by("pk").values_list("amount_fen", "cause", "reference"))
    first, other = Rebate.objects.order_by("leader")
    assert posted == [
        (30, f"rebate:{first.pk}", f"rebate:2024Q2:{first.leader_id}"),
        (60, f"rebate:{other.pk}", f"rebate:2024Q2:{other.leader_id}"),
    ]
    with pytest.raises(MoveRefused):
        rebates.approve(batch, by=staff(), at=moment("2024-07-17 10:00"))
    with pytest.raises(rebates.NothingToRebate):
        proposed()
    assert Posting.objects.filter(kind="rebate").count() == 2


def test_a_refused_batch_pays_nobody_and_may_be_proposed_again(two_leaders):
    batch = proposed()
    with pytest.raises(rebates.NothingToRebate):  # one at a time
        proposed()
    rebates.refuse(batch, "先核对", by=staff(), at=moment("2024-07-16 10:00"))
    assert not Posting.objects.filter(kind="rebate").exists()
    approved(proposed())
    assert Posting.objects.filter(kind="rebate").count() == 2
    assert holds() == []


def test_a_batch_whose_result_was_revised_meanwhile_is_not_posted(two_leaders):
    first, _other = two_leaders
    batch = proposed()
    result = level_of(first, "2024Q2")
    values = {field.attname: getattr(result, field.attname) for field in result._meta.concrete_fields}
    QuarterLevel.objects.create(**values | {"id": None, "revision": 1, "reason": "改", "brands": 0})
    with pytest.raises(rebates.RebatesChanged):
        rebates.approve(batch, by=staff(), at=moment("2024-07-16 10:00"))
    batch.refresh_from_db()
    assert batch.status == "proposed"
    assert not Posting.objects.filter(kind="rebate").exists()


def test_a_leader_reads_its_own_results_and_rebates_and_nobody_elses(two_leaders):
    first, other = two_leaders
    batch = proposed()
    shop = merchant()
    enter_scope(first.pk)
    assert {row.leader_id for row in QuarterLevel.objects.all()} == {first.pk}
    assert list(Rebate.objects.visible_to(first)) == []  # not agreed to by the second person yet
    enter_scope(PLATFORM)
    approved(batch)
    for tenant, rows in ((first, 1), (other, 1), (shop, 0)):
        enter_scope(tenant.pk)
        assert (Rebate.objects.count(), QuarterLevel.objects.count()) == (rows, rows)
        assert Rebate.objects.visible_to(tenant).count() == rows
        assert RebateBatch.objects.count() == 0
        assert Rebate.objects.update(amount_fen=1) == 0
