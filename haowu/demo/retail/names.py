"""The forty shops, sixty streamers and three leaders of the demo, by code."""

_MERCHANTS = """
暖屋家居旗舰店 小森林生活馆 一盏灯家居 拾光杂货铺 北欧小院 半山陶器 麦田厨房 晴天雨具专营 花间集园艺 木马玩具城
云朵家纺 月牙首饰 纸鸢文具 糖果派对屋 蜡语香薰 白桦林收纳 老街搪瓷 茶与碟 梧桐里礼品 星河圣诞屋
青禾烘焙 远行箱包 布谷鸟钟表 蓝莓手作 兔子先生母婴 春分花艺 拾贝海洋风 复古唱片家居 松果户外 暖冬热水袋专卖
早安早餐具 琉璃玻璃坊 雀跃童装配饰 壹间相框 小镇铁艺 芒种农家 书签与猫 浴时光个护 灯塔灯饰 好日子喜铺
"""
_STREAMERS = """
阿梨的家 小满爱收纳 大鹏探厂 七月花店 木木妈妈 老周聊好物 桃子生活志 北北的厨房 二丫开箱 可可姐姐
半糖日记 南风在路上 豆包手作 阿宽选货 圆圆爱烘焙 小鹿搬家记 江湖百货郎 晚晚晚安 麦子姐 橙子测评
老陈茶话 一粒米 多肉阿姨 大眼睛云云 糯米团子 阿may慢生活 小北鼻 暖阳下午茶 四季青 彩虹屋
石头记 小确幸研究所 花花世界 大力水手哥 青柠小姐 木子带货 熊猫阿宝 今天也要开心 雪球 杂货店老板娘
小林同学 海边的卡卡 阿诚说家居 棉花糖 西瓜太郎 月半小夜曲 十三姨 小庭院 好好吃饭 琪琪格
向日葵班主任 阿布的货架 老街坊 露露挑礼物 小竹 风车 一只鸽子 春天来了 喵喵屋 山城阿妹
"""
_LEADERS = """
好货领航团 杭城招商联盟 小飞象团
"""

MERCHANTS = {f"m{number:02}": name for number, name in enumerate(_MERCHANTS.split(), start=1)}
STREAMERS = {f"s{number:02}": name for number, name in enumerate(_STREAMERS.split(), start=1)}
LEADERS = {f"l{number:02}": name for number, name in enumerate(_LEADERS.split(), start=1)}
