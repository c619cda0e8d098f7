"""A small catalogue, and what people who search it must find: the golden set of the selection centre."""

GOODS = """
nut1|山野集|夏威夷果 30包 奶油味 每日坚果|坚果|12.90|500
nut2|山野集|每日坚果 750g 混合坚果 孕妇零食|坚果|49.90|90
nut3|每果时光|巴旦木 罐装 500g 原味无添加|坚果|29.90|10
tea1|云上|明前绿茶 龙井 250g 礼盒装|茶叶|88.00|60
tea2|云上|古树普洱茶 熟茶 357g|茶叶|128.00|20
tea3||茉莉花茶 浓香型 袋泡茶 20包|茶叶|19.90|300
rice1|稻香园|五常大米 10kg 东北新米 真空装|大米|69.90|800
rice2|稻香园|泰国香米 5kg 软糯|大米|39.90|40
dish1|海尔|海尔洗碗机 HWY-14 嵌入式 13套 热风烘干|洗碗机|3299.00|30
dish2|美的|台式洗碗机 免安装 8套 除菌 家用|洗碗机|1599.00|70
pot1|苏泊尔|电饭煲 4L 智能预约 不粘内胆 球釜|电饭煲|299.00|400
pot2|美的|IH电饭锅 3L 低糖 小型家用|电饭煲|399.00|120
fry1|美的|空气炸锅 可视 6L 大容量 免翻面|空气炸锅|259.00|900
vac1|DYSON/戴森|戴森 V12 无线吸尘器 宠物毛发 除螨|吸尘器|2999.00|50
vac2|小狗|车载吸尘器 手持 大吸力 便携|吸尘器|99.00|220
hum1||加湿器 卧室静音 大雾量 香薰机|加湿器|79.00|65
case1|图拉斯|iPhone15 手机壳 磁吸 防摔 透明|手机壳|59.00|1200
case2||华为Mate70 手机保护套 皮质 高级感|手机壳|39.00|150
case3||小米14 手机壳 硅胶 可爱 女款|手机壳|19.90|310
chg1|ANKER/安克|Anker 安克 充电宝 20000mAh 自带线 可上飞机|充电器|199.00|700
chg2|ANKER/安克|安克 65W 氮化镓充电器 三口快充|充电器|149.00|350
chg3|绿联|绿联 数据线 type-c 100W 2m 编织|数据线|29.90|950
ear1|SONY/索尼|索尼 WH-1000XM5 头戴式蓝牙耳机 主动降噪|蓝牙耳机|2299.00|80
ear2|漫步者|漫步者 无线蓝牙耳机 开放式 运动 长续航|蓝牙耳机|299.00|640
ear3||儿童学习耳机 有线 头戴 保护听力|蓝牙耳机|69.00|15
kb1|罗技|罗技 K380 无线键盘 静音 多设备|键盘|179.00|130
kb2|KEYCHRON|Keychron K3 Pro 机械键盘 茶轴 RGB 客制化|键盘|599.00|45
dress1|云裳|法式碎花连衣裙 收腰显瘦 茶歇裙 夏季|连衣裙|159.00|820
dress2||小个子衬衫裙 通勤气质 长款|连衣裙|129.00|60
hood1||加绒连帽卫衣 男女同款 美式复古 oversize|卫衣|99.00|210
down1|波司登|波司登羽绒服 男士短款 90白鸭绒 加厚|羽绒服|899.00|160
tee1||纯棉T恤 男 230g重磅 圆领短袖|T恤|49.00|1500
tee2||冰丝速干polo衫 男士夏季 商务|T恤|79.00|340
jean1||直筒牛仔裤 女 高腰显瘦 弹力|牛仔裤|119.00|260
sock1||中筒袜 纯棉 10双装 防臭吸汗|袜子|19.90|2000
shoe1|ADIDAS/阿迪达斯|adidas 跑步鞋 男 缓震透气 网面|运动鞋|499.00|410
shoe2|NIKE/耐克|耐克 老爹鞋 女 厚底增高|运动鞋|569.00|330
bag1||双肩包 电脑包 15.6寸 大容量 防泼水 通勤|双肩包|129.00|180
cream1|薇诺娜|薇诺娜 特护霜 50g 敏感肌 修护保湿面霜|面霜|268.00|520
mask1||玻尿酸补水面膜 20片 提亮|面膜|39.90|1100
sun1|安热沙|安热沙 防晒霜 SPF50+ 60ml 军训 清爽不油腻|防晒霜|198.00|430
lip1|花西子|花西子 口红 豆沙色 哑光 不沾杯 礼盒|口红|129.00|610
wash1||氨基酸洗发水 500ml 控油蓬松 去屑|洗发水|59.00|270
bed1|水星家纺|长绒棉四件套 60支 1.8m床 床单被套|四件套|399.00|140
pil1||泰国乳胶枕 护颈椎 一对装|枕头|169.00|230
box1||可折叠收纳箱 大号 透明 衣柜收纳 三个装|收纳箱|49.00|380
pan1||不粘炒锅 32cm 麦饭石 少油烟 电磁炉通用|炒锅|129.00|290
lamp1||护眼台灯 学习专用 AA级 可充电 夹子|台灯|89.00|370
tis1||抽纸 整箱40包 加厚4层 婴儿可用|纸巾|39.90|3000
milk1|贝亲|贝亲 奶瓶 PPSU 240ml 宽口径 防胀气 新生儿|奶瓶|119.00|310
dia1||拉拉裤 XL码 超薄透气 夜用 50片|纸尿裤|79.00|450
toy1|乐高|乐高 积木 城市系列 60368 6岁 儿童礼物|积木|299.00|95
yoga1||瑜伽垫 10mm 加厚防滑 TPE 静音|瑜伽垫|69.00|280
tent1||全自动帐篷 3-4人 防暴雨 露营 速开|帐篷|259.00|75
cat1||全价冻干猫粮 1.5kg 成猫幼猫 高蛋白|猫粮|89.00|480
cat2||豆腐猫砂 2.6kg 除臭无尘 可冲厕所|猫砂|19.90|1300
car1||车载手机支架 出风口 磁吸 导航|车载支架|29.90|720
pen1||按动中性笔 0.5mm 黑色 速干刷题 20支|中性笔|15.90|2600
note1||A5 笔记本 加厚 皮面 考研手账本|笔记本|12.90|560
ring1||18K金手链 转运珠 小众设计 送女友|手链|1299.00|25
""".strip()
"""Code, brand, title, category, price in yuan, 30-day sales."""

