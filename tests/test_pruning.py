"""Rows kept back for review go once nobody needs them; what people decided stays."""

from datetime import timedelta

import pytest

from bases import feeding, pruning
from bases.models import QuarantinedRow
from tests.base_rights import MS, broken, row
from tests.bases import AT, agreed, base, feed
from tests.build import merchant, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger():
    merchant("m1")
    return base("b1")


def kept() -> list[tuple[int, str, str]]:
    rows = QuarantinedRow.objects.order_by("feed__sequence", "line_no")
    return list(rows.values_list("feed__sequence", "sku_code", "status"))


def test_a_row_that_a_newer_feed_spoke_of_goes_three_days_later(stranger):
    feed(stranger, 1, [row("a", 5), row("b", 5)])
    feed(stranger, 2, [row("a", 6)])
    newer = AT + timedelta(minutes=2)
    assert pruning.prune_rows(at=newer + timedelta(days=3)) == 0
    assert pruning.prune_rows(at=newer + timedelta(days=3) + MS) == 2
    assert kept() == [(2, "a", "open")]


def test_goods_that_no_right_came_for_go_after_ninety_days_and_other_rows_wait_for_people(stranger):
    feed(stranger, 1, [row("a", 5), ("m1", "p1", "b", 1_000, -5), ("nobody", "p1", "c", 1_000, 5)])
    received = AT + timedelta(minutes=1)
    assert pruning.prune_rows(at=received + timedelta(days=90)) == 0
    assert pruning.prune_rows(at=received + timedelta(days=90) + MS) == 1
    assert [sku for _feed, sku, _status in kept()] == ["b", "c"]


def test_what_people_decided_stays_and_the_audit_holds(stranger):
    feed(stranger, 1, [row("a", 5), row("b", 5)])
    agreed(stranger, "m1", at=AT)
    first, second = QuarantinedRow.objects.order_by("line_no")
    feeding.accept(first, by=staff("one"), at=AT + timedelta(minutes=2))
    feeding.drop(second, by=staff("two"), at=AT + timedelta(minutes=2))
    assert pruning.prune_rows(at=AT + timedelta(days=999)) == 0
    assert (kept(), broken()) == ([(1, "a", "taken"), (1, "b", "dropped")], {})


def test_many_go_in_batches(stranger, monkeypatch):
    monkeypatch.setattr(pruning, "AT_ONCE", 2)
    feed(stranger, 1, [row(f"k{number}", 5) for number in range(5)])
    feed(stranger, 2, [])
    assert pruning.prune_rows(at=AT + timedelta(days=9)) == 5
    assert kept() == []
