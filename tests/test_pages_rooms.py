"""Live rooms of bases: found by city, booked, cancelled, opened and closed."""

from datetime import timedelta

import pytest

from bases.models import Base, Booking, Room
from tests import build
from tests.bases import base
from tests.browser import NOW, browser, shown_messages, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = build.moment(NOW)


@pytest.fixture
def made() -> Base:
    build.merchant("m1", name="山野集")
    return base("b1", name="临沂基地")


class TestRooms:
    def book(self, client, room: Room, first: str, last: str):
        return client.post(f"/rooms/{room.public_id}/", {"starts_at": first, "ends_at": last}, follow=True)

    def test_a_streamer_finds_a_room_by_city_and_books_it(self, made):
        base("b2", city="yiwu", name="义乌基地")
        client = browser(build.streamer(name="小禾"))
        page = text(client.get("/rooms/?city=linyi"))
        assert "临沂基地" in page and "义乌基地" not in page
        room = Room.objects.filter(base=made.base).first()
        assert shown_messages(self.book(client, room, "2024-06-21T10:00", "2024-06-21T12:00")) == [
            "已预订。开始之前可以取消。"
        ]
        booked = Booking.objects.get()
        assert (booked.starts_at, booked.streamer.name) == (build.moment("2024-06-21 10:00"), "小禾")
        assert "小禾" in text(browser(made.base).get("/base/rooms/"))

    def test_taken_hours_are_shown_without_a_name_and_cannot_be_booked_again(self, made):
        room = Room.objects.filter(base=made.base).first()
        self.book(browser(build.streamer(name="小禾")), room, "2024-06-21T10:00", "2024-06-21T12:00")
        other = browser(build.streamer(name="阿力"))
        page = text(other.get(f"/rooms/{room.public_id}/"))
        assert "2024-06-21 10:00–06-21 12:00" in page and "小禾" not in page
        assert "这个时段已被预订" in text(self.book(other, room, "2024-06-21T11:30", "2024-06-21T12:30"))
        self.book(other, room, "2024-06-21T12:00", "2024-06-21T12:30")
        self.book(other, room, "2024-06-21T09:30", "2024-06-21T10:00")
        assert Booking.objects.count() == 3

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            ("2024-06-20T13:59", "2024-06-20T15:00"),
            ("2024-06-21T10:00", "2024-06-21T10:29"),
            ("2024-06-21T10:00", "2024-06-21T22:01"),
            ("2024-06-21T10:00", "2024-06-21T09:00"),
            ("2024-08-19T13:30", "2024-08-19T14:01"),
        ],
    )
    def test_hours_that_cannot_be_booked(self, made, first, last):
        page = text(self.book(browser(build.streamer()), Room.objects.first(), first, last))
        assert "请选择 30 分钟到 12 小时、从现在起 60 天以内的时段" in page
        assert not Booking.objects.exists()

    def test_either_side_cancels_before_it_starts_and_a_stranger_never(self, made, clock):
        room = Room.objects.filter(base=made.base).first()
        client = browser(build.streamer())
        for hour in ("10", "12"):
            self.book(client, room, f"2024-06-21T{hour}:00", f"2024-06-21T{hour}:30")
        first, second = Booking.objects.order_by("starts_at")
        assert browser(build.streamer()).post(f"/bookings/{first.public_id}/cancellation/").status_code == 404
        browser(made.base).post(f"/bookings/{first.public_id}/cancellation/")
        clock("2024-06-21 12:00")
        page = client.post(f"/bookings/{second.public_id}/cancellation/", follow=True)
        assert shown_messages(page) == ["这次预订已开始、结束或已取消。"]
        assert list(Booking.objects.order_by("starts_at").values_list("cancelled_by", flat=True)) == [
            made.base.pk,
            None,
        ]

    def test_a_base_opens_and_closes_rooms_and_keeps_hours_for_itself(self, made):
        client = browser(made.base)
        client.post("/base/rooms/", {"name": "大厅", "equipment": "三机位"})
        assert "已有名为「大厅」的直播间" in text(client.post("/base/rooms/", {"name": "大厅"}))
        hall = Room.objects.get(name="大厅")
        self.book(client, hall, "2024-06-21T10:00", "2024-06-21T12:00")
        client.post(f"/base/rooms/{hall.public_id}/closing/")
        assert browser(build.streamer()).get(f"/rooms/{hall.public_id}/").status_code == 404
        assert Booking.objects.get().streamer == made.base
        stranger = browser(base().base)
        assert stranger.post(f"/base/rooms/{hall.public_id}/closing/").status_code == 404

    def test_the_database_itself_refuses_an_overlap(self, made):
        from django.db import IntegrityError, transaction

        room = Room.objects.first()
        window = {"starts_at": TODAY, "ends_at": TODAY + timedelta(hours=2), "booked_at": TODAY}
        facts = {"room": room, "base": room.base, "streamer": build.streamer()}
        Booking.objects.create(**facts, **window)
        with pytest.raises(IntegrityError, match="booking_one_at_a_time"), transaction.atomic():
            Booking.objects.create(**facts, **window | {"starts_at": TODAY + timedelta(minutes=119)})
        Booking.objects.create(**facts | {"room": Room.objects.last()}, **window)
        Booking.objects.create(
            **facts, **window | {"starts_at": window["ends_at"], "ends_at": TODAY + timedelta(hours=3)}
        )
