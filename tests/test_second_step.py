"""Staff give a code beside their password; who has lost phone and codes is let in again by another."""

import time

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError, SystemCheckError
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from haowu.approvals.models import Trail
from haowu.tenants.models import User
from tests import build
from tests.browser import text, words

pytestmark = pytest.mark.django_db
VERIFY, ENROL, CODES = "/admin/second-step/", "/admin/second-step/enrol/", "/admin/second-step/codes/"


@pytest.fixture(autouse=True)
def asked_for(settings):
    settings.STAFF_SECOND_STEP = True


@pytest.fixture
def lin() -> User:
    return User.objects.create_superuser("lin", password=build.PASSWORD)


def signed_in(user: User) -> Client:
    """With the password alone."""
    client = Client(headers={"accept-language": "zh-hans"})
    answer = client.post("/admin/login/?next=/admin/", {"username": user.username, "password": build.PASSWORD})
    assert answer.status_code == 302, answer.content
    return client


def code_of(user: User, steps_ahead: int = 0) -> str:
    device = TOTPDevice.objects.get(user=user)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + steps_ahead * device.step
    return f"{totp.token():06d}"


def enrolled(user: User) -> tuple[Client, list[str]]:
    client = signed_in(user)
    client.get(ENROL)
    answer = client.post(ENROL, {"code": code_of(user)})
    return client, answer.context["codes"]


def recorded() -> list[tuple]:
    rows = Trail.objects.filter(subject_kind="second-step").order_by("pk")
    return [(row.act, row.subject, row.actor, row.before, row.after) for row in rows]


def test_a_password_alone_opens_nothing_and_leads_to_the_enrolment(lin):
    client = signed_in(lin)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == f"{ENROL}?next=%2Fadmin%2F"
    for page in ("/admin/commissions/withdrawal/", "/admin/lists/", "/admin/search/?q=x", CODES):
        assert client.get(page).url.startswith("/admin/login/")
    assert client.post("/admin/view-as/end/").url.startswith("/admin/login/")


def test_the_enrolment_shows_the_secret_as_a_picture_and_takes_the_first_code(lin):
    client = signed_in(lin)
    page = text(client.get(ENROL))
    assert 'src="data:image/svg+xml' in page and TOTPDevice.objects.get().confirmed is False
    refused = words(client.post(ENROL, {"code": "000000"}))
    assert "验证码不对或已经用过" in refused and TOTPDevice.objects.get().confirmed is False
    assert client.get("/admin/").status_code == 302 and recorded() == []
    TOTPDevice.objects.update(throttling_failure_count=0)
    answer = client.post(ENROL, {"code": code_of(lin)})
    shown = answer.context["codes"]
    assert len(shown) == 10 and set(shown) == set(StaticToken.objects.values_list("token", flat=True))
    assert client.get("/admin/").status_code == 200
    assert recorded() == [("created", "lin", "lin", {}, {"device": "TOTP", "recovery_codes": 10})]


def test_the_next_sign_in_asks_for_a_code_and_takes_each_once(lin):
    enrolled(lin)
    client = signed_in(lin)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == f"{VERIFY}?next=%2Fadmin%2F"
    used = code_of(lin)
    assert "验证码不对或已经用过" in words(client.post(VERIFY, {"code": used}))
    TOTPDevice.objects.update(throttling_failure_count=0)
    answer = client.post(VERIFY, {"code": code_of(lin, 1), "next": "/admin/lists/"})
    assert answer.url == "/admin/lists/" and client.get("/admin/lists/").status_code == 200


def test_a_recovery_code_lets_in_once_and_is_recorded(lin):
    _client, codes = enrolled(lin)
    client = signed_in(lin)
    assert client.post(VERIFY, {"code": codes[3].upper()}).url == "/admin/"
    assert client.get("/admin/").status_code == 200
    again = signed_in(lin)
    assert "验证码不对或已经用过" in words(again.post(VERIFY, {"code": codes[3]}))
    assert recorded()[1:] == [("changed", "lin", "lin", {"recovery_codes": 10}, {"recovery_codes": 9})]


