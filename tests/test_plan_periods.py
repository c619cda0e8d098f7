"""Until when a plan runs: later at once, earlier with the notice of a decrease."""

import pytest

from haowu.ground.errors import Refused
from merchants import plan_periods
from merchants.models import Plan
from tests import build
from tests.browser import browser, shown_messages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NOW = build.moment("2024-06-20 14:00")
MIDNIGHT = build.moment("2024-06-21 00:00")
IN_JULY = build.moment("2024-07-01 00:00")


@pytest.fixture
def plan():
    return build.normal_plan(build.product(build.merchant("m1"), "p1"), 2000, build.moment("2024-06-01 00:00"))


def test_an_open_plan_may_end_at_the_next_midnight_or_later_and_again_without_end(plan):
    assert plan_periods.set_end(plan, MIDNIGHT, at=NOW).ends_at == MIDNIGHT
    assert plan_periods.set_end(plan, IN_JULY, at=NOW).ends_at == IN_JULY
    assert plan_periods.set_end(plan, None, at=NOW).ends_at is None


@pytest.mark.parametrize(
    ("ends_at", "at", "code"),
    [
        ("2024-06-20 20:00", "2024-06-20 14:00", "PLAN_END_TOO_SOON"),
        ("2024-06-21 00:00", "2024-06-20 23:55", "DECREASES_CLOSED"),
        ("2024-06-20 14:00", "2024-06-20 14:00", "PLAN_END_INVALID"),
        ("2028-06-21 00:00", "2024-06-20 14:00", "PLAN_END_INVALID"),
    ],
)
def test_an_end_that_cannot_be_is_refused_and_the_plan_goes_on(plan, ends_at, at, code):
    with pytest.raises(Refused) as refused:
        plan_periods.set_end(plan, build.moment(ends_at), at=build.moment(at))
    assert refused.value.code == code
    assert Plan.objects.get().ends_at is None


def test_a_plan_that_is_over_stays_over(plan):
    plan_periods.set_end(plan, MIDNIGHT, at=NOW)
    with pytest.raises(Refused) as refused:
        plan_periods.set_end(plan, None, at=MIDNIGHT)
    assert refused.value.code == "PLAN_ENDED" and Plan.objects.get().ends_at == MIDNIGHT


def test_the_page_changes_it_and_says_why_not(plan):
    client = browser(plan.merchant)
    address = f"/plans/{plan.public_id}/period/"
    done = client.post(address, {"ends_at": "2024-07-01T00:00"}, follow=True)
    assert shown_messages(done) == ["计划将在 2024-07-01 00:00 结束。"]
    early = client.post(address, {"ends_at": "2024-06-20T20:00"}, follow=True)
    assert shown_messages(early) == ["提前结束和降佣一样，最早到 2024-06-21 00:00。请选这之后的时间。"]
    assert Plan.objects.get().ends_at == IN_JULY
    assert browser(build.merchant("m2")).post(address, {"ends_at": ""}).status_code == 404
