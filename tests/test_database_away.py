"""The database is away: programs get a problem that says when to try again, people a plain page. Never a bare 500."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection
from django.test import Client

from commissions.models import OrderEvent, Withdrawal
from haowu.ground import days
from tests import build
from tests.api.callers import Caller
from tests.browser import browser, text

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS = {
    "events": [{"event_id": "e1", "type": "shipped", "order_no": "o1", "occurred_at": "2024-06-01T08:30:00+08:00"}]
}


@contextmanager
def nobody_listening(monkeypatch) -> Iterator[None]:
    """Connections go to a port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    connection.close()
    with monkeypatch.context() as patch:
        for signal in (request_started, request_finished):  # the tests' own receivers ask the database
            patch.setattr(signal, "send", lambda **_: [])
        patch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        patch.setitem(connection.settings_dict, "PORT", port)
        yield
    connection.close()


@contextmanager
def terminated_in_the_act(monkeypatch) -> Iterator[None]:
    """The server ends the connection when an act asks for the time."""

    def last_words():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patch:
        patch.setattr(days, "now", last_words)
        yield
    connection.close()


def impatient(client: Client) -> Client:
    """One that gets the answer of a failed request rather than its exception."""
    client.raise_request_exception = False
    return client


def problem_of(answer) -> dict:
    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (
        503,
        "application/problem+json",
        "30",
    )
    return answer.json()


@pytest.mark.parametrize("path", ["/api/v1/orders", "/api/v1/nothing", "/oauth/token/", "/healthz"])
def test_programs_are_told_to_come_back(monkeypatch, path):
    with nobody_listening(monkeypatch):
        body = problem_of(impatient(Client()).get(path, headers={"accept-language": "en"}))
    assert (body["title"], body["status"], body["code"]) == (
        "Service Unavailable",
        503,
        "DATABASE_UNAVAILABLE",
    )
    assert "Retry-After" in body["detail"]


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "暂时连不上数据库"), ("en", "The database is away")])
def test_people_get_a_plain_page(monkeypatch, language, said):
    with nobody_listening(monkeypatch):
        for path in ("/", "/sign-in/", "/products/", "/admin/"):
            answer = impatient(Client()).get(path, headers={"accept-language": language})
            assert (answer.status_code, answer["Retry-After"]) == (503, "30")
            page = answer.content.decode()
            assert said in page and "Traceback" not in page and "127.0.0.1" not in page


def test_a_request_cut_off_in_the_act_changes_nothing_and_is_repeated_with_the_same_key(monkeypatch, calling):
    caller: Caller = calling(build.source("youzan"))
    impatient(caller.http)
    with terminated_in_the_act(monkeypatch):
        answer = caller.post("/order-events", EVENTS, Idempotency_Key="k1")
        assert problem_of(answer)["code"] == "DATABASE_UNAVAILABLE"
    again = caller.post("/order-events", EVENTS, Idempotency_Key="k1")
    assert (again.status_code, "Idempotency-Hit" in again.headers) == (200, False)
    assert OrderEvent.objects.count() == 1


def test_a_withdrawal_cut_off_in_the_act_is_made_once_by_pressing_again(monkeypatch):
    party = build.streamer("s1")
    build.policy(min_withdrawal_fen=1)
    build.bank_account(party)
    build.money(party, 5_000)
    client = impatient(browser(party))
    with terminated_in_the_act(monkeypatch):
        answer = client.post("/withdrawals/", {"amount": "20", "number": "n1"})
        assert answer.status_code == 503 and "同一笔提现重复提交只会生效一次" in answer.content.decode()
    for _ in range(2):
        assert client.post("/withdrawals/", {"amount": "20", "number": "n1"}).status_code == 302
    assert [row.amount_fen for row in Withdrawal.objects.all()] == [2_000]


def test_a_bug_below_the_api_is_a_problem_and_elsewhere_a_page(monkeypatch):
    client = impatient(browser(build.merchant("m1")))
    with monkeypatch.context() as patch:
        patch.setattr("commissions.payments.deposit.balances", lambda *_: 1 / 0)
        answer = client.get("/funding/")
        assert answer.status_code == 500 and "出错了，是我们的问题" in answer.content.decode()
    assert "推广账户" in text(client.get("/funding/"))
