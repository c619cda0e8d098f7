"""I16: the audit names a key that had two effects, and an answer that promised an effect which is not there."""

import json
from collections.abc import Callable

import pytest
from django.db import connection

from commissions.models import OrderEvent
from commissions.payments import withdrawals
from commissions.postings import funding
from haowu.audit.invariants import run_audit
from haowu.ledger.books import Transfer, open_accounts, platform, post
from haowu.partners.models import IdempotentAnswer
from tests.build import bank_account, event, merchant, moment, money, paid, policy, push, source, streamer

pytestmark = pytest.mark.django_db
AT = moment("2024-06-10 12:00")


def broken() -> dict[str, list[str]]:
    findings = [finding for finding in run_audit() if finding.code.startswith("I16")]
    return {finding.code: finding.examples for finding in findings if not finding.holds}


def a_withdrawal() -> str:
    policy(min_withdrawal_fen=1, daily_withdrawal_fen=10**9)
    party = streamer("s1")
    bank_account(party)
    money(party, 500)
    for _ in range(2):
        withdrawals.request(party, "n1", 300, None, AT)
    return f"withdrawal {party.pk} n1"


def a_top_up() -> str:
    shop = merchant("m1")
    for _ in range(2):
        funding.top_up(shop, number="n1", amount_fen=500, at=AT)
    return f"posting top_up top-up:{shop.pk}:n1"


def an_event() -> str:
    by = source("shop")
    shipped = event("shipped", "o1", "2024-06-01 12:00", event_id="e1")
    for _ in range(2):
        push(by, [shipped])
    return f"event {by.pk} e1"


@pytest.mark.parametrize(
    ("table", "act"),
    [("commissions_withdrawal", a_withdrawal), ("ledger_posting", a_top_up), ("commissions_orderevent", an_event)],
)
def test_a_key_that_had_two_effects_is_named(table: str, act: Callable[[], str]):
    named = act()
    assert broken() == {}
    with connection.cursor() as cursor:  # a copy without any constraint stands before the table until the test ends
        cursor.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM {table}")
        cursor.execute(f"INSERT INTO {table} SELECT * FROM {table} ORDER BY id DESC LIMIT 1")
    assert broken() == {"I16": [named]}


def test_a_request_answered_twice_under_one_key_is_named(calling):
    by = source("shop")
    body = {"events": [event("shipped", "o1", "2024-06-01 12:00", event_id="e1")]}
    assert calling(by).post("/order-events", body, idempotency_key="k1").status_code == 200
    assert broken() == {}
    answer = IdempotentAnswer.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE partners_idempotentanswer AS SELECT * FROM partners_idempotentanswer")
        cursor.execute("INSERT INTO partners_idempotentanswer SELECT * FROM partners_idempotentanswer")
    assert broken() == {"I16": [f"answer {answer.client_id} k1"]}


def test_an_answer_that_promised_an_event_which_is_not_there_is_named(calling):
    by = source("shop")
    body = {"events": [event("shipped", "o1", "2024-06-01 12:00", event_id="e1"), paid("o2", "2024-06-01 12:00", [])]}
    answer = calling(by).post("/order-events", body, idempotency_key="k1")
    assert [one["status"] for one in json.loads(answer.content)["results"]] == ["parked", "rejected"]
    assert broken() == {}
    client = IdempotentAnswer.objects.get().client_id
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE commissions_orderevent AS SELECT * FROM commissions_orderevent WHERE false")
    assert OrderEvent.objects.count() == 0
    assert broken() == {"I16.2": [f"{client} k1 e1"]}


def test_a_top_up_that_went_to_another_merchant_is_named():
    right, wrong = merchant("m1"), merchant("m2")
    accounts = open_accounts([(platform().pk, "external"), (wrong.pk, "funding")])
    reference = f"top-up:{right.pk}:n1"
    ends = (accounts[platform().pk, "external"], accounts[wrong.pk, "funding"])
    post([Transfer(*ends, 500, "top_up", reference, "top-up")], day=AT.date())
    assert broken() == {"I16.1": [reference]}
