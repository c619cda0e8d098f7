"""What the acts of leaders, and of merchants towards them, refuse."""

from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused


class NotALeader(Refused):
    code = "NOT_A_LEADER"
    text = _("「{tenant}」不是招商团长。")


class ActivityTypeUnknown(Refused):
    code = "ACTIVITY_TYPE_UNKNOWN"
    text = _("没有「{type}」这种活动。可用：normal、exclusive。")


class JoiningUnknown(Refused):
    code = "SECOND_LEVEL_UNKNOWN"
    text = _("没有「{joining}」这种二级团长规则。可用：none、all、listed。")


class ActivityCodeTaken(Refused):
    code = "ACTIVITY_CODE_TAKEN"
    text = _("活动编号「{code}」已被使用。请换一个，或留空由平台生成。")
    status = 409


class ActivityWindowBackward(Refused):
    code = "ACTIVITY_WINDOW_BACKWARD"
    text = _("结束时间须晚于开始时间。")


class ActivityEndsInThePast(Refused):
    code = "ACTIVITY_ENDS_IN_THE_PAST"
    text = _("推广结束时间已过。请改到将来。")


class BeginsTooEarly(Refused):
    code = "BEGINS_TOO_EARLY"
    text = _("开始时间已过去三年以上。请检查年份，或从现在开始。")


class BeginsTooLate(Refused):
    code = "BEGINS_TOO_LATE"
    text = _("开始时间须在一年以内。请检查年份。")


class EndsInThePast(Refused):
    code = "ENDS_IN_THE_PAST"
    text = _("结束时间已过。请改到将来，或留空不设结束。")


class EndsTooLate(Refused):
    code = "ENDS_TOO_LATE"
    text = _("结束时间须在三年以内。要一直进行请留空，随时可以关闭。")


class ActivityNeedsStreamers(Refused):
    code = "ACTIVITY_NEEDS_STREAMERS"
    text = _("专属活动要至少列出一位达人。")


class ActivityTakesNoStreamers(Refused):
    code = "ACTIVITY_TAKES_NO_STREAMERS"
    text = _("普通活动对所有达人开放，不能单独列出达人。需要名单请建专属活动。")


class MinimumOutOfRange(Refused):
    code = "MINIMUM_OUT_OF_RANGE"
    text = _("最低佣金率与最低服务费率之和须在 0% 到 90% 之间，收到 {commission} + {service_fee}。")


class ActivityPublished(Refused):
    code = "ACTIVITY_PUBLISHED"
    text = _("活动已发布，不能再改费率要求、时间或删除。可以延长、调整名单，或提前关闭。")
    status = 409


class ActivityNotPublished(Refused):
    code = "ACTIVITY_NOT_PUBLISHED"
    text = _("活动还没有发布。")
    status = 409


class ActivityOver(Refused):
    code = "ACTIVITY_OVER"
    text = _("活动「{activity}」已结束。")
    status = 409


class NotLater(Refused):
    code = "END_NOT_LATER"
    text = _("延长后的结束时间须晚于原来的结束时间 {end}。")


class StreamerAlreadyListed(Refused):
    code = "STREAMER_ALREADY_LISTED"
    text = _("达人「{streamer}」已在名单里。")
    status = 409


class StreamerNotListed(Refused):
    code = "STREAMER_NOT_LISTED"
    text = _("达人「{streamer}」不在名单里。")
    status = 409


class AlreadyEnrolled(Refused):
    code = "ALREADY_ENROLLED"
    text = _("「{product}」已报名这个活动。可以修改费率，撤回还在等审核的报名，或等合作结束后再报。")
    status = 409


class FeesOutOfRange(Refused):
    code = "FEES_OUT_OF_RANGE"
    text = _("佣金率与服务费率都须不小于 0，合计不超过 90%，收到 {commission} + {service_fee}。")


class BelowMinimum(Refused):
    code = "BELOW_MINIMUM"
    text = _("低于活动要求：佣金率至少 {commission}，服务费率至少 {service_fee}。")


