"""Rulebook §6, §13: raised at once, lowered and cancelled by request; second leaders inside the first one's terms."""

from datetime import timedelta

import pytest

from merchants.models import Product
from tests.build import activity, enrolled, leader, merchant, moment, product, second
from tests.test_activities import code_of
from tuanzhang import changes, refusals, second_level
from tuanzhang.models import ChangeRequest, Enrolment, SecondLevel

pytestmark = pytest.mark.django_db

ASKED = moment("2024-06-10 15:00")
DEADLINE = moment("2024-06-17 15:00")


@pytest.fixture
def item():
    made = activity(leader("l1"), minimum=(500, 100), joining="all")
    return enrolled(product(merchant("m1")), made, 2000, 600)


def fees(item: Enrolment, at: str) -> tuple[int, int]:
    rate = Enrolment.objects.get(pk=item.pk).rate_at(moment(at))
    return rate.commission_bps, rate.service_fee_bps


def state(request: ChangeRequest, at) -> str:
    return ChangeRequest.objects.get(pk=request.pk).state_at(at)


def test_rates_are_raised_at_once_and_lowered_only_by_request(item):
    changes.raise_rates(item, 2500, 600, at=ASKED)
    assert (fees(item, "2024-06-10 14:59:59"), fees(item, "2024-06-10 15:00")) == ((2000, 600), (2500, 600))
    assert code_of(changes.raise_rates, item, 2600, 500, at=ASKED) == "ONLY_BY_REQUEST"
    assert code_of(changes.raise_rates, item, 8500, 600, at=ASKED) == "FEES_OUT_OF_RANGE"
    assert changes.raise_rates(item, 2500, 600, at=ASKED) is None


def test_an_agreed_request_holds_from_midnight(item):
    request = changes.ask_lower(item, 1500, 600, reason="成本上涨", at=ASKED)
    assert code_of(changes.agree, request, at=moment("2024-06-12 23:50")) == "DECREASES_CLOSED"
    changes.agree(request, at=moment("2024-06-12 10:00"))
    assert fees(item, "2024-06-12 23:59:59") == (2000, 600)
    assert fees(item, "2024-06-13 00:00") == (1500, 600)
    assert fees(item, "2024-06-18 00:00") == (1500, 600)
    assert code_of(changes.refuse, request, "no", at=moment("2024-06-12 11:00")) == "NOT_WAITING"


def test_a_refused_request_changes_nothing_and_its_reason_is_shown(item):
    request = changes.ask_lower(item, 1500, 600, at=ASKED)
    assert code_of(changes.refuse, request, "", at=ASKED) == "REASON_MISSING"
    changes.refuse(request, "还在推广", at=moment("2024-06-17 14:59:59"))
    assert fees(item, "2024-06-30 00:00") == (2000, 600)
    assert ChangeRequest.objects.get().answer_reason == "还在推广"
    changes.ask_lower(item, 1600, 600, at=moment("2024-06-18 09:00"))


def test_a_request_unanswered_for_seven_days_is_agreed_by_itself(item):
    request = changes.ask_lower(item, 1500, 600, at=ASKED)
    assert [state(request, DEADLINE - timedelta(seconds=1)), state(request, DEADLINE)] == ["waiting", "agreed"]
    assert (fees(item, "2024-06-17 23:59:59"), fees(item, "2024-06-18 00:00")) == ((2000, 600), (1500, 600))
    assert code_of(changes.refuse, request, "late", at=DEADLINE) == "NOT_WAITING"
    assert fees(item, "2024-06-18 00:00") == (1500, 600)
    changes.ask_lower(item, 1400, 600, at=moment("2024-06-18 09:00"))
    request.refresh_from_db()
    assert (request.answer, request.answered_at) == ("unanswered", DEADLINE)


def test_without_an_order_for_thirty_days_no_answer_is_needed(item):
    request = changes.ask_lower(item, 1500, 500, at=ASKED)
    assert changes.agree_quiet([request.pk], at=moment("2024-06-12 23:55")) == 0
    assert changes.agree_quiet([request.pk], at=moment("2024-06-13 00:05")) == 1
    assert changes.agree_quiet([request.pk], at=moment("2024-06-13 00:06")) == 0
    assert (fees(item, "2024-06-13 23:59:59"), fees(item, "2024-06-14 00:00")) == ((2000, 600), (1500, 500))
    assert ChangeRequest.objects.get().answer == "quiet"


