"""An old export replayed as if it were of today: by whole weeks, up to yesterday, and on from there for ever."""

from datetime import UTC, date, datetime, timedelta

import pytest

from haowu.demo import story
from haowu.demo.retail import replay, shops
from haowu.demo.retail.laps import Lap, laps, shift_to_end_yesterday
from haowu.demo.retail.orders import arrange
from haowu.demo.retail.rows import COLUMNS, read
from haowu.ground import days
from haowu.market import loading as market

NOW = datetime(2026, 11, 23, tzinfo=UTC)
WEDNESDAY = date(2010, 12, 1)
FIRST, LAST = WEDNESDAY, WEDNESDAY + timedelta(days=17)


@pytest.fixture
def book(tmp_path):
    """One order a day from Wednesday, 1 December to Saturday, 18 December 2010; the tenth gives one unit back."""
    rows = [
        f"{1000 + number},22423,CAKESTAND,2,{FIRST + timedelta(days=number)}T10:00,12.75,17,France"
        for number in range(18)
    ]
    rows.append("C2000,22423,CAKESTAND,-1,2010-12-12T10:00,12.75,17,France")
    (tmp_path / "orders.csv").write_text("\n".join([",".join(COLUMNS), *rows]))
    return arrange(read(tmp_path / "orders.csv", now=NOW))


@pytest.mark.parametrize("today", [date(2026, 11, 23) + timedelta(days=number) for number in range(7)])
def test_the_replay_is_shifted_by_whole_weeks_and_ends_yesterday_whatever_day_it_is(book, today):
    shift = shift_to_end_yesterday(book, today=today)
    assert shift % timedelta(days=7) == timedelta()
    yesterday = today - timedelta(days=1)
    ends_on = yesterday - shift
    assert LAST - timedelta(days=6) <= ends_on <= LAST
    assert ends_on.weekday() == yesterday.weekday()


def test_fewer_days_are_the_first_ones_and_never_none(book):
    friday = date(2026, 11, 27)
    shift = shift_to_end_yesterday(book, today=friday, wanted_days=10)
    assert friday - days.ONE_DAY - shift == date(2010, 12, 9)
    shift = shift_to_end_yesterday(book, today=friday, wanted_days=1)
    assert friday - days.ONE_DAY - shift == date(2010, 12, 2)


def test_where_the_file_ends_its_last_whole_weeks_come_again_with_other_numbers(book):
    shift = timedelta(weeks=800)
    until = LAST + shift + timedelta(days=16)
    first, second, third = laps(book, shift, until)
    assert first == Lap(shift)
    assert second == Lap(shift + timedelta(days=14), 2, date(2010, 12, 5))
    assert third == Lap(shift + timedelta(days=28), 3, date(2010, 12, 5))
    calendar = story.calendar(book, shift, until)
    parcels = [(day.day - shift, *parcel.event_id.split(":")) for day in calendar for parcel in day.parcels]
    paid = [(day, number) for day, number, kind in parcels if kind == "paid"]
    assert [number for _day, number in paid][16:21] == ["1016", "1017", "1004-2", "1005-2", "1006-2"]
    assert [day for day, _number in paid] == [FIRST + timedelta(days=number) for number in range(34)]


def test_a_refund_comes_again_with_the_order_that_it_belongs_to(book):
    calendar = story.calendar(book, timedelta(), LAST + timedelta(days=14))
    refunds = [parcel for day in calendar for parcel in day.parcels if parcel.event_id.endswith(":refunded")]
    assert [(each.event_id, each.event["order_no"], days.day_of(each.at)) for each in refunds] == [
        ("C2000-1:refunded", "1011", date(2010, 12, 12)),
        ("C2000-1-2:refunded", "1011-2", date(2010, 12, 26)),
    ]


@pytest.mark.django_db
def test_the_first_start_decides_the_shift_and_the_database_keeps_it(book):
    assert replay.kept_shift(book) is None
    shift = shift_to_end_yesterday(book, today=date(2026, 11, 20))
    market.load(shops.market(book, Lap(shift)))
    calendar = story.calendar(book, shift, date(2026, 11, 19))
    assert story.remaining(calendar) == calendar
    for day in calendar[:3]:
        list(replay.send(replay.source(), replay.written(day), replay.Sent(), now=NOW))
    assert replay.kept_shift(book) == shift
    assert shift_to_end_yesterday(book, today=date(2026, 11, 23)) != shift


@pytest.mark.django_db
def test_the_events_of_today_come_in_as_their_times_come_and_go_on_past_midnight(book):
    shift = timedelta(weeks=831)
    market.load(shops.market(book, Lap(shift)))
    day = FIRST + shift + timedelta(days=8)
    today = story.Today(book, shift, since=day)
    orders = replay.OrderEvent.objects.filter(type="paid").values_list("order__order_no", flat=True)
    today.send_due(days.start_of(day) + timedelta(hours=9, minutes=59))
    assert list(orders.all()) == []
    today.send_due(days.start_of(day) + timedelta(hours=10))
    today.send_due(days.start_of(day) + timedelta(hours=12))
    assert list(orders.all()) == ["1008"]
    today.send_due(days.start_of(day + days.ONE_DAY) + timedelta(hours=11))
    assert sorted(orders.all()) == ["1008", "1009"]
