"""Cities where bases stand and buyers live, and how far apart: great-circle kilometres between their centres.

No map service is asked: which base is nearest must be the same answer today and in an audit. Coordinates are those of
the city centres to a tenth of a degree (about 10 km), which tells apart any two cities of the table.
"""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371


@dataclass(frozen=True)
class City:
    name: str
    province: str
    latitude: float
    longitude: float


_TABLE = """
beijing 北京 北京 39.9 116.4|tianjin 天津 天津 39.1 117.2|shanghai 上海 上海 31.2 121.5|chongqing 重庆 重庆 29.6 106.6
shijiazhuang 石家庄 河北 38.0 114.5|tangshan 唐山 河北 39.6 118.2|baoding 保定 河北 38.9 115.5|langfang 廊坊 河北 39.5 116.7
cangzhou 沧州 河北 38.3 116.8|handan 邯郸 河北 36.6 114.5|xingtai 邢台 河北 37.1 114.5|taiyuan 太原 山西 37.9 112.6
datong 大同 山西 40.1 113.3|hohhot 呼和浩特 内蒙古 40.8 111.7|baotou 包头 内蒙古 40.7 109.8|shenyang 沈阳 辽宁 41.8 123.4
dalian 大连 辽宁 38.9 121.6|anshan 鞍山 辽宁 41.1 123.0|changchun 长春 吉林 43.8 125.3|jilin 吉林 吉林 43.8 126.6
harbin 哈尔滨 黑龙江 45.8 126.5|daqing 大庆 黑龙江 46.6 125.1|nanjing 南京 江苏 32.1 118.8|wuxi 无锡 江苏 31.5 120.3
xuzhou 徐州 江苏 34.3 117.2|changzhou 常州 江苏 31.8 120.0|suzhou 苏州 江苏 31.3 120.6|nantong 南通 江苏 32.0 120.9
lianyungang 连云港 江苏 34.6 119.2|yancheng 盐城 江苏 33.4 120.2|yangzhou 扬州 江苏 32.4 119.4|suqian 宿迁 江苏 33.9 118.3
hangzhou 杭州 浙江 30.3 120.2|ningbo 宁波 浙江 29.9 121.6|wenzhou 温州 浙江 28.0 120.7|jiaxing 嘉兴 浙江 30.8 120.8
huzhou 湖州 浙江 30.9 120.1|shaoxing 绍兴 浙江 30.0 120.6|jinhua 金华 浙江 29.1 119.6|yiwu 义乌 浙江 29.3 120.1
taizhou 台州 浙江 28.7 121.4|hefei 合肥 安徽 31.8 117.3|wuhu 芜湖 安徽 31.3 118.4|fuyang 阜阳 安徽 32.9 115.8
bozhou 亳州 安徽 33.8 115.8|fuzhou 福州 福建 26.1 119.3|xiamen 厦门 福建 24.5 118.1|putian 莆田 福建 25.4 119.0
quanzhou 泉州 福建 24.9 118.7|zhangzhou 漳州 福建 24.5 117.6|nanchang 南昌 江西 28.7 115.9|ganzhou 赣州 江西 25.8 114.9
jingdezhen 景德镇 江西 29.3 117.2|jinan 济南 山东 36.7 117.0|qingdao 青岛 山东 36.1 120.4|zibo 淄博 山东 36.8 118.1
yantai 烟台 山东 37.5 121.4|weifang 潍坊 山东 36.7 119.2|jining 济宁 山东 35.4 116.6|linyi 临沂 山东 35.1 118.4
heze 菏泽 山东 35.2 115.5|zhengzhou 郑州 河南 34.7 113.6|luoyang 洛阳 河南 34.6 112.5|xuchang 许昌 河南 34.0 113.9
nanyang 南阳 河南 33.0 112.5|shangqiu 商丘 河南 34.4 115.7|wuhan 武汉 湖北 30.6 114.3|yichang 宜昌 湖北 30.7 111.3
xiangyang 襄阳 湖北 32.0 112.1|jingzhou 荆州 湖北 30.3 112.2|changsha 长沙 湖南 28.2 112.9|hengyang 衡阳 湖南 26.9 112.6
zhuzhou 株洲 湖南 27.8 113.1|guangzhou 广州 广东 23.1 113.3|shenzhen 深圳 广东 22.5 114.1|zhuhai 珠海 广东 22.3 113.6
shantou 汕头 广东 23.4 116.7|foshan 佛山 广东 23.0 113.1|huizhou 惠州 广东 23.1 114.4|dongguan 东莞 广东 23.0 113.8
zhongshan 中山 广东 22.5 113.4|chaozhou 潮州 广东 23.7 116.6|jieyang 揭阳 广东 23.6 116.4|nanning 南宁 广西 22.8 108.4
guilin 桂林 广西 25.3 110.3|liuzhou 柳州 广西 24.3 109.4|haikou 海口 海南 20.0 110.3|sanya 三亚 海南 18.3 109.5
chengdu 成都 四川 30.7 104.1|mianyang 绵阳 四川 31.5 104.7|nanchong 南充 四川 30.8 106.1|guiyang 贵阳 贵州 26.6 106.6
zunyi 遵义 贵州 27.7 106.9|kunming 昆明 云南 25.0 102.7|dali 大理 云南 25.6 100.3|lhasa 拉萨 西藏 29.7 91.1
xian 西安 陕西 34.3 108.9|xianyang 咸阳 陕西 34.3 108.7|lanzhou 兰州 甘肃 36.1 103.8|xining 西宁 青海 36.6 101.8
yinchuan 银川 宁夏 38.5 106.3|urumqi 乌鲁木齐 新疆 43.8 87.6|kashgar 喀什 新疆 39.5 76.0
"""


def _read(table: str) -> dict[str, City]:
    cities = {}
    for entry in table.strip().replace("\n", "|").split("|"):
        code, name, province, latitude, longitude = entry.split()
        cities[code] = City(name, province, float(latitude), float(longitude))
    return cities


CITIES = _read(_TABLE)
"""``{code: City}``; the code is what is stored and sent."""


_NAMES = {city.name: code for code, city in CITIES.items()}


def code_of(text: str) -> str:
    """The code of a city as shop systems write it: ``linyi``, ``Linyi``, 临沂 or 临沂市; ``""`` for one not in the table."""
    said = text.strip()
    if said.lower() in CITIES:
        return said.lower()
    return _NAMES.get(said) or _NAMES.get(said.removesuffix("市"), "")


def name_of(code: str, language: str) -> str:
    """The city's name for readers of ``language``; outside Chinese its code, which is its pinyin."""
    if code not in CITIES:
        return code
    return CITIES[code].name if language.startswith("zh") else code.title()


def choices(language: str) -> list[tuple[str, str]]:
    """``(code, name)`` for a menu, with the province in Chinese."""
    if not language.startswith("zh"):
        return sorted((code, name_of(code, language)) for code in CITIES)
    return [(code, f"{city.province} · {city.name}" if city.province != city.name else city.name)
            for code, city in CITIES.items()]  # fmt: skip


def distance_km(one: str, other: str) -> int | None:
    """Between two city codes, whole kilometres; None where one of them is not in the table."""
    if one not in CITIES or other not in CITIES:
        return None
    here, there = CITIES[one], CITIES[other]
    north = radians(there.latitude - here.latitude) / 2
    east = radians(there.longitude - here.longitude) / 2
    bow = sin(north) ** 2 + cos(radians(here.latitude)) * cos(radians(there.latitude)) * sin(east) ** 2
    return round(2 * EARTH_KM * asin(sqrt(bow)))