def test_a_raise_calls_off_what_would_have_lowered(item):
    request = changes.ask_lower(item, 1500, 600, at=ASKED)
    changes.raise_rates(item, 2100, 600, at=moment("2024-06-11 09:00"))
    assert (state(request, DEADLINE), fees(item, "2024-06-30 00:00")) == ("withdrawn", (2100, 600))
    agreed = changes.ask_lower(item, 1500, 600, at=moment("2024-06-20 09:00"))
    changes.agree(agreed, at=moment("2024-06-20 10:00"))
    changes.raise_rates(item, 2100, 600, at=moment("2024-06-20 11:00"))
    assert fees(item, "2024-06-30 00:00") == (2100, 600)


def test_refusing_a_further_request_leaves_the_one_that_was_agreed():
    here = enrolled(product(merchant("m1")), activity(leader("l1")), 2000, 600)
    changes.agree(changes.ask_lower(here, 1800, 600, at=ASKED), at=moment("2024-06-10 16:00"))
    further = changes.ask_lower(here, 1500, 600, at=moment("2024-06-10 17:00"))
    changes.refuse(further, "够低了", at=moment("2024-06-10 18:00"))
    assert (fees(here, "2024-06-10 23:59:59"), fees(here, "2024-06-11 00:00")) == ((2000, 600), (1800, 600))
    again = changes.ask_lower(here, 1500, 600, at=moment("2024-06-10 19:00"))
    changes.agree(again, at=moment("2024-06-10 20:00"))
    assert fees(here, "2024-06-11 00:00") == (1500, 600)


def test_a_merchant_takes_a_request_back_and_asks_one_at_a_time(item):
    request = changes.ask_cancel(item, reason="断货", at=ASKED)
    assert code_of(changes.ask_lower, item, 1500, 600, at=ASKED) == "REQUEST_OPEN"
    changes.retract(request, at=moment("2024-06-11 09:00"))
    assert Enrolment.objects.get().is_live(moment("2024-06-30 00:00"))


@pytest.mark.parametrize(
    ("answered", "last"), [("2024-06-12 10:00", "2024-06-12 23:59:59"), (None, "2024-06-17 23:59:59")]
)
def test_a_cancelled_cooperation_ends_at_midnight(item, answered, last):
    request = changes.ask_cancel(item, at=ASKED)
    if answered:
        changes.agree(request, at=moment(answered))
    item = Enrolment.objects.get()
    assert (item.is_live(moment(last)), item.is_live(moment(last) + timedelta(seconds=1))) == (True, False)
    assert item.over[1] == "merchant"


def test_a_refused_cancellation_goes_on(item):
    request = changes.ask_cancel(item, at=ASKED)
    changes.refuse(request, "活动还有三天", at=ASKED)
    assert Enrolment.objects.get().over is None


@pytest.mark.parametrize(
    ("rates", "at", "code"),
    [
        ((2000, 600), ASKED, "NOTHING_LOWERED"),
        ((499, 600), ASKED, "BELOW_MINIMUM"),
        ((2000, 99), ASKED, "BELOW_MINIMUM"),
        ((1500, 600), moment("2024-06-10 23:50"), "DECREASES_CLOSED"),
    ],
)
def test_requests_keep_to_the_limits(item, rates, at, code):
    assert code_of(changes.ask_lower, item, *rates, at=at) == code
    assert not ChangeRequest.objects.exists()


