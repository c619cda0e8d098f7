"""Moves between states: made once, from where they begin, or not at all."""

from datetime import timedelta

import pytest

from haowu.ground import days
from haowu.ground.states import MoveRefused, move_all
from merchants import listing
from merchants.models import Product
from merchants.refusals import AlreadyListed
from tests.build import merchant, product

pytestmark = pytest.mark.django_db
LATER = days.BEGINNING + timedelta(days=1)


def statuses() -> dict[str, str]:
    return dict(Product.objects.order_by("code").values_list("code", "status"))


@pytest.fixture
def shop():
    return merchant("m1")


def test_a_move_of_many_changes_nobody_when_one_is_elsewhere(shop):
    draft, listed = product(shop, "p1", listed=False), product(shop, "p2")
    with pytest.raises(MoveRefused) as refused:
        move_all([draft, listed], "list", listed_at=LATER)
    assert refused.value.message == "当前状态为「已上架」，不能执行「list」。请刷新后查看最新状态。"
    assert statuses() == {"p1": "draft", "p2": "listed"}
    assert (draft.status, draft.listed_at) == ("draft", None)


def test_a_move_of_many_is_written_and_known_to_each_row(shop):
    drafts = [product(shop, code, listed=False) for code in ("p1", "p2")]
    move_all(drafts, "list", listed_at=LATER)
    assert statuses() == {"p1": "listed", "p2": "listed"}
    assert [(each.status, each.listed_at) for each in drafts] == [("listed", LATER)] * 2
    assert drafts[0].last_move == (
        {"status": "draft", "listed_at": None},
        {"status": "listed", "listed_at": LATER},
    )


def test_a_move_in_memory_begins_where_the_table_says_and_writes_nothing(shop):
    draft = product(shop, "p1", listed=False)
    with pytest.raises(MoveRefused):
        draft.move_in_memory("delist")
    assert draft.status == "draft"
    assert draft.move_in_memory("list", listed_at=LATER) == ["status", "listed_at"]
    assert (draft.status, statuses()) == ("listed", {"p1": "draft"})


def test_what_another_hand_has_listed_meanwhile_is_refused_alone(shop):
    stale, fresh = product(shop, "p1", listed=False), product(shop, "p2", listed=False)
    listing.list_product(Product.objects.get(code="p1"), at=days.BEGINNING)
    answers = listing.list_products([stale, fresh], at=LATER)
    assert [type(answer) for answer in answers] == [AlreadyListed, Product]
    assert dict(Product.objects.values_list("code", "listed_at")) == {"p1": days.BEGINNING, "p2": LATER}
