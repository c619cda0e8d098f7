"""OAuth 2 client credentials at /oauth/token/."""

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from oauth2_provider.models import get_access_token_model

from haowu.partners import limits
from haowu.partners.clients import ScopeUnknown, register_client
from haowu.partners.models import ApiClient
from tests.api.callers import basic
from tests.build import merchant, source, tenant

pytestmark = pytest.mark.django_db
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def shop_client():
    return register_client(merchant("m1"), "ERP", ["orders:read", "statements:read"])


def ask(form: dict, **headers: str):
    return Client().post("/oauth/token/", form, headers=headers)


def test_a_client_gets_a_token_with_its_credentials_in_the_header_or_in_the_body(shop_client):
    client_id, secret = shop_client
    in_header = ask(GRANT, **basic(client_id, secret))
    in_body = ask(GRANT | {"client_id": client_id, "client_secret": secret})
    for answer in (in_header, in_body):
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        token = answer.json()
        assert (token["token_type"], token["expires_in"], token["scope"]) == (
            "Bearer", 3600, "orders:read statements:read",
        )  # fmt: skip
    assert in_header.json()["access_token"] != in_body.json()["access_token"]


def test_a_client_may_ask_for_less_but_not_for_more_than_it_is_allowed(shop_client):
    less = ask(GRANT | {"scope": "orders:read"}, **basic(*shop_client))
    assert less.json()["scope"] == "orders:read"
    for scope in ("order-events:write", "orders:read order-events:write", "admin", "\0"):
        more = ask(GRANT | {"scope": scope}, **basic(*shop_client))
        assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")
    assert get_access_token_model().objects.count() == 1


@pytest.mark.parametrize("secret", ["wrong", "", "密钥"])
def test_a_wrong_secret_gets_nothing(shop_client, secret):
    client_id, _secret = shop_client
    for answer in (
        ask(GRANT, **basic(client_id, secret)),
        ask(GRANT | {"client_id": client_id, "client_secret": secret}),
    ):
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert get_access_token_model().objects.count() == 0


@pytest.mark.parametrize(
    "grant",
    [
        "password",
        "authorization_code",
        "refresh_token",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
        "nonsense",
        "",
    ],
)
def test_no_other_grant_is_open(shop_client, grant):
    answer = ask({"grant_type": grant, "username": "a", "password": "b", "code": "c"}, **basic(*shop_client))
    assert answer.status_code == 400
    assert answer.json()["error"] in {"unsupported_grant_type", "invalid_request"}


@pytest.mark.parametrize(
    "path", ["authorize/", "revoke_token/", "introspect/", "applications/", "register/", "device-authorization/"]
)
def test_no_other_address_of_the_toolkit_is_open(path):
    assert Client().get(f"/oauth/{path}").status_code == 404


def test_the_token_address_takes_post_only():
    answer = Client().get("/oauth/token/")
    assert (answer.status_code, answer["Allow"], answer.json()["code"]) == (405, "POST", "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize(
    "form",
    [
        {},
        GRANT,
        GRANT | {"client_id": "\0", "client_secret": "x"},
        GRANT | {"client_id": "x" * 10_000},
        GRANT | {"resource": "https://a/\0"},
        GRANT | {"resource": "\ud800".encode("utf-8", "surrogatepass")},
    ],
)
def test_nonsense_is_refused_and_is_no_failure(shop_client, form):
    assert ask(form).status_code in {400, 401}
    assert ask(form | {"scope": "\ufffd"}, **basic(*shop_client)).status_code in {400, 401}
    assert ask(form, Authorization="Basic ???").status_code in {400, 401}
    assert ask(form, **basic(*shop_client)).status_code in {200, 400, 401}


def test_secrets_and_tokens_are_kept_as_hashes(shop_client):
    client_id, secret = shop_client
    token = ask(GRANT, **basic(client_id, secret)).json()["access_token"]
    kept = ApiClient.objects.get(client_id=client_id)
    assert kept.client_secret.startswith("argon2$")
    assert secret not in kept.client_secret
    row = get_access_token_model().objects.values().get()
    assert token not in str(row)


def test_a_client_is_registered_only_with_scopes_that_exist():
    shop = merchant()
    with pytest.raises(ScopeUnknown) as refused:
        register_client(shop, "ERP", ["orders:read", "orders:write"])
    assert refused.value.facts["scope"] == "orders:write"
    assert not ApiClient.objects.exists()


def test_the_command_prints_an_id_and_a_secret_that_work(capsys):
    call_command("api_client", "partner", "youzan", scopes=["order-events:write"], json=True)
    printed = json.loads(capsys.readouterr().out)
    answer = ask(GRANT, **basic(printed["client_id"], printed["client_secret"]))
    assert answer.json()["scope"] == "order-events:write"
    assert ApiClient.objects.get().tenant.code == "youzan"


def test_the_command_refuses_an_unknown_tenant_and_an_unknown_scope():
    source("youzan")
    for kind, code, scope in [("merchant", "nobody", "orders:read"), ("partner", "youzan", "nothing")]:
        with pytest.raises(CommandError):
            call_command("api_client", kind, code, scopes=[scope])
    assert not ApiClient.objects.exists()


HOME, STRANGER = "192.0.2.1", "198.51.100.9"


def ask_from(address: str, client_id: str, secret: str, **headers: str):
    return Client(REMOTE_ADDR=address).post("/oauth/token/", GRANT, headers=basic(client_id, secret) | headers)