class TestSecondLevel:
    def test_the_first_fee_may_not_fall_below_a_live_second(self, item):
        made = second(leader("l2"), item, 500)
        assert code_of(changes.ask_lower, item, 2000, 499, at=ASKED) == "BELOW_SECOND"
        request = changes.ask_lower(item, 2000, 500, at=ASKED)
        changes.agree(request, at=ASKED)
        second_level.ask_end(made, item.leader, at=ASKED)
        second_level.answer_end(made, made.second_leader, True, at=ASKED)
        changes.ask_lower(item, 2000, 499, at=moment("2024-06-11 00:00"))

    def test_a_second_fits_under_every_announced_fee_of_the_first(self, item):
        changes.ask_lower(item, 2000, 400, at=ASKED)
        assert code_of(second_level.apply, leader("l2"), item, 401, at=ASKED) == "SECOND_OUT_OF_RANGE"
        assert code_of(second_level.apply, leader("l3"), item, 99, at=ASKED) == "SECOND_OUT_OF_RANGE"
        second_level.apply(leader("l4"), item, 400, at=ASKED)

    def test_a_fee_that_fell_while_the_application_waited_is_weighed_again(self, item):
        waiting = second_level.apply(leader("l2"), item, 600, at=ASKED)
        changes.ask_lower(item, 2000, 500, at=ASKED)
        assert [answer.code for answer in second_level.pass_many([waiting], at=ASKED)] == ["SECOND_OUT_OF_RANGE"]

    @pytest.mark.parametrize(("joining", "partner", "code"), [
        ("none", False, "SECOND_LEVEL_CLOSED"), ("listed", False, "SECOND_LEVEL_CLOSED"), ("listed", True, ""),
        ("all", False, ""),
    ])  # fmt: skip
    def test_who_may_join(self, joining, partner, code):
        other = leader("l2")
        made = activity(leader("l1"), joining=joining, partners=[other] if partner else [])
        here = enrolled(product(merchant("m1")), made)
        if code:
            assert code_of(second_level.apply, other, here, 500, at=ASKED) == code
        else:
            second_level.apply(other, here, 500, at=ASKED)
        assert code_of(second_level.apply, made.leader, here, 500, at=ASKED) == "OWN_ACTIVITY"
        assert code_of(second_level.apply, merchant("m2"), here, 500, at=ASKED) == "NOT_A_LEADER"

    def test_the_window_lies_inside_the_items(self):
        made = activity(leader("l1"), joining="all", begins_at=moment("2024-06-01 00:00"))
        here = enrolled(product(merchant("m1")), made, ends_at=moment("2024-06-30 00:00"))
        late = {"ends_at": moment("2024-06-30 00:01")}
        early = {"starts_at": moment("2024-05-31 23:59")}
        assert code_of(second_level.apply, leader("l2"), here, 500, at=ASKED, **late) == "OUTSIDE_COOPERATION"
        assert code_of(second_level.apply, leader("l3"), here, 500, at=ASKED, **early) == "OUTSIDE_COOPERATION"
        applied = second_level.apply(leader("l4"), here, 500, at=ASKED)
        assert (applied.starts_at, applied.ends_at) == (moment("2024-06-01 00:00"), moment("2024-06-30 00:00"))

    def test_of_the_whole_item_there_is_one_second_leader_at_a_time(self, item):
        second(leader("l2"), item, 500, whole_item=True)
        assert code_of(second_level.apply, leader("l3"), item, 300, at=ASKED, whole_item=True) == "SECOND_TAKEN"
        by_link = second_level.apply(leader("l4"), item, 300, at=ASKED)
        assert code_of(second_level.apply, by_link.second_leader, item, 300, at=ASKED) == "SECOND_TAKEN"

    def test_ending_needs_the_other_sides_answer(self, item):
        made = second(leader("l2"), item, 500)
        assert code_of(second_level.answer_end, made, item.leader, True, at=ASKED) == "END_NOT_ASKED"
        made = second_level.ask_end(made, made.second_leader, at=ASKED)
        assert code_of(second_level.ask_end, made, item.leader, at=ASKED) == "END_ALREADY_ASKED"
        assert code_of(second_level.answer_end, made, made.second_leader, True, at=ASKED) == "ANSWER_BY_OTHER"
        assert made.waits(DEADLINE) == 7
        made = second_level.answer_end(made, item.leader, False, at=ASKED)
        assert made.is_live(DEADLINE) and made.end_refused_at == ASKED
        made = second_level.ask_end(made, item.leader, at=ASKED)
        made = second_level.answer_end(made, made.second_leader, True, at=ASKED)
        assert (made.is_live(moment("2024-06-10 23:59:59")), made.is_live(moment("2024-06-11 00:00"))) == (True, False)

    def test_a_leader_waits_for_one_answer_at_a_time_whatever_the_windows(self, item):
        half = item.starts_at + (item.ends_at - item.starts_at) / 2 if item.ends_at else ASKED + timedelta(days=5)
        two = leader("l2")
        second_level.apply(two, item, 500, at=ASKED, ends_at=half)
        later = second_level.NewSecondLevel(two, item, 500, starts_at=half)
        (refused,) = second_level.apply_many([later], at=ASKED)
        assert (refused.code, SecondLevel.objects.count()) == (refusals.SecondTaken.code, 1)

    def test_a_refusal_has_a_reason_and_an_application_can_be_taken_back(self, item):
        one, two = (
            second_level.apply(leader("l2"), item, 500, at=ASKED),
            second_level.apply(leader("l3"), item, 500, at=ASKED),
        )
        assert [answer.code for answer in second_level.reject_many([one], "", at=ASKED)] == ["REASON_MISSING"]
        assert [answer.status for answer in second_level.reject_many([one], "费率过高", at=ASKED)] == ["rejected"]
        assert second_level.retract(two, at=ASKED).status == "withdrawn"
        assert code_of(second_level.retract, one, at=ASKED) == "NOT_WAITING"


