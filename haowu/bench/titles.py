"""Titles as merchants write them, and queries as people type them: made up, from words of the trade, in no one order.

A title has a noun of its category and, each with its own chance and in an order that is drawn, a brand, attributes,
a model number, a size, for whom, the season and what merchants shout. Brands are invented, half of them with a Latin
name. What is drawn depends on the seed alone.
"""

from dataclasses import dataclass
from itertools import accumulate
from random import Random

LEAVES = """
家电/厨房电器/洗碗机|洗碗机 嵌入式洗碗机 台式洗碗机|热风烘干 除菌 大容量 全自动 一体机 13套 8套 变频 免安装|80000-600000
家电/厨房电器/电饭煲|电饭煲 电饭锅 柴火饭煲|智能预约 不粘内胆 球釜 低糖 3L 4L 5L 家用 小型|9900-79900
家电/厨房电器/空气炸锅|空气炸锅 可视炸锅 电炸锅|免翻面 大容量 无油 双热管 6L 可视 触屏|12900-49900
家电/生活电器/吸尘器|无线吸尘器 手持吸尘器 车载吸尘器|大吸力 宠物毛发 除螨 静音 轻便 可水洗滤网|19900-259900
家电/生活电器/扫地机器人|扫地机器人 扫拖一体机|自动集尘 激光导航 避障 超薄 自清洁 热水洗拖布|99900-499900
家电/生活电器/加湿器|加湿器 香薰机 雾化器|大雾量 卧室 办公室 静音 上加水 无雾|5900-39900
数码/手机配件/手机壳|手机壳 保护套 硅胶壳 磁吸壳|防摔 超薄 磨砂 透明 镜头全包 iPhone15 iPhone16 Mate70 小众 可爱|990-9900
数码/手机配件/充电器|充电器 快充头 氮化镓充电器 充电宝|65W 100W 20000mAh 多口 便携 自带线 可上飞机|2900-29900
数码/手机配件/数据线|数据线 充电线 快充线|type-c 编织 1m 2m 100W 三合一 加长|690-4900
数码/影音/蓝牙耳机|蓝牙耳机 降噪耳机 头戴式耳机 开放式耳机|主动降噪 长续航 运动 游戏低延迟 高音质 骨传导|4900-199900
数码/影音/音箱|蓝牙音箱 便携音响 桌面音箱|低音炮 户外 防水 重低音 串联|7900-99900
数码/电脑外设/键盘|机械键盘 无线键盘 静音键盘|三模 热插拔 87键 青轴 茶轴 客制化 RGB|9900-99900
服饰/女装/连衣裙|连衣裙 吊带裙 碎花裙 衬衫裙|收腰 显瘦 法式 气质 长款 小个子 茶歇 雪纺|5900-49900
服饰/女装/卫衣|卫衣 连帽衫 套头衫|加绒 宽松 纯棉 oversize 印花 美式复古|4900-29900
服饰/女装/羽绒服|羽绒服 短款羽绒服 长款羽绒服|白鸭绒 90绒 加厚 连帽 轻薄 面包服|19900-199900
服饰/男装/T恤|T恤 短袖 打底衫 polo衫|纯棉 重磅 230g 冰丝 速干 圆领 宽松 情侣|2900-19900
服饰/男装/牛仔裤|牛仔裤 工装裤 休闲裤|直筒 弹力 水洗 宽松 加绒 修身 高腰|5900-39900
服饰/内衣/袜子|袜子 中筒袜 船袜 瑜伽袜|纯棉 吸汗 防臭 10双装 不掉跟 抗菌|990-5900
服饰/鞋靴/运动鞋|运动鞋 跑步鞋 老爹鞋 板鞋|透气 缓震 软底 网面 厚底 增高 情侣款|9900-89900
服饰/箱包/双肩包|双肩包 书包 电脑包 旅行背包|大容量 防泼水 15.6寸 减负 通勤 学生|5900-59900
美妆/护肤/面霜|面霜 保湿霜 修护霜|烟酰胺 神经酰胺 敏感肌 50g 滋润 抗皱|4900-79900
美妆/护肤/面膜|面膜 补水面膜 涂抹面膜|玻尿酸 20片 补水 提亮 舒缓 免洗|2900-19900
美妆/护肤/防晒霜|防晒霜 防晒乳 防晒喷雾|SPF50+ 清爽 不油腻 军训 面部 50ml 物理防晒|3900-29900
美妆/彩妆/口红|口红 唇釉 唇泥|丝绒 哑光 不沾杯 豆沙色 显白 女团色|2900-39900
美妆/洗护/洗发水|洗发水 洗发露 护发素|控油 蓬松 去屑 氨基酸 500ml 无硅油 香氛|2900-15900
食品/零食/坚果|每日坚果 夏威夷果 巴旦木 腰果|750g 30包 无添加 孕妇 原味 奶油味 罐装|2900-19900
食品/零食/饼干|饼干 曲奇 苏打饼干|无蔗糖 办公室 早餐 代餐 1kg 整箱 独立包装|1900-9900
食品/茶酒/茶叶|绿茶 红茶 普洱茶 白茶 茉莉花茶|明前 250g 礼盒装 高山 浓香 古树 特级|3900-99900
食品/生鲜/水果|苹果 车厘子 脐橙 猕猴桃 榴莲|5斤 10斤 当季 脆甜 现摘 顺丰 坏果包赔|2900-29900
食品/粮油/大米|大米 五常大米 香米|10kg 5kg 新米 东北 真空装 软糯|3900-19900
家居/床品/四件套|四件套 床单被套 三件套|纯棉 长绒棉 60支 水洗棉 1.8m 1.5m 裸睡 A类|9900-89900
家居/床品/枕头|枕头 乳胶枕 记忆枕 颈椎枕|助睡眠 护颈 一对装 可水洗 泰国乳胶|3900-39900
家居/收纳/收纳箱|收纳箱 收纳盒 整理箱 置物架|可折叠 大号 衣柜 透明 带轮 免安装 三层|1900-15900
家居/厨具/炒锅|炒锅 不粘锅 平底锅 铁锅|32cm 28cm 麦饭石 无涂层 电磁炉通用 少油烟|5900-59900
家居/灯具/台灯|护眼台灯 阅读灯 落地灯 小夜灯|学习专用 AA级 无频闪 可充电 夹子 宿舍|4900-69900
家居/清洁/纸巾|抽纸 卷纸 湿厕纸 洗脸巾|整箱 40包 加厚 4层 婴儿可用 原木浆|1990-7900
母婴/喂养/奶瓶|奶瓶 吸管杯 保温杯|PPSU 240ml 防胀气 宽口径 新生儿 316不锈钢|4900-29900
母婴/尿裤/纸尿裤|纸尿裤 拉拉裤 尿不湿|超薄 透气 L码 XL码 夜用 50片|4900-19900
母婴/玩具/积木|积木 拼装玩具 磁力片|大颗粒 益智 3岁 6岁 儿童 礼物 1000片|2900-49900
运动/健身/瑜伽垫|瑜伽垫 健身垫 跳绳垫|加厚 10mm 防滑 TPE 静音 加宽 初学者|3900-29900
运动/户外/帐篷|帐篷 天幕 露营椅 折叠桌|全自动 速开 防晒 防暴雨 3-4人 便携|9900-99900
运动/骑行/头盔|骑行头盔 山地车头盔 电动车头盔|一体成型 透气 3C认证 可调节 磁吸风镜|3900-39900
宠物/主粮/猫粮|猫粮 全价猫粮 冻干猫粮|成猫 幼猫 1.5kg 10kg 高蛋白 无谷 鸡肉|2900-49900
宠物/用品/猫砂|猫砂 豆腐猫砂 混合猫砂|除臭 无尘 2.6kg 可冲厕所 6L 结团|1900-12900
汽车/车品/车载支架|车载手机支架 导航支架 磁吸支架|出风口 吸盘 无线充 防抖 重力感应|1900-19900
汽车/清洁/洗车水枪|洗车水枪 高压洗车机 洗车液|家用 无线 大功率 免接电 泡沫 2L|2900-69900
文具/书写/中性笔|中性笔 钢笔 荧光笔 签字笔|0.5mm 速干 刷题 学生 按动 黑色 20支|990-9900
文具/本册/笔记本|笔记本 手账本 错题本|A5 B5 加厚 活页 方格 皮面 考研|990-7900
珠宝/黄金/手链|手链 项链 耳钉 戒指|足金 999 转运珠 小众设计 情侣 送女友 18K|9900-499900
图书/童书/绘本|绘本 儿童故事书 科普百科|3-6岁 精装 全套10册 中英双语 注音版|1990-19900
""".strip()
AUDIENCE = ["男士", "女士", "儿童", "学生", "老人", "宝宝", "情侣", "男女通用", "上班族", "妈妈"]
SEASON = ["春秋", "夏季", "冬季", "秋冬", "四季", "2026年", "开学季", "年货"]
SHOUTED = ["新款", "官方正品", "包邮", "高级感", "网红", "爆款", "家用", "升级版", "限时", "礼盒", "加大", "便携", "ins风",
           "百搭", "厂家直销", "送礼"]  # fmt: skip
