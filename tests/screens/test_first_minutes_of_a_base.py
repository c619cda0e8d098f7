"""A base's first ten minutes by pressing what one sees: the shared library, stock as a file, what to send, a room."""

import pytest

from bases import reserving
from tests import build
from tests.bases import base, introduced, of_brand, stock_of, want
from tests.browser import browser
from tests.screens.crawling import DESK
from tests.screens.seen import Screen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("screens")]
PHONE = 390
STOCK = "商家编号,商品编号,规格编号,价格（元）,库存\nm1,p1,k1,10.00,5\nm1,p1,k2,not money,7\n"


def uploads_stock(seen: Screen) -> None:
    """The file is read and shown first; nothing counts before it is confirmed, and one row says why it cannot."""
    seen.open("/base/stock/")
    stock = {"name": "stock.csv", "mimeType": "text/csv", "buffer": STOCK.encode("gbk")}
    seen.page.set_input_files("[name=upload-file]", stock)
    seen.press("上传并预览")
    seen.reads("会改变 1 个规格")
    seen.reads("k2", "main")
    seen.press("确认生效")
    seen.reads("已生效", "main")


def opens_a_room(seen: Screen) -> None:
    seen.open("/base/rooms/")
    seen.fill(name="一号间", equipment="双机位")
    seen.press("开放预订")
    seen.reads("一号间", ".rows")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_base_reads_the_library_counts_its_stock_and_sees_what_it_has_to_send(width, looking, clock):
    shop = build.merchant("m1", name="山野集")
    made = base("b1", name="临沂基地", agreed_by=["m1"])
    (row,) = introduced(made, ["山野"])
    of_brand(row.brand, shop)
    seen = looking(browser(made.base), width=width)
    seen.open("/")
    seen.open("/brands/")
    seen.press("山", ".brs")
    seen.reads("引进，授权到", "#open-brand")
    uploads_stock(seen)
    assert stock_of(made) == {"k1": (1_000, 5)}
    reserving.reserve_many([want("youzan:o1/1", shop)], at=clock("2024-06-20 14:10"))
    seen.open("/base/reservations/")
    seen.reads("1 个订单行等你发货")
    opens_a_room(seen)
    assert not seen.said