def test_the_second_leader_of_a_link_is_paid_for_what_was_picked_through_it_alone(item):
    from tests.build import bought, paid, pick, push, source, story_of, streamer

    linked, whole = leader("l2"), leader("l3")
    second(linked, item, 500)
    second(whole, item, 200, whole_item=True)
    goods = Product.objects.get(pk=item.product_id)
    pick(streamer("s1"), goods, "x1", activity=item.activity, second_leader=linked)
    pick(streamer("s2"), goods, "x2", activity=item.activity)
    by = source()
    push(by, [paid(f"o{n}", "2024-06-11 10:00", [bought(goods, f"x{n}", price_fen=20_000)]) for n in (1, 2)])
    estimates = [story_of(no)["estimate"] for no in ("o1", "o2")]
    assert [(each["second_leader"]["party"], each["second_leader"]["gross_fen"]) for each in estimates] == [
        ("l2", 1000),
        ("l3", 400),
    ]
    assert [each["first_leader"]["gross_fen"] for each in estimates] == [200, 800]


@pytest.fixture
def sold(item):
    """A sale through the activity on 15 May, ten past ten."""
    from tests.build import bought, paid, pick, push, source, streamer

    goods = Product.objects.get(pk=item.product_id)
    pick(streamer("s1"), goods, "x1", activity=item.activity)
    push(source(), [paid("o1", "2024-05-15 10:10", [bought(goods, "x1", price_fen=20_000)])])
    return item


@pytest.mark.parametrize(
    ("at", "answer"), [("2024-06-14 10:09:59", ""), ("2024-06-14 10:10:00", "quiet"), ("2024-06-20 10:00", "")]
)
def test_thirty_days_are_counted_from_the_last_order(sold, at, answer):
    from commissions.leaders import activity_counts

    changes.ask_lower(sold, 1500, 500, at=moment("2024-06-10 15:00"))
    activity_counts.agree_quiet_requests(at=moment(at))
    assert ChangeRequest.objects.get().answer == answer


def test_a_cooperation_younger_than_thirty_days_is_not_quiet():
    from commissions.leaders import activity_counts

    began = moment("2024-05-20 00:00")
    made = enrolled(product(merchant("m1")), activity(leader("l1")), starts_at=began)
    changes.ask_cancel(made, at=moment("2024-06-15 12:00"))
    assert activity_counts.agree_quiet_requests(at=began + timedelta(days=30, seconds=-1)) == 0
    assert activity_counts.agree_quiet_requests(at=began + timedelta(days=30)) == 1


def test_a_leaders_record_is_counted_from_orders(sold):
    from commissions.leaders import activity_counts
    from tuanzhang.records import record_of

    at = moment("2024-05-20 12:00")
    enrolled(product(merchant("m2"), price_fen=30_000), sold.activity)
    activity_counts.count_leaders(at=at)
    record = record_of(sold.leader, at)
    assert (record.items, record.running, record.average_price_fen) == (2, 2, 20_000)
    assert (record.orders, record.streamers, record.counted_at) == (1, 1, at)
    activity_counts.count_leaders(at=moment("2024-06-14 10:10:00"))
    assert record_of(sold.leader, at).orders == 0
