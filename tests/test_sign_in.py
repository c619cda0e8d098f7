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
    assert client.get("/").url == "/dashboard/"
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
    assert client.get("/products/").url == "/?next=%2Fproducts%2F"
    assert "你的账号还没有加入任何商家、达人或团长" in text(client.get("/"))


def test_a_wrong_password_says_so_and_signs_nobody_in(client):
    build.member(build.merchant("m1"), username="mei")
    assert "请输入一个正确的" in text(sign_in(client, "mei", "wrong-password"))
    assert client.get("/products/").url == "/sign-in/?next=/products/"


HOME, STRANGER = "192.0.2.1", "198.51.100.9"
DOORS = ["/sign-in/", "/admin/login/"]


def knock(door: str, address: str, username: str, password: str, **headers: str) -> Client:
    """A browser of its own at ``address``; what it was answered is ``client.answer``."""
    client = Client(REMOTE_ADDR=address)
    client.answer = client.post(door, {"username": username, "password": password}, headers=headers)
    return client


def has_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("door", DOORS)
class TestGuessingPasswords:
    @pytest.fixture(autouse=True)
    def mei(self) -> User:
        user = build.member(build.merchant("m1"), username="mei")
        User.objects.filter(pk=user.pk).update(is_staff=True)
        return user

    def test_eight_wrong_passwords_pause_the_name_at_that_address_even_for_the_right_one(self, door):
        statuses = [knock(door, STRANGER, "mei", f"guess-{number}").answer.status_code for number in range(9)]
        assert statuses == [200] * 8 + [429]
        locked = knock(door, STRANGER, "mei", build.PASSWORD)
        assert (locked.answer.status_code, has_signed_in(locked)) == (429, False)
        assert "登录已暂停" in locked.answer.content.decode()
        assert "请 15 分钟后再试" in locked.answer.content.decode()
        assert 840 < int(locked.answer["Retry-After"]) <= 900

    def test_a_stranger_locks_nobody_out_of_their_own_address(self, door):
        for number in range(12):
            knock(door, STRANGER, "mei", f"guess-{number}")
        assert has_signed_in(knock(door, HOME, "mei", build.PASSWORD))

    def test_many_names_from_one_address_are_counted_together(self, door, settings):
        settings.LIMITS = settings.LIMITS | {"sign-in-tries-of-address": (5, 3600)}
        statuses = [knock(door, STRANGER, f"user-{number}", "password-1").answer.status_code for number in range(7)]
        assert statuses == [200] * 5 + [429] * 2
        assert has_signed_in(knock(door, HOME, "mei", build.PASSWORD))

    def test_right_passwords_use_no_try_up(self, door):
        assert all(has_signed_in(knock(door, HOME, "mei", build.PASSWORD)) for _ in range(10))

    def test_an_address_is_not_chosen_by_writing_it_down(self, door):
        statuses = [
            knock(door, STRANGER, "mei", "guess", X_Forwarded_For=f"203.0.113.{number}").answer.status_code
            for number in range(10)
        ]
        assert statuses == [200] * 8 + [429] * 2

    def test_behind_a_proxy_the_stranger_is_counted_and_not_whom_he_names(self, door, settings):
        settings.PROXIES = 1
        for number in range(10):
            knock(door, "10.0.0.1", "mei", f"guess-{number}", X_Forwarded_For=f"{HOME}, {STRANGER}")
        right = knock(door, "10.0.0.1", "mei", build.PASSWORD, X_Forwarded_For=f"{HOME}, {STRANGER}")
        assert (right.answer.status_code, has_signed_in(right)) == (429, False)
        assert has_signed_in(knock(door, "10.0.0.1", "mei", build.PASSWORD, X_Forwarded_For=HOME))

    def test_an_unknown_name_costs_the_one_hash_that_a_known_one_costs(self, door, mei, hashes):
        User.objects.create_user("gone", password=build.PASSWORD, is_active=False)
        User.objects.create(username="no-password", password="!")
        counts = {}
        for name in ("mei", "nobody", "gone", "no-password"):
            hashes.clear()
            assert not has_signed_in(knock(door, HOME, name, "wrong-password"))
            counts[name] = len(hashes)
        assert counts == dict.fromkeys(("mei", "nobody", "gone", "no-password"), 1)

    def test_no_hash_is_spent_on_who_is_locked_out(self, door, hashes):
        for name in ("mei", "nobody"):
            for _ in range(8):
                knock(door, STRANGER, name, "wrong-password")
            hashes.clear()
            knock(door, STRANGER, name, build.PASSWORD)
            assert hashes == []

    def test_without_redis_signing_in_goes_on(self, door, settings):
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        assert not has_signed_in(knock(door, HOME, "mei", "wrong-password"))
        assert has_signed_in(knock(door, HOME, "mei", build.PASSWORD))


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
    assert "没有符合筛选的对账单" in text(shown)


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
        assert client.get("/", {"next": elsewhere}).url == "/dashboard/"
    assert client.post("/tenants/", {"tenant": merchant.public_id, "next": elsewhere}).url == "/dashboard/"
