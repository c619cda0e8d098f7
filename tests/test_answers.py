"""What every answer says of itself, over all routes: what may be kept of it, and what a page may do."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from haowu.tenants.models import User
from tests import build
from tests.browser import browser

pytestmark = pytest.mark.django_db
SAMPLES = {"int": "1", "path": "a/b", "day": "2024-06-10", "month": "2024-06"}


def addresses(patterns=None, before: str = "") -> list[str]:
    """One address for every route, with a sample for each of its variables."""
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if isinstance(pattern, URLPattern):
            found.append("/" + re.sub(r"<(?:(\w+):)?[^>]*>|\(.*\)", lambda match: SAMPLES.get(match[1], "x"), route))
        else:
            found += addresses(pattern.url_patterns, route)
    return found


PUBLIC = {"/api/schema/", "/api/docs/"}
"""The description of the API is the same for everybody, and kept (``haowu.partners.docs``)."""
EVERY = sorted({each for each in addresses() if not each.startswith("/media/")})


def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("staff", password=build.PASSWORD))
    return client


CALLERS = {
    "nobody": Client,
    "merchant": lambda: browser(build.merchant("m1")),
    "streamer": lambda: browser(build.streamer("s1")),
    "leader": lambda: browser(build.leader("l1")),
    "staff": staff,
}


@pytest.mark.parametrize("who", CALLERS)
def test_nobody_on_the_way_keeps_an_answer_and_no_page_may_do_more_than_it_needs(who):
    client, answered = CALLERS[who](), {}
    client.raise_request_exception = False
    for address in EVERY:
        answer = client.get(address)
        answered[address] = answer.status_code
        if address not in PUBLIC:
            assert "no-store" in answer["Cache-Control"], address
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["Referrer-Policy"] == "same-origin", address
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert "camera=()" in answer["Permissions-Policy"], address
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, address
    pages = {"merchant": "/products/", "streamer": "/earnings/", "leader": "/activities/", "staff": "/admin/"}
    assert answered[pages.get(who, "/sign-in/")] == 200
    assert len(EVERY) > 150


def test_a_clients_answers_are_not_kept_either(calling):
    caller = calling(build.streamer("s1"))
    for path in ("/orders", "/balances", "/withdrawals", "/statements", "/nothing"):
        assert "no-store" in caller.get(path)["Cache-Control"]


def test_static_files_may_be_kept(client):
    answer = client.get("/static/haowu/icons.svg")
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, False)
    assert answer["X-Content-Type-Options"] == "nosniff"


class TestBodies:
    @pytest.mark.parametrize(("address", "megabytes"), [("/sign-in/", 1), ("/admin/login/", 1), ("/products/new/", 8)])
    def test_a_page_reads_no_more_than_it_needs(self, address, megabytes):
        length = {"CONTENT_LENGTH": str(9 * 1024 * 1024)}
        form = "multipart/form-data; boundary=x"
        answer = browser(build.merchant("m1")).post(address, b"--x", content_type=form, **length)
        assert answer.status_code == 413
        assert f"最多接收 {megabytes} MB" in answer.content.decode()

    def test_a_base_may_upload_a_hundred_megabytes_and_no_more(self):
        def said(megabytes: int) -> int:
            length = {"CONTENT_LENGTH": str(megabytes * 1024 * 1024)}
            return Client().post("/base/stock/upload/", b"", content_type="text/plain", **length).status_code

        assert (said(100), said(102)) == (302, 413)

    def test_the_token_door_says_so_in_json(self):
        answer = Client().post("/oauth/token/", {"client_id": "x" * 70_000})
        assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")
