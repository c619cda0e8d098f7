"""OAuth 2 client credentials at /oauth/token/."""

import json
from base64 import b64encode
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from oauth2_provider.models import get_access_token_model

from haowu.partners.clients import ScopeUnknown, register_client
from haowu.partners.models import ApiClient
from tests.api.conftest import basic
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
        told = answer.json()
        assert (told["token_type"], told["expires_in"], told["scope"]) == (
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
    told = json.loads(capsys.readouterr().out)
    answer = ask(GRANT, **basic(told["client_id"], told["client_secret"]))
    assert answer.json()["scope"] == "order-events:write"
    assert ApiClient.objects.get().tenant.code == "youzan"


def test_the_command_refuses_an_unknown_tenant_and_an_unknown_scope():
    source("youzan")
    for kind, code, scope in [("merchant", "nobody", "orders:read"), ("partner", "youzan", "nothing")]:
        with pytest.raises(CommandError):
            call_command("api_client", kind, code, scopes=[scope])
    assert not ApiClient.objects.exists()


def test_guessing_a_secret_is_counted_against_the_client_named(shop_client, settings):
    settings.API_LIMITS = settings.API_LIMITS | {"tokens": (3, 60)}
    other = register_client(tenant("streamer"), "tool", ["orders:read"])
    statuses = [ask(GRANT, **basic(shop_client[0], f"guess-{number}")).status_code for number in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    refused = ask(GRANT, **basic(*shop_client))
    assert (refused.status_code, refused.json()["code"], refused.json()["error"]) == (
        429, "RATE_LIMITED", "temporarily_unavailable",
    )  # fmt: skip
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert ask(GRANT, **basic(*other)).status_code == 200


@pytest.mark.parametrize("odd", ["\0", "a\0b", "\ud800", "x" * 10_000, "\x1b", "號", "%", ":", ""], ids=repr)
def test_credentials_that_are_none_are_refused_and_are_no_failure(db, odd):
    """In the header, in the form, and as a scope or grant."""
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
