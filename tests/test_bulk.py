"""Rows in bulk: whatever text PostgreSQL's arrays know a meaning for arrives as it is, and nothing is cut off."""

import pytest
from django.db import DataError

from commissions.models import Order, OrderEvent
from haowu.ground.bulk import insert_rows, update_rows
from tests.build import moment, source

pytestmark = pytest.mark.django_db
AWKWARD = ["NULL", "null", "{a,b}", 'a"b', "a\\b", "\\N", " spaces ", "'", "%s", "好物", "", "now"]


def test_every_text_arrives_as_it_is():
    by = source()
    insert_rows(Order, [{"source_id": by.pk, "order_no": text} for text in AWKWARD])
    assert list(Order.objects.filter(source=by).order_by("pk").values_list("order_no", flat=True)) == AWKWARD


def test_documents_and_nothing_arrive_as_they_are():
    by = source()
    (order,) = insert_rows(Order, [{"source_id": by.pk, "order_no": "1"}], returning="id")
    rows = [
        {"source_id": by.pk, "event_id": str(number), "order_id": order[0], "type": "paid", "facts": facts}
        | {"line_no": number or None, "occurred_at": moment("2024-06-01 08:00"), "verdict": "parked", "code": ""}
        for number, facts in enumerate([{"a": AWKWARD}, {}, {"b": {"c": None}}])
    ]
    insert_rows(OrderEvent, rows)
    stored = OrderEvent.objects.filter(order=order[0]).order_by("event_id").values_list("facts", "line_no")
    assert list(stored) == [({"a": AWKWARD}, None), ({}, 1), ({"b": {"c": None}}, 2)]


@pytest.mark.parametrize("count", [1, 2])
def test_a_text_that_is_too_long_is_refused_not_cut_off(count):
    by = source()
    with pytest.raises(DataError):
        insert_rows(Order, [{"source_id": by.pk, "order_no": "x" * 65 + str(number)} for number in range(count)])


def test_rows_that_change_different_columns_are_each_changed():
    by = source()
    made = insert_rows(Order, [{"source_id": by.pk, "order_no": str(n)} for n in range(3)], returning="id")
    first, second, third = (pk for (pk,) in made)
    update_rows(Order, [{"id": second, "order_no": "two"}, {"id": first, "order_no": "one"}], key="id")
    assert dict(Order.objects.filter(source=by).values_list("pk", "order_no")) == {
        first: "one",
        second: "two",
        third: "2",
    }


def test_many_keys_are_one_array():
    by = source()
    made = insert_rows(Order, [{"source_id": by.pk, "order_no": text} for text in AWKWARD], returning="id")
    assert Order.objects.filter(pk__any_of=[pk for (pk,) in made][:3]).count() == 3
    assert Order.objects.filter(source=by, order_no__any_of=[*AWKWARD[4:], "none such"]).count() == len(AWKWARD) - 4
    assert not Order.objects.filter(source__any_of=[]).exists()
