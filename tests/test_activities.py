"""Rulebook §13: a leader's activities and the goods in them: states, arrows, limits, windows."""

import pytest

from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.tenants.scope import PLATFORM, enter_scope
from merchants import listing
from merchants.models import Category
from tests.build import activity, enrolled, leader, merchant, moment, product, streamer
from tuanzhang import activities, enrolling
from tuanzhang.models import Activity, Enrolment

pytestmark = pytest.mark.django_db

BEGIN, END, LATER = moment("2024-06-01 00:00"), moment("2024-06-30 00:00"), moment("2024-07-31 00:00")
BEFORE = moment("2024-05-20 12:00")
RATES = {"commission_bps": 2000, "service_fee_bps": 600}


def code_of(act, *arguments, **options) -> str:
    with pytest.raises(Refused) as refused:
        act(*arguments, **options)
    assert refused.value.message
    return refused.value.code


@pytest.fixture
def june():
    return activity(leader("l1"), at=BEFORE, begins_at=BEGIN, ends_at=END, minimum=(500, 100))


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("2024-05-31 23:59:59", "published"),
        ("2024-06-01 00:00:00", "promoting"),
        ("2024-06-29 23:59:59", "promoting"),
        ("2024-06-30 00:00:00", "expired"),
    ],
)
def test_what_time_does_to_an_activity_is_never_late(june, at, state):
    assert june.state_at(moment(at)) == state
    for each in Activity.State:
        assert Activity.objects.in_state(each, moment(at)).exists() == (each == state)


def test_a_draft_is_its_leaders_alone_until_it_is_published():
    by, other = leader("l1"), leader("l2")
    draft = activity(by, published=False, at=BEFORE, begins_at=BEGIN, ends_at=END)
    enter_scope(other.pk)
    assert not Activity.objects.exists()
    enter_scope(PLATFORM)
    changed = activities.ActivityDraft("exclusive", "六月", BEGIN, END, (700, 0), streamers=[streamer("s1")])
    draft = activities.change(draft, changed, at=BEFORE)
    activities.publish(draft, at=BEFORE)
    enter_scope(other.pk)
    assert [(each.title, each.type, each.min_commission_bps) for each in Activity.objects.all()] == [
        ("六月", "exclusive", 700)
    ]
    enter_scope(PLATFORM)
    assert code_of(activities.change, draft, changed, at=BEFORE) == "ACTIVITY_PUBLISHED"
    assert code_of(activities.publish, draft, at=BEFORE) == "ACTIVITY_PUBLISHED"
    assert code_of(activities.delete, Activity.objects.get()) == "ACTIVITY_PUBLISHED"


def test_a_draft_can_be_put_away_and_one_that_is_over_cannot_be_published():
    draft = activity(leader("l1"), published=False, begins_at=BEGIN, ends_at=END)
    assert code_of(activities.publish, draft, at=END) == "ACTIVITY_ENDS_IN_THE_PAST"
    activities.delete(draft)
    assert Activity.objects.get().state_at(BEGIN) == "deleted"
    assert code_of(activities.close, draft, at=BEGIN) == "ACTIVITY_NOT_PUBLISHED"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"ends_at": BEGIN}, "ACTIVITY_WINDOW_BACKWARD"),
        ({"begins_at": moment("2199-06-01 00:00")}, "BEGINS_TOO_LATE"),
        ({"ends_at": moment("2099-06-01 00:00")}, "ENDS_TOO_LATE"),
        ({"begins_at": moment("2020-06-01 00:00"), "ends_at": moment("2020-07-01 00:00")}, "ENDS_IN_THE_PAST"),
        ({"begins_at": moment("2020-06-01 00:00")}, "BEGINS_TOO_EARLY"),
        ({"minimum": (8500, 501)}, "MINIMUM_OUT_OF_RANGE"),
        ({"minimum": (-1, 0)}, "MINIMUM_OUT_OF_RANGE"),
        ({"joining": "some"}, "SECOND_LEVEL_UNKNOWN"),
        ({"type": "open"}, "ACTIVITY_TYPE_UNKNOWN"),
        ({"code": "taken"}, "ACTIVITY_CODE_TAKEN"),
    ],
)
def test_an_activity_that_makes_no_sense_is_refused(terms, code):
    by = leader("l1")
    activity(leader("l2"), code="taken")
    wish = activities.ActivityDraft(**{"type": "normal", "title": "t", "begins_at": BEGIN} | terms)
    assert code_of(activities.draft, by, wish, at=BEFORE) == code
    assert not Activity.objects.of_leader(by).exists()


