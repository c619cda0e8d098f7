"""The kinds of goods: where each stands in the catalogue, and which field of shops and streamers sells it."""

from dataclasses import dataclass
from functools import cache

_KINDS = """
茶具: 厨房/杯具茶具/马克杯 mug, 厨房/杯具茶具/茶杯杯碟 teacup, 厨房/杯具茶具/茶壶咖啡壶 teapot
茶具: 厨房/杯具茶具/水壶奶壶 jug
餐厨: 厨房/餐具/碗 bowl, 厨房/餐具/盘碟 plate, 厨房/餐具/刀叉勺筷 cutlery
餐厨: 厨房/餐具/餐垫托盘 tray
餐厨: 厨房/杯具茶具/玻璃杯 glass, 厨房/炊具/锅具 pan, 厨房/厨房用品/围裙手套 apron
餐厨: 厨房/便当野餐/便当盒 lunchbox
烘焙: 厨房/烘焙/烘焙纸托与模具 cupcake, 厨房/烘焙/蛋糕架 cakestand
收纳: 家居/收纳/铁盒铁罐 tin, 家居/收纳/储物罐 jar, 家居/收纳/首饰盒与礼盒 giftbox
收纳: 家居/收纳/抽屉柜置物架 drawers
收纳: 家居/收纳/篮筐 basket, 家居/五金挂件/挂钩挂架 hook, 家居/五金挂件/衣架 hanger
收纳: 家居/五金挂件/抽屉拉手 knob
家居: 家居/墙面装饰/相框画框 frame, 家居/墙面装饰/挂牌饰牌 sign, 家居/墙面装饰/留言板 chalkboard
家居: 家居/墙面装饰/镜子 mirror
家居: 家居/钟表/挂钟闹钟 clock, 家居/家居装饰/摆件 figurine, 家居/家居装饰/挂饰 ornament
家居: 家居/家居装饰/花瓶瓶器 bottle
香薰灯饰: 家居/香薰蜡烛/烛台 holder, 家居/香薰蜡烛/蜡烛香薰 candle, 家居/灯具/提灯 lantern
香薰灯饰: 家居/灯具/灯串 lights, 家居/灯具/台灯夜灯 lamp
家纺: 家居/家纺/靠垫坐垫 cushion, 家居/家纺/毯子巾类 textile, 家居/家纺/门垫地垫 doormat
箱包: 箱包/购物袋/购物袋 shopper, 箱包/便当包/便当包 lunchbag, 箱包/女包/手提包 handbag
箱包: 箱包/出行/旅行用品 suitcase, 箱包/雨具/晴雨伞 umbrella
首饰: 配饰/首饰/项链 necklace, 配饰/首饰/手链手镯 bracelet, 配饰/首饰/耳环 earrings
首饰: 配饰/首饰/戒指发饰 ring, 配饰/小物/扇子 fan
文具: 文具/书写/本册 notebook, 文具/书写/笔类 pencil, 文具/贺卡包装/贺卡吊牌 card
文具: 文具/贺卡包装/包装纸 wrap, 文具/贺卡包装/贴纸冰箱贴 sticker
手作: 玩具/手工/手工材料 craftkit, 玩具/手工/丝带胶带 ribbon
亲子: 玩具/儿童/儿童玩具 toy, 玩具/儿童/玩偶 doll, 玩具/益智/桌游拼图 game
派对: 节庆/派对/三角旗 bunting, 节庆/派对/气球彩饰 balloon, 节庆/派对/花环串饰 garland
派对: 节庆/派对/餐巾纸品 napkin, 节庆/派对/派对杯盘 partyware
园艺: 园艺/花园/花园工具 wateringcan, 园艺/花园/花盆种植 plantpot, 园艺/花园/鸟屋 birdhouse
园艺: 园艺/花艺/仿真花 flower
个护: 个护/洗浴/洗浴用品 soap, 个护/保暖/热水袋与保暖 hotwater, 个护/保暖/袜帽围巾 garment
"""

SEASONS = {
    "CHRISTMAS": "节庆/圣诞/圣诞装饰",
    "XMAS": "节庆/圣诞/圣诞装饰",
    "ADVENT CALENDAR": "节庆/圣诞/圣诞装饰",
    "SANTA": "节庆/圣诞/圣诞装饰",
    "EASTER": "节庆/复活节/复活节装饰",
}
SEASONAL = frozenset({"ornament", "garland", "figurine", "bunting", "craftkit", "lights", "sign"})


@dataclass(frozen=True)
class Kind:
    name: str
    path: str
    field: str


@cache
def kinds() -> dict[str, Kind]:
    found = {}
    for line in filter(None, _KINDS.split("\n")):
        field, _colon, entries = line.partition(": ")
        for entry in entries.split(", "):
            path, name = entry.split(" ")
            found[name] = Kind(name, path, field)
    return found


def path_of(kind: str, themes: frozenset[str]) -> str:
    """Such as ``节庆/圣诞/圣诞装饰``: what decorates for a feast stands with that feast."""
    feasts = [path for word, path in SEASONS.items() if word in themes]
    return feasts[0] if feasts and kind in SEASONAL else kinds()[kind].path
