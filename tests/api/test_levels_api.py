"""``/level``, ``/levels``, ``/assessments``, ``/rebates``: a leader's tool reads where it stands."""

import pytest

from commissions.leaders import rebates
from tests.build import leader, moment, staff
from tests.quarters import Stall, assessed, closed, policy, q

pytestmark = pytest.mark.django_db


def test_a_leader_reads_its_quarters_months_and_rebates_and_nobody_elses(calling):
    policy(mode="whole", bronze_gmv_fen=100_00, silver_gmv_fen=200_00, gold_gmv_fen=300_00, target_gmv_fen=200_00,
           target_brands=1, target_promoters=1)  # fmt: skip
    lead, other = leader("l1"), leader("l2")
    Stall(lead).sell("2024-06-01 10:00", 250_00)
    Stall(other)
    assessed("2024-06")
    closed("2024Q2")
    reading = calling(lead)
    assert reading.get("/rebates").json()["results"] == []
    batch = rebates.propose(q("2024Q2"), by=staff(), at=moment("2024-07-15 00:00"))
    assert reading.get("/rebates").json()["results"] == []  # one person has not approved yet
    rebates.approve(batch, by=staff(), at=moment("2024-07-16 10:00"))
    (paid,) = reading.get("/rebates").json()["results"]
    assert {name: paid[name] for name in ("quarter", "gmv_fen", "level", "score_bps", "mode", "amount_fen")} == {
        "quarter": "2024Q2", "gmv_fen": 250_00, "level": "silver", "score_bps": 10_000, "mode": "whole",
        "amount_fen": 75,
    }  # fmt: skip
    assert paid["reference"] == f"rebate:2024Q2:{lead.pk}"
    (level,) = reading.get("/levels").json()["results"]
    assert (level["quarter"], level["level"], level["valid_in"], level["revision"]) == ("2024Q2", "silver", "2024Q3", 0)
    (month,) = reading.get("/assessments").json()["results"]
    assert (month["month"], month["outcome"], month["orders"], month["failed_months"]) == ("2024-06", "failed", 1, 1)
    assert month["shortfalls"] == ["ORDERS", "GMV", "NEW_PARTNERS"]
    theirs = calling(other)
    assert theirs.get("/rebates").json()["results"] == []
    assert [each["level"] for each in theirs.get("/levels").json()["results"]] == ["potential"]


def test_the_level_so_far_says_what_is_missing(calling, clock):
    lead = leader("l1")
    stall = Stall(lead)
    clock("2024-06-20 14:05")
    stall.sell("2024-06-20 14:00", 100_00, received="never")
    now = calling(lead).get("/level").json()
    assert (now["level"], now["permission"]) == (None, "held")
    assert now["progress"]["quarter"] == "2024Q2"
    assert now["progress"]["missing"] == {"level": "bronze", "gmv_fen": 50_000_000_00, "brands": 0, "promoters": 0}
    assert (now["month"]["orders"], now["month"]["gmv_fen"], now["month"]["shipments"]) == (1, 100_00, 0)
    assert now["month"]["shortfalls"] == ["ORDERS", "GMV", "NEW_PARTNERS"]
