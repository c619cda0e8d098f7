"""Activities and enrolments as a merchant's lists show them."""

import pytest

from tests import build
from tests.browser import browser, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_what_runs_is_marked_as_live_and_not_as_paused():
    merchant = build.merchant("m1")
    build.enrolled(build.product(merchant, "p1"), build.activity(build.leader("l1")))
    client = browser(merchant)
    live = '<span class="bdg j">'
    assert [live in text(client.get(page)) for page in ("/open-activities/", "/enrolments/")] == [True, True]
