"""A leader that fails its third month: the permission's end announced, revoked, appealed and applied for again."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from haowu.approvals.rules import ReasonMissing, StaffOnly
from haowu.ground.states import MoveRefused
from haowu.tenants.models import Tenant
from haowu.tenants.scope import PLATFORM, enter_scope
from tests.build import (
    activity,
    bought,
    event,
    leader,
    member,
    merchant,
    moment,
    nets,
    paid,
    pick,
    product,
    push,
    second,
    settle,
    source,
    staff,
    story_of,
    streamer,
)
from tests.quarters import Stall, assessed, good_month, holds
from tuanzhang import appeals, enrolling, permission, second_level
from tuanzhang import level_refusals as refusals
from tuanzhang.models import Appeal, Enrolment, MonthlyAssessment, Readmission, Revocation, SecondLevel

pytestmark = pytest.mark.django_db


@pytest.fixture
def failing() -> Tenant:
    """A leader who failed in March and in May; April was good."""
    stall = Stall(leader("l1"), joining="all")
    stall.another_product(code="mine")
    assessed("2024-03")
    good_month(stall, "2024-04")
    assessed("2024-04")
    assessed("2024-05")
    return stall.leader


def test_the_third_failed_month_in_all_is_announced_and_takes_the_permission_on_the_15th(failing):
    outcomes = MonthlyAssessment.objects.order_by("month").values_list("outcome", "failed_months")
    assert list(outcomes) == [("failed", 1), ("passed", 0), ("failed", 2)]
    assert not Revocation.objects.exists()
    assessed("2024-06")
    announced = Revocation.objects.get()
    assert (announced.number, announced.status, announced.effective_on) == (1, "noticed", date(2024, 7, 15))
    assert permission.revoke_due(date(2024, 7, 14), at=moment("2024-07-14 00:05")) == 0
    assert permission.objection(failing) is None
    at = moment("2024-07-15 00:05")
    assert [permission.revoke_due(date(2024, 7, 15), at=at) for _twice in range(2)] == [1, 0]
    assert permission.objection(failing).code == "PERMISSION_REVOKED"
    assert holds() == []


def permission_revoked(lead: Tenant) -> Revocation:
    assessed("2024-06")
    permission.revoke_due(date(2024, 7, 15), at=moment("2024-07-15 00:05"))
    return Revocation.objects.get(leader=lead, status="effected")


def test_a_revocation_closes_what_runs_rejects_what_waits_and_lets_earned_fees_settle(failing):
    running = failing.activities.get()
    begins_later = activity(failing, begins_at=moment("2024-08-01 00:00"))
    over = activity(failing, ends_at=moment("2024-07-01 00:00"))
    item, asked_at = running.enrolments.filter(product__code="mine").get(), moment("2024-07-10 10:00")
    waiting = enrolling.enrol(running, product(merchant()), commission_bps=2000, service_fee_bps=600, at=asked_at)
    asks = second_level.apply(leader("l2"), item, 500, at=asked_at)
    guest_item = Stall(leader("l3"), joining="all").activity.enrolments.get()
    part = second(failing, guest_item, 300, at=asked_at)
    by, goods = source(), item.product
    pick(streamer(), goods, "link", activity=running)

    def sold(number: str, at: str) -> None:
        push(by, [paid(number, at, [bought(goods, "link")]), event("received", number, "2024-07-16 10:00")])

    sold("before", "2024-07-15 00:04:59")
    revoked = permission_revoked(failing)
    sold("after", "2024-07-15 00:05:00")
    assert (revoked.activities_closed, revoked.enrolments_rejected, revoked.seconds_ended) == (2, 1, 2)
    for each, closed_at in ((running, revoked.effected_at), (begins_later, revoked.effected_at), (over, None)):
        each.refresh_from_db()
        assert each.closed_at == closed_at
    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason) == ("rejected", permission.REJECTED_FOR)
    assert SecondLevel.objects.get(pk=asks.pk).status == "rejected"
    assert SecondLevel.objects.get(pk=part.pk).ended_at == revoked.effected_at
    assert guest_item.activity.is_promoting(moment("2024-07-15 00:05"))  # its host goes on
    settle("2024-07-24")
    assert nets("before", "first_leader") == [(600, 60, 540)]
    assert story_of("after")["terms"]["offer"] is None
    assert holds() == []


def test_who_has_no_permission_begins_nothing_new(failing):
    guest_item = Stall(leader("l3"), joining="all").activity.enrolments.get()
    permission_revoked(failing)
    for act in (
        lambda: activity(failing, code="again"),
        lambda: second_level.apply(failing, guest_item, 300, at=moment("2024-07-16 10:00")),
    ):
        with pytest.raises(refusals.PermissionRevoked):
            act()
    assert not failing.activities.filter(code="again").exists()
    assert not SecondLevel.objects.exists()


def test_a_leader_without_permission_is_not_assessed_and_may_apply_again_after_thirty_days(failing):
    permission_revoked(failing)
    assert assessed("2024-07") == []
    with pytest.raises(refusals.TooEarlyToApply):
        permission.apply_again(failing, "已整改", by=member(failing), at=moment("2024-08-13 23:59:59"))
    asked = permission.apply_again(failing, "已整改", by=None, at=moment("2024-08-14 00:00"))
    with pytest.raises(refusals.ReadmissionOpen):
        permission.apply_again(failing, "再催", by=None, at=moment("2024-08-14 00:01"))
    with pytest.raises(StaffOnly):
        permission.readmit(asked, by=member(failing), at=moment("2024-08-15 10:00"))
    permission.readmit(asked, by=staff(), at=moment("2024-08-15 10:00"))
    assert permission.objection(failing) is None
    with pytest.raises(MoveRefused):
        permission.refuse_readmission(asked, "不行", by=staff(), at=moment("2024-08-15 11:00"))
    assert [(each.outcome, each.days_as_leader) for each in assessed("2024-08")] == [("exempt", 17)]
    assert [(each.outcome, each.failed_months) for each in assessed("2024-09")] == [("failed", 1)]
    assert holds() == []


def test_a_refused_application_may_be_made_again(failing):
    permission_revoked(failing)
    asked = permission.apply_again(failing, "已整改", by=None, at=moment("2024-08-14 00:00"))
    with pytest.raises(ReasonMissing):
        permission.refuse_readmission(asked, " ", by=staff(), at=moment("2024-08-15 10:00"))
    permission.refuse_readmission(asked, "材料不全", by=staff(), at=moment("2024-08-15 10:00"))
    permission.apply_again(failing, "补齐", by=None, at=moment("2024-08-16 00:00"))
    assert Readmission.objects.count() == 2


def test_who_holds_the_permission_need_not_apply(failing):
    with pytest.raises(refusals.PermissionHeld):
        permission.apply_again(failing, "想再开一次", by=None, at=moment("2024-08-14 00:00"))


def test_the_third_revocation_is_for_good():
    lead = Stall(leader()).leader
    months = iter(f"{year}-{month:02d}" for year in (2023, 2024, 2025) for month in range(1, 13))
    for number in (1, 2, 3):
        while not Revocation.objects.filter(number=number).exists():
            assessed(next(months))
        announced = Revocation.objects.get(number=number)
        at = announced.noticed_at.replace(day=15)
        permission.revoke_due(announced.effective_on, at=at)
        announced.refresh_from_db()
        assert announced.status == "effected"
        if number < 3:
            asked = permission.apply_again(lead, "已整改", by=None, at=moment(f"{announced.again_from} 00:00"))
            permission.readmit(asked, by=staff(), at=moment(f"{announced.again_from} 10:00"))
            next(months)  # the month without permission is not assessed
    assert permission.objection(lead).code == "PERMISSION_GONE"
    with pytest.raises(refusals.PermissionGone):
        permission.apply_again(lead, "再给一次", by=None, at=moment("2030-01-01 00:00"))
    with pytest.raises(DatabaseError), transaction.atomic():
        Revocation.objects.filter(number=3).update(status="lifted", lifted_at=moment("2030-01-01 00:00"))
    assert holds() == []


def test_an_appeal_that_is_upheld_calls_the_revocation_off(failing):
    (third,) = assessed("2024-06")
    asked = appeals.appeal(failing, third, "物流停运", by=member(failing), at=moment("2024-07-14 23:59:59"))
    assert permission.revoke_due(date(2024, 7, 15), at=moment("2024-07-15 00:05")) == 0  # it waits for the decision
    appeals.uphold(asked, "情况属实", by=staff(), at=moment("2024-07-16 10:00"))
    assert Revocation.objects.get().status == "cancelled"
    assert permission.revoke_due(date(2024, 7, 17), at=moment("2024-07-17 00:05")) == 0
    (fourth,) = assessed("2024-07")
    assert fourth.failed_months == 3  # the excused month does not count, so this is the third again
    assert Revocation.objects.get(status="noticed").number == 1
    assert holds() == []


def test_an_appeal_that_is_refused_lets_the_revocation_happen(failing):
    (third,) = assessed("2024-06")
    asked = appeals.appeal(failing, third, "物流停运", by=None, at=moment("2024-07-10 10:00"))
    appeals.refuse(asked, "无证明", by=staff(), at=moment("2024-07-18 10:00"))
    assert permission.revoke_due(date(2024, 7, 19), at=moment("2024-07-19 00:05")) == 1
    assert permission.revocation_of(failing).again_from == date(2024, 8, 18)


def test_an_appeal_is_in_time_about_ones_own_failure_and_once(failing):
    passed = MonthlyAssessment.objects.get(outcome="passed")
    (third,) = assessed("2024-06")
    in_time = moment("2024-07-10 10:00")
    for act, refusal in (
        (lambda: appeals.appeal(failing, passed, "x", by=None, at=in_time), refusals.NothingToAppeal),
        (lambda: appeals.appeal(leader(), third, "x", by=None, at=in_time), refusals.NothingToAppeal),
        (lambda: appeals.appeal(failing, third, " ", by=None, at=in_time), ReasonMissing),
        (lambda: appeals.appeal(failing, third, "x", by=None, at=moment("2024-07-15 00:00")), refusals.AppealTooLate),
    ):
        with pytest.raises(refusal):
            act()
    assert not Appeal.objects.exists()
    asked = appeals.appeal(failing, third, "x", by=None, at=in_time)
    with pytest.raises(refusals.AlreadyAppealed):
        appeals.appeal(failing, third, "x", by=None, at=in_time)
    with pytest.raises(StaffOnly):
        appeals.uphold(asked, "好", by=member(failing), at=in_time)
    appeals.retract(asked, at=in_time)
    with pytest.raises(MoveRefused):
        appeals.refuse(asked, "晚了", by=staff(), at=in_time)
    appeals.appeal(failing, third, "想好了", by=None, at=in_time)


def test_a_leader_reads_its_own_months_and_revocations_and_writes_none(failing):
    permission_revoked(failing)
    other = Stall(leader("l9")).leader
    for tenant, months in ((failing, 4), (other, 0), (merchant(), 0)):
        enter_scope(tenant.pk)
        counted = (MonthlyAssessment.objects.count(), Revocation.objects.count())
        assert counted == (months, int(months > 0))
        assert Revocation.objects.update(number=2) == 0
    enter_scope(PLATFORM)
    enter_scope(failing.pk)
    assert permission.objection(failing).code == "PERMISSION_REVOKED"
    enter_scope(PLATFORM)
    assert Enrolment.objects.filter(leader=failing, status="pending").count() == 0
