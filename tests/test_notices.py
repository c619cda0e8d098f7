"""Notices: what others did, read from the trail; the bell, the switches and the mail."""

import pytest
from django.core import mail

from haowu.approvals import notices
from haowu.approvals.models import NoticeSetting, Trail
from haowu.approvals.trail import record
from tests import build
from tests.browser import browser, text, words
from tests.trails import four_acts

pytestmark = pytest.mark.django_db
AT = build.moment("2024-06-01 10:00")


@pytest.fixture
def shop(monkeypatch):
    """What others did to a shop; that it has members at all is of no interest here."""
    of_members = [kind for kind, type in notices.TYPE_OF.items() if type == notices.NoticeType.SHOP]
    monkeypatch.setattr(notices, "TYPE_OF", {k: t for k, t in notices.TYPE_OF.items() if k not in of_members})
    return four_acts()[0]


def test_a_member_is_told_what_others_did_and_not_what_the_own_side_did(shop):
    user = build.member(shop)
    shown = notices.page(user, shop).notices
    assert [(notice.row.act, notice.who.side, notice.is_new) for notice in shown] == [
        ("expired", "system", True),
        ("refused", "platform", True),
        ("passed", "other", True),
    ]
    assert notices.unread(user, shop) == 3


def test_what_was_read_is_not_new_and_later_acts_are(shop):
    user = build.member(shop)
    notices.mark_read(user, shop)
    assert notices.unread(user, shop) == 0
    record("closed", "activity", "a-later", at=AT, tenant=shop)
    assert notices.unread(user, shop) == 1
    assert [notice.is_new for notice in notices.page(user, shop).notices] == [True, False, False, False]


def test_one_request_on_many_things_is_one_notice(shop):
    user = build.member(shop)
    for number in range(3):
        record("ended", "plan", f"plan-{number}", at=AT, tenant=shop)
    newest = notices.page(user, shop).notices[0]
    assert (newest.number, newest.row.act) == (3, "ended")


def test_a_silent_type_neither_rings_nor_is_listed(shop):
    user = build.member(shop)
    before = notices.unread(user, shop)
    types = set(notices.NoticeType.values)
    notices.change(user, shop, silent=types, mailed=[])
    assert (before, notices.unread(user, shop), notices.page(user, shop).notices) == (3, 0, [])


def test_mail_tells_once_what_happened_since_it_was_asked_for(shop):
    user = build.member(shop)
    user.email = "lin@example.com"
    user.save()
    notices.change(user, shop, silent=[], mailed=["activities"])
    assert notices.mail_new() == 0
    record("closed", "activity", "夏季好物", at=AT, tenant=shop)
    record("paid", "withdrawal", "w1", at=AT, tenant=shop)
    assert (notices.mail_new(), notices.mail_new()) == (1, 0)
    (sent,) = mail.outbox
    assert sent.to == ["lin@example.com"]
    assert "夏季好物" in sent.body and "w1" not in sent.body


def test_a_mail_that_could_not_leave_is_sent_again(shop, settings):
    user = build.member(shop)
    user.email = "lin@example.com"
    user.save()
    notices.change(user, shop, silent=[], mailed=["activities"])
    record("closed", "activity", "夏季好物", at=AT, tenant=shop)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(OSError):
        notices.mail_new()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert notices.mail_new() == 1


def test_each_member_has_a_list_and_switches_of_his_own(shop):
    page = browser(shop)
    answer = page.post("/notices/", {"heard": ["money"], "mailed": ["money", "nonsense"]})
    assert answer.url == "/notices/"
    setting = NoticeSetting.objects.get()
    assert (setting.silent, setting.mailed) == (["activities", "bases", "goods", "levels", "shop"], ["money"])
    assert NoticeSetting.objects.exclude(user=setting.user).count() == 0
    other = browser(shop, "viewer")
    assert other.post("/notices/", {"read": "1"}).status_code == 302
    assert NoticeSetting.objects.count() == 2


def test_the_bell_of_every_page_says_how_many(shop):
    page = browser(shop)
    assert "通知 3 条未读" in text(page.get("/trail/"))
    page.post("/notices/", {"read": "1"})
    assert "条未读" not in text(page.get("/trail/"))


def test_an_older_page_of_notices_goes_on_where_the_last_ended(shop, monkeypatch):
    monkeypatch.setattr(notices, "ROWS_OF_A_PAGE", 2)
    user = build.member(shop)
    first = notices.page(user, shop)
    second = notices.page(user, shop, first.next_before)
    heard = Trail.objects.by_others(shop).filter(subject_kind__in=notices.TYPE_OF)
    seen = [notice.row.pk for notice in (*first.notices, *second.notices)]
    assert seen == list(heard.newest_first().values_list("pk", flat=True))
    assert "还没有通知" not in words(browser(shop).get("/notices/?before=nonsense"))


def test_a_notice_names_a_thing_as_its_owner_calls_it_and_the_owner_not_at_all():
    shop = build.merchant("m1")
    record("changed", "tenant", shop.trail_subject, at=AT, tenant=shop)
    record("added", "membership", f"{shop.trail_subject}/mei", at=AT, tenant=shop)
    said = [notice.sentence for notice in notices.page(build.member(shop), shop).notices]
    assert not any(shop.trail_subject in each for each in said)
    assert {"系统 修改账户资料", "系统 新建店铺"} <= set(said)
