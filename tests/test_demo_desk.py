"""What the demo's merchant finds on the desk: saved views, and a table of products half of which is to be mended."""

import pytest

from haowu.demo import desk
from haowu.ground import days
from haowu.tenants.models import SavedView
from merchants.importing import applying
from merchants.models import ProductUpload
from tests import build

pytestmark = pytest.mark.django_db


def test_views_and_a_half_bad_table_wait_once():
    shop = build.merchant("m1")
    for number in range(30):
        build.product(shop, f"p{number}", price_fen=2_000)
    owner = build.member(shop)
    for _start in range(2):
        desk.furnish(owner, at=days.now())
    assert sorted(SavedView.objects.values_list("page", "name")) == [
        ("orders", "还没收货"),
        ("products", "百元以上"),
        ("products", "缺货要补"),
    ]
    counts = applying.judged(ProductUpload.objects.get()).counts
    assert counts == {"new": 1, "changed": 8, "same": 8, "bad": 9}
