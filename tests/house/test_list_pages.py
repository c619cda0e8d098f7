"""Every list of the site, opened by every role that has it: a few questions to the database, however many rows."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse

from haowu.tenants.lists import ListPage
from tests.hostile_market import Market, market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ROLES = ("merchant", "streamer", "tuanzhang", "base")
MOST = 12
OF_NO_PAGE = ("SET ", "SAVEPOINT", "RELEASE")
NOT_YET = {
    "products": 17,
    "shelf": 22,
    "activity-goods": 20,
    "joinable-activity": 16,
    "base-stock": 13,
    "base-upload": 13,
    "base-pull": 13,
}
"""What is known to ask more, and how much at most: each waits for its own piece of work."""


def lists() -> Iterator[URLPattern]:
    for pattern in get_resolver().url_patterns:
        for each in getattr(pattern, "url_patterns", [pattern]):
            view = getattr(getattr(each, "callback", None), "view_class", None)
            if isinstance(each, URLPattern) and view and issubclass(view, ListPage):
                yield each


def asked_by(client: Client, address: str) -> list[str] | None:
    """The questions of a second look, when what is kept for a minute is kept; None where the role has no such page."""
    if client.get(address).status_code != 200:
        return None
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return [each["sql"] for each in asked if not each["sql"].startswith(OF_NO_PAGE)]


@pytest.fixture
def shown() -> Market:
    return market()


def test_no_list_page_of_any_role_asks_the_database_more_than_twelve_times(shown):
    opened, faults = set(), []
    for role in ROLES:
        client = shown.client(role)
        for each in lists():
            names = {part: value for part, value in shown.parts(each.name).items() if part in each.pattern.converters}
            address = reverse(each.name, kwargs=names)
            asked = asked_by(client, address)
            if asked is None:
                continue
            opened.add(each.name)
            if len(asked) > NOT_YET.get(each.name, MOST):
                faults.append(f"{role} {address}: {len(asked)}")
    assert not faults, "\n".join(faults)
    assert {each.name for each in lists()} == opened, "a list that no role opened"