class WindowBackward(Refused):
    code = "WINDOW_BACKWARD"
    text = _("合作结束时间须晚于合作开始时间。")


class OutsideActivity(Refused):
    code = "OUTSIDE_ACTIVITY"
    text = _("合作期与活动的推广时间没有交集。请改在 {begin} 至 {end} 之间。")


class NotWaiting(Refused):
    code = "NOT_WAITING"
    text = _("「{what}」当前为「{status}」，不在待处理中。请刷新后查看。")
    status = 409


class NotRunning(Refused):
    code = "NOT_RUNNING"
    text = _("「{what}」不在合作中，不能再修改。")
    status = 409


class OnlyByRequest(Refused):
    code = "ONLY_BY_REQUEST"
    text = _("合作期内下调佣金率或服务费率须向团长提出申请。上调随时生效。")


class RequestOpen(Refused):
    code = "REQUEST_OPEN"
    text = _("已有一项申请待团长答复。请先撤回它，或等待答复。")
    status = 409


class NothingLowered(Refused):
    code = "NOTHING_LOWERED"
    text = _("新费率没有低于现在的费率。上调请直接修改，不必申请。")


class BelowSecond(Refused):
    code = "BELOW_SECOND"
    text = _("服务费率不能低于合作中的二级服务费率 {second}。")


class SecondLevelClosed(Refused):
    code = "SECOND_LEVEL_CLOSED"
    text = _("这个活动不开放二级团长，或你不在可申请的名单里。")


class OwnActivity(Refused):
    code = "OWN_ACTIVITY"
    text = _("不能做自己活动的二级团长。")


class SecondOutOfRange(Refused):
    code = "SECOND_OUT_OF_RANGE"
    text = _("二级服务费率须在 {low} 到 {high} 之间：不低于活动的最低服务费率，不高于一级服务费率。")


class OutsideCooperation(Refused):
    code = "OUTSIDE_COOPERATION"
    text = _("二级合作期须在商品的合作期之内（{begin} 至 {end}）。")


class SecondTaken(Refused):
    code = "SECOND_TAKEN"
    text = _("这段时间里这件商品已有同样的二级合作。")
    status = 409


class EndAlreadyAsked(Refused):
    code = "END_ALREADY_ASKED"
    text = _("终止申请已提出，待对方答复。")
    status = 409


class EndNotAsked(Refused):
    code = "END_NOT_ASKED"
    text = _("没有待答复的终止申请。")
    status = 409


class AnswerByOther(Refused):
    code = "ANSWER_BY_OTHER"
    text = _("终止申请由对方答复。")
    status = 409


class NothingRecommended(Refused):
    code = "NOTHING_RECOMMENDED"
    text = _("请至少选一件正在合作的商品。")


class TooManyRecommended(Refused):
    code = "TOO_MANY_RECOMMENDED"
    text = _("一次最多推荐 {most} 件，选了 {n} 件。请分几次推荐。")


class RecommendedTwice(Refused):
    code = "RECOMMENDED_TWICE"
    text = _("商品「{product}」在几个活动里都选了。同一件商品只能经一个活动推荐。")


class NoteMissing(Refused):
    code = "NOTE_MISSING"
    text = _("请写推荐语：为什么适合他们。")


class RecipientsMissing(Refused):
    code = "RECIPIENTS_MISSING"
    text = _("请写明推荐给哪些达人，或选「所有达人」。")


class RecommendationEnded(Refused):
    code = "RECOMMENDATION_ENDED"
    text = _("这次推荐已经撤下。")
    status = 409


class WishMissing(Refused):
    code = "WISH_MISSING"
    text = _("请写明想要什么样的商品。")


class RequestStillOpen(Refused):
    code = "GOODS_REQUEST_OPEN"
    text = _("你向「{leader}」提的要货还没有答复。可以撤回后再提。")
    status = 409


class GroupNameTaken(Refused):
    code = "GROUP_NAME_TAKEN"
    text = _("已有名为「{name}」的分组。请换一个名称。")
    status = 409
