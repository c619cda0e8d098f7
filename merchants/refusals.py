"""What a merchant's acts refuse, in the order in which the acts ask."""

from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused


class ShopSuspended(Refused):
    code = "SHOP_SUSPENDED"
    text = _("店铺已被停用，暂不能上架商品或开设计划。请联系平台客服。")


class ProductCodeTaken(Refused):
    code = "PRODUCT_CODE_TAKEN"
    text = _("商品编号「{code}」已被使用。请换一个编号，或修改原来的商品。")
    status = 409


class SkuCodeRepeated(Refused):
    code = "SKU_CODE_REPEATED"
    text = _("规格编号「{code}」出现了两次。每个规格须有自己的编号。")


class PictureUnreadable(Refused):
    code = "PICTURE_UNREADABLE"
    text = _("这个文件不是可用的图片。请上传 JPEG、PNG 或 WebP。")


class PictureHasTooManyPixels(Refused):
    code = "PICTURE_HAS_TOO_MANY_PIXELS"
    text = _("图片超过 {limit}00 万像素。请缩小后再上传（例如 4000 × 3000）。")


class PictureTooLarge(Refused):
    code = "PICTURE_TOO_LARGE"
    text = _("图片超过 {limit} MB。请压缩后再上传。")


class TooManyPictures(Refused):
    code = "TOO_MANY_PICTURES"
    text = _("一件商品最多 {limit} 张图片。请先删除一张。")
    status = 409


class TitleMissing(Refused):
    code = "TITLE_MISSING"
    text = _("商品没有标题。请先填写标题再上架。")


class CategoryMissing(Refused):
    code = "CATEGORY_MISSING"
    text = _("商品没有类目。请选择第三级类目再上架。")


class CategoryNotLeaf(Refused):
    code = "CATEGORY_NOT_LEAF"
    text = _("类目「{category}」不是第三级类目。请选择更细的类目。")


class PriceMissing(Refused):
    code = "PRICE_MISSING"
    text = _("商品没有规格和价格。请至少添加一个规格。")


class OutOfStock(Refused):
    code = "OUT_OF_STOCK"
    text = _("所有规格的库存都是 0。请先补充库存再上架。")


class AlreadyListed(Refused):
    code = "ALREADY_LISTED"
    text = _("商品已经上架。")
    status = 409


class NotListed(Refused):
    code = "NOT_LISTED"
    text = _("商品没有上架。")
    status = 409


class ProductNotListed(Refused):
    """Somebody else would offer or pick it."""

    code = "PRODUCT_NOT_LISTED"
    text = _("「{product}」没有上架，不能报名活动或选入货架。商家上架后再试。")


class PlanExists(Refused):
    code = "PLAN_EXISTS"
    text = _("已有一个进行中的「{type}」。请直接修改它的佣金率，或先结束它。")
    status = 409


class PlanTypeUnknown(Refused):
    code = "PLAN_TYPE_UNKNOWN"
    text = _("没有「{type}」这种计划。可用：normal、item_targeted、shop_targeted、exclusive。")


class PlanNeedsProduct(Refused):
    code = "PLAN_NEEDS_PRODUCT"
    text = _("这种计划要指定一个商品。")


class PlanTakesNoProduct(Refused):
    code = "PLAN_TAKES_NO_PRODUCT"
    text = _("店铺定向计划对全店商品生效，不能指定商品。")


class PlanNeedsStreamers(Refused):
    code = "PLAN_NEEDS_STREAMERS"
    text = _("这种计划要至少列出一位达人和他的佣金率。")


class PlanTakesNoStreamers(Refused):
    code = "PLAN_TAKES_NO_STREAMERS"
    text = _("普通计划对所有达人一样，不能单独列出达人。")


class PlanEnded(Refused):
    code = "PLAN_ENDED"
    text = _("计划已结束，不能再修改。请新建一个计划。")
    status = 409


class PlanEndInvalid(Refused):
    code = "PLAN_END_INVALID"
    text = _("计划的结束时间须在将来，三年以内。要更久就不设结束。")


class RateMissing(Refused):
    code = "RATE_MISSING"
    text = _("请填写佣金率。")


class RateOutOfRange(Refused):
    code = "RATE_OUT_OF_RANGE"
    text = _("佣金率须在 0% 到 90% 之间，收到 {rate}。")


class StepThresholdInvalid(Refused):
    code = "STEP_THRESHOLD_INVALID"
    text = _("阶梯门槛须至少为 1 单。")


class StepNotHigher(Refused):
    code = "STEP_NOT_HIGHER"
    text = _("阶梯佣金率须高于计划里的每个佣金率，且不超过 90%，收到 {rate}。")


class DecreasesClosed(Refused):
    code = "DECREASES_CLOSED"
    text = _("23:50 到 24:00 不受理下调。请在零点后再提交；上调随时可以。")
    status = 409


class RateInThePast(Refused):
    code = "RATE_OUT_OF_ORDER"
    text = _("这次修改的时间 {at} 早于该计划最近一次修改 {last}。佣金率只能按时间顺序修改。")
    status = 409


class OriginOfFactory(Refused):
    code = "ORIGIN_OF_FACTORY"
    text = _("源头工厂的货须写明产业带城市，其他货源不写。")


class NormalPlanMissing(Refused):
    code = "NORMAL_PLAN_MISSING"
    text = _("没有普通计划，加减多少个百分点没有起点。请改成一个固定的佣金率，或先开设计划。")
    status = 409


class TooManyChosen(Refused):
    code = "TOO_MANY_CHOSEN"
    text = _("一次最多 {limit} 件，现在是 {n} 件。请再筛一筛。")


class ChoiceChanged(Refused):
    code = "CHOICE_CHANGED"
    text = _("筛选的结果变了：刚才是 {before} 件，现在是 {now} 件。请看一遍再确认。")
    status = 409


class StockInvalid(Refused):
    code = "STOCK_INVALID"
    text = _("库存须为 0 到 {limit} 之间的整数。")


class SheetInvalid(Refused):
    code = "SHEET_INVALID"
    text = _("这个文件不能读：{why}")


class SheetTooLong(Refused):
    code = "SHEET_TOO_LONG"
    text = _("一个文件最多 {limit} 行商品。请拆成几个文件。")


class SheetTooLarge(Refused):
    code = "SHEET_TOO_LARGE"
    text = _("文件超过 {limit} MB。请拆成几个文件。")


class TooManyUploads(Refused):
    code = "TOO_MANY_UPLOADS"
    text = _("已有 {limit} 个导入文件在等。请先导入或删除一个。")
    status = 409


class CategoryUnknown(Refused):
    code = "CATEGORY_UNKNOWN"
    text = "{why}"


class ProductBrandUnknown(Refused):
    code = "PRODUCT_BRAND_UNKNOWN"
    text = "{why}"


class PlanEndTooSoon(Refused):
    code = "PLAN_END_TOO_SOON"
    text = _("提前结束和降佣一样，最早到 {at}。请选这之后的时间。")
    status = 409


class PictureAlreadyFirst(Refused):
    code = "PICTURE_ALREADY_FIRST"
    text = _("它已经是第一张。")
    status = 409
