"""Balances and withdrawals for a streamer's tools: what there is, asking for it once, following it, taking it back."""

import pytest

from commissions.models import Withdrawal
from commissions.payments import withdrawals
from haowu.ledger.models import Account
from tests.build import bank_account, moment, money, policy, staff, streamer, tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def seller():
    """100.00 available and an account; at least 1.00, 80.00 a day, above 50.00 checked by a second person."""
    policy(min_withdrawal_fen=100, daily_withdrawal_fen=8_000, checked_above_fen=5_000)
    made = streamer("s1")
    bank_account(made)
    money(made, 10_000)
    return made


def in_hand(seller) -> tuple[int, int]:
    kinds = dict(Account.objects.visible_to(seller).values_list("kind", "balance_fen"))
    return kinds.get("available", 0), kinds.get("withdrawing", 0)


def test_balances_are_the_ledgers_with_what_may_be_withdrawn(seller, calling):
    assert calling(seller).get("/balances").json() == {
        "pending_fen": 0,
        "holding_fen": 0,
        "available_fen": 10_000,
        "frozen_fen": 0,
        "withdrawing_fen": 0,
        "paid_fen": 0,
        "debt_fen": 0,
        "withdrawal": {
            "min_fen": 100,
            "most_fen": 8_000,
            "daily_fen": 8_000,
            "left_today_fen": 8_000,
            "checked_above_fen": 5_000,
            "bank_account": "张** · 招商银行 · **** 1234",
            "obstacle": None,
        },
    }
    bare = calling(tenant("tuanzhang")).get("/balances").json()["withdrawal"]
    assert (bare["bank_account"], bare["obstacle"]) == (None, "WITHDRAWAL_BELOW_MINIMUM")


def test_a_withdrawal_is_asked_for_and_followed(seller, calling, clock):
    caller = calling(seller)
    answer = caller.post("/withdrawals", {"number": "w-1", "amount_fen": 6_000}, Idempotency_Key="k1")
    made = Withdrawal.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "number": "w-1",
        "reference": made.reference,
        "amount_fen": 6_000,
        "status": "requested",
        "bank_account": "张** · 招商银行 · **** 1234",
        "requested_at": "2024-06-20T14:00:00+08:00",
        "updated_at": "2024-06-20T14:00:00+08:00",
        "expected_on": "2024-06-21",
        "may_cancel": True,
        "reason": "",
        "next": "等平台复核，最迟 2024-06-21 完成并打款（遇法定节假日顺延）。打款前可以取消。",
    }
    withdrawals.refuse(made, staff(), clock("2024-06-20 15:00"), reason="户名不符")
    withdrawal = caller.get("/withdrawals/w-1").json()
    assert (withdrawal["status"], withdrawal["reason"], withdrawal["expected_on"], withdrawal["may_cancel"]) == (
        "refused",
        "户名不符",
        None,
        False,
    )


