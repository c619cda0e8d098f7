"""I21: each of its searches names a broken row, and none where leaders' results follow from their inputs."""

from datetime import date
from typing import Any

import pytest
from django.db import models

from commissions.leaders import rebates
from commissions.models import Rebate, RebateBatch
from haowu.audit.invariants import run_audit
from haowu.ledger import books
from haowu.tenants.models import Tenant
from tests.build import leader, moment, staff
from tests.quarters import Stall, assessed, closed, policy, q
from tuanzhang.models import MonthlyAssessment, QuarterLevel, Revocation

pytestmark = pytest.mark.django_db


def broken() -> list[str]:
    return [finding.code for finding in run_audit() if not finding.holds]


def copied(row: models.Model, **changes: Any) -> models.Model:
    """Another row beside an append-only one, as a fault would write it."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row).objects.create(**values | {"id": None} | changes)


@pytest.fixture
def lead() -> Tenant:
    policy(bronze_gmv_fen=100_00, silver_gmv_fen=200_00, gold_gmv_fen=300_00, target_gmv_fen=200_00,
           target_brands=1, target_promoters=1, mode="whole")  # fmt: skip
    stall = Stall(leader("l1"))
    stall.sell("2024-06-01 10:00", 250_00)
    assessed("2024-06")
    closed("2024Q2")
    assert broken() == []
    return stall.leader


def test_gmv_that_is_not_the_nights(lead):
    result = QuarterLevel.objects.get()
    copied(result, revision=1, reason="x", settled_fen=260_00, gmv_fen=260_00)
    assert broken() == ["I21"]


@pytest.mark.parametrize("wrong", [{"level": "gold"}, {"score_bps": 9_999}, {"brands": 0}])
def test_a_level_or_score_that_does_not_follow(lead, wrong):
    copied(QuarterLevel.objects.get(), revision=1, reason="x", **wrong)
    assert broken() == ["I21.1"]


def test_a_month_judged_wrongly_and_a_third_failure_without_notice(lead):
    month = MonthlyAssessment.objects.get()
    copied(month, month=date(2024, 7, 1), outcome="passed", shortfalls=[], failed_months=0)
    assert broken() == ["I21.2"]
    copied(month, month=date(2024, 8, 1), failed_months=3)
    unrecorded, finding = [each for each in run_audit() if not each.holds]
    assert (unrecorded.code, unrecorded.examples) == ("I15.3", ["assessment l1/2024-08"])
    assert (finding.code, finding.broken) == ("I21.2", 2)


def test_a_leader_without_permission_whose_activity_still_runs(lead):
    month = MonthlyAssessment.objects.get()
    at = moment("2024-07-15 00:05")
    Revocation.objects.create(
        leader=lead, number=1, assessment=month, status="effected", noticed_at=month.assessed_at,
        effective_on=date(2024, 7, 15), effected_at=at,
    )  # fmt: skip
    assert broken() == ["I15.3", "I21.3"]


@pytest.fixture
def batch(lead) -> RebateBatch:
    return rebates.propose(q("2024Q2"), by=staff(), at=moment("2024-07-15 00:00"))


def test_a_rebate_that_does_not_follow_from_its_result(batch):
    Rebate.objects.update(amount_fen=76)
    RebateBatch.objects.update(sum_fen=76)
    assert broken() == ["I21.4"]


def test_a_posted_rebate_without_its_posting_and_a_batch_that_does_not_add_up(batch):
    Rebate.objects.update(posted_on=date(2024, 7, 16))
    assert broken() == ["I21.5"]
    Rebate.objects.update(posted_on=None)
    RebateBatch.objects.update(sum_fen=74)
    assert broken() == ["I21.5"]


def test_a_rebate_posting_that_nobody_proposed(lead):
    accounts = books.open_accounts([(books.platform().pk, "rebates"), (lead.pk, "available")])
    ends = accounts[books.platform().pk, "rebates"], accounts[lead.pk, "available"]
    books.post([books.Transfer(*ends, 75, "rebate", "rebate:2024Q2:x", "rebate:0")], day=date(2024, 7, 16))
    assert broken() == ["I21.5"]