FOUND = """
坚果 = nut1 nut2 nut3
每日坚果 = nut1 nut2
夏威夷果 = nut1
夏威夷果 30包 = nut1
30包 = nut1
奶油味坚果 = nut1
孕妇零食 = nut2
巴旦木 = nut3
巴旦木罐装 = nut3
无添加坚果 = nut3
山野集 = nut1 nut2
山野集坚果 = nut1 nut2
绿茶 = tea1
明前绿茶 = tea1
龙井茶 = tea1
茶叶 = tea3 tea1 tea2
茶叶礼盒 = tea1
普洱 = tea2
普洱茶 = tea2
古树普洱 = tea2
花茶 = tea3
茉莉花茶 = tea3
袋泡茶 = tea3
大米 = rice1 rice2
五常大米 = rice1
五常大米10kg = rice1
东北大米 = rice1
香米 = rice2
泰国香米 = rice2
新米 真空 = rice1
洗碗机 = dish2 dish1
海尔洗碗机 = dish1
海尔洗碗机hwy14 = dish1
hwy14 = dish1
HWY-14 = dish1
hwy = dish1
台式洗碗机 = dish2
免安装洗碗机 = dish2
美的洗碗机 = dish2
美的 = fry1 pot2 dish2
电饭煲 = pot1 pot2
电饭锅 = pot2
美的电饭锅 = pot2
4L电饭煲 = pot1
3L = pot2
不粘内胆 = pot1
苏泊尔 = pot1
空气炸锅 = fry1
可视空气炸锅 = fry1
炸锅 = fry1
吸尘器 = vac2 vac1
无线吸尘器 = vac1
戴森 = vac1
dyson = vac1
戴森吸尘器 = vac1
dyson吸尘器 = vac1
车载吸尘器 = vac2
小狗吸尘器 = vac2
V12 = vac1
加湿器 = hum1
香薰 = hum1
静音 = yoga1 kb1 hum1
手机壳 = case1 case3 case2
iPhone15手机壳 = case1
iphone15 = case1
iphone 15 手机壳 = case1
苹果手机壳 =
小米手机壳 = case3
mate70 = case2
华为手机壳 = case2
华为保护套 = case2
磁吸 = case1 car1
充电宝 = chg1
安克充电宝 = chg1
anker = chg1 chg2
ANKER 充电宝 = chg1
20000mah = chg1
20000毫安 =
充电器 = chg2 chg1
65W充电器 = chg2
65w = chg2
氮化镓 = chg2
数据线 = chg3
type-c数据线 = chg3
typec = chg3
绿联数据线 = chg3
100w = chg3
耳机 = ear2 ear1 ear3
蓝牙耳机 = ear2 ear1 ear3
索尼耳机 = ear1
sony = ear1
wh1000xm5 = ear1
WH-1000XM5 = ear1
1000xm5 = ear1
降噪耳机 = ear1
运动蓝牙耳机 = ear2
头戴耳机 = ear1 ear3
儿童耳机 = ear3
漫步者 = ear2
键盘 = kb1 kb2
机械键盘 = kb2
无线键盘 = kb1
罗技k380 = kb1
k380 = kb1
keychron = kb2
茶轴 = kb2
连衣裙 = dress1 dress2
碎花裙 =
法式连衣裙 = dress1
茶歇裙 = dress1
小个子 = dress2
衬衫裙 = dress2
卫衣 = hood1
加绒卫衣 = hood1
oversize = hood1
羽绒服 = down1
波司登 = down1
男士羽绒服 = down1
90白鸭绒 = down1
T恤 = tee1 tee2
t恤男 = tee1
纯棉t恤 = tee1
polo衫 = tee2
速干 = pen1 tee2
牛仔裤 = jean1
高腰牛仔裤 = jean1
袜子 = sock1
中筒袜 = sock1
纯棉袜子 = sock1
10双装 = sock1
运动鞋 = shoe1 shoe2
跑步鞋 = shoe1
adidas = shoe1
阿迪达斯 = shoe1
阿迪达斯跑步鞋 = shoe1
耐克 = shoe2
nike = shoe2
老爹鞋 = shoe2
双肩包 = bag1
电脑包 = bag1
15.6寸 = bag1
15.6寸电脑包 = bag1
面霜 = cream1
敏感肌面霜 = cream1
薇诺娜 = cream1
50g = cream1
面膜 = mask1
补水面膜 = mask1
防晒霜 = sun1
spf50 = sun1
军训防晒 = sun1
口红 = lip1
豆沙色口红 = lip1
花西子 = lip1
洗发水 = wash1
控油洗发水 = wash1
500ml = wash1
四件套 = bed1
床单 = bed1
1.8m床 = bed1
乳胶枕 = pil1
枕头 = pil1
收纳箱 = box1
透明收纳 = box1
炒锅 = pan1
不粘锅 = pan1
32cm = pan1
台灯 = lamp1
护眼灯 = lamp1
抽纸 = tis1
纸巾 = tis1
奶瓶 = milk1
贝亲奶瓶 = milk1
240ml = milk1
拉拉裤 = dia1
纸尿裤 = dia1
xl码 = dia1
积木 = toy1
乐高 = toy1
60368 = toy1
儿童礼物 = toy1
瑜伽垫 = yoga1
10mm = yoga1
帐篷 = tent1
露营 = tent1
猫粮 = cat1
猫砂 = cat2
冻干 = cat1
手机支架 = car1
车载支架 = car1
中性笔 = pen1
0.5mm = pen1
笔记本 = note1
手账 = note1
手链 = ring1
送女友 = ring1
防曬霜 = sun1
藍牙耳機 = ear2 ear1 ear3
無線鍵盤 = kb1
護眼檯燈 = lamp1
貓糧 = cat1
充電寶 = chg1
連衣裙 = dress1 dress2
Ａｎｋｅｒ = chg1 chg2
ＨＷＹ１４ = dish1
lanyaerji = ear2 ear1 ear3
chongdianbao = chg1
maoliang = cat1
shoujike = case1 case3 case2
xiwanji = dish2 dish1
kqzg = fry1
adiddas = shoe1
ankre = chg1 chg2
keycron = kb2
dysno = vac1
siny = ear1
充电 = chg1 lamp1 chg2
茶 = tea3 tea1 tea2 dress1 kb2
裙 = dress1 dress2
锅 = fry1 pan1 pot2
qzxwvj =
没有这种东西的 =
""".strip()
"""What was typed, and the codes that are found, the best first; nothing: nothing is."""
