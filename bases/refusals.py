"""What the acts around bases refuse, in the order in which they ask."""

from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused


class ApplicantUnfit(Refused):
    code = "APPLICANT_UNFIT"
    text = _("只有招商团长可以申请建立供应链基地。")


class FounderNotGold(Refused):
    code = "FOUNDER_NOT_GOLD"
    text = _("建立供应链基地须为本季金牌团长。升到金牌后再申请。")


class ApplicationOpen(Refused):
    code = "APPLICATION_OPEN"
    text = _("你已有一份建基地申请在审核。请等待结果，或补充原来的申请。")
    status = 409


class CityUnknown(Refused):
    code = "CITY_UNKNOWN"
    text = _("城市「{city}」不在城市表里。请从列表中选择。")


class SiteIncomplete(Refused):
    code = "SITE_INCOMPLETE"
    text = _("线下基地至少要有一间直播间、一位导购和一平方米场地。请补充后提交。")


class DocumentMissing(Refused):
    code = "DOCUMENT_MISSING"
    text = _("缺少在有效期内的「{kind}」。请补充编号和有效期。")


class NoSeat(Refused):
    code = "NO_SEAT"
    text = _("全国{level}基地名额 {seats} 个已满。请等有名额，或由平台发布新版政策。")
    status = 409


class BaseCodeMissing(Refused):
    code = "BASE_CODE_MISSING"
    text = _("请在「基地编号」里填写新基地的编号，每次通过一份申请。")


class BaseCodeTaken(Refused):
    code = "BASE_CODE_TAKEN"
    text = _("基地编号「{code}」已被使用。请换一个。")
    status = 409


class LevelWrong(Refused):
    code = "LEVEL_WRONG"
    text = _("只有金牌基地可以降级为银牌。银牌基地不合格时请关闭。")


class BaseNotWorking(Refused):
    code = "BASE_NOT_WORKING"
    text = _("基地已关闭，不能执行此操作。")
    status = 409


class BrandNameMissing(Refused):
    code = "BRAND_NAME_MISSING"
    text = _("请填写品牌名称（1 到 64 个字，至少含一个字母、数字或汉字）。")


class AuthorisationMissing(Refused):
    code = "AUTHORISATION_MISSING"
    text = _("请填写授权书编号和有效期（止日不早于起日）。")


class AuthorisationExpired(Refused):
    code = "AUTHORISATION_EXPIRED"
    text = _("授权书已于 {until} 到期。请提交有效的授权。")


class AuthorisationOver(Refused):
    code = "AUTHORISATION_OVER"
    text = _("授权已经结束，没有任何改动。请刷新后查看。")
    status = 409


class AlreadySubmitted(Refused):
    code = "ALREADY_SUBMITTED"
    text = _("「{brand}」已提交，正在审核。")
    status = 409


class AlreadyOurs(Refused):
    code = "ALREADY_OURS"
    text = _("「{brand}」已由贵基地引进，授权到 {until}。续期请提交此后的授权。")
    status = 409


class QuotaExceeded(Refused):
    code = "QUOTA_EXCEEDED"
    text = _("本期品牌额度 {quota} 个已用完（含审核中的）。重复的品牌不占额度；等审核结果，或等下一期。")
    status = 409


class FeedInvalid(Refused):
    code = "FEED_INVALID"
    text = _("无法读取这份库存：{why}")


class MerchantUnknown(Refused):
    code = "MERCHANT_UNKNOWN"
    text = _("平台没有编号为「{merchant}」的商家。请核对编号，或等商家入驻。")


class NotYourGoods(Refused):
    code = "NOT_YOUR_GOODS"
    text = _("你不能上报「{merchant}」的这件货。请商家在「基地合作」里同意，或提交这个品牌的授权书。")


class BaseUnknown(Refused):
    code = "BASE_UNKNOWN"
    text = _("没有正在运营的基地「{base}」。请在基地列表里选择。")


class ConsentWindowInvalid(Refused):
    code = "CONSENT_WINDOW_INVALID"
    text = _("合作期不能从过去开始，结束须晚于开始和现在，最晚到 2199 年底；不写结束即长期。")


class AlreadyAgreed(Refused):
    code = "ALREADY_AGREED"
    text = _("这段时间你已同意「{base}」。要改期限，请先撤回原来的同意。")
    status = 409


class ConsentOver(Refused):
    code = "CONSENT_OVER"
    text = _("这项合作已到期或已撤回，不必再撤回。")
    status = 409


class SequenceReused(Refused):
    code = "SEQUENCE_REUSED"
    text = _("序号 {sequence} 已用于另一份内容。序号须递增，重发时内容须与原来相同。")
    status = 409


class CountedInFuture(Refused):
    code = "COUNTED_IN_FUTURE"
    text = _("盘点时间在未来。请检查系统时钟和时区。")


class FeedTooLarge(Refused):
    code = "FEED_TOO_LARGE"
    text = _("一份上报最多 {limit} 行。请分成几部分发送。")
    status = 413


class OutOfBaseStock(Refused):
    code = "OUT_OF_BASE_STOCK"
    text = _("没有一个基地有 {quantity} 件现货。")
    status = 409


class AlreadyDispatched(Refused):
    code = "ALREADY_DISPATCHED"
    text = _("该订单行的货已发出，不能再次预留。")
    status = 409


class RoomTaken(Refused):
    code = "ROOM_TAKEN"
    text = _("这个时段已被预订。请换一个时间或直播间。")
    status = 409


class RoomClosed(Refused):
    code = "ROOM_CLOSED"
    text = _("这个直播间现在不开放预订。")
    status = 409


class BookingWindowInvalid(Refused):
    code = "BOOKING_WINDOW_INVALID"
    text = _("请选择 {least} 分钟到 {most} 小时、从现在起 {ahead} 天以内的时段。")


class BookerUnfit(Refused):
    code = "BOOKER_UNFIT"
    text = _("只有达人可以预订直播间；基地可以为自己留出时段。")


class BookingOver(Refused):
    code = "BOOKING_OVER"
    text = _("这次预订已开始、结束或已取消。")
    status = 409


class RoomNameTaken(Refused):
    code = "ROOM_NAME_TAKEN"
    text = _("已有名为「{name}」的直播间。")
    status = 409


class PullAddressRefused(Refused):
    code = "PULL_ADDRESS_REFUSED"
    text = _("不能使用这个地址：{why}")