class TestGuessing:
    """Three failed tries a minute for an address and an id, five for an address."""

    @pytest.fixture(autouse=True)
    def few(self, settings):
        few = {"tokens": (4, 60), "token-tries": (3, 60), "token-tries-of-address": (5, 60)}
        settings.LIMITS = settings.LIMITS | few

    def test_a_stranger_who_guesses_locks_himself_out_and_never_the_client(self, shop_client):
        client_id, secret = shop_client
        guesses = [ask_from(STRANGER, client_id, f"guess-{number}") for number in range(34)]
        assert [answer.status_code for answer in guesses] == [401] * 3 + [429] * 31
        refused = guesses[-1].json()
        assert (refused["code"], refused["error"]) == ("RATE_LIMITED", "temporarily_unavailable")
        assert 1 <= int(guesses[-1]["Retry-After"]) <= 60
        assert ask_from(STRANGER, client_id, secret).status_code == 429
        assert ask_from(HOME, client_id, secret).status_code == 200

    def test_many_ids_from_one_address_are_counted_together(self, shop_client):
        assert [ask_from(STRANGER, f"id-{number}", "x").status_code for number in range(7)] == [401] * 5 + [429] * 2
        assert ask_from(HOME, *shop_client).status_code == 200

    @pytest.mark.parametrize("header", ["Basic ???", "Basic YWJj", "Bearer junk", "junk", "", "Basic " + "A" * 5_000])
    def test_a_header_that_says_nothing_is_counted_for_its_address(self, shop_client, header):
        statuses = [ask(GRANT, Authorization=header).status_code for _ in range(5)]
        assert statuses == [401] * 3 + [429] * 2

    def test_without_a_grant_a_try_is_a_try(self, shop_client):
        statuses = [ask({}, **basic(shop_client[0], "guess")).status_code for _ in range(4)]
        assert statuses == [400] * 3 + [429]

    def test_a_right_secret_is_no_failed_try_and_is_counted_for_its_client_wherever_it_comes_from(self, shop_client):
        other = register_client(tenant("streamer"), "tool", ["orders:read"])
        statuses = [ask_from(f"192.0.2.{number}", *shop_client).status_code for number in range(6)]
        assert statuses == [200] * 4 + [429] * 2
        assert [ask_from(HOME, *other).status_code for _ in range(4)] == [200] * 4

    def test_two_clients_behind_one_address_fail_apart(self, shop_client):
        other = register_client(tenant("streamer"), "tool", ["orders:read"])
        assert [ask_from(HOME, shop_client[0], "old secret").status_code for _ in range(6)] == [401] * 3 + [429] * 3
        assert ask_from(HOME, *other).status_code == 200

    def test_a_stranger_cannot_borrow_the_clients_address(self, shop_client, settings):
        settings.PROXIES = 1
        client_id, secret = shop_client
        for _ in range(6):
            ask_from("10.0.0.1", client_id, "guess", X_Forwarded_For=f"{HOME}, {STRANGER}")
        assert ask_from("10.0.0.1", client_id, secret, X_Forwarded_For=f"{HOME}, {STRANGER}").status_code == 429
        assert ask_from("10.0.0.1", client_id, secret, X_Forwarded_For=HOME).status_code == 200

    def test_a_hundred_guesses_at_once_are_no_way_around(self):
        with ThreadPoolExecutor(16) as pool:
            begun = list(pool.map(lambda _: limits.TOKEN_TRIES.begin(STRANGER, "id"), range(100)))
        assert begun.count(None) == 3
        assert {rate.limit for rate in begun if rate} == {3}

    def test_without_redis_the_right_secret_passes_and_the_wrong_one_does_not(self, shop_client, settings):
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        statuses = [ask_from(HOME, shop_client[0], "guess").status_code for _ in range(5)]
        assert (statuses, ask_from(HOME, *shop_client).status_code) == ([401] * 5, 200)


@pytest.mark.parametrize("secret", ["wrong", "", "密钥", "x" * 10_000])
def test_an_unknown_id_costs_the_one_hash_that_a_known_one_costs(shop_client, hashes, secret):
    counts = []
    for client_id in (shop_client[0], "unknown", "x" * 300, "\0"):
        for credentials in (basic(client_id, secret), None):
            hashes.clear()
            form = {} if credentials else {"client_id": client_id, "client_secret": secret}
            assert ask(GRANT | form, **credentials or {}).status_code == 401
            counts.append(len(hashes))
    assert counts == [1] * 8


def test_the_right_secret_costs_one_hash_too(shop_client, hashes):
    assert ask(GRANT, **basic(*shop_client)).status_code == 200
    assert hashes == ["verify_secret"]


@pytest.mark.parametrize("odd", ["\0", "a\0b", "\ud800", "x" * 10_000, "\x1b", "號", "%", ":", ""], ids=repr)
def test_credentials_that_are_none_are_refused_and_are_no_failure(db, odd, settings):
    """In the header, in the form, and as a scope or grant."""
    settings.LIMITS = settings.LIMITS | {"token-tries": (100, 60), "token-tries-of-address": (100, 60)}
    form = {"grant_type": "client_credentials"}
    raw = b64encode(f"{odd}:{odd}".encode("utf-8", "surrogatepass")).decode()
    answers = [
        Client().post("/oauth/token/", form, headers={"Authorization": f"Basic {raw}"}),
        Client().post("/oauth/token/", form, headers={"Authorization": "Basic %%%"}),
    ]
    sent = quote(odd.encode("utf-8", "surrogatepass"))
    for body in (f"client_id={sent}&client_secret={sent}", f"scope={sent}", f"grant_type={sent}", f"client_id={sent}"):
        whole = f"grant_type=client_credentials&{body}"
        answers.append(Client().post("/oauth/token/", whole, content_type="application/x-www-form-urlencoded"))
    assert {answer.status_code for answer in answers} <= {400, 401}