def test_an_activity_runs_longer_but_never_shorter_except_by_closing(june):
    assert code_of(activities.extend, june, END, at=BEGIN) == "END_NOT_LATER"
    assert code_of(activities.extend, june, moment("2199-01-01 00:00"), at=BEGIN) == "ENDS_TOO_LATE"
    june.refresh_from_db()
    assert june.ends_at == END
    assert activities.extend(june, LATER, at=BEGIN).ends_at == LATER
    closed = activities.close(june, at=END)
    assert (closed.state_at(END), closed.over_at) == ("expired", END)
    assert code_of(activities.extend, june, None, at=END) == "ACTIVITY_OVER"
    assert code_of(activities.close, june, at=END) == "ACTIVITY_OVER"


def test_a_streamer_is_listed_at_once_and_leaves_the_list_at_midnight():
    first, second = streamer("s1"), streamer("s2")
    kept = activity(leader("l1"), "exclusive", streamers=[first])
    at = moment("2024-06-10 12:00")
    activities.list_streamer(kept, second, at=at)
    assert code_of(activities.list_streamer, kept, second, at=at) == "STREAMER_ALREADY_LISTED"
    assert code_of(activities.unlist_streamer, kept, second, at=moment("2024-06-10 23:50")) == "DECREASES_CLOSED"
    activities.unlist_streamer(kept, second, at=at)
    assert code_of(activities.unlist_streamer, kept, second, at=at) == "STREAMER_NOT_LISTED"
    row = kept.listed.get(streamer=second)
    assert (row.holds(moment("2024-06-10 23:59:59")), row.holds(moment("2024-06-11 00:00"))) == (True, False)
    activities.list_streamer(kept, second, at=at)
    assert kept.listed.get(streamer=second).unlisted_at is None


