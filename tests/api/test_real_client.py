"""Clients that are not ours, over real HTTP: requests-oauthlib, and a browser on the documentation."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from oauthlib.oauth2 import BackendApplicationClient
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, InvalidScopeError
from requests_oauthlib import OAuth2Session

from haowu.partners.clients import register_client
from tests.build import bought, event, listed_plan, merchant, paid, pick, product, settle, source, streamer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def plain_http(monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def session(live_server):
    def open_session(tenant, *scopes: str, include_client_id: bool = False) -> OAuth2Session:
        client_id, secret = register_client(tenant, "theirs", scopes)
        opened = OAuth2Session(client=BackendApplicationClient(client_id=client_id, scope=list(scopes)))
        opened.fetch_token(
            f"{live_server.url}/oauth/token/", client_secret=secret, include_client_id=include_client_id or None
        )
        return opened

    return open_session


def all_of(session: OAuth2Session, url: str) -> Iterator[dict]:
    while url:
        page = session.get(url).json()
        yield from page["results"]
        url = page["next"]


@pytest.mark.parametrize("in_body", [False, True], ids=["Basic", "body"])
def test_a_shop_system_pushes_a_sale_and_its_streamer_reads_what_it_earned(live_server, session, in_body):
    shop, seller = merchant("m1"), streamer("s1")
    goods = product(shop)
    listed_plan(goods, "item_targeted", {seller: 2000})
    pick(seller, goods, "x1")
    api = f"{live_server.url}/api/v1"
    pushing = session(source("youzan"), "order-events:write", include_client_id=in_body)
    lines = [bought(goods, "x1", line_no=number) for number in range(1, 4)]
    sale = [paid("o1", "2024-06-01 08:00", lines), event("received", "o1", "2024-06-02 12:00")]
    answer = pushing.post(f"{api}/order-events", json={"events": sale}, headers={"Idempotency-Key": "push-1"})
    assert [each["status"] for each in answer.json()["results"]] == ["accepted", "accepted"]
    again = pushing.post(f"{api}/order-events", json={"events": sale}, headers={"Idempotency-Key": "push-1"})
    assert (again.headers["Idempotency-Hit"], again.content) == ("true", answer.content)
    settle("2024-06-10")

    reading = session(seller, "orders:read", "statements:read", include_client_id=in_body)
    earned = list(all_of(reading, f"{api}/orders?page_size=2&status=settled"))
    assert sorted(line["line_no"] for line in earned) == [1, 2, 3]
    assert {line["phases"][0]["shares"]["streamer"]["net_fen"] for line in earned} == {1800}
    (statement,) = all_of(reading, f"{api}/statements")
    assert statement["closing_fen"] == 5400
    behind = all_of(reading, f"{api}/statements/available/2024-06-10/lines?page_size=1")
    assert sum(line["shares"]["streamer"]["net_fen"] for line in behind) == 5400


def test_a_wrong_secret_and_a_scope_too_many_are_errors_the_client_knows(live_server):
    client_id, secret = register_client(merchant(), "theirs", ["orders:read"])
    url = f"{live_server.url}/oauth/token/"
    with pytest.raises(InvalidClientError):
        OAuth2Session(client=BackendApplicationClient(client_id=client_id)).fetch_token(url, client_secret="wrong")
    greedy = BackendApplicationClient(client_id=client_id, scope=["orders:read", "order-events:write"])
    with pytest.raises(InvalidScopeError):
        OAuth2Session(client=greedy).fetch_token(url, client_secret=secret)


@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium")
def test_the_documentation_works_in_a_browser_under_the_strict_policy(live_server, tmp_path):
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
    seen = subprocess.run(
        [*command, "--enable-logging=stderr", "--v=0", "--virtual-time-budget=15000", "--dump-dom",
         f"{live_server.url}/api/docs/"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert "push_order_events" in seen.stdout
    assert "opblock-summary" in seen.stdout  # drawn by the page's own script
    assert "Content Security Policy" not in seen.stderr
