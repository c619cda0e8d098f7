"""Callers of the API, registered as the command registers them and with a token fetched as any client fetches it, and
what they find there."""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from commissions.payments import withdrawals
from haowu.ground import days
from haowu.partners.clients import register_client
from haowu.tenants.models import Tenant
from tests.build import (
    activity,
    bank_account,
    bought,
    event,
    leader,
    listed_plan,
    merchant,
    paid,
    pick,
    product,
    push,
    settle,
    source,
    streamer,
)

ALL_SCOPES = (
    "order-events:write",
    "order-events:read",
    "products:read",
    "products:write",
    "plans:read",
    "plans:write",
    "orders:read",
    "statements:read",
    "earnings:read",
    "withdrawals:write",
    "stock:write",
    "stock:read",
    "brands:write",
    "brands:read",
    "consents:write",
    "consents:read",
    "activities:read",
    "activities:write",
    "enrolments:read",
    "enrolments:write",
    "levels:read",
    "selection:read",
    "shelf:read",
    "shelf:write",
    "links:read",
    "links:write",
    "sessions:read",
    "sessions:write",
    "trail:read",
)


@dataclass
class Caller:
    """A client of the API with a token (or without one, where it is empty)."""

    token: str
    http: Client

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str):
        return self.http.get(f"/api/v1{path}", query, headers=self._headers(headers))

    def post(self, path: str, body: Any, **headers: str):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http.post(f"/api/v1{path}", raw, content_type="application/json", headers=self._headers(headers))

    def patch(self, path: str, body: Any, **headers: str):
        raw = json.dumps(body).encode()
        return self.http.patch(f"/api/v1{path}", raw, content_type="application/json", headers=self._headers(headers))

    def send(self, method: str, path: str, **headers: str):
        return self.http.generic(method, path, headers=self._headers(headers))

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return named | ({"Authorization": f"Bearer {self.token}"} if self.token else {})


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()}


def figures(answer: Any) -> set[int]:
    """Every number of an answer, and every amount in yuan in its sentences, in fen.

    Moments and ids are left out: they may hold any digits.
    """
    if isinstance(answer, dict | list):
        return set().union(*map(figures, answer.values() if isinstance(answer, dict) else answer))
    if isinstance(answer, str):
        return {round(float(yuan) * 100) for yuan in re.findall(r"¥(\d+\.\d\d)", answer)}
    return {answer} if isinstance(answer, int) else set()


@pytest.fixture
def calling(db) -> Callable[..., Caller]:
    def caller(tenant: Tenant, *scopes: str) -> Caller:
        client_id, secret = register_client(tenant, "test", scopes or ALL_SCOPES)
        answer = Client().post("/oauth/token/", {"grant_type": "client_credentials"}, headers=basic(client_id, secret))
        assert answer.status_code == 200, answer.content
        return Caller(answer.json()["access_token"], Client())

    return caller


@pytest.fixture
def anonymous(db) -> Caller:
    return Caller("", Client())


@dataclass
class Sale:
    """One settled line: 100.00 yuan at 20 % to the streamer, 10 % of it to the platform."""

    source: Tenant
    shop: Tenant
    seller: Tenant


@pytest.fixture
def sale(db) -> Sale:
    by, shop, seller = source("youzan"), merchant("m1"), streamer("s1")
    goods = product(shop, "p1")
    listed_plan(goods, "item_targeted", {seller: 2000})
    pick(seller, goods, "x1")
    push(
        by,
        [
            paid("o1", "2024-06-01 08:00", [bought(goods, "x1")], event_id="paid-o1"),
            event("received", "o1", "2024-06-02 12:00", event_id="received-o1"),
        ],
    )
    settle("2024-06-10")
    return Sale(by, shop, seller)


@pytest.fixture
def led(db):
    """A leader with the draft a1 and the activity a2, which promotes."""
    lead = leader("l1")
    activity(lead, code="a1", published=False)
    activity(lead, code="a2")
    return lead


@pytest.fixture
def asked(sale):
    """The seller has asked for 2.00 of its 18.00 under the number w1."""
    bank_account(sale.seller)
    return withdrawals.request(sale.seller, "w1", 200, None, days.now())
