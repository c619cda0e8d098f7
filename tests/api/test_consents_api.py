"""Merchants' and bases' systems: consents given, retracted and read by their two parties, and nobody else."""

from datetime import UTC, datetime, timedelta

import pytest

from bases.models import Consent, Permit, QuarantinedRow
from tests.bases import agreed, base, feed, stock_of
from tests.build import merchant

pytestmark = pytest.mark.django_db


def ahead(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


@pytest.fixture
def shop():
    return merchant("m1")


@pytest.fixture
def made(shop):
    return base("b1", name="临沂基地")


@pytest.fixture
def caller(shop, calling):
    return calling(shop)


def test_a_merchant_agrees_and_the_base_may_feed_until_it_is_retracted(made, shop, caller):
    response = caller.post("/consents", {"base": "b1"})
    answer = response.json()
    assert response.status_code == 201
    assert {name: answer[name] for name in ("merchant", "base", "base_name", "city", "ends_at", "state")} == {
        "merchant": "m1", "base": "b1", "base_name": "临沂基地", "city": "linyi", "ends_at": None, "state": "live",
    }  # fmt: skip
    at = datetime.now(UTC)
    feed(made, 1, [("m1", "p1", "a", 1_000, 5)], at=at)
    assert stock_of(made) == {"a": (1_000, 5)}
    ended = caller.post(f"/consents/{answer['id']}/withdrawal", None)
    assert (ended.status_code, ended.json()["state"]) == (201, "withdrawn")
    assert ended.json()["withdrawn_at"] is not None
    feed(made, 2, [("m1", "p1", "a", 1_000, 6)], at=datetime.now(UTC))
    assert (stock_of(made), QuarantinedRow.objects.get().reason) == ({"a": (1_000, 5)}, "NOT_YOUR_GOODS")


def test_changes_answer_the_row_of_a_stranger_with_its_code(made, shop, calling):
    row = {"merchant": "m1", "product": "p1", "sku": "a", "price_fen": 1_000, "quantity": 0}
    body = {"sequence": 1, "counted_at": ahead(0), "rows": [row]}
    (result,) = calling(made.base).post("/stock-changes", body).json()["results"]
    assert (result["status"], result["code"]) == ("quarantined", "NOT_YOUR_GOODS")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "BODY_INVALID"),
        ({"base": "nobody"}, 422, "BASE_UNKNOWN"),
        ({"base": "m1"}, 422, "BASE_UNKNOWN"),
        ({"base": "b1", "begins_at": ahead(-1)}, 422, "CONSENT_WINDOW_INVALID"),
        ({"base": "b1", "begins_at": ahead(2), "ends_at": ahead(1)}, 422, "CONSENT_WINDOW_INVALID"),
        ({"base": "b1", "ends_at": "someday"}, 422, "BODY_INVALID"),
    ],
)
def test_what_cannot_be_agreed_is_refused_and_leaves_nothing(made, caller, body, status, code):
    answer = caller.post("/consents", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (Consent.objects.count(), Permit.objects.count()) == (0, 0)


def test_a_second_consent_for_the_same_time_and_a_second_retraction_conflict(made, caller):
    made_id = caller.post("/consents", {"base": "b1", "ends_at": ahead(9)}).json()["id"]
    again = caller.post("/consents", {"base": "b1", "begins_at": ahead(8)})
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_AGREED")
    caller.post(f"/consents/{made_id}/withdrawal", None)
    answer = caller.post(f"/consents/{made_id}/withdrawal", None)
    assert (answer.status_code, answer.json()["code"]) == (409, "CONSENT_OVER")


def test_the_same_key_agrees_once(made, caller):
    answers = [caller.post("/consents", {"base": "b1"}, Idempotency_Key="k1") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (answers[1]["Idempotency-Hit"], Consent.objects.count()) == ("true", 1)


def test_both_parties_list_it_and_strangers_neither_see_nor_retract_it(made, shop, caller, calling):
    merchant("m2")
    agreed(made, "m1", "m2")
    agreed(base("b2"), "m1", begins_at=datetime.now(UTC) + timedelta(days=1))
    shown = caller.get("/consents").json()["results"]
    assert [(each["merchant"], each["base"], each["state"]) for each in shown] == [
        ("m1", "b2", "upcoming"), ("m1", "b1", "live"),
    ]  # fmt: skip
    assert [each["base"] for each in caller.get("/consents", {"state": "live"}).json()["results"]] == ["b1"]
    at_base = calling(made.base)
    assert [each["merchant"] for each in at_base.get("/consents").json()["results"]] == ["m2", "m1"]
    assert [each["merchant"] for each in at_base.get("/consents", {"merchant": "m1"}).json()["results"]] == ["m1"]
    own = Consent.objects.get(merchant=shop, base=made.base)
    for tenant, status in ((merchant("m3"), 404), (made.base, 403), (base("b3").base, 403)):
        stranger = calling(tenant)
        assert stranger.post(f"/consents/{own.public_id}/withdrawal", None).status_code == status
        if tenant != made.base:
            assert stranger.get("/consents").json()["results"] == []
    assert at_base.post("/consents", {"base": "b1"}).json()["code"] == "KIND_REFUSED"
    own.refresh_from_db()
    assert own.withdrawn_at is None


def test_a_list_is_paged_and_asks_as_much_however_long_it_is(made, shop, caller, django_assert_max_num_queries):
    for number in range(12):
        agreed(base(f"x{number}"), "m1")
    with django_assert_max_num_queries(12):
        first = caller.get("/consents", {"page_size": 5}).json()
    second = caller.http.get(first["next"], headers={"Authorization": f"Bearer {caller.token}"}).json()
    assert len({each["id"] for each in first["results"] + second["results"]}) == 10