def test_new_recovery_codes_end_the_old_ones(lin):
    client, codes = enrolled(lin)
    assert "还有 10 个没有用过" in words(client.get(CODES))
    made = client.post(CODES).context["codes"]
    assert len(made) == 10 and not set(made) & set(codes)
    assert set(StaticToken.objects.values_list("token", flat=True)) == set(made)


def test_whoever_is_enrolled_enrols_no_second_authenticator_with_a_password_alone(lin):
    enrolled(lin)
    before = list(TOTPDevice.objects.values())
    client = signed_in(lin)
    assert client.get(ENROL).url == VERIFY
    assert client.post(ENROL, {"code": code_of(lin, 1)}).url == VERIFY
    assert list(TOTPDevice.objects.values()) == before and client.get("/admin/").status_code == 302


def test_wrong_codes_are_counted_for_address_and_name_and_forgiven_when_right(lin, settings):
    settings.LIMITS = settings.LIMITS | {"second-step-tries": (3, 900)}
    settings.OTP_TOTP_THROTTLE_FACTOR = settings.OTP_STATIC_THROTTLE_FACTOR = 0
    enrolled(lin)
    client = signed_in(lin)
    for _ in range(3):
        assert "验证码不对或已经用过" in words(client.post(VERIFY, {"code": "000000"}))
    assert "验证码错误次数太多。请 15 分钟后再试。" in words(client.post(VERIFY, {"code": code_of(lin, 1)}))
    elsewhere = Client(REMOTE_ADDR="10.9.8.7")
    elsewhere.force_login(lin)
    assert elsewhere.post(VERIFY, {"code": code_of(lin, 1)}).url == "/admin/"


def test_another_resets_it_with_a_reason_and_open_sessions_end(lin):
    his, _codes = enrolled(lin)
    her, _codes = enrolled(User.objects.create_superuser("mei", password=build.PASSWORD))
    page = f"/admin/tenants/user/{lin.pk}/reset-second-step/"
    assert "自己的两步验证须由另一位同事重置" in words(his.post(page, {"reason": "手机丢了"}))
    assert words(her.post(page, {"reason": ""})) and TOTPDevice.objects.filter(user=lin).exists()
    her.post(page, {"reason": "手机丢了，当面核对过"})
    assert (
        not TOTPDevice.objects.filter(user=lin).exists() and not StaticToken.objects.filter(device__user=lin).exists()
    )
    last = Trail.objects.filter(subject_kind="second-step").latest("pk")
    assert (last.act, last.subject, last.actor, last.reason) == ("deleted", "lin", "mei", "手机丢了，当面核对过")
    assert his.get("/admin/").status_code == 302
    assert "没有什么可重置的" in words(her.post(page, {"reason": "再来"}))


def test_a_member_of_no_staff_enrols_nothing():
    client = Client()
    client.force_login(build.member(build.merchant("m1")))
    for page in (VERIFY, ENROL):
        assert client.get(page).url == "/admin/login/" and client.post(page, {"code": "1"}).url == "/admin/login/"
    assert TOTPDevice.objects.count() == 0


def test_where_it_is_off_the_sign_in_page_says_so_and_production_refuses(lin, settings):
    settings.STAFF_SECOND_STEP = False
    assert "这里没有开启两步验证" in words(Client(headers={"accept-language": "zh-hans"}).get("/admin/login/"))
    assert signed_in(lin).get("/admin/").status_code == 200
    with pytest.raises(SystemCheckError, match=r"haowu\.tenants\.E002"):
        call_command("check", deploy=True, tags=["security"])


def test_the_last_one_is_let_in_again_from_the_command_line(lin, capsys):
    enrolled(lin)
    call_command("second_step", "reset", "lin", reason="唯一的管理员，手机坏了")
    assert "lin 下次登录时重新绑定验证器" in capsys.readouterr().out and not TOTPDevice.objects.exists()
    last = Trail.objects.filter(subject_kind="second-step").latest("pk")
    assert (last.act, last.actor_kind, last.reason) == ("deleted", "command", "唯一的管理员，手机坏了")
    with pytest.raises(CommandError, match="没有名为「mei」的工作人员"):
        call_command("second_step", "reset", "mei", reason="x")
