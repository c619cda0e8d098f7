"""Promise 11: every change names who, when, why and the request; the rows hold on to each other."""

import getpass
import sys
from datetime import timedelta

import pytest
from django.db import InternalError, transaction
from django.db.models import F
from django.db.utils import IntegrityError

from haowu.approvals import actors, chain, trail
from haowu.approvals.actors import Actor
from haowu.approvals.models import Trail, TrailLane, TrailLink
from haowu.ground import days
from haowu.tenants.models import Tenant
from haowu.tenants.scope import enter_scope, platform_scope
from haowu.web import request_ids
from tests.build import member, merchant, moment, staff, tenant

pytestmark = pytest.mark.django_db
AT = moment("2024-06-01 10:00")


def recorded(number: int = 1, **fields) -> None:
    for each in range(number):
        trail.record("changed", "tenant", f"t{each}", at=AT, **fields)


class TestRecording:
    def test_a_row_names_who_when_why_and_the_request(self):
        shop = merchant("m1")
        owner = member(shop, "finance", "lin")
        acting = Actor("user", "lin", owner.pk, shop.pk, "finance")
        with request_ids.within("from-outside-7"), actors.acting(acting):
            trail.record(
                "rate_changed",
                "plan",
                "p-1",
                at=AT,
                reason="双十一",
                tenant=shop,
                before={"bps": 1500},
                after={"bps": 2000, "effective_from": AT},
            )
        row = Trail.objects.get(act="rate_changed")
        assert (row.actor_kind, row.actor, row.role, row.user_id) == ("user", "lin", "finance", owner.pk)
        assert (row.acting_for, row.tenant, row.counterparty) == (shop, shop, None)
        assert (row.subject_kind, row.subject, row.act, row.reason) == ("plan", "p-1", "rate_changed", "双十一")
        assert (row.at, row.day) == (AT, days.day_of(row.recorded_at))
        assert row.request_id == "from-outside-7"
        assert (row.before, row.after) == (
            {"bps": 1500},
            {"bps": 2000, "effective_from": "2024-06-01T10:00:00+08:00"},
        )

    def test_who_acts_is_the_user_that_the_act_names_before_the_one_at_the_door(self):
        clerk = staff("clerk")
        recorded(by=clerk)
        row = Trail.objects.get()
        assert (row.actor_kind, row.actor, row.user) == ("user", "clerk", clerk)

    @pytest.mark.parametrize(
        ("words", "name"),
        [
            (["/srv/manage.py", "settle", "--day", "2024-06-09"], "manage.py settle"),
            (["/usr/lib/pytest/__main__.py", "-q"], "pytest"),
        ],
    )
    def test_a_program_without_a_door_is_named_with_its_shell_and_without_its_options(self, words, name, monkeypatch):
        monkeypatch.setattr(sys, "argv", words)
        actors.of_command.cache_clear()
        recorded()
        actors.of_command.cache_clear()
        row = Trail.objects.get()
        assert (row.actor_kind, row.actor) == ("command", f"{name} ({getpass.getuser()})")
        assert row.request_id == request_ids.current()

    def test_fractions_and_unknown_acts_are_bugs(self):
        with pytest.raises(TypeError):
            recorded(after={"bps": 0.15})
        with pytest.raises(ValueError, match="fiddled"):
            trail.record("fiddled", "tenant", "t", at=AT)
        assert not Trail.objects.exists()

    def test_what_is_rolled_back_leaves_no_row(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            recorded()
            for _twice in range(2):
                Tenant.objects.create(kind="merchant", code="m1")
        assert not Trail.objects.exists()

    def test_many_things_are_recorded_in_one_statement(self, django_assert_num_queries):
        entries = [trail.Entry("product", f"p{n}", after={"status": "listed"}) for n in range(500)]
        with django_assert_num_queries(1):
            trail.record_many("listed", entries, at=AT)
        assert Trail.objects.filter(act="listed").count() == 500


class TestReading:
    def test_the_two_parties_read_a_row_and_nobody_else(self):
        shop, leader, stranger = merchant(), tenant("tuanzhang"), merchant()
        recorded(tenant=shop, counterparty=leader)
        recorded()
        for party, rows in ((shop, 1), (leader, 1), (stranger, 0)):
            assert Trail.objects.visible_to(party).filter(act="changed").count() == rows
            with platform_scope():
                enter_scope(party.pk)
                assert Trail.objects.filter(act="changed").count() == rows
                assert not TrailLink.objects.exists()

    def test_a_row_cannot_be_changed_or_deleted(self):
        recorded()
        for act in (
            lambda: Trail.objects.update(actor="somebody else"),
            lambda: Trail.objects.all()._raw_delete("default"),
        ):
            with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
                act()
        assert Trail.objects.get().actor != "somebody else"


class TestChain:
    def test_every_row_holds_on_to_the_one_before(self):
        recorded(3)
        assert chain.link_rows() == 3
        first, second, third = TrailLink.objects.in_order()
        assert [link.number for link in (first, second, third)] == [1, 2, 3]
        assert first.previous == "0" * 64
        assert (second.previous, third.previous) == (first.hash, second.hash)
        assert first.hash == chain.hash_of(first.trail, "0" * 64)

    def test_linking_again_changes_nothing_and_goes_on_where_it_stopped(self):
        recorded(2)
        chain.link_rows(at_once=1)
        before = list(TrailLink.objects.in_order().values())
        assert chain.link_rows() == 0
        recorded()
        assert chain.link_rows() == 1
        assert list(TrailLink.objects.in_order().values())[:2] == before
        assert list(chain.broken_links()) == []

    def test_the_next_day_begins_at_one_and_holds_on_to_the_day_before(self):
        on("2024-06-01 23:59:59", "2024-06-02 00:00:01")
        chain.link_rows()
        first, second = TrailLink.objects.in_order()
        assert (str(first.day), first.number) == ("2024-06-01", 1)
        assert (str(second.day), second.number, second.previous) == ("2024-06-02", 1, first.hash)

    def test_a_row_that_commits_after_midnight_joins_the_new_day(self):
        on("2024-06-02 00:00:01")
        chain.link_rows()
        on("2024-06-01 23:59:59")
        assert chain.link_rows() == 1
        assert [(str(link.day), link.number) for link in TrailLink.objects.in_order()] == [
            ("2024-06-02", 1),
            ("2024-06-02", 2),
        ]
        assert list(chain.broken_links()) == []

    def test_a_row_that_is_dated_back_by_days_gets_no_link_and_is_named(self):
        on("2024-06-10 12:00")
        chain.link_rows()
        on("2024-06-08 12:00")
        assert chain.link_rows() == 0
        (overdue,) = chain.overdue_rows(at=moment("2024-06-10 12:00"))
        assert overdue.endswith("no link since 2024-06-08T04:00:00+00:00")

    def test_a_row_without_a_link_is_overdue_after_ten_minutes(self):
        recorded()
        since = Trail.objects.get().recorded_at
        assert list(chain.overdue_rows(at=since + timedelta(minutes=10))) == []
        (overdue,) = chain.overdue_rows(at=since + timedelta(minutes=10, seconds=1))
        assert overdue.startswith(f"trail {Trail.objects.get().pk}: no link since ")
        chain.link_rows()
        assert list(chain.overdue_rows(at=since + timedelta(days=1))) == []


class TestLanes:
    """A row is numbered in the transaction that writes it: one cut out at once leaves a gap."""

    def test_numbers_of_an_act_follow_each_other_in_one_lane(self):
        recorded(3)
        trail.record_many("listed", [trail.Entry("product", f"p{n}") for n in range(3)], at=AT)
        rows = list(Trail.objects.order_by("pk").values_list("lane", "number"))
        lane = rows[0][0]
        assert rows == [(lane, number) for number in range(1, 7)]
        assert TrailLane.objects.get(lane=lane).rows == 6

    def test_what_is_rolled_back_leaves_no_gap(self):
        recorded()
        with transaction.atomic():
            recorded(5)
            transaction.set_rollback(True)
        recorded()
        assert list(Trail.objects.order_by("pk").values_list("number", flat=True)) == [1, 2]

    def test_lanes_only_grow(self):
        recorded(2)
        for change in ({"rows": F("rows") - 1}, {"lane": F("lane") + 200}):
            with pytest.raises(InternalError), transaction.atomic():
                TrailLane.objects.filter(rows=2).update(**change)
        with pytest.raises(InternalError), transaction.atomic():
            TrailLane.objects.all()._raw_delete("default")


def on(*moments: str) -> None:
    """Rows recorded at those moments by the database's clock."""
    for text in moments:
        facts = {"at": moment(text), "recorded_at": moment(text), "subject_kind": "tenant", "subject": "t"}
        numbered = {"lane": 0, "number": Trail.objects.count() + 1}
        Trail.objects.create(actor_kind="timer", actor="t", act="changed", request_id="r", **numbered, **facts)
