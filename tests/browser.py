"""What page tests share: a clock that stands still, and a browser that has signed in."""

import re
from datetime import datetime

import pytest
from django.test import Client
from django.utils.html import strip_tags

from haowu.ground import days
from haowu.tenants.models import Tenant
from tests import build

NOW = "2024-06-20 14:00"
HAN = re.compile(r"[\u4e00-\u9fff]+")


@pytest.fixture
def clock(monkeypatch):
    """It is ``NOW`` until the test says otherwise: ``clock("2024-06-20 23:55")``."""

    def turn(text: str) -> datetime:
        at = build.moment(text)
        monkeypatch.setattr(days, "now", lambda: at)
        return at

    turn(NOW)
    return turn


def browser(tenant: Tenant, role: str = "owner", language: str = "zh-hans") -> Client:
    """Signed in as a new member of ``tenant``, past the tenant chooser."""
    client = Client(headers={"accept-language": language})
    client.force_login(build.member(tenant, role))
    client.get("/")
    return client


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def words(response) -> str:
    """What a person reads on the page: no tags, so no random token or address that happens to hold a short word."""
    return strip_tags(text(response))


def shown_messages(response) -> list[str]:
    """The notes above the page that a redirect led to."""
    return [str(message) for message in response.context["messages"]]