class TestEnrolling:
    def test_many_are_enrolled_and_each_is_answered(self, june):
        shop = merchant("m1")
        goods = [product(shop, f"p{number}") for number in range(3)]
        unlisted = product(shop, "p9", listed=False)
        wishes = [
            enrolling.NewEnrolment(june, goods[0], **RATES),
            enrolling.NewEnrolment(june, goods[0], **RATES),
            enrolling.NewEnrolment(june, goods[1], 499, 600),
            enrolling.NewEnrolment(june, goods[1], 2000, 99),
            enrolling.NewEnrolment(june, goods[1], 8500, 501),
            enrolling.NewEnrolment(june, goods[2], 8500, 500),
            enrolling.NewEnrolment(june, unlisted, **RATES),
            enrolling.NewEnrolment(june, goods[1], **RATES, starts_at=END, ends_at=LATER),
            enrolling.NewEnrolment(june, goods[1], **RATES, starts_at=LATER, ends_at=END),
            enrolling.NewEnrolment(june, goods[1], **RATES, starts_at=moment("2020-06-01 00:00")),
            enrolling.NewEnrolment(june, goods[1], **RATES, ends_at=moment("2099-01-01 00:00")),
        ]
        answers = enrolling.enrol_many(wishes, at=BEFORE)
        assert [getattr(answer, "code", "enrolled") for answer in answers] == [
            "enrolled",
            "ALREADY_ENROLLED",
            "BELOW_MINIMUM",
            "BELOW_MINIMUM",
            "FEES_OUT_OF_RANGE",
            "enrolled",
            "PRODUCT_NOT_LISTED",
            "OUTSIDE_ACTIVITY",
            "WINDOW_BACKWARD",
            "BEGINS_TOO_EARLY",
            "ENDS_TOO_LATE",
        ]
        assert Enrolment.objects.waiting().count() == 2
        first = Enrolment.objects.get(product=goods[0])
        assert (first.starts_at, first.ends_at, first.leader, first.merchant) == (BEGIN, END, june.leader, shop)

    def test_the_nearest_category_says_the_minimum(self):
        top = Category.objects.create(code="top", name="top", level=1)
        middle = Category.objects.create(code="middle", name="middle", level=2, parent=top)
        leaf = Category.objects.create(code="leaf", name="leaf", level=3, parent=middle)
        minimums = {top: (1000, 200), leaf: (3000, 0)}
        made = activity(leader("l1"), minimum=(500, 100), minimums=minimums)
        goods, shop = [], merchant("m1")
        for category in (leaf, Category.objects.create(code="leaf-2", name="leaf-2", level=3, parent=middle)):
            goods.append(product(shop))
            goods[-1].category = category
            goods[-1].save()
        made = Activity.objects.get(pk=made.pk)
        assert [made.minimum_for(each) for each in (*goods, product(shop))] == [(3000, 0), (1000, 200), (500, 100)]
        low = {"commission_bps": 2999, "service_fee_bps": 0}
        assert code_of(enrolling.enrol, made, goods[0], at=BEFORE, **low) == "BELOW_MINIMUM"
        enrolling.enrol(made, goods[0], at=BEFORE, commission_bps=3000, service_fee_bps=0)

    def test_only_an_open_activity_takes_goods(self, june):
        goods = product(merchant("m1"))
        draft = activity(leader("l2"), published=False)
        assert code_of(enrolling.enrol, draft, goods, at=BEFORE, **RATES) == "ACTIVITY_NOT_PUBLISHED"
        assert code_of(enrolling.enrol, june, goods, at=END, **RATES) == "ACTIVITY_OVER"

    def test_a_leader_passes_some_and_refuses_others_with_a_reason(self, june):
        shop = merchant("m1")
        wishes = [enrolling.NewEnrolment(june, product(shop, f"p{number}"), **RATES) for number in range(4)]
        first, second, third, fourth = enrolling.enrol_many(wishes, at=BEFORE)
        assert [answer.code for answer in enrolling.reject_many([third], "  ", at=BEGIN)] == ["REASON_MISSING"]
        enrolling.reject_many([third], "图片不清晰", at=BEGIN)
        listing.delist_product(fourth.product, at=BEFORE)
        answers = enrolling.pass_many([first, second, third, fourth], at=BEGIN)
        assert [getattr(answer, "code", answer) for answer in answers] == [
            first, second, "NOT_WAITING", "PRODUCT_NOT_LISTED",
        ]  # fmt: skip
        states = [Enrolment.objects.get(pk=each.pk).state_at(BEGIN) for each in (first, second, third, fourth)]
        assert states == ["passed", "passed", "rejected", "pending"]
        assert Enrolment.objects.get(pk=third.pk).reason == "图片不清晰"
        (retracted,) = enrolling.retract_many([fourth], at=BEGIN)
        assert retracted.state_at(BEGIN) == "withdrawn"
        assert [answer.code for answer in enrolling.retract_many([first], at=BEGIN)] == ["NOT_WAITING"]

    def test_what_waits_when_its_activity_ends_has_expired(self, june):
        waiting = enrolling.enrol(june, product(merchant("m1")), at=BEFORE, **RATES)
        assert (waiting.waits(moment("2024-05-24 12:00")), waiting.state_at(END)) == (4, "expired")
        assert [answer.code for answer in enrolling.pass_many([waiting], at=END)] == ["ACTIVITY_OVER"]

    @pytest.mark.parametrize(
        ("ending", "why", "at"),
        [
            ("window", "window", "2024-06-20 00:00"),
            ("activity", "activity_over", "2024-06-11 12:00"),
            ("shelf", "delisted", "2024-06-11 12:00"),
            ("leader", "leader", "2024-06-12 00:00"),
        ],
    )
    def test_a_passed_enrolment_expires_for_four_reasons(self, june, ending, why, at):
        item = enrolled(product(merchant("m1")), june, at=BEFORE, ends_at=moment("2024-06-20 00:00"))
        noon = moment("2024-06-11 12:00")
        if ending == "activity":
            activities.close(june, at=noon)
        elif ending == "shelf":
            listing.delist_product(item.product, at=noon)
            listing.list_product(item.product, at=noon)
        elif ending == "leader":
            assert code_of(enrolling.end, item, at=moment("2024-06-11 23:50")) == "DECREASES_CLOSED"
            enrolling.end(item, at=noon)
        item = Enrolment.objects.get(pk=item.pk)
        over_at, reason = item.over
        assert (over_at, reason) == (moment(at), why)
        last = over_at - days.ONE_DAY / 86_400
        assert [each.pk for each in Enrolment.objects.live(last)] == [item.pk]
        assert (item.is_live(last), item.is_live(over_at)) == (True, False)
        assert not Enrolment.objects.live(over_at).exists()
        assert item.state_at(over_at) == "expired"

    def test_goods_may_be_enrolled_again_after_their_window_but_not_over_it(self, june):
        goods = product(merchant("m1"))
        half = moment("2024-06-15 00:00")
        item = enrolled(goods, june, at=BEFORE, ends_at=half)
        assert code_of(enrolling.enrol, june, goods, at=BEFORE, **RATES) == "ALREADY_ENROLLED"
        enrolling.enrol(june, goods, at=BEFORE, starts_at=half, **RATES)
        assert code_of(enrolling.extend, item, LATER, at=BEGIN) == "ALREADY_ENROLLED"
        assert code_of(enrolling.extend, item, half, at=BEGIN) == "END_NOT_LATER"
        assert code_of(enrolling.extend, item, None, at=half) == "NOT_RUNNING"

    def test_goods_wait_once_whatever_their_windows(self, june):
        goods = product(merchant("m1"))
        half = moment("2024-06-15 00:00")
        first = enrolling.enrol(june, goods, at=BEFORE, ends_at=half, **RATES)
        assert code_of(enrolling.enrol, june, goods, at=BEFORE, starts_at=half, **RATES) == "ALREADY_ENROLLED"
        other = product(merchant("m2"))
        both = [
            enrolling.NewEnrolment(june, other, **RATES, **window)
            for window in ({"ends_at": half}, {"starts_at": half})
        ]
        assert [getattr(each, "code", "enrolled") for each in enrolling.enrol_many(both, at=BEFORE)] == [
            "enrolled",
            "ALREADY_ENROLLED",
        ]
        enrolling.retract_many([first], at=BEFORE)
        assert enrolling.enrol(june, goods, at=BEFORE, starts_at=half, **RATES).starts_at == half

    def test_a_cooperation_is_extended_while_it_runs(self, june):
        item = enrolled(product(merchant("m1")), june, at=BEFORE, ends_at=moment("2024-06-15 00:00"))
        enrolling.extend(item, moment("2024-06-20 00:00"), at=BEGIN)
        item = Enrolment.objects.get(pk=item.pk)
        assert (item.is_live(moment("2024-06-19 23:59:59")), item.is_live(moment("2024-06-20 00:00"))) == (True, False)


def test_waiting_enrolments_are_between_merchant_and_leader_and_passed_ones_public(june):
    shop, other = merchant("m1"), merchant("m2")
    waiting = enrolling.enrol(june, product(shop, "p1"), at=BEFORE, **RATES)
    passed = enrolled(product(shop, "p2"), june, at=BEFORE)
    for tenant, seen in ((shop, {waiting.pk, passed.pk}), (june.leader, {waiting.pk, passed.pk}), (other, {passed.pk})):
        enter_scope(tenant.pk)
        assert set(Enrolment.objects.values_list("pk", flat=True)) == seen
        assert {rate.enrolment_id for each in Enrolment.objects.all() for rate in each.rates.all()} == seen
    enter_scope(other.pk)
    assert Enrolment.objects.update(reason="taken") == 0


def test_the_rates_of_an_exclusive_activity_are_for_those_it_lists():
    listed, other = streamer("s1"), streamer("s2")
    kept = activity(leader("l1"), "exclusive", streamers=[listed])
    item = enrolled(product(merchant("m1")), kept)
    enter_scope(listed.pk)
    assert item.rates.count() == 1
    enter_scope(other.pk)
    assert (Enrolment.objects.count(), item.rates.count(), kept.listed.count()) == (1, 0, 0)