def test_the_same_key_or_the_same_number_makes_one_withdrawal(seller, calling):
    caller, body = calling(seller), {"number": "w-1", "amount_fen": 3_000}
    first = caller.post("/withdrawals", body, Idempotency_Key="k1")
    again = caller.post("/withdrawals", body, Idempotency_Key="k1")
    assert (again.status_code, again["Idempotency-Hit"], again.content) == (201, "true", first.content)
    assert caller.post("/withdrawals", body).json()["reference"] == first.json()["reference"]
    assert caller.post("/withdrawals", body, Idempotency_Key="k2").status_code == 201
    other = caller.post("/withdrawals", body | {"amount_fen": 3_001}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    taken = caller.post("/withdrawals", body | {"amount_fen": 3_001})
    assert (taken.status_code, taken.json()["code"]) == (409, "WITHDRAWAL_NUMBER_TAKEN")
    assert in_hand(seller) == (7_000, 3_000)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"number": "w", "amount_fen": 99}, 422, "WITHDRAWAL_BELOW_MINIMUM"),
        ({"number": "w", "amount_fen": 10_001}, 409, "BALANCE_TOO_LOW"),
        ({"number": "w", "amount_fen": 8_001}, 422, "OVER_DAILY_LIMIT"),
        ({"number": "a b", "amount_fen": 500}, 422, "BODY_INVALID"),
        ({"number": "w/1", "amount_fen": 500}, 422, "BODY_INVALID"),
        ({"number": "w", "amount_fen": 0}, 422, "BODY_INVALID"),
        ({"number": "w", "amount_fen": 5.5}, 422, "BODY_INVALID"),
        ({"number": "w"}, 422, "BODY_INVALID"),
        ({"amount_fen": 500}, 422, "BODY_INVALID"),
        ([], 422, "BODY_INVALID"),
    ],
)
def test_what_cannot_be_is_refused_with_its_code_and_moves_nothing(seller, calling, body, status, code):
    answer = calling(seller).post("/withdrawals", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert in_hand(seller) == (10_000, 0)
    assert not Withdrawal.objects.exists()


def test_without_an_account_or_in_debt_nothing_is_paid_out(calling):
    policy(min_withdrawal_fen=1)
    party = streamer("s2")
    money(party, 1_000)
    caller, body = calling(party), {"number": "w", "amount_fen": 500}
    assert caller.post("/withdrawals", body).json()["code"] == "BANK_ACCOUNT_MISSING"
    bank_account(party)
    money(party, -300, "debt")
    assert caller.post("/withdrawals", body).json()["code"] == "IN_DEBT"
    assert caller.get("/balances").json()["withdrawal"]["obstacle"] == "IN_DEBT"
    assert in_hand(party) == (1_000, 0)


def test_it_is_taken_back_once(seller, calling):
    caller = calling(seller)
    caller.post("/withdrawals", {"number": "w-1", "amount_fen": 3_000})
    first = caller.post("/withdrawals/w-1/cancellation", None, Idempotency_Key="c1")
    assert (first.status_code, first.json()["status"]) == (201, "cancelled")
    assert caller.post("/withdrawals/w-1/cancellation", None, Idempotency_Key="c1").content == first.content
    again = caller.post("/withdrawals/w-1/cancellation", None)
    assert (again.status_code, again.json()["code"]) == (409, "STATE_REFUSED")
    assert in_hand(seller) == (10_000, 0)


def test_the_list_is_filtered_and_paged_newest_first(seller, calling, clock):
    caller = calling(seller)
    for number, at in (("w1", "2024-06-18 10:00"), ("w2", "2024-06-19 10:00"), ("w3", "2024-06-20 10:00")):
        withdrawals.request(seller, number, 1_000, None, clock(at))
    withdrawals.cancel(Withdrawal.objects.get(number="w1"), None, moment("2024-06-20 12:00"))
    for query, found in [
        ({}, ["w3", "w2", "w1"]),
        ({"status": "cancelled"}, ["w1"]),
        ({"requested_from": "2024-06-19T10:00:00+08:00"}, ["w3", "w2"]),
        ({"requested_to": "2024-06-19T10:00:00+08:00"}, ["w1"]),
        ({"updated_from": "2024-06-20T11:00:00+08:00"}, ["w1"]),
    ]:
        assert [each["number"] for each in caller.get("/withdrawals", query).json()["results"]] == found
    first = caller.get("/withdrawals", {"page_size": 2}).json()
    rest = caller.http.get(first["next"], headers={"Authorization": f"Bearer {caller.token}"}).json()
    assert ([each["number"] for each in rest["results"]], rest["next"]) == (["w1"], None)
    assert caller.get("/withdrawals", {"number": "w1"}).json()["code"] == "QUERY_INVALID"


def test_two_parties_may_use_the_same_number_and_see_only_their_own(seller, calling):
    other = streamer("s2")
    bank_account(other)
    money(other, 500)
    for party, fen in ((seller, 3_000), (other, 200)):
        calling(party).post("/withdrawals", {"number": "w-1", "amount_fen": fen})
    assert calling(seller).get("/withdrawals/w-1").json()["amount_fen"] == 3_000
    assert calling(other).get("/withdrawals/w-1").json()["amount_fen"] == 200
    assert len(calling(other).get("/withdrawals").json()["results"]) == 1
