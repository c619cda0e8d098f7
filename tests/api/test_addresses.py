"""Whatever an address says: what names nothing is 404, what cannot be used is 422, and nothing is a failure."""

import pytest

from tests.bases import base
from tests.build import leader

pytestmark = pytest.mark.django_db

PATHS = [
    "/order-events/{}",
    "/orders/{}/lines/1",
    "/orders/o1/lines/{}",
    "/withdrawals/{}",
    "/activities/{}",
    "/statements/available/{}",
    "/statements/{}/2024-06-10",
    "/statements/available/{}/lines",
    "/statements/available/{}/postings",
    "/statements/available/2024-06-10/entries/{}",
    "/statements/available/2024-06-10/entries/{}/lines",
    "/statements/months/available/{}",
    "/statements/months/{}/2024-06",
    "/stock-feeds/{}",
]
NOWHERE = ["%00", "a%00b", "%ff", "%ed%a0%80", "%1b", "%C2%85", "%0a", "x" * 3_000, "9" * 19, "9" * 5_000, "1.0", "-1",
           "%EF%BC%91", "0001-01-01", "9999-12-31", "0001-01", "9999-12", "2024-02-30", "2024-13",
           "%EF%BC%92024-06-01"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_an_address_that_names_nothing_is_not_found(sale, calling, path):
    callers = [calling(tenant) for tenant in (sale.source, sale.seller, leader("l1"), base("b1").base)]
    for odd in NOWHERE:
        found = {caller.send("GET", f"/api/v1{path.format(odd)}").status_code for caller in callers}
        assert found <= {403, 404} and 404 in found, odd


@pytest.mark.parametrize("value", ["%00", "%ff", "%ed%a0%80", "x" * 3_000, "%1b", "0001-01-01", "1.0", "9" * 5_000])
def test_a_filter_that_cannot_be_used_is_refused_or_finds_nothing(sale, calling, value):
    lists = {
        sale.source: ["/order-events", "/orders"],
        sale.seller: ["/statements", "/withdrawals", "/statements/available/2024-06-10/postings"],
        leader("l1"): ["/activities", "/enrolments", "/change-requests", "/levels"],
        base("b1").base: ["/stock-feeds", "/stock", "/brand-introductions", "/brands"],
    }
    names = ["order_no", "occurred_from", "ordered_to", "status", "verdict", "day_from", "account", "kind", "state",
             "activity", "sku", "page_size", "cursor"]  # fmt: skip
    for tenant, paths in lists.items():
        caller = calling(tenant)
        for path in paths:
            for name in names:
                answer = caller.send("GET", f"/api/v1{path}?{name}={value}")
                assert answer.status_code in {200, 422}, (path, name)
                if answer.status_code == 200:
                    assert answer.json()["results"] == []
