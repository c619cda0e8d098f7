"""The demo's goods: Chinese titles out of the words of the descriptions, prices in yuan, a shop of that field."""

import re
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from haowu.demo import cast
from haowu.demo.goods import kinds, titles
from haowu.demo.goods.prices import yuan_of
from haowu.demo.goods.titles import title_of
from haowu.demo.retail.orders import arrange
from haowu.demo.retail.rows import read
from haowu.management.commands.demo import ORDERS

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(scope="module")
def goods():
    return arrange(read(ORDERS, now=NOW, price=yuan_of)).goods


@pytest.mark.parametrize(
    ("description", "title", "kind"),
    [
        ("WHITE HANGING HEART T-LIGHT HOLDER", "白色心形挂式烛台", "holder"),
        ("JUMBO BAG RED RETROSPOT", "红色圆点大号购物袋", "shopper"),
        ("SET OF 3 CAKE TINS PANTRY DESIGN", "食品柜蛋糕罐 3 件套", "tin"),
        ("PACK OF 72 RETROSPOT CAKE CASES", "圆点蛋糕纸托 72 件装", "cupcake"),
        ("REGENCY CAKESTAND 3 TIER", "摄政风三层蛋糕架", "cakestand"),
        ("S/4 PINK FLOWER CANDLES IN BOWL", "粉色花朵蜡烛 4 件套", "candle"),
        ("RED/WHITE DOT MINI CASES", "红白色波点迷你纸托", "cupcake"),
        ("DOORMAT WELCOME SUNRISE", "日出欢迎门垫", "doormat"),
        ('LETTER "K" BLING KEY RING', "闪亮字母钥匙圈 K", "hook"),
        ("40X40CM GREEN CUSHION COVER", "绿色靠垫套 40×40 cm", "cushion"),
    ],
)
def test_a_title_reads_as_a_seller_writes_it(description, title, kind):
    assert (title_of(description).chinese, title_of(description).kind) == (title, kind)


def test_what_nobody_knows_is_left_out_and_goods_without_a_noun_are_called_after_what_they_show():
    assert title_of("ZORBLAX BLUE QUUX MUG").chinese == "蓝色马克杯"
    assert title_of("SCANDINAVIAN REINDEER").chinese == "北欧驯鹿挂饰"
    assert title_of("GLORPY").chinese == "创意摆件"


def test_of_all_words_sold_at_least_97_in_100_are_known(goods):
    said, unknown = Counter(), Counter()
    for good in goods.values():
        said[good.code] += len(titles.tokens(good.original)) * good.lines
        unknown[good.code] += len(titles.unknown(good.original)) * good.lines
    assert unknown.total() < 0.03 * said.total()


def test_no_title_holds_an_english_word_and_each_has_a_category_of_three_levels(goods):
    english = {word for good in goods.values() for word in re.findall("[A-Za-z]{2,}", good.name)}
    assert english == {"cm", "LED"}
    assert {good.category.count("/") for good in goods.values()} == {2}
    assert len({good.title.kind for good in goods.values()}) > 60


def test_a_shop_sells_what_it_stands_for(goods):
    shops = cast.players("shop")
    assert all(shops[good.shop].field == good.field for good in goods.values())
    assert {good.shop for good in goods.values()} == set(shops)
    assert {kind.field for kind in kinds.kinds().values()} == {shop.field for shop in shops.values()}


@pytest.mark.parametrize(
    ("pounds", "yuan"),
    [("0.001", "0.1"), ("0.42", "3.8"), ("0.85", "7.8"), ("2.55", "22.9"), ("9.95", "89.8"), ("12.75", "115")],
)
def test_a_price_is_about_nine_times_and_ends_as_price_tags_do(pounds, yuan):
    assert yuan_of(Decimal(pounds)) == Decimal(yuan)


def test_a_dearer_thing_never_becomes_the_cheaper_one():
    prices = [yuan_of(Decimal(pence) / 100) for pence in range(1, 3000)]
    assert prices == sorted(prices)


def test_every_line_still_comes_to_price_times_quantity_to_the_fen():
    book = arrange(read(ORDERS, now=NOW, price=yuan_of))
    assert all(line.row.amount_fen == line.row.price_fen * line.row.quantity for line in book.lines)
    assert all(line.left >= 0 and line.left_fen >= 0 for line in book.lines)
