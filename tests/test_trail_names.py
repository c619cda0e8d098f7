"""What rows of the trail are about, by name: in notices, mails and the party's own list."""

import pytest
from django.urls import reverse

from haowu.approvals import naming, notices
from haowu.approvals.models import Trail
from haowu.tenants.models import Tenant
from merchants.models import Plan, Product
from tests import build
from tests.browser import browser, text

pytestmark = pytest.mark.django_db
AT = build.moment("2024-06-01 10:00")


@pytest.fixture
def sold():
    """A shop's lamp with a plan, enrolled in a leader's activity."""
    lamp = build.product(build.merchant("m1"), "sku-77")
    Product.objects.filter(pk=lamp.pk).update(title="北欧台灯")
    plan = build.normal_plan(lamp, 1000)
    led = build.activity(build.leader("l1", name="团长甲"), title="夏季好物")
    return lamp, plan, build.enrolled(lamp, led, 2000, 500)


def names(reader: Tenant) -> dict[str, str]:
    rows = list(Trail.objects.visible_to(reader))
    return {kind: thing.name for (kind, _subject), thing in naming.things(rows, reader).items()}


def test_goods_plans_enrolments_and_activities_are_called_by_title(sold):
    lamp, _plan, enrolment = sold
    assert {"product": "北欧台灯", "plan": "北欧台灯 · 普通计划", "enrolment": "北欧台灯", "shop": ""}.items() <= names(
        lamp.merchant
    ).items()
    assert {"enrolment": "北欧台灯", "activity": "夏季好物"}.items() <= names(enrolment.leader).items()


def test_a_notice_leads_to_the_thing_and_shows_no_code(sold):
    lamp, _plan, enrolment = sold
    user = build.member(lamp.merchant)
    said = {notice.sentence: notice.url for notice in notices.page(user, lamp.merchant).notices}
    passed = next(sentence for sentence in said if "北欧台灯" in sentence)
    assert said[passed] == reverse("enrolment", args=[enrolment.public_id])
    assert not [sentence for sentence in said if enrolment.public_id in sentence or "merchant:" in sentence]


def test_a_title_that_changed_is_the_new_one_and_the_code_stays_beside_it(sold):
    lamp, _plan, _enrolment = sold
    Product.objects.filter(pk=lamp.pk).update(title="北欧台灯二代")
    page = text(browser(lamp.merchant).get(reverse("trail")))
    assert "北欧台灯二代" in page and "sku-77" in page


def test_a_code_that_another_shop_has_too_names_only_ones_own(sold):
    other = build.product(build.merchant("m2"), "sku-77")
    assert names(other.merchant)["product"] == other.title != "北欧台灯"


def test_what_no_app_names_keeps_its_code(sold):
    lamp, _plan, _enrolment = sold
    row = Trail(subject_kind="never-heard-of", subject="x-1")
    assert naming.things([row], lamp.merchant) == {}


def test_a_list_of_many_things_asks_a_few_queries_for_each_kind(sold, django_assert_max_num_queries):
    lamp, _plan, _enrolment = sold
    for number in range(5):
        build.normal_plan(build.product(lamp.merchant, f"more-{number}"), 1000)
    rows = list(Trail.objects.visible_to(lamp.merchant))
    assert Plan.objects.count() == 6
    with django_assert_max_num_queries(7):
        naming.things(rows, lamp.merchant)
