"""Signing in, choosing a tenant, languages, and what is said at closed doors."""

import pytest
from django.test import Client

from haowu.tenants.middleware import SESSION_KEY
from haowu.tenants.models import Membership, User
from tests import build
from tests.browser import browser, text

pytestmark = pytest.mark.django_db
PRIVATE = ["/products/", "/plans/", "/selection/", "/shelf/", "/orders/", "/earnings/", "/statements/", "/tenants/"]


def sign_in(client: Client, username: str, password: str = build.PASSWORD, **query: str):
    return client.post("/sign-in/", {"username": username, "password": password, **query})


def test_a_member_of_one_tenant_goes_straight_to_its_home(client):
    build.member(build.merchant("m1"), username="mei")
    sign_in(client, "mei")
    assert client.get("/").url == "/products/"
    build.member(build.streamer("s1"), username="xiao")
    other = Client()
    sign_in(other, "xiao")
    assert other.get("/").url == "/selection/"


def test_a_member_of_two_tenants_is_asked_for_whom_and_acts_for_the_one_chosen(client):
    merchant, streamer = build.merchant("m1", name="山野"), build.streamer("s1", name="小禾")
    build.merchant("m2", name="别家")
    user = build.member(merchant, username="mei")
    Membership.objects.create(user=user, tenant=streamer, role="owner")
    sign_in(client, "mei")
    page = text(client.get("/"))
    assert "山野" in page and "小禾" in page and "别家" not in page
    assert client.post("/tenants/", {"tenant": streamer.public_id}).url == "/selection/"
    assert client.session[SESSION_KEY] == streamer.public_id
    assert client.get("/products/").status_code == 404


def test_a_strangers_tenant_cannot_be_chosen(client):
    mine, other = build.merchant("m1"), build.merchant("m2")
    client.force_login(build.member(mine))
    client.get("/")
    for wanted in (other.public_id, "nobody", ""):
        assert client.post("/tenants/", {"tenant": wanted}).status_code == 404
    assert client.session[SESSION_KEY] == mine.public_id


def test_who_has_left_the_tenant_is_let_in_no_more():
    merchant = build.merchant("m1")
    client = browser(merchant)
    Membership.objects.all().delete()
    assert client.get("/products/").url == "/"
    assert "你的账号还没有加入任何租户" in text(client.get("/"))


def test_a_wrong_password_says_so_and_signs_nobody_in(client):
    build.member(build.merchant("m1"), username="mei")
    assert "请输入一个正确的" in text(sign_in(client, "mei", "wrong-password"))
    assert client.get("/products/").url == "/sign-in/?next=/products/"


def test_eight_wrong_passwords_pause_the_account_even_for_the_right_one(client):
    build.member(build.merchant("m1"), username="mei")
    answers = [sign_in(client, "mei", "wrong-password").status_code for _ in range(8)]
    assert answers == [200] * 7 + [429]
    locked = sign_in(client, "mei")
    assert locked.status_code == 429
    assert "登录已暂停" in locked.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", PRIVATE)
def test_every_page_asks_a_stranger_to_sign_in(client, path):
    assert client.get(path).url == f"/sign-in/?next={path}"


def test_signing_in_leads_back_to_the_page_asked_for_but_never_to_another_site(client):
    build.member(build.merchant("m1"), username="mei")
    assert sign_in(client, "mei", next="/plans/").url == "/plans/"
    assert sign_in(Client(), "mei", next="https://elsewhere.example/").url == "/"


def test_signing_out_takes_a_post():
    client = browser(build.merchant("m1"))
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/products/").status_code == 200
    assert client.post("/sign-out/").url == "/sign-in/"
    assert client.get("/products/").url == "/sign-in/?next=/products/"


def test_the_language_is_chosen_by_the_browser_and_then_by_the_switch(client):
    assert "<h1>登录</h1>" in text(client.get("/sign-in/", headers={"accept-language": "zh-CN"}))
    assert "<h1>Sign in</h1>" in text(client.get("/sign-in/", headers={"accept-language": "en-GB"}))
    client.post("/language/setlang/", {"language": "en", "next": "/sign-in/"})
    assert "<h1>Sign in</h1>" in text(client.get("/sign-in/", headers={"accept-language": "zh-CN"}))


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "没有这个页面"), ("en", "There is no such page")])
def test_a_missing_page_is_said_in_both_languages(language, words):
    answer = browser(build.merchant("m1"), language=language).get("/nowhere/")
    assert answer.status_code == 404
    assert words in answer.content.decode()


def test_a_form_without_its_token_changes_nothing():
    client = Client(enforce_csrf_checks=True)
    user = build.member(build.merchant("m1"), username="mei")
    answer = sign_in(client, "mei")
    assert answer.status_code == 403
    assert "页面放得太久了" in answer.content.decode()
    assert User.objects.get(pk=user.pk).last_login is None


def test_pages_allow_no_script_or_style_but_their_own(client):
    policy = client.get("/sign-in/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "style-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_the_page_asked_for_is_kept_through_signing_in_to_the_only_tenant(client):
    build.member(build.merchant("m1"), username="mei")
    asked = client.get("/statements/?account=funding")
    assert asked.url == "/sign-in/?next=/statements/%3Faccount%3Dfunding"
    page = client.post(
        asked.url, {"username": "mei", "password": build.PASSWORD, "next": "/statements/?account=funding"}
    )
    assert page.url == "/statements/?account=funding"
    shown = client.get(page.url, follow=True)
    assert [address for address, _code in shown.redirect_chain] == [
        "/?next=%2Fstatements%2F%3Faccount%3Dfunding",
        "/statements/?account=funding",
    ]
    assert "还没有对账单" in text(shown)


def test_the_page_asked_for_is_kept_through_the_tenant_chooser_and_the_language_switch(client):
    merchant = build.merchant("m1", name="山野")
    user = build.member(merchant, username="mei")
    Membership.objects.create(user=user, tenant=build.streamer("s1"), role="owner")
    sign_in(client, "mei", next="/statements/")
    chooser = client.get("/statements/")
    assert chooser.url == "/?next=%2Fstatements%2F"
    switched = client.post("/language/setlang/", {"language": "en", "next": chooser.url})
    assert switched.url == chooser.url
    page = text(client.get(switched.url, headers={"accept-language": "zh-CN"}))
    assert 'lang="en"' in page
    assert '<input type="hidden" name="next" value="/statements/">' in page
    assert client.post("/tenants/", {"tenant": merchant.public_id, "next": "/statements/"}).url == "/statements/"


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "a\0b"]
)
def test_no_way_of_signing_in_leads_to_another_site(client, elsewhere):
    merchant = build.merchant("m1")
    client.force_login(build.member(merchant))
    if "\0" not in elsewhere:
        assert client.get("/", {"next": elsewhere}).url == "/products/"
    assert client.post("/tenants/", {"tenant": merchant.public_id, "next": elsewhere}).url == "/products/"
