"""A debt, as several tests of statements want it."""

import pytest

from commissions.payments import withdrawals
from haowu.tenants.models import Tenant
from tests import build
from tests.build import moment, settle
from tests.casework import open_market, refund, sell


@pytest.fixture
def short():
    """11.25 settled on 9 June and withdrawn; all of it clawed back on 12 June; 11.25 earned again on 20 June."""
    market = open_market()
    build.policy(min_withdrawal_fen=1, daily_withdrawal_fen=10**9, checked_above_fen=10**9)
    seller = Tenant.objects.get(code="s1")
    build.bank_account(seller)
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    withdrawals.request(seller, "n1", 1_125, None, moment("2024-06-10 12:00"))
    refund(market, "o1", "2024-06-11 12:00", 10_000)
    settle("2024-06-12")
    sell(market, "o2", "2024-06-12 12:00")
    settle("2024-06-20")
    return market