COMMONEST = SHOUTED[0]
"""In one title of five: 200,000 of a million."""
COLOURS = ["黑色", "白色", "米白", "奶油色", "雾霾蓝", "樱花粉", "墨绿", "卡其", "灰色", "透明"]
HAN = "安奥柏百宝彩朝辰诚川达丹德迪鼎东飞芬枫福格光海禾和恒虹华佳嘉健江金晶康科兰乐丽莲林露美蒙米明木诺欧派品奇青清秋仁荣瑞森山尚生圣思泰天同万威维喜贤祥欣新星雅阳依怡亿英优宇语元悦云泽知智舟卓紫"
SYLLABLES = ["an", "ba", "bel", "car", "da", "dor", "el", "fa", "gra", "hel", "in", "jo", "ka", "kel", "lo", "mar",
             "mi", "na", "nor", "o", "pe", "qua", "ra", "rex", "sa", "sol", "ta", "ti", "ul", "va", "vi", "wo", "xe",
             "yo", "zen"]  # fmt: skip
FORMATS = ["{a}{n}", "{A}-{n}", "{A}{n}Pro", "{a}{n}", "{A}{n}"]


@dataclass(frozen=True)
class Leaf:
    path: tuple[str, str, str]
    nouns: list[str]
    attributes: list[str]
    lowest_fen: int
    highest_fen: int


@dataclass(frozen=True)
class Goods:
    leaf: int
    brand: int | None
    title: str
    price_fen: int


def leaves() -> list[Leaf]:
    made = []
    for line in LEAVES.splitlines():
        path, nouns, attributes, prices = line.split("|")
        lowest, highest = map(int, prices.split("-"))
        top, middle, leaf = path.split("/")
        made.append(Leaf((top, middle, leaf), nouns.split(), attributes.split(), lowest, highest))
    return made


class Trade:
    """Brands and goods, drawn from ``seed``. A few brands and categories have most of the goods."""

    def __init__(self, brands: int, seed: int = 1) -> None:
        self.chance = Random(seed)
        self.leaves = leaves()
        self.brands = self._brands(brands)
        self._leaf_weights = list(accumulate(self.chance.paretovariate(1.2) for _leaf in self.leaves))
        self._brand_weights = list(accumulate(1 / (place + 10) for place in range(brands)))

    def goods(self) -> Goods:
        chance = self.chance
        number = chance.choices(range(len(self.leaves)), cum_weights=self._leaf_weights)[0]
        leaf = self.leaves[number]
        branded = chance.random() < 0.75
        brand = chance.choices(range(len(self.brands)), cum_weights=self._brand_weights)[0] if branded else None
        price = int(leaf.lowest_fen * (leaf.highest_fen / leaf.lowest_fen) ** chance.random()) // 10 * 10
        return Goods(number, brand, self._title(leaf, self.brands[brand] if branded else ""), max(price, 100))

    def _title(self, leaf: Leaf, brand: str) -> str:
        chance = self.chance
        parts = [chance.choice(leaf.nouns), *chance.sample(leaf.attributes, chance.randint(1, 4))]
        for words, likely in ((AUDIENCE, 0.3), (SEASON, 0.3), (COLOURS, 0.2)):
            if chance.random() < likely:
                parts.append(chance.choice(words))
        parts += chance.sample(SHOUTED, chance.choice((0, 1, 2, 2, 3)))
        if chance.random() < 0.12 and COMMONEST not in parts:
            parts.append(COMMONEST)
        if chance.random() < 0.25:
            parts.append(self.model())
        chance.shuffle(parts)
        if brand and chance.random() < 0.9:
            parts.insert(0, brand)
        joint = chance.choice(("", "", "", " "))
        return joint.join(parts)[:110]

    def model(self) -> str:
        letters = "".join(self.chance.choices("abcdefghjkmnprstwxyz", k=self.chance.randint(1, 3)))
        number = self.chance.randint(10, 9999)
        return self.chance.choice(FORMATS).format(a=letters, A=letters.upper(), n=number)

    def _brands(self, count: int) -> list[str]:
        names: dict[str, None] = {}
        while len(names) < count:
            han = "".join(self.chance.sample(HAN, self.chance.choice((2, 2, 2, 3))))
            latin = "".join(self.chance.choices(SYLLABLES, k=self.chance.randint(2, 4))).upper()
            names[self.chance.choice((han, latin, f"{latin}/{han}", han))] = None
        return list(names)


def queries(trade: Trade, count: int, seed: int = 2) -> list[str]:
    """As people type: a noun, a noun with attributes, a brand, parts of a title, a model, a typo; 1 in 20 finds nothing."""
    chance = Random(seed)
    return [_query(trade, chance, number) for number in range(count)]


def _query(trade: Trade, chance: Random, number: int) -> str:
    leaf = chance.choice(trade.leaves)
    noun, attribute = chance.choice(leaf.nouns), chance.choice(leaf.attributes)
    brand = trade.brands[int(chance.paretovariate(0.7)) % len(trade.brands)]
    latin = next((name for name in chance.sample(trade.brands, 50) if name.isascii()), "SOLVARA")
    match number % 20:
        case 0:
            return "".join(chance.choices("qxzvwj", k=7)) + str(chance.randint(10_000, 99_999))
        case 1 | 2 | 3 | 4:
            return noun
        case 5 | 6 | 7:
            return attribute + noun
        case 8 | 9:
            return f"{noun} {attribute}"
        case 10 | 11:
            return brand
        case 12 | 13:
            return brand.split("/")[-1] + noun
        case 14:
            return trade.model()
        case 15:
            return _misspelt(latin, chance)
        case 16:
            return chance.choice(SHOUTED)
        case 17:
            return f"{chance.choice(AUDIENCE)}{noun}{chance.choice(SEASON)}"
        case 18:
            return trade.goods().title[: chance.randint(6, 14)]
        case _:
            return noun[: chance.choice((1, 2))]


def _misspelt(name: str, chance: Random) -> str:
    place = chance.randrange(len(name) - 1)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
